"""A month is the month on the wall where the call was taken."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetrail.trail.months import local_us, month_name, month_numbers, month_table
from casetrail.trail.plain_log import PlainEvent, PlainOptions

from .built import built
from .logs import Log

HOUR = 3_600_000_000


def us(text: str) -> int:
    """Microseconds of a UTC instant; exact for whole seconds."""
    return int(datetime.fromisoformat(text).timestamp()) * 1_000_000


# By hand. London is at UTC+1 from the last Sunday of March 01:00 UTC to the last Sunday of October 01:00 UTC.
LONDON = (
    ("2007-05-31T22:59:59+00:00", 2007 * 12 + 4),  # 23:59:59 on 31 May, summer time
    ("2007-05-31T23:00:00+00:00", 2007 * 12 + 5),  # midnight: June has begun
    ("2007-12-31T23:59:59+00:00", 2007 * 12 + 11),  # winter: UTC itself
    ("2008-01-01T00:00:00+00:00", 2008 * 12 + 0),
    ("2002-03-31T00:59:59+00:00", 2002 * 12 + 2),  # the clocks go forward on the very last day of March
    ("2002-03-31T22:59:59+00:00", 2002 * 12 + 2),  # 23:59:59 summer time, a day of 23 hours
    ("2002-03-31T23:00:00+00:00", 2002 * 12 + 3),  # 1 April 00:00, though March still in UTC
    ("1999-10-31T00:59:59+00:00", 1999 * 12 + 9),  # the clocks go back on the very last day of October
    ("1999-10-31T23:59:59+00:00", 1999 * 12 + 9),  # 23:59:59 winter time, a day of 25 hours
    ("1999-11-01T00:00:00+00:00", 1999 * 12 + 10),
)

# Amman went from 31 March 2006 00:00 (+02) straight to 01:00 (+03): that midnight did not exist.
AMMAN = (
    ("2006-03-30T21:59:59+00:00", 2006 * 12 + 2),
    ("2006-03-31T20:59:59+00:00", 2006 * 12 + 2),  # 31 March 23:59:59 at +03
    ("2006-03-31T21:00:00+00:00", 2006 * 12 + 3),  # 1 April 00:00 at +03; at +02 it would be 31 March
)


@pytest.mark.parametrize(
    ("zone", "instant", "month"),
    [("Europe/London", *row) for row in LONDON] + [("Asia/Amman", *row) for row in AMMAN],
)
def test_month_on_the_wall(zone: str, instant: str, month: int) -> None:
    assert month_numbers(local_us(np.array([us(instant)]), zone)).tolist() == [month]


def test_a_date_without_a_time_keeps_its_own_month() -> None:
    # 1 June as a date is stored as its own midnight; at UTC-5 converting it would make it May.
    at_us = us("2007-06-01T00:00:00+00:00")
    instant = PlainEvent(row_no=0, person="p1", activity="call", at_us=at_us, month=0)
    date = PlainEvent(row_no=1, person="p1", activity="call", at_us=at_us, month=0, to_the_day=True)
    with built(Log((instant, date), (), ()), PlainOptions(at_us), zone="America/New_York") as sql:
        months = {row["row"]: row["month"] for row in sql.table("step")}
    assert months == {0: 2007 * 12 + 4, 1: 2007 * 12 + 5}


def test_months_have_names_and_touch() -> None:
    table = month_table(us("2007-11-30T12:00:00+00:00"), us("2008-02-01T00:00:00+00:00")).to_pylist()
    assert [month_name(row["month_no"]) for row in table] == ["2007-11", "2007-12", "2008-01", "2008-02"]
    assert us("2008-02-01T00:00:00+00:00") == table[-1]["from_us"]
    assert [row["to_us"] for row in table[:-1]] == [row["from_us"] for row in table[1:]]


@given(st.integers(0, 60 * 365 * 24 * HOUR), st.sampled_from(("Europe/London", "Asia/Amman", "Asia/Kathmandu")))
def test_equals_the_calendar_of_the_standard_library(at_us: int, zone: str) -> None:
    from zoneinfo import ZoneInfo

    wall = datetime.fromtimestamp(at_us // 1_000_000, UTC).astimezone(ZoneInfo(zone))
    found = month_numbers(local_us(np.array([at_us]), zone)).tolist()
    assert [wall.year * 12 + wall.month - 1] == found
