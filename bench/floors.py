"""What a plain pass over arrays already in memory costs: the Numba floors that ratios are taken against."""

from __future__ import annotations

import numpy as np
from numba import njit

NOTHING = -1


@njit(nogil=True, cache=True)
def pair_means(kind: np.ndarray, following: np.ndarray, lasts_us: np.ndarray, kinds: int) -> np.ndarray:
    """Count and sum of the time from each event to the next, by the two kinds; `following` is -1 at the end."""
    sums = np.zeros((kinds, kinds, 2))
    for i in range(len(kind)):
        if following[i] >= 0:
            cell = sums[kind[i], following[i]]
            cell[0] += 1.0
            cell[1] += lasts_us[i]
    return sums


@njit(nogil=True, cache=True)
def kind_means(kind: np.ndarray, following: np.ndarray, lasts_us: np.ndarray, kinds: int) -> np.ndarray:
    """Count of events, count of intervals and sum of the time after each event, by kind."""
    sums = np.zeros((kinds, 3))
    for i in range(len(kind)):
        cell = sums[kind[i]]
        cell[0] += 1.0
        if following[i] >= 0 or lasts_us[i] > 0:
            cell[1] += 1.0
            cell[2] += lasts_us[i]
    return sums


@njit(nogil=True, cache=True)
def all_pairs(starts: np.ndarray, kind: np.ndarray, at_us: np.ndarray, kinds: int) -> np.ndarray:
    """Count, sum and sum of squares of the time between every two events of a trail, by the two kinds."""
    sums = np.zeros((kinds, kinds, 3))
    for p in range(len(starts) - 1):
        for i in range(starts[p], starts[p + 1]):
            row = sums[kind[i]]
            for j in range(i + 1, starts[p + 1]):
                between = float(at_us[j] - at_us[i])
                cell = row[kind[j]]
                cell[0] += 1.0
                cell[1] += between
                cell[2] += between * between
    return sums
