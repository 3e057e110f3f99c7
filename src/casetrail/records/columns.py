"""From the cells of a file to the texts of our columns: joined, stripped, unknowns made unknown."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from casetrail.records.cells import ERROR, LOSSY, NATIVE, Coded, Codes, Grid
from casetrail.records.keys import canonical
from casetrail.records.texts import (
    MANY,
    Texts,
    array_of,
    begins,
    blanks,
    encoded,
    one_of,
    rounded,
    rounded_text,
    tidy,
    without,
)

Flags = npt.NDArray[np.bool_]

_NOT_PRIVILEGED = frozenset({"0", "false", "no", "n", "f", "none", "not privileged"})


@dataclass(frozen=True, slots=True)
class Text:
    """A text column of ours, with the rows that hold an error or a number that lost digits.

    `unknown` counts the cells that were not blank and stand for unknown.
    """

    coded: Coded
    error: Flags
    lossy: Flags
    unknown: int


def joined(parts: Sequence[Coded], *, sign: str, whole: bool) -> Coded:
    """Several columns as one, with `sign` between. A row is blank when all parts are, or any if `whole`."""
    first, *rest = parts
    for other in rest:
        pairs = (first.codes.astype(np.int64) + 1) * (len(other.values) + 1) + other.codes + 1
        distinct, codes = np.unique(pairs, return_inverse=True)
        left, right = np.divmod(distinct, len(other.values) + 1)
        texts = [
            _both(_value(first, a - 1), _value(other, b - 1), sign, whole)
            for a, b in zip(left.tolist(), right.tolist(), strict=True)
        ]
        first = recoded(Coded(texts, codes.astype(np.int32)), str)
    return first


def _value(column: Coded, code: int) -> str:
    return column.values[code] if code >= 0 else ""


def _both(left: str, right: str, sign: str, whole: bool) -> str:
    """Marks survive only in front; an error or lost digits in any part spoil the whole."""
    if whole and not (left and right):
        return ""
    for mark in (ERROR, LOSSY):
        if mark in (left[:1], right[:1]):
            return mark + left.strip(ERROR + LOSSY) + sign + right.strip(ERROR + LOSSY)
    right = right.lstrip(NATIVE) if left else right
    return left.rstrip() + sign + right.strip() if left and right else left or right


def recoded(column: Coded, change: Callable[[str], str]) -> Coded:
    """The column with each distinct text changed; texts that become equal are merged, "" becomes blank."""
    index: dict[str, int] = {}
    place = np.full(len(column.values) + 1, -1, dtype=np.int32)
    for at, value in enumerate(column.values):
        text = change(value)
        if text:
            place[at] = index.setdefault(text, len(index))
    return Coded(list(index), place[column.codes])


def _tidied(column: Coded) -> Coded:
    """As `recoded` with `canonical`, for many texts at once."""
    array = array_of(column.values)
    plain = tidy(array)
    if plain is array or plain.equals(array):
        return column
    merged, place = encoded([plain])
    codes = np.append(place, np.int32(-1))[column.codes]
    array, codes = without(merged, codes, blanks(merged))
    return Coded(Texts(array), codes)


def parts_of(grid: Grid, names: Sequence[str], *, tokens: Collection[str], default: bool) -> list[Coded]:
    """The source columns by name, with `tokens` (and the file's own defaults if `default`) made blank."""
    parts = []
    for name in names:
        column = grid.columns.get(name) or Coded((), np.full(len(grid.record), -1, dtype=np.int32))
        absent = frozenset(tokens) | (grid.defaults.get(name, frozenset()) if default else frozenset())
        parts.append(_without(column, absent) if absent else column)
    return parts


def _without(column: Coded, absent: Collection[str]) -> Coded:
    if len(column.values) >= MANY:
        array = array_of(column.values)
        array, codes = without(array, column.codes, one_of(array, absent))
        return Coded(Texts(array), codes)
    return recoded(column, lambda text: "" if text.strip() in absent else text)


def text_column(grid: Grid, names: Sequence[str], *, tokens: Collection[str], whole: bool, fold: bool = False) -> Text:
    """One of our text columns. `whole`: an identifier, which needs all its parts; `fold`: small letters."""
    parts = parts_of(grid, names, tokens=tokens, default=True)
    filled = sum(int((grid.columns[name].codes >= 0).sum()) for name in names if name in grid.columns)
    known = sum(int((part.codes >= 0).sum()) for part in parts)
    raw = joined(parts, sign="/", whole=whole)
    error, lossy = (_rows_marked(raw, mark) if grid.marked else _none(raw) for mark in (ERROR, LOSSY))
    if whole:
        for part in parts:
            lossy = lossy | rounded_rows(part)
    strip = NATIVE + LOSSY + ERROR if grid.marked else ""

    def clean(text: str) -> str:
        plain = canonical(text.lstrip(strip) if strip else text)
        return plain.casefold() if fold else plain

    plain = len(raw.values) >= MANY and not fold and not (grid.marked and _any_marked(raw))
    return Text(_tidied(raw) if plain else recoded(raw, clean), error, lossy, filled - known)


def _any_marked(column: Coded) -> bool:
    array = array_of(column.values)
    return any(begins(array, mark).any() for mark in (NATIVE, LOSSY, ERROR))


def _rows_marked(column: Coded, mark: str) -> Flags:
    if len(column.values) >= MANY:
        return np.append(begins(array_of(column.values), mark), False)[column.codes]
    marked = np.array([value.startswith(mark) for value in column.values] + [False], dtype=np.bool_)
    return marked[column.codes]


def rounded_rows(column: Coded) -> Flags:
    """Rows of an identifier that a spreadsheet rounded before it was saved as text."""
    if len(column.values) >= MANY:
        return np.append(rounded(array_of(column.values)), False)[column.codes]
    return np.array([*map(rounded_text, column.values), False], dtype=np.bool_)[column.codes]


def _none(column: Coded) -> Flags:
    return np.zeros(len(column), dtype=np.bool_)


def privileged_rows(grid: Grid, names: Sequence[str]) -> Flags:
    """Rows marked as legally privileged: any mark that does not plainly say no."""
    rows = np.zeros(len(grid.record), dtype=np.bool_)
    for column in parts_of(grid, names, tokens=(), default=False):
        rows |= np.array([*privileged_texts(column.values), False], dtype=np.bool_)[column.codes]
    return rows


def privileged_texts(values: Sequence[str]) -> list[bool]:
    """For each text of a column of marks whether it does not plainly say no."""
    return [value.strip().casefold() not in _NOT_PRIVILEGED for value in values]


def constant(value: str, rows: int, *, fold: bool = False) -> Text:
    """A column with one text in every row."""
    none = np.zeros(rows, dtype=np.bool_)
    plain = canonical(value)
    return Text(Coded((plain.casefold() if fold else plain,), np.zeros(rows, dtype=np.int32)), none, none, 0)


def arrow_text(values: Sequence[str], codes: Codes) -> pa.Array:
    """Rows of text as an Arrow array of strings; -1 is null."""
    if len(codes) == len(values) and len(codes) >= MANY and (codes == np.arange(len(codes))).all():
        return array_of(values).cast(pa.string())  # each row has a text of its own
    indices = pa.array(codes, pa.int32(), mask=codes < 0)
    return pa.DictionaryArray.from_arrays(indices, array_of(values).cast(pa.string())).dictionary_decode()
