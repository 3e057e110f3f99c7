"""Read CSV and its kin as they are: text cells, true line numbers, broken records set aside one by one.

A record that does not come out whole costs its first physical line; reading goes on with the next.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import cast

import numpy as np

from casetrail.errors import InputError
from casetrail.records.cells import PROGRESS_EVERY, Coded, ColumnBuilder, Grid, Places, Progress, plural
from casetrail.records.dialect import delimiter_of, encoding_of, lines_of
from casetrail.records.faults import Fault
from casetrail.records.files import PACKING_FAULTS, broken_packing, reading, unpacked
from casetrail.records.lines import Lines, Record, records
from casetrail.records.pieces import Piece, Pieces, can_be_quick

# What a sheet of a spreadsheet can have.
MOST_COLUMNS = 16_384
_COLUMNS_AT_A_TIME = 2
_EXCEL_HINT = re.compile(r'"?sep=(.)"?', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Dialect:
    """What the inquiry says about a text file; None: decide from the file."""

    delimiter: str | None = None
    encoding: str | None = None


def _header(lines: Lines, path: Path, dialect: Dialect, mapped: Collection[str]) -> tuple[list[str], str]:
    """The names of the columns, and the delimiter."""
    while (first := next(lines.peek(1), "")) == "" and next(lines.peek(1), None) is not None:
        lines.drop(1)
    if not first or isinstance(first, bytes):
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
        line = next(lines.peek(1), "")
        first = "" if isinstance(line, bytes) else line
    tabbed = path.name.lower().removesuffix(".gz").endswith(".tsv")
    delimiter = delimiter_of(first, path, declared=declared, mapped=mapped, tabbed=tabbed)
    record = next(records(lines, delimiter, 0), Record(lines.number, blank=True))
    if record.code or record.blank:
        raise InputError(
            "The header cannot be read: a quotation mark in it is not closed, or all its names are blank.",
            where=f"{path.name}, line {record.line}",
            todo="Correct the first line of the file.",
            code="no_header",
        )
    names = [name.strip() for name in record.cells]
    if len(names) > MOST_COLUMNS:
        raise too_wide(len(names), path)
    check_names(names, path.name, mapped)
    return names, delimiter


def too_wide(columns: int, path: Path) -> InputError:
    """The error for more columns than a sheet of a spreadsheet has."""
    return InputError(
        f"The header has {columns:,} columns; no table of records has more than {MOST_COLUMNS:,}.",
        where=path.name,
        todo="Check what the file is, and its delimiter.",
        code="too_many_columns",
    )


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
        self._record: list[Places] = []
        self._line: list[Places] = []
        self._lines_of_batch: list[tuple[int, int]] = []
        self.broken: list[Fault] = []
        self.raw: dict[int, str] = {}
        self.blank = 0
        self.count = 0

    @property
    def kept(self) -> list[int]:
        """The places of the columns kept."""
        return [at for at, _ in self._kept.values()]

    def take(self, record: Record) -> None:
        """Add one record, good, broken or blank."""
        if record.blank:
            self.blank += 1
            return
        self.count += 1
        if record.code:
            self.broken.append(Fault(self.count, record.code, record.line))
            self.raw[self.count] = record.raw
            return
        self._lines_of_batch.append((self.count, record.line))
        self._batch.append(record.cells)
        if len(self._batch) >= PROGRESS_EVERY:
            self._pack()

    def take_piece(self, piece: Piece) -> None:
        """Add many good records at once."""
        self._pack()
        count = len(piece.line)
        self._record.append(np.arange(self.count + 1, self.count + count + 1, dtype=np.int64))
        self._line.append(piece.line)
        for (_, builder), cells in zip(self._kept.values(), piece.columns, strict=False):
            builder.add(cells)
        self.count += count

    def _pack(self) -> None:
        if not self._batch:
            return
        for at, builder in self._kept.values():
            builder.extend([cells[at] for cells in self._batch])
        placed = np.array(self._lines_of_batch, dtype=np.int64)
        self._record.append(placed[:, 0])
        self._line.append(placed[:, 1])
        self._batch, self._lines_of_batch = [], []

    def notes(self) -> list[str]:
        """What was passed over."""
        if not self.blank:
            return []
        return [f"{plural(self.blank, 'line')} without any content: passed over, not counted as records."]

    def columns(self) -> dict[str, Coded]:
        """The columns kept, by name."""
        self._pack()
        # Arrow lets go of the interpreter, so that two columns can be put into codes at a time.
        with ThreadPoolExecutor(_COLUMNS_AT_A_TIME) as pool:
            made = pool.map(ColumnBuilder.finish, [builder for _, builder in self._kept.values()])
            return dict(zip(self._kept, made, strict=True))

    def places(self) -> tuple[Places, Places]:
        """Number and first line of each record kept."""
        self._pack()
        none = np.zeros(0, dtype=np.int64)
        return np.concatenate([none, *self._record]), np.concatenate([none, *self._line])


def read_head(path: Path, dialect: Dialect) -> list[str]:
    """The names of the columns alone. Raises InputError as `read_delimited` does."""
    with reading(path):
        with unpacked(path) as stream:
            encoding = encoding_of(stream, path, dialect.encoding)
        with unpacked(path) as stream:
            return _header(Lines(lines_of(stream, encoding)), path, dialect, ())[0]


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
                lines = Lines(lines_of(stream, encoding))
                header, delimiter = _header(lines, path, dialect, mapped)
                body = _Body(header, wanted)
                quick = can_be_quick(encoding, delimiter)
                if not quick:
                    _take_all(records(lines, delimiter, len(header)), body, progress)
            if quick:
                with unpacked(path) as stream:
                    pieces = Pieces(
                        cast(BufferedReader, stream), encoding, delimiter, width=len(header), kept=body.kept
                    )
                    pieces.skip(lines.number - 1)
                    _take_all(pieces.read(), body, progress)
        except PACKING_FAULTS:
            raise broken_packing(path, body.count) from None
    record, line = body.places()
    return Grid(
        file=path.name,
        format="csv",
        columns=body.columns(),
        names=tuple(header),
        record=record,
        line=line,
        broken=tuple(body.broken),
        raw=body.raw,
        notes=(*encoding.notes, *body.notes()),
        encoding=encoding.name,
        delimiter=delimiter,
    )


def _take_all(found: Iterator[Piece | Record], body: _Body, progress: Progress | None) -> None:
    told = 0
    for some in found:
        if isinstance(some, Record):
            body.take(some)
        else:
            body.take_piece(some)
        if progress and body.count - told >= PROGRESS_EVERY:
            told = body.count - body.count % PROGRESS_EVERY
            progress(told)
