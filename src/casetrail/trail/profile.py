"""How long between one kind of event and a later one in the same trail, near or far: the temporal profile."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from casetrail.kernels.pairs import add_pairs, empty_sums, in_order, pair_times, trail_starts
from casetrail.trail.handle import Trail

# About two million events at ten a person, under 100 MB: more persons at a time is no faster.
PERSONS_AT_A_TIME = 200_000


@dataclass(frozen=True, slots=True)
class PairTime:
    """From one activity to a later one of the same trail. `sd_us` is None when it happened once: not known."""

    activity: str
    later: str
    times: int
    mean_us: float
    sd_us: float | None


def temporal_profile(trail: Trail, *, persons_at_a_time: int = PERSONS_AT_A_TIME) -> tuple[PairTime, ...]:
    """Every ordered pair of activities that one trail holds, in the order of their names.

    Source: Stertz, Mangler, Rinderle-Ma (2020), arXiv:2008.07262. Memory is bounded by the persons read at a time
    and by 32 bytes for each pair of activities. Raises StoreError.
    """
    numbers = [int(str(row["activity_no"])) for row in trail.query("activity_in_use").rows()]
    code = np.full(max(numbers, default=0) + 1, -1, dtype=np.int32)
    code[numbers] = np.arange(len(numbers), dtype=np.int32)
    sums = empty_sums(len(numbers))
    last = max((int(str(row["person_no"])) for row in trail.query("last_person").rows()), default=0)
    for first in range(1, last + 1, persons_at_a_time):
        persons = range(first, min(first + persons_at_a_time, last + 1))
        found = trail.query("step_time", first_no=persons.start, past_no=persons.stop)
        _add(found.table, persons, code, sums)
    names = [str(trail.word(number)) for number in numbers]
    times, mean, deviation = pair_times(sums)
    return tuple(
        PairTime(names[a], names[b], int(times[a, b]), float(mean[a, b]), _known(float(deviation[a, b])))
        for a, b in np.argwhere(times > 0).tolist()
    )


def _add(steps: pa.Table, persons: range, code: npt.NDArray[np.int32], sums: npt.NDArray[np.float64]) -> None:
    person, seq, activity, at_us = (steps[name].to_numpy() for name in steps.column_names)
    nth_person = person - np.int32(persons.start)
    starts = trail_starts(nth_person, len(persons))
    add_pairs(starts, *in_order(starts, (nth_person, seq), code[activity], at_us), sums)


def _known(deviation: float) -> float | None:
    return None if math.isnan(deviation) else deviation
