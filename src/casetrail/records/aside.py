"""Whose rows gave nothing: persons of rows set aside, and of cells whose date cannot be read. Pseudonyms only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np

from casetrail.records.cells import MARKS, Coded
from casetrail.records.enclosed import enclosed
from casetrail.records.extract import Extract
from casetrail.records.files import format_of
from casetrail.records.keys import Keys
from casetrail.records.mapping import mapped
from casetrail.records.mending import Mend
from casetrail.records.read import read_grid
from casetrail.records.returns import has_form
from casetrail.records.returns.checks import Checked
from casetrail.records.returns.making import fulfilled
from casetrail.records.returns.reading import sight
from casetrail.records.spec import SourceSpec
from casetrail.schema.events import MICROSECONDS_PER_DAY

PRIVILEGED = "legally_privileged"
# Codes that mean that there is no date to count by; all others are of the row as a whole.
UNDATED = frozenset({"not_a_date", "ambiguous_date", "missing_time", "stands_for_unknown", "implausible_date"})


@dataclass(frozen=True, slots=True)
class Aside:
    """A row of a person that gave no event. `activity` is what it would have been; None: whatever the record says.

    `day` (since 1970) is its date where it has one: what is set aside here may have been counted elsewhere.
    """

    person: str
    activity: str | None
    why: Literal["set aside", "no date"]
    place: str
    day: int | None = None


def rows_aside(extract: Extract, *, keys: Keys, as_of: date, mends: Sequence[Mend] = ()) -> tuple[Aside, ...]:
    """Rows set aside and dates that cannot be read, of persons who can be told. `extract` is as it was read.

    A row whose person is not known is in no list: it can be nobody's; nor is one that is legally privileged. Raises as
    reading does.
    """
    if not has_form(extract.spec) and not extract.rows_quarantined:
        return ()
    with enclosed(extract.spec, mends) as at_hand:
        if not has_form(extract.spec):
            return tuple(_of_file(extract, at_hand.spec, keys))
        seen = sight(at_hand.spec, as_of=as_of, mends=at_hand.mends)
        found = [one for table in seen.tables for one in _of_table(table, extract, keys)]
        return tuple(replace(one, place=at_hand.place(one.place)) for one in found)


def _of_table(table: Checked, extract: Extract, keys: Keys) -> Iterator[Aside]:
    form, book = table.held.form, table.book
    column = table.held.grid.columns.get(form.person)
    if column is None:
        return
    undated = {row for row, code, _, _ in book.reasons() if code in UNDATED}
    for mapping in form.mappings:
        activity = mapping.constants.get("activity")
        if mapping.kind != "events" or activity is None:
            continue
        spoilt = book.spoilt.get(mapping.start)
        lost = (book.unusable | (spoilt if spoilt is not None else False)) & fulfilled(table, mapping)
        days = table.days.get(mapping.start)
        for row in np.flatnonzero(lost).tolist():
            person = person_at(column, row, extract.spec.person_scheme, keys)
            if person is not None:
                no_date = row in undated or not book.unusable[row]
                place = f"{table.held.grid.file}, {form.name}, record {int(table.held.grid.record[row])}"
                dated = days is not None and not no_date and bool(days.known[row])
                day = int(days.us[row]) // MICROSECONDS_PER_DAY if dated and days is not None else None
                yield Aside(person, activity, "no date" if no_date else "set aside", place, day)


def person_at(column: Coded, row: int, scheme: str, keys: Keys) -> str | None:
    """The pseudonym of the person in a row; None where the cell tells none."""
    at = int(column.codes[row])
    if at < 0 or column.values[at][0] in MARKS:
        return None
    return keys.person(scheme, column.values[at])


def _of_file(extract: Extract, spec: SourceSpec, keys: Keys) -> Iterator[Aside]:
    kind = format_of(spec.path, spec.format)
    names = mapped(spec, kind).columns["person"]
    grid = read_grid(spec, kind, mapped_names=names, wanted=names, progress=None)
    if len(names) != 1 or names[0] not in grid.columns:
        return
    rows = {int(record): at for at, record in enumerate(grid.record.tolist())}
    for fault in extract.quarantine.to_pylist():
        at = rows.get(fault["record"])
        if fault["code"] == PRIVILEGED:
            continue
        person = None if at is None else person_at(grid.columns[names[0]], at, spec.person_scheme, keys)
        if person is not None:
            why: Literal["set aside", "no date"] = "no date" if fault["code"] in UNDATED else "set aside"
            yield Aside(person, None, why, f"{fault['file']}, record {fault['record']}")
