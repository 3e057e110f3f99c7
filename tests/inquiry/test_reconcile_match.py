"""Matching rows of two sides: every kind of difference by hand, and parts that always add up."""

from __future__ import annotations

from collections import Counter
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from casetrail.inquiry.reconcile_items import Happened, Item, Window, items, together
from casetrail.inquiry.reconcile_match import EFFECT, Side, match
from casetrail.inquiry.reconcile_measures import Measure, measure_named, measures
from casetrail.inquiry.reconcile_pages import PART_WORDS

WINDOW = Window(date(1970, 1, 11), date(1970, 1, 31))  # days 10 to 30


def rows(*what):
    """Items of persons and days; counted from day 10 to 30."""
    return [Item(person, day, 10 <= day <= 30, f"row {at}") for at, (person, day) in enumerate(what)]


def side(*persons, aside=None, undated=None, near=None):
    return Side(frozenset(persons), aside or {}, undated or {}, near or {})


def parts(mine, theirs, *, first=None, second=None, tolerance=7):
    told = match(mine, theirs, sides=(first or side("a"), second or side("a")), tolerance=tolerance)
    return Counter(one.part for one in told)


def test_every_part_by_hand():
    assert parts(rows(("a", 12)), rows(("a", 12))) == {"agrees": 1}
    assert parts(rows(("a", 12)), rows(("a", 15))) == {"other day": 1}
    assert parts(rows(("a", 29)), rows(("a", 32))) == {"other day, submitted alone counts": 1}
    assert parts(rows(("a", 8)), rows(("a", 11))) == {"other day, others alone count": 1}
    assert parts(rows(("a", 12), ("a", 12)), rows(("a", 12))) == {"agrees": 1, "twice in the submission": 1}
    assert parts(rows(("a", 12)), rows(("a", 12), ("a", 12))) == {"agrees": 1, "twice in the others": 1}
    assert parts(rows(("a", 12)), [], second=side("a", near={"a": (14,)})) == {"near in the others": 1}
    assert parts([], rows(("a", 12)), first=side("a", near={"a": (14,)})) == {"near in the submission": 1}
    assert parts(rows(("a", 12)), [], second=side("a", aside={"a": 1})) == {"set aside in the others": 1}
    assert parts([], rows(("a", 12)), first=side("a", aside={"a": 1})) == {"set aside in the submission": 1}
    assert parts(rows(("a", 12)), [], second=side("a", undated={"a": 1})) == {"no date in the others": 1}
    assert parts([], rows(("a", 12)), first=side("a", undated={"a": 1})) == {"no date in the submission": 1}
    assert parts(rows(("a", 12)), [], second=side("b")) == {"person not in the others": 1}
    assert parts([], rows(("a", 12)), first=side("b")) == {"person not in the submission": 1}
    assert parts(rows(("a", 12)), []) == {"not in the others": 1}
    assert parts([], rows(("a", 12))) == {"not in the submission": 1}
    ended = [Item("a", 12, False, "")]
    assert parts(rows(("a", 12)), ended) == {"same day, submitted alone counts": 1}
    assert parts(ended, rows(("a", 12))) == {"same day, others alone count": 1}


def test_a_row_set_aside_stands_for_one_row_only():
    found = parts(rows(("a", 12), ("a", 25)), [], second=side("a", aside={"a": 1}), tolerance=0)
    assert found == {"set aside in the others": 1, "not in the others": 1}


def test_the_nearest_day_is_taken_first():
    # 12 could go with 15, but 15 has 16 nearer: the pairs are 16-15 and none for 12 within 2 days.
    found = parts(rows(("a", 12), ("a", 16)), rows(("a", 15)), tolerance=3)
    assert found == {"other day": 1, "not in the others": 1}


def test_outside_the_window_on_both_sides_is_nothing():
    assert parts(rows(("a", 5)), rows(("a", 40))) == {}


def test_every_part_has_words_and_an_effect():
    assert set(PART_WORDS) == set(EFFECT)
    assert len(set(PART_WORDS.values())) == len(PART_WORDS)


def event(person, day, activity):
    return Happened(person, day, activity, None, "1")


REFERRALS, AGAIN, OPEN = (measure_named(name) for name in ("referrals", "re-referrals", "plans-open"))
CONFERENCES = measure_named("Initial child protection conferences")


def counting(events, measure: Measure, window=WINDOW):
    return sum(item.counts for item in items(events, measure, window))


def test_what_counts_by_hand():
    told = [
        event("a", 12, "referral received"),
        event("a", 12, "referral received"),
        event("b", 9, "referral received"),
    ]
    assert counting(told, REFERRALS) == 2
    # Again: b on day 20 has one eleven days before; a's two of one day are not again; c's earlier one is 366 days old.
    told += [event("b", 20, "referral received"), event("c", 20, "referral received"), event("c", -346, "referral")]
    assert counting(told, AGAIN) == 1
    # One conference told under two activities is one.
    both = [event("a", 15, "initial conference held"), event("a", 15, "initial conference held after enquiry")]
    assert counting(both, CONFERENCES) == 1


def test_open_on_the_last_day():
    began, ended = "child protection plan began", "child protection plan ended"
    told = [
        event("a", 3, began), event("a", 12, ended), event("a", 20, began),  # the second is open
        event("b", 3, began), event("b", 30, ended),  # ended by the last day
        event("c", 3, began), event("c", 31, ended),  # a day later: open
        event("d", 31, began),  # not begun
    ]  # fmt: skip
    assert [(i.person, i.day) for i in items(told, OPEN, WINDOW) if i.counts] == [("c", 3), ("a", 20)]


def test_two_sources_that_tell_the_same_tell_it_once():
    one, two = rows(("a", 12), ("a", 12)), rows(("a", 12), ("b", 13))
    assert Counter((i.person, i.day) for i in together({"x": one, "y": two})) == {("a", 12): 2, ("b", 13): 1}


def test_definitions_name_a_source_and_say_whether_checked():
    assert len({one.id for one in measures()}) == len(measures()) >= 14
    for one in measures():
        assert one.definition
        assert "Department for Education" in one.source
        assert bool(one.ends) == (one.counts in ("open", "state"))
        assert bool(one.days) == (one.counts == "again")


things = st.lists(
    st.builds(
        lambda person, day, flip: Item(person, day, (10 <= day <= 30) ^ flip, f"{day}"),
        st.sampled_from("abc"), st.integers(5, 36), st.sampled_from((False, False, False, True)),
    ),
    max_size=14,
)  # fmt: skip
many = st.dictionaries(st.sampled_from("abc"), st.integers(0, 3))
near = st.dictionaries(st.sampled_from("abc"), st.lists(st.integers(5, 36), max_size=3).map(tuple))
sides = st.builds(Side, st.sets(st.sampled_from("abc")).map(frozenset), many, many, near)


@given(mine=things, theirs=things, beside=st.tuples(sides, sides), tolerance=st.integers(0, 20))
def test_parts_add_up_and_no_row_is_lost(mine, theirs, beside, tolerance):
    told = match(mine, theirs, sides=beside, tolerance=tolerance)
    counts = [sum(item.counts for item in found) for found in (mine, theirs)]

    assert sum(EFFECT[one.part] for one in told) == counts[0] - counts[1]
    for at, found in enumerate((mine, theirs)):
        landed = [item for one in told if (item := (one.submitted, one.recounted)[at]) is not None and item.counts]
        assert Counter(map(id, landed)) == Counter(id(item) for item in found if item.counts)
    for one in told:
        if one.submitted and one.recounted:
            assert one.submitted.person == one.recounted.person
            assert abs(one.submitted.day - one.recounted.day) <= tolerance


@given(found=things)
def test_a_side_agrees_with_itself(found):
    told = match(found, found, sides=(side(), side()), tolerance=7)
    assert {one.part for one in told} <= {"agrees"} or len({(i.person, i.day, i.counts) for i in found}) < len(found)


def test_episodes_of_a_dataset_are_starts_and_ends_of_care_by_their_codes():
    # In a dataset each change is an episode: S starts the period of care, X1 goes on in another.
    began, ended = "episode of care began", "episode of care ended"
    told = [
        Happened("a", 12, began, "S", "1"),
        Happened("a", 15, ended, "X1", "1"),
        Happened("a", 15, began, "P", "1"),
        Happened("b", 12, began, "S: started to be looked after", "1"),
        Happened("b", 20, ended, "E4A", "1"),
    ]
    counts = {name: counting(told, measure_named(name)) for name in ("care-started", "care-ended", "care-open")}
    assert counts == {"care-started": 2, "care-ended": 1, "care-open": 1}


def test_who_is_looked_after_on_the_last_day():
    began, changed, ceased = "started to be looked after", "episode of care changed", "ceased to be looked after"
    told = [
        event("a", 3, began), event("a", 12, changed),  # once, however many episodes
        event("b", 12, changed),  # the return of a year need not have the start
        event("c", 3, began), event("c", 12, ceased),
        event("d", 3, began), event("d", 12, ceased), event("d", 12, began),  # back on the day
        event("e", 12, began), event("e", 12, ceased),  # for a day
        event("f", 3, began), event("f", 31, ceased),
        event("g", 31, began),
    ]  # fmt: skip
    found = items(told, measure_named("care-open"), WINDOW)
    assert sorted(item.person for item in found) == ["a", "b", "d", "f"]
    assert {item.day for item in found} == {30}
