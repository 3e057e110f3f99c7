"""What an inquiry asks to be reconciled: `[[reconcile]]`, a submitted return or a table of submitted figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from casetrail.errors import InquiryError
from casetrail.figures import Origin
from casetrail.inquiry.reconcile_measures import measures
from casetrail.inquiry.toml_reader import Section
from casetrail.records import form_names
from casetrail.records.spec import SourceSpec

COUNTS = "counts"
KEYS = (
    "name", "file", "format", "origin", "year", "from", "to", "tolerance_days", "against", "person_scheme",
    "date_format", "activities",
)  # fmt: skip
_LONGEST_TOLERANCE = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconcileAsked:
    """A submission, the days it is about, and the sources it is set beside (none named: all).

    `spec` is None where the submission is a table of figures at `file`. `activities` adds words of an extract's own
    to measures.
    """

    name: str
    file: Path
    origin: Origin
    spec: SourceSpec | None
    first: date | None = None
    last: date | None = None
    tolerance: int = 7
    against: tuple[str, ...] = ()
    activities: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def reconcile_asked(
    tables: tuple[Section, ...], *, folder: Path, zone: str, sources: tuple[str, ...]
) -> tuple[ReconcileAsked, ...]:
    """Read and check all `[[reconcile]]` tables. Raises InquiryError."""
    found = tuple(_asked(table, folder, zone) for table in tables)
    for table, one in zip(tables, found, strict=True):
        for name in one.against:
            if name not in sources:
                raise InquiryError(
                    "A submission is set against a source that the inquiry does not have.",
                    where=table.place,
                    todo=f"Use names of sources: {', '.join(sources)}.",
                    code="no_such_source",
                )
    names = [one.name.casefold() for one in found]
    if len(set(names)) < len(names):
        raise InquiryError("Two [[reconcile]] tables have one name.", todo="Give each a name of its own.")
    return found


def _asked(table: Section, folder: Path, zone: str) -> ReconcileAsked:
    table.only(KEYS)
    kind = table.choice("format", (*form_names(), COUNTS))
    first, last = table.maybe_day("from"), table.maybe_day("to")
    if kind != COUNTS and (first is None or last is None or first > last):
        raise InquiryError(
            "A submitted return needs the first and last day that it is about.",
            where=table.place,
            todo="Add from = 2023-04-01 and to = 2024-03-31, in this order.",
            code="no_window",
        )
    tolerance = table.number("tolerance_days", 7)
    if not 0 <= tolerance <= _LONGEST_TOLERANCE:
        raise InquiryError(f"tolerance_days must be from 0 to {_LONGEST_TOLERANCE}.", where=table.place)
    origin = Origin(table.choice("origin", [o.value for o in Origin]))
    path = folder / table.text("file")
    words = table.table("activities")
    words.only([one.id for one in measures()])
    return ReconcileAsked(
        name=table.text("name"),
        file=path,
        origin=origin,
        spec=None if kind == COUNTS else _spec(table, path, zone),
        first=first,
        last=last,
        tolerance=tolerance,
        against=table.texts("against"),
        activities={key: words.texts(key) for key in words.values},
    )


def _spec(table: Section, path: Path, zone: str) -> SourceSpec:
    return SourceSpec(
        name=table.text("name"),
        path=path,
        origin=Origin(table.text("origin")),
        columns={},
        format=table.text("format"),
        year=table.number("year", 0) or None,
        zone=zone,
        person_scheme=table.text("person_scheme", "case"),
        date_format=table.maybe_text("date_format"),
    )
