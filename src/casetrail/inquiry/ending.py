"""The end of retention: remove every file casetrail wrote for an inquiry, and no other."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from casetrail.errors import CasetrailError, InquiryError
from casetrail.inquiry.auditing import is_worklist
from casetrail.inquiry.parse import places, title_of
from casetrail.inquiry.quarantine_kept import MENDED, QUARANTINE
from casetrail.inquiry.quarantine_sheet import is_quarantine
from casetrail.inquiry.work_folder import STAMP, WorkFolder, is_pack_folder
from casetrail.inquiry.work_owner import refuse_another
from casetrail.publish.folder import PROVENANCE, is_pack_zip
from casetrail.records.unpacking import sweep
from casetrail.records.vault import Vault
from casetrail.store import exclusive

_LOG = "casetrail.log"
_IN_WORK = (
    STAMP,
    "sources.json",
    "quarantine.csv",
    "findings.csv",
    "views.jsonl",
    f"vault/{QUARANTINE}",
    f"vault/{MENDED}",
    "vault/pseudonym.key",
)
_ALWAYS = (
    "Your own files stay: the extracts that were read, the inquiry file, and any copy or backup of what casetrail "
    "wrote.",
)
_KEY_FILE = (
    "The key file of the vault is yours and stays. What was deleted was encrypted: destroy the key file, and no "
    "copy of the vault, in a backup or on the disc itself, can be opened again."
)
_IN_SNAPSHOTS = (
    "*.duckdb",
    "*.making",
    "*.making.wal",
    "*.wal",
    "*.lock",
    "*.pointer.json",
    "*.pointer.new",
    "spill-*/*",
)


@dataclass(frozen=True, slots=True)
class Purged:
    """How many files went, which could not be removed, and how many that casetrail did not write were left.

    `identities` is of how many sources the vault held who persons are; `remains` says what no purge can reach.
    """

    removed: int
    stuck: tuple[Path, ...]
    strangers: int
    identities: int = 0
    remains: tuple[str, ...] = ()


def purge(file: Path) -> Purged:
    """Remove keys, snapshots, tables, logs and packs of an inquiry; files that casetrail did not write stay.

    Works on an inquiry whose time is over or whose sources have gone. Raises InquiryError when nothing
    was ever written, OutputError when the work folder is another inquiry's.
    """
    root, _ = places(file)
    work = WorkFolder(root)
    if not work.is_prepared:
        raise InquiryError(
            "casetrail has written nothing for this inquiry, or it was purged before.", where=str(root), code="nothing"
        )
    refuse_another(work, file, title_of(file))
    noted = work.written_elsewhere()
    identities, remains = _of_vault(work)
    folders = [root, *(path for path in noted if path.is_dir())]
    with exclusive(work.lock_file):
        sweep(work.unpacked)
        removed, stuck = _remove(noted, root)
    work.lock_file.unlink(missing_ok=True)
    for folder in folders:
        _remove_empty(folder)
    strangers = sum(1 for folder in folders for path in folder.rglob("*") if path.is_file() and path not in stuck)
    return Purged(removed, tuple(stuck), strangers, identities, remains)


def _of_vault(work: WorkFolder) -> tuple[int, tuple[str, ...]]:
    """Of how many sources the vault holds something, and what stays after it has gone."""
    vault = Vault(work.vault_folder, "")
    if not any(vault.files()):
        return 0, _ALWAYS
    try:
        return len(vault.listed()), (*_ALWAYS, _KEY_FILE)
    except CasetrailError:
        # A list that cannot be read any more must not keep the rest from going.
        return len(list(work.vault_folder.glob("*.age"))), (*_ALWAYS, _KEY_FILE)


def _remove(noted: tuple[Path, ...], root: Path) -> tuple[int, list[Path]]:
    removed, stuck = 0, []
    # The stamp goes last: a purge that was stopped can be run again.
    own = [*(path for place in noted for path in _of_place(place)), *reversed(list(_of_work(root)))]
    for path in own:
        try:
            path.unlink()
            removed += 1
        except FileNotFoundError:
            continue
        except OSError:
            stuck.append(path)
    return removed, stuck


def _of_work(root: Path) -> Iterator[Path]:
    yield from (root / name for name in _IN_WORK if (root / name).is_file())
    yield from root.glob("reconciled-*.csv")
    # Left by a run that was killed while it wrote one of these.
    yield from root.glob("reconciled-*.csv.*.new")
    yield from (path for name in _IN_WORK for path in root.glob(f"{name}.*.new"))
    yield from Vault(root / "vault", "").files()
    for pattern in _IN_SNAPSHOTS:
        yield from (path for path in (root / "snapshots").glob(pattern) if path.is_file())


def _of_place(place: Path) -> Iterator[Path]:
    """Files of a pack, or one file that casetrail wrote; a noted path that is none of these is not followed."""
    if place.is_dir() and is_pack_folder(place):
        listed = json.loads((place / PROVENANCE).read_bytes()).get("files", {})
        yield from (place / name for name in listed if (place / name).resolve().is_relative_to(place.resolve()))
        yield place / PROVENANCE
    elif place.is_file() and (
        place.name == _LOG or any(own(place) for own in (is_pack_zip, is_worklist, is_quarantine))
    ):
        yield place


def _remove_empty(folder: Path) -> None:
    for path in sorted((p for p in folder.rglob("*") if p.is_dir()), reverse=True):
        with contextlib.suppress(OSError):
            path.rmdir()
    with contextlib.suppress(OSError):
        folder.rmdir()
