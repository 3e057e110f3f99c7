"""The records of a text file one by one: the plain way, which takes anything and sets broken ones aside.

An unclosed quotation mark must not swallow the rest of a file. A record that does not come out whole costs
its first physical line; reading goes on with the next.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from casetrail.records.dialect import Line

# A note of a case worker may run over many lines; a cell of more is a quotation mark gone astray.
LINES_IN_A_RECORD = 200
# What the standard reader takes as well; a spreadsheet holds a quarter of it.
CELL_LIMIT = 131_072
# Of a line that is set aside so much is kept as it stands: the most that a cell of a spreadsheet holds.
LINE_KEPT = 32_767


class Lines:
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
class Record:
    """One record: its first line, and its cells or the code of what is wrong with it and the line as it stands."""

    line: int
    cells: Sequence[str] = ()
    code: str | None = None
    blank: bool = False
    raw: str = field(default="", repr=False)


def records(lines: Lines, delimiter: str, width: int) -> Iterator[Record]:
    """All records from the next line on. `width` 0 takes any number of cells (for the header)."""
    nothing = delimiter + " \t"
    while ahead := list(lines.peek(1)):
        first, start = ahead[0], lines.number
        if isinstance(first, bytes):
            lines.drop(1)
            yield Record(start, code="bad_encoding", raw=_as_text(first))
        elif not first.strip(nothing):
            lines.drop(1)
            yield Record(start, blank=True)
        elif '"' in first:
            record, taken = _quoted(lines, first, delimiter, width)
            lines.drop(taken)
            yield record
        else:
            lines.drop(1)
            yield _checked(start, first, delimiter, width)


def _checked(start: int, line: str, delimiter: str, width: int) -> Record:
    cells = line.split(delimiter)
    if width and len(cells) != width:
        return Record(start, code="wrong_cell_count", raw=line[:LINE_KEPT])
    if max(map(len, cells)) > CELL_LIMIT:
        return Record(start, code="cell_too_long", raw=line[:LINE_KEPT])
    return Record(start, cells)


def _as_text(line: bytes) -> str:
    """Bytes that are not text, shown as far as they are."""
    shown = line[:LINE_KEPT].decode("utf-8", errors="backslashreplace").rstrip("\r\n")
    return shown.replace("\0", "\\x00")[:LINE_KEPT]


def _quoted(lines: Lines, first: str, delimiter: str, width: int) -> tuple[Record, int]:
    """One record with quotation marks, and how many lines it takes: one, when it is broken."""
    start = lines.number
    reader = csv.reader(_text_only(lines.peek(LINES_IN_A_RECORD)), delimiter=delimiter, strict=True)
    try:
        cells = next(reader)
    except csv.Error:
        code = "unclosed_quote" if _left_open(first, delimiter) else "bad_quotes"
        return Record(start, code=code, raw=first[:LINE_KEPT]), 1
    if width and len(cells) != width:
        code = "wrong_cell_count" if reader.line_num == 1 else "unclosed_quote"
        return Record(start, code=code, raw=first[:LINE_KEPT]), 1
    return Record(start, cells, blank=not any(cell.strip() for cell in cells)), reader.line_num


def _text_only(lines: Iterator[Line]) -> Iterator[str]:
    for line in lines:
        if isinstance(line, bytes):
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
