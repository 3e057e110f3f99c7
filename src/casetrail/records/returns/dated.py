"""How the dates of an extract are written, told from all columns of dates together."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from casetrail.records.cells import MARKS, NATIVE, Coded
from casetrail.records.date_formats import SERIAL, DateReader, declared_formats
from casetrail.records.moments import ISO
from casetrail.records.returns.forms import Form

# Met in extracts, and not among those that a form tries by itself.
_MORE = (
    *("%d/%m/%Y %H.%M", "%d/%m/%Y, %H:%M", "%d/%m/%Y - %H:%M", "%d/%m/%Y at %H:%M", "%d/%m/%YT%H:%M"),
    *("%d%b%Y %H:%M", "%d%b%Y", "%d%b%y", "%d-%b-%Y %I:%M %p", "%d %b %Y %I:%M %p", "%d %b %y", "%d %b %y %H:%M"),
    *("%d.%m.%y", "%d.%m.%y %H:%M", "%d-%m-%y", "%d-%m-%y %H:%M", "%d/%m/%y %I:%M %p", "%d/%m/%Y %H:%M:%S.%f"),
    *("%d/%m/%Y %I:%M:%S%p", "%d-%m-%Y %I:%M %p", "%H:%M:%S %d/%m/%Y", "%H:%M %d-%b-%y", "%H:%M on %d/%m/%Y"),
    *("%b %d %Y %I:%M%p", "%b %d, %Y", "%b %d, %Y %H:%M"),
)
_ENOUGH = 0.9
_LOOKED_AT = 200
_PIVOT = 2099
_WORD = re.compile(r"[A-Za-z]{3}")


@dataclass(frozen=True, slots=True)
class Written:
    """How dates are written: `formats` to declare (none: those of the form do), columns in which they are not read.

    `open_order`: no date tells whether the day or the month comes first; the day was taken.
    """

    formats: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    open_order: bool = False


def written(columns: Mapping[str, Coded], about: Form) -> Written:
    """The formats that read most of each column, with the day first where both orders do."""
    own = tuple(text for text in (about.date_format, *about.more_date_formats) if text)
    texts = {name: _plain(column) for name, column in columns.items()}
    texts = {name: found for name, found in texts.items() if found}
    if not texts:
        return Written()
    shares = {formats: _shares(texts, formats) for formats in _choices(own)}
    best = max(shares, key=lambda formats: sum(shares[formats].values()))
    first = next(iter(shares))
    if sum(shares[best].values()) - sum(shares[first].values()) < 0.05 * len(texts):
        best = first
    unread = tuple(name for name, share in shares[best].items() if share < _ENOUGH)
    turned = _shares(texts, tuple(map(_turned, own)))
    slashed = any("/" in text or "-" in text or "." in text for found in texts.values() for text in found)
    is_open = best == first and slashed and all(turned[name] >= shares[first][name] for name in texts)
    formats = () if best == first else _used(texts, best)
    return Written(formats, unread, is_open and not all(_no_order(found) for found in texts.values()))


def _choices(own: tuple[str, ...]) -> list[tuple[str, ...]]:
    day_first = tuple(text for text in _MORE if text.index("%d") < _month(text))
    return [
        own,
        (*own, *day_first),
        tuple(map(_turned, (*own, *day_first))),
        tuple(text for text in _MORE if text not in day_first),
    ]


def _month(text: str) -> int:
    return max(text.find("%m"), text.find("%b"), text.find("%B"))


def _turned(text: str) -> str:
    """The same format with the month first, where both are numbers."""
    return text.replace("%d", "\0").replace("%m", "%d").replace("\0", "%m") if "%m" in text else text


def _plain(column: Coded) -> list[str]:
    plain = [text.strip() for text in column.values if text[0] not in MARKS]
    return [text for text in plain if not ISO.fullmatch(text)][:_LOOKED_AT]


def _no_order(texts: Sequence[str]) -> bool:
    """Whether the month stands as a word, or the date as a number."""
    return all(_WORD.search(text) is not None or text.replace(".", "").isdigit() for text in texts)


def are_dates(column: Coded, about: Form) -> bool:
    """Whether most texts of a column are dates; numbers alone are not taken for dates."""
    own = tuple(text for text in (about.date_format, *about.more_date_formats) if text and text != SERIAL)
    values = [text.strip() for text in column.values[:_LOOKED_AT]]
    plain = [text for text in values if text[0] not in MARKS and not ISO.fullmatch(text)]
    others = sum(text[0] == NATIVE or ISO.fullmatch(text) is not None for text in values)
    if not values or sum(any(sign.isdigit() for sign in text) for text in plain) < _ENOUGH * len(plain):
        return False
    best = max((_shares({"": plain}, formats)[""] for formats in _choices(own)), default=0.0) if plain else 0.0
    return others + best * len(plain) >= _ENOUGH * len(values)


@cache
def _reader(formats: tuple[str, ...]) -> DateReader:
    return declared_formats(formats, pivot=_PIVOT, where="")


def _shares(texts: Mapping[str, Sequence[str]], formats: tuple[str, ...]) -> dict[str, float]:
    reader = _reader(formats)
    return {name: sum(reader.read(text) is not None for text in found) / len(found) for name, found in texts.items()}


def _used(texts: Mapping[str, Sequence[str]], formats: tuple[str, ...]) -> tuple[str, ...]:
    """Of formats, those by which a text is read first."""
    readers = [(text, _reader((text,))) for text in formats]
    used: dict[str, None] = {}
    for found in texts.values():
        for text in found:
            hit = next((name for name, reader in readers if reader.read(text) is not None), None)
            if hit is not None:
                used[hit] = None
    return tuple(name for name in formats if name in used)
