"""What comes out of reading one source: good rows, rows set aside, and what to tell about both."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa

from casetrail.errors import IntegrityError
from casetrail.records.spec import SourceSpec
from casetrail.schema.events import DATED_FACT, EVENT, FINDING, INVOLVEMENT, ORIGINAL, QUARANTINE
from casetrail.schema.identity import IDENTITY


@dataclass(frozen=True, slots=True, kw_only=True)
class TableCounts:
    """One table of a return: rows in = rows good + rows quarantined."""

    table: str
    title: str
    file: str
    sheet: str | None
    rows_in: int
    rows_good: int
    rows_quarantined: int

    @property
    def adds_up(self) -> bool:
        """Whether no row got lost."""
        return self.rows_in == self.rows_good + self.rows_quarantined


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnHeld:
    """A column that was read: cells filled in good rows, which of our columns it feeds, which kind of identity it is.

    `identity` is a field of `schema.identity`, "hidden" for what is neither stored nor kept in the vault (codes of
    workers, numbers of records), "" for the rest.
    """

    table: str
    column: str
    filled: int
    identity: str = ""
    feeds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """One source as read. Rows in = rows good + rows quarantined, always.

    `events`, `involvements`, `facts` and `quarantine` have the shapes of `schema`; of events and involvements
    one is empty, by `spec.kind`. `quarantine` has one row per record set aside (`rows_quarantined`) and one
    per case-level fact set aside (`facts_quarantined`), whose records are kept. `sha256` is of the
    file's bytes; `columns_found` names every column of the file; `notes` are plain sentences without any
    value of a record; `next_row_no` is the `first_row_no` for the source read next.

    A return has many tables in `tables`, and a row of it gives none, one or several events or involvements; what
    there is to tell about its cells is in `findings`, of shape `schema.FINDING`; `form` names format and year, `fed`
    the columns of ours that it feeds; `carries` and `cannot` say what such a return can and cannot answer.

    `identities`, of shape `schema.identity.IDENTITY`, is for the vault alone and empty unless the source is read with
    `keep_identities`; `held` says of each column what it is and how often it is filled.

    `originals`, of shape `schema.ORIGINAL`, are the cells of records set aside or mended by hand: for the vault alone.
    `rows_mended` are those of the good rows that are good because somebody mended them.

    Raises IntegrityError when rows got lost.
    """

    spec: SourceSpec
    sha256: str
    zone: str
    events: pa.Table
    involvements: pa.Table
    facts: pa.Table
    quarantine: pa.Table
    rows_in: int
    rows_good: int
    rows_quarantined: int
    facts_quarantined: int
    columns_found: tuple[str, ...]
    notes: tuple[str, ...]
    next_row_no: int
    form: str = ""
    fed: tuple[str, ...] = ()
    tables: tuple[TableCounts, ...] = ()
    findings: pa.Table = field(default_factory=FINDING.empty_table)
    carries: tuple[str, ...] = ()
    cannot: tuple[str, ...] = ()
    identities: pa.Table = field(default_factory=IDENTITY.empty_table, repr=False)
    held: tuple[ColumnHeld, ...] = ()
    originals: pa.Table = field(default_factory=ORIGINAL.empty_table, repr=False)
    rows_mended: int = 0

    def __post_init__(self) -> None:
        shapes = (
            (self.events, EVENT),
            (self.involvements, INVOLVEMENT),
            (self.facts, DATED_FACT),
            (self.quarantine, QUARANTINE),
            (self.findings, FINDING),
            (self.identities, IDENTITY),
            (self.originals, ORIGINAL),
        )
        kept = self.events.num_rows + self.involvements.num_rows
        if (
            self.rows_in != self.rows_good + self.rows_quarantined
            or (self.rows_good != kept if not self.tables else not self._tables_add_up())
            or self.quarantine.num_rows != self.rows_quarantined + self.facts_quarantined
            or any(not table.schema.equals(shape) for table, shape in shapes)
        ):
            raise IntegrityError(
                f"Rows got lost while reading: {self.rows_in} in, {kept} kept, {self.rows_quarantined} set aside.",
                where=f"source '{self.spec.name}', {self.spec.path.name}",
                todo="Report this as a fault of casetrail; use no figure of this run.",
                code="rows_lost",
            )

    def _tables_add_up(self) -> bool:
        totals = (self.rows_in, self.rows_good)
        summed = tuple(sum(getattr(table, name) for table in self.tables) for name in ("rows_in", "rows_good"))
        return totals == summed and all(table.adds_up for table in self.tables)
