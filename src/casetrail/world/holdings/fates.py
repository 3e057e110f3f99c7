"""What becomes of each thing that happened to an agency's files: recorded, late, never, or twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from casetrail.schema.events import MICROSECONDS_PER_DAY
from casetrail.world.holdings.clock import Flags, Micros
from casetrail.world.holdings.names import Numbers
from casetrail.world.holdings.parameters import AgencyFaults

WRITTEN, NEVER_RECORDED, RECORDED_AFTER_EXTRACT = range(3)
Shares: TypeAlias = npt.NDArray[np.float64]
STATUS = ("written", "never recorded", "recorded after the extract")

_HOUR = 3_600_000_000
_WEEK = 7 * MICROSECONDS_PER_DAY
# A delay of a century lies after every extract; longer ones would leave the range of microseconds.
_LONGEST_HOURS = 24 * 36_525.0


@dataclass(frozen=True, slots=True)
class Fates:
    """Per row: `status` (index into STATUS), when it was recorded, whether that was late, and whether it stands twice.

    `repeated`: once more with the same reference. `entered_twice`: once more with a reference of its own. `chance` is
    the probability with which the row was never recorded.
    """

    status: Numbers
    recorded_us: Micros
    late: Flags
    repeated: Flags
    entered_twice: Flags
    chance: Shares

    @property
    def written(self) -> Flags:
        """True for rows that are in the agency's files."""
        written: Flags = self.status == WRITTEN
        return written


def event_fates(at_us: Micros, rates: AgencyFaults, *, extract_us: int, rng: np.random.Generator) -> Fates:
    """Fates of the events of one agency. `extract_us` is the last microsecond before the extract was taken."""
    chance = np.minimum(1.0, rates.row_missing + rates.row_missing_per_load * _overload(at_us))
    return _fates(at_us, rates, chance=chance, extract_us=extract_us, rng=rng)


def involvement_fates(from_us: Micros, rates: AgencyFaults, *, extract_us: int, rng: np.random.Generator) -> Fates:
    """Fates of the involvements of one agency; none of them stands twice."""
    chance = np.full(len(from_us), rates.involvement_missing)
    made = _fates(from_us, rates, chance=chance, extract_us=extract_us, rng=rng)
    never = np.zeros(len(from_us), dtype=np.bool_)
    return Fates(made.status, made.recorded_us, made.late, never, never, chance)


def _fates(
    at_us: Micros,
    rates: AgencyFaults,
    *,
    chance: Shares,
    extract_us: int,
    rng: np.random.Generator,
) -> Fates:
    missing, late, twice = rng.random((3, len(at_us)))
    is_late = late < rates.row_late
    prompt = rng.random(len(at_us)) * rates.prompt_hours
    slow = rates.late_median_hours * np.exp(np.minimum(50.0, rates.late_sigma * rng.standard_normal(len(at_us))))
    hours = np.minimum(np.where(is_late, slow, prompt), _LONGEST_HOURS)
    recorded = at_us + (hours * _HOUR).astype(np.int64)
    in_time = np.where(recorded > extract_us, RECORDED_AFTER_EXTRACT, WRITTEN)
    status = np.where(missing < chance, NEVER_RECORDED, in_time)
    written = status == WRITTEN
    repeated = written & (twice < rates.row_repeated)
    entered = written & ~repeated & (twice < rates.row_repeated + rates.row_entered_twice)
    return Fates(status.astype(np.int64), recorded, is_late, repeated, entered, chance)


def _overload(at_us: Micros) -> Shares:
    """By how much each row's week exceeds the agency's median week, as a share of the median; 0 below it."""
    if not len(at_us):
        return np.zeros(0)
    week = at_us // _WEEK
    counts = np.bincount(week - week.min())
    load = counts / np.median(counts[counts > 0])
    over: Shares = np.maximum(0.0, load - 1.0)[week - week.min()]
    return over
