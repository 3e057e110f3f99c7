"""The folder casetrail works in for one inquiry, and a list of every file it ever wrote for it.

The list is what makes `purge` complete: also packs and tables that the user asked to be written elsewhere.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

from casetrail.errors import OutputError
from casetrail.publish.folder import PROVENANCE, is_pack
from casetrail.records.unpacking import sweep
from casetrail.store import SnapshotFolder

STAMP = "casetrail-work.json"
LOCK = "one-at-a-time"
UNPACKED = "unpacked"


@dataclass(frozen=True, slots=True)
class WorkFolder:
    """Paths inside one work folder."""

    root: Path

    @property
    def snapshots(self) -> SnapshotFolder:
        return SnapshotFolder(self.root / "snapshots")

    @property
    def key_file(self) -> Path:
        return self.vault_folder / "pseudonym.key"

    @property
    def vault_folder(self) -> Path:
        return self.root / "vault"

    @property
    def quarantine_file(self) -> Path:
        return self.root / "quarantine.csv"

    @property
    def findings_file(self) -> Path:
        return self.root / "findings.csv"

    @property
    def unpacked(self) -> Path:
        return self.root / UNPACKED

    @property
    def lock_file(self) -> Path:
        return self.root / LOCK

    @property
    def view_log(self) -> Path:
        return self.root / "views.jsonl"

    def prepare(self) -> None:
        """Make the folder, or take it over when casetrail made it. Raises OutputError."""
        try:
            if self._is_foreign():
                raise OutputError(
                    "The work folder holds files that casetrail did not write.",
                    where=str(self.root),
                    todo="Name an empty or new folder as `work` in the inquiry file.",
                    code="foreign_folder",
                )
            self.root.mkdir(parents=True, exist_ok=True)
            # The stamp comes first: a run stopped after it can be repeated, one stopped before left nothing.
            if not (self.root / STAMP).is_file():
                write_whole(self.root / STAMP, json.dumps({"schema": "casetrail/work/1", "written": []}))
            self.vault_folder.mkdir(exist_ok=True)
            sweep(self.unpacked)
        except OSError as failure:
            raise unwritable(self.root, failure) from None

    def _is_foreign(self) -> bool:
        """True when files are here and casetrail's stamp is not; a stamp that was being written is ours."""
        if (self.root / STAMP).is_file() or not self.root.exists():
            return False
        return any(not fnmatchcase(path.name, f"{STAMP}*.new") for path in self.root.iterdir())

    @property
    def is_prepared(self) -> bool:
        """True when casetrail has begun to write here."""
        return (self.root / STAMP).is_file()

    def note_written(self, *paths: Path) -> None:
        """Remember files or folders written outside the work folder."""
        stamp = self.root / STAMP
        try:
            known = json.loads(stamp.read_text(encoding="utf-8"))
        except FileNotFoundError:
            # Purged while this run was at work: what it wrote since must be known to the next purge.
            known = {"schema": "casetrail/work/1", "written": []}
        fresh = [str(path.resolve()) for path in paths]
        known["written"] = sorted({*known["written"], *fresh})
        write_whole(stamp, json.dumps(known, indent=1))

    def written_elsewhere(self) -> tuple[Path, ...]:
        """Files and folders noted as written outside the work folder, those that still exist."""
        with contextlib.suppress(FileNotFoundError, json.JSONDecodeError, KeyError):
            known = json.loads((self.root / STAMP).read_text(encoding="utf-8"))
            return tuple(path for path in map(Path, known["written"]) if path.exists())
        return ()

    def add_view(self, entry: dict[str, str | int], on: date) -> None:
        """Append one line to the view log: who looked is the machine's user, at what, why."""
        with self.view_log.open("a", encoding="utf-8") as log:
            log.write(json.dumps({"on": on.isoformat(), **entry}, ensure_ascii=False) + "\n")


def is_pack_folder(folder: Path) -> bool:
    """True for a folder that holds a pack casetrail wrote."""
    stamp = folder / PROVENANCE
    return stamp.is_file() and is_pack(stamp.read_bytes())


def write_whole(path: Path, text: str) -> None:
    """Write a text file so that a reader sees the old one or the new one, never half. Raises OutputError."""
    # Two runs may write the same file at once: each has a fresh one of its own.
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(text, encoding="utf-8", newline="")
        fresh.replace(path)
    except OSError as failure:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise unwritable(path, failure) from None


def unwritable(path: Path, failure: OSError) -> OutputError:
    """The same words for every file that cannot be written."""
    if failure.errno in (errno.ENOSPC, errno.EDQUOT):
        todo = "Free some space, or name a folder on another disc in the inquiry file, and run again."
        return OutputError("The disc is full.", where=str(path), todo=todo, code="disc_full")
    todo = "Check that the folder exists, may be written to, and has space."
    if isinstance(failure, PermissionError):
        todo = "Close the file if it is open in Excel or another program, or choose a folder you may write to."
    return OutputError(
        f"This cannot be written ({type(failure).__name__}).", where=str(path), todo=todo, code="not_written"
    )
