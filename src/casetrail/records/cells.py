"""Cells as the file has them: text, stored once per distinct value.

Everything casetrail decides about a cell is decided once per distinct text. Cells that were not text in
the file (spreadsheet dates, errors, numbers that lost digits) carry a mark in front, which a text file
cannot bring in: readers of text never set `Grid.marked`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from casetrail.records.faults import Fault
from casetrail.records.files import Format
from casetrail.records.texts import Texts, array_of, blanks, encoded, without

Codes = npt.NDArray[np.int32]
Places = npt.NDArray[np.int64]
Progress: TypeAlias = Callable[[int], None]

PROGRESS_EVERY = 50_000
# How much text waits before it is put into codes: often enough to bound the memory, rarely enough to be quick.
_ROWS_WAITING = 2_000_000
_BYTES_WAITING = 1 << 28

# Noncharacters of Unicode: never part of interchanged text.
NATIVE = "\ufdd0"  # a date or time of the file's own type, written as ISO 8601 behind the mark
ERROR = "\ufdd1"  # an error value of a spreadsheet
LOSSY = "\ufdd2"  # a number of more than 15 digits behind the mark
MARKS = (NATIVE, ERROR, LOSSY)


@dataclass(frozen=True, slots=True)
class Coded:
    """A column: distinct texts and, per row, the index of its text (-1: blank)."""

    values: Sequence[str]
    codes: Codes

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def blank(self) -> npt.NDArray[np.bool_]:
        """True for each row whose cell is blank."""
        return self.codes < 0

    def distinct(self) -> Coded:
        """The same column with only the texts in use, in order of first use by text."""
        unused = np.bincount(self.codes[self.codes >= 0], minlength=len(self.values)) == 0
        array, codes = without(array_of(self.values), self.codes, unused)
        return Coded(Texts(array), codes)


class ColumnBuilder:
    """Takes cells in batches and keeps each distinct text once; rows skipped before count as blank."""

    def __init__(self, blanks: int = 0) -> None:
        self._known = pa.array([], pa.string())
        self._done: list[Codes] = [np.full(blanks, -1, dtype=np.int32)]
        self._waiting: list[pa.Array] = []
        self._rows = self._bytes = 0

    def extend(self, cells: Sequence[str | None]) -> None:
        """Append cells in order. Text without a visible sign is a blank cell."""
        self.add(pa.array(cells, pa.string()))

    def add(self, cells: pa.Array) -> None:
        """Append an Arrow array of text in order, likewise."""
        self._waiting.append(cells)
        self._rows += len(cells)
        self._bytes += cells.nbytes
        if self._rows >= _ROWS_WAITING or self._bytes >= _BYTES_WAITING:
            self._fold()

    def _fold(self) -> None:
        """Put what waits into codes. The texts known come first, so that their codes stay."""
        before = len(self._known)
        self._known, codes = encoded([self._known, *self._waiting])
        self._done.append(codes[before:])
        self._waiting, self._rows, self._bytes = [], 0, 0

    def finish(self) -> Coded:
        """The column so far."""
        if self._waiting:
            self._fold()
        array, codes = without(self._known, np.concatenate(self._done), blanks(self._known))
        return Coded(Texts(array), codes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """One extract as it is: cells by column, the place of each record, and the records that broke.

    `record` and `line` have one number per row (line -1: unknown; `line` is the row in a sheet). `broken` are
    records of which no cell could be told. `defaults` are texts that the file itself declares to stand for
    "absent", by column. `table` names the table in a file of several. `cell_line` has a line for each cell of a
    column, where cells have lines of their own (0: no cell); `formulas` the rows whose cell is a formula. `raw` has
    the line of each broken record as it stands. `heirs` names, for a column whose cells belong to rows of another table
    of an XML file, that table and the row of it that gives each cell (-1: none).
    """

    file: str
    format: Format
    columns: Mapping[str, Coded]
    names: tuple[str, ...]
    record: Places
    sheet: str | None = None
    table: str | None = None
    line: Places | None = None
    cell_line: Mapping[str, Places] = field(default_factory=dict)
    formulas: Mapping[str, Places] = field(default_factory=dict)
    broken: tuple[Fault, ...] = ()
    raw: Mapping[int, str] = field(default_factory=dict, repr=False)
    heirs: Mapping[str, tuple[str, Places]] = field(default_factory=dict)
    marked: bool = False
    defaults: Mapping[str, frozenset[str]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    encoding: str | None = None
    delimiter: str | None = None
    sheets: tuple[str, ...] = ()

    @property
    def rows_in(self) -> int:
        """Records in the file, broken ones included; blank lines are no records."""
        return len(self.record) + len(self.broken)


def plural(count: int, one: str, many: str | None = None) -> str:
    """A count with its noun: "1 cell", "2 cells"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
