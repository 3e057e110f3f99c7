"""Lot quality assurance sampling: how few files tell a good team from a poor one, and how often that goes wrong.

Source: H. F. Dodge and H. G. Romig, "Sampling inspection tables" (1944); S. K. Lwanga and S. Lemeshow, "Sample size
determination in health studies" (1991) ch. 15; J. J. Valadez, "Assessing child survival programs in developing
countries" (1991). A team passes when at least `least` of `size` files are adequate. Both risks are exact: binomial, or
hypergeometric where the team's files are counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor

import numpy as np
import numpy.typing as npt
from scipy.special import bdtr, bdtrc

from casetrail.stats.finite import drawn_chances

Floats = npt.NDArray[np.float64]

MOST = 1_000
# 0.9 of 30 files is 27, not 28, whatever the last binary digit says.
TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Rule:
    """Read `size` files; the team passes with `least` adequate ones or more.

    `alpha`: the risk that a team with a share `good` or more does not pass. `beta`: that one with `poor` or less does.
    `population` is how many files the team has, None for a team so large that it does not matter.
    """

    size: int
    least: int
    alpha: float
    beta: float
    good: float
    poor: float
    population: int | None = None


def thresholds(good: float, poor: float, population: int | None) -> tuple[float, float]:
    """The two shares as a team of this size can have them: at least `good`, at most `poor`.

    Raises: ValueError unless 0 <= poor < good <= 1, or where the team is so small that none lies between them.
    """
    if not 0 <= poor < good <= 1:
        raise ValueError("the thresholds need 0 <= poor < good <= 1")
    if population is None:
        return good, poor
    upper, lower = ceil(good * population - TINY), floor(poor * population + TINY)
    if population < 1 or lower >= upper:
        raise ValueError("in a team so small the two thresholds are one number of files")
    return upper / population, lower / population


def passing(size: int, least: int, share: float, population: int | None = None) -> float:
    """Chance that a team passes in which this share of files is adequate (a whole number of them, where counted)."""
    if least <= 0:
        return 1.0
    if population is None:
        return float(bdtrc(least - 1, size, share))
    return min(1.0, float(drawn_chances(population, round(share * population), size)[least:].sum()))


def rule(size: int, good: float, poor: float, *, population: int | None = None) -> Rule:
    """The decision value with the smallest sum of both risks for a given number of files.

    Raises: ValueError as `thresholds` does, or when the sample is not 1 to the population.
    """
    if size < 1 or (population is not None and size > population):
        raise ValueError("a team cannot give more files than it has")
    upper, lower = thresholds(good, poor, population)
    alpha, beta = _risks(size, upper, lower, population)
    least = int(np.argmin(alpha + beta))
    return Rule(size, least, float(alpha[least]), float(beta[least]), good, poor, population)


def smallest(
    good: float,
    poor: float,
    *,
    limits: tuple[float, float] = (0.1, 0.1),
    population: int | None = None,
    most: int = MOST,
) -> Rule | None:
    """The fewest files with which both risks (`limits`: alpha, beta) are kept; None when `most` do not suffice.

    Raises: ValueError as `thresholds` does.
    """
    upper, lower = thresholds(good, poor, population)
    for size in range(1, min(most, population or most) + 1):
        alpha, beta = _risks(size, upper, lower, population)
        keeps = np.flatnonzero((alpha <= limits[0] + TINY) & (beta <= limits[1] + TINY))
        if keeps.size:
            least = int(keeps[np.argmin((alpha + beta)[keeps])])
            return Rule(size, least, float(alpha[least]), float(beta[least]), good, poor, population)
    return None


def _risks(size: int, upper: float, lower: float, population: int | None) -> tuple[Floats, Floats]:
    """alpha and beta for each decision value from 0 (everybody passes) to size + 1 (nobody does)."""
    if population is None:
        least = np.arange(size + 2)
        below_upper = np.where(least > 0, bdtr(np.maximum(least - 1, 0), size, upper), 0.0)
        below_lower = np.where(least > 0, bdtr(np.maximum(least - 1, 0), size, lower), 0.0)
    else:
        below_upper, below_lower = (
            np.concatenate([[0.0], np.cumsum(drawn_chances(population, round(share * population), size))])
            for share in (upper, lower)
        )
    return np.clip(below_upper, 0, 1), np.clip(1 - below_lower, 0, 1)


def files_read(of: Rule, share: float) -> float:
    """How many files are read on average when reading stops as soon as the outcome is settled.

    Reading stops with `least` adequate files, or with so many inadequate ones that `least` cannot be reached.
    """
    total = 0.0
    for k in range(of.size):
        chances = _after(of, k, share)
        open_ = (np.arange(k + 1) < of.least) & (k - np.arange(k + 1) < of.size - of.least + 1)
        total += float(chances[open_].sum())
    return total


def _after(of: Rule, read: int, share: float) -> Floats:
    """Chance of each number of adequate files among the first so many."""
    if of.population is not None:
        return drawn_chances(of.population, round(share * of.population), read)
    return np.diff(np.concatenate([[0.0], bdtr(np.arange(read + 1), read, share)]))
