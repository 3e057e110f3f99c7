"""How a text file is written: its encoding, its line ends, its delimiter.

Nothing is sniffed from the records. The encoding is decided from every byte of the file, the delimiter from
the header and the mapping.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeAlias

from casetrail.errors import InputError
from casetrail.records.files import PACKING_FAULTS

Line: TypeAlias = str | bytes  # bytes: they are not text in the encoding

DELIMITERS = (",", ";", "\t", "|")
_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# The longest line: all cells of a sheet's width, well filled.
LINE_LIMIT = 1 << 24
_REPLACED = "\ufffd"
# Python knows codecs that are no encodings of text files; some of them make signs that no text has.
_TEXT_CODECS = ("utf-8", "utf-16", "utf-32", "cp", "iso8859", "ascii", "mac-")


@dataclass(frozen=True, slots=True)
class Encoding:
    """The encoding of a text file, how lines end, and what to tell about it."""

    name: str
    lone_cr: bool
    notes: tuple[str, ...]

    @property
    def by_line(self) -> bool:
        """Whether a line can be cut off before it is decoded."""
        return not self.name.startswith(("utf-16", "utf-32"))


@dataclass(slots=True)
class _Survey:
    lines: int = 0
    utf8: int = 0  # lines with signs beyond ASCII that are UTF-8
    other: int = 0  # lines that are not UTF-8
    nul: int = 0
    lone_cr: bool = False


def encoding_of(stream: BinaryIO, path: Path, declared: str | None) -> Encoding:
    """Decide the encoding from all bytes of the stream (which is read to its end).

    A file of UTF-8 with some lines that are not keeps UTF-8: those lines are set aside later. Only a file
    without any UTF-8 beyond ASCII is read as Windows-1252. Raises InputError for an unknown encoding and
    for UTF-16 without a byte-order mark.
    """
    head = stream.read(1 << 16)
    survey = _survey(stream, head, path)
    bom = next((name for mark, name in _BOMS if head.startswith(mark)), None)
    if declared:
        return Encoding(_declared(declared, bom, path), survey.lone_cr, ())
    if bom:
        return Encoding(bom, survey.lone_cr, ())
    if survey.nul * 10 > survey.lines:
        raise InputError(
            "The file holds NUL bytes: it is UTF-16 without a byte-order mark, or no text at all.",
            where=path.name,
            todo="Declare `encoding` (for example 'utf-16-le'), or save the file as UTF-8.",
            code="utf16_without_mark",
        )
    if survey.other and not survey.utf8:
        note = "The file is not UTF-8; it was read as Windows-1252. Declare `encoding` if that is wrong."
        return Encoding("cp1252", survey.lone_cr, (note,))
    return Encoding("utf-8", survey.lone_cr, ())


def _survey(stream: BinaryIO, head: bytes, path: Path) -> _Survey:
    found = _Survey(lone_cr=b"\n" not in head and b"\r" in head)
    rest = b""
    try:
        for chunk in _chunks(stream, head):
            end = chunk.rfind(b"\n") + 1
            _count(found, rest + chunk[:end] if end else b"")
            rest = chunk[end:] if end else rest + chunk
            if len(rest) > LINE_LIMIT and not found.lone_cr:
                raise _too_long(path)
    except PACKING_FAULTS:
        # The reader proper meets the damage again and can then say how many records came before it.
        pass
    _count(found, rest)
    return found


def _too_long(path: Path) -> InputError:
    return InputError(
        f"A line of the file is longer than {LINE_LIMIT // 1_000_000} million bytes: no table of records has such.",
        where=path.name,
        todo="Check what the file is, and export it again with a line for each record.",
        code="line_too_long",
    )


def _chunks(stream: BinaryIO, head: bytes) -> Iterator[bytes]:
    yield head
    while chunk := stream.read(1 << 20):
        yield chunk


def _count(found: _Survey, whole: bytes) -> None:
    """Count whole lines by what they hold."""
    if whole.isascii() and b"\0" not in whole:
        found.lines += whole.count(b"\n") + (bool(whole) and not whole.endswith(b"\n"))
        return
    lines = whole.removesuffix(b"\n").split(b"\n")
    found.lines += len(lines)
    for line in lines:
        found.nul += b"\0" in line
        if not line.isascii():
            try:
                line.decode("utf-8")
                found.utf8 += 1
            except UnicodeDecodeError:
                found.other += 1


def _declared(declared: str, bom: str | None, path: Path) -> str:
    try:
        name = codecs.lookup(declared).name
        if not name.startswith(_TEXT_CODECS):
            raise LookupError
    except LookupError:
        raise InputError(
            f"There is no encoding '{declared}'.",
            where=path.name,
            todo="Use utf-8, utf-16, cp1252 or iso8859-1.",
            code="unknown_encoding",
        ) from None
    return bom if bom and bom.removesuffix("-sig") == name else name


def lines_of(stream: BinaryIO, encoding: Encoding) -> Iterator[Line]:
    """The physical lines of a file without their ends; as bytes where those are not text."""
    if not encoding.by_line:
        yield from _decoded_whole(stream, encoding)
        return
    first = True
    for raw in _raw_lines(stream, encoding.lone_cr):
        name = encoding.name if first else encoding.name.removesuffix("-sig")
        first = False
        yield line_of(raw, name)


def line_of(raw: bytes, encoding: str) -> Line:
    """A line as text without its end; the bytes when they are no text in the encoding."""
    try:
        line = raw.decode(encoding)
    except UnicodeDecodeError:
        return raw
    return raw if "\0" in line else line.rstrip("\r\n")


def _raw_lines(stream: BinaryIO, lone_cr: bool) -> Iterator[bytes]:
    if not lone_cr:
        yield from stream
        return
    rest = b""
    for chunk in _chunks(stream, b""):
        *lines, rest = (rest + chunk).split(b"\r")
        yield from lines
    if rest:
        yield rest


def _decoded_whole(stream: BinaryIO, encoding: Encoding) -> Iterator[Line]:
    text = io.TextIOWrapper(stream, encoding=encoding.name, errors="replace", newline="\n")
    try:
        for line in text:
            broken = _REPLACED in line or "\0" in line
            yield line.encode("utf-8", "replace") if broken else line.rstrip("\r\n").removeprefix("\ufeff")
    except UnicodeError:
        raise InputError(
            f"The file is not {encoding.name}.",
            todo="Leave `encoding` out, so that it is told from the file, or declare the one it was saved with.",
            code="wrong_encoding",
        ) from None
    finally:
        text.detach()


def delimiter_of(header: str, path: Path, *, declared: str | None, mapped: Collection[str], tabbed: bool) -> str:
    """The delimiter: as declared, else the one that finds most mapped columns, else most cells.

    Raises InputError when a declared delimiter finds fewer mapped columns than another would.
    """
    wanted = set(mapped)

    def score(mark: str) -> tuple[int, int]:
        names = {name.strip().strip('"').strip() for name in header.split(mark)}
        return len(wanted & names), header.count(mark)

    candidates = ("\t", *DELIMITERS) if tabbed else DELIMITERS
    best = max(candidates, key=score)
    if declared is None:
        return best
    if len(declared) != 1 or declared in '"\r\n':
        raise InputError(
            "The delimiter must be one sign.", where=path.name, todo="Correct `delimiter`.", code="bad_delimiter"
        )
    if score(best)[0] > score(declared)[0]:
        raise InputError(
            f"With the declared delimiter, {score(declared)[0]} of the {len(wanted)} mapped columns are in the "
            f"header; with a {_NAMES[best]} it would be {score(best)[0]}.",
            where=path.name,
            todo=f"Declare delimiter = {best!r}, or leave it out.",
            code="wrong_delimiter",
        )
    return declared
