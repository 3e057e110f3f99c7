"""Dates that belong to the whole case: start, deadline, planned end.

A fact is not a record. When it cannot be read it stays unknown and is listed in the quarantine, and
the events of the case are kept. Deadlines and plans may lie after `as_of`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from casetrail.records.cells import Coded, Grid, Places, plural
from casetrail.records.columns import Flags
from casetrail.records.faults import MESSAGES, Fault, FaultBook
from casetrail.records.moments import CODE_OF, Micros, Moments
from casetrail.records.terms import Terms
from casetrail.records.times import forced, moments_of
from casetrail.schema.events import DATED_FACT


@dataclass(frozen=True, slots=True)
class Persons:
    """The person of each row, and the pseudonym of each distinct person."""

    column: Coded
    pseudonyms: Sequence[str]


def read_facts(
    grid: Grid, terms: Terms, persons: Persons, *, allowed: Flags, book: FaultBook
) -> tuple[pa.Table, list[Fault]]:
    """The facts of shape `schema.DATED_FACT`, and the facts set aside; notes go into the book.

    `allowed` are the rows that may be looked at.
    """
    faults: list[Fault] = []
    tables = [DATED_FACT.empty_table()]
    rows = np.flatnonzero(allowed & ~persons.column.blank)
    cases = int((np.bincount(persons.column.codes[rows], minlength=1) > 0).sum())
    for name, source in terms.spec.dates.items():
        moments = moments_of(grid, (source,), terms)
        by_day = forced(moments, terms.spec)
        us = np.where(by_day, moments.day_us, moments.instant_us)
        keys = (persons.column.codes[rows], us[rows], by_day[rows], moments.state[rows])
        chosen, wrong = _settle(rows[_first_of_each(keys)], persons.column, moments)
        faults += [_fault(grid, row, source, moments) for row in wrong]
        codes = [persons.pseudonyms[code] for code in persons.column.codes[chosen].tolist()]
        tables.append(_table((terms.spec.name, name), codes, us[chosen], by_day[chosen]))
        if len(chosen) < cases:
            book.notes.append(f"'{name}' is unknown for {cases - len(chosen):,} of {plural(cases, 'case')}.")
        if sentinel := int(moments.sentinel[rows].sum()):
            book.notes.append(f"{plural(sentinel, 'date')} in '{name}' stood for 'unknown' and became unknown.")
    return pa.concat_tables(tables), faults


def _first_of_each(keys: Sequence[npt.NDArray[Any]]) -> Places:
    """The index of the first row of each different (person, time) there is."""
    _, first = np.unique(np.stack([key.astype(np.int64) for key in keys]), axis=1, return_index=True)
    return np.sort(first)


def _settle(rows: Places, persons: Coded, moments: Moments) -> tuple[Places, list[int]]:
    """Rows that give the one fact of their case, and rows that are unreadable or contradict an earlier one."""
    unreadable = np.isin(moments.state[rows], list(CODE_OF))
    known = rows[moments.known[rows]]
    _, first, count = np.unique(persons.codes[known], return_index=True, return_counts=True)
    chosen = np.sort(known[first[count == 1]])
    contested = np.isin(persons.codes[known], persons.codes[known[first[count > 1]]])
    later = np.ones(len(known), dtype=np.bool_)
    later[first] = False
    return chosen, sorted([*rows[unreadable].tolist(), *known[contested & later].tolist()])


def _fault(grid: Grid, row: int, source: str, moments: Moments) -> Fault:
    line = None if grid.line is None or grid.line[row] < 0 else int(grid.line[row])
    record = int(grid.record[row])
    code = CODE_OF.get(int(moments.state[row]))
    if code is None:
        return Fault(record, "conflicting_fact", line, source)
    return Fault(record, "unreadable_fact", line, source, f"({code}: {MESSAGES[code]})")


def _table(names: tuple[str, str], persons: Sequence[str], us: Micros, by_day: Flags) -> pa.Table:
    source, name = names
    count = len(persons)
    arrays = [
        pa.array([source] * count, pa.string()),
        pa.array(persons, pa.string()),
        pa.array([name] * count, pa.string()),
        pa.array(us, pa.int64()),
        pa.array(np.where(by_day, "day", "minute"), pa.string()),
    ]
    return pa.Table.from_arrays(arrays, schema=DATED_FACT)
