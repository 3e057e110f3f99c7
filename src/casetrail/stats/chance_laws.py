"""What chance does to a number over a size: one law for each kind of figure, so that one funnel serves them all.

A proportion is binomial, a rate or a ratio to an expected number Poisson, a ratio of two counts binomial given their
sum (J. Przyborowski and H. Wilenski, Biometrika 31, 1940, 313-323), a mean normal.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from casetrail.stats.discrete_tails import Floats, binomial_tails, poisson_tails
from casetrail.stats.funnel_limits import Band, Way, event_counts, mean_limits, proportion_counts
from casetrail.stats.outside import binomial_outside, poisson_outside
from casetrail.stats.side_by_side import Choice, choices, choices_of_means
from casetrail.stats.spread import on_scale

Added = tuple[float, float]
NOTHING: Added = (0.0, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Law(ABC):
    """Units with numbers `x` (sums, for means) over sizes `n`, beside the level `target` of x / n of all together.

    `rounded_to` is what the printed numbers are rounded to. Raises: ValueError, from each method, for numbers that the
    law cannot take.
    """

    x: Floats
    n: Floats
    target: float
    way: Way = "exact"
    rounded_to: int = 1

    @abstractmethod
    def tails(self) -> tuple[Floats, Floats]:
        """Chance of so little or less, and of so much or more, for each unit if it is like all together."""

    @abstractmethod
    def limits(self, level: float) -> Band:
        """Limits of x."""

    def value(self, limit: Floats) -> Floats:
        """A limit of x as one of x / n; infinite where there is none."""
        return limit / self.n

    @abstractmethod
    def outside(self, limits: Band) -> Floats:
        """The probability that chance alone puts x, as printed, outside these limits of x."""

    @abstractmethod
    def scaled(self, added: Added = NOTHING) -> tuple[Floats, Floats]:
        """Values on a scale of even variance, and their standard errors by chance; `added` to x and to its size."""

    @abstractmethod
    def back(self, y: Floats, added: Added = NOTHING) -> Floats:
        """From that scale to x / n."""

    @abstractmethod
    def choices(self) -> tuple[Choice, ...]:
        """What each choice of allowing for more than chance makes of the units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Binomial(Law):
    """Cases that have it, among all cases."""

    def tails(self) -> tuple[Floats, Floats]:
        return binomial_tails(self.x, self.n, self.target)

    def limits(self, level: float) -> Band:
        return proportion_counts(self.target, self.n, level=level, way=self.way)

    def outside(self, limits: Band) -> Floats:
        return binomial_outside(limits, self.n, self.target, rounded_to=self.rounded_to)

    def scaled(self, added: Added = NOTHING) -> tuple[Floats, Floats]:
        return on_scale(self.x + added[0], self.n + added[1], "share")[:2]

    def back(self, y: Floats, added: Added = NOTHING) -> Floats:
        share = np.sin(np.clip(y, 0.0, np.pi / 2)) ** 2
        return np.asarray((share * (self.n + added[1]) - added[0]) / self.n)

    def choices(self) -> tuple[Choice, ...]:
        return choices(self.x, self.n, scale="share")


@dataclass(frozen=True, slots=True, kw_only=True)
class Poisson(Law):
    """Events, in what they are counted in: people, or an expected number."""

    def tails(self) -> tuple[Floats, Floats]:
        return poisson_tails(self.x, self.target * self.n)

    def limits(self, level: float) -> Band:
        return event_counts(self.target * self.n, level=level, way=self.way)

    def outside(self, limits: Band) -> Floats:
        return poisson_outside(limits, self.target * self.n, rounded_to=self.rounded_to)

    def scaled(self, added: Added = NOTHING) -> tuple[Floats, Floats]:
        return on_scale(self.x + added[0], self.target * self.n + added[1], "root ratio")[:2]

    def back(self, y: Floats, added: Added = NOTHING) -> Floats:
        events = np.maximum(y, 0.0) ** 2 * (self.target * self.n + added[1]) - added[0]
        return np.asarray(events / self.n)

    def choices(self) -> tuple[Choice, ...]:
        return choices(self.x, self.target * self.n, scale="root ratio")


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoCounts(Law):
    """One count over another, both subject to chance."""

    @property
    def share(self) -> float:
        """The part of the first in both together."""
        return self.target / (1.0 + self.target)

    def tails(self) -> tuple[Floats, Floats]:
        return binomial_tails(self.x, self.x + self.n, self.share)

    def limits(self, level: float) -> Band:
        return proportion_counts(self.share, self.x + self.n, level=level, way=self.way)

    def value(self, limit: Floats) -> Floats:
        rest = self.x + self.n - limit
        return np.asarray(np.divide(limit, rest, out=np.full(rest.shape, np.inf), where=rest > 0))

    def outside(self, limits: Band) -> Floats:
        return binomial_outside(limits, self.x + self.n, self.share, rounded_to=self.rounded_to)

    def scaled(self, added: Added = NOTHING) -> tuple[Floats, Floats]:  # noqa: ARG002  the scale has its own
        return on_scale(self.x, self.n, "ratio of counts")[:2]

    def back(self, y: Floats, added: Added = NOTHING) -> Floats:  # noqa: ARG002  the scale has its own
        return np.asarray(np.exp(y))

    def choices(self) -> tuple[Choice, ...]:
        return choices(self.x, self.n, scale="ratio of counts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Normal(Law):
    """Sums of n values whose standard deviation `within` a unit is known, one for all or one for each."""

    within: Floats

    def tails(self) -> tuple[Floats, Floats]:
        return self._beside(self.x)

    def limits(self, level: float) -> Band:
        band = mean_limits(self.target, self.n, within=self.within, level=level)
        return Band(band.low * self.n, band.high * self.n)

    def outside(self, limits: Band) -> Floats:
        return self._beside(limits.low)[0] + self._beside(limits.high)[1]

    def scaled(self, added: Added = NOTHING) -> tuple[Floats, Floats]:  # noqa: ARG002  means are not counted
        return self.x / self.n, self.within / np.sqrt(self.n)

    def back(self, y: Floats, added: Added = NOTHING) -> Floats:  # noqa: ARG002  means are not counted
        return y

    def choices(self) -> tuple[Choice, ...]:
        return choices_of_means(*self.scaled(), self.target)

    def _beside(self, sums: Floats) -> tuple[Floats, Floats]:
        z = (sums / self.n - self.target) * np.sqrt(self.n) / self.within
        return np.asarray(ndtr(z)), np.asarray(ndtr(-z))
