"""From the cells of a source to what the identity vault keeps of each person, and how much of what is there at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from casetrail.records.cells import ERROR, LOSSY, MARKS, Coded, Grid, Places, plural
from casetrail.records.columns import Flags, arrow_text, parts_of, recoded
from casetrail.records.date_formats import day_part, declared_format
from casetrail.records.extract import ColumnHeld
from casetrail.records.facts import Persons
from casetrail.records.keys import canonical
from casetrail.records.moments import Calendar, Micros, cast_moments
from casetrail.records.spec import SourceSpec
from casetrail.records.terms import Terms
from casetrail.records.texts import rounded_text
from casetrail.schema.events import MICROSECONDS_PER_DAY
from casetrail.schema.identity import IDENTITY, IDENTITY_FIELDS, IdentityField


@dataclass(frozen=True, slots=True)
class Cells:
    """One identity column of a source: `texts` as the vault keeps them, blank where they cannot be kept."""

    field: IdentityField
    label: str
    texts: Coded


@dataclass(frozen=True, slots=True)
class Identities:
    """What the vault keeps of one source, of shape `schema.identity.IDENTITY`; what columns hold; plain sentences."""

    table: pa.Table
    held: tuple[ColumnHeld, ...]
    notes: tuple[str, ...]


def identities_of(grid: Grid, terms: Terms, persons: Persons, good: Flags) -> Identities:
    """The identities in a file of one table: the mapped columns, and the person's own identifier.

    Rows set aside give none. Without `keep_identities` cells are counted and none is kept.
    """
    spec, notes, columns = terms.spec, [], []
    for field, names in spec.identity.items():
        for name in names:
            (raw,) = parts_of(grid, (name,), tokens=spec.unknown_text, default=True)
            kind: IdentityField = field  # type: ignore[assignment]  # checked where the inquiry is parsed
            cells = Cells(kind, name, _birth_dates(raw, grid, terms) if kind == "birth_date" else plain_texts(raw))
            lost = good & ~raw.blank & cells.texts.blank
            if lost.any():
                first = int(grid.record[np.flatnonzero(lost)[0]])
                notes.append(
                    f"{plural(int(lost.sum()), 'cell')} in '{name}' cannot be read as {kind} (first in record "
                    f"{first:,}) and went into no vault; the records are kept."
                )
            columns.append(cells)
    own = terms.mapping.columns.get("person", ())
    columns.append(Cells("identifier", " / ".join(own), persons.column))
    table = gathered(grid, persons, good, columns) if spec.keep_identities else IDENTITY.empty_table()
    return Identities(table, (*_held(terms, grid, columns, good),), tuple(notes))


def _held(terms: Terms, grid: Grid, columns: Sequence[Cells], good: Flags) -> list[ColumnHeld]:
    """Every mapped column of the file: how many good rows fill it, what it feeds, and of which kind of identity."""
    feeds: dict[str, list[str]] = {}
    for ours, names in terms.mapping.columns.items():
        for name in names:
            feeds.setdefault(name, []).append(ours)
    for fact, name in terms.spec.dates.items():
        feeds.setdefault(name, []).append(f"date '{fact}'")
    kinds = {cells.label: cells.field for cells in columns}
    kinds |= dict.fromkeys(terms.mapping.columns.get("person", ()), "identifier")
    told = []
    for name in dict.fromkeys((*feeds, *(label for label in kinds if label in grid.columns))):
        column = grid.columns.get(name)
        filled = 0 if column is None else int((good & ~column.blank).sum())
        told.append(
            ColumnHeld(
                table="", column=name, filled=filled, identity=kinds.get(name, ""), feeds=tuple(feeds.get(name, ()))
            )
        )
    return told


def plain_texts(column: Coded) -> Coded:
    """Texts as the source writes them; errors of a spreadsheet and numbers that lost digits become blank."""
    return recoded(
        column,
        lambda text: "" if text[0] in (ERROR, LOSSY) or rounded_text(text) else canonical(text.lstrip("".join(MARKS))),
    )


def iso_days(us: Micros, known: Flags) -> Coded:
    """Days as ISO 8601, one text for each different day."""
    days = np.where(known, us // MICROSECONDS_PER_DAY, np.iinfo(np.int64).min)
    distinct, codes = np.unique(days, return_inverse=True)
    start = date(1970, 1, 1)
    texts = [
        "" if day == np.iinfo(np.int64).min else (start + timedelta(days=day)).isoformat() for day in distinct.tolist()
    ]
    return recoded(Coded(texts, codes.astype(np.int32)), str)


def _birth_dates(column: Coded, grid: Grid, terms: Terms) -> Coded:
    """Dates of birth as ISO 8601: by the declared format of the source, or by its part without the time of day."""
    moments = cast_moments(column.values, terms.calendar, absent=(), marked=grid.marked).at(column.codes)
    us, known = moments.day_us, moments.known
    calendar = _of_days(terms)
    if calendar is not None:
        again = cast_moments(column.values, calendar, absent=(), marked=grid.marked).at(column.codes)
        us, known = np.where(known, us, again.day_us), known | again.known
    return iso_days(us, known)


def _of_days(terms: Terms) -> Calendar | None:
    whole = terms.spec.date_format
    if whole is None or not (part := day_part(whole)) or part == whole:
        return None
    day = declared_format(part, pivot=terms.as_of.year, where=f"source '{terms.spec.name}'")
    return replace(terms.calendar, declared=day)


def gathered(grid: Grid, persons: Persons, good: Flags, columns: Sequence[Cells]) -> pa.Table:
    """Each thing known of a person once, with the record in which it stands first."""
    parts = [IDENTITY.empty_table()]
    rows = np.flatnonzero(good & ~persons.column.blank)
    for cells in columns:
        filled = rows[cells.texts.codes[rows] >= 0]
        if len(filled):
            parts.append(_entries(grid, persons, cells, filled))
    return pa.concat_tables(parts)


def _entries(grid: Grid, persons: Persons, cells: Cells, rows: Places) -> pa.Table:
    pairs = persons.column.codes[rows].astype(np.int64) * len(cells.texts.values) + cells.texts.codes[rows]
    _, first = np.unique(pairs, return_index=True)
    chosen = rows[np.sort(first)]
    same = np.zeros(len(chosen), dtype=np.int32)
    arrays = {
        "person": arrow_text(persons.pseudonyms, persons.column.codes[chosen]),
        "field": arrow_text([cells.field], same),
        "label": arrow_text([cells.label], same),
        "value": arrow_text(cells.texts.values, cells.texts.codes[chosen]),
        "table": arrow_text([grid.table or ""], same if grid.table else same - 1),
        "record": pa.array(grid.record[chosen]),
    }
    return pa.Table.from_arrays([arrays[name] for name in IDENTITY.names], schema=IDENTITY)


def about_vault(spec: SourceSpec, held: Sequence[ColumnHeld]) -> tuple[str, ...]:
    """One sentence on what identity a source carries and what becomes of it; none where it carries none."""
    kinds = [field for field in IDENTITY_FIELDS if any(one.identity == field and one.filled for one in held)]
    beyond = [field for field in kinds if field != "identifier"]
    if spec.keep_identities and kinds:
        return (f"Of who persons are, the identity vault keeps: {_listed(kinds)}.",)
    if not beyond:
        return ()
    return (f"Of who persons are, the source holds {_listed(beyond)}: not kept, since the inquiry keeps no vault.",)


def _listed(kinds: Sequence[str]) -> str:
    return ", ".join(kind.replace("_", " ") for kind in kinds)
