"""The tables of a return as they came: cells under the names of the form, and what was not known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from casetrail.errors import InputError
from casetrail.records.cells import Grid, Places, Progress, plural
from casetrail.records.columnar import read_columnar
from casetrail.records.delimited import Dialect, read_delimited
from casetrail.records.files import files_in, format_of
from casetrail.records.guess import looks_like_a_record
from casetrail.records.mapping import near_names
from casetrail.records.returns.forms import Container, Form, TableForm
from casetrail.records.returns.headings import fitting, matched, sayable
from casetrail.records.returns.parts import put_together
from casetrail.records.returns.tree import read_tree
from casetrail.records.returns.unfitting import unfit
from casetrail.records.sheets import opened
from casetrail.records.spec import SourceSpec
from casetrail.records.workbook import read_sheet, sheets_of

Ticker = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One table as it came. `grid.columns` go by the names of the form.

    `strange` are headings of the file that the form does not know, ready to be said. `shut`: the file has a column that
    is legally privileged and never read, or that marks rows which are.
    """

    form: TableForm
    grid: Grid
    strange: tuple[str, ...] = ()
    shut: bool = False


@dataclass(frozen=True, slots=True)
class Collected:
    """All tables of a return, and plain sentences on what was not read; `unfit` are headings that fit no table."""

    tables: tuple[Held, ...]
    notes: tuple[str, ...]
    unfit: tuple[tuple[str, ...], ...] = ()


def container_of(path: Path) -> Container | None:
    """The kind of container, by the ending of a file's name; None for one that no return comes in."""
    name = path.name.lower().removesuffix(".gz")
    if name.endswith(".xml"):
        return "xml"
    try:
        found = format_of(path, "auto")
    except InputError:
        return None
    return found if found in ("csv", "xlsx", "parquet") else None


def collect(
    path: Path, form: Form, *, dialect: Dialect, progress: Progress | None, sheet: str | None = None
) -> Collected:
    """Read every table of a file or folder; of a workbook only `sheet`, where one is named.

    Raises InputError when nothing of the form is in it, when a table stands twice, or a file cannot be read at all.
    """
    files = files_in(path) if path.is_dir() else [path]
    tables: list[Held] = []
    notes: list[str] = []
    strange: list[tuple[str, ...]] = []
    for file in files:
        kind = container_of(file)
        if kind not in form.containers:
            notes.append(f"{file.name}: a file that '{form.name}' does not come in; not read.")
            continue
        found = _of_workbook(file, form, sheet) if kind == "xlsx" else _of_file(file, kind, form, dialect)
        tables += found.tables
        notes += found.notes
        strange += found.unfit
        if progress:
            progress(sum(held.grid.rows_in for held in tables))
    if not tables and form.local and strange:
        raise unfit(form, strange[0], path.name)
    if not tables and any(looks_like_a_record(names) for names in strange):
        raise InputError(
            f"Nothing in it is a table of '{form.name}': the first line looks like a record, so the header is missing.",
            where=path.name,
            todo="Export it again with the names of the columns in the first line.",
            code="no_table",
        )
    _check(tables, path, form)
    return Collected(tuple(tables), tuple(notes))


def check_given(tables: Sequence[Held], spec: SourceSpec) -> None:
    """Raises InputError when a heading that the inquiry names is in no table that was read."""
    for name in spec.headings:
        if any(name in held.grid.columns for held in tables):
            continue
        names = [heading for held in tables for heading in held.grid.names]
        raise InputError(
            f"The headings said to make '{name}' are not in the file: {near_names(spec.headings[name], names)}.",
            where=spec.path.name,
            todo="Correct `headings`; `casetrail read FILE` lists the columns of a file.",
            code="missing_column",
        )


def _check(tables: Sequence[Held], path: Path, form: Form) -> None:
    if not tables:
        raise InputError(
            f"Nothing in it is a table of '{form.name}'.",
            where=path.name,
            todo="Check `format` and `file`; `casetrail read FILE` says what a file is.",
            code="no_table",
        )
    seen: dict[str, Held] = {}
    for held in tables:
        if held.form.name in seen and held.grid.format != "xml":
            raise InputError(
                f"The table '{held.form.name}' is there twice.",
                where=f"{_place(seen[held.form.name])} and {_place(held)}",
                todo="Leave one of the two; two parts of one table must be put together first.",
                code="table_twice",
            )
        seen[held.form.name] = held


def _place(held: Held) -> str:
    return held.grid.file + (f", sheet '{held.grid.sheet}'" if held.grid.sheet else "")


def _of_file(file: Path, kind: Container, form: Form, dialect: Dialect) -> Collected:
    if kind == "xml":
        grown = read_tree(file, form)
        return Collected(
            tuple(Held(form=form.tables[grid.table or ""], grid=grid) for grid in grown.grids), grown.notes
        )
    known = {name for table in form.tables.values() for name in table.columns}
    if kind == "csv":
        grid = read_delimited(file, dialect, mapped=known, wanted=None, progress=None)
    else:
        grid = read_columnar(file, mapped=(), wanted=None, progress=None)
    held = arranged(grid, form, called=(file.name.split(".")[0],))
    if held is None:
        note = f"{file.name}: its columns are those of no table of '{form.name}'; not read."
        return Collected((), (note,), (grid.names,))
    return Collected((held,), tuple(f"{file.name}: {note}" for note in grid.notes))


def _of_workbook(file: Path, form: Form, sheet: str | None) -> Collected:
    tables: list[Held] = []
    notes: list[str] = []
    strange: list[tuple[str, ...]] = []

    def header(rows: Sequence[Sequence[str]]) -> int | None:
        fits = [(fit.score if (fit := fitting(row, form)) else 0.0) for row in rows]
        return fits.index(max(fits)) if any(fits) else None

    with opened(file) as book:
        sheets = {name: read_sheet(book, name, find_header=header) for name in sheets_of(book, sheet)}
    for name, grid in sheets.items():
        place = f"{file.name}, sheet '{name}'"
        if grid is None:
            notes.append(f"{place}: no cell with content.")
            continue
        called = (name,) if len(sheets) > 1 else (name, file.name.split(".")[0])
        held = arranged(grid, form, called=called)
        if held is None:
            rows = plural(grid.rows_in, "row")
            notes.append(f"{place}: its columns are those of no table of '{form.name}'; {rows} not read.")
            strange.append(grid.names)
            continue
        tables.append(held)
        notes += [f"{place}: {note}" for note in grid.notes]
    return Collected(tuple(tables), tuple(notes), tuple(strange))


def arranged(grid: Grid, form: Form, *, called: Sequence[str]) -> Held | None:
    """A grid under the names of the table that its headings belong to; None when they belong to none."""
    fit = fitting(grid.names, form, called=called)
    if fit is None:
        return None
    known = matched([name for name in grid.names if name], fit.table)
    strange = tuple(sayable(name, at) for at, name in enumerate(grid.names, start=1) if name and name not in known)
    shut = {heading for heading, name in known.items() if fit.table.columns[name].privileged}
    opened = {name: known[name] for name in grid.columns if name in known and name not in shut}
    columns = {name: column for name, column in grid.columns.items() if name in opened}
    renamed = replace(
        grid,
        table=fit.table.name,
        columns=put_together(columns, opened, fit.table),
        formulas=_formulas(grid, opened),
    )
    marks = any(fit.table.columns[name].marks_privileged for name in known.values())
    return Held(form=fit.table, grid=renamed, strange=strange, shut=marks or bool(shut))


def _formulas(grid: Grid, opened: Mapping[str, str]) -> dict[str, Places]:
    """Rows with a formula, by column of the form; of a column in parts the rows of all of them."""
    found: dict[str, Places] = {}
    for name, rows in grid.formulas.items():
        if name in opened:
            column = opened[name]
            found[column] = np.union1d(found[column], rows) if column in found else rows
    return found
