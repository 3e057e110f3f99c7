"""From the checked tables of a return to events and involvements, as the form's own data say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from casetrail.records.assemble import Assembled, assemble
from casetrail.records.cells import Coded, Grid
from casetrail.records.columns import recoded
from casetrail.records.mapping import mapped
from casetrail.records.returns.checks import Checked
from casetrail.records.returns.findings import SUSPICIOUS, Flags, Rows
from casetrail.records.returns.forms import Feed, MappingForm
from casetrail.records.spec import SourceSpec
from casetrail.records.terms import Terms
from casetrail.schema.events import EVENT, INVOLVEMENT

PERSON = "person"


@dataclass(frozen=True, slots=True)
class Made:
    """The events and involvements of a return, numbered in order of tables and rows, and plain sentences."""

    events: pa.Table
    involvements: pa.Table
    notes: tuple[str, ...]
    next_row_no: int


def make(tables: Sequence[Checked], terms: Terms) -> Made:
    """Make what each mapping of each table says. What a row cannot give is told in that table's findings."""
    events, involvements, notes = [EVENT.empty_table()], [INVOLVEMENT.empty_table()], []
    number = terms.first_row_no
    for table in tables:
        # Of one table all of a mapping come together: dates and ranks order what is made, row numbers only break ties.
        for about in table.held.form.mappings:
            made = _mapped(table, about, terms)
            if made is None:
                continue
            kind = events if made.events.num_rows else involvements
            some = made.events if made.events.num_rows else made.involvements
            numbers = pa.array(np.arange(number, number + some.num_rows, dtype=np.int64))
            kind.append(some.set_column(some.schema.get_field_index("row_no"), some.schema.field("row_no"), numbers))
            number += some.num_rows
            notes += [f"{table.held.form.name}: {note}" for note in made.notes]
    return Made(pa.concat_tables(events), pa.concat_tables(involvements), tuple(dict.fromkeys(notes)), number)


def _mapped(table: Checked, about: MappingForm, terms: Terms) -> Assembled | None:
    """What one mapping makes of a table; None when no row has what it needs."""
    grid, start = table.held.grid, about.start
    # Without the column that says who, rows are set aside or tell of nobody; a note says that it is missing.
    if start not in table.days or PERSON not in _feeds(table, about):
        return None
    rows = ~table.book.unusable & fulfilled(table, about) & table.days[start].known
    if start in table.book.spoilt:
        rows &= ~table.book.spoilt[start]
    places = np.flatnonzero(rows)
    spec = _spec(terms.spec, table, about)
    view = replace(
        grid,
        columns={
            _name(ours, at): Coded(column.values, column.codes[places]).distinct()
            for ours, feed in _feeds(table, about).items()
            for at, column in enumerate(_fed(table, feed))
        },
        record=grid.record[places],
        line=_lines(grid, start, places),
        cell_line={},
        formulas={},
        broken=(),
        notes=(),
    )
    made = assemble(view, replace(terms, spec=spec, mapping=mapped(spec, grid.format)))
    _tell(table, about, made, places)
    return made


def _lines(grid: Grid, column: str, places: Rows) -> Rows | None:
    if grid.line is None:
        return None
    cells = grid.cell_line.get(column)
    return grid.line[places] if cells is None else np.where(cells[places] > 0, cells[places], grid.line[places])


def _feeds(table: Checked, about: MappingForm) -> Mapping[str, Feed]:
    """The feeds whose columns are there, and the person."""
    there = table.held.grid.columns
    feeds = {PERSON: Feed((table.held.form.person,))} | dict(about.feeds)
    return {ours: feed for ours, feed in feeds.items() if all(name in there for name in feed.columns)}


def _name(ours: str, at: int) -> str:
    return f"{ours} {at}"


def _spec(source: SourceSpec, table: Checked, about: MappingForm) -> SourceSpec:
    columns = {
        ours: tuple(_name(ours, at) for at in range(len(feed.columns))) for ours, feed in _feeds(table, about).items()
    }
    constants = dict(about.constants)
    agency = {} if "agency" in columns else {"agency": source.agency or ""}
    label = constants.get("activity", "")
    timed = table.held.form.columns[about.start].kind == "time"
    return replace(
        source,
        kind=about.kind,
        columns=columns,
        constants=constants | {name: value for name, value in agency.items() if value},
        dates={},
        precision=source.precision if timed else "day",
        activity_rank={label: about.rank} if label and about.rank else {},
    )


def _fed(table: Checked, feed: Feed) -> list[Coded]:
    """The columns of a feed: codes as the return writes them, put into words; spoilt cells blank."""
    columns = []
    for name in feed.columns:
        column = table.codes.get(name, table.held.grid.columns[name])
        if name in table.book.spoilt:
            column = Coded(column.values, np.where(table.book.spoilt[name], -1, column.codes).astype(np.int32))
        if feed.words:
            column = _in_words(column, feed.words)
        if feed.otherwise:
            filled = np.where(column.codes < 0, len(column.values), column.codes).astype(np.int32)
            column = Coded([*column.values, feed.otherwise], filled)
        columns.append(column)
    return columns


def _in_words(column: Coded, words: Mapping[str, str]) -> Coded:
    return recoded(column, lambda code: words.get(code, ""))


def fulfilled(table: Checked, about: MappingForm) -> Flags:
    """Rows that a mapping is for."""
    rows = np.ones(len(table.held.grid.record), dtype=np.bool_)
    for wanted, conditions in ((True, about.when), (False, about.unless)):
        for name, codes in conditions.items():
            column = table.codes.get(name) or table.held.grid.columns.get(name)
            if column is None:
                rows &= not wanted
                continue
            known = [value in codes or "*" in codes for value in column.values]
            one_of = np.array([*known, "" in codes], dtype=np.bool_)[column.codes]
            rows &= one_of if wanted else ~one_of
    return rows


def _tell(table: Checked, about: MappingForm, made: Assembled, places: Rows) -> None:
    """What the assembling refused, told of the row it is from: nothing is left out in silence."""
    by_record = {int(record): int(place) for place, record in zip(places, table.held.grid.record[places], strict=True)}
    reasons: dict[str, list[int]] = {}
    for fault in made.faults:
        reasons.setdefault(fault.code, []).append(by_record[fault.record])
    for code, rows in reasons.items():
        flags = np.zeros(len(table.held.grid.record), dtype=np.bool_)
        flags[rows] = True
        words = f"Not made: {about.kind[:-1]} '{about.label}' ({code})."
        table.book.mark(flags, "event_not_made", SUSPICIOUS, column=about.start, addition=words)
