"""What a sheet's XML says that the workbook library does not: formulas, error values, merged cells, how far it reaches.

Most of it is found by a scan of the bytes, which is exact for XML as programs write it: each cell with its reference in
front, double quotation marks, no prefix, no comment. Anything else goes through a parser, the plain twin of the scan.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import IO, TypeAlias, cast

from lxml import etree

Place: TypeAlias = tuple[int, int]  # row and column of a sheet, from 0
Block: TypeAlias = tuple[int, int, int, int]  # first row and column, last row and column

_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})", re.ASCII)
_OPEN = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"')
_ERROR_BEFORE = re.compile(rb"\st=$")
_FAR = re.compile(rb'<c r="(?:([A-Z]{2,3})([0-9]{1,7})|[A-Z]([0-9]{6,7}))"')
_MERGED = re.compile(rb'<mergeCell ref="([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"')
_NOT_PLAIN = (b"<c>", b"<c/", b"<c\n", b"<c\r", b"<c\t")
_LETTERS, _ROWS_NEAR = 26, 99_999


@dataclass(slots=True)
class SheetScan:
    """Cells with a formula, cells whose value is an error, merged blocks; and bounds of how far the sheet reaches."""

    formulas: set[Place] = field(default_factory=set)
    errors: set[Place] = field(default_factory=set)
    merged: list[Block] = field(default_factory=list)
    rows: int = 0
    columns: int = 0
    cells: int = 0


class _NotPlain(Exception):
    """The XML is written in a way that the scan does not take."""


def scan_sheet(chunks: Iterable[bytes], again: Iterable[bytes]) -> SheetScan:
    """Scan the XML of a sheet, given in pieces; `again` gives them once more. Raises XMLSyntaxError when damaged."""
    try:
        return _quick(chunks)
    except _NotPlain:
        return parsed(again)


def _quick(chunks: Iterable[bytes]) -> SheetScan:
    scan = SheetScan()
    rest, first = b"", True
    for chunk in chunks:
        data = rest + chunk
        if first and len(data) > 4 and not data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
            raise _NotPlain
        first = False
        # Whole cells only: the last one may go on in the next piece.
        cut = max(data.rfind(b"<c "), data.rfind(b"</row"), data.rfind(b"<mergeCell "))
        cut = max(cut, 0)
        _look(data[:cut], scan)
        rest = data[cut:]
        if len(rest) > _LONGEST:
            raise _NotPlain
    _look(rest, scan)
    if not scan.cells:
        raise _NotPlain  # no cells at all, or by names with a prefix
    return scan


_LONGEST = 1 << 24


def _look(data: bytes, scan: SheetScan) -> None:
    cells = data.count(b"<c ")
    if cells != data.count(b'<c r="') or b"<!" in data or b"'e'" in data:
        raise _NotPlain
    if data.count(b"<c") != cells and any(mark in data for mark in _NOT_PLAIN):
        raise _NotPlain
    scan.cells += cells
    at = data.find(b"<f")
    while at >= 0:
        if data[at + 2 : at + 3] in (b" ", b"/", b">"):
            scan.formulas.add(_owner(data, at))
        at = data.find(b"<f", at + 2)
    at = data.find(b'"e"')
    while at >= 0:
        start = data.rfind(b"<", 0, at)
        if data.find(b">", start, at) < 0 and data.startswith(b"<c ", start):
            if _ERROR_BEFORE.search(data, start, at):
                scan.errors.add(_owner(data, at))
            elif data[start:at].rstrip().endswith(b"="):
                raise _NotPlain
        at = data.find(b'"e"', at + 1)
    _reach(data, scan)
    for first, row, last, to in _MERGED.findall(data):
        scan.merged.append((int(row) - 1, column_index(first.decode()), int(to) - 1, column_index(last.decode())))


def _owner(data: bytes, at: int) -> Place:
    """The cell that a place in the bytes belongs to."""
    hit = _OPEN.match(data, data.rfind(b"<c ", 0, at))
    if hit is None:
        raise _NotPlain
    return int(hit[2]) - 1, column_index(hit[1].decode("ascii"))


def _reach(data: bytes, scan: SheetScan) -> None:
    """A bound of rows and columns: exact beyond column Z and row 99,999."""
    if not scan.cells:
        return
    scan.rows, scan.columns = max(scan.rows, _ROWS_NEAR), max(scan.columns, _LETTERS)
    for letters, row, far_row in _FAR.findall(data):
        scan.rows = max(scan.rows, int(row or far_row))
        if letters:
            scan.columns = max(scan.columns, column_index(letters.decode("ascii")) + 1)


def exact_reach(chunks: Iterable[bytes]) -> tuple[int, int]:
    """Rows and columns that a sheet reaches, from every cell. Raises XMLSyntaxError when the XML is damaged."""
    scan = parsed(chunks)
    return scan.rows, scan.columns


def parsed(chunks: Iterable[bytes]) -> SheetScan:
    """The same by a parser. Raises XMLSyntaxError when the XML is damaged."""
    scan = SheetScan()
    stream = cast(IO[bytes], _Stream(chunks))
    for place, cell in _cells(stream, scan):
        scan.cells += 1
        scan.rows, scan.columns = max(scan.rows, place[0] + 1), max(scan.columns, place[1] + 1)
        if cell.get("t") == "e":
            scan.errors.add(place)
        if cell.find("{*}f") is not None:
            scan.formulas.add(place)
    return scan


class _Stream:
    """Pieces of bytes as a file to read from."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = chain(chunks)
        self._left = b""

    def read(self, size: int = -1) -> bytes:
        while not self._left and (more := next(self._chunks, b"")):
            self._left = more
        size = len(self._left) if size < 0 else size
        taken, self._left = self._left[:size], self._left[size:]
        return taken


def _cells(stream: IO[bytes], scan: SheetScan) -> Iterator[tuple[Place, etree._Element]]:
    """All cells with their place; a cell without reference stands right of the one before it."""
    row, column = -1, -1
    walk = etree.iterparse(
        stream, events=("start", "end"), tag=("{*}row", "{*}c", "{*}mergeCell"), resolve_entities=False, no_network=True
    )
    for event, element in walk:
        name = etree.QName(element).localname
        if name == "mergeCell":
            if event == "end" and (block := _block(element.get("ref") or "")):
                scan.merged.append(block)
        elif name == "row" and event == "start":
            number = element.get("r")
            row, column = (int(number) - 1 if number and number.isdigit() else row + 1), -1
        elif name == "row":
            element.clear()
        elif event == "end":
            hit = _REFERENCE.fullmatch(element.get("r") or "")
            column = column_index(hit[1]) if hit else column + 1
            yield (int(hit[2]) - 1 if hit else row, column), element


def _block(reference: str) -> Block | None:
    corners = [_REFERENCE.fullmatch(part) for part in reference.split(":")]
    if len(corners) != 2 or not all(corners):
        return None
    (first, last) = cast("list[re.Match[str]]", corners)
    return int(first[2]) - 1, column_index(first[1]), int(last[2]) - 1, column_index(last[1])


def column_index(letters: str) -> int:
    """The place of a column from 0: A is 0, AA is 26."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1
