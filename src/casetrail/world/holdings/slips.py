"""Slips in writing: a neighbouring key, two letters swapped, one left out, one read as another."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from casetrail.world.holdings.clock import Flags
from casetrail.world.holdings.names import Texts
from casetrail.world.holdings.parameters import SlipShares

_ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_READ_AS = (
    ("rn", "m"), ("m", "rn"), ("cl", "d"), ("d", "cl"), ("vv", "w"), ("w", "vv"), ("l", "1"), ("i", "l"), ("o", "0"),
    ("s", "5"), ("b", "6"), ("g", "9"), ("e", "c"), ("n", "ri"), ("u", "ii"), ("1", "l"), ("0", "o"), ("5", "s"),
)  # fmt: skip


def _neighbours() -> dict[str, str]:
    beside: dict[str, str] = {}
    for row in _ROWS:
        for place, key in enumerate(row):
            beside[key] = row[max(0, place - 1) : place] + row[place + 1 : place + 2]
    return beside


_BESIDE = _neighbours()


def slip(texts: Texts, where: Flags, *, shares: SlipShares, rng: np.random.Generator) -> Texts:
    """The texts with one slip in each that `where` marks; such a text always differs from what it was.

    Texts of fewer than two signs stay as they are, and must not be marked.
    """
    draws = rng.random((3, len(texts)))
    bounds = np.cumsum([shares.keyboard, shares.transposed, shares.left_out])
    kinds = np.searchsorted(bounds, draws[0], side="right")
    made = texts.copy()
    for row in np.flatnonzero(where).tolist():
        made[row] = _one(texts[row], int(kinds[row]), place=float(draws[1, row]), choice=float(draws[2, row]))
    return made


def _one(text: str, kind: int, *, place: float, choice: float) -> str:
    """One slip of a kind; where a text has no place for it, a neighbouring key or a letter left out."""
    makers: tuple[Callable[[], str], ...] = (
        lambda: _keyboard(text, place, choice),
        lambda: _transposed(text, place),
        lambda: _left_out(text, place),
        lambda: _scanned(text, place),
    )
    for maker in (makers[kind], makers[0], makers[2]):
        made = maker()
        if made != text:
            return made
    return text


def _keyboard(text: str, place: float, choice: float) -> str:
    places = [index for index, sign in enumerate(text) if sign.lower() in _BESIDE]
    if not places:
        return text
    index = places[int(place * len(places))]
    keys = _BESIDE[text[index].lower()]
    key = keys[int(choice * len(keys))]
    return text[:index] + (key.upper() if text[index].isupper() else key) + text[index + 1 :]


def _transposed(text: str, place: float) -> str:
    places = [index for index in range(1, len(text) - 1) if text[index] != text[index + 1]]
    if not places:
        return text
    index = places[int(place * len(places))]
    return text[:index] + text[index + 1] + text[index] + text[index + 2 :]


def _left_out(text: str, place: float) -> str:
    if len(text) < 2:
        return text
    index = 1 + int(place * (len(text) - 1))
    return text[:index] + text[index + 1 :]


def _scanned(text: str, place: float) -> str:
    found = [(old, new) for old, new in _READ_AS if old in text]
    if not found:
        return text
    old, new = found[int(place * len(found))]
    return text.replace(old, new, 1)
