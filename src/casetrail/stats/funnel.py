"""Funnel comparison of proportions: z, overdispersion, limits.

Source: D. J. Spiegelhalter, "Funnel plots for comparing institutional performance", Statistics in
Medicine 24 (2005) 1185-1202: z against the pooled proportion, a multiplicative overdispersion factor
from winsorised z, limits inflated by its square root. The winsorising is the exact one of the design:
the lowest and highest floor(n / 10) values are replaced by the nearest value that is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

from casetrail.stats.intervals import normal_quantile

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Funnel:
    """A funnel over n units. `z` has one value per unit, in the order given.

    `pooled` is the sum of numerators over the sum of denominators; `phi` the overdispersion factor,
    1 when units differ just as much as chance would make them; `variance` that of one case by chance.
    """

    pooled: float
    z: Floats
    phi: float
    variance: float

    @property
    def inflation(self) -> float:
        """By what the plain limits are multiplied: never below 1, so limits never narrow."""
        return sqrt(max(self.phi, 1.0))

    @property
    def z_adjusted(self) -> Floats:
        """z over the square root of phi; z itself when phi is not above 1."""
        return self.z / self.inflation


def funnel(numerators: npt.ArrayLike, denominators: npt.ArrayLike) -> Funnel:
    """Compare proportions with their pooled proportion.

    Two equally long sequences of counts, one entry per unit. When no or every case has the attribute,
    nobody differs: all z are 0 and phi is 0.
    Raises: ValueError on different lengths, no unit, a denominator of 0, or a numerator outside it.
    """
    x = np.asarray(numerators, dtype=np.float64)
    n = np.asarray(denominators, dtype=np.float64)
    if x.ndim != 1 or x.shape != n.shape or x.size == 0:
        raise ValueError("numerators and denominators must be equally long and not empty")
    if bool(np.any(n <= 0) or np.any(x < 0) or np.any(x > n)):
        raise ValueError("each unit needs 0 <= numerator <= denominator and a denominator above 0")
    pooled = float(x.sum() / n.sum())
    spread = pooled * (1 - pooled)
    z = np.zeros_like(x) if spread == 0 else (x / n - pooled) / np.sqrt(spread / n)
    return Funnel(pooled, z, overdispersion(z), spread)


def rate_funnel(numerators: npt.ArrayLike, denominators: npt.ArrayLike) -> Funnel:
    """Compare rates (or ratios of observed to expected) with their pooled rate, by the square root of the count.

    `denominators` are people at risk, or expected numbers. z = 2 (sqrt(x) - sqrt(expected)), of even variance for
    Poisson counts (Spiegelhalter, as above, table 1). When there is no event at all, nobody differs.
    Raises: ValueError on different lengths, no unit, a denominator of 0, or a negative count.
    """
    x = np.asarray(numerators, dtype=np.float64)
    n = np.asarray(denominators, dtype=np.float64)
    if x.ndim != 1 or x.shape != n.shape or x.size == 0:
        raise ValueError("numerators and denominators must be equally long and not empty")
    if bool(np.any(n <= 0) or np.any(x < 0)):
        raise ValueError("each unit needs a count of 0 or more and a denominator above 0")
    pooled = float(x.sum() / n.sum())
    z = 2.0 * (np.sqrt(x) - np.sqrt(n * pooled))
    return Funnel(pooled, z, overdispersion(z), pooled)


def winsorised(z: Floats) -> Floats:
    """z with the lowest and highest floor(n / 10) values replaced by the nearest value kept."""
    if z.size == 0:
        raise ValueError("no value to winsorise")
    cut = z.size // 10
    ordered = np.sort(z)
    return np.clip(z, ordered[cut], ordered[z.size - 1 - cut])


def overdispersion(z: Floats) -> float:
    """phi: the mean of the squared winsorised z."""
    return float(np.mean(winsorised(z) ** 2))


def limits(pooled: float, denominators: npt.ArrayLike, *, level: float, phi: float = 1.0) -> tuple[Floats, Floats]:
    """Lower and upper funnel limit at each denominator, as proportions within 0 and 1.

    Plain limits with phi = 1; with an overdispersion factor above 1 they are wider by its square root.
    """
    n = np.asarray(denominators, dtype=np.float64)
    half = normal_quantile(level) * np.sqrt(max(phi, 1.0) * pooled * (1 - pooled) / n)
    return np.clip(pooled - half, 0.0, 1.0), np.clip(pooled + half, 0.0, 1.0)
