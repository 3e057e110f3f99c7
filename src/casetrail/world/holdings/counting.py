"""Counts of what was written, checked against what happened."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from casetrail.errors import IntegrityError
from casetrail.world.holdings.fates import NEVER_RECORDED, RECORDED_AFTER_EXTRACT, WRITTEN
from casetrail.world.holdings.holding import Holding


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyWritten:
    """Counts of one agency. Events: in = written + lost; rows in the file = written + repeated + entered twice.

    `lost` = never recorded + recorded after the extract; `late` counts written rows only. The same for involvements,
    none of which stands twice. `records` are local records, `second_records` those that are a person's second.
    """

    agency: str
    events_in: int
    event_rows: int
    written: int
    never_recorded: int
    recorded_after_extract: int
    late: int
    repeated: int
    entered_twice: int
    involvements_in: int
    involvement_rows: int
    involvements_lost: int
    records: int
    second_records: int

    @property
    def lost(self) -> int:
        """Events that are not in the file."""
        return self.never_recorded + self.recorded_after_extract


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was written: places, the number of files (the truth's included), and counts per agency."""

    folder: Path
    inquiry: Path
    truth: Path
    files: int
    agencies: tuple[AgencyWritten, ...]

    def total(self, count: str) -> int:
        """The sum over the agencies of one of the counts of `AgencyWritten`, by its name."""
        return sum(getattr(agency, count) for agency in self.agencies)


def counted(holding: Holding, *, event_rows: int, involvement_rows: int) -> AgencyWritten:
    """Counts of an agency. Raises IntegrityError when rows do not add up."""
    fates, other = holding.events.fates, holding.involvements.fates
    counts = AgencyWritten(
        agency=holding.agency,
        events_in=len(fates.status),
        event_rows=event_rows,
        written=int((fates.status == WRITTEN).sum()),
        never_recorded=int((fates.status == NEVER_RECORDED).sum()),
        recorded_after_extract=int((fates.status == RECORDED_AFTER_EXTRACT).sum()),
        late=int((fates.late & fates.written).sum()),
        repeated=int(fates.repeated.sum()),
        entered_twice=int(fates.entered_twice.sum()),
        involvements_in=len(other.status),
        involvement_rows=involvement_rows,
        involvements_lost=int((~other.written).sum()),
        records=len(holding.records.row),
        second_records=int(holding.records.second.sum()),
    )
    in_file = counts.written + counts.repeated + counts.entered_twice
    if counts.events_in != counts.written + counts.lost or event_rows != in_file:
        raise IntegrityError("Rows of a made-up agency got lost.", todo="Report it: a fault of casetrail.")
    if counts.involvements_in != involvement_rows + counts.involvements_lost:
        raise IntegrityError("Involvements of a made-up agency got lost.", todo="Report it: a fault of casetrail.")
    return counts
