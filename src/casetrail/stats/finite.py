"""Chances when files are drawn without replacement from a team of known size, and what they say of the whole team.

The hypergeometric law; the interval is the exact one by its two tails, as in W. G. Cochran, "Sampling techniques" (3rd
ed. 1977) section 3.6: all numbers in the team under which a sample like this, or a more extreme one, is no surprise.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

Floats = npt.NDArray[np.float64]


def drawn_chances(population: int, having: int, size: int) -> Floats:
    """Chance of each number 0 ... size of files with an attribute that `having` of the `population` have.

    Raises: ValueError unless 0 <= having, size <= population.
    """
    if not (0 <= having <= population and 0 <= size <= population):
        raise ValueError("neither the sample nor those that have it can be more than the population")
    x = np.arange(size + 1)
    possible = (x <= having) & (size - x <= population - having)
    k = x[possible]
    found = np.zeros(size + 1)
    found[possible] = np.exp(_ways(having, k) + _ways(population - having, size - k) - _ways(population, size))
    return found


def exact_count(having: int, size: int, population: int, level: float = 0.95) -> tuple[int, int]:
    """Lowest and highest number in the population that `having` of `size` drawn allow, two-sided.

    Raises: ValueError unless 0 <= having <= size <= population and size > 0.
    """
    if not 0 < size <= population or not 0 <= having <= size or not 0 < level < 1:
        raise ValueError("a share needs 0 <= having <= size <= population, a size above 0 and a level between 0 and 1")
    tail = (1 - level) / 2
    low, high = having, population - (size - having)

    def more(trial: int) -> bool:
        """Is so many found, or more, no surprise?"""
        return float(drawn_chances(population, trial, size)[having:].sum()) > tail

    def fewer(trial: int) -> bool:
        return float(drawn_chances(population, trial, size)[: having + 1].sum()) > tail

    return _first(more, low, high), -_first(lambda t: fewer(-t), -high, -low)


def _first(so: Callable[[int], bool], low: int, high: int) -> int:
    """The first whole number from which on it is so; it is so at `high`."""
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if so(middle) else (middle + 1, high)
    return low


def _ways(of: int, take: npt.ArrayLike) -> Floats:
    """Logarithm of the number of ways to take so many."""
    k = np.asarray(take, dtype=np.float64)
    return np.asarray(gammaln(of + 1.0) - gammaln(k + 1.0) - gammaln(of - k + 1.0), dtype=np.float64)
