"""Zip archives at the door: what may be in one, and its bytes within bounds.

A workbook is such an archive too. Nothing is ever written to a place that an archive names: members are read as
streams. Still a member with a path that leads elsewhere is refused: whoever made it meant harm, or it is damaged.
"""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from casetrail.errors import InputError
from casetrail.records.files import PACKING_FAULTS, most_unpacked, too_large

MOST_MEMBERS = 10_000
_CHUNK = 1 << 20
_LOCAL = struct.Struct("<4s22xHH")
_ENCRYPTED = 0x1


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive whose directory was looked at. `members` are its files, in their own order."""

    path: Path
    what: str
    members: Sequence[zipfile.ZipInfo]

    def chunks(self, member: zipfile.ZipInfo) -> Iterator[bytes]:
        """The bytes of a member, piece by piece. Raises InputError when they are damaged or not as declared."""
        with self.path.open("rb") as file:
            try:
                yield from _unpacked(file, member, self)
            except (struct.error, *PACKING_FAULTS):
                raise damaged(self) from None


def open_archive(path: Path, what: str) -> Archive:
    """Look at the directory of a zip archive. `what` it should be, in words: "workbook" or "archive".

    Raises InputError when it is none, has members that are encrypted, packed in unknown ways, named twice, links or
    with paths that lead elsewhere, or when it claims to unpack beyond reason.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error):
        raise InputError(
            f"The file is not {'a workbook' if what == 'workbook' else 'an archive'}, is damaged, or is protected by a "
            "password.",
            where=path.name,
            todo="Save it as .xlsx without a password." if what == "workbook" else "Pack it again as .zip.",
            code="bad_workbook" if what == "workbook" else "bad_archive",
        ) from None
    found = Archive(path, what, [entry for entry in entries if not entry.filename.endswith("/")])
    if not all(entry.filename for entry in entries):
        raise damaged(found)
    _check_sizes(entries, found)
    _check_names(entries, found)
    return found


def damaged(archive: Archive) -> InputError:
    """The error for an archive that cannot be unpacked."""
    workbook = archive.what == "workbook"
    return InputError(
        "The workbook is damaged or protected by a password." if workbook else "The archive is damaged.",
        where=archive.path.name,
        todo="Open it in Excel and save it as .xlsx without a password." if workbook else "Pack it again as .zip.",
        code="bad_workbook" if workbook else "bad_archive",
    )


def _refused(archive: Archive, why: str, code: str) -> InputError:
    return InputError(
        f"The {archive.what} {why}.",
        where=archive.path.name,
        todo="Open it in Excel and save it anew."
        if archive.what == "workbook"
        else "Pack the files anew, flat, as .zip.",
        code=code,
    )


def _check_sizes(entries: Sequence[zipfile.ZipInfo], archive: Archive) -> None:
    if len(entries) > MOST_MEMBERS:
        raise _refused(archive, f"holds more than {MOST_MEMBERS:,} members", "too_many_members")
    for entry in entries:
        if entry.flag_bits & _ENCRYPTED:
            raise _refused(archive, "is protected by a password", _bad(archive, "encrypted_archive"))
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or entry.create_version > _NEWEST:
            raise damaged(archive)
    if sum(entry.file_size for entry in entries) > most_unpacked(archive.path):
        raise too_large(archive.path)
    ends = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < ends:
            raise _refused(
                archive, "has members that lie over each other, as in one made to exhaust a machine", "packing_bomb"
            )
        ends = entry.header_offset + _LOCAL.size + entry.compress_size


# The version of the archive format that a member may ask for: 6.3 is the last there is.
_NEWEST = 63


def _bad(archive: Archive, code: str) -> str:
    return "bad_workbook" if archive.what == "workbook" else code


def _check_names(entries: Sequence[zipfile.ZipInfo], archive: Archive) -> None:
    seen: set[str] = set()
    for entry in entries:
        name = entry.orig_filename
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise _refused(archive, "holds a link to another place", "unsafe_archive")
        if unsafe(name):
            raise _refused(archive, "holds a member whose path leads out of it", "unsafe_archive")
        if (folded := name.casefold()) in seen:
            raise _refused(archive, "holds two members of one name", "unsafe_archive")
        seen.add(folded)


def unsafe(name: str) -> bool:
    """Whether the name of a member is a path to elsewhere: absolute, with a drive, going up, or with control signs."""
    parts = name.replace("\\", "/").split("/")
    return name.startswith(("/", "\\")) or ".." in parts or ":" in name or any(sign < " " for sign in name)


def _unpacked(file: BinaryIO, member: zipfile.ZipInfo, archive: Archive) -> Iterator[bytes]:
    """Unpack by hand: libraries stop at the size that a member declares, whatever is really in it."""
    file.seek(member.header_offset)
    mark, name, extra = _LOCAL.unpack(file.read(_LOCAL.size))
    if mark != b"PK\3\4":
        raise damaged(archive)
    file.seek(name + extra, 1)
    packed, seen, check = member.compress_size, 0, 0
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS) if member.compress_type == zipfile.ZIP_DEFLATED else None
    waiting = b""
    while packed or waiting:
        if not waiting:
            waiting = file.read(min(packed, _CHUNK))
            packed -= len(waiting)
            if not waiting:
                raise damaged(archive)
        if unpacker is None:
            chunk, waiting = waiting, b""
        else:
            chunk = unpacker.decompress(waiting, _CHUNK)
            waiting = unpacker.unconsumed_tail
            if unpacker.eof:
                packed, waiting = 0, b""
        seen += len(chunk)
        if seen > member.file_size:
            raise too_large(archive.path)
        check = zlib.crc32(chunk, check)
        if chunk:
            yield chunk
    if seen != member.file_size or check != member.CRC or (unpacker is not None and not unpacker.eof):
        raise damaged(archive)
