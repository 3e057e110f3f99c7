"""Read a return in XML: person by person, in a stream.

An element that the form does not know is noted with its line and count. Document types are refused: entities can
make a small file grow without bound.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from lxml import etree

from casetrail.errors import InputError
from casetrail.records.cells import Grid
from casetrail.records.files import PACKING_FAULTS, broken_packing, reading, unpacked
from casetrail.records.returns.forms import Form
from casetrail.records.returns.harvest import Element, Harvest, grid_of, local_name
from casetrail.records.xes import doctype_error, refuse_doctype

_MOST_BYTES = 1 << 32


@dataclass(frozen=True, slots=True)
class Grown:
    """The tables of an XML return, and plain sentences on what was met and not used."""

    grids: tuple[Grid, ...]
    notes: tuple[str, ...]


def read_tree(path: Path, form: Form) -> Grown:
    """Read all tables of a return in XML, packed by gzip or not.

    Memory is bounded by one person besides the cells kept. Raises InputError when the file is damaged or cut short,
    is of absurd size, declares a document type, or is no such return.
    """
    harvest = Harvest(form)
    with reading(path):
        if path.stat().st_size > _MOST_BYTES:
            raise InputError(
                "The file is larger than any such return.",
                where=path.name,
                todo="Check what it is; if it is right, send it in parts.",
                code="too_large",
            )
        try:
            with unpacked(path) as stream:
                refuse_doctype(stream, path)
            with unpacked(path) as stream:
                for unit in _units(stream, path, harvest):
                    harvest.take(unit)
        except PACKING_FAULTS:
            raise broken_packing(path, None) from None
    grids = tuple(
        grid_of(path, name, harvest) for name, rows in harvest.own.items() if rows or form.tables[name].required
    )
    return Grown(grids, tuple(f"{path.name}: {note}" for note in harvest.notes()))


def _units(stream: BinaryIO, path: Path, harvest: Harvest) -> Iterator[Element]:
    """Each person, and the head, once it is whole; what has been taken is let go."""
    form = harvest.form
    every = form.units == ("*",)
    walk = etree.iterparse(
        stream,
        events=("start", "end") if every else ("end",),
        tag=None if every else [f"{{*}}{unit}" for unit in form.units],
        resolve_entities=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
    )
    first = True
    try:
        for element in _whole(walk) if every else (found for _, found in walk):
            if first and element.getroottree().docinfo.internalDTD is not None:
                raise doctype_error(path)
            first = False
            yield element
            element.clear()
            above = element.getparent()
            while above is not None and above[0] is not element:
                if not every and local_name(above[0]) not in (*form.units, *form.groups):
                    harvest.unknown(above[0])
                del above[0]
    except etree.XMLSyntaxError as fault:
        raise InputError(
            "The XML is damaged or cut short. Nothing was taken from it.",
            where=f"{path.name}, line {fault.lineno}",
            todo="Copy or export the file again.",
            code="broken_xml",
        ) from None
    _check_root(cast("Element | None", walk.root), path, harvest)


def _whole(walk: etree.iterparse[tuple[str, Element]]) -> Iterator[Element]:
    """The children of the root, whatever they are called."""
    depth = 0
    for event, element in walk:
        depth += 1 if event == "start" else -1
        if event == "end" and depth == 1:
            yield element


def _check_root(root: Element | None, path: Path, harvest: Harvest) -> None:
    """The root must be that of the return; what is left in the tree belongs to no person and is noted."""
    form = harvest.form
    if root is not None and root.getroottree().docinfo.internalDTD is not None:
        raise doctype_error(path)
    if root is None or (form.roots and local_name(root) not in form.roots):
        raise InputError(
            f"This XML is no return of '{form.name}'.", where=path.name, todo="Check `format`.", code="not_this_return"
        )
    for element in root.iter("*"):
        name = local_name(element)
        if element is not root and name not in form.groups and name not in form.units and form.units != ("*",):
            above = element.getparent()
            if above is root or (above is not None and local_name(above) in form.groups):
                harvest.unknown(element)
