"""The fast counts against a walk from day to day, and the trap of work received on closed days."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetrail.errors import StatuteError
from casetrail.statute import (
    Convention,
    Nation,
    calendar,
    due_date,
    due_dates,
    working_days,
    working_days_between,
)
from casetrail.statute.day_by_day import due_date_by_walking, working_days_by_walking

EW = Nation.ENGLAND_AND_WALES
AFTER, NEXT, SAME = Convention.DAY_AFTER_RECEIPT, Convention.RECEIVED_NEXT_WORKING_DAY, Convention.DAY_OF_RECEIPT

days = st.dates(date(1990, 1, 1), date(2027, 6, 30))
nations = st.sampled_from(list(Nation))
conventions = st.sampled_from(list(Convention))


def closed_on(nation: Nation) -> frozenset[date]:
    return frozenset(d.item() for d in calendar(nation).holidays)


CLOSED = {nation: closed_on(nation) for nation in Nation}


@given(days, st.integers(1, 60), nations, conventions)
def test_due_date_is_the_walk(start: date, n: int, nation: Nation, convention: Convention) -> None:
    walked = due_date_by_walking(start, n, holidays=CLOSED[nation], convention=convention)
    assert walked == due_date(start, n, nation=nation, convention=convention)


@given(days, st.integers(0, 180), nations, conventions)
def test_count_is_the_walk(start: date, later: int, nation: Nation, convention: Convention) -> None:
    end = start + timedelta(days=later)
    walked = working_days_by_walking(start, end, holidays=CLOSED[nation], convention=convention)
    assert walked == working_days(start, end, nation=nation, convention=convention)


@given(days, st.integers(1, 60), nations, conventions)
def test_on_the_due_date_the_limit_is_counted(start: date, n: int, nation: Nation, convention: Convention) -> None:
    due = due_date(start, n, nation=nation, convention=convention)
    assert n == working_days(start, due, nation=nation, convention=convention)
    if due > start:
        before = due - timedelta(days=1)
        assert n - 1 == working_days(start, before, nation=nation, convention=convention)


@given(st.lists(st.tuples(days, st.integers(0, 90)), min_size=1, max_size=20), nations, conventions)
def test_arrays_are_the_single_cases(spans: list[tuple[date, int]], nation: Nation, convention: Convention) -> None:
    starts = np.array([s for s, _ in spans], dtype="datetime64[D]")
    ends = starts + np.array([k for _, k in spans], dtype="timedelta64[D]")
    counted = working_days_between(starts, ends, nation=nation, convention=convention)
    due = due_dates(starts, 7, nation=nation, convention=convention)
    for i, (start, later) in enumerate(spans):
        end = start + timedelta(days=later)
        assert counted[i] == working_days(start, end, nation=nation, convention=convention)
        assert due[i].item() == due_date(start, 7, nation=nation, convention=convention)


# An ordinary week, by hand: Friday 2, Saturday 3, Monday 5, Tuesday 6 March 2007.
FRIDAY, SATURDAY, MONDAY, TUESDAY = (date(2007, 3, d) for d in (2, 3, 5, 6))


@pytest.mark.parametrize(
    ("received", "convention", "due"),
    [
        (FRIDAY, AFTER, MONDAY),
        (FRIDAY, NEXT, MONDAY),
        (FRIDAY, SAME, FRIDAY),
        (SATURDAY, AFTER, MONDAY),
        (SATURDAY, NEXT, TUESDAY),
        (SATURDAY, SAME, MONDAY),
        (MONDAY, AFTER, TUESDAY),
        (MONDAY, NEXT, TUESDAY),
        (MONDAY, SAME, MONDAY),
    ],
)
def test_day_one_by_hand(received: date, convention: Convention, due: date) -> None:
    assert due == due_date(received, 1, nation=EW, convention=convention)


def test_easter_2007_by_hand() -> None:
    # Wednesday 4 April; Good Friday 6, Easter Monday 9 closed: 5, 10, 11, 12, 13, 16, 17 April.
    assert date(2007, 4, 17) == due_date(date(2007, 4, 4), 7, nation=EW, convention=AFTER)
    assert date(2007, 4, 16) == due_date(date(2007, 4, 4), 7, nation=Nation.SCOTLAND, convention=AFTER)


def test_two_methods_with_one_total_differ_case_by_case() -> None:
    # Trap of the design: half-open [start, end) and (start, end] shift a day from end to start. When as many
    # pieces of work begin on closed days as end on them, the sums agree and only single cases show it.
    starts = np.array(["2007-03-03", "2007-03-05", "2007-03-07"], dtype="datetime64[D]")
    ends = np.array(["2007-03-07", "2007-03-10", "2007-03-09"], dtype="datetime64[D]")
    after = working_days_between(starts, ends, nation=EW, convention=AFTER)
    half_open = np.busday_count(starts, ends, busdaycal=calendar(EW).working)
    assert after.sum() == half_open.sum()
    assert np.count_nonzero(after != half_open) == 2


def test_conventions_differ_only_on_work_received_on_closed_days() -> None:
    starts = np.arange("2007-01-01", "2008-01-01", dtype="datetime64[D]")
    after = due_dates(starts, 7, nation=EW, convention=AFTER)
    rolled = due_dates(starts, 7, nation=EW, convention=NEXT)
    closed = ~np.is_busday(starts, busdaycal=calendar(EW).working)
    # 2007 by hand: 52 Saturdays, 52 Sundays, 8 bank holidays, all of these on weekdays.
    assert np.count_nonzero(closed) == 112
    assert np.array_equal(closed, after != rolled)


def test_work_finished_on_a_closed_day_after_the_limit_is_late_though_the_count_is_not() -> None:
    due = due_date(FRIDAY, 1, nation=EW, convention=SAME)
    assert due == FRIDAY
    assert working_days(FRIDAY, SATURDAY, nation=EW, convention=SAME) == 1
    assert due < SATURDAY


def test_received_and_finished_while_closed_is_no_working_day() -> None:
    sunday = date(2007, 3, 4)
    for convention in Convention:
        assert working_days(SATURDAY, sunday, nation=EW, convention=convention) == 0


def test_a_time_of_day_does_not_matter() -> None:
    late = datetime(2007, 3, 2, 23, 59)  # noqa: DTZ001 - a local day is meant, not an instant
    assert due_date(late, 1, nation=EW, convention=AFTER) == MONDAY


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("end_before_start", lambda: working_days(MONDAY, FRIDAY, nation=EW, convention=AFTER)),
        ("limit_below_one", lambda: due_date(MONDAY, 0, nation=EW, convention=AFTER)),
        ("year_not_known", lambda: due_date(date(2027, 12, 31), 1, nation=EW, convention=AFTER)),
        ("year_not_known", lambda: due_date(date(1900, 1, 1), 7, nation=EW, convention=AFTER)),
        ("not_a_day", lambda: due_dates(np.array(["2007-03"], "M8[M]"), 1, nation=EW, convention=AFTER)),
        (
            "unequal_length",
            lambda: working_days_between(
                np.array(["2007-03-01"], "M8[D]"),
                np.array(["2007-03-01", "2007-03-02"], "M8[D]"),
                nation=EW,
                convention=AFTER,
            ),
        ),
    ],
)
def test_what_cannot_be_counted_is_refused(code: str, call: object) -> None:
    assert callable(call)
    with pytest.raises(StatuteError) as caught:
        call()
    assert code == caught.value.code


def test_a_year_has_no_fixed_number_of_working_days() -> None:
    # The Department's 253 working days in a year is a workforce definition; this calendar had 253 in 2007 and
    # 2010, but 252 in 2012 (an extra bank holiday) and 254 in 2008.
    first, last = "{}-01-01", "{}-12-31"
    counted = {
        y: working_days(
            date.fromisoformat(first.format(y)), date.fromisoformat(last.format(y)), nation=EW, convention=SAME
        )
        for y in (2007, 2008, 2010, 2012)
    }
    assert counted == {2007: 253, 2008: 254, 2010: 253, 2012: 252}
