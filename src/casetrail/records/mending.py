"""Records mended by hand, laid over the cells of a file before anything is decided about them.

A mend is a decision of a person: so these cells should read. It is laid on only where the file still reads as it did
when the decision was taken; the file itself is never changed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from casetrail.records.cells import MARKS, NATIVE, Coded, Grid, Places, plural
from casetrail.records.columns import recoded

Texts = Mapping[str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mend:
    """The cells of one record as they should read, by column of the file (in a return: of the form); None is blank.

    `was` are the same cells as the file has them; of a record whose cells could not be told, `raw` is its line instead.
    A native date is ISO 8601 behind `cells.NATIVE`. Neither is ever part of a message.
    """

    file: str
    record: int
    cells: Texts = field(repr=False)
    was: Texts = field(repr=False)
    raw: str | None = field(default=None, repr=False)
    table: str = ""
    sheet: str | None = None

    def is_of(self, grid: Grid) -> bool:
        """Whether the record is one of this table of this file."""
        return (self.file, self.table, self.sheet) == place_of(grid)


@dataclass(frozen=True, slots=True)
class Mended:
    """A grid with mends laid over it, the records they changed, and how many did not fit any more."""

    grid: Grid
    records: frozenset[int] = frozenset()
    misfits: int = 0


def place_of(grid: Grid) -> tuple[str, str, str | None]:
    """File, table and sheet of a grid; the table is "" where the file is one table."""
    return grid.file, grid.table or "", grid.sheet


def mended(grid: Grid, mends: Sequence[Mend]) -> Mended:
    """The grid with the mends of its records laid over it."""
    own = {mend.record: mend for mend in mends if mend.is_of(grid)}
    if not own:
        return Mended(grid)
    broken = {fault.record for fault in grid.broken}
    fit = {record: mend for record, mend in own.items() if _still_reads_so(grid, mend, broken)}
    whole = _with_rows(grid, sorted(fault.record for fault in grid.broken if fault.record in fit))
    if any((text or "").startswith(NATIVE) for mend in fit.values() for text in mend.cells.values()):
        whole = _marked(whole)
    columns = dict(whole.columns)
    formulas = dict(whole.formulas)
    for name in sorted({name for mend in fit.values() for name in mend.cells}):
        texts = {_row(whole, record): mend.cells[name] for record, mend in fit.items() if name in mend.cells}
        columns[name] = _changed(columns.get(name) or _blank(len(whole.record)), texts)
        if name in formulas:
            formulas[name] = np.setdiff1d(formulas[name], np.array(sorted(texts), dtype=np.int64))
    return Mended(replace(whole, columns=columns, formulas=formulas), frozenset(fit), len(own) - len(fit))


def cells_of(grid: Grid, row: int) -> dict[str, str | None]:
    """The cells of a row of the grid as the file has them; None is blank."""
    return {name: _cell(column, row) for name, column in grid.columns.items()}


def inherited(grids: Sequence[Mended], before: Sequence[Grid]) -> list[Grid]:
    """In XML, the cells that rows take from a mended row above them follow it; `before` are the grids unmended."""
    by_table = {(grid.file, grid.table): (new, grid) for new, grid in zip(grids, before, strict=True)}
    made = []
    for new, old in zip(grids, before, strict=True):
        columns = dict(new.grid.columns)
        for name, (table, rows) in old.heirs.items():
            above = by_table.get((old.file, table))
            if above is not None and above[0].records:
                columns |= _taken_over(name, rows, own=new.grid, above=above)
        made.append(replace(new.grid, columns=columns))
    return made


def _taken_over(name: str, rows: Places, *, own: Grid, above: tuple[Mended, Grid]) -> dict[str, Coded]:
    """One inherited column, where the cell above was changed and the row's own was not."""
    now, then = above[0].grid.columns.get(name), above[1].columns.get(name)
    if now is None:
        return {}
    mine = own.columns.get(name) or _blank(len(rows))
    texts = {}
    for row, parent in enumerate(rows.tolist()):
        if parent < 0:
            continue
        new, old = _cell(now, parent), None if then is None else _cell(then, parent)
        if new != old and _cell(mine, row) == old:
            texts[row] = new
    return {name: _changed(mine, texts)} if texts else {}


def _cell(column: Coded, row: int) -> str | None:
    code = int(column.codes[row])
    return column.values[code] if code >= 0 else None


def _row(grid: Grid, record: int) -> int:
    return int(np.searchsorted(grid.record, record))


def _still_reads_so(grid: Grid, mend: Mend, broken: Collection[int]) -> bool:
    row = _row(grid, mend.record)
    if row < len(grid.record) and grid.record[row] == mend.record:
        columns = grid.columns
        now = {name: _cell(columns[name], row) if name in columns else None for name in mend.was}
        return mend.raw is None and now == dict(mend.was)
    return mend.record in broken and grid.raw.get(mend.record, "") == (mend.raw or "")


def _with_rows(grid: Grid, records: Sequence[int]) -> Grid:
    """The grid with blank rows for records whose cells could not be told; those are broken no more."""
    if not records:
        return grid
    lines = {fault.record: fault.line or -1 for fault in grid.broken}
    places = np.searchsorted(grid.record, records)
    old = np.full(len(grid.record), -1) if grid.line is None else grid.line
    return replace(
        grid,
        record=np.insert(grid.record, places, records),
        line=np.insert(old, places, [lines[record] for record in records]),
        columns={
            name: Coded(column.values, np.insert(column.codes, places, np.int32(-1)))
            for name, column in grid.columns.items()
        },
        broken=tuple(fault for fault in grid.broken if fault.record not in set(records)),
    )


def _blank(rows: int) -> Coded:
    return Coded((), np.full(rows, -1, dtype=np.int32))


def _changed(column: Coded, texts: Mapping[int, str | None]) -> Coded:
    values = list(column.values)
    index = {value: at for at, value in enumerate(values)}
    codes = column.codes.copy()
    for row, text in texts.items():
        if not text or text.isspace():
            codes[row] = -1
            continue
        if text not in index:
            index[text] = len(values)
            values.append(text)
        codes[row] = index[text]
    return Coded(values, codes).distinct()


def _marked(grid: Grid) -> Grid:
    """A grid that can hold a native date: in a text file the sign of one is text, and goes."""
    if grid.marked:
        return grid
    plain = {
        name: recoded(column, lambda text: text.lstrip("".join(MARKS))) if _has_mark(column) else column
        for name, column in grid.columns.items()
    }
    return replace(grid, marked=True, columns=plain)


def _has_mark(column: Coded) -> bool:
    return any(value.startswith(MARKS) for value in column.values)


def about_mends(*laid: Mended) -> list[str]:
    """Plain sentences on what was mended by hand, and on what could not be laid on."""
    fit, misfits = sum(len(one.records) for one in laid), sum(one.misfits for one in laid)
    told = [f"{plural(fit, 'record')} of it read as mended by hand, not as the file has them."] if fit else []
    if misfits:
        told.append(f"{plural(misfits, 'mend')} left out: the file is read otherwise than when they were made.")
    return told
