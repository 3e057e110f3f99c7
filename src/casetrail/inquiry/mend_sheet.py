"""A workbook of the quarantine as it comes back from somebody who mended in it: what stands where, and what is odd."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from casetrail.errors import InputError
from casetrail.inquiry.quarantine_sheet import ABOUT, ID, OURS, UNDO, is_quarantine
from casetrail.records.cells import Coded, Grid
from casetrail.records.files import sha256_of
from casetrail.records.sheets import opened
from casetrail.records.workbook import read_workbook

_LONGEST = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """One row of the workbook: its place, its id, its cells by heading (None: blank), and which cells are formulas."""

    place: str
    id: str
    source: str
    undo: bool
    cells: Mapping[str, str | None] = field(repr=False)
    formulas: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class MendSheet:
    """What came back: the hash of the workbook, the sources it was made of, its rows, and plain sentences."""

    sha256: str
    files: Mapping[str, str]
    counts: Mapping[str, int]
    rows: tuple[SheetRow, ...]
    told: tuple[str, ...]


def read_mend_sheet(path: Path) -> MendSheet:
    """Read a workbook that `write_quarantine` made. Raises InputError when it is none, or cannot be read."""
    digest = sha256_of(path)
    with opened(path) as book:
        names = book.names
    if ABOUT not in names or not is_quarantine(path):
        raise InputError(
            "This is no workbook of a quarantine.",
            where=path.name,
            todo="Give one that `casetrail read INQUIRY.toml --quarantine FILE.xlsx` wrote, with its sheet 'About'.",
            code="no_quarantine",
        )
    files, counts = _about(path)
    rows: list[SheetRow] = []
    told: list[str] = []
    for name in names:
        if name != ABOUT:
            found = _rows(path, name)
            rows += found[0]
            told += found[1]
    return MendSheet(sha256=digest, files=files, counts=counts, rows=tuple(rows), told=tuple(told))


def _about(path: Path) -> tuple[dict[str, str], dict[str, int]]:
    """Hash and count of rows of each source, as the first sheet says."""
    with opened(path) as book:
        lines = book.rows(ABOUT, first=_LONGEST)
    told = [[str(cell) for cell in line] for line in lines if line and line[0] == "of" and len(line) >= 4]
    counts = {line[1]: int(line[3].removesuffix(".0")) for line in told if line[3].removesuffix(".0").isdigit()}
    return {line[1]: line[2] for line in told}, counts


def _rows(path: Path, sheet: str) -> tuple[list[SheetRow], list[str]]:
    """The rows of one sheet below its headings."""

    def headings(rows: Sequence[Sequence[str]]) -> int | None:
        return next((at for at, row in enumerate(rows) if ID in row), None)

    try:
        grid = read_workbook(path, sheet=sheet, mapped=(), wanted=None, progress=None, find_header=headings)
    except InputError as fault:
        if fault.code != "empty_file":
            raise
        return [], []
    if ID not in grid.columns:
        return [], [f"Sheet '{sheet}' has no column {ID}: none of its rows was looked at."]
    missing = [name for name in (UNDO, "[source]") if name not in grid.names]
    told = [f"Sheet '{sheet}' lacks the column {', '.join(missing)}."] if missing else []
    return [_row(grid, row) for row in range(len(grid.record))], told


def _row(grid: Grid, row: int) -> SheetRow:
    line = 0 if grid.line is None else int(grid.line[row])
    named = {name: _cell(column, row) for name, column in grid.columns.items()}
    return SheetRow(
        place=f"sheet '{grid.sheet}', row {line}",
        id=(named.get(ID) or "").strip(),
        source=named.get("[source]") or "",
        undo=(named.get(UNDO) or "").strip().casefold() in ("yes", "y", "x", "1", "true", "undo"),
        cells={name: text for name, text in named.items() if name not in OURS},
        formulas=frozenset(name for name, rows in grid.formulas.items() if row in rows),
    )


def _cell(column: Coded, row: int) -> str | None:
    code = int(column.codes[row])
    return column.values[code] if code >= 0 else None
