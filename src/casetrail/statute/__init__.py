"""Working-day calendars by nation, and counting under a named convention."""

from casetrail.statute.calendars import Calendar, Nation, calendar
from casetrail.statute.working_days import (
    Convention,
    due_date,
    due_dates,
    working_days,
    working_days_between,
)

__all__ = [
    "Calendar",
    "Convention",
    "Nation",
    "calendar",
    "due_date",
    "due_dates",
    "working_days",
    "working_days_between",
]
