"""Who told and how it ended: by hand, and against a plain count on random logs."""

from __future__ import annotations

from collections import Counter

import pyarrow as pa
from hypothesis import given

from casetrail.figures import Table
from casetrail.schema.events import EVENT
from casetrail.store import open_snapshot
from casetrail.trail.asking import Asking
from casetrail.trail.build import RecordTables, TrailOptions, build_trail, store_records
from casetrail.trail.handle import trail_of
from casetrail.trail.plain_log import PlainOptions
from casetrail.trail.plain_trail import plain_trail
from casetrail.trail.telling import endings, told

from .built import built
from .logs import DAY, START, UNHURRIED, Log, logs, options, tables

# person, day, agency, role, outcome, closing code
ROWS = (
    ("a", 0, "police", "neighbour", None, None),  # the police write later that nobody was found
    ("a", 1, "police", None, None, "area search no trace"),
    ("a", 2, "council", "1B", "no further action", None),
    ("b", 0, "council", "school", "accepted", None),
    ("b", 1, "council", "Schools", None, None),  # nothing follows
    ("c", 0, "police", "family", None, None),  # the next is a report of its own: what came of this one is not known
    ("c", 1, "police", "family", None, "Advice"),
    ("c", 2, "council", "clairvoyant", "child seen", "a code of our own"),
    ("d", 0, "council", "2A", None, None),  # its ending comes two events on, before the next report
    ("d", 1, "council", None, "child seen", None),
    ("d", 1, "police", None, None, "advice"),
    ("d", 2, "council", None, None, "RC8"),
    ("d", 3, "council", None, None, "RC5"),  # a second ending says nothing about it
)


def asking(rows=ROWS):
    """Yield an asking on rows laid down as one source."""
    events = [
        {
            "row_no": at, "source": "log", "source_place": f"record {at}", "person": who, "agency": agency,
            "activity": "x", "at_us": START + day * DAY, "precision": "day", "rank": 0, "reported_by_role": role,
            "outcome": outcome, "closing_code": code,
        }
        for at, (who, day, agency, role, outcome, code) in enumerate(rows)
    ]  # fmt: skip
    empty = tables(Log((), (), ()))
    return RecordTables(
        pa.Table.from_pylist(events, schema=EVENT), empty.involvements, empty.facts, empty.sources, empty.quarantine,
        {"log": "UTC"},
    )  # fmt: skip


def answered(ask, rows=ROWS, **more):
    with open_snapshot(None) as engine:
        store_records(engine, asking(rows))
        build_trail(engine, TrailOptions(START + 90 * DAY))
        return ask(Asking(trail_of(engine, sources=(), mapped=frozenset()), **more))


def test_who_told_by_hand() -> None:
    found = answered(told)

    assert isinstance(found.body, Table)
    # kind, speaks, persons, reports, turned away, something followed, not recorded
    assert set(found.body.rows) == {
        ("Private persons", "lay", 2, 4, 3, 0, 1),
        ("Schools", "professional", 2, 3, 1, 1, 1),
        ("in words of its own", "not known", 1, 1, 0, 0, 1),
    }
    assert "Private persons told 4 times, and 3 of these reports were turned away" in found.sentence
    assert "professionals told 3 times, and 1 were" in found.sentence


def test_who_told_by_agency() -> None:
    body = answered(told, by="agency").body

    assert isinstance(body, Table)
    assert ("police", "Private persons", "lay", 2, 3, 2, 0, 1) in body.rows


def test_endings_by_hand() -> None:
    found = answered(endings)

    assert isinstance(found.body, Table)
    assert set(found.body.rows) == {
        ("Nobody was found", 1, 1),
        ("No further action", 2, 2),
        ("Handed to another authority", 1, 1),
        ("Taken on", 1, 1),
        ("Information or advice alone", 2, 2),
        ("in words of its own", 1, 1),
    }
    assert "Of 8 endings in the records, 5 turned somebody away" in found.sentence


@UNHURRIED
@given(log=logs(), chosen=options())
def test_every_report_is_in_one_row(log: Log, chosen: PlainOptions) -> None:
    plain = plain_trail(log.events, log.involvements, log.facts, chosen)
    expected: Counter[str] = Counter()
    for person in {step.person for step in plain.steps}:
        walked = sorted((s for s in plain.steps if s.person == person), key=lambda s: s.seq)
        for agency in {s.event.agency for s in walked}:
            own = [s.event for s in walked if s.event.agency == agency]
            told_at = [at for at, event in enumerate(own) if event.reported_by_role]
            for at, until in zip(told_at, [*told_at[1:], len(own)], strict=False):
                expected["reports"] += 1
                expected["away"] += any(event.closing for event in own[at:until])
    with built(log, chosen) as sql:
        rows = sql.rows("told", by="all")
    assert sum(int(str(r["reports"])) for r in rows) == expected["reports"]
    assert sum(int(str(r["turned_away"])) for r in rows) == expected["away"]
    assert all(r["reports"] == r["turned_away"] + r["went_on"] + r["not_recorded"] for r in rows)  # type: ignore[operator]
