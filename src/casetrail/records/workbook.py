"""Read one sheet of an XLSX workbook: cells as they are, formulas and errors told apart.

The workbook library gives an empty text for an error such as #DIV/0! and says nothing of formulas, so the
sheet's own XML is scanned for both.
"""

from __future__ import annotations

import math
import zipfile
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

import numpy as np
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

from casetrail.errors import InputError
from casetrail.records.cells import (
    ERROR,
    LOSSY,
    MARKS,
    NATIVE,
    Coded,
    ColumnBuilder,
    Grid,
    Places,
    Progress,
    plural,
)
from casetrail.records.delimited import check_names
from casetrail.records.files import PACKING_FAULTS, check_zip, reading
from casetrail.records.sheetxml import SheetScan, scan_sheet

Cell = int | float | str | bool | time | date | datetime | timedelta
Rows = list[list[Cell]]

# Given the first rows as texts, the one that is the header; None: none of them.
HeaderFinder = Callable[[Sequence[Sequence[str]]], int | None]
_ROWS_FOR_A_HEADER = 30
# What the zip and the workbook libraries raise: RuntimeError for members that are encrypted or packed in unknown ways.
_FAULTS = (CalamineError, KeyError, RuntimeError, zipfile.BadZipFile, *PACKING_FAULTS)

LOSSY_FROM = 1e15  # a spreadsheet keeps 15 digits


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One sheet: its name, the names of all sheets, its rows, and where formulas and errors stand."""

    name: str
    all_names: tuple[str, ...]
    rows: Rows
    scan: SheetScan


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
    with reading(path), check_zip(path) as archive:
        try:
            with CalamineWorkbook.from_path(path) as book:
                metadata = book.sheets_metadata
                names = tuple(meta.name for meta in metadata if meta.typ == SheetTypeEnum.WorkSheet)
                filled = _filled(book, names, sheet, path)
            name = _choose(filled, sheet, mapped, path)
            found = _Sheet(name, names, filled[name], scan_sheet(archive, name, path))
        except _FAULTS:
            raise _broken(path) from None
    top = _top(found.rows, find_header)
    return _grid(path, found, mapped, wanted=wanted, progress=progress, top=top)


def sheet_names(path: Path) -> tuple[str, ...]:
    """The names of the worksheets of a workbook. Raises InputError when it is none, or unpacks beyond reason."""
    with reading(path), check_zip(path):
        try:
            with CalamineWorkbook.from_path(path) as book:
                return tuple(meta.name for meta in book.sheets_metadata if meta.typ == SheetTypeEnum.WorkSheet)
        except _FAULTS:
            raise _broken(path) from None


def sheet_heads(path: Path) -> dict[str, list[list[str]]]:
    """The first rows of each worksheet, as texts. Raises InputError as `sheet_names` does."""
    with reading(path), check_zip(path):
        try:
            with CalamineWorkbook.from_path(path) as book:
                names = [meta.name for meta in book.sheets_metadata if meta.typ == SheetTypeEnum.WorkSheet]
                return {name: _first_rows(book, name) for name in names}
        except _FAULTS:
            raise _broken(path) from None


def _first_rows(book: CalamineWorkbook, name: str) -> list[list[str]]:
    rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=_ROWS_FOR_A_HEADER)
    return [_headings(row) for row in rows]


def _top(rows: Rows, find_header: HeaderFinder | None) -> int:
    first = _header_row(rows) or 0
    if find_header is None:
        return first
    found = find_header([_headings(row) for row in rows[first : first + _ROWS_FOR_A_HEADER]])
    return first if found is None else first + found


def _broken(path: Path) -> InputError:
    return InputError(
        "The workbook is damaged or protected by a password.",
        where=path.name,
        todo="Open it in Excel and save it as .xlsx without a password.",
        code="bad_workbook",
    )


def _filled(book: CalamineWorkbook, names: Sequence[str], sheet: str | None, path: Path) -> dict[str, Rows]:
    """The sheets with content, or the one declared."""
    if sheet is not None and sheet not in names:
        raise InputError(
            f"There is no sheet '{sheet}' in the workbook.",
            where=path.name,
            todo="Use one of: " + ", ".join(f"'{name}'" for name in names) + ".",
            code="no_sheet",
        )
    looked_at = names if sheet is None else [sheet]
    tables = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in looked_at}
    filled = {name: rows for name, rows in tables.items() if _header_row(rows) is not None}
    if not filled:
        raise InputError(
            "The workbook has no cell with content.",
            where=path.name,
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
    return next((at for at, row in enumerate(rows) if any(_text(cell) for cell in row)), None)


def _header(rows: Rows) -> list[str]:
    return _headings(rows[_header_row(rows) or 0])


def _headings(row: Sequence[Cell]) -> list[str]:
    return [(_text(cell) or "").lstrip("".join(MARKS)).strip() for cell in row]


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
    places, blank = _places(rows, top, scan)
    columns: dict[str, Coded] = {}
    for name, at in kept.items():
        builder = ColumnBuilder()
        builder.extend([ERROR if (row, at) in scan.errors else _text(_cell(rows, row, at)) for row in places])
        columns[name] = builder.finish()
    if progress:
        progress(len(places))
    return Grid(
        file=path.name,
        format="xlsx",
        columns=columns,
        names=tuple(header),
        record=np.arange(1, len(places) + 1, dtype=np.int64),
        line=np.array(places, dtype=np.int64) + 1,
        sheet=sheet.name,
        sheets=sheet.all_names,
        formulas=_formulas(scan, kept, places),
        marked=True,
        notes=_notes(scan, set(kept.values()), top, blank=blank, above=sum(any(_headings(row)) for row in rows[:top])),
    )


def _formulas(scan: SheetScan, kept: dict[str, int], places: list[int]) -> dict[str, Places]:
    """For each column with formulas, the records whose cell is one."""
    if not scan.formulas:
        return {}
    at = {row: record for record, row in enumerate(places)}
    found = {
        name: sorted(at[row] for row, cell in scan.formulas if cell == column and row in at)
        for name, column in kept.items()
    }
    return {name: np.array(rows, dtype=np.int64) for name, rows in found.items() if rows}


def _cell(rows: Rows, row: int, at: int) -> Cell:
    return rows[row][at] if row < len(rows) and at < len(rows[row]) else ""


def _places(rows: Rows, top: int, scan: SheetScan) -> tuple[list[int], int]:
    """Rows of the sheet that hold a record, and how many blank ones were passed over between them."""
    with_error = {row for row, _ in scan.errors}
    last = max(len(rows) - 1, max(with_error, default=0))
    places = [
        row
        for row in range(top + 1, last + 1)
        if row in with_error or (row < len(rows) and any(_text(cell) for cell in rows[row]))
    ]
    return places, last - top - len(places)


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


def _text(cell: Cell) -> str | None:
    """A cell as text; what was not text in the file is marked. None: blank."""
    match cell:
        case str():
            text: str | None = cell.lstrip("".join(MARKS)) if cell.strip() else None
        case bool():
            text = "true" if cell else "false"
        case int() | float():
            text = number_text(cell)
        case datetime():
            text = NATIVE + cell.isoformat(sep=" ")
        case date():
            text = NATIVE + cell.isoformat()
        case time():
            text = cell.isoformat()
        case _:
            text = f"{cell.total_seconds():.6f} s"
    return text


def number_text(number: float) -> str:
    """A number as an identifier would be written: 1234.0 is "1234". Marked when digits are lost."""
    if not math.isfinite(number):
        return str(number)
    if abs(number) >= LOSSY_FROM:
        return f"{LOSSY}{number!r}"
    if number == int(number):
        return str(int(number))
    return repr(number)
