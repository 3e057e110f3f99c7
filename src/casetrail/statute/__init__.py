"""Working-day calendars by nation, counting under a named convention, and bodies and terms with their days."""

from casetrail.statute.bodies import Entry, about, entries, in_place_of, named, spoken_of
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
    "Entry",
    "Nation",
    "about",
    "calendar",
    "due_date",
    "due_dates",
    "entries",
    "in_place_of",
    "named",
    "spoken_of",
    "working_days",
    "working_days_between",
]
