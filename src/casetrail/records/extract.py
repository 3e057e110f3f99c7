"""What comes out of reading one source: good rows, rows set aside, and what to tell about both."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from casetrail.errors import IntegrityError
from casetrail.records.spec import SourceSpec
from casetrail.schema.events import DATED_FACT, EVENT, INVOLVEMENT, QUARANTINE


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """One source as read. Rows in = rows good + rows quarantined, always.

    `events`, `involvements`, `facts` and `quarantine` have the shapes of `schema`; of events and involvements
    one is empty, by `spec.kind`. `quarantine` has one row per record set aside (`rows_quarantined`) and one
    per case-level fact set aside (`facts_quarantined`), whose records are kept. `sha256` is of the
    file's bytes; `columns_found` names every column of the file; `notes` are plain sentences without any
    value of a record; `next_row_no` is the `first_row_no` for the source read next.

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

    def __post_init__(self) -> None:
        shapes = (
            (self.events, EVENT),
            (self.involvements, INVOLVEMENT),
            (self.facts, DATED_FACT),
            (self.quarantine, QUARANTINE),
        )
        kept = self.events.num_rows + self.involvements.num_rows
        if (
            self.rows_in != self.rows_good + self.rows_quarantined
            or self.rows_good != kept
            or self.quarantine.num_rows != self.rows_quarantined + self.facts_quarantined
            or any(not table.schema.equals(shape) for table, shape in shapes)
        ):
            raise IntegrityError(
                f"Rows got lost while reading: {self.rows_in} in, {kept} kept, {self.rows_quarantined} set aside.",
                where=f"source '{self.spec.name}', {self.spec.path.name}",
                todo="Report this as a fault of casetrail; use no figure of this run.",
                code="rows_lost",
            )
