"""A dry look at a file of any kind, packed as an archive or not: a return where it is one, else a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TypeAlias

from casetrail.records.enclosed import several
from casetrail.records.files import sha256_of
from casetrail.records.inspection import Inspection, inspect
from casetrail.records.returns import ReturnLook, look_at_return, recognised
from casetrail.records.unpacking import Inside, is_archive, labelled, unpacked_archive

Look: TypeAlias = Inspection | ReturnLook


def look(path: Path, *, as_of: date) -> Look:
    """Look at a file, folder or archive. Stores nothing. Raises InputError when it cannot be read at all."""
    return within(path, lambda inner: _look(inner, as_of))


def within(path: Path, looking: Callable[[Path], Look]) -> Look:
    """What `looking` sees of a file, or of what is in it where it is an archive, by its places in that."""
    if not is_archive(path):
        return looking(path)
    with unpacked_archive(path) as inside:
        if inside.path.is_dir() and recognised(inside.path) is None:
            raise several(path.name, len(inside.members))
        return _told(looking(inside.path), path, inside)


def _look(path: Path, as_of: date) -> Look:
    name = recognised(path)
    return inspect(path, as_of=as_of) if name is None else look_at_return(path, name, as_of=as_of)


def _told(found: Look, path: Path, inside: Inside) -> Look:
    def place(text: str) -> str:
        return labelled(text, path.name, inside.members)

    digest = sha256_of(path)
    notes = (*inside.notes, *map(place, found.notes))
    if isinstance(found, Inspection):
        return replace(found, file=place(found.file), sha256=digest, notes=notes)
    return replace(
        found,
        file=path.name,
        sha256=digest,
        notes=notes,
        tables=tuple(replace(table, file=place(table.file)) for table in found.tables),
        findings=tuple(replace(finding, first=place(finding.first)) for finding in found.findings),
    )
