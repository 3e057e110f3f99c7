"""Who is on which list: every relation against its plain twin on random logs, and one log counted by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetrail.store import open_snapshot
from casetrail.trail import listing, plain_listing
from casetrail.trail.build import TrailOptions, build_trail, store_records
from casetrail.trail.handle import Trail, trail_of
from casetrail.trail.listing import Kind, Period, Unit
from casetrail.trail.plain_log import PlainEvent, PlainOptions
from casetrail.trail.plain_steps import Step, steps

from .logs import DAY, SPAN_DAYS, START, UNHURRIED, Log, logs, numbered, options, tables

# Severity, outcome and source of an event follow from its place in the file, so that the twin can know them too.
OUTCOMES = ("harm", None, "none")
SEVERITIES = ("1", "2.5", None, "x")
SOURCES = ("first", "second")


@contextmanager
def followed(log: Log, chosen: PlainOptions) -> Iterator[Trail]:
    """The trail of a log from two sources whose events have outcomes and severities."""
    made = tables(log)
    events = made.events
    for name, values in (("outcome", OUTCOMES), ("severity", SEVERITIES), ("source", SOURCES)):
        column = pa.array([values[i % len(values)] for i in range(events.num_rows)], pa.string())
        events = events.set_column(events.schema.get_field_index(name), events.schema.field(name), column)
    with open_snapshot(None) as engine:
        engine.limit(threads=1)
        store_records(engine, replace(made, events=events, zones=dict.fromkeys(SOURCES, "UTC")))
        build_trail(engine, TrailOptions(chosen.as_of_us, chosen.known_on_us, chosen.open_ends))
        yield trail_of(engine, sources=(), mapped=frozenset())


def _kind(step: Step) -> Kind:
    row = step.event.row_no
    return Kind(
        SOURCES[row % 2], step.event.agency, step.event.activity, OUTCOMES[row % 3], SEVERITIES[row % 4], events=0
    )


LISTS: tuple[Callable[[Kind], bool], ...] = (
    lambda kind: kind.agency == "Police",
    lambda kind: kind.agency in ("Hospital", "Council") and kind.outcome == "harm",
    lambda kind: kind.agency == "Council" and kind.activity != "letter",
    lambda kind: kind.source == "second" and kind.severity == "2.5",
)


def _on(step: Step) -> frozenset[int]:
    return frozenset(j for j, on in enumerate(LISTS) if on(_kind(step)))


@UNHURRIED
@given(
    log=logs(),
    chosen=options(),
    when=st.tuples(st.integers(0, SPAN_DAYS), st.integers(1, SPAN_DAYS)),
    within_us=st.sampled_from((None, 0, 9 * DAY)),
)
def test_every_count_equals_its_plain_twin(
    log: Log, chosen: PlainOptions, when: tuple[int, int], within_us: int | None
) -> None:
    edges = {"since_us": START + when[0] * DAY, "until_us": START + sum(when) * DAY}
    period = Period(**edges, by_outcome=True, by_severity=True)
    walked = steps(log.events, chosen)
    with followed(log, chosen) as trail:
        found, _ = listing.kinds(trail, period)
        coded = listing.codes(found, LISTS)
        actual = listing.listed(trail, period, coded, within_us=within_us)
        assert (actual.patterns, actual.passed) == plain_listing.patterns(walked, _on, **edges, within_us=within_us)
        for unit in ("day", "incident", "event"):
            counted, _ = listing.times(trail, period, coded, unit)
            assert counted == plain_listing.times(walked, _on, unit, **edges)
        inside = [s for s in walked if edges["since_us"] <= s.event.at_us < edges["until_us"]]
        assert listing.events_of(found, LISTS[0]) == sum(LISTS[0](_kind(s)) for s in inside)
        persons, _ = listing.persons_by_agency(trail, period, found, LISTS[1])
        seen = {(s.event.agency, s.person) for s in inside if LISTS[1](_kind(s))}
        assert persons == {a: sum(b == a for b, _ in seen) for a, _ in seen}


def _event(person: str, agency: str, day: int, **more: object) -> PlainEvent:
    return PlainEvent(row_no=0, person=person, activity="call", at_us=START + day * DAY, month=0, agency=agency, **more)  # type: ignore[arg-type]


# p1: the police know on day 1 and tell the hospital, which has a record on day 3: passed on.
# p2: the hospital knows on day 2, the police on day 5, nobody told anybody.
# p3: the hospital had p3 before the period; the police told it in the period: it knew already.
# p4: the police alone, on two days and in one incident; one record more on the same day.
BY_HAND = Log(
    numbered(
        [
            _event("p1", "Police", 11, passed_to="Hospital"),
            _event("p1", "Hospital", 13),
            _event("p2", "Hospital", 12),
            _event("p2", "Police", 15),
            _event("p3", "Hospital", 2),
            _event("p3", "Police", 14, passed_to="Hospital"),
            _event("p3", "Hospital", 16),
            _event("p4", "Police", 11, incident="i1"),
            _event("p4", "Police", 11, incident="i1"),
            _event("p4", "Police", 17, incident="i1"),
        ]
    ),
    (),
    (),
)
TWO: tuple[Callable[[Kind], bool], ...] = (lambda k: k.agency == "Police", lambda k: k.agency == "Hospital")
IN_THE_PERIOD = Period(since_us=START + 10 * DAY, until_us=START + 20 * DAY)


@pytest.fixture(scope="module")
def by_hand() -> Iterator[Trail]:
    with followed(BY_HAND, PlainOptions(as_of_us=START + 30 * DAY)) as trail:
        yield trail


def test_a_first_record_before_the_period_is_knowledge_of_its_own(by_hand: Trail) -> None:
    found, _ = listing.kinds(by_hand, IN_THE_PERIOD)
    counted = listing.listed(by_hand, IN_THE_PERIOD, listing.codes(found, TWO))
    assert counted.patterns == {(0b11, 0b10): 1, (0b11, 0): 2, (0b01, 0): 1}
    assert counted.passed == {(0, 1): 1}


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("day", {0: {1: 3, 2: 1}, 1: {1: 3}}),
        ("incident", {0: {0: 3, 1: 1}, 1: {0: 3}}),
        ("event", {0: {1: 3, 3: 1}, 1: {1: 3}}),
    ],
)
def test_how_often(by_hand: Trail, unit: Unit, expected: dict[int, dict[int, int]]) -> None:
    found, _ = listing.kinds(by_hand, IN_THE_PERIOD)
    assert listing.times(by_hand, IN_THE_PERIOD, listing.codes(found, TWO), unit)[0] == expected


def test_a_sending_too_long_ago_does_not_count(by_hand: Trail) -> None:
    found, _ = listing.kinds(by_hand, IN_THE_PERIOD)
    counted = listing.listed(by_hand, IN_THE_PERIOD, listing.codes(found, TWO), within_us=DAY)
    assert counted.passed == {}


def test_no_more_lists_than_there_are_signs() -> None:
    with pytest.raises(ValueError, match="12"):
        listing.codes((), TWO * 7)
