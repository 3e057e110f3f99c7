"""All bodies of one measure and period against their limits: what the funnel and the choices are read from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import numpy.typing as npt

from casetrail.compare.measure import LEVELS
from casetrail.public.panel import Floats, Panel
from casetrail.stats.chance_laws import Law, Normal
from casetrail.stats.funnel_limits import Band
from casetrail.stats.intervals import normal_quantile
from casetrail.stats.outside import ByChance, by_chance, two_sided
from casetrail.stats.side_by_side import Result, result


# Without slots, so that limits are found once, and only where they are looked at.
@dataclass(frozen=True)
class Judged:
    """Bodies with counts (`rows` of the panel) against the limits at `LEVELS`.

    `law` has them as printed; `lowest` each as high as rounding leaves open, for the question whether it lies below,
    and `highest` the other way. `times` turns x / n into what is shown. `p`: exact, two-sided, against chance alone,
    the largest that rounding leaves open. `results` ends with the variance between bodies that a few cannot move.
    `impossible`: rows left out, since the first count is negative or, for a share, above the second.
    """

    panel: Panel
    period: int
    rows: npt.NDArray[np.intp]
    law: Law
    lowest: Law
    highest: Law
    times: float
    p: Floats
    results: tuple[Result, ...]
    impossible: npt.NDArray[np.intp]

    @property
    def shown(self) -> Floats:
        """x / n as it is shown."""
        return np.asarray(self.times * self.law.x / self.law.n)

    @cached_property
    def edges(self) -> tuple[Band, ...]:
        """Plain limits of x: the lower where it lies for the highest possible counts, and the other way."""
        if self.highest is self.lowest:
            return tuple(self.lowest.limits(level) for level in LEVELS)
        return tuple(Band(self.lowest.limits(level).low, self.highest.limits(level).high) for level in LEVELS)

    @property
    def plain(self) -> tuple[Band, ...]:
        """Limits of chance alone, for what is shown."""
        up, down = self.lowest.x / self.lowest.n, self.highest.x / self.highest.n
        return tuple(
            self._shown(self.lowest.value(edge.low) - up, self.highest.value(edge.high) - down) for edge in self.edges
        )

    @property
    def adjusted(self) -> tuple[Band, ...]:
        """Limits of chance and ordinary differences, for what is shown."""
        choice, back = self.results[-1].choice, partial(self.law.back, added=self.results[-1].choice.added)
        (y_low, s_low), (y_high, s_high) = (law.scaled(choice.added) for law in (self.lowest, self.highest))
        return tuple(
            self._shown(
                back(choice.level - q * choice.deviation(s_low)) - back(y_low),
                back(choice.level + q * choice.deviation(s_high)) - back(y_high),
            )
            for q in map(normal_quantile, LEVELS)
        )

    @cached_property
    def by_chance(self) -> ByChance:
        """How many would lie outside the plain 95 % limits if nobody differed."""
        return by_chance(self.chances(0))

    def chances(self, level: int) -> Floats:
        """The probability of each body, if it does not differ, outside plain limits; `level` is a place in `LEVELS`."""
        half, edge = self.law.rounded_to // 2, self.edges[level]
        return np.clip(self.law.outside(Band(edge.low - half, edge.high + half)), 0.0, 1.0)

    def _shown(self, low: Floats, high: Floats) -> Band:
        """Limits of what is shown, from how far the least extreme values lie from theirs."""
        value = self.law.x / self.law.n
        # None but a mean can lie below 0.
        least = -np.inf if isinstance(self.law, Normal) else 0.0
        return Band(self.times * np.maximum(value + low, least), self.times * (value + high))


def largest_p(lowest: Law, highest: Law) -> Floats:
    """Exact two-sided p against chance alone, the largest that rounding leaves open."""
    return two_sided(lowest.tails()[0], highest.tails()[1])


def under_each_choice(law: Law, lowest: Law, highest: Law, p: Floats) -> tuple[Result, ...]:
    """Every body under every choice, none of them outside unless it is for all that rounding leaves open."""
    found = []
    for choice in law.choices():
        low, high = choice.z(*lowest.scaled(choice.added)), choice.z(*highest.scaled(choice.added))
        # A body whose rounded counts may lie on either side of the level is not away from it.
        z = np.where(low < 0, low, np.where(high > 0, high, 0.0))
        found.append(result(choice, z, p if choice.adjustment == "none" else None))
    return tuple(found)
