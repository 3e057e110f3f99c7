"""Shares of links that err as somebody states them in words: exactly, with an interval, or from a check of links."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from casetrail.demand.linkage.rates import NEVER, Rate, Rates, checked, exactly, stated
from casetrail.errors import InputError

_CHECK = re.compile(r"(\d+)\s*/\s*(\d+)")
_TODO = (
    "Write a share (0.05), a share with its interval (0.05,0.02,0.09), or how many of the links looked at were wrong "
    "(15/300); before it A+B= for one pair of lists alone."
)


@dataclass(frozen=True, slots=True)
class StatedLinks:
    """Texts such as `0.05`, `0.05,0.02,0.09` (share, low, high), `15/300` (wrong of so many looked at), each for all
    pairs of lists, or after `A+B=` for one pair. `missed`: of true pairs that were not linked; `false`: of links."""

    missed: tuple[str, ...] = ()
    false: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.missed or self.false)

    def rates(self, names: Sequence[str]) -> Rates:
        """For these lists. Raises: InputError for what is no share, a list that is not there, a pair said twice."""
        return Rates(_by_pair(self.missed, names, "--missed-links"), _by_pair(self.false, names, "--false-links"))

    def said(self) -> str:
        """In words, for a page."""
        missed = [_words(text, "of true links missed") for text in self.missed]
        return "; ".join([*missed, *(_words(text, "of links false") for text in self.false)])


def _words(text: str, what: str) -> str:
    pair, sign, share = text.rpartition("=")
    check = _CHECK.fullmatch(share.strip())
    if check:
        said = f"{int(check[1]):,} of {int(check[2]):,} checked {what.removeprefix('of ')}"
    else:
        middle, *ends = (f"{100 * float(part):g}" for part in share.split(","))
        said = f"{middle} %{f' ({ends[0]} to {ends[1]} %)' if ends else ''} {what}"
    return f"{said} between {pair.strip()}" if sign else said


def _by_pair(texts: Sequence[str], names: Sequence[str], where: str) -> Mapping[tuple[int, int], Rate]:
    everywhere: Rate | None = None
    own: dict[tuple[int, int], Rate] = {}
    for text in texts:
        pair, sign, share = text.rpartition("=")
        if not sign:
            if everywhere is not None:
                raise _wrong("A share for all pairs of lists is said twice.", where)
            everywhere = _rate(share, where)
            continue
        at = _pair(pair, names, where)
        if at in own:
            raise _wrong("A share for one pair of lists is said twice.", where)
        own[at] = _rate(share, where)
    return {pair: own.get(pair, everywhere or NEVER) for pair in combinations(range(len(names)), 2)}


def _pair(text: str, names: Sequence[str], where: str) -> tuple[int, int]:
    known = [name.casefold() for name in names]
    for at in _cuts(text):
        if all(part.casefold() in known for part in at):
            i, j = sorted(known.index(part.casefold()) for part in at)
            if i != j:
                return i, j
    raise _wrong(f"A pair is not two of the lists ({', '.join(names)}).", where)


def _cuts(text: str) -> Iterator[tuple[str, str]]:
    """Every way to cut at a plus sign, since a list's name may hold one."""
    for at, sign in enumerate(text):
        if sign == "+":
            yield text[:at].strip(), text[at + 1 :].strip()


def _rate(text: str, where: str) -> Rate:
    check = _CHECK.fullmatch(text.strip())
    try:
        if check:
            return checked(int(check[1]), int(check[2]))
        numbers = [float(part) for part in text.split(",")]
        if len(numbers) == 1:
            return exactly(numbers[0])
        if len(numbers) == 3:
            return stated(*numbers)
    except ValueError:
        pass
    raise _wrong("A share of links that err is none: it is from 0 to less than 1, and inside its interval.", where)


def _wrong(what: str, where: str) -> InputError:
    return InputError(what, where=where, todo=_TODO, code="wrong_share")
