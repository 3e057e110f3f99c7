"""Funnel limits at each size and any level: between them chance alone keeps a unit that is like the rest.

Proportions: exact (binomial), or score: where Wilson's interval of the unit just touches the target, the normal limit
with the target's own variance (E. B. Wilson, Journal of the American Statistical Association 22, 1927, 209-212). Rates,
ratios and counts: exact (Poisson: F. Garwood, Biometrika 28, 1936, 437-442), Byar's approximation (N. E. Breslow and
N. E. Day, "Statistical methods in cancer research II", 1987, 69-71), or score. Ratios of two counts: given the sum of
both, the first is binomial (J. Przyborowski and H. Wilenski, Biometrika 31, 1940, 313-323). Means: normal, with the
spread within a unit known. Funnels: D. J. Spiegelhalter, Statistics in Medicine 24 (2005) 1185-1202.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincinv

from casetrail.stats.discrete_tails import Floats, binomial_counts, poisson_counts
from casetrail.stats.intervals import normal_quantile

Way = Literal["exact", "score", "byar"]
STEPS = 60
# From here on Byar's upper limit no longer rises with every count.
STEEPEST = 32.0**0.5


@dataclass(frozen=True, slots=True)
class Band:
    """Lower and upper limits, one for each size, in the unit of what is limited. A unit on a limit is inside."""

    low: Floats
    high: Floats

    def over(self, sizes: npt.ArrayLike) -> Band:
        """Limits of counts as limits of counts over sizes."""
        return Band(self.low / np.asarray(sizes), self.high / np.asarray(sizes))


def proportion_counts(target: float, cases: npt.ArrayLike, *, level: float, way: Way = "exact") -> Band:
    """Limits of the number that has it, among so many cases each.

    Raises: ValueError for a target outside 0 and 1, cases not above 0, or Byar's way, which is for rates.
    """
    n = _sizes(cases)
    if not 0 <= target <= 1:
        raise ValueError("the target of a proportion lies within 0 and 1")
    if way == "exact":
        return Band(*binomial_counts(_tail(level), n, target))
    if way == "byar":
        raise ValueError("Byar's limits are of rates and ratios, not of proportions")
    half = normal_quantile(level) * np.sqrt(n * target * (1 - target))
    return Band(np.clip(n * target - half, 0.0, n), np.clip(n * target + half, 0.0, n))


def proportion_limits(target: float, cases: npt.ArrayLike, *, level: float, way: Way = "exact") -> Band:
    """The same as proportions within 0 and 1. Raises: ValueError as `proportion_counts`."""
    return proportion_counts(target, cases, level=level, way=way).over(cases)


def event_counts(expected: npt.ArrayLike, *, level: float, way: Way = "exact") -> Band:
    """Limits of the number of events where so many are expected. Raises: ValueError unless they are above 0."""
    mean = _sizes(expected)
    if way == "exact":
        return Band(*poisson_counts(_tail(level), mean))
    q = normal_quantile(level)
    if way == "byar":
        return Band(np.maximum(_byar_count(mean, q, 1.0) - 1.0, 0.0), _byar_count(mean, q, -1.0))
    return Band(np.maximum(mean - q * np.sqrt(mean), 0.0), mean + q * np.sqrt(mean))


def rate_limits(target: float, denominators: npt.ArrayLike, *, level: float, way: Way = "exact") -> Band:
    """Limits of a rate in the unit of `target`: events over what they are counted in.

    Raises: ValueError for a target or a denominator not above 0.
    """
    n = _sizes(denominators)
    return event_counts(target * n, level=level, way=way).over(n)


def ratio_limits(expected: npt.ArrayLike, *, level: float, way: Way = "exact", target: float = 1.0) -> Band:
    """Limits of observed over expected. Raises: ValueError for a target or an expected number not above 0."""
    return rate_limits(target, expected, level=level, way=way)


def count_ratio_limits(target: float, totals: npt.ArrayLike, *, level: float, way: Way = "exact") -> Band:
    """Limits of one count over another, at each total of the two; infinite where the second may be none.

    Raises: ValueError for a target or a total not above 0, or Byar's way.
    """
    m = _sizes(totals)
    if not target > 0:
        raise ValueError("the target of a ratio is above 0")
    counts = proportion_counts(target / (1 + target), m, level=level, way=way)
    return Band(*(np.divide(c, m - c, out=np.full_like(m, np.inf), where=c < m) for c in (counts.low, counts.high)))


def mean_limits(target: float, sizes: npt.ArrayLike, *, within: npt.ArrayLike, level: float) -> Band:
    """Limits of a mean of so many values, whose standard deviation `within` a unit is known.

    Raises: ValueError for a size, or a standard deviation, not above 0.
    """
    half = normal_quantile(level) * _sizes(within) / np.sqrt(_sizes(sizes))
    return Band(target - half, target + half)


def expected_at_limits(events: npt.ArrayLike, *, level: float, way: Way = "exact") -> Band:
    """The funnel read across: the expected numbers at which so many events lie on the upper and on the lower limit.

    These are the limits of the count itself. Raises: ValueError for a count below 0.
    """
    x = np.asarray(events, dtype=np.float64)
    if bool(np.any(x < 0)):
        raise ValueError("a count is 0 or more")
    q, tail, some = normal_quantile(level), _tail(level), np.maximum(x, 1e-300)
    if way == "exact":
        return Band(np.where(x > 0, gammaincinv(some, tail), 0.0), np.asarray(gammaincinv(x + 1.0, 1.0 - tail)))
    if way == "score":
        half = q * np.sqrt(x + q * q / 4)
        return Band(np.maximum(x + q * q / 2 - half, 0.0), x + q * q / 2 + half)
    low = x * np.maximum(0.0, 1 - 1 / (9 * some) - q / (3 * np.sqrt(some))) ** 3
    return Band(np.where(x > 0, low, 0.0), (x + 1) * (1 - 1 / (9 * (x + 1)) + q / (3 * np.sqrt(x + 1))) ** 3)


def denominators_behind(events: npt.ArrayLike, rates: npt.ArrayLike) -> Floats:
    """What a standardised rate was in effect counted in: events over rate, nan without an event or a rate."""
    x, rate = np.broadcast_arrays(*(np.asarray(a, dtype=np.float64) for a in (events, rates)))
    return np.asarray(np.divide(x, rate, out=np.full(x.shape, np.nan), where=(x > 0) & (rate > 0)))


def _byar_count(mean: Floats, q: float, side: float) -> Floats:
    """The count, plus one for the upper side, of which Byar's limit is `mean`, by Newton's steps on its square root."""
    if q >= STEEPEST:
        raise ValueError("Byar's limits are not for levels as high as this")
    wanted = np.cbrt(mean)
    u = np.sqrt(mean) + np.maximum(0.5, -side * q) / 2
    for _ in range(STEPS):
        value = u ** (2 / 3) - u ** (-4 / 3) / 9 + side * q * u ** (-1 / 3) / 3 - wanted
        rising = 2 / 3 * u ** (-1 / 3) + 4 / 27 * u ** (-7 / 3) - side * q * u ** (-4 / 3) / 9
        moved = np.maximum(u - value / rising, u / 4)
        if bool(np.all(np.abs(moved - u) <= 1e-14 * moved)):
            return np.asarray(moved**2)
        u = moved
    raise ArithmeticError("no count has this limit of Byar's")


def _sizes(sizes: npt.ArrayLike) -> Floats:
    n = np.asarray(sizes, dtype=np.float64)
    if bool(np.any(~(n > 0))):
        raise ValueError("sizes, expected numbers and standard deviations are above 0")
    return n


def _tail(level: float) -> float:
    normal_quantile(level)
    return (1 - level) / 2
