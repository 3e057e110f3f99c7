"""The public logs of the reference folder, each declared as an inquiry would declare it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from casetrail.figures import Origin
from casetrail.records import Extract, Keys, SourceSpec, read_source
from casetrail.schema.events import SOURCE
from casetrail.store import open_snapshot
from casetrail.trail.build import RecordTables, TrailOptions, build_trail, store_records
from casetrail.trail.handle import Trail, trail_of

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "trails"
LATE = date(2020, 1, 1)  # after the last event of every log

INCIDENT_COLUMNS = {
    "person": ("case:concept:name",),
    "activity": ("concept:name",),
    "state": ("concept:name", "lifecycle:transition"),
    "at": ("time:timestamp",),
    "agency": ("organization involved",),
    "team": ("org:group",),
    "worker": ("org:resource",),
}


@dataclass(frozen=True)
class PublicLog:
    """One log as an inquiry would declare it."""

    file: str
    columns: dict[str, tuple[str, ...]]
    zone: str = "Europe/Amsterdam"
    dates: dict[str, str] = field(default_factory=dict)
    delimiter: str | None = None

    def extract(self) -> Extract:
        spec = SourceSpec(
            name="log",
            path=DATA / self.file,
            origin=Origin.PUBLIC_PSEUDONYMOUS,
            columns=self.columns,
            dates=self.dates,
            zone=self.zone,
            delimiter=self.delimiter,
        )
        return read_source(spec, keys=Keys(bytes(32), bytes(32)), as_of=LATE)


XES_COLUMNS = {
    "person": ("case:concept:name",),
    "activity": ("concept:name",),
    "at": ("time:timestamp",),
    "worker": ("org:resource",),
}
RECEIPT = PublicLog(
    "receipt.xes.gz",
    {**XES_COLUMNS, "team": ("org:group",)},
    dates={"start": "case:startdate", "end": "case:enddate", "deadline": "case:deadline"},
)
INCIDENTS = PublicLog("bpic2013_incidents.xes.gz", INCIDENT_COLUMNS, "Europe/Brussels")
PROBLEMS = PublicLog("bpic2013_closed_problems.xes.gz", INCIDENT_COLUMNS, "Europe/Brussels")
LOANS = PublicLog("bpic2012.xes.gz", XES_COLUMNS)
PERMITS = PublicLog(
    "bpic2015_municipality1.csv.gz",
    {
        "person": ("case:concept:name",),
        "activity": ("concept:name",),
        "at": ("time:timestamp",),
        "worker": ("org:resource",),
    },
)
FINES = PublicLog(
    "traffic_fines_10000.csv.gz",
    {"person": ("case_id",), "activity": ("activity",), "at": ("timestamp",), "worker": ("resource",)},
    "Europe/Rome",
)
SEPSIS = PublicLog(
    "sepsis.csv.gz",
    {
        "person": ("Case ID",),
        "activity": ("Activity",),
        "at": ("Complete Timestamp",),
        "team": ("org:group",),
    },
    delimiter=";",
)


def built_trail(log: PublicLog) -> Iterator[Trail]:
    extract = log.extract()
    assert extract.rows_quarantined == 0
    tables = RecordTables(
        events=extract.events,
        involvements=extract.involvements,
        facts=extract.facts,
        sources=SOURCE.empty_table(),
        quarantine=extract.quarantine,
        zones={"log": extract.zone},
    )
    with open_snapshot(None) as engine:
        store_records(engine, tables)
        build_trail(engine, TrailOptions(as_of_us=2**60))
        yield trail_of(engine, sources=(), mapped=frozenset())
