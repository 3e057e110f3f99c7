"""The terms on which one source is read: what the inquiry says, completed and checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from casetrail.records.date_formats import declared_formats
from casetrail.records.keys import Keys
from casetrail.records.mapping import Mapped
from casetrail.records.moments import Calendar, zone_of
from casetrail.records.spec import SourceSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """One source, its whole mapping, how to read its times, the keys, and the bounds of the inquiry."""

    spec: SourceSpec
    mapping: Mapped
    calendar: Calendar
    keys: Keys
    as_of: date
    first_row_no: int = 0


def calendar_of(spec: SourceSpec, as_of: date) -> Calendar:
    """How the times of a source are read. Raises InquiryError for an unknown zone or date format."""
    where = f"source '{spec.name}'"
    declared = () if spec.date_format is None else (spec.date_format, *spec.more_date_formats)
    return Calendar(
        zone_of(spec.zone, where=where),
        declared_formats(declared, pivot=as_of.year, where=where) if declared else None,
        frozenset(spec.unknown_dates),
    )
