"""Office hours and crews, in local time, over changes of the clocks and bank holidays."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from zoneinfo import ZoneInfo

from casetrail.kernels.network.shape import HOUR_US
from casetrail.world.describe.calendars import begin_us, shifts

LONDON = ZoneInfo("Europe/London")
STARTED = dt.date(2021, 12, 20)


def local(us: int) -> dt.datetime:
    began = dt.datetime.combine(STARTED, dt.time(0), tzinfo=LONDON).astimezone(dt.UTC)
    return (began + dt.timedelta(microseconds=us)).astimezone(LONDON)


def test_the_office_is_closed_at_christmas_and_at_weekends() -> None:
    days = [local(a).date() for a, _ in shifts(STARTED, 16)["office"]]
    # gov.uk: substitute days on 27 and 28 December 2021, 3 January 2022 for the first, a Saturday.
    assert [d.isoformat() for d in days] == [
        "2021-12-20", "2021-12-21", "2021-12-22", "2021-12-23", "2021-12-24", "2021-12-29", "2021-12-30", "2021-12-31",
        "2022-01-04",
    ]  # fmt: skip


def test_the_office_opens_at_nine_in_winter_and_in_summer() -> None:
    found = shifts(STARTED, 200)["office"]
    assert {(local(a).hour, local(b).hour) for a, b in found} == {(9, 17)}
    assert {b - a for a, b in found} == {8 * HOUR_US}


def test_schools_close_in_their_holidays_and_at_four() -> None:
    found = shifts(STARTED, 40, ("12-20 01-07", "01-20 01-21"))["school"]
    days = [local(a).date().isoformat() for a, _ in found]
    assert days[:2] == ["2022-01-10", "2022-01-11"]
    assert "2022-01-19" in days and "2022-01-20" not in days and "2022-01-21" not in days
    assert {(local(a).hour, local(b).hour) for a, b in found} == {(9, 16)}


def test_three_crews_cover_the_day_and_none_works_twice() -> None:
    found = shifts(STARTED, 30)
    every = sorted(found["early"] + found["late"] + found["night"])
    assert every[0][0] == 0, "the night before has begun"
    assert all(a[1] == b[0] for a, b in pairwise(every))


def test_a_local_day_begins_an_hour_earlier_in_summer() -> None:
    winter, summer = begin_us(dt.date(2021, 1, 1)), begin_us(dt.date(2021, 7, 1))
    assert winter % (24 * HOUR_US) == 0
    assert summer % (24 * HOUR_US) == 23 * HOUR_US
