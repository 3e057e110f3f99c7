"""The files of a vault: one for each source, and an open list of them without any value of a person.

What is new is written beside what is there; then the list is swapped at once, and only then the old goes. A run
that is killed leaves the vault as it was before or as it is after.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from casetrail.errors import IntegrityError, OutputError, ProtectionError
from casetrail.records.vault.entries import VERSION, Head, Row, lines_of, read_entries, table_of
from casetrail.records.vault.keyfile import VaultKey
from casetrail.records.vault.sealed import DRAFT, seal
from casetrail.store import exclusive

LIST = "identities.json"
LOCK = "vault-one-at-a-time"
_SCHEMA = "casetrail/vault/"
_LIST_VERSION = 1
_ENDING = ".age"


@dataclass(frozen=True, slots=True)
class SourceInVault:
    """What the open list says of one source: counts, no value. `fields` counts entries by kind."""

    source: str
    origin: str
    file: str
    sha256: str
    entries: int
    persons: int
    fields: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VaultFault:
    """A file of the vault that is not as the list says, and why."""

    source: str
    file: str
    code: str


@dataclass(frozen=True, slots=True)
class Vault:
    """The vault in a folder. `keyed` is the mark of the pseudonyms that its entries go by."""

    root: Path
    keyed: str

    @property
    def list_file(self) -> Path:
        return self.root / LIST

    @property
    def is_there(self) -> bool:
        """Whether a vault was ever written here."""
        return self.list_file.is_file()

    def listed(self) -> tuple[SourceInVault, ...]:
        """What is in it, without opening it; nothing when there is no vault. Raises IntegrityError."""
        said = self._said()
        return () if said is None else tuple(SourceInVault(**about) for about in said["sources"])

    def is_of(self, stamp: str) -> bool:
        """Whether it was written for this reading of the sources, and every file is there."""
        with contextlib.suppress(IntegrityError):
            said = self._said()
            return (
                said is not None
                and said["stamp"] == stamp
                and all((self.root / about["file"]).is_file() for about in said["sources"])
            )
        return False

    def recipients(self) -> tuple[str, ...]:
        """The public keys that it was written for."""
        said = self._said()
        return () if said is None else tuple(said["recipients"])

    def replace(self, tables: Mapping[tuple[str, str], pa.Table], recipients: Sequence[str], *, stamp: str) -> None:
        """Put the entries of all sources, by (name, origin), in place of what is there.

        `stamp` says which reading they are of. Raises OutputError; then the vault is as it was.
        """
        with self._alone():
            written = [self._write(source, origin, table, recipients) for (source, origin), table in tables.items()]
            self._swap(written, recipients, stamp)

    def of_person(self, person: str, key: VaultKey) -> tuple[tuple[SourceInVault, pa.Table], ...]:
        """All entries of one person, by source, as tables of shape `schema.identity.IDENTITY`.

        Raises ProtectionError for a wrong key, IntegrityError when a file is not as it was written.
        """
        if not self.is_there:
            return ()
        with self._alone():
            found = [(about, self._rows(about, key, person)) for about in self.listed()]
            return tuple((about, table_of(rows, self.root / about.file)) for about, rows in found if rows)

    def check(self, key: VaultKey) -> tuple[VaultFault, ...]:
        """Open every file to its end and count; says which are not as the list says. Keeps no entry."""
        if not self.is_there:
            return ()
        with self._alone():
            found = [(about, self._fault(about, key)) for about in self.listed()]
        return tuple(VaultFault(about.source, about.file, code) for about, code in found if code)

    def _fault(self, about: SourceInVault, key: VaultKey) -> str:
        try:
            self._rows(about, key, "")
        except (IntegrityError, ProtectionError) as fault:
            return fault.code
        return "" if _sha256(self.root / about.file) == about.sha256 else "vault_changed"

    def rekey(self, key: VaultKey, recipients: Sequence[str]) -> int:
        """Encrypt every file anew, for these recipients and in today's layout; returns how many entries.

        The old files go at the end; whoever had copied them can still open the copies. Raises as `of_person` does.
        """
        if not self.is_there:
            return 0
        with self._alone():
            written = []
            for about in self.listed():
                table = table_of(self._rows(about, key, None), self.root / about.file)
                written.append(self._write(about.source, about.origin, table, recipients))
            self._swap(written, recipients, str((self._said() or {})["stamp"]))
        return sum(about.entries for about in written)

    def remove(self) -> None:
        """Take all that is in it away. Raises OutputError when a file cannot be removed."""
        with self._alone():
            try:
                for path in (self.list_file, *self.root.glob(f"*{_ENDING}"), *self.root.glob(f"*{_ENDING}.*{DRAFT}")):
                    path.unlink(missing_ok=True)
            except OSError as failure:
                raise OutputError(
                    f"The vault cannot be removed ({type(failure).__name__}).",
                    where=self.root.name,
                    todo="Close programs that hold its files, and run again.",
                    code="vault_not_written",
                ) from None

    def files(self) -> Iterator[Path]:
        """Every file that a vault may have left here, drafts of killed runs too."""
        for pattern in (f"*{_ENDING}", f"*{_ENDING}.*{DRAFT}", LIST, f"{LIST}.*{DRAFT}", LOCK, f"{LOCK}.wal"):
            yield from self.root.glob(pattern)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time, also where the caller holds no lock of its own."""
        self.root.mkdir(parents=True, exist_ok=True)
        with exclusive(self.root / LOCK):
            yield

    def _rows(self, about: SourceInVault, key: VaultKey, person: str | None) -> list[Row]:
        path = self.root / about.file
        head, rows, _ = read_entries(path, key.identity, person=person)
        if (head.source, head.keyed, head.entries) != (about.source, self.keyed, about.entries):
            raise IntegrityError(
                "A file of the vault belongs to another source, another inquiry or another reading.",
                where=path.name,
                todo="Read the sources anew: `casetrail read INQUIRY.toml`.",
                code="vault_of_another",
            )
        return rows

    def _write(self, source: str, origin: str, table: pa.Table, recipients: Sequence[str]) -> SourceInVault:
        stem = hashlib.blake2b(source.encode("utf-8"), digest_size=6).hexdigest()
        path = self.root / f"{stem}-{secrets.token_hex(4)}{_ENDING}"
        seal(path, lines_of(Head(source, origin, self.keyed, table.num_rows), table), recipients)
        counted = table.group_by("field").aggregate([([], "count_all")]).sort_by("field").to_pylist()
        return SourceInVault(
            source=source,
            origin=origin,
            file=path.name,
            sha256=_sha256(path),
            entries=table.num_rows,
            persons=int(pc.count_distinct(table["person"]).as_py()),
            fields={row["field"]: row["count_all"] for row in counted},
        )

    def _swap(self, written: Sequence[SourceInVault], recipients: Sequence[str], stamp: str) -> None:
        said = {
            "schema": f"{_SCHEMA}{_LIST_VERSION}",
            "layout": VERSION,
            "stamp": stamp,
            "recipients": list(recipients),
            "sources": [asdict(about) for about in written],
        }
        draft = self.list_file.with_name(f"{LIST}.{secrets.token_hex(4)}{DRAFT}")
        try:
            with draft.open("w", encoding="utf-8", newline="\n") as file:
                file.write(json.dumps(said, indent=1, ensure_ascii=False) + "\n")
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self.list_file)
        except OSError as failure:
            raise OutputError(
                f"The list of the vault cannot be written ({type(failure).__name__}).",
                where=LIST,
                todo="Check that the work folder may be written to and has space; close programs that hold its files.",
                code="vault_not_written",
            ) from None
        finally:
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)
        self._sweep({about.file for about in written})

    def _sweep(self, kept: set[str]) -> None:
        """Files that the list no longer names; one that another program still holds goes at the next time."""
        for path in self.files():
            if path.name not in {*kept, LIST} and not path.name.startswith(LOCK):
                with contextlib.suppress(OSError):
                    path.unlink(missing_ok=True)

    def _said(self) -> dict[str, Any] | None:
        try:
            said = json.loads(self.list_file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            raise _list_damaged() from None
        return _checked_list(said)


def _checked_list(said: object) -> dict[str, Any]:
    if not isinstance(said, dict) or not str(said.get("schema", "")).startswith(_SCHEMA):
        raise _list_damaged()
    if said["schema"] != f"{_SCHEMA}{_LIST_VERSION}":
        raise ProtectionError(
            "The list of the vault was written by a later casetrail than this one.",
            where=LIST,
            todo="Use the later one, or read the sources anew with this one.",
            code="vault_later_version",
        )
    try:
        sources = [SourceInVault(**about) for about in said["sources"]]
        whole = isinstance(said["stamp"], str) and all(isinstance(one, str) for one in said["recipients"])
    except (KeyError, TypeError):
        raise _list_damaged() from None
    # A name with a path in it would lead out of the folder.
    if not whole or any(Path(about.file).name != about.file for about in sources):
        raise _list_damaged()
    return said


def _list_damaged() -> IntegrityError:
    return IntegrityError(
        "The list of the vault is damaged.",
        where=LIST,
        todo="Read the sources anew: `casetrail read INQUIRY.toml`.",
        code="vault_list_damaged",
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
