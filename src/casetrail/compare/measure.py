"""One indicator, one authority: where it stands among all, and what can be tested."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import median

import numpy as np

from casetrail.figures import Suppressed
from casetrail.public import Authority, Fact, Indicator, children_in_need, england
from casetrail.stats.apart import Apart, apart
from casetrail.stats.funnel import Funnel, funnel
from casetrail.stats.intervals import normal_quantile
from casetrail.stats.ordinary import Ordinary, ordinary

LEVELS = (0.95, 0.998)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The funnel over the authorities whose two counts are published; `at` is the named one."""

    members: tuple[Fact, ...]
    numerators: tuple[int, ...]
    denominators: tuple[int, ...]
    funnel: Funnel
    at: int
    apart: Apart
    ordinary: Ordinary | None

    @property
    def z_ordinary(self) -> float | None:
        """Against chance and ordinary differences; None among fewer than five authorities."""
        return None if self.ordinary is None else float(self.ordinary.z[self.at])

    @property
    def z(self) -> float:
        return float(self.funnel.z[self.at])

    @property
    def z_adjusted(self) -> float:
        return float(self.funnel.z_adjusted[self.at])

    @property
    def z_adjusted_as_printed(self) -> float:
        """From z and phi rounded to one decimal, so that a reader's calculator gives the same digits."""
        return round(self.z, 1) / sqrt(max(round(self.funnel.phi, 1), 1.0))


@dataclass(frozen=True, slots=True)
class Place:
    """One figure of the named authority among all authorities that have a value.

    `rank` counts authorities with a value at least as high as its own, so ties share the last place.
    `test` is None when no test is possible, and `why_no_test` then says why.
    """

    indicator: Indicator
    own: Fact
    england: Fact
    values: tuple[float, ...]
    rank: int | None
    test: Comparison | None
    why_no_test: str

    @property
    def median(self) -> float:
        return float(median(self.values))

    @property
    def told_apart(self) -> Apart | None:
        """Against all authorities with a value: one whose counts are withheld cannot be told apart."""
        if self.test is None:
            return None
        seen = self.test.apart
        return Apart(seen.above, seen.below, len(self.values) - 1 - seen.above - seen.below)


def places(authority: Authority, year: str) -> tuple[Place, ...]:
    """The place of one authority on every figure with a printed value, in the order of the table."""
    by_indicator: dict[str, list[Fact]] = {}
    for fact in children_in_need(year):
        if fact.indicator.kind != "count":
            by_indicator.setdefault(fact.indicator.id, []).append(fact)
    return tuple(_place(authority, facts) for facts in by_indicator.values())


def verdict(z: float) -> str:
    """In words, against the limits at 95 % and 99.8 %: within, or outside and on which side."""
    if abs(z) <= normal_quantile(LEVELS[0]):
        return "within 95 % limits"
    side = "above" if z > 0 else "below"
    return f"{side} {'99.8' if abs(z) > normal_quantile(LEVELS[1]) else '95'} % limits"


def _place(authority: Authority, facts: Sequence[Fact]) -> Place:
    nation = england()
    own = next(f for f in facts if f.authority == authority)
    local = [f for f in facts if f.authority != nation]
    values = tuple(f.value for f in local if isinstance(f.value, float))
    test, why = _test(own, local)
    return Place(
        indicator=own.indicator,
        own=own,
        england=next(f for f in facts if f.authority == nation),
        values=values,
        rank=sum(v >= own.value for v in values) if isinstance(own.value, float) else None,
        test=test,
        why_no_test=why,
    )


def _test(own: Fact, local: Sequence[Fact]) -> tuple[Comparison | None, str]:
    """The funnel test, or None and the reason in words."""
    why = _why_not(own)
    if why:
        return None, why
    rows = [
        (f, f.numerator, f.denominator)
        for f in local
        if isinstance(f.numerator, int) and isinstance(f.denominator, int) and f.denominator > 0
    ]
    members = tuple(f for f, _, _ in rows)
    x = tuple(numerator for _, numerator, _ in rows)
    n = tuple(denominator for _, _, denominator in rows)
    over = funnel(np.array(x), np.array(n))
    at = members.index(own)
    return Comparison(members, x, n, over, at, apart(x, n, at, of=over), ordinary(x, n)), ""


def _why_not(own: Fact) -> str:
    if own.indicator.kind == "rate":
        return "a rate of a population, not a share of cases: the binomial test does not apply"
    if own.indicator.no_denominator:
        return own.indicator.no_denominator
    if isinstance(own.numerator, Suppressed) or isinstance(own.denominator, Suppressed):
        return "the Department withheld the counts"
    if own.numerator is None or own.denominator is None:
        return "no counts were published for this authority"
    return "" if own.denominator > 0 else "there was no case to count"
