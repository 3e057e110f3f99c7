"""The cells of a sheet as text: what was not text in the file is marked."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from casetrail.records.cells import ERROR, LOSSY, MARKS, NATIVE
from casetrail.records.sheets import Cell

LOSSY_FROM = 1e15  # a spreadsheet keeps 15 digits


def column_text(cells: Sequence[Cell], errors: Collection[int]) -> pa.Array:
    """A column as text, null where blank. `errors` are the rows whose cell is an error value.

    The twin: `text_of` of each cell.
    """
    try:
        # Most columns are text alone, which takes no look at each cell.
        array = pa.array(cells, pa.string())
    except pa.ArrowException:
        array = None
    if array is None or _any_mark(array):
        array = _of_kinds(cells)
    if errors:
        texts = array.to_pylist()
        for row in errors:
            texts[row] = ERROR
        array = pa.array(texts, pa.string())
    return array


def _any_mark(array: pa.Array) -> bool:
    data = array.buffers()[2]
    return data is not None and b"\xef\xb7" in memoryview(data).tobytes()


def _of_kinds(cells: Sequence[Cell]) -> pa.Array:
    kinds = set(map(type, cells))
    if datetime in kinds:
        # By far most cells of such a column are times, and nearly each is another one.
        times = pa.array([cell if type(cell) is datetime else None for cell in cells], pa.timestamp("us"))
        rest = _of_kinds([cell if type(cell) is not datetime else "" for cell in cells])
        return pc.coalesce(_of_times(times), rest) if kinds != {datetime} else _of_times(times)
    if bool in kinds:
        # True equals 1: cells that are equal and not the same are told apart one by one.
        return pa.array([text_of(cell) for cell in cells], pa.string())
    known = {cell: text_of(cell) for cell in set(cells)}
    return pa.array([known[cell] for cell in cells], pa.string())


def _of_times(times: pa.Array) -> pa.Array:
    rounded = pc.round_temporal(times, 1, "millisecond")
    seconds = rounded.cast(pa.timestamp("s"), safe=False)
    if seconds.cast(pa.timestamp("us")).equals(rounded):
        return pc.binary_join_element_wise(NATIVE, seconds.cast(pa.string()), "")
    return pa.array([text_of(at) if at is not None else None for at in times.to_pylist()], pa.string())


def text_of(cell: Cell) -> str | None:
    """A cell as text; what was not text in the file is marked. None: blank."""
    match cell:
        case str():
            text: str | None = cell.lstrip("".join(MARKS)) if cell.strip() else None
        case bool():
            text = "true" if cell else "false"
        case int() | float():
            text = number_text(cell)
        case datetime():
            text = NATIVE + _to_the_millisecond(cell).isoformat(sep=" ")
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


def _to_the_millisecond(at: datetime) -> datetime:
    """A spreadsheet keeps a time as a fraction of days, which is off by up to a microsecond; it shows milliseconds."""
    try:
        moved = at + timedelta(microseconds=500)
    except OverflowError:
        return at
    return moved.replace(microsecond=moved.microsecond // 1000 * 1000)
