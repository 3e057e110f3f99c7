"""A dry look at a file: what is in it and what would be set aside. Stores nothing, shows no value."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

from casetrail.errors import InquiryError
from casetrail.figures import Origin
from casetrail.records.assemble import assemble
from casetrail.records.cells import Grid
from casetrail.records.files import Format, format_of, sha256_of
from casetrail.records.guess import DateLook, Kind, date_look, kind_of, looks_like_a_record, roles_of
from casetrail.records.keys import KEY_BYTES, Keys
from casetrail.records.mapping import TRACE, mapped
from casetrail.records.read import read_grid
from casetrail.records.spec import SourceSpec
from casetrail.records.terms import Terms, calendar_of

_NO_END = date(9998, 12, 31)


@dataclass(frozen=True, slots=True)
class ColumnLook:
    """One column: the share of records that fill it, what its cells are, and what it may be for.

    `date_format` is "iso", "native", "ambiguous" or a format such as '%d/%m/%Y', for dates only. A
    column without a name is called by its position.
    """

    name: str
    filled: float
    kind: Kind
    role: str | None
    date_format: str | None
    precision: Literal["day", "minute"] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What a file holds, without any value of a record: names of columns, counts and forms only.

    `rows` counts records; `mapping` proposes our column for source columns, `dates` the case-level dates;
    `date_format` and `precision` propose settings for the source (None: none is needed or none can be told);
    `quarantined` counts, by code, the records that this proposal would set aside, or is None when no
    proposal could be made. `has_header` is false when the first line looks like a record.
    """

    file: str
    format: Format
    sha256: str
    rows: int
    columns: tuple[ColumnLook, ...]
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    has_header: bool = True
    mapping: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    dates: Mapping[str, str] = field(default_factory=dict)
    date_format: str | None = None
    precision: Literal["day", "minute"] | None = None
    quarantined: Mapping[str, int] | None = None
    notes: tuple[str, ...] = ()


def inspect(
    path: Path,
    *,
    format: Literal["auto", "csv", "parquet", "xlsx", "xes"] = "auto",  # noqa: A002  # as in SourceSpec
    delimiter: str | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    as_of: date | None = None,
) -> Inspection:
    """Look at a file and propose a mapping. Without `as_of`, dates in the future are not looked for.

    Raises InputError when the file cannot be read at all.
    """
    digest = sha256_of(path)
    spec = SourceSpec(
        name="inspected",
        path=path,
        origin=Origin.MADE_UP,  # nothing of it is kept, so its true origin does not matter
        columns={},
        format=format,
        delimiter=delimiter,
        encoding=encoding,
        sheet=sheet,
    )
    grid = read_grid(spec, format_of(path, format), mapped_names=(), wanted=None, progress=None)
    return _inspection(spec, grid, digest, as_of)


def _inspection(spec: SourceSpec, grid: Grid, digest: str, as_of: date | None) -> Inspection:
    has_header = grid.format in ("xes", "parquet") or not looks_like_a_record(grid.names)
    looks = _looks(grid, has_header)
    proposal = _propose(spec, grid, looks) if has_header else spec
    quarantined, notes = _try(proposal, grid, as_of)
    return Inspection(
        file=grid.file,
        format=grid.format,
        sha256=digest,
        rows=grid.rows_in,
        columns=looks,
        encoding=grid.encoding,
        delimiter=grid.delimiter,
        sheet=grid.sheet,
        sheets=grid.sheets,
        has_header=has_header,
        mapping=proposal.columns,
        dates=proposal.dates,
        date_format=proposal.date_format,
        precision=proposal.precision,
        quarantined=quarantined,
        notes=(*grid.notes, *notes, *_warnings(looks, has_header)),
    )


def _looks(grid: Grid, has_header: bool) -> tuple[ColumnLook, ...]:
    """Every column in the order of the file. Without a header, positions stand for the names."""
    kinds = {name: kind_of(column) for name, column in grid.columns.items()}
    roles = roles_of(kinds) if has_header else {}
    looks = []
    for at, name in enumerate(grid.names, start=1):
        column = grid.columns.get(name)
        look: DateLook | None = None if column is None else date_look(column.values)
        filled = 0.0 if column is None or not len(column) else float((~column.blank).mean())
        looks.append(
            ColumnLook(
                name if name and has_header else f"column {at}",
                filled,
                kinds.get(name, "empty"),
                roles.get(name),
                None if look is None else look.format,
                None if look is None else look.precision,
            )
        )
    return tuple(looks)


def _propose(spec: SourceSpec, grid: Grid, looks: tuple[ColumnLook, ...]) -> SourceSpec:
    """A source with the guessed mapping. A format or precision is proposed only when the times agree on it."""
    columns = {look.role: (look.name,) for look in looks if look.role}
    times = [look for look in looks if look.role in ("at", "end", "recorded")]
    formats = {look.date_format for look in times} - {"iso", "native", "ambiguous"}
    precisions = {look.precision for look in times if look.role in ("at", "end")}
    dates = {
        look.name.removeprefix(TRACE): look.name
        for look in looks
        if look.kind == "date" and look.role is None and look.name.startswith(TRACE)
    }
    return SourceSpec(
        name=spec.name,
        path=spec.path,
        origin=spec.origin,
        columns=columns,
        format=spec.format,
        delimiter=grid.delimiter,
        encoding=spec.encoding,
        sheet=grid.sheet,
        dates=dates,
        date_format=formats.pop() if len(formats) == 1 else None,
        precision="day" if precisions == {"day"} else None,
    )


def _try(spec: SourceSpec, grid: Grid, as_of: date | None) -> tuple[dict[str, int] | None, tuple[str, ...]]:
    """What the proposal would set aside, by code; pseudonyms are made with a key that is thrown away."""
    broken = Counter(fault.code for fault in grid.broken)
    if not grid.rows_in:
        return dict(broken), ("The file has no records.",)
    try:
        mapping = mapped(spec, grid.format)
    except InquiryError as gap:
        return None, (gap.what,)
    made = assemble(
        grid,
        Terms(
            spec=spec,
            mapping=mapping,
            calendar=calendar_of(spec, as_of or _NO_END),
            keys=Keys(secrets.token_bytes(KEY_BYTES)),
            as_of=as_of or _NO_END,
        ),
    )
    counts = broken + Counter(fault.code for fault in (*made.faults, *made.fact_faults))
    return dict(sorted(counts.items())), made.notes


def _warnings(looks: tuple[ColumnLook, ...], has_header: bool) -> list[str]:
    told = []
    if not has_header:
        told.append("The first line looks like a record and not like a header: add a line with column names.")
    open_order = [look.name for look in looks if look.date_format == "ambiguous"]
    if open_order:
        names = ", ".join(f"'{name}'" for name in open_order)
        told.append(f"The order of day and month is open in {names}: declare date_format.")
    return told
