"""A dry look at a return: what is in it, what would be set aside, what it can and cannot answer. Stores nothing."""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa

from casetrail.figures import Origin
from casetrail.records.extract import Extract, TableCounts
from casetrail.records.keys import KEY_BYTES, Keys
from casetrail.records.latest import last_day_of
from casetrail.records.returns.choosing import chosen
from casetrail.records.returns.findings import SEVERITIES
from casetrail.records.returns.reading import read_return
from casetrail.records.spec import SourceSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingLook:
    """How often something is told of a column, and the place of the first."""

    table: str
    column: str | None
    severity: str
    code: str
    message: str
    count: int
    first: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnLook:
    """What a return holds, without any value of a record: names, counts and places only."""

    file: str
    form: str
    title: str
    sha256: str
    rows: int
    tables: tuple[TableCounts, ...]
    findings: tuple[FindingLook, ...]
    events: dict[str, int]
    involvements: dict[str, int]
    carries: tuple[str, ...]
    cannot: tuple[str, ...]
    notes: tuple[str, ...]
    last_day: date | None = None


def look_at_return(path: Path, name: str, *, as_of: date, year: int | None = None) -> ReturnLook:
    """Look at a return in the format `name`. Raises InputError when it cannot be read at all."""
    spec = SourceSpec(name="inspected", path=path, origin=Origin.MADE_UP, columns={}, format=name, year=year)
    return look_by(spec, as_of)


def look_by(spec: SourceSpec, as_of: date) -> ReturnLook:
    """Look at a source that is read by a form, with the headings and date formats that it says."""
    found = read_return(spec, keys=Keys(secrets.token_bytes(KEY_BYTES)), as_of=as_of)
    return ReturnLook(
        file=spec.path.name,
        form=found.form,
        title=chosen(spec).title,
        sha256=found.sha256,
        rows=found.rows_in,
        tables=found.tables,
        findings=summed(found),
        events=dict(sorted(Counter(found.events["activity"].to_pylist()).items())),
        involvements=dict(sorted(Counter(found.involvements["role"].to_pylist()).items())),
        carries=found.carries,
        cannot=found.cannot,
        notes=found.notes,
        last_day=last_day_of(found.events, found.involvements),
    )


def summed(found: Extract) -> tuple[FindingLook, ...]:
    """The findings counted by table, column and code, the gravest first."""
    kinds = ["table", "column", "severity", "code", "message"]
    numbered = found.findings.append_column("place", pa.array(range(found.findings.num_rows), pa.int64()))
    grouped = numbered.group_by(kinds).aggregate([("place", "min"), ("place", "count")]).sort_by("place_min")
    firsts = found.findings.take(grouped["place_min"]).to_pylist()
    looks = [
        FindingLook(
            table=row["table"],
            column=row["column"],
            severity=row["severity"],
            code=row["code"],
            message=row["message"],
            count=count,
            first=place_of(row),
        )
        for row, count in zip(firsts, grouped["place_count"].to_pylist(), strict=True)
    ]
    return tuple(sorted(looks, key=lambda look: (SEVERITIES.index(look.severity), look.table)))


def place_of(row: dict[str, object]) -> str:
    """File, sheet, record and line of a finding, in words."""
    parts = [str(row["file"]), f"sheet {row['sheet']}" if row["sheet"] else "", f"record {row['record']}"]
    word = "row" if row["sheet"] else "line"
    parts.append(f"{word} {row['line']}" if row["line"] is not None else "")
    return ", ".join(part for part in parts if part)
