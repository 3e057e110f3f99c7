"""The tables of a return as they came: cells under the names of the form, and what was not known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from casetrail.errors import InputError
from casetrail.records.cells import Grid, Progress, plural
from casetrail.records.columnar import read_columnar
from casetrail.records.delimited import Dialect, read_delimited
from casetrail.records.files import files_in, format_of
from casetrail.records.returns.forms import Container, Form, TableForm
from casetrail.records.returns.headings import fitting, matched, sayable
from casetrail.records.returns.tree import read_tree
from casetrail.records.workbook import read_workbook, sheet_names

Ticker = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One table as it came. `grid.columns` go by the names of the form.

    `strange` are headings of the file that the form does not know, ready to be said.
    """

    form: TableForm
    grid: Grid
    strange: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Collected:
    """All tables of a return, and plain sentences on what was not read."""

    tables: tuple[Held, ...]
    notes: tuple[str, ...]


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


def collect(path: Path, form: Form, *, dialect: Dialect, progress: Progress | None) -> Collected:
    """Read every table of a file or folder.

    Raises InputError when nothing of the form is in it, when a table stands twice, or a file cannot be read at all.
    """
    files = files_in(path) if path.is_dir() else [path]
    tables: list[Held] = []
    notes: list[str] = []
    for file in files:
        kind = container_of(file)
        if kind not in form.containers:
            notes.append(f"{file.name}: a file that '{form.name}' does not come in; not read.")
            continue
        found = _of_file(file, kind, form, dialect)
        tables += found.tables
        notes += found.notes
        if progress:
            progress(sum(held.grid.rows_in for held in tables))
    _check(tables, path, form)
    return Collected(tuple(tables), tuple(notes))


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
    if kind == "xlsx":
        return _of_workbook(file, form)
    known = {name for table in form.tables.values() for name in table.columns}
    if kind == "csv":
        grid = read_delimited(file, dialect, mapped=known, wanted=None, progress=None)
    else:
        grid = read_columnar(file, mapped=(), wanted=None, progress=None)
    held = arranged(grid, form, called=(file.name.split(".")[0],))
    if held is None:
        return Collected((), (f"{file.name}: its columns are those of no table of '{form.name}'; not read.",))
    return Collected((held,), tuple(f"{file.name}: {note}" for note in grid.notes))


def _of_workbook(file: Path, form: Form) -> Collected:
    tables: list[Held] = []
    notes: list[str] = []

    def header(rows: Sequence[Sequence[str]]) -> int | None:
        fits = [(fit.score if (fit := fitting(row, form)) else 0.0) for row in rows]
        return fits.index(max(fits)) if any(fits) else None

    names = sheet_names(file)
    for name in names:
        place = f"{file.name}, sheet '{name}'"
        try:
            grid = read_workbook(file, sheet=name, mapped=(), wanted=None, progress=None, find_header=header)
        except InputError as fault:
            if fault.code != "empty_file":
                raise
            notes.append(f"{place}: no cell with content.")
            continue
        called = (name,) if len(names) > 1 else (name, file.name.split(".")[0])
        held = arranged(grid, form, called=called)
        if held is None:
            rows = plural(grid.rows_in, "row")
            notes.append(f"{place}: its columns are those of no table of '{form.name}'; {rows} not read.")
            continue
        tables.append(held)
        notes += [f"{place}: {note}" for note in grid.notes]
    return Collected(tuple(tables), tuple(notes))


def arranged(grid: Grid, form: Form, *, called: Sequence[str]) -> Held | None:
    """A grid under the names of the table that its headings belong to; None when they belong to none."""
    fit = fitting(grid.names, form, called=called)
    if fit is None:
        return None
    known = matched([name for name in grid.names if name], fit.table)
    strange = tuple(sayable(name, at) for at, name in enumerate(grid.names, start=1) if name and name not in known)
    shut = {heading for heading, name in known.items() if fit.table.columns[name].privileged}
    renamed = replace(
        grid,
        table=fit.table.name,
        columns={known[name]: column for name, column in grid.columns.items() if name in known and name not in shut},
        formulas={known[name]: rows for name, rows in grid.formulas.items() if name in known and name not in shut},
    )
    return Held(form=fit.table, grid=renamed, strange=strange)
