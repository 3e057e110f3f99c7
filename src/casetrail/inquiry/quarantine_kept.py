"""Original rows that were set aside, and decisions on how some of them should read: kept in the vault, nowhere else.

Both are encrypted under a key that comes from the key of the pseudonyms, which every reading has at hand: a search of
the disc finds no name, and a copy without the key file says nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from casetrail.errors import InputError
from casetrail.inquiry.work_folder import WorkFolder, unwritable
from casetrail.records import Keys, Mend
from casetrail.records.cells import plural
from casetrail.schema.events import ORIGINAL

QUARANTINE = "quarantine.sealed"
MENDED = "mended.sealed"
_SCHEMA = "casetrail/mended/1"
_HEAD = b"casetrail sealed 1\n"
_NONCE_BYTES = 12

# Source, hash of its file, file, table, sheet and number of a record: what a decision is about.
Which = tuple[str, str, str, str, str | None, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a reading set aside: hash of each source's file, and rows of shape `schema.ORIGINAL`."""

    files: Mapping[str, str]
    rows: pa.Table = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """How a record should read, decided on a day by a workbook (its SHA-256); or, `undone`, as the file has it."""

    source: str
    sha256: str
    mend: Mend
    on: str
    workbook: str
    undone: bool = False

    @property
    def which(self) -> Which:
        mend = self.mend
        return self.source, self.sha256, mend.file, mend.table, mend.sheet, mend.record


def keep(work: WorkFolder, keys: Keys, kept: Kept) -> None:
    """Write what a reading set aside in place of what an earlier one did. Raises OutputError."""
    sink = pa.BufferOutputStream()
    about = {"casetrail": json.dumps(dict(kept.files))}
    pq.write_table(kept.rows.replace_schema_metadata(about), sink)
    _write(work.vault_folder / QUARANTINE, sink.getvalue().to_pybytes(), keys)


def kept(work: WorkFolder, keys: Keys) -> Kept | None:
    """What the last reading set aside; None when there was none. Raises InputError when it cannot be read."""
    path = work.vault_folder / QUARANTINE
    if not path.is_file():
        return None
    try:
        table = pq.read_table(pa.BufferReader(_opened(path, keys)))
        files = json.loads(table.schema.metadata[b"casetrail"])
        return Kept(files=files, rows=table.cast(ORIGINAL))
    except (OSError, InvalidTag, pa.ArrowException, KeyError, TypeError, ValueError):
        raise _damaged(path, "Remove it and run `casetrail read` again.") from None


def is_kept(work: WorkFolder) -> bool:
    """Whether a reading has left its quarantine."""
    return (work.vault_folder / QUARANTINE).is_file()


def decisions(work: WorkFolder, keys: Keys) -> tuple[Decision, ...]:
    """All decisions ever taken, in order. Raises InputError when the file is damaged."""
    path = work.vault_folder / MENDED
    try:
        told = json.loads(_opened(path, keys))
        if told["schema"] != _SCHEMA:
            raise ValueError
        return tuple(_decision(entry) for entry in told["decisions"])
    except FileNotFoundError:
        return ()
    except (OSError, InvalidTag, KeyError, TypeError, ValueError):
        raise _damaged(path, _BACK) from None


def write_decisions(work: WorkFolder, keys: Keys, decided: Iterable[Decision]) -> None:
    """Write all decisions. Raises OutputError."""
    entries = [_entry(one) for one in decided]
    _write(work.vault_folder / MENDED, json.dumps({"schema": _SCHEMA, "decisions": entries}).encode("ascii"), keys)


def standing(decided: Iterable[Decision]) -> dict[Which, Decision]:
    """The last decision on each record; those that were undone are left out."""
    last = {one.which: one for one in decided}
    return {which: one for which, one in last.items() if not one.undone}


@dataclass(frozen=True, slots=True)
class Standing:
    """The decisions that stand for the files as they are, and how many were taken on earlier ones of each source."""

    mends: Mapping[str, tuple[Mend, ...]]
    earlier: Mapping[str, int]

    @classmethod
    def of(cls, decided: Iterable[Decision], files: Mapping[str, str]) -> Standing:
        """`files` are the hashes of the sources' files."""
        mends: dict[str, list[Mend]] = {}
        earlier: dict[str, int] = {}
        for one in standing(decided).values():
            if files.get(one.source) == one.sha256:
                mends.setdefault(one.source, []).append(one.mend)
            elif one.source in files:
                earlier[one.source] = earlier.get(one.source, 0) + 1
        return cls({source: tuple(found) for source, found in mends.items()}, earlier)

    def of_source(self, source: str) -> tuple[Mend, ...]:
        return self.mends.get(source, ())

    def about(self, source: str) -> list[str]:
        """A sentence where the file has changed since somebody mended it."""
        count = self.earlier.get(source, 0)
        if not count:
            return []
        return [f"{plural(count, 'mend')} of an earlier file of this source: not laid on the file as it is now."]

    @property
    def digest(self) -> str:
        """A hash over what stands, whenever it was decided."""
        told = [
            [
                source,
                mend.file,
                mend.table,
                mend.sheet,
                mend.record,
                sorted(mend.cells.items()),
                sorted(mend.was.items()),
            ]
            for source, found in sorted(self.mends.items())
            for mend in sorted(found, key=lambda one: (one.file, one.table, one.sheet or "", one.record))
        ]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _cipher(keys: Keys) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(blake2b(b"casetrail quarantine", key=keys.key, digest_size=32).digest())


def _opened(path: Path, keys: Keys) -> bytes:
    """What a sealed file holds. Raises OSError, InvalidTag, and ValueError for a file of another kind."""
    content = path.read_bytes()
    if not content.startswith(_HEAD):
        raise ValueError
    start = len(_HEAD) + _NONCE_BYTES
    return _cipher(keys).decrypt(content[len(_HEAD) : start], content[start:], path.name.encode())


def _write(path: Path, content: bytes, keys: Keys) -> None:
    """Seal a file that only its owner may read: the old one or the new one, never half. Raises OutputError."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    nonce = os.urandom(_NONCE_BYTES)
    sealed = _HEAD + nonce + _cipher(keys).encrypt(nonce, content, path.name.encode())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.unlink(missing_ok=True)
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as failure:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise unwritable(path, failure) from None


def _entry(one: Decision) -> dict[str, object]:
    mend = one.mend
    return {
        "source": one.source,
        "sha256": one.sha256,
        "file": mend.file,
        "table": mend.table,
        "sheet": mend.sheet,
        "record": mend.record,
        "cells": dict(mend.cells),
        "was": dict(mend.was),
        "raw": mend.raw,
        "on": one.on,
        "workbook": one.workbook,
        "undone": one.undone,
    }


def _decision(entry: Mapping[str, Any]) -> Decision:
    mend = Mend(
        file=str(entry["file"]),
        table=str(entry["table"]),
        sheet=entry["sheet"],
        record=int(entry["record"]),
        cells=dict(entry["cells"]),
        was=dict(entry["was"]),
        raw=entry["raw"],
    )
    return Decision(
        source=str(entry["source"]),
        sha256=str(entry["sha256"]),
        mend=mend,
        on=str(entry["on"]),
        workbook=str(entry["workbook"]),
        undone=bool(entry["undone"]),
    )


_BACK = (
    "It opens with the key of the pseudonyms alone. Put back this file, which holds what was mended by hand, and "
    "vault/pseudonym.key as they were written together; if the key was replaced, the earlier one is the right one."
)


def _damaged(path: Path, todo: str) -> InputError:
    return InputError(
        "A file of the vault is damaged, or pseudonym.key is not the key that it was written with.",
        where=str(path),
        todo=todo,
        code="quarantine_damaged",
    )
