"""Read one sheet of an XLSX workbook: cells as they are, formulas and errors told apart.

The workbook library gives an empty text for an error such as #DIV/0! and says nothing of formulas, so the
sheet's own XML is scanned for both.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from casetrail.errors import InputError
from casetrail.records.cells import MARKS, Coded, ColumnBuilder, Grid, Places, Progress, plural
from casetrail.records.delimited import check_names
from casetrail.records.sheets import Cell, Rows, Workbook, opened
from casetrail.records.sheettext import column_text, text_of
from casetrail.records.sheetxml import SheetScan
from casetrail.records.texts import blanks

# Given the first rows as texts, the one that is the header; None: none of them.
HeaderFinder = Callable[[Sequence[Sequence[str]]], int | None]
_ROWS_FOR_A_HEADER = 30


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One sheet: its name, the names of all sheets, its rows, and what its XML says of them."""

    name: str
    all_names: tuple[str, ...]
    rows: Rows
    scan: SheetScan
    notes: tuple[str, ...]


def read_workbook(
    path: Path,
    *,
    sheet: str | None,
    mapped: Collection[str],
    wanted: Collection[str] | None,
    progress: Progress | None,
    find_header: HeaderFinder | None = None,
) -> Grid:
    """Read one sheet: the one declared, else the only one whose header has all mapped columns.

    The header is the first row that is not blank, unless `find_header` finds another. Raises InputError when
    the file is no workbook, there is no such sheet, the choice is open, or two columns share a name.
    """
    with opened(path) as book:
        filled = _filled(book, sheet)
        name = _choose(filled, sheet, mapped, path)
        notes = book.notes(name)
        if sheet is None and (unseen := len(book.hidden - {name})):
            notes.append(f"{plural(unseen, 'hidden sheet')} in the workbook: not read.")
        found = _Sheet(name, book.names, filled[name], book.scan(name), tuple(notes))
    return _grid(path, found, mapped, wanted=wanted, progress=progress, top=_top(found.rows, find_header))


def read_sheet(book: Workbook, name: str, *, find_header: HeaderFinder) -> Grid | None:
    """Read one sheet of an open workbook, all columns; None when no cell has content. Raises as `read_workbook`."""
    rows = book.rows(name)
    if _header_row(rows) is None:
        return None
    found = _Sheet(name, book.names, rows, book.scan(name), tuple(book.notes(name)))
    return _grid(book.path, found, (), wanted=None, progress=None, top=_top(rows, find_header))


def sheet_heads(path: Path) -> dict[str, list[list[str]]]:
    """The first rows of each worksheet, as texts. Raises InputError when the file is no workbook."""
    with opened(path) as book:
        return {name: [_headings(row) for row in book.rows(name, first=_ROWS_FOR_A_HEADER)] for name in book.names}


def _top(rows: Rows, find_header: HeaderFinder | None) -> int:
    first = _header_row(rows) or 0
    if find_header is None:
        return first
    found = find_header([_headings(row) for row in rows[first : first + _ROWS_FOR_A_HEADER]])
    return first if found is None else first + found


def sheets_of(book: Workbook, declared: str | None) -> Sequence[str]:
    """All sheets of an open workbook, or the one declared. Raises InputError when there is no such sheet."""
    if declared is None:
        return book.names
    if declared not in book.names:
        raise InputError(
            f"There is no sheet '{declared}' in the workbook.",
            where=book.path.name,
            todo="Use one of: " + ", ".join(f"'{name}'" for name in book.names) + ".",
            code="no_sheet",
        )
    return (declared,)


def _filled(book: Workbook, sheet: str | None) -> dict[str, Rows]:
    """The sheets with content, or the one declared."""
    tables = {name: book.rows(name) for name in sheets_of(book, sheet)}
    filled = {name: rows for name, rows in tables.items() if _header_row(rows) is not None}
    if not filled:
        raise InputError(
            "The workbook has no cell with content.",
            where=book.path.name,
            todo="Export it again; an extract without records still has a header.",
            code="empty_file",
        )
    return filled


def _choose(filled: dict[str, Rows], sheet: str | None, mapped: Collection[str], path: Path) -> str:
    """The sheet to read among those with content."""
    fit = [name for name, rows in filled.items() if not set(mapped) - set(_header(rows))]
    if sheet is None and len(filled) > 1 and len(fit) != 1:
        raise InputError(
            f"It is not clear which sheet to read: {len(fit)} of {len(filled)} have all mapped columns.",
            where=path.name,
            todo="Declare `sheet`; there are: " + ", ".join(f"'{name}'" for name in filled) + ".",
            code="which_sheet",
        )
    return fit[0] if len(fit) == 1 else next(iter(filled))


def _header_row(rows: Rows) -> int | None:
    return next((at for at, row in enumerate(rows) if any(text_of(cell) for cell in row)), None)


def _header(rows: Rows) -> list[str]:
    return _headings(rows[_header_row(rows) or 0])


def _headings(row: Sequence[Cell]) -> list[str]:
    return [(text_of(cell) or "").lstrip("".join(MARKS)).strip() for cell in row]


def _grid(
    path: Path,
    sheet: _Sheet,
    mapped: Collection[str],
    *,
    wanted: Collection[str] | None,
    progress: Progress | None,
    top: int,
) -> Grid:
    rows, scan = sheet.rows, sheet.scan
    header = _headings(rows[top])
    check_names(header, f"{path.name}, sheet '{sheet.name}'", mapped)
    kept = {name: at for at, name in enumerate(header) if name and (wanted is None or name in wanted)}
    texts = _texts(sheet, top, kept)
    below, blank = _records(sheet, top, texts)
    columns: dict[str, Coded] = {}
    for name, cells in texts.items():
        builder = ColumnBuilder()
        builder.add(cells.take(pa.array(below)) if blank else cells)
        columns[name] = builder.finish()
    if progress:
        progress(len(below))
    above = sum(any(_headings(row)) for row in rows[:top])
    return Grid(
        file=path.name,
        format="xlsx",
        columns=columns,
        names=tuple(header),
        record=np.arange(1, len(below) + 1, dtype=np.int64),
        line=below + top + 2,
        sheet=sheet.name,
        sheets=sheet.all_names,
        formulas=_formulas(scan, kept, below + top + 1),
        marked=True,
        notes=(
            *sheet.notes,
            *_merged(scan, header, top),
            *_notes(scan, set(kept.values()), top, blank=blank, above=above),
        ),
    )


def _formulas(scan: SheetScan, kept: Mapping[str, int], places: Places) -> dict[str, Places]:
    """For each column with formulas, the records whose cell is one."""
    by_column: dict[int, list[int]] = {}
    for row, at in scan.formulas:
        by_column.setdefault(at, []).append(row)
    found = {name: np.flatnonzero(np.isin(places, by_column[at])) for name, at in kept.items() if at in by_column}
    return {name: rows.astype(np.int64) for name, rows in found.items() if len(rows)}


def _texts(sheet: _Sheet, top: int, kept: Mapping[str, int]) -> dict[str, pa.Array]:
    """Each column kept as text, from below the header to the last row with a cell or an error."""
    last = max(len(sheet.rows) - 1, max((row for row, _ in sheet.scan.errors), default=0))
    width = max(map(len, sheet.rows), default=0)
    body = sheet.rows[top + 1 :]
    body += [[""] * width for _ in range(last - top - len(body))]
    across = list(zip(*body, strict=True)) if body else []
    errors: dict[int, list[int]] = {}
    for row, at in sheet.scan.errors:
        if row > top:
            errors.setdefault(at, []).append(row - top - 1)
    blank = ("",) * len(body)
    return {
        name: column_text(across[at] if at < len(across) else blank, errors.get(at, ())) for name, at in kept.items()
    }


def _records(sheet: _Sheet, top: int, texts: Mapping[str, pa.Array]) -> tuple[Places, int]:
    """Which rows below the header hold a record, counted from the first, and how many between them are blank."""
    rows = max(map(len, texts.values()), default=max(0, len(sheet.rows) - 1 - top))
    filled = np.zeros(rows, dtype=np.bool_)
    for array in texts.values():
        filled |= array.is_valid().to_numpy(zero_copy_only=False) & ~blanks(array.fill_null(""))
    with_error = {row - top - 1 for row, _ in sheet.scan.errors}
    for row in np.flatnonzero(~filled).tolist():
        # Columns that are not kept, or have no name, can fill a row too.
        below = sheet.rows[row + top + 1] if row + top + 1 < len(sheet.rows) else []
        filled[row] = row in with_error or any(text_of(cell) for cell in below)
    found: Places = np.flatnonzero(filled).astype(np.int64)
    return found, rows - len(found)


def _merged(scan: SheetScan, header: Sequence[str], top: int) -> list[str]:
    """What merged cells hide: all but the first cell of a block are blank, and nothing is filled in or shifted."""
    told = []
    wide = [block for block in scan.merged if block[0] <= top <= block[2] and block[3] > block[1]]
    nameless = sum(not header[at] for block in wide for at in range(block[1], min(block[3] + 1, len(header))))
    if nameless:
        told.append(
            f"The header has merged cells: {plural(nameless, 'column')} without a name of "
            f"{'its' if nameless == 1 else 'their'} own {'was' if nameless == 1 else 'were'} not read."
        )
    if below := sum(block[2] > top for block in scan.merged):
        told.append(
            f"{plural(below, 'block')} of merged cells below the header: only the first cell of each has a value."
        )
    return told


def _notes(scan: SheetScan, kept: set[int], top: int, *, blank: int, above: int) -> tuple[str, ...]:
    told = []
    if formulas := sum(row > top and at in kept for row, at in scan.formulas):
        told.append(f"{plural(formulas, 'cell')} held a formula; the value that Excel last stored for it was used.")
    if errors := sum(row > top and at not in kept for row, at in scan.errors):
        told.append(f"{plural(errors, 'error value')} stood in columns that are not mapped.")
    if above:
        told.append(f"{plural(above, 'row')} with content above the header: passed over, not counted as records.")
    if blank:
        told.append(f"{plural(blank, 'row')} without any content: passed over, not counted as records.")
    return tuple(told)
