"""Counting working days and finding due dates, under a convention that is always named.

Guidance says "within 7 working days" and rarely says which day is the first. The choice matters for work
received when the office is closed: two methods can agree on the total and disagree on many single cases.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import cast

import numpy as np
import numpy.typing as npt

from casetrail.errors import StatuteError
from casetrail.statute.calendars import Calendar, Days, Nation, calendar

Counts = npt.NDArray[np.int64]


class Convention(StrEnum):
    """Which day is day one. The examples: due in 1 working day, an ordinary week.

    | | received Friday | received Saturday | received Monday |
    |---|---|---|---|
    | DAY_AFTER_RECEIPT | Monday | Monday | Tuesday |
    | RECEIVED_NEXT_WORKING_DAY | Monday | Tuesday | Tuesday |
    | DAY_OF_RECEIPT | Friday | Monday | Monday |
    """

    DAY_AFTER_RECEIPT = "day after receipt"
    """The first working day after the day of receipt is day one, whatever day that was."""

    RECEIVED_NEXT_WORKING_DAY = "received next working day"
    """What comes on a non-working day is received on the next working day; the one after is day one."""

    DAY_OF_RECEIPT = "day of receipt"
    """The day of receipt is day one when it is a working day, else the next working day is."""


def due_date(start: date, n: int, *, nation: Nation, convention: Convention) -> date:
    """The last day on which a limit of n working days is kept: always a working day.

    Raises: StatuteError when n is below 1 or a day lies in a year whose bank holidays are not known.
    """
    return cast(date, due_dates(_one(start), n, nation=nation, convention=convention)[0].item())


def working_days(start: date, end: date, *, nation: Nation, convention: Convention) -> int:
    """How many working days had begun from `start` to the end of `end`.

    On the due date of a limit of n it is n, and also on the non-working days that follow: work finished
    on a Saturday after a due date on Friday has the count n and is late. Judge by `due_date`.
    Raises: StatuteError when end is before start, or a day lies in a year that is not known.
    """
    counted = working_days_between(_one(start), _one(end), nation=nation, convention=convention)
    return int(counted[0])


def due_dates(starts: Days, n: int, *, nation: Nation, convention: Convention) -> Days:
    """`due_date` of each start: datetime64[D] in, datetime64[D] of the same shape out."""
    days = _checked(starts, calendar(nation))
    if n < 1:
        raise StatuteError(
            f"A limit of {n} working days has no due date.",
            todo="Give a limit of at least 1 working day.",
            code="limit_below_one",
        )
    working = calendar(nation).working
    if convention is Convention.DAY_AFTER_RECEIPT:
        due = np.busday_offset(days, n, roll="backward", busdaycal=working)
    elif convention is Convention.RECEIVED_NEXT_WORKING_DAY:
        due = np.busday_offset(days, n, roll="forward", busdaycal=working)
    else:
        due = np.busday_offset(days, n - 1, roll="forward", busdaycal=working)
    return _checked(np.asarray(due, dtype="datetime64[D]"), calendar(nation))


def working_days_between(starts: Days, ends: Days, *, nation: Nation, convention: Convention) -> Counts:
    """`working_days` of each pair: two datetime64[D] arrays of one shape in, int64 of that shape out.

    Raises: StatuteError when the shapes differ, or for any pair that `working_days` refuses; it says how
    many, so that they can be left out and counted as unknown.
    """
    known = calendar(nation)
    start, end = _checked(starts, known), _checked(ends, known)
    if start.shape != end.shape:
        raise StatuteError("Starts and ends differ in number.", code="unequal_length")
    backwards = int(np.count_nonzero(end < start))
    if backwards:
        raise StatuteError(
            f"{backwards} of {start.size} spans end before they start.",
            todo="Leave such rows out and count them as unknown.",
            code="end_before_start",
        )
    one = np.timedelta64(1, "D")
    if convention is Convention.DAY_OF_RECEIPT:
        first = start
    elif convention is Convention.DAY_AFTER_RECEIPT:
        first = start + one
    else:
        first = np.busday_offset(start, 0, roll="forward", busdaycal=known.working) + one
    counted = np.busday_count(first, end + one, busdaycal=known.working)
    # Received and finished while the office was closed: the day of receipt lies after the end.
    return np.maximum(np.asarray(counted, dtype=np.int64), 0)


def _checked(days: Days, known: Calendar) -> Days:
    found = np.asarray(days)
    if found.dtype != np.dtype("datetime64[D]"):
        raise StatuteError(
            "Working days are counted on whole days.",
            todo='Give an array of dtype "datetime64[D]".',
            code="not_a_day",
        )
    known.check(found)
    return found


def _one(day: date) -> Days:
    return np.array([np.datetime64(day.isoformat()[:10], "D")])
