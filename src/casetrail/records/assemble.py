"""From the cells of one source to its events or involvements: keyed, timed, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from casetrail.records.cells import Grid, Places, plural
from casetrail.records.columns import Flags, Text, arrow_text, constant, privileged_rows, text_column
from casetrail.records.facts import Persons, read_facts
from casetrail.records.faults import Fault, FaultBook
from casetrail.records.keys import Kind, canonical
from casetrail.records.mapping import PRIVILEGED, Mapped
from casetrail.records.privilege import worded
from casetrail.records.terms import Terms
from casetrail.records.texts import Texts, array_of
from casetrail.records.times import RowTimes, row_times
from casetrail.schema.events import EVENT, INVOLVEMENT, ROLES

_KINDS: Mapping[str, Kind] = {
    "person": "person",
    "event_id": "event",
    "household": "household",
    "incident": "incident",
    "episode": "episode",
    "worker": "worker",
}


# From so many on, a compiled pass is worth the time to load it; an array of pseudonyms holds no more than the other.
_AT_ONCE = 200_000
_MOST_AT_ONCE = 100_000_000


@dataclass(frozen=True, slots=True)
class Assembled:
    """The tables of one source, the records and facts set aside, notes, and whose row is whose."""

    events: pa.Table
    involvements: pa.Table
    facts: pa.Table
    faults: tuple[Fault, ...]
    fact_faults: tuple[Fault, ...]
    notes: tuple[str, ...]
    persons: Persons
    good: Flags


@dataclass(frozen=True, slots=True)
class _Columns:
    """Texts and pseudonyms of all rows, by our column; `keyed` gives the pseudonym of each distinct text."""

    texts: Mapping[str, Text]
    keyed: Mapping[str, Sequence[str]]

    def array(self, name: str, rows: Places) -> pa.Array:
        """One column of the rows given, as Arrow strings; null where not known or not mapped."""
        text = self.texts.get(name)
        if text is None:
            return pa.nulls(len(rows), pa.string())
        return arrow_text(self.keyed.get(name, text.coded.values), text.coded.codes[rows])


def assemble(grid: Grid, terms: Terms) -> Assembled:
    """Cast, key and check every row of a grid."""
    mapping = terms.mapping
    book = FaultBook(len(grid.record))
    privileged = privileged_rows(grid, mapping.columns.get(PRIVILEGED, ()))
    book.mark(privileged, "legally_privileged", column=mapping.origin_of(PRIVILEGED))
    spoken = [name for ours in mapping.texts for name in mapping.columns.get(ours, ())]
    for name, spoke in worded(grid.columns, dict.fromkeys(spoken), terms.spec.privileged_words).items():
        book.mark(spoke, "legally_privileged", column=name)
        privileged |= spoke
    columns = _read_columns(grid, terms, book)
    _check_columns(book, columns, mapping)
    times = row_times(grid, terms, book)
    _check_duplicates(book, columns, mapping, grid)
    person = columns.texts["person"]
    persons = Persons(person.coded, columns.keyed["person"])
    facts, fact_faults = read_facts(
        grid,
        terms,
        persons,
        allowed=~privileged & ~person.error & ~person.lossy,
        book=book,
    )
    rows = np.flatnonzero(book.good)
    events, involvements = EVENT.empty_table(), INVOLVEMENT.empty_table()
    if terms.spec.kind == "events":
        events = _table(EVENT, _events(grid, terms, columns, times, rows=rows))
    else:
        involvements = _table(INVOLVEMENT, _involvements(grid, terms, columns, times, rows=rows))
    faults = tuple(book.faults(grid.record, grid.line))
    return Assembled(
        events, involvements, facts, faults, tuple(fact_faults), tuple(book.notes), persons=persons, good=book.good
    )


def _read_columns(grid: Grid, terms: Terms, book: FaultBook) -> _Columns:
    texts: dict[str, Text] = {}
    schemes: dict[str, str] = {}
    spec, mapping = terms.spec, terms.mapping
    for name in (*mapping.ids, *mapping.texts):
        is_id = name in mapping.ids
        if name in mapping.constants:
            text = constant(mapping.constants[name], len(grid.record), fold=name == "role")
        elif name in mapping.columns:
            source = mapping.columns[name]
            text = text_column(grid, source, tokens=spec.unknown_text, whole=is_id, fold=name == "role")
        else:
            continue
        if text.unknown:
            book.notes.append(f"{plural(text.unknown, 'cell')} in '{name}' stood for 'unknown' and became unknown.")
        texts[name] = text
        if is_id:
            scheme = {"event_id": spec.name, "worker": ""}.get(name, spec.person_scheme)
            schemes[name] = scheme
    at_once = sum(len(texts[name].coded.values) for name in schemes) >= _AT_ONCE
    keyed = {name: _keyed(terms, name, schemes[name], texts[name], at_once=at_once) for name in schemes}
    if "state" not in texts and "activity" in texts:
        texts["state"] = texts["activity"]
    return _Columns(texts, keyed)


def _keyed(terms: Terms, name: str, scheme: str, text: Text, *, at_once: bool) -> Sequence[str]:
    """The pseudonym of each distinct text."""
    values = text.coded.values
    if at_once and len(values) <= _MOST_AT_ONCE:
        return Texts(terms.keys.all_at_once(_KINDS[name], scheme, array_of(values)))
    return terms.keys.all_of(_KINDS[name], scheme, values)


def _check_columns(book: FaultBook, columns: _Columns, mapping: Mapped) -> None:
    for name, text in columns.texts.items():
        column = mapping.origin_of(name)
        book.mark(text.error, "cell_error", column=column)
        if name in mapping.ids:
            book.mark(text.lossy, "id_precision_lost", column=column)
    for name in mapping.needed:
        if name in columns.texts:
            missing = columns.texts[name].coded.blank
            book.mark(missing, f"missing_{name}", column=mapping.origin_of(name))
    if "role" in columns.texts:
        role = columns.texts["role"].coded
        strange = np.array([value not in ROLES for value in role.values] + [False], dtype=np.bool_)
        book.mark(strange[role.codes], "unknown_role", column=mapping.origin_of("role"))


def _check_duplicates(book: FaultBook, columns: _Columns, mapping: Mapped, grid: Grid) -> None:
    """Of good records with one event_id the first is kept; the others say which record that is."""
    if "event_id" not in columns.texts:
        return
    ids = columns.texts["event_id"].coded
    if not (np.bincount(ids.codes[~ids.blank], minlength=1) > 1).any():
        return
    rows = np.flatnonzero(book.good & ~ids.blank)
    _, first, which = np.unique(ids.codes[rows], return_index=True, return_inverse=True)
    later = rows[first[which] != np.arange(len(rows))]
    earlier = rows[first[which]][first[which] != np.arange(len(rows))]
    flags = np.zeros(len(grid.record), dtype=np.bool_)
    flags[later] = True
    said = {
        row: f"The first is record {record}."
        for row, record in zip(later.tolist(), grid.record[earlier].tolist(), strict=True)
    }
    book.mark(flags, "duplicate_event_id", column=mapping.origin_of("event_id"), additions=said)


def _places(grid: Grid, rows: Places) -> pa.Array:
    """File, sheet, record and line of each row, in words."""
    sheet = f", sheet {grid.sheet}" if grid.sheet else f", {grid.table}" if grid.table else ""
    record = pa.array(grid.record[rows]).cast(pa.string())
    start = pc.binary_join_element_wise(pa.scalar(f"{grid.file}{sheet}, record "), record, "")
    if grid.line is None:
        return start
    line = grid.line[rows]
    word = ", row " if grid.sheet else ", line "
    tail = pc.binary_join_element_wise(word, pa.array(line).cast(pa.string()), "")
    return pc.binary_join_element_wise(start, pc.if_else(pa.array(line >= 0), tail, ""), "")


def _common(grid: Grid, terms: Terms, columns: _Columns, *, rows: Places) -> dict[str, pa.Array]:
    arrays = {name: columns.array(name, rows) for name in {*EVENT.names, *INVOLVEMENT.names}}
    arrays["row_no"] = pa.array(grid.record[rows] - 1 + terms.first_row_no)
    arrays["source"] = arrow_text([terms.spec.name], np.zeros(len(rows), dtype=np.int32))
    arrays["source_place"] = _places(grid, rows)
    return arrays


def _events(grid: Grid, terms: Terms, columns: _Columns, times: RowTimes, *, rows: Places) -> dict[str, pa.Array]:
    arrays = _common(grid, terms, columns, rows=rows)
    arrays["at_us"] = pa.array(times.start_us[rows])
    arrays["end_us"] = pa.array(times.end_us[rows], mask=~times.end_known[rows])
    arrays["recorded_us"] = pa.array(times.recorded_us[rows], mask=~times.recorded_known[rows])
    arrays["precision"] = arrow_text(["minute", "day"], times.by_day[rows].astype(np.int32))
    activity = columns.texts["activity"].coded
    declared = {canonical(name): rank for name, rank in terms.spec.activity_rank.items()}
    ranks = np.array([declared.get(value, 0) for value in activity.values] + [0], dtype=np.int16)
    arrays["rank"] = pa.array(ranks[activity.codes[rows]])
    return arrays


def _involvements(grid: Grid, terms: Terms, columns: _Columns, times: RowTimes, *, rows: Places) -> dict[str, pa.Array]:
    arrays = _common(grid, terms, columns, rows=rows)
    arrays["from_us"] = pa.array(times.start_us[rows])
    arrays["to_us"] = pa.array(times.end_us[rows], mask=~times.end_known[rows])
    arrays["recorded_us"] = pa.array(times.recorded_us[rows], mask=~times.recorded_known[rows])
    return arrays


def _table(shape: pa.Schema, arrays: Mapping[str, pa.Array]) -> pa.Table:
    return pa.Table.from_arrays([arrays[name] for name in shape.names], schema=shape)
