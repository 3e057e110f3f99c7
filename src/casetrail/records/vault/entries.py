"""What stands in a file of the vault: one line that says what it is, then one line for each thing known of a person.

Each line is JSON. The first is an object with the version of the layout; the others are lists of person, field,
label, value, table and record, in order of the persons. Whoever has the key reads it with `age -d` and any editor.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyrage

from casetrail.errors import IntegrityError, ProtectionError
from casetrail.records.vault.sealed import unseal
from casetrail.schema.identity import IDENTITY, IDENTITY_FIELDS

FORMAT = "casetrail-vault"
VERSION = 1
_ROWS_AT_A_TIME = 50_000

Row = list[Any]

# From the layout of a version to that of the next: the head, and each row. A new version adds an entry here and a test.
UPGRADES: dict[int, tuple[Callable[[dict[str, Any]], dict[str, Any]], Callable[[Row], Row]]] = {}


@dataclass(frozen=True, slots=True)
class Head:
    """The first line: whose extract it is, by which pseudonyms it goes, and how many entries follow."""

    source: str
    origin: str
    keyed: str
    entries: int

    def line(self) -> bytes:
        """The line as it is written."""
        said = {
            "format": FORMAT,
            "version": VERSION,
            "source": self.source,
            "origin": self.origin,
            "keyed": self.keyed,
            "entries": self.entries,
        }
        return json.dumps(said, ensure_ascii=False).encode("utf-8")


def lines_of(head: Head, table: pa.Table) -> Iterator[bytes]:
    """The lines of a file, made as they are asked for. `table` has the shape `schema.identity.IDENTITY`."""
    yield head.line()
    for batch in table.sort_by([("person", "ascending")]).to_batches(max_chunksize=_ROWS_AT_A_TIME):
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            yield json.dumps(row, ensure_ascii=False).encode("utf-8", errors="surrogatepass")


def read_entries(
    path: Path, identity: pyrage.x25519.Identity, *, person: str | None = None
) -> tuple[Head, list[Row], int]:
    """The head of a file, its rows (of one person, or of all), and the version that it was written in.

    Rows come in today's layout whatever version they were written in. Raises ProtectionError for a wrong key or a
    file of a later casetrail, IntegrityError when the file is not whole.
    """
    heads: list[Any] = []
    rows: list[bytes] = []
    begins = None if person is None else f'["{person}"'.encode()
    changed = False

    def take(line: bytes) -> None:
        nonlocal changed
        if not heads:
            heads.append(_head(line, path))
            changed = heads[0]["version"] != VERSION
        # In an older layout the person may stand elsewhere: then every line is kept and looked at after the change.
        elif begins is None or changed or line.startswith(begins):
            rows.append(line)

    count = unseal(path, identity, take) - 1
    if not heads:
        raise _strange(path)
    head, found, version = _of_today(heads[0], rows, path)
    if count != head.entries:
        raise _strange(path)
    return head, [row for row in found if person is None or row[0] == person], version


def table_of(rows: list[Row], path: Path) -> pa.Table:
    """Rows as a table of shape `schema.identity.IDENTITY`. Raises IntegrityError when they do not have it."""
    try:
        columns = list(zip(*rows, strict=True)) or [()] * len(IDENTITY)
        arrays = [pa.array(column, field.type) for column, field in zip(columns, IDENTITY, strict=True)]
        return pa.Table.from_arrays(arrays, schema=IDENTITY)
    except (ValueError, TypeError, pa.ArrowException):
        raise _strange(path) from None


def _head(line: bytes, path: Path) -> dict[str, Any]:
    try:
        head = json.loads(line)
    except ValueError:
        raise _strange(path) from None
    if not isinstance(head, dict) or head.get("format") != FORMAT or not isinstance(head.get("version"), int):
        raise _strange(path)
    if head["version"] > VERSION:
        raise ProtectionError(
            "The vault was written by a later casetrail than this one.",
            where=path.name,
            todo="Use the later one, or read the sources anew with this one.",
            code="vault_later_version",
        )
    if head["version"] < VERSION and any(known not in UPGRADES for known in range(head["version"], VERSION)):
        raise _strange(path)
    return head


def _of_today(told: Mapping[str, Any], lines: list[bytes], path: Path) -> tuple[Head, list[Row], int]:
    head, version = dict(told), int(told["version"])
    try:
        rows: list[Row] = [json.loads(line) for line in lines]
        for known in range(version, VERSION):
            of_head, of_row = UPGRADES[known]
            head, rows = of_head(head), [of_row(row) for row in rows]
        made = Head(str(head["source"]), str(head["origin"]), str(head["keyed"]), int(head["entries"]))
    except (ValueError, KeyError, TypeError, IndexError):
        raise _strange(path) from None
    if any(len(row) != len(IDENTITY) or row[1] not in IDENTITY_FIELDS for row in rows):
        raise _strange(path)
    return made, rows, version


def _strange(path: Path) -> IntegrityError:
    return IntegrityError(
        "A file of the vault does not hold what casetrail writes there; nothing of it was used.",
        where=path.name,
        todo="Read the sources anew (`casetrail read INQUIRY.toml`), or put the file back from a safe copy.",
        code="vault_strange",
    )
