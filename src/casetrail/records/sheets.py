"""A workbook opened once: its sheets as rows of cells, and what the XML of each says beside them.

The workbook library takes a sheet at its word and unpacks whatever there is, so everything in the archive is measured
first.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zipfile import ZipInfo

from lxml import etree
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from casetrail.errors import InputError
from casetrail.records.archives import Archive, damaged, open_archive
from casetrail.records.cells import plural
from casetrail.records.files import PACKING_FAULTS, reading
from casetrail.records.sheetxml import SheetScan, exact_reach, scan_sheet

Cell = int | float | str | bool | time | date | datetime | timedelta
Rows = list[list[Cell]]

# What the workbook library raises for what it cannot read.
_FAULTS = (CalamineError, KeyError, RuntimeError, etree.XMLSyntaxError, *PACKING_FAULTS)
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
# The library holds a sheet as one block up to its last row and column: a stray cell far off fills the memory.
_MOST_CELLS = 30_000_000
_SPARSE = 50
_DIRECTORY_BYTES = 1 << 24
_DOCTYPES = tuple("<!DOCTYPE".encode(name) for name in ("utf-8", "utf-16-le", "utf-16-be"))


@dataclass(slots=True)
class Workbook:
    """An open workbook. `names` are its worksheets in order; `hidden` those of them that a reader does not see."""

    path: Path
    names: tuple[str, ...]
    hidden: frozenset[str]
    _book: CalamineWorkbook
    _archive: Archive
    _members: dict[str, str]
    _scans: dict[str, SheetScan] = field(default_factory=dict)

    def rows(self, name: str, *, first: int | None = None) -> Rows:
        """All rows of a sheet, or the first so many. Raises InputError when it is damaged or of absurd size."""
        self.scan(name)
        with _told(self._archive):
            return self._book.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=first)

    def scan(self, name: str) -> SheetScan:
        """What the XML of a sheet says. Raises InputError when it is damaged or the sheet is of absurd size."""
        if name not in self._scans:
            self._scans[name] = self._scan(name)
        return self._scans[name]

    def _scan(self, name: str) -> SheetScan:
        member = next((one for one in self._archive.members if one.filename == self._members.get(name)), None)
        if member is None:
            raise damaged(self._archive)
        with _told(self._archive):
            scan = scan_sheet(_pieces(self._archive, member), _pieces(self._archive, member))
            if _absurd(scan):
                scan.rows, scan.columns = exact_reach(_pieces(self._archive, member))
        if _absurd(scan):
            raise InputError(
                f"A sheet reaches to row {scan.rows:,} and column {scan.columns:,} with only "
                f"{plural(scan.cells, 'cell')}.",
                where=f"{self.path.name}, sheet '{name}'",
                todo="Delete the stray cells far from the others, and save the workbook.",
                code="sheet_too_sparse",
            )
        return scan

    def notes(self, name: str) -> list[str]:
        """Plain sentences on what the workbook has beside cells, all of it passed over."""
        held = [member.filename for member in self._archive.members]
        told = ["The sheet is hidden in the workbook."] if name in self.hidden else []
        if any(one.endswith("vbaProject.bin") for one in held):
            told.append("The workbook holds macros: they were neither run nor read.")
        if any(one.startswith("xl/externalLinks/") for one in held):
            told.append("The workbook has links to other workbooks: none was followed; values last stored were used.")
        return told


def _absurd(scan: SheetScan) -> bool:
    return scan.rows * scan.columns > max(_MOST_CELLS, _SPARSE * scan.cells)


@contextmanager
def opened(path: Path) -> Iterator[Workbook]:
    """Open a workbook. Raises InputError when it is none, is damaged, or unpacks beyond reason."""
    with reading(path):
        archive = open_archive(path, "workbook")
        with _told(archive):
            members = _sheet_members(archive)
            sheets = set(members.values())
            for member in archive.members:
                # The library unpacks whatever there is; here it stops at what the directory says.
                if member.filename not in sheets:
                    for _ in _pieces(archive, member):
                        pass
            with CalamineWorkbook.from_path(path) as book:
                found = [meta for meta in book.sheets_metadata if meta.typ == SheetTypeEnum.WorkSheet]
                hidden = frozenset(meta.name for meta in found if meta.visible != SheetVisibleEnum.Visible)
                yield Workbook(path, tuple(meta.name for meta in found), hidden, book, archive, members)


@contextmanager
def _told(archive: Archive) -> Iterator[None]:
    """What the libraries raise, in our own words and without a value."""
    try:
        yield
    except _FAULTS:
        raise damaged(archive) from None


def _sheet_members(archive: Archive) -> dict[str, str]:
    """The file inside the workbook that holds each sheet."""
    targets: dict[str, str] = {}
    for relation in _tree(archive, "xl/_rels/workbook.xml.rels").iter("{*}Relationship"):
        target = relation.get("Target") or ""
        place = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
        targets[relation.get("Id") or ""] = place
    found = {}
    for entry in _tree(archive, "xl/workbook.xml").iter("{*}sheet"):
        inside = targets.get(entry.get(_RELATION) or entry.get(_STRICT_RELATION) or "")
        if inside:
            found[entry.get("name") or ""] = inside
    return found


def _pieces(archive: Archive, member: ZipInfo) -> Iterator[bytes]:
    """The bytes of a member. Raises InputError when it declares a document type, which no workbook may."""
    first = True
    for chunk in archive.chunks(member):
        if first and any(mark in chunk for mark in _DOCTYPES) and member.filename.endswith((".xml", ".rels")):
            raise damaged(archive)
        first = False
        yield chunk


def _tree(archive: Archive, name: str) -> etree._Element:
    member = next((one for one in archive.members if one.filename == name), None)
    if member is None or member.file_size > _DIRECTORY_BYTES:
        raise damaged(archive)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return etree.fromstring(b"".join(_pieces(archive, member)), parser)
