"""Archives as sources: what is in a zip, unpacked into a private folder for as long as it is read.

The folder has a lock beside it that a killed process lets go, so that the next start tells what was left from what
another run is reading.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from casetrail.errors import CasetrailError, InputError, OutputError
from casetrail.records.archives import Archive, open_archive
from casetrail.records.cells import plural
from casetrail.records.files import reading
from casetrail.store.engine import exclusive, is_in_use

ENDING = ".zip"
_PREFIX = "casetrail-unpacked-"
_LOCK = ".lock"
_READ = (".csv", ".tsv", ".txt", ".xml", ".xlsx", ".xlsm", ".parquet", ".pq", ".xes")
_NESTED = (".zip", ".gz", ".tgz", ".tar", ".7z", ".rar", ".bz2", ".xz", ".zst")
_NESTED_MARKS = (b"PK\3\4", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")
_WORKBOOKS = (".xlsx", ".xlsm")
# Names that Windows keeps for devices, whatever ending they have; and signs that no file there may have.
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
_NO_SIGNS = '<>"|?*'
_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Inside:
    """What is in an archive: `path` is its one file, or the folder of its files; `members` are their names.

    `notes` say what was taken out and what was left.
    """

    path: Path
    members: Sequence[str]
    notes: tuple[str, ...]


def is_archive(path: Path) -> bool:
    """Whether a source is an archive to be unpacked, told by its ending."""
    return path.name.lower().endswith(ENDING) and not path.is_dir()


@contextlib.contextmanager
def unpacked_archive(path: Path, room: Path | None = None) -> Iterator[Inside]:
    """The files of a zip archive for as long as they are read; afterwards they are gone, whatever happens.

    `room` is the folder in which the private folder is made; None: that of the system for what is temporary. What
    killed runs left there goes first. An error raised within names the archive before the file in it.

    Raises InputError for an archive that is unsafe or damaged, holds another archive, two files of one name, or no
    file that can be read; OutputError when there is no space.
    """
    sweep(room)
    with reading(path):
        archive = open_archive(path, "archive")
    chosen, notes = _chosen(archive)
    with _private(room) as private:
        folder = private / path.name
        with _told_of(path, folder, tuple(chosen)):
            _write(archive, chosen, folder)
            inner = folder / next(iter(chosen)) if len(chosen) == 1 else folder
            yield Inside(inner, tuple(chosen), notes)


def sweep(room: Path | None = None) -> None:
    """Remove what runs that were killed left unpacked; what a living run holds stays."""
    base = Path(tempfile.gettempdir()) if room is None else room
    with contextlib.suppress(OSError):
        for left in base.glob(f"{_PREFIX}*"):
            lock = left.with_name(left.name + _LOCK)
            if left.name.endswith(_LOCK) or left.is_symlink() or not _own(left) or (lock.exists() and is_in_use(lock)):
                continue
            shutil.rmtree(left, ignore_errors=True)
            with contextlib.suppress(OSError):
                lock.unlink(missing_ok=True)
        if room is not None:
            room.rmdir()


def _own(path: Path) -> bool:
    """Whether the folder is of the user who runs this: in a shared folder others have theirs."""
    user = getattr(os, "getuid", None)
    return path.is_dir() and (user is None or path.stat().st_uid == user())


@contextlib.contextmanager
def _private(room: Path | None) -> Iterator[Path]:
    base = Path(tempfile.gettempdir()) if room is None else room
    folder = base / f"{_PREFIX}{secrets.token_hex(12)}"
    lock = folder.with_name(folder.name + _LOCK)
    try:
        base.mkdir(parents=True, exist_ok=True)
        # The lock is held before the folder is there, so that no other run takes it for a left one.
        with exclusive(lock):
            try:
                with _writing(folder):
                    folder.mkdir(mode=0o700)
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)
    finally:
        with contextlib.suppress(OSError):
            lock.unlink(missing_ok=True)
            if room is not None:
                room.rmdir()


def _chosen(archive: Archive) -> tuple[dict[str, zipfile.ZipInfo], tuple[str, ...]]:
    """The members to read by the plain names they get, and sentences on them and on the others."""
    chosen: dict[str, zipfile.ZipInfo] = {}
    left: list[str] = []
    for member in archive.members:
        *folders, base = member.filename.replace("\\", "/").split("/")
        if "__MACOSX" in folders or base.startswith((".", "~$")):
            continue
        name = visible(base)
        if base.lower().endswith(_NESTED):
            raise _nested(archive, name)
        if base == "[Content_Types].xml":
            raise _refused(archive, "is a workbook under the name of an archive", "Give it the ending .xlsx.")
        if not base.lower().endswith(_READ):
            left.append(name)
            continue
        if _unfit(name):
            raise _refused(archive, "holds a file whose name cannot stand on every system", "Rename it and pack anew.")
        if name.casefold() in {other.casefold() for other in chosen}:
            raise _refused(archive, f"holds two files named '{name}', in different folders", "Pack one return only.")
        chosen[name] = member
    if not chosen:
        raise InputError(
            "The archive holds no file that can be read.",
            where=archive.path.name,
            todo="It may hold CSV, XML, .xlsx, Parquet or XES files.",
            code="nothing_in_archive",
        )
    notes = [f"{archive.path.name}: {plural(len(chosen), 'file')} read out of the archive."]
    notes += [f"{archive.path.name} / {name}: of a kind that is not read." for name in left]
    return chosen, tuple(notes)


def visible(name: str) -> str:
    """The name of a member with signs that cannot be seen, or turn the direction of writing, spelt out."""
    hidden = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
    return "".join(f"[U+{ord(sign):04X}]" if unicodedata.category(sign) in hidden else sign for sign in name)


def _unfit(name: str) -> bool:
    stem = name.partition(".")[0].strip().casefold()
    too_long = len(name.encode("utf-8", "replace")) > _LONGEST_NAME
    return too_long or stem in _DEVICES or name.endswith((" ", ".")) or any(sign in name for sign in _NO_SIGNS)


def _write(archive: Archive, chosen: dict[str, zipfile.ZipInfo], folder: Path) -> None:
    with _writing(folder):
        folder.mkdir()
    for name, member in chosen.items():
        # A new file only: what stands there already, a link for one, is none that this run made.
        with _writing(folder), (folder / name).open("xb") as file:
            first = True
            for chunk in archive.chunks(member):
                if first and chunk.startswith(_NESTED_MARKS) and not name.lower().endswith(_WORKBOOKS):
                    raise _nested(archive, name)
                first = False
                file.write(chunk)


@contextlib.contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as failure:
        full = failure.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
        raise OutputError(
            "The disc is full." if full else f"The archive cannot be unpacked ({type(failure).__name__}).",
            where=folder.name,
            todo="Free some space and run again, or unpack it by hand and give the unpacked files.",
            code="disc_full" if full else "not_written",
        ) from None


@contextlib.contextmanager
def _told_of(path: Path, folder: Path, members: Sequence[str]) -> Iterator[None]:
    """Errors about a file in the archive name the archive before it, and never the private folder."""
    try:
        yield
    except CasetrailError as fault:
        where = fault.where.replace(f"{folder}{os.sep}", f"{path.name} / ").replace(str(folder), path.name)
        fault.where = labelled(where, path.name, members)
        raise


def labelled(place: str, archive: str, members: Sequence[str]) -> str:
    """A place that begins with a file of the archive, with the archive before it; any other as it is."""
    if any(place == name or place.startswith((f"{name},", f"{name}:")) for name in members):
        return f"{archive} / {place}"
    return place


def _nested(archive: Archive, name: str) -> InputError:
    return InputError(
        "The archive holds another archive, or a file that is packed once more.",
        where=f"{archive.path.name} / {name}",
        todo="Unpack that one first, and pack its files flat.",
        code="nested_archive",
    )


def _refused(archive: Archive, why: str, todo: str) -> InputError:
    return InputError(f"The archive {why}.", where=archive.path.name, todo=todo, code="unsafe_archive")
