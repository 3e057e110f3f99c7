"""One measure, one body, one period: where it stands among all, and what can be tested."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import median

import numpy as np
import numpy.typing as npt

from casetrail.compare.collection import Collection
from casetrail.compare.quality import Fitness, Quality
from casetrail.figures import Suppressed
from casetrail.public.panel import Floats, Measure, Panel, Why
from casetrail.stats.apart import Apart, apart
from casetrail.stats.funnel import Funnel, funnel, rate_funnel
from casetrail.stats.intervals import normal_quantile
from casetrail.stats.ordinary import Ordinary, for_few, ordinary
from casetrail.stats.spread import Scale

LEVELS = (0.95, 0.998)
FEWEST = 5
WITHHELD = (Why.WITHHELD, Why.WITHHELD_OR_MISSING)
TESTABLE = ("proportion", "rate", "ratio")


@dataclass(frozen=True, slots=True)
class Comparison:
    """The funnel over the units whose two counts are published; `at` is the place of the named one among them."""

    members: npt.NDArray[np.intp]
    numerators: npt.NDArray[np.float64]
    denominators: npt.NDArray[np.float64]
    funnel: Funnel
    at: int
    apart: Apart
    ordinary: Ordinary | None

    @property
    def z_ordinary(self) -> float | None:
        """Against chance and ordinary differences; None among fewer than five units."""
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
    """One figure of the named unit among all units that have a value.

    `rank` counts units with a value at least as high as its own, so ties share the last place. `test` is None when no
    test is possible or allowed, and `why_no_test` then says why.
    """

    quality: Quality
    unit: int
    period: int
    values: tuple[float, ...]
    rank: int | None
    test: Comparison | None
    why_no_test: str

    @property
    def panel(self) -> Panel:
        return self.quality.panel

    @property
    def name(self) -> str:
        """Of the body, as its table has it."""
        return self.panel.units[self.unit].name

    @property
    def measure(self) -> Measure:
        return self.quality.panel.measure

    @property
    def value(self) -> float | Suppressed | None:
        # Of no case at all some publishers print a share of 0.
        return (
            None
            if self.panel.denominator[self.unit, self.period] == 0
            else self._cell(self.panel.value, self.panel.why)
        )

    @property
    def counts(self) -> tuple[float | Suppressed | None, float | Suppressed | None]:
        """Numerator and denominator as published, withheld, or unknown."""
        whys = self.panel.why if self.panel.why_counts is None else self.panel.why_counts
        return self._cell(self.panel.numerator, whys), self._cell(self.panel.denominator, whys)

    def _cell(self, cells: Floats, whys: npt.NDArray[np.int8]) -> float | Suppressed | None:
        value = float(cells[self.unit, self.period])
        if np.isfinite(value):
            return value
        return Suppressed(self.panel.suppression) if int(whys[self.unit, self.period]) in WITHHELD else None

    @property
    def whole(self) -> float | None:
        """The value of all together, as the publisher printed it."""
        of = self.panel.whole
        return None if of is None or not np.isfinite(of.value[self.period]) else float(of.value[self.period])

    @property
    def fitness(self) -> Fitness:
        return self.quality.fitness(self.unit, self.period)

    @property
    def fit(self) -> bool:
        """Whether the gates allow a comparison."""
        return self.fitness is not Fitness.NOT_FIT

    @property
    def unfit(self) -> int:
        """How many of the values are not fit to compare; they stay in the common level, which a few cannot move."""
        return int((self.quality.levels[:, self.period] == Fitness.NOT_FIT).sum())

    @property
    def median(self) -> float:
        return float(median(self.values))

    @property
    def told_apart(self) -> Apart | None:
        """Against all units with a value: one whose counts are withheld cannot be told apart."""
        if self.test is None:
            return None
        seen = self.test.apart
        return Apart(seen.above, seen.below, len(self.values) - 1 - seen.above - seen.below)


def places(collection: Collection, unit: str, period: str) -> tuple[Place, ...]:
    """The place of one unit (by code or name) on every measure with a value of any unit in the period."""
    found = []
    for quality in collection.qualities.values():
        panel = quality.panel
        if period not in panel.periods or unit not in {u.code for u in panel.units}:
            continue
        at = panel.unit_at(unit), panel.periods.index(period)
        if np.isfinite(panel.value[:, at[1]]).any() and int(panel.why[at]) != Why.ABSENT:
            found.append(place(quality, *at))
    return tuple(found)


def place(quality: Quality, unit: int, period: int) -> Place:
    """The place of one unit on one measure."""
    panel = quality.panel
    column = panel.value[:, period]
    values = tuple(column[np.isfinite(column)].tolist())
    own = float(column[unit])
    test, why = _test(quality, unit, period)
    empty = panel.denominator[unit, period] == 0
    rank = sum(v >= own for v in values) if np.isfinite(own) and not empty else None
    return Place(quality, unit, period, values, rank, test, why)


def verdict(z: float) -> str:
    """In words, against the limits at 95 % and 99.8 %: within, or outside and on which side."""
    if abs(z) <= normal_quantile(LEVELS[0]):
        return "within 95 % limits"
    side = "above" if z > 0 else "below"
    return f"{side} {'99.8' if abs(z) > normal_quantile(LEVELS[1]) else '95'} % limits"


def _test(quality: Quality, unit: int, period: int) -> tuple[Comparison | None, str]:
    """The funnel test, or None and the reason in words."""
    why = _why_not(quality, unit, period)
    if why:
        return None, why
    members, x, n = quality.panel.counts(period)
    share = quality.panel.measure.kind == "proportion"
    if share:
        # More than all cannot be a share; the gates tell of it.
        kept = x <= n
        members, x, n = members[kept], x[kept], n[kept]
    if members.size < FEWEST:
        return None, f"only {members.size} bodies have published counts, too few to say what is ordinary"
    over = funnel(x, n) if share else rate_funnel(x, n)
    at = int(np.flatnonzero(members == unit)[0])
    allowing = None
    if share or over.pooled > 0:
        scale: Scale = "share" if share else "root ratio"
        allowing = ordinary(*for_few(x, n if share else n * over.pooled, scale=scale), scale=scale)
    return Comparison(members, x, n, over, at, apart(x, n, at, of=over), allowing), ""


def _why_not(quality: Quality, unit: int, period: int) -> str:
    panel, at = quality.panel, (unit, period)
    if quality.fitness(unit, period) is Fitness.NOT_FIT:
        return f"not fit to compare: {quality.reasons(unit, period, Fitness.NOT_FIT)[0]}"
    if panel.measure.no_denominator:
        return panel.measure.no_denominator
    if panel.measure.kind not in TESTABLE:
        return "a bare value without the counts behind it: chance cannot be told from difference"
    whys = panel.why if panel.why_counts is None else panel.why_counts
    if Why(int(whys[at])) in WITHHELD:
        return "the publisher withheld the counts"
    if not (np.isfinite(panel.numerator[at]) and np.isfinite(panel.denominator[at])):
        return "no counts were published for this body"
    return "" if panel.denominator[at] > 0 else "there was no case to count"
