"""Which differences between two teams can so many files from each show? Exact, by counting every outcome.

Two counts are told apart by R. A. Fisher's exact test, two-sided ("Statistical methods for research workers" (5th ed.
1934) section 21.02); the chance of that is summed over all pairs of counts.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import bdtr

from casetrail.stats.finite import drawn_chances

Floats = npt.NDArray[np.float64]

# Outcomes as likely as the one seen count as surprising too, whatever the last binary digit says.
TINY = 1e-9
STEPS = 1_000


def fisher(size: int, level: float = 0.05) -> npt.NDArray[np.bool_]:
    """For each pair of counts 0 ... size: are the two told apart? Raises: ValueError unless size is above 0."""
    if size < 1:
        raise ValueError("each team needs a file")
    told = np.zeros((size + 1, size + 1), dtype=np.bool_)
    for both in range(2 * size + 1):
        chances = drawn_chances(2 * size, both, size)
        first = np.arange(max(0, both - size), min(size, both) + 1)
        seen = chances[first]
        order = np.argsort(seen, kind="stable")
        # As or less likely: ties belong together, so each takes the sum up to the last that is as likely.
        sums = np.cumsum(seen[order])
        last = np.searchsorted(seen[order], seen * (1 + TINY), side="right") - 1
        told[first, both - first] = sums[last] <= level + TINY
    return told


def counts_of(share: float, size: int, population: int | None) -> Floats:
    """Chance of each number of files with an attribute that this share of the team has."""
    if population is not None:
        return drawn_chances(population, round(share * population), size)
    return np.diff(np.concatenate([[0.0], bdtr(np.arange(size + 1), size, share)]))


def told_apart(told: npt.NDArray[np.bool_], one: float, other: float, population: int | None = None) -> float:
    """Chance that two teams with these shares are told apart; `told` as `fisher` gives it."""
    size = told.shape[0] - 1
    return float(counts_of(one, size, population) @ told @ counts_of(other, size, population))


def nearest(
    told: npt.NDArray[np.bool_], share: float, *, power: float = 0.8, population: int | None = None
) -> float | None:
    """The highest share below this one that is told apart from it with this chance; None when not even 0 is."""
    steps = STEPS if population is None else population
    low, high = 0, round(share * steps)
    if told_apart(told, share, 0.0, population) < power:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if told_apart(told, share, middle / steps, population) >= power else (low, middle)
    return low / steps
