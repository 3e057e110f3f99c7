"""Which columns of a table are lists, which hold the persons and which divide them; and their cells as numbers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from casetrail.errors import InputError
from casetrail.inquiry.demand_cells import whole_numbers
from casetrail.records.cells import Grid

Ints = npt.NDArray[np.int64]

COUNT_NAMES = ("count", "counts", "persons", "people", "children", "n", "freq", "frequency", "number")
BITS = {"0": 0, "1": 1, "false": 0, "true": 1, "0.0": 0, "1.0": 1}
TIMES_NAMES = ("nbcap", "times", "times_recorded", "captures", "repeats", "records")


def fault(what: str, where: str, todo: str, code: str) -> InputError:
    """A fault of the file, to be raised."""
    return InputError(what, where=where, todo=todo, code=code)


def place(grid: Grid, row: int | None) -> str:
    """Where a row stands, such as `lists.csv, line 12`; None: the first row that could not be read."""
    if row is None:
        line = grid.broken[0].line
        return grid.file if line is None else f"{grid.file}, line {line:,}"
    line = int(grid.record[row]) + 1 if grid.line is None else int(grid.line[row])
    return f"{grid.file}, line {line:,}"


def count_column(grid: Grid, count: str | None, lists: tuple[str, ...]) -> str | None:
    """The column of persons as it was named, or the first with a usual name. Raises: InputError."""
    if count is not None:
        return named(grid, count)
    return next((n for n in grid.names if n.strip().casefold() in COUNT_NAMES and n not in lists), None)


def named(grid: Grid, name: str) -> str:
    """The column of that name, however it is capitalised. Raises: InputError."""
    for column in grid.names:
        if column.strip().casefold() == name.strip().casefold():
            return column
    raise fault(
        f"There is no column '{name}'.", grid.file, f"Columns: {', '.join(n for n in grid.names if n)}.", "no_column"
    )


def several(grid: Grid, names: tuple[str, ...]) -> tuple[str, ...]:
    """Columns named one by one, or several in one text with commas. Raises: InputError for one that is not there."""
    known = {column.strip().casefold() for column in grid.names}
    parts = [
        part.strip()
        for name in names
        for part in ([name] if name.strip().casefold() in known else name.split(","))
        if part.strip()
    ]
    return tuple(dict.fromkeys(named(grid, part) for part in parts))


def list_columns(
    grid: Grid, count: str | None, lists: tuple[str, ...], by: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns that are lists and those that divide persons; a column that is neither is never passed over."""
    by = several(grid, by)
    rest = [n for n in grid.names if n and n != count and n not in by]
    said = tuple(named(grid, name) for name in lists)
    lists = tuple(n for n in rest if n in said or _is_list(grid, n))
    other = [n for n in rest if n not in lists]
    for name in other:
        if any(v.strip().casefold() in BITS for v in grid.columns[name].values):
            # A list with one cell mistyped must not turn into something that divides persons.
            bits(grid, name)
    if other and count is None:
        raise fault(
            f"Some columns hold more than 0 and 1, and no column has a name that says count: {', '.join(other)}.",
            grid.file,
            "Name the column of persons with --count, the lists with --list and what divides persons with --by.",
            "not_a_list",
        )
    if other and not by:
        by = tuple(other)
    elif other:
        raise fault(
            f"Some columns are neither lists of 0 and 1 nor named with --by: {', '.join(other)}.",
            grid.file,
            "Name every column that divides persons with --by, or the lists with --list.",
            "not_a_list",
        )
    return lists, by


def _is_list(grid: Grid, name: str) -> bool:
    column = grid.columns[name].distinct()
    return bool(column.values) and all(v.strip().casefold() in BITS for v in column.values)


def bits(grid: Grid, name: str) -> Ints:
    """A column of 0 and 1. Raises: InputError for anything else, blanks too."""
    column = grid.columns[name]
    known = [v.strip().casefold() in BITS for v in column.values]
    wrong = np.flatnonzero(column.blank | ~np.array([*known, True])[column.codes])
    if wrong.size:
        raise fault(
            f"Column '{name}' holds something else than 0 and 1.",
            place(grid, int(wrong[0])),
            "Write 1 for persons on the list and 0 for those who are not; a blank is not 0.",
            "not_0_or_1",
        )
    return np.array([BITS[v.strip().casefold()] if ok else -1 for v, ok in zip(column.values, known, strict=True)])[
        column.codes
    ]


def numbers(grid: Grid, name: str) -> Ints:
    """A column of whole numbers of persons. Raises: InputError with the first row that has none."""
    found, wrong = whole_numbers(grid.columns[name])
    if wrong is not None:
        row, what, todo, code = wrong
        raise fault(f"Column '{name}': {what}", place(grid, row), todo, code)
    return found
