"""Time between every two events of one trail, per ordered pair of kinds: numbers in, numbers out.

The temporal profile of Stertz, Mangler and Rinderle-Ma (2020, arXiv:2008.07262): for each ordered pair (a, b) with
a before b in one trail, next to each other or not, how often, and mean and standard deviation of the time between.
The deviation is that of a sample (divisor n - 1), as in pm4py; of a single time it is unknown here and 0 there.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from numba import njit

Integers = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]

# What a cell of the sums holds. Times are taken as their distance from the first one of the cell: the sum of
# squares of raw microseconds would lose a spread that is small beside the mean.
TIMES, DISTANCE, SQUARES, FIRST = range(4)


def empty_sums(kinds: int) -> Floats:
    """Sums over pairs of `kinds` different codes, before anything was added: 32 bytes for each pair."""
    return np.zeros((kinds, kinds, 4), dtype=np.float64)


@njit(nogil=True, cache=True)
def add_pairs(starts: Integers, kind: Codes, at_us: Integers, sums: Floats) -> None:
    """Add all pairs of some trails: trail p is rows starts[p] to starts[p + 1], in order of time."""
    for p in range(len(starts) - 1):
        end = starts[p + 1]
        for i in range(starts[p], end):
            begun = at_us[i]
            row = sums[kind[i]]
            for j in range(i + 1, end):
                between = float(at_us[j] - begun)
                cell = row[kind[j]]
                if cell[TIMES] == 0.0:
                    cell[FIRST] = between
                distance = between - cell[FIRST]
                cell[TIMES] += 1.0
                cell[DISTANCE] += distance
                cell[SQUARES] += distance * distance


@njit(nogil=True, cache=True)
def trail_starts(trail: Codes, trails: int) -> Integers:
    """Where each of `trails` trails starts once its rows are put together; `trail` numbers them from 0."""
    starts = np.zeros(trails + 1, dtype=np.int64)
    for i in range(len(trail)):
        starts[trail[i] + 1] += 1
    for p in range(trails):
        starts[p + 1] += starts[p]
    return starts


@njit(nogil=True, cache=True)
def in_order(starts: Integers, places: tuple[Codes, Codes], codes: Codes, at_us: Integers) -> tuple[Codes, Integers]:
    """Codes and times put in order of trail and number; `places` are trail and number (from 1) of each row.

    No sort, and no order of rows relied upon: a number says where its row goes.
    """
    trail, number = places
    kind = np.empty(len(codes), dtype=np.int32)
    when = np.empty(len(codes), dtype=np.int64)
    for i in range(len(codes)):
        place = starts[trail[i]] + number[i] - 1
        kind[place] = codes[i]
        when[place] = at_us[i]
    return kind, when


def pair_times(sums: Floats) -> tuple[Integers, Floats, Floats]:
    """Count, mean and sample standard deviation of each pair; not-a-number where nothing or one time is known."""
    times = sums[:, :, TIMES]
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = sums[:, :, FIRST] + sums[:, :, DISTANCE] / times
        spread = sums[:, :, SQUARES] - sums[:, :, DISTANCE] ** 2 / times
        deviation = np.sqrt(np.maximum(spread, 0.0) / (times - 1.0))
    deviation[times < 2.0] = math.nan
    return times.astype(np.int64), mean, deviation


PlainPairs = dict[tuple[int, int], tuple[int, float, float]]


def plain_pair_times(trails: Sequence[Sequence[tuple[int, int]]]) -> PlainPairs:
    """The plain twin: trails of (kind, time in order) to count, mean and sample standard deviation by pair."""
    found: dict[tuple[int, int], list[int]] = {}
    for trail in trails:
        for i, (kind, at_us) in enumerate(trail):
            for later_kind, later_us in trail[i + 1 :]:
                found.setdefault((kind, later_kind), []).append(later_us - at_us)
    return {
        pair: (len(all_), statistics.fmean(all_), statistics.stdev(all_) if len(all_) > 1 else math.nan)
        for pair, all_ in found.items()
    }
