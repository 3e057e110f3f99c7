"""Small trails worked out by hand: what random logs meet too seldom to rely on."""

from __future__ import annotations

from casetrail.trail.plain_log import PlainEvent, PlainInvolvement, PlainOptions

from .built import Built, Row, built
from .logs import DAY, START, Log, month_of


def event(row_no: int, day: int, agency: str | None, **more: object) -> PlainEvent:
    """An event of one person on a day of the log."""
    at_us = START + day * DAY
    return PlainEvent(
        row_no=row_no, person="p1", activity="call", at_us=at_us, month=month_of(at_us), agency=agency, **more
    )  # type: ignore[arg-type]


def holder(agency: str, first: int, last: int) -> PlainInvolvement:
    return PlainInvolvement(
        person="p1", role="holder", agency=agency, from_us=START + first * DAY, to_us=START + last * DAY
    )


def spells(sql: Built) -> list[tuple[object, object, float, float]]:
    """Kind, holder, first and last day of each spell between agencies."""
    rows = [row for row in sql.table("spell") if row["level"] == "agency"]
    rows.sort(key=lambda row: int(str(row["nth"])))
    return [(row["kind"], row["holder"], _day(row, "from_us"), _day(row, "to_us")) for row in rows]


def _day(row: Row, column: str) -> float:
    return (int(str(row[column])) - START) / DAY


END = PlainOptions(as_of_us=START + 60 * DAY)


def test_two_loops_that_overlap_pass_their_common_time_once() -> None:
    # A sends at day 0, B takes at 10 and sends back, A takes at 20 and sends again, B takes at 30.
    # A-B-A lasts days 0-20, B-A-B days 10-30: together 30 days, not 40, on a trail of 30 days.
    log = Log(
        (
            event(0, 0, "A", passed_to="B"),
            event(1, 10, "B", passed_to="A"),
            event(2, 20, "A", passed_to="B"),
            event(3, 30, "B"),
        ),
        (),
        (),
    )
    with built(log, END) as sql:
        (found,) = sql.rows("hand_off", level="agency", by="all")
    assert (found["turns"], found["hand_offs"], found["returns"], found["loops"]) == (4, 3, 2, 2)
    assert found["loop_us"] == 30 * DAY


def test_a_case_that_two_held_jointly_was_held_by_several() -> None:
    log = Log((event(0, 0, "A"),), (holder("A", 0, 9), holder("B", 0, 9)), ())
    with built(log, END) as sql:
        (found,) = sql.rows("held_by_how_many", level="agency", by="all")
    assert (found["several"], found["persons"]) == (True, 1)


def test_a_joint_spell_ends_only_when_its_holders_change() -> None:
    # The same two hold from day 0 to 12, though A's record is renewed on day 4 and something is sent on day 6.
    log = Log(
        (event(0, 0, "A"), event(1, 6, "A", passed_to="C")),
        (holder("A", 0, 4), holder("A", 4, 12), holder("B", 0, 15), holder("C", 12, 15)),
        (),
    )
    with built(log, END) as sql:
        assert spells(sql) == [("joint", None, 0, 12), ("joint", None, 12, 15)]


def test_sent_and_not_accepted_is_nobodys_time() -> None:
    log = Log(
        (
            event(0, 0, "A"),
            event(1, 3, "A", passed_to="B"),
            event(2, 5, "A"),  # a reminder by the sender is no acceptance
            event(3, 9, "B"),
            event(4, 12, "B", closing=True),
            event(5, 20, None),
        ),
        (),
        (),
    )
    with built(log, END) as sql:
        assert spells(sql) == [
            ("held", "A", 0, 3),
            ("limbo", None, 3, 9),
            ("held", "B", 9, 12),
            ("limbo", None, 12, 20),
            ("limbo", None, 20, 20),
        ]
        (found,) = sql.rows("identity", level="agency")
        assert (found["held_us"], found["joint_us"], found["limbo_us"]) == (6 * DAY, 0, 14 * DAY)
        (sent,) = sql.rows("sent_wait", by="all")
        assert (sent["from"], sent["to"], sent["status"], sent["total_us"]) == ("A", "B", "accepted", 6 * DAY)


def test_on_the_day_nobody_knew_the_end_of_what_had_not_ended() -> None:
    log = Log((event(0, 0, "A", end_us=START + 2 * DAY), event(1, 1, "A", end_us=START + 30 * DAY)), (), ())
    day = PlainOptions(as_of_us=START + 60 * DAY, known_on_us=START + 10 * DAY)
    with built(log, day) as sql:
        (found,) = sql.rows("blench", by="all")
    assert (found["events_with_end"], found["touch_us"]) == (1, 2 * DAY)
    with built(log, END) as sql:
        (found,) = sql.rows("blench", by="all")
    assert (found["events_with_end"], found["touch_us"]) == (2, 30 * DAY)
