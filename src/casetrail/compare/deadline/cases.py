"""Single cases with a limit: how many working days each took, with stops of the clock taken out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt

from casetrail.figures import SourceRef
from casetrail.statute import Convention, Nation, due_dates, working_days_between

Days = npt.NDArray[np.datetime64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class SetAside:
    """Rows of a file that could not be used: the reason in words, how many, and where the first of them stand."""

    why: str
    rows: int
    places: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """Cases as read, an entry for each; NaT and -1 are unknown, and a column that the file does not have is None.

    `closed` is the end of the work, or the day a case was cancelled. `reopens` is the index of the case that was opened
    again by this one. `recorded` are working days as a second source has them. `records_end` is the last day of which
    the records can know. `read` says how the file was read, so that it can be read again.
    """

    opened: Days
    closed: Days
    limit: Ints
    stopped: Days | None = None
    restarted: Days | None = None
    cancelled: Flags | None = None
    reopens: Ints | None = None
    rereferred: Days | None = None
    recorded: Ints | None = None
    source: SourceRef
    records_end: date
    rows_in: int
    set_aside: tuple[SetAside, ...] = ()
    read: Mapping[str, object] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """How working days are counted, and what is asked.

    `window`: the last days up to the limit. `rereferral_days`: calendar days after closing in which a re-referral
    counts. `beside`: working days before and after the window that it is compared with, with a `hole` left out between.
    `reopen_days`: working days after a cancellation in which a new opening counts as the same case.
    """

    nation: Nation = Nation.ENGLAND_AND_WALES
    convention: Convention = Convention.DAY_AFTER_RECEIPT
    window: int = 5
    rereferral_days: int = 90
    beside: int = 15
    hole: int = 2
    reopen_days: int = 10
    seed: int = 20_240_501
    draws: int = 500

    @property
    def said(self) -> dict[str, object]:
        """As the parameters of a figure have them."""
        named: dict[str, object] = {"nation": self.nation.value, "convention": self.convention.value}
        numbers = ("window", "rereferral_days", "beside", "hole", "reopen_days", "seed", "draws")
        return named | {name: getattr(self, name) for name in numbers}


@dataclass(frozen=True, slots=True)
class Timed:
    """The cases of one limit: working days until the end, or until the records end (`finished` False).

    `days` has stops of the clock taken out, `whole` has not. A cancelled case is not finished. `at` are the indices of
    these cases among all.
    """

    at: npt.NDArray[np.intp]
    limit: int
    days: Ints
    whole: Ints
    finished: Flags
    cancelled: Flags
    cases: Cases

    @property
    def done(self) -> Ints:
        """Working days of the finished cases."""
        return self.days[self.finished]


def timed(cases: Cases, limit: int, rules: Rules) -> Timed:
    """Count working days for all cases with this limit. Raises: StatuteError as the calendar does."""
    at = np.flatnonzero(cases.limit == limit)
    opened, closed = cases.opened[at], cases.closed[at]
    ended = ~np.isnat(closed)
    until = np.where(ended, closed, np.datetime64(cases.records_end, "D")).astype("datetime64[D]")
    whole = counted(opened, np.maximum(until, opened), rules)
    days = whole - _stopped_days(cases, at, until, rules)
    cancelled = np.zeros(at.size, dtype=np.bool_) if cases.cancelled is None else cases.cancelled[at]
    # Finished on a weekend after the last day: the count is that of the limit, and the work is late all the same.
    on_limit = np.flatnonzero(ended & (days == limit) & (days == whole))
    due = due_dates(opened[on_limit], limit, nation=rules.nation, convention=rules.convention)
    days[on_limit[closed[on_limit] > due]] += 1
    return Timed(at, limit, days, whole, ended & ~cancelled, cancelled, cases)


def counted(starts: Days, ends: Days, rules: Rules) -> Ints:
    """Working days from each start to each end. Raises: StatuteError as the calendar does."""
    return working_days_between(starts, ends, nation=rules.nation, convention=rules.convention)


def _stopped_days(cases: Cases, at: npt.NDArray[np.intp], until: Days, rules: Rules) -> Ints:
    """Working days for which the clock stood still; a clock that was not started again stands still to the end."""
    taken = np.zeros(at.size, dtype=np.int64)
    if cases.stopped is None:
        return taken
    stopped = cases.stopped[at]
    again = np.full(at.size, np.datetime64("NaT"), "datetime64[D]") if cases.restarted is None else cases.restarted[at]
    rows = np.flatnonzero(~np.isnat(stopped) & (stopped <= until))
    ends = np.where(np.isnat(again[rows]) | (again[rows] > until[rows]), until[rows], again[rows])
    taken[rows] = counted(stopped[rows], ends.astype("datetime64[D]"), rules)
    return taken


def limits(cases: Cases) -> tuple[int, ...]:
    """The limits that occur, shortest first."""
    return tuple(int(limit) for limit in np.unique(cases.limit))
