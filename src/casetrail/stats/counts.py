"""Intervals for counts, ratios and directly standardised rates.

Sources: N. E. Breslow and N. E. Day, "Statistical methods in cancer research II" (1987) 69-71 for Byar's
approximation; F. Garwood, Biometrika 28 (1936) 437-442 for the exact limits of a Poisson count; A. J. Dobson and
others, Statistics in Medicine 10 (1991) 457-462 for the directly standardised rate. Fewer than ten events take exact
limits, as public-health practice in England does.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

from casetrail.stats.intervals import normal_quantile

FEW = 10
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rate:
    """A value and its limits, in the unit of the value."""

    value: float
    low: float
    high: float


def byar(count: int, level: float = 0.95) -> tuple[float, float]:
    """Byar's limits of a Poisson count, as counts. Raises: ValueError for a negative count."""
    _check(count)
    q = normal_quantile(level)

    def limit(x: float, side: float) -> float:
        # A cube below 0 would be a negative count: seen for one event at 99.8 %.
        return float(x * max(0.0, 1 - 1 / (9 * x) + side * q / (3 * sqrt(x))) ** 3)

    return (0.0 if count == 0 else limit(count, -1.0)), limit(count + 1, 1.0)


def exact_poisson(count: int, level: float = 0.95) -> tuple[float, float]:
    """Exact limits of a Poisson count, as counts. Raises: ValueError for a negative count."""
    from scipy.special import gammaincinv

    _check(count)
    normal_quantile(level)
    tail = (1 - level) / 2
    low = 0.0 if count == 0 else float(gammaincinv(count, tail))
    return low, float(gammaincinv(count + 1, 1 - tail))


def count_limits(count: int, level: float = 0.95) -> tuple[float, float]:
    """Exact below ten events, Byar's from ten on."""
    return exact_poisson(count, level) if count < FEW else byar(count, level)


def ratio(observed: int, expected: float, level: float = 0.95) -> Rate:
    """Observed over expected events, with the limits of the observed count.

    Raises: ValueError unless the expected number is above 0.
    """
    if not expected > 0:
        raise ValueError("a ratio needs an expected number above 0")
    low, high = count_limits(observed, level)
    return Rate(observed / expected, low / expected, high / expected)


def expected_events(populations: npt.ArrayLike, counts: npt.ArrayLike, reference: npt.ArrayLike) -> float:
    """Events that the rates of a reference (its `counts` over its populations `reference`) would bring, by stratum.

    Raises: ValueError on different lengths or an empty stratum of the reference.
    """
    own, events, there = (np.asarray(a, dtype=np.float64) for a in (populations, counts, reference))
    if own.shape != events.shape or own.shape != there.shape or own.ndim != 1 or bool(np.any(there <= 0)):
        raise ValueError("strata must be equally many, each with people in the reference")
    return float(np.sum(own * events / there))


def standardised_rate(
    counts: npt.ArrayLike, populations: npt.ArrayLike, weights: npt.ArrayLike, level: float = 0.95
) -> Rate | None:
    """Directly standardised rate per person, with Dobson's limits; None for fewer than ten events in all.

    One entry for each stratum. Raises: ValueError on different lengths, an empty stratum, or weights without a sum.
    """
    x, n, w = (np.asarray(a, dtype=np.float64) for a in (counts, populations, weights))
    if x.ndim != 1 or x.shape != n.shape or x.shape != w.shape or bool(np.any(n <= 0)) or not w.sum() > 0:
        raise ValueError("strata must be equally many, with people in each and a weight in all")
    total = int(x.sum())
    if total < FEW:
        return None
    share = w / w.sum()
    value = float(np.sum(share * x / n))
    spread = sqrt(float(np.sum(share**2 * x / n**2)) / total)
    low, high = count_limits(total, level)
    return Rate(value, value + spread * (low - total), value + spread * (high - total))


def _check(count: int) -> None:
    if count < 0:
        raise ValueError("a count is 0 or more")
