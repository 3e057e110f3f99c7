"""A table of repeat counts: how many persons one source recorded how often, and what is known of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from casetrail.compare.tables.cells import read_cell
from casetrail.demand.repeats.described import Cell, Described
from casetrail.figures import SourceRef
from casetrail.inquiry.demand_columns import BITS, TIMES_NAMES, fault, numbers, place, several
from casetrail.public.panel import Why
from casetrail.records.cells import Grid

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ReadTimes:
    """How many persons were recorded how often (times 1 and more); `described`: by what is known of them, if anything.

    `one_row_each`: a row is one person.
    """

    persons: Mapping[int, int]
    rows: int
    source: SourceRef
    described: Described | None = None
    one_row_each: bool = False


@dataclass(frozen=True, slots=True)
class TimesColumns:
    """The column of times, that of persons (None: each row is one), and those that describe persons."""

    times: str
    count: str | None
    by: tuple[str, ...]
    along: tuple[str, ...]


def times_columns(grid: Grid, count: str | None, by: tuple[str, ...], along: tuple[str, ...]) -> TimesColumns | None:
    """The columns of a table of repeat counts; None for any other table.

    Raises: InputError for columns that nobody named: what they say of persons must not be guessed.
    """
    found = [n for n in grid.names if n.strip().casefold() in TIMES_NAMES and n != count]
    if len(found) != 1:
        return None
    by, along = several(grid, by), several(grid, along)
    rest = [n for n in grid.names if n and n not in (found[0], count, *by, *along)]
    if sum(_zero_or_one(grid, name) for name in rest) > 1:
        return None
    both = sorted({*by} & {*along})
    if rest or both:
        listed = ", ".join(rest or both)
        raise fault(
            f"The table has repeat counts, and it is not said what these columns are: {listed}.",
            grid.file,
            "Name what divides persons (sex, region) with --by, and numbers (age) with --with.",
            "not_said",
        )
    return TimesColumns(found[0], count, by, along)


def _zero_or_one(grid: Grid, name: str) -> bool:
    values = grid.columns[name].distinct().values
    return bool(values) and all(v.strip().casefold() in BITS for v in values)


def read_times(grid: Grid, columns: TimesColumns, source: SourceRef) -> ReadTimes:
    """Every row checked. Raises: InputError with the row that is wrong, never with what is in it."""
    times = numbers(grid, columns.times)
    each = columns.count is None
    persons = np.ones(times.size, dtype=np.int64) if columns.count is None else numbers(grid, columns.count)
    if bool((times == 0).any()):
        raise fault(
            "A row says how many were never recorded; that is what is asked for.",
            place(grid, int(np.flatnonzero(times == 0)[0])),
            "Take the row out: nobody can have counted them.",
            "zero_pattern",
        )
    keys = _keys(grid, columns, times)
    if not each:
        _no_repeat(grid, keys)
    together: Counter[int] = Counter()
    cells: Counter[tuple[tuple[str, ...], tuple[float, ...], int]] = Counter()
    for key, held in zip(keys, persons.tolist(), strict=True):
        together[key[2]] += held
        cells[key] += held
    described = None
    if columns.by or columns.along:
        described = Described(columns.by, columns.along, tuple(Cell(*key, held) for key, held in cells.items()))
    return ReadTimes(dict(together), len(grid.record), source, described, each)


def _keys(grid: Grid, columns: TimesColumns, times: Ints) -> list[tuple[tuple[str, ...], tuple[float, ...], int]]:
    labels = [_names(grid, name) for name in columns.by]
    values = [_numbers(grid, name) for name in columns.along]
    return [
        (tuple(column[i] for column in labels), tuple(column[i] for column in values), int(t))
        for i, t in enumerate(times.tolist())
    ]


def _names(grid: Grid, name: str) -> list[str]:
    column = grid.columns[name]
    if bool(column.blank.any()):
        row = int(np.flatnonzero(column.blank)[0])
        raise fault(
            f"Column '{name}' is blank.",
            place(grid, row),
            "Say what is known, or write unknown: that is then a kind of its own.",
            "blank",
        )
    return [column.values[code].strip() for code in column.codes.tolist()]


def _numbers(grid: Grid, name: str) -> list[float]:
    column = grid.columns[name]
    read = [read_cell(text) for text in column.values]
    out = []
    for row, (code, blank) in enumerate(zip(column.codes.tolist(), column.blank.tolist(), strict=True)):
        number, why = (float("nan"), None) if blank else read[code]
        if why is not Why.PUBLISHED:
            raise fault(
                f"Column '{name}' holds something that is no number.",
                place(grid, row),
                "Name it with --by if it holds names; leave persons out of whom the number is not known.",
                "not_a_number",
            )
        out.append(number)
    return out


def _no_repeat(grid: Grid, keys: list[tuple[tuple[str, ...], tuple[float, ...], int]]) -> None:
    first: dict[object, int] = {}
    for row, key in enumerate(keys):
        if key in first:
            raise fault(
                "Two rows have the same number of times"
                + (" and the same kind of persons." if key[0] or key[1] else "."),
                f"{place(grid, row)}, and {place(grid, first[key])}",
                "Add their counts up if they are of different persons, and take one out if they are the same.",
                "said_twice",
            )
        first[key] = row
