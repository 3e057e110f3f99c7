"""How many units would lie outside their limits by chance alone, and what is left when one has looked so often?

Chance: each unit has its own probability, from the tails of its count, which for small counts is far below the nominal
one; how many are outside is then Poisson-binomial (Y. Hong, "On computing the distribution function for the Poisson
binomial distribution", Computational Statistics & Data Analysis 59, 2013, 41-51: the transform of its characteristic
function). Looking often: S. Holm, Scandinavian Journal of Statistics 6 (1979) 65-70, who betters C. E. Bonferroni's
(1936); Y. Benjamini and Y. Hochberg, Journal of the Royal Statistical Society B 57 (1995) 289-300; Y. Benjamini and
D. Yekutieli, Annals of Statistics 29 (2001) 1165-1188.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from casetrail.stats.discrete_tails import (
    Floats,
    binomial_at_least,
    binomial_at_most,
    binomial_tails,
    poisson_at_least,
    poisson_at_most,
    poisson_tails,
)
from casetrail.stats.funnel_limits import Band
from casetrail.stats.intervals import normal_quantile

Control = Literal["bonferroni", "holm", "benjamini-hochberg", "benjamini-yekutieli"]


@dataclass(frozen=True, slots=True)
class ByChance:
    """Of `units` so many are `expected` outside, and with a probability of at least `level` from `low` to `high`."""

    units: int
    expected: float
    low: int
    high: int
    level: float


def two_sided(at_most: Floats, at_least: Floats) -> Floats:
    """Twice the smaller tail, at most 1: below 5 % just where the count lies outside the exact 95 % limits."""
    return np.minimum(1.0, 2.0 * np.minimum(at_most, at_least))


def binomial_p(counts: npt.ArrayLike, cases: npt.ArrayLike, share: npt.ArrayLike) -> Floats:
    """Exact two-sided p of each count. Raises: ValueError unless 0 <= count <= cases and 0 <= share <= 1."""
    return two_sided(*binomial_tails(counts, cases, share))


def poisson_p(counts: npt.ArrayLike, expected: npt.ArrayLike) -> Floats:
    """Exact two-sided p of each count. Raises: ValueError for a negative count or expected number."""
    return two_sided(*poisson_tails(counts, expected))


def binomial_outside(limits: Band, cases: npt.ArrayLike, share: npt.ArrayLike, *, rounded_to: int = 1) -> Floats:
    """The probability of a number of cases, printed rounded, outside these limits of counts, for each unit."""
    n = np.asarray(cases, dtype=np.float64)
    below, above = _next_outside(limits, rounded_to)
    at_most = binomial_at_most(np.clip(below, 0.0, n), n, share)
    at_least = binomial_at_least(np.clip(above, 0.0, n), n, share)
    return np.where(below >= 0, at_most, 0.0) + np.where(above <= n, at_least, 0.0)


def poisson_outside(limits: Band, expected: npt.ArrayLike, *, rounded_to: int = 1) -> Floats:
    """The probability of a number of events, printed rounded, outside these limits of counts, for each unit."""
    below, above = _next_outside(limits, rounded_to)
    at_most, at_least = poisson_at_most(np.maximum(below, 0.0), expected), poisson_at_least(above, expected)
    return np.where(below >= 0, at_most, 0.0) + at_least


def by_chance(probabilities: npt.ArrayLike, level: float = 0.95) -> ByChance:
    """How many of independent units are outside, each with its own probability.

    Raises: ValueError without a unit, for a probability outside 0 and 1, or a level not strictly between.
    """
    p = np.asarray(probabilities, dtype=np.float64)
    normal_quantile(level)
    # Sums of rounded numbers: a step that meets the tail but for the last digits has met it.
    ends = np.array([(1.0 - level) / 2, (1.0 + level) / 2]) - 1e-12
    low, high = np.searchsorted(np.cumsum(poisson_binomial(p)), ends)
    return ByChance(int(p.size), float(p.sum()), int(low), int(high), level)


def poisson_binomial(probabilities: npt.ArrayLike) -> Floats:
    """The probability of 0, 1, ... n successes among n independent trials, each with its own chance.

    Right to about 1e-15 in each entry. Raises: ValueError without a trial, or for a chance outside 0 and 1.
    """
    p = np.asarray(probabilities, dtype=np.float64)
    if p.ndim != 1 or p.size == 0 or bool(np.any(~((p >= 0) & (p <= 1)))):
        raise ValueError("probabilities lie within 0 and 1, and there is at least one")
    size = p.size + 1
    turns = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)
    found = np.fft.irfft(np.prod(1.0 + np.multiply.outer(turns - 1.0, p), axis=1), size)
    return np.maximum(found, 0.0)


def controlled(p_values: npt.ArrayLike, control: Control) -> Floats:
    """p-values after control for looking so often: one at or below a level counts at that level.

    Bonferroni and Holm keep the chance of even one false finding; Benjamini-Hochberg the expected share of false ones
    among the findings (independent or positively related units), Benjamini-Yekutieli the same under any relation.
    Raises: ValueError for no p-value, or one outside 0 and 1.
    """
    p = np.asarray(p_values, dtype=np.float64)
    if p.ndim != 1 or p.size == 0 or bool(np.any(~((p >= 0) & (p <= 1)))):
        raise ValueError("p-values lie within 0 and 1, and there is at least one")
    n, order = p.size, np.argsort(p, kind="stable")
    if control == "bonferroni":
        return np.minimum(1.0, n * p)
    place = np.arange(1, n + 1)
    if control == "holm":
        stepped = np.maximum.accumulate((n - place + 1) * p[order])
    else:
        times = float(np.sum(1.0 / place)) if control == "benjamini-yekutieli" else 1.0
        stepped = np.minimum.accumulate((times * n / place * p[order])[::-1])[::-1]
    found = np.empty(n)
    found[order] = np.minimum(1.0, stepped)
    return found


def _next_outside(limits: Band, rounded_to: int) -> tuple[Floats, Floats]:
    """The largest count that is printed below the limits, and the smallest that is printed above: on them is inside."""
    below = rounded_to * (np.ceil(limits.low / rounded_to) - 1.0)
    above = rounded_to * (np.floor(limits.high / rounded_to) + 1.0)
    half = rounded_to // 2
    return np.where(below >= 0, below + half, -1.0), above - half
