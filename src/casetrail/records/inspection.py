"""A dry look at a file: what is in it and what would be set aside. Stores nothing, shows no value."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Literal, TypeAlias

from casetrail.errors import InquiryError
from casetrail.figures import Origin
from casetrail.records.assemble import assemble
from casetrail.records.cells import Grid
from casetrail.records.enclosed import enclosed
from casetrail.records.files import Format, format_of, sha256_of
from casetrail.records.guess import (
    DateLook,
    Holds,
    Kind,
    date_look,
    holds,
    identity_of,
    kind_of,
    looks_like_a_record,
    roles_of,
)
from casetrail.records.keys import KEY_BYTES, Keys
from casetrail.records.latest import last_day_of
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

    `rows` counts records; `mapping` proposes our column for source columns, `dates` the case-level dates, `identity`
    columns that tell who a person is and go into a vault or nowhere;
    `date_format` and `precision` propose settings for the source (None: none is needed or none can be told);
    `quarantined` counts, by code, the records that this proposal would set aside, or is None when no
    proposal could be made. `has_header` is false when the first line looks like a record. `holds` says what a row is,
    `origin` what a column of that name says of every row, and `last_day` is the latest day in it.
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
    identity: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    date_format: str | None = None
    more_date_formats: tuple[str, ...] = ()
    precision: Literal["day", "minute"] | None = None
    holds: Holds = "events"
    origin: Origin | None = None
    last_day: date | None = None
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
    rows_are = holds(grid.names) if has_header else "events"
    proposal = _propose(spec, grid, looks) if has_header else spec
    if rows_are == "involvements":
        proposal = replace(proposal, kind="involvements")
    quarantined, notes, last_day = _try(proposal, grid, as_of)
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
        identity=proposal.identity,
        date_format=proposal.date_format,
        more_date_formats=proposal.more_date_formats,
        holds=rows_are,
        origin=_origin(grid),
        last_day=last_day,
        precision=proposal.precision,
        quarantined=quarantined,
        notes=(*grid.notes, *notes, *_warnings(looks, has_header)),
    )


def _looks(grid: Grid, has_header: bool) -> tuple[ColumnLook, ...]:
    """Every column in the order of the file. Without a header, positions stand for the names."""
    kinds = {name: kind_of(column) for name, column in grid.columns.items()}
    gaps = {name for name, column in grid.columns.items() if column.blank.any()}
    roles = roles_of(kinds, of=holds(grid.names), gaps=gaps) if has_header else {}
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
    who = identity_of(look.name for look in looks if not look.role and look.kind != "empty")
    times = [look for look in looks if look.role in ("at", "end", "recorded", "from", "to")]
    formats = sorted({look.date_format or "" for look in times} - {"iso", "native", "ambiguous"}, key=len, reverse=True)
    if len({text.index("%d") < text.index("%m") for text in formats}) > 1:
        formats = []  # two columns contradict each other: a person must say
    precisions = {look.precision for look in times if look.role != "recorded"}
    dates = {
        look.name.removeprefix(TRACE): look.name
        for look in looks
        if look.kind == "date" and look.role is None and look.name.startswith(TRACE) and look.name not in who
    }
    identity: dict[str, tuple[str, ...]] = {}
    for name, kind in who.items():
        identity[kind] = (*identity.get(kind, ()), name)
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
        identity=identity,
        date_format=formats[0] if formats else None,
        more_date_formats=tuple(formats[1:]),
        precision="day" if precisions == {"day"} else None,
    )


def _origin(grid: Grid) -> Origin | None:
    """What a column called origin says, where it says one thing in every row and it is one that we know."""
    column = next((column for name, column in grid.columns.items() if name.casefold() == "origin"), None)
    if column is None or len(column.values) != 1 or column.blank.any():
        return None
    return next((one for one in Origin if one.value == column.values[0].strip()), None)


_Tried: TypeAlias = tuple[dict[str, int] | None, tuple[str, ...], date | None]


def _try(spec: SourceSpec, grid: Grid, as_of: date | None) -> _Tried:
    """What the proposal would set aside, by code; pseudonyms are made with a key that is thrown away."""
    broken = Counter(fault.code for fault in grid.broken)
    if not grid.rows_in:
        return dict(broken), ("The file has no records.",), None
    try:
        mapping = mapped(spec, grid.format)
    except InquiryError as gap:
        return None, (gap.what,), None
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
    return dict(sorted(counts.items())), made.notes, last_day_of(made.events, made.involvements)


def _warnings(looks: tuple[ColumnLook, ...], has_header: bool) -> list[str]:
    told = []
    if not has_header:
        told.append("The first line looks like a record and not like a header: add a line with column names.")
    open_order = [look.name for look in looks if look.date_format == "ambiguous"]
    if open_order:
        names = ", ".join(f"'{name}'" for name in open_order)
        told.append(f"The order of day and month is open in {names}: declare date_format.")
    return told


def cells_of(path: Path, found: Inspection, column: str) -> frozenset[str]:
    """The distinct cells of one column of a file that was looked at, to compare with others; never to be shown."""
    spec = SourceSpec(
        name="inspected",
        path=path,
        origin=Origin.MADE_UP,
        columns={},
        format=found.format,
        delimiter=found.delimiter,
        sheet=found.sheet,
    )
    with enclosed(spec, tables=False) as at_hand:
        grid = read_grid(at_hand.spec, found.format, mapped_names=(), wanted={column}, progress=None)
    return frozenset(value.strip() for value in grid.columns[column].values) if column in grid.columns else frozenset()
