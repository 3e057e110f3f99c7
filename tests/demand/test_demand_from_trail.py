"""Lists from a trail: what counts, halves, what was passed on, and how many agencies. Expected: counted by hand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetrail.demand.from_trail.choosing import OTHERS, Chosen, choose
from casetrail.demand.from_trail.count import count
from casetrail.demand.from_trail.counted import FromTrail, PassedOn
from casetrail.demand.from_trail.wanted import Counting, ListOf, Wanted
from casetrail.figures import Refusal
from casetrail.trail.handle import Trail
from casetrail.trail.listing import Kind
from casetrail.trail.plain_log import PlainOptions
from trail.logs import DAY, START, UNHURRIED, Log, logs
from trail.test_listing import BY_HAND, followed

EDGES = {"since_us": START + 10 * DAY, "until_us": START + 20 * DAY}


@pytest.fixture(scope="module")
def by_hand() -> Iterator[Trail]:
    with followed(BY_HAND, PlainOptions(as_of_us=START + 30 * DAY)) as trail:
        yield trail


def _counted(trail: Trail, wanted: Wanted | None = None) -> FromTrail:
    found = count(trail, wanted or Wanted(), **EDGES)
    assert isinstance(found, FromTrail)
    return found


def test_a_list_for_each_agency(by_hand: Trail) -> None:
    # Hospital: p1 (told), p2, p3; police: all four.
    found = _counted(by_hand)
    assert found.lists.names == ("Hospital", "Police")
    assert found.lists.counts.tolist() == [0, 0, 1, 3]
    assert found.own.counts.tolist() == [0, 0, 2, 2]
    assert (found.lost, found.events, found.events_unsure, found.events_of_nobody) == (0, 9, 0, 0)
    assert found.passed == (PassedOn("Hospital", "Police", 3, 0), PassedOn("Police", "Hospital", 3, 1))
    assert found.passed[1].share == pytest.approx(1 / 3)
    assert found.activities["Police"] == (("call", 6),)
    assert found.counting == "every event that an agency of the list recorded"


def test_halves(by_hand: Trail) -> None:
    # Days 10-14 and 15-19: the hospital has p1, p2 then p3; the police p1, p3, p4 then p2, p4.
    found = _counted(by_hand)
    assert [half.counts.tolist() for half in found.halves] == [[0, 1, 2, 1], [0, 1, 2, 0]]
    assert [(b.name, b.first, b.second, b.both) for b in found.both_halves] == [
        ("any list", 4, 3, 3),
        ("Hospital", 2, 1, 0),
        ("Police", 3, 2, 1),
    ]
    assert found.both_halves[0].share == pytest.approx(3 / 4)


def test_how_often(by_hand: Trail) -> None:
    found = _counted(by_hand)
    assert found.times["day"] == {"Hospital": {1: 3}, "Police": {1: 3, 2: 1}}
    assert found.times["incident"] == {"Hospital": {}, "Police": {1: 1}}
    assert found.unknown_times == {"Hospital": 3, "Police": 3}


def test_nobody_and_too_few(by_hand: Trail) -> None:
    for counting, code in ((Counting(activities=("visit",)), "nobody"), (Counting(words=("LETTER",)), "nobody")):
        refused = count(by_hand, Wanted(counting=counting), **EDGES)
        assert isinstance(refused, Refusal)
        assert refused.reason == code
    one = count(by_hand, Wanted(lists={"police": ListOf(agencies=("Police",))}), **EDGES)
    assert isinstance(one, Refusal)
    assert one.reason == "too_few_lists"
    seven = Wanted(lists={f"list {i}": ListOf(agencies=("Police",)) for i in range(7)})
    refused = count(by_hand, seven, **EDGES)
    assert isinstance(refused, Refusal)
    assert refused.reason == "too_many_lists"


def test_a_list_of_several_agencies_knows_what_it_tells_itself(by_hand: Trail) -> None:
    both = {"together": ListOf(agencies=("Police", "Hospital")), "police": ListOf(agencies=("Police",))}
    found = _counted(by_hand, Wanted(lists=both))
    assert found.lists.counts.tolist() == [0, 0, 0, 4]
    assert all(pair.passed == 0 for pair in found.passed)


@pytest.mark.parametrize("within, passed", [(1, 0), (2, 1)])
def test_a_sending_of_long_ago(by_hand: Trail, within: int, passed: int) -> None:
    found = _counted(by_hand, Wanted(passed_within_days=within))
    assert sum(pair.passed for pair in found.passed) == passed


KIND = Kind("police", "Police", "call received", "charged", "2.5", 1)


@pytest.mark.parametrize(
    ("counting", "kind", "has", "unsure"),
    [
        (Counting(), KIND, True, False),
        (Counting(activities=("call received",)), KIND, True, False),
        (Counting(activities=("call",)), KIND, False, False),
        (Counting(words=("CALL",)), KIND, True, False),
        (Counting(outcomes=("charged",), severity_from=2.5), KIND, True, False),
        (Counting(outcomes=("charged",), severity_from=2.6), KIND, False, False),
        (Counting(outcomes=("closed",)), KIND, False, False),
        (Counting(severities=("high",)), Kind("police", "Police", "call received", None, "high", 1), True, False),
        (Counting(severity_from=1), Kind("police", "Police", "call received", None, "high", 1), False, False),
        (Counting(severity_from=1), Kind("police", "Police", "call received", None, "nan", 1), False, False),
        (Counting(severity_from=1), Kind("police", "Police", "call received", None, None, 1), False, True),
        (Counting(outcomes=("charged",)), Kind("police", "Police", "call received", None, None, 1), False, True),
        (
            Counting(words=("visit",), severity_from=1),
            Kind("police", "P", "call received", None, None, 1),
            False,
            False,
        ),
    ],
)
def test_what_counts(counting: Counting, kind: Kind, has: bool, unsure: bool) -> None:
    assert (counting.has(kind), counting.unsure(kind)) == (has, unsure)


EIGHT = {"a": 5, "b": 90, "c": 5, "d": 70, "e": 60, "f": 50, "g": 40, "h": 30}


def test_more_than_six_agencies_are_merged_with_the_reason() -> None:
    chosen = choose(Wanted(), EIGHT)
    assert isinstance(chosen, Chosen)
    assert tuple(chosen.lists) == ("b", "d", "e", "f", "g", OTHERS)
    assert chosen.lists[OTHERS].agencies == ("a", "c", "h")
    assert chosen.merged == (("h", 30), ("a", 5), ("c", 5))
    assert "8 agencies" in chosen.why


def test_or_left_out() -> None:
    chosen = choose(Wanted(many="leave-out"), EIGHT)
    assert isinstance(chosen, Chosen)
    assert tuple(chosen.lists) == ("b", "d", "e", "f", "g", "h")
    assert chosen.left_out == (("a", 5), ("c", 5))
    assert "hidden" in chosen.why


def test_agencies_that_no_wanted_list_names_are_said() -> None:
    chosen = choose(
        Wanted(lists={"x": ListOf(agencies=("b", "d")), "y": ListOf(agencies=("a",))}), {"a": 1, "b": 2, "c": 3}
    )
    assert isinstance(chosen, Chosen)
    assert chosen.left_out == (("c", 3),)


@UNHURRIED
@given(log=logs(), cut=st.integers(1, 40))
def test_halves_and_own_lists_fit_together(log: Log, cut: int) -> None:
    options = PlainOptions(as_of_us=START + 100 * DAY)
    with followed(log, options) as trail:
        found = count(trail, Wanted(), since_us=START, until_us=START + 2 * cut * DAY)
    if isinstance(found, Refusal):
        return
    for both in found.both_halves:
        assert 0 <= both.both <= min(both.first, both.second)
    assert found.lost >= 0
    for j in range(found.lists.k):
        assert found.own.on(j) <= found.lists.on(j)
    for name, of in found.times["day"].items():
        assert sum(of.values()) == found.lists.on(found.lists.names.index(name))
