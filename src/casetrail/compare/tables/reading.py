"""Read a table of published figures as it is: every row becomes a cell of a panel, or is set aside with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from casetrail.compare.tables.cells import read_cell
from casetrail.compare.tables.columns import Columns, found_columns
from casetrail.compare.tables.panels import Long, Shape, panels_of
from casetrail.errors import InputError
from casetrail.figures import Origin, SourceRef
from casetrail.public.panel import Panel, Why
from casetrail.records.cells import Coded, Grid
from casetrail.records.files import format_of, sha256_of
from casetrail.records.read import read_grid
from casetrail.records.spec import SourceSpec

Codes = npt.NDArray[np.int32]

LARGEST = 1e12

ASIDE = {
    "no_unit": "the body is blank",
    "no_period": "the period is blank",
    "no_measure": "the measure is blank",
    "not_a_number": "a count or value is neither a number nor one of the usual signs",
    "negative_count": "a count is below 0",
    "too_large": "a number is beyond anything that is counted",
    "said_twice": "another row says something else of the same body, measure and period",
    "broken": "the row cannot be told apart into cells",
}


@dataclass(frozen=True, slots=True)
class Aside:
    """Rows set aside for one reason: how many, and the first places."""

    code: str
    words: str
    rows: int
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ReadTable:
    """The panels of a table. Rows in = rows in panels + rows of wholes (nation, regions) + said again + set aside."""

    panels: tuple[Panel, ...]
    columns: Columns
    rows_in: int
    rows_used: int
    rows_whole: int
    rows_again: int
    aside: tuple[Aside, ...]
    notes: tuple[str, ...]


def read_table(
    path: Path,
    *,
    said: Mapping[str, str] | None = None,
    shape: Shape | None = None,
    sheet: str | None = None,
    origin: Origin = Origin.PUBLIC_AGGREGATE,
) -> ReadTable:
    """Read CSV, XLSX or Parquet. `said`: columns as the user names them (`Columns`); `shape`: kind and multiplier.

    `origin`: published statistics unless the user says that the figures are made up.

    Raises: InputError for a file that cannot be read, without such columns, or without one usable row.
    """
    spec = SourceSpec(name=path.name, path=path, origin=Origin.PUBLIC_AGGREGATE, columns={}, sheet=sheet)
    format_ = format_of(path, "auto")
    if format_ == "xes":
        raise InputError("An event log is no table of figures.", where=path.name, todo="Use casetrail read for it.")
    digest = sha256_of(path)
    grid = read_grid(spec, format_, mapped_names=(), wanted=None, progress=None)
    columns = found_columns([n for n in grid.names if n], path.name, **(said or {}))
    long, aside, again = _long(grid, columns)
    if not len(long.unit):
        raise InputError(
            "Not one row of the table can be used.",
            where=path.name,
            todo="; ".join(f"{a.rows:,} rows: {a.words}" for a in aside) or "The table has no rows below its header.",
            code="no_rows",
        )
    source = SourceRef(path.name, digest, origin, note="a table of the user's own")
    panels, rows_whole, notes = panels_of(long, shape or Shape(), source)
    used = len(long.unit) - rows_whole
    return ReadTable(panels, columns, grid.rows_in, used, rows_whole, again, aside, (*grid.notes, *notes))


def _long(grid: Grid, columns: Columns) -> tuple[Long, tuple[Aside, ...], int]:
    """The rows that can be used, as arrays; those set aside; and how many rows said the same again."""
    rows = len(grid.record)
    bad: dict[str, npt.NDArray[np.bool_]] = {}
    unit = _text(grid, columns.unit)
    name = _text(grid, columns.name) if columns.name else unit
    measure = _text(grid, columns.measure) if columns.measure else _one(rows, _title(columns))
    period = _text(grid, columns.period) if columns.period else _one(rows, "all")
    bad |= {"no_unit": unit.blank, "no_measure": measure.blank, "no_period": period.blank}
    numbers = {part: _numbers(grid, getattr(columns, part), rows) for part in ("numerator", "denominator", "value")}
    bad["not_a_number"] = np.any([why == int(Why.UNREADABLE) for _, why in numbers.values()], axis=0)
    with np.errstate(invalid="ignore"):
        bad["negative_count"] = (numbers["numerator"][0] < 0) | (numbers["denominator"][0] < 0)
        bad["too_large"] = np.any([np.abs(values) > LARGEST for values, _ in numbers.values()], axis=0)
    good = ~np.any(list(bad.values()), axis=0)
    long = Long(unit, name, measure, period, numbers["numerator"], numbers["denominator"], numbers["value"])
    twice, again = _twice(long, good)
    bad["said_twice"] = twice
    keep = np.flatnonzero(good & ~twice & ~again)
    return long.rows(keep), _aside(grid, bad), int(again.sum())


def _title(columns: Columns) -> str:
    """What the one measure of a table without measures is called: by its own columns."""
    return f"{columns.numerator} of {columns.denominator}" if columns.numerator else columns.value


def _aside(grid: Grid, bad: Mapping[str, npt.NDArray[np.bool_]]) -> tuple[Aside, ...]:
    """Each row under its first reason, so that the numbers add up."""
    lines = grid.record + 1 if grid.line is None else grid.line
    found, taken = [], np.zeros(len(grid.record), dtype=np.bool_)
    for code, rows in bad.items():
        fresh = np.flatnonzero(rows & ~taken)
        taken |= rows
        if fresh.size:
            found.append(Aside(code, ASIDE[code], int(fresh.size), tuple(int(lines[i]) for i in fresh[:5])))
    if grid.broken:
        places = tuple(f.line for f in grid.broken[:5] if f.line is not None)
        found.append(Aside("broken", ASIDE["broken"], len(grid.broken), places))
    return tuple(found)


def _twice(long: Long, good: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Rows that contradict another on the same cell, and rows that say the same again."""
    keys = np.stack([long.unit.codes, long.measure.codes, long.period.codes], axis=1).astype(np.int64)
    sizes = [max(1, len(c.values)) for c in (long.measure, long.period)]
    key = (keys[:, 0] * sizes[0] + keys[:, 1]) * sizes[1] + keys[:, 2]
    key[~good] = -1 - np.arange(int((~good).sum()))
    _, first, where, count = np.unique(key, return_index=True, return_inverse=True, return_counts=True)
    first_of = first[where]
    doubled = count[where] > 1
    if not doubled.any():
        return doubled, doubled.copy()
    same = np.ones(key.size, dtype=np.bool_)
    for values, why in (long.numerator, long.denominator, long.value):
        same &= (values == values[first_of]) | (np.isnan(values) & np.isnan(values[first_of]))
        same &= why == why[first_of]
    contradicted = np.zeros(int(where.max()) + 1, dtype=np.bool_)
    contradicted[where[~same]] = True
    again = doubled & ~contradicted[where] & (np.arange(key.size) != first_of)
    return contradicted[where] & good, again & good


def _text(grid: Grid, name: str) -> Coded:
    """A column of names; numbers written as 301.0 are the code 301."""
    column = grid.columns[name]
    values = [v.strip().lstrip("\ufdd0\ufdd1\ufdd2").strip() for v in column.values]
    values = [v[:-2] if v.endswith(".0") and v[:-2].isdecimal() else v for v in values]
    known: dict[str, int] = {}
    place = np.array([known.setdefault(v, len(known)) for v in values] + [-1], dtype=np.int32)
    return Coded(list(known), place[column.codes])


def _one(rows: int, text: str) -> Coded:
    return Coded([text], np.zeros(rows, dtype=np.int32))


def _numbers(grid: Grid, name: str, rows: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int8]]:
    """A column of figures, read once for each distinct text; blank is not available."""
    if not name:
        return np.full(rows, np.nan), np.full(rows, int(Why.ABSENT), dtype=np.int8)
    column = grid.columns[name]
    read = [read_cell(v) for v in column.values] + [(float("nan"), Why.NOT_AVAILABLE)]
    values = np.array([v for v, _ in read])
    whys = np.array([int(w) for _, w in read], dtype=np.int8)
    return values[column.codes], whys[column.codes]
