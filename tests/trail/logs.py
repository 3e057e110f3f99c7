"""Random logs: few persons, few bodies, many ties, everything that may be unknown sometimes unknown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pyarrow as pa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from casetrail.schema.events import (
    DATED_FACT,
    EVENT,
    INVOLVEMENT,
    MICROSECONDS_PER_DAY,
    QUARANTINE,
    SOURCE,
)
from casetrail.trail.build import RecordTables
from casetrail.trail.plain_log import PlainEvent, PlainFact, PlainInvolvement, PlainOptions

DAY = MICROSECONDS_PER_DAY
START = 13_664 * DAY  # 2007-05-31: days 0-69 of a log touch four months
SPAN_DAYS = 70
AGENCIES = ("Council", "Hospital", "Police")
TEAMS = ("Duty", "Ward", "Police")  # a team may bear the name of an agency
ACTIVITIES = ("call", "visit", "letter")
FACTS = ("begin", "end", "due")
SOURCE_NAME = "log"

# Building a trail takes longer than Hypothesis expects of an example.
UNHURRIED = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@dataclass(frozen=True)
class Log:
    """A whole random input; its clock is UTC."""

    events: tuple[PlainEvent, ...]
    involvements: tuple[PlainInvolvement, ...]
    facts: tuple[PlainFact, ...]

    @property
    def persons(self) -> list[str]:
        return sorted({record.person for group in (self.events, self.involvements) for record in group})


def month_of(at_us: int) -> int:
    """Month of a stored moment on a UTC clock, as year * 12 + month - 1."""
    day = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at_us)
    return day.year * 12 + day.month - 1


# A coarse clock makes ties in time; odd microseconds show rounding.
_hours = st.integers(0, SPAN_DAYS * 4).map(lambda n: START + n * DAY // 4)
_odd = st.integers(0, SPAN_DAYS * DAY).map(lambda n: START + n)
moments = st.one_of(_hours, _hours, _odd)
days = st.integers(0, SPAN_DAYS).map(lambda n: START + n * DAY)
lengths = st.sampled_from((0, 1, DAY // 4, DAY // 2, DAY, 9 * DAY, 40 * DAY))
PERSONS = ("p1", "p2", "p3", "p4", "p5", "p6")
_persons = st.sampled_from(PERSONS)


def _maybe(values: st.SearchStrategy[str]) -> st.SearchStrategy[str | None]:
    return st.one_of(values, values, values, st.none())


@st.composite
def events(draw: st.DrawFn, persons: st.SearchStrategy[str] = _persons) -> PlainEvent:
    """One event; `row_no` is given later."""
    to_the_day = draw(st.booleans())
    at_us = draw(days if to_the_day else moments)
    return PlainEvent(
        row_no=0,
        person=draw(persons),
        activity=draw(st.sampled_from(ACTIVITIES)),
        at_us=at_us,
        month=month_of(at_us),
        rank=draw(st.sampled_from((0, 0, 1, 2))),
        agency=draw(_maybe(st.sampled_from(AGENCIES))),
        team=draw(_maybe(st.sampled_from(TEAMS))),
        worker=draw(_maybe(st.sampled_from(("w1", "w2")))),
        state=draw(_maybe(st.sampled_from(("open", "waiting", "call")))),
        case_type=draw(_maybe(st.sampled_from(("harm", "housing")))),
        end_us=draw(st.one_of(st.none(), lengths.map(lambda n: at_us + n))),
        to_the_day=to_the_day,
        passed_to=draw(st.one_of(st.none(), st.sampled_from((*AGENCIES, *AGENCIES, *TEAMS, "Court")))),
        recorded_us=draw(st.one_of(st.none(), lengths.map(lambda n: at_us + n))),
        incident=draw(_maybe(st.sampled_from(("i1", "i2")))),
        reported_by_role=draw(st.sampled_from((None, None, "neighbour"))),
        closing=draw(st.sampled_from((False, False, False, True))),
    )


@st.composite
def involvements(draw: st.DrawFn, persons: st.SearchStrategy[str] = _persons) -> PlainInvolvement:
    """One record of a role; most are holders, some last no time at all, some have no end."""
    from_us = draw(moments)
    return PlainInvolvement(
        person=draw(persons),
        role=draw(st.sampled_from(("holder", "holder", "holder", "contributor"))),
        from_us=from_us,
        to_us=draw(st.one_of(st.none(), lengths.map(lambda n: from_us + n))),
        agency=draw(_maybe(st.sampled_from(AGENCIES))),
        team=draw(_maybe(st.sampled_from(TEAMS))),
        recorded_us=draw(st.one_of(st.none(), lengths.map(lambda n: from_us + n))),
    )


@st.composite
def facts(draw: st.DrawFn) -> PlainFact:
    return PlainFact(draw(_persons), draw(st.sampled_from(FACTS)), draw(days))


@st.composite
def logs(draw: st.DrawFn, *, most: int = 24) -> Log:
    """A log of up to six persons; the first may have recorded holders, and a seventh has no events at all."""
    # With few persons their trails are long enough for circles.
    persons = st.sampled_from(PERSONS[: draw(st.integers(1, 6))])
    # Sizes are drawn first: lists without a least size come out short.
    size = draw(st.integers(0, most))
    roles = draw(st.sampled_from((0, 1, 3, 6)))
    drawn = draw(st.lists(events(persons), min_size=size, max_size=size))
    held = st.lists(involvements(st.sampled_from(("p1", "p7"))), min_size=roles, max_size=roles)
    return Log(
        events=numbered(drawn),
        involvements=tuple(draw(held)),
        facts=tuple(draw(st.lists(facts(), max_size=8))),
    )


def numbered(drawn: list[PlainEvent] | tuple[PlainEvent, ...]) -> tuple[PlainEvent, ...]:
    """Events with `row_no` in the order given."""
    return tuple(replace(event, row_no=i) for i, event in enumerate(drawn))


@st.composite
def options(draw: st.DrawFn) -> PlainOptions:
    """As-of days inside and after the log; some as known on a day."""
    return PlainOptions(
        as_of_us=draw(st.sampled_from((START + 35 * DAY, START + SPAN_DAYS * DAY, START + 100 * DAY))),
        known_on_us=draw(st.one_of(st.none(), st.none(), days)),
        open_ends=draw(st.sampled_from(("last_event", "as_of"))),
    )


def tables(log: Log, zone: str = "UTC") -> RecordTables:
    """The log as `records` would hand it over."""
    return RecordTables(
        events=_arrow(EVENT, [_event_row(event) for event in log.events]),
        involvements=_arrow(INVOLVEMENT, [_involvement_row(i, v) for i, v in enumerate(log.involvements)]),
        facts=_arrow(
            DATED_FACT,
            [
                {"source": SOURCE_NAME, "person": f.person, "name": f.name, "at_us": f.at_us, "precision": "day"}
                for f in log.facts
            ],
        ),
        sources=SOURCE.empty_table(),
        quarantine=QUARANTINE.empty_table(),
        zones={SOURCE_NAME: zone},
    )


def _arrow(schema: pa.Schema, rows: list[dict[str, object]]) -> pa.Table:
    return pa.table({f.name: pa.array([row.get(f.name) for row in rows], f.type) for f in schema}, schema=schema)


def _event_row(event: PlainEvent) -> dict[str, object]:
    same = ("row_no", "person", "activity", "at_us", "rank", "agency", "team", "worker", "state", "case_type")
    same += ("reported_by_role",)
    row: dict[str, object] = {name: getattr(event, name) for name in same}
    # An episode stands in where there is no incident: use both columns.
    link = "episode" if event.incident == "i2" else "incident"
    return row | {
        "source": SOURCE_NAME,
        "source_place": f"log.csv, record {event.row_no + 1}",
        "end_us": event.end_us,
        "precision": "day" if event.to_the_day else "minute",
        "passed_to": event.passed_to,
        "recorded_us": event.recorded_us,
        "closing_code": "advice" if event.closing else None,
        link: event.incident,
    }


def _involvement_row(row_no: int, record: PlainInvolvement) -> dict[str, object]:
    same = ("person", "agency", "team", "role", "from_us", "to_us", "recorded_us")
    row: dict[str, object] = {name: getattr(record, name) for name in same}
    return row | {"row_no": row_no, "source": SOURCE_NAME, "source_place": f"roles.csv, record {row_no + 1}"}
