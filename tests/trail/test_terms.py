"""Old names in the records are understood with the day they apply."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from casetrail.figures import Refusal, Table
from casetrail.schema.events import EVENT, MICROSECONDS_PER_DAY
from casetrail.store import open_snapshot
from casetrail.trail.asking import Asking
from casetrail.trail.build import RecordTables, TrailOptions, build_trail, store_records
from casetrail.trail.handle import trail_of
from casetrail.trail.terms import terms

from .logs import Log, tables

EPOCH = date(1970, 1, 1).toordinal()


def asked(*rows):
    """The answer on events of person, day, activity and agency."""
    events = [
        {
            "row_no": at, "source": "log", "source_place": "x", "person": who, "activity": what, "agency": agency,
            "at_us": (when.toordinal() - EPOCH) * MICROSECONDS_PER_DAY, "precision": "day", "rank": 0,
        }
        for at, (who, when, what, agency) in enumerate(rows)
    ]  # fmt: skip
    empty = tables(Log((), (), ()))
    table = pa.Table.from_pylist(events, schema=EVENT)
    with open_snapshot(None) as engine:
        store_records(
            engine,
            RecordTables(
                table, empty.involvements, empty.facts, empty.sources, empty.quarantine, {"log": "Europe/London"}
            ),
        )
        build_trail(engine, TrailOptions((date(2026, 1, 1).toordinal() - EPOCH) * MICROSECONDS_PER_DAY))
        return terms(Asking(trail_of(engine, sources=(), mapped=frozenset())))


def test_terms_by_hand():
    found = asked(
        ("a", date(2008, 5, 1), "core assessment completed", "Primary Care Trust"),
        ("b", date(2012, 5, 1), "core assessment completed", "council"),
        ("b", date(2016, 5, 1), "initial assessment", "council"),
        ("c", date(2012, 5, 1), "single assessment", "council"),
        ("c", date(2013, 5, 1), "single assessment", "council"),
        ("c", date(2013, 5, 2), "phone call", "council"),
    )
    assert isinstance(found.body, Table)
    told = {row[0]: (row[1], row[3], row[4], row[6], row[7], row[8], row[9]) for row in found.body.rows}
    assert told == {
        "core assessment completed": ("core assessment", "2008-05-01", "2012-05-01", "yes", "core assessment", 2, 2),
        "initial assessment": (
            "initial assessment", "2016-05-01", "2016-05-01", "no: it had ended", "single assessment", 1, 1,
        ),
        "single assessment": ("single assessment", "2012-05-01", "2013-05-01", "in part", "single assessment", 1, 2),
        "Primary Care Trust": (
            "primary care trust", "2008-05-01", "2008-05-01", "yes", "primary care trust", 1, 1,
        ),
    }  # fmt: skip
    assert "use 4 names of bodies or terms that began or ended on a day; 2 of them outside" in found.sentence


def test_no_dated_name_is_said_so():
    assert isinstance(asked(("a", date(2008, 5, 1), "phone call", "council")).body, Refusal)


def test_a_short_form_is_a_body_where_an_agency_bears_it():
    found = asked(("a", date(2008, 5, 1), "CA", "CSCI"), ("a", date(2010, 5, 1), "letter", "CSCI"))
    assert isinstance(found.body, Table)
    (row,) = found.body.rows
    assert (row[0], row[1], row[6]) == ("CSCI", "commission for social care inspection", "in part")
    assert row[7] == "care quality commission, ofsted (education, children's services and skills)"
