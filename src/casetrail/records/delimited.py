"""Read CSV and its kin as they are: text cells, true line numbers, broken records set aside one by one.

An unclosed quotation mark must not swallow the rest of a file. A record that does not come out whole costs
its first physical line; reading goes on with the next.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from casetrail.errors import InputError
from casetrail.records.cells import PROGRESS_EVERY, Coded, ColumnBuilder, Grid, Progress, plural
from casetrail.records.dialect import Line, delimiter_of, encoding_of, lines_of
from casetrail.records.faults import Fault
from casetrail.records.files import PACKING_FAULTS, broken_packing, reading, unpacked

# A note of a case worker may run over many lines; a cell of more is a quotation mark gone astray.
LINES_IN_A_RECORD = 200
_EXCEL_HINT = re.compile(r'"?sep=(.)"?', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Dialect:
    """What the inquiry says about a text file; None: decide from the file."""

    delimiter: str | None = None
    encoding: str | None = None


class _Lines:
    """Physical lines with a look ahead and the number of the next line."""

    def __init__(self, source: Iterator[Line]) -> None:
        self._source = source
        self._ahead: deque[Line] = deque()
        self.number = 1

    def peek(self, count: int) -> Iterator[Line]:
        """The next lines, up to `count`, without taking them."""
        at = 0
        while at < count:
            if at == len(self._ahead):
                fresh = list(islice(self._source, 1))
                if not fresh:
                    return
                self._ahead.extend(fresh)
            yield self._ahead[at]
            at += 1

    def drop(self, count: int) -> None:
        """Take lines that were looked at."""
        for _ in range(count):
            self._ahead.popleft()
        self.number += count


@dataclass(frozen=True, slots=True)
class _Record:
    line: int
    cells: Sequence[str] = ()
    code: str | None = None
    blank: bool = False


def _records(lines: _Lines, delimiter: str, width: int) -> Iterator[_Record]:
    """All records from the next line on. `width` 0 takes any number of cells (for the header)."""
    nothing = delimiter + " \t"
    while ahead := list(lines.peek(1)):
        first, start = ahead[0], lines.number
        if first is None:
            lines.drop(1)
            yield _Record(start, code="bad_encoding")
        elif not first.strip(nothing):
            lines.drop(1)
            yield _Record(start, blank=True)
        elif '"' in first:
            record, taken = _quoted(lines, first, delimiter, width)
            lines.drop(taken)
            yield record
        else:
            lines.drop(1)
            cells = first.split(delimiter)
            fits = not width or len(cells) == width
            yield _Record(start, cells) if fits else _Record(start, code="wrong_cell_count")


def _quoted(lines: _Lines, first: str, delimiter: str, width: int) -> tuple[_Record, int]:
    """One record with quotation marks, and how many lines it takes: one, when it is broken."""
    start = lines.number
    reader = csv.reader(_text_only(lines.peek(LINES_IN_A_RECORD)), delimiter=delimiter, strict=True)
    try:
        cells = next(reader)
    except csv.Error:
        code = "unclosed_quote" if _left_open(first, delimiter) else "bad_quotes"
        return _Record(start, code=code), 1
    if width and len(cells) != width:
        code = "wrong_cell_count" if reader.line_num == 1 else "unclosed_quote"
        return _Record(start, code=code), 1
    return _Record(start, cells, blank=not any(cell.strip() for cell in cells)), reader.line_num


def _text_only(lines: Iterator[Line]) -> Iterator[str]:
    for line in lines:
        if line is None:
            return
        yield line + "\n"


def _left_open(line: str, delimiter: str) -> bool:
    """Whether a quotation mark is still open at the end of the line: then a reader asks for another."""
    reader = csv.reader(iter([line + "\n", "\n"]), delimiter=delimiter)
    try:
        next(reader)
    except csv.Error:
        return True  # a single cell longer than any record
    return reader.line_num > 1


def _header(lines: _Lines, path: Path, dialect: Dialect, mapped: Collection[str]) -> tuple[list[str], str]:
    """The names of the columns, and the delimiter."""
    while (first := next(lines.peek(1), "")) == "" and next(lines.peek(1), None) is not None:
        lines.drop(1)
    if not first:
        raise InputError(
            "The header cannot be read: the file has no line of text, or its first line is in another encoding.",
            where=path.name,
            todo="Declare `encoding`, or export the file again.",
            code="no_header",
        )
    declared = dialect.delimiter
    if hint := _EXCEL_HINT.fullmatch(first):
        # Excel's own way to say the delimiter, in a line of its own above the header.
        declared = declared or hint[1]
        lines.drop(1)
        first = next(lines.peek(1), None) or ""
    tabbed = path.name.lower().removesuffix(".gz").endswith(".tsv")
    delimiter = delimiter_of(first, path, declared=declared, mapped=mapped, tabbed=tabbed)
    record = next(_records(lines, delimiter, 0), _Record(lines.number, blank=True))
    if record.code or record.blank:
        raise InputError(
            "The header cannot be read: a quotation mark in it is not closed, or all its names are blank.",
            where=f"{path.name}, line {record.line}",
            todo="Correct the first line of the file.",
            code="no_header",
        )
    names = [name.strip() for name in record.cells]
    check_names(names, path.name, mapped)
    return names, delimiter


def check_names(names: Sequence[str], where: str, mapped: Collection[str]) -> None:
    """Raise InputError when two columns have one name.

    Only names that the mapping uses are said: in a file without a header, values stand in their place.
    """
    twice = [name for name in dict.fromkeys(names) if name and names.count(name) > 1]
    if not twice:
        return
    places = [str(at + 1) for at, name in enumerate(names) if name in twice]
    said = [f"'{name}'" for name in twice if name in mapped]
    raise InputError(
        f"Columns {', '.join(places)} share a name{': ' + ', '.join(said) if said else ''}.",
        where=where,
        todo="Give each column its own name; if the file has no header, add one.",
        code="duplicate_column",
    )


class _Body:
    """Collects records into columns, in batches."""

    def __init__(self, header: Sequence[str], wanted: Collection[str] | None) -> None:
        self._kept = {
            name: (at, ColumnBuilder()) for at, name in enumerate(header) if name and (wanted is None or name in wanted)
        }
        self._batch: list[Sequence[str]] = []
        self.record: list[int] = []
        self.line: list[int] = []
        self.broken: list[Fault] = []
        self.blank = 0
        self.count = 0

    def take(self, record: _Record) -> None:
        """Add one record, good, broken or blank."""
        if record.blank:
            self.blank += 1
            return
        self.count += 1
        if record.code:
            self.broken.append(Fault(self.count, record.code, record.line))
            return
        self.record.append(self.count)
        self.line.append(record.line)
        self._batch.append(record.cells)
        if len(self._batch) >= PROGRESS_EVERY:
            self._pack()

    def _pack(self) -> None:
        for at, builder in self._kept.values():
            builder.extend([cells[at] for cells in self._batch])
        self._batch = []

    def notes(self) -> list[str]:
        """What was passed over."""
        if not self.blank:
            return []
        return [f"{plural(self.blank, 'line')} without any content: passed over, not counted as records."]

    def columns(self) -> dict[str, Coded]:
        """The columns kept, by name."""
        self._pack()
        return {name: builder.finish() for name, (_, builder) in self._kept.items()}


def read_head(path: Path, dialect: Dialect) -> list[str]:
    """The names of the columns alone. Raises InputError as `read_delimited` does."""
    with reading(path):
        with unpacked(path) as stream:
            encoding = encoding_of(stream, path, dialect.encoding)
        with unpacked(path) as stream:
            return _header(_Lines(lines_of(stream, encoding)), path, dialect, ())[0]


def read_delimited(
    path: Path,
    dialect: Dialect,
    *,
    mapped: Collection[str],
    wanted: Collection[str] | None,
    progress: Progress | None,
) -> Grid:
    """Read a delimited text file, packed or not. `wanted` None keeps all columns.

    Records of which no cell could be told are in `Grid.broken`. Raises InputError when the file cannot be
    read at all: missing, no header, wrong delimiter, columns named twice, a damaged packing.
    """
    body = _Body((), ())
    with reading(path):
        try:
            with unpacked(path) as stream:
                encoding = encoding_of(stream, path, dialect.encoding)
            with unpacked(path) as stream:
                lines = _Lines(lines_of(stream, encoding))
                header, delimiter = _header(lines, path, dialect, mapped)
                body = _Body(header, wanted)
                for record in _records(lines, delimiter, len(header)):
                    body.take(record)
                    if progress and body.count % PROGRESS_EVERY == 0:
                        progress(body.count)
        except PACKING_FAULTS:
            raise broken_packing(path, body.count) from None
    return Grid(
        file=path.name,
        format="csv",
        columns=body.columns(),
        names=tuple(header),
        record=np.array(body.record, dtype=np.int64),
        line=np.array(body.line, dtype=np.int64),
        broken=tuple(body.broken),
        notes=(*encoding.notes, *body.notes()),
        encoding=encoding.name,
        delimiter=delimiter,
    )
