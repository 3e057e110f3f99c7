"""Cells that a row takes from a row of another table, found by a key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from casetrail.records.cells import Coded
from casetrail.records.returns.forms import Borrowed
from casetrail.records.returns.tables import Held


def with_borrowed(tables: Sequence[Held]) -> list[Held]:
    """The tables with what their forms borrow. A key that leads to two different cells gives none."""
    by_name = {held.form.name: held for held in tables}
    return [_with(held, by_name) for held in tables]


def _with(held: Held, tables: dict[str, Held]) -> Held:
    given = {
        name: _column(held, about, tables[about.table])
        for name, about in held.form.borrow.items()
        if name not in held.grid.columns and about.table in tables and about.by in held.grid.columns
    }
    if not given:
        return held
    return replace(held, grid=replace(held.grid, columns={**held.grid.columns, **given}))


def _column(held: Held, about: Borrowed, other: Held) -> Coded:
    keys, cells = other.grid.columns.get(about.key), other.grid.columns.get(about.gives)
    mine = held.grid.columns[about.by]
    if keys is None or cells is None:
        return Coded((), np.full(len(mine), -1, dtype=np.int32))
    leads: dict[str, int] = {}
    for key, cell in zip(keys.codes.tolist(), cells.codes.tolist(), strict=True):
        if key >= 0 and cell >= 0 and leads.setdefault(keys.values[key].strip(), cell) != cell:
            leads[keys.values[key].strip()] = -1
    place = np.array([leads.get(value.strip(), -1) for value in mine.values] + [-1], dtype=np.int32)
    return Coded(cells.values, place[mine.codes]).distinct()
