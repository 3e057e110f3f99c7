"""When people are at work: office hours, school hours in term, three crews round the clock; all in local time."""

from __future__ import annotations

import datetime as dt
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np

from casetrail.kernels.network.shape import HOUR_US
from casetrail.statute import Nation, calendar

ZONE = ZoneInfo("Europe/London")
CREWS = {"early": 6, "late": 14, "night": 22}
OFFICE = (9, 17)
SCHOOL = (9, 16)


def instant(day: dt.date, hour: int, start: dt.datetime) -> int:
    """Microseconds from the start of the world to a full hour of local time."""
    local = dt.datetime.combine(day, dt.time(hour), tzinfo=ZONE).astimezone(dt.UTC)
    return int((local - start) / dt.timedelta(microseconds=1))


def begin_us(day: dt.date) -> int:
    """Microseconds since 1970 at the first instant of a local day."""
    return instant(day, 0, dt.datetime(1970, 1, 1, tzinfo=dt.UTC))


def on_holiday(day: dt.date, holidays: tuple[str, ...]) -> bool:
    """Whether a day lies in one of the yearly holidays, each written `MM-DD MM-DD`, first and last day."""
    today = day.strftime("%m-%d")
    spans = (one.split() for one in holidays)
    return any(a <= today <= b if a <= b else today >= a or today <= b for a, b in spans)


@cache
def shifts(started: dt.date, days: int, holidays: tuple[str, ...] = ()) -> dict[str, list[tuple[int, int]]]:
    """Open times of each calendar from the start of the world on, clipped there; schools close in the holidays."""
    working = calendar(Nation.ENGLAND_AND_WALES).working
    start = dt.datetime.combine(started, dt.time(0), tzinfo=ZONE).astimezone(dt.UTC)
    made: dict[str, list[tuple[int, int]]] = {name: [] for name in ("office", "school", *CREWS)}
    for i in range(-1, days):
        day = started + dt.timedelta(days=i)
        if np.is_busday(np.datetime64(day), busdaycal=working):
            made["office"].append((instant(day, OFFICE[0], start), instant(day, OFFICE[1], start)))
            if not on_holiday(day, holidays):
                made["school"].append((instant(day, SCHOOL[0], start), instant(day, SCHOOL[1], start)))
        for name, hour in CREWS.items():
            begin = instant(day, hour, start)
            made[name].append((begin, begin + 8 * HOUR_US))
    return {name: [(max(0, a), b) for a, b in those if b > 0] for name, those in made.items()}
