"""The records of a text file many at a time, wherever a piece of it is clean; the rest one by one, as `lines` reads.

A piece is clean when both ways must come to the same: it is text throughout, each quotation mark opens or closes a
cell, each record has the cells of the header, and none is blank. Only then it is handed to Arrow's reader, which is far
quicker and far more forgiving.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BufferedReader

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from casetrail.records.dialect import Encoding, Line, line_of
from casetrail.records.files import PACKING_FAULTS
from casetrail.records.lines import CELL_LIMIT, LINES_IN_A_RECORD, Lines, Record, records

Places = npt.NDArray[np.int64]

_READ = 1 << 20
_SMALLEST, _LARGEST = 1 << 14, 1 << 20
_QUOTE, _END = ord('"'), ord("\n")


@dataclass(frozen=True, slots=True)
class Piece:
    """Records one after the other: the first line of each, and a column of cells for each column wanted."""

    line: Places
    columns: Sequence[pa.Array]


def can_be_quick(encoding: Encoding, delimiter: str) -> bool:
    """Whether the bytes below 128 are those of ASCII, so that ends of lines and marks can be found in the bytes."""
    if encoding.lone_cr or not encoding.by_line or not delimiter.isascii() or delimiter == '"':
        return False
    plain = bytes(range(128))
    return plain.decode(encoding.name.removesuffix("-sig"), "replace") == plain.decode("ascii")


class Pieces:
    """A text file from below its header on. `kept` are the places of the columns wanted."""

    def __init__(
        self, stream: BufferedReader, encoding: Encoding, delimiter: str, *, width: int, kept: Sequence[int]
    ) -> None:
        self._stream = stream
        self._encoding = encoding.name.removesuffix("-sig")
        self._delimiter = delimiter
        self._width = width
        self._kept = kept
        self._data = self._held = b""
        self._ended = False
        self._window = _LARGEST
        self._number = 1
        self._fault: Exception | None = None

    def skip(self, lines: int) -> None:
        """Pass over the first lines."""
        for _ in range(lines):
            self._stream.readline()
        self._number += lines

    def read(self) -> Iterator[Piece | Record]:
        """All records in order: pieces of good ones, or one that was looked at by itself."""
        while self._filled(self._window):
            whole = self._ended and len(self._data) <= self._window
            data = self._data if whole else self._data[: self._window]
            found = self._clean(data if data.endswith(b"\n") or not whole else data + b"\n")
            if found is not None:
                piece, taken, lines = found
                yield piece
                self._data = self._data[taken:]
                self._number += lines
                self._window = min(_LARGEST, self._window * 2)
            elif self._window > _SMALLEST:
                self._window = max(_SMALLEST, self._window // 8)
            else:
                yield from self._one_by_one()
                self._window *= 2
        if self._fault is not None:
            raise self._fault

    def _filled(self, size: int) -> bool:
        """Have so many bytes at hand, or all there are; false when there are none. Ends of lines become one sign."""
        while len(self._data) < size and not self._ended:
            try:
                more = self._stream.read1(_READ)
            except PACKING_FAULTS as fault:
                # What came whole before the damage is read first, so that it can be said how far the file came.
                self._data = self._data[: self._data.rfind(b"\n") + 1]
                self._fault, more = fault, b""
            self._ended = not more
            # A return at the brim may be half of an end of line: it waits for what follows.
            more, self._held = self._held + more, b""
            if more.endswith(b"\r") and not self._ended:
                more, self._held = more[:-1], b"\r"
            self._data += more.replace(b"\r\n", b"\n")
        return bool(self._data)

    def _clean(self, data: bytes) -> tuple[Piece, int, int] | None:
        """The whole records that a piece begins with, its bytes and its lines; None when it is not clean."""
        if b"\0" in data or b"\r" in data or data.startswith(codecs.BOM_UTF8):
            return None
        survey = _ends_of_records(data, self._delimiter)
        if survey is None:
            return None
        taken, ends, lines = survey
        table = self._parsed(data[:taken], quoted=ends is not None)
        if table is None or table.num_rows != (lines if ends is None else len(ends)) or _any_blank(table.columns):
            return None
        first = np.arange(lines, dtype=np.int64) if ends is None else np.append(0, ends[:-1] + 1)
        columns = [pa.concat_arrays(column.chunks) for column in table.columns]
        return Piece(first + self._number, columns), taken, lines

    def _parsed(self, data: bytes, *, quoted: bool) -> pa.Table | None:
        if self._encoding != "utf-8" and not data.isascii():
            try:
                data = data.decode(self._encoding).encode("utf-8")
            except UnicodeError:
                return None
        names = [str(at) for at in range(self._width)]
        # A table without columns has no rows to count.
        kept = [names[at] for at in self._kept] or names[:1]
        try:
            return arrow_csv.read_csv(
                pa.BufferReader(data),
                read_options=arrow_csv.ReadOptions(column_names=names, block_size=len(data) + 1, use_threads=False),
                parse_options=arrow_csv.ParseOptions(
                    delimiter=self._delimiter, newlines_in_values=quoted, ignore_empty_lines=False
                ),
                convert_options=arrow_csv.ConvertOptions(
                    column_types=dict.fromkeys(kept, pa.string()), include_columns=kept, null_values=[]
                ),
            )
        except pa.ArrowException:
            return None

    def _one_by_one(self) -> Iterator[Record]:
        """The records of the smallest piece, by the plain reader; the last of them may reach beyond it."""
        sizes: list[int] = []
        lines = Lines(self._lines(sizes))
        lines.number = start = self._number
        done = taken = 0
        for record in records(lines, self._delimiter, self._width):
            yield record
            taken += sum(sizes[done : lines.number - start])
            done = lines.number - start
            if taken >= _SMALLEST:
                break
        self._data = self._data[taken:]
        self._number += done

    def _lines(self, sizes: list[int]) -> Iterator[Line]:
        """The lines at hand one by one; `sizes` takes the bytes of each."""
        at = 0
        while True:
            end = self._data.find(b"\n", at)
            while end < 0 and not self._ended:
                self._filled(len(self._data) + _READ)
                end = self._data.find(b"\n", at)
            after = end + 1 if end >= 0 else len(self._data)
            if after == at:
                return
            sizes.append(after - at)
            yield line_of(self._data[at:after], self._encoding)
            at = after


def _ends_of_records(data: bytes, delimiter: str) -> tuple[int, Places | None, int] | None:
    """Bytes of whole records, the number of the line in which each ends (None: in its own), and the lines of all.

    None when a quotation mark neither opens nor closes a cell, or a record is too long for one.
    """
    if b'"' not in data:
        taken = data.rfind(b"\n") + 1
        return (taken, None, data.count(b"\n", 0, taken)) if taken and _lines_fit(data) else None
    signs = np.frombuffer(data, np.uint8)
    marks, ends = np.flatnonzero(signs == _QUOTE), np.flatnonzero(signs == _END)
    outside = np.flatnonzero(np.searchsorted(marks, ends) % 2 == 0)
    if not len(outside):
        return None
    taken = int(ends[outside[-1]]) + 1
    marks = marks[marks < taken]
    opening, closing = marks[0::2], marks[1::2]
    before, after = np.append(_END, signs)[opening], signs[closing + 1]
    stops = np.array([ord(delimiter), _END, _QUOTE])
    lengths, sizes = np.diff(outside, prepend=-1), np.diff(ends[outside], prepend=-1)
    fits = np.isin(before, stops).all() and np.isin(after, stops).all()
    if not fits or lengths.max() > LINES_IN_A_RECORD or sizes.max() > CELL_LIMIT:
        return None
    return taken, outside.astype(np.int64), int(outside[-1]) + 1


def _lines_fit(data: bytes) -> bool:
    """Whether no line is longer than a cell may be: then no cell is. A cheap look first, which mostly suffices."""
    step = CELL_LIMIT // 2
    if all(data.find(b"\n", at, at + step) >= 0 for at in range(0, len(data) - step, step)):
        return True
    return max(map(len, data.split(b"\n"))) <= CELL_LIMIT


def _any_blank(columns: Sequence[pa.ChunkedArray]) -> bool:
    """Whether a record may be blank: all its cells looked at are."""
    left: pa.ChunkedArray | None = None
    for column in columns:
        blank = pc.or_(pc.equal(pc.binary_length(column), 0), pc.utf8_is_space(column))
        left = blank if left is None else pc.and_(left, blank)
        if not pc.any(left).as_py():
            return False
    return left is not None
