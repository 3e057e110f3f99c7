"""Find formulas and error values in the XML of a worksheet."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeAlias

from lxml import etree

from casetrail.errors import InputError

Place: TypeAlias = tuple[int, int]  # row and column of a sheet, from 0

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_OF_INTEREST = re.compile(rb"<(?:\w+:)?f[ />]|\bt\s*=\s*[\"']e[\"']")
_CHUNK = 1 << 20
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})", re.ASCII)


@dataclass(frozen=True, slots=True)
class SheetScan:
    """Cells with a formula and cells whose value is an error, as (row, column) counted from 0."""

    formulas: frozenset[Place]
    errors: frozenset[Place]


def scan_sheet(archive: zipfile.ZipFile, sheet: str, path: Path) -> SheetScan:
    """Scan one sheet, found by its name. Raises InputError when its XML is damaged or hostile."""
    try:
        member = _member(archive, sheet)
        if member is None:
            raise _damaged(path)
        with archive.open(member) as stream:
            if not _of_interest(stream):
                return SheetScan(frozenset(), frozenset())
        with archive.open(member) as stream:
            return _scan(stream)
    except etree.XMLSyntaxError:
        raise _damaged(path) from None


def _damaged(path: Path) -> InputError:
    return InputError(
        "The XML inside the workbook is damaged.",
        where=path.name,
        todo="Open it in Excel and save it again.",
        code="bad_workbook",
    )


def _of_interest(stream: IO[bytes]) -> bool:
    """A quick look over the bytes: most sheets have neither formulas nor errors."""
    rest = b""
    while chunk := stream.read(_CHUNK):
        if _OF_INTEREST.search(rest + chunk):
            return True
        rest = chunk[-64:]
    return False


def _member(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """The file inside the workbook that holds a sheet."""
    book = _tree(archive, "xl/workbook.xml")
    wanted = None
    for entry in book.iter("{*}sheet"):
        if entry.get("name") == sheet:
            wanted = entry.get(_RELATION) or entry.get(_STRICT_RELATION)
    for relation in _tree(archive, "xl/_rels/workbook.xml.rels").iter("{*}Relationship"):
        if wanted and relation.get("Id") == wanted:
            target = relation.get("Target") or ""
            return target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
    return None


def _tree(archive: zipfile.ZipFile, member: str) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return etree.fromstring(archive.read(member), parser)


def _scan(stream: IO[bytes]) -> SheetScan:
    formulas: set[Place] = set()
    errors: set[Place] = set()
    for place, cell in _cells(stream):
        if cell.get("t") == "e":
            errors.add(place)
        if cell.find("{*}f") is not None:
            formulas.add(place)
    return SheetScan(frozenset(formulas), frozenset(errors))


def _cells(stream: IO[bytes]) -> Iterator[tuple[Place, etree._Element]]:
    """All cells with their place; a cell without reference stands right of the one before it."""
    row, column = -1, -1
    walk = etree.iterparse(
        stream, events=("start", "end"), tag=("{*}row", "{*}c"), resolve_entities=False, no_network=True
    )
    for event, element in walk:
        is_row = etree.QName(element).localname == "row"
        if is_row and event == "start":
            number = element.get("r")
            row, column = (int(number) - 1 if number and number.isdigit() else row + 1), -1
        elif is_row:
            element.clear()
        elif event == "end":
            hit = _REFERENCE.fullmatch(element.get("r") or "")
            column = _column_index(hit[1]) if hit else column + 1
            yield (int(hit[2]) - 1 if hit else row, column), element


def _column_index(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1
