"""Immutable snapshot files and a pointer that is swapped atomically.

A snapshot is derived and disposable: it is stamped with a key (inputs, parameters, schema and code), and
when the key asked for is another one it is built anew. Readers open the file a pointer names and never
wait for a writer; a writer that dies leaves a temporary file that the next build sweeps away.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import secrets
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from casetrail.errors import OutputError, StoreError
from casetrail.store.engine import Engine, is_in_use, open_snapshot

SCHEMA_VERSION = 1


def snapshot_key(parts: Mapping[str, object]) -> str:
    """A key over everything the content depends on; 32 hexadecimal characters."""
    text = json.dumps({"schema_version": SCHEMA_VERSION, **parts}, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class SnapshotFolder:
    """A folder of snapshots. Labels name pointers ("records", "trail", "trail-2008-01-01")."""

    root: Path

    def find(self, label: str, key: str) -> Path | None:
        """The snapshot under `label` when it is stamped with `key`, else None (build it)."""
        pointer = self._pointer(label)
        try:
            stamp = json.loads(pointer.read_text(encoding="utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            return None
        if not isinstance(stamp, dict) or stamp.get("key") != key:
            return None
        path = self.root / str(stamp.get("file"))
        return path if path.is_file() else None

    def build(self, label: str, key: str, make: Callable[[Engine], None]) -> Path:
        """Build a snapshot with `make`, then swap the pointer. Raises OutputError, StoreError."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            self.sweep()
            token = secrets.token_hex(4)
            making = self.root / f"{label}-{key[:12]}-{token}.making"
            done = self.root / f"{label}-{key[:12]}-{token}.duckdb"
            spill = self.root / f"spill-{token}"
            lock = self.root / f"{label}-{key[:12]}-{token}.lock"
            try:
                # Held open until the pointer is swapped: the sweep of another process then leaves all this alone.
                with open_snapshot(lock, read_only=False):
                    with open_snapshot(making, read_only=False, temporary=spill) as engine:
                        make(engine)
                        engine.flush()
                    making.replace(done)
                    self._swap(label, key, done)
            finally:
                for left in (making, making.with_name(making.name + ".wal"), lock):
                    with contextlib.suppress(OSError):
                        left.unlink(missing_ok=True)
                shutil.rmtree(spill, ignore_errors=True)
            self.sweep()
        except OSError as failure:
            raise OutputError(
                f"The work folder cannot be written ({type(failure).__name__}).",
                where=str(self.root),
                todo="Check that the folder exists, is writable and has space, or name another `work` in the inquiry.",
                code="work_folder",
            ) from None
        return done

    def _swap(self, label: str, key: str, done: Path) -> None:
        pointer = self._pointer(label)
        fresh = pointer.with_suffix(".new")
        fresh.write_text(json.dumps({"key": key, "file": done.name}), encoding="utf-8")
        fresh.replace(pointer)

    def sweep(self) -> None:
        """Remove files that no pointer names: unfinished builds and superseded snapshots."""
        kept = set()
        for pointer in self.root.glob("*.pointer.json"):
            with contextlib.suppress(json.JSONDecodeError, KeyError, TypeError):
                kept.add(json.loads(pointer.read_text(encoding="utf-8"))["file"])
        busy = {path.name.split(".")[0][-8:] for path in self.root.glob("*.lock") if is_in_use(path)}
        for path in self.root.glob("*"):
            token = path.name.split(".")[0][-8:]
            if path.name in kept or token in busy or ".pointer." in path.name:
                continue
            # A reader may still hold a file (Windows refuses to delete it): the next sweep takes it.
            with contextlib.suppress(PermissionError, FileNotFoundError):
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def open(self, path: Path) -> Engine:
        """Open a snapshot for reading. Raises StoreError when it has gone."""
        if not path.is_file():
            raise StoreError("The snapshot has gone.", where=path.name, todo="Run the command again.")
        return open_snapshot(path)

    def _pointer(self, label: str) -> Path:
        return self.root / f"{label}.pointer.json"
