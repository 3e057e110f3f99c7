"""The plain twin of `working_days`: it walks from day to day, and states what the fast way must mean."""

from __future__ import annotations

from collections.abc import Set
from datetime import date, timedelta

from casetrail.statute.working_days import Convention

_DAY = timedelta(days=1)
_SATURDAY = 5


def is_working_day(day: date, holidays: Set[date]) -> bool:
    """Monday to Friday and no bank holiday."""
    return day.weekday() < _SATURDAY and day not in holidays


def due_date_by_walking(start: date, n: int, *, holidays: Set[date], convention: Convention) -> date:
    """The n-th working day, walking on from the start."""
    day = _day_zero(start, holidays, convention)
    counted = 0
    while counted < n:
        day += _DAY
        counted += is_working_day(day, holidays)
    return day


def working_days_by_walking(start: date, end: date, *, holidays: Set[date], convention: Convention) -> int:
    """Working days after day zero, up to and including the end."""
    day = _day_zero(start, holidays, convention)
    counted = 0
    while day < end:
        day += _DAY
        counted += is_working_day(day, holidays)
    return counted


def _day_zero(start: date, holidays: Set[date], convention: Convention) -> date:
    """The day before counting begins."""
    if convention is Convention.DAY_OF_RECEIPT:
        return start - _DAY
    if convention is Convention.RECEIVED_NEXT_WORKING_DAY:
        while not is_working_day(start, holidays):
            start += _DAY
    return start
