"""Writing a pack: all of it or nothing, and never over something that is not a pack.

The pack is built in a hidden folder beside its place and swapped in by renaming. Whatever stops the
work (an error, Ctrl-C) puts the old pack back and removes what was being built; what a killed process
left behind is put right by the next run.
"""

from __future__ import annotations

import errno
import json
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

from casetrail.errors import OutputError

PACK_SCHEMA = "casetrail/pack/1"
PROVENANCE = "provenance.json"
ZIP_ROOT = "evidence-pack"
_EPOCH = (1980, 1, 1, 0, 0, 0)


def write_pack(files: Mapping[str, bytes], folder: Path) -> Path:
    """Write the files into the folder and a zip beside it; returns the path of the zip.

    Raises: OutputError when the place holds something else, cannot be written, is full, or has a file
    open in another program. Nothing is half-written then.
    """
    folder = folder.absolute()
    archive = zip_path(folder)
    building = folder.with_name(f".{folder.name}.building")
    old = folder.with_name(f".{folder.name}.old")
    try:
        _recover(folder, building, old)
        _refuse_foreign(folder, archive)
        folder.parent.mkdir(parents=True, exist_ok=True)
        _build(files, building)
        _swap(folder, archive, building, old)
    except OSError as fault:
        raise _explained(fault, folder) from fault
    finally:
        _remove(building)
        if folder.exists():
            _remove(old)
    return archive


def zip_path(folder: Path) -> Path:
    """Where the zip of a pack stands: beside the folder, under its name."""
    return folder.with_name(f"{folder.name}.zip")


def is_pack(provenance: bytes) -> bool:
    """Whether these bytes are the provenance file of a casetrail pack."""
    try:
        found = json.loads(provenance)
    except ValueError:
        return False
    return isinstance(found, dict) and found.get("schema") == PACK_SCHEMA


def _recover(folder: Path, building: Path, old: Path) -> None:
    """Put right what a killed process left: the old pack goes back if its place is empty."""
    if old.exists() and not folder.exists():
        old.replace(folder)
    _remove(building)
    _remove(old)


def _refuse_foreign(folder: Path, archive: Path) -> None:
    if folder.exists():
        if not folder.is_dir():
            raise OutputError(
                "The output folder is a file.", where=str(folder), todo="Name a folder that does not exist yet."
            )
        stamp = folder / PROVENANCE
        if any(folder.iterdir()) and not (stamp.is_file() and is_pack(stamp.read_bytes()) and not _strangers(folder)):
            raise OutputError(
                "The output folder holds files that casetrail did not write; they are left alone.",
                where=str(folder),
                todo="Name an empty folder, one that does not exist yet, or an earlier pack.",
            )
    if archive.exists() and not is_pack_zip(archive):
        raise OutputError(
            "A file with the name of the pack's zip exists and casetrail did not write it.",
            where=str(archive),
            todo="Move it away or choose another folder name.",
        )


def _strangers(folder: Path) -> bool:
    """True when an earlier pack's folder holds files that the pack does not list: replacing it would lose them."""
    listed = json.loads((folder / PROVENANCE).read_bytes()).get("files", {})
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    return bool(found - set(listed) - {PROVENANCE})


def is_pack_zip(archive: Path) -> bool:
    try:
        with zipfile.ZipFile(archive) as opened:
            return is_pack(opened.read(f"{ZIP_ROOT}/{PROVENANCE}"))
    except (zipfile.BadZipFile, KeyError):
        return False


def _build(files: Mapping[str, bytes], building: Path) -> None:
    for name in sorted(files):
        place = building / "pack" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(files[name])
    # Fixed times, owner and order: the same answers give the same bytes, so a stranger can compare hashes.
    with zipfile.ZipFile(building / "pack.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as opened:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{ZIP_ROOT}/{name}", _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            opened.writestr(entry, files[name])


def _swap(folder: Path, archive: Path, building: Path, old: Path) -> None:
    """Three renames; if any fails the earlier ones are undone."""
    had = folder.exists()
    try:
        if had:
            folder.replace(old)
        (building / "pack").replace(folder)
        (building / "pack.zip").replace(archive)
    except BaseException:
        if not (building / "pack").exists():
            folder.replace(building / "pack")
        if had and old.exists() and not folder.exists():
            old.replace(folder)
        raise


def _remove(path: Path) -> None:
    # A leftover that another program holds open is hidden and harmless; the next run removes it.
    shutil.rmtree(path, ignore_errors=True)


def _is_pack(folder: Path) -> bool:
    try:
        return (folder / PROVENANCE).is_file()
    except OSError:
        return False


def _explained(fault: OSError, folder: Path) -> OutputError:
    where = str(fault.filename or folder)
    still = " The earlier pack is still in place." if _is_pack(folder) else ""
    if isinstance(fault, PermissionError):
        return OutputError(
            "The evidence pack cannot be written: permission denied, or a file of it is open elsewhere.",
            where=where,
            todo="Close the pack in Excel, the browser and the file manager, or choose a folder you may write to.",
        )
    if fault.errno in {errno.ENOSPC, errno.EDQUOT}:
        return OutputError(
            "The evidence pack cannot be written: the disc is full.",
            where=where,
            todo=f"Free some space or choose a folder on another disc.{still}",
        )
    return OutputError(
        f"The evidence pack cannot be written: {fault.strerror or 'the system gave no reason'}.",
        where=where,
        todo=f"Choose another folder.{still}",
    )
