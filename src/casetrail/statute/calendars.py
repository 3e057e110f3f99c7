"""Which days are working days: England and Wales, Scotland, Northern Ireland.

A working day is a Monday to Friday that is not a bank holiday of the nation, one-off ones included.
Local holidays (usual in Scotland) and an office's own closing days are not known here.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt

from casetrail.errors import StatuteError

Days = npt.NDArray[np.datetime64]


class Nation(StrEnum):
    """The three bank-holiday calendars of the United Kingdom."""

    ENGLAND_AND_WALES = "England and Wales"
    SCOTLAND = "Scotland"
    NORTHERN_IRELAND = "Northern Ireland"


# England and Wales share one list: Schedule 1 of the Banking and Financial Dealings Act 1971.
_SUBDIVISION = {
    Nation.ENGLAND_AND_WALES: "ENG",
    Nation.SCOTLAND: "SCT",
    Nation.NORTHERN_IRELAND: "NIR",
}


@dataclass(frozen=True, slots=True)
class Calendar:
    """One nation's bank holidays for whole years, first and last included.

    `holidays` is a sorted read-only array of datetime64[D]; holidays that fall on a weekend are in it too.
    """

    nation: Nation
    first: date
    last: date
    holidays: Days
    working: np.busdaycalendar

    def check(self, days: Days) -> None:
        """Raises: StatuteError when a day is unknown or lies in a year that is not known."""
        if bool(np.any(np.isnat(days))):
            raise StatuteError(
                "A date is unknown, so its working days cannot be counted.",
                todo="Leave rows with an unknown date out and count them as unknown.",
                code="unknown_date",
            )
        outside = (days < np.datetime64(self.first, "D")) | (days > np.datetime64(self.last, "D"))
        if bool(np.any(outside)):
            raise StatuteError(
                f"Bank holidays of {self.nation} are known from {self.first:%Y} to {self.last:%Y} only; "
                f"{int(np.count_nonzero(outside))} of {days.size} dates lie outside.",
                where=f"working-day calendar of {self.nation}",
                todo="Correct the dates, or update casetrail when later bank holidays have been announced.",
                code="year_not_known",
            )


@lru_cache(maxsize=3)
def calendar(nation: Nation) -> Calendar:
    """The calendar of one nation, built once."""
    limits = _limits()
    first, last = int(limits["first_year"]), int(limits["last_year"])
    not_holidays = {r["date"] for r in limits["not_a_holiday"] if r["nation"] == nation.value}
    kept = sorted(set(_from_library(nation, first, last)) - not_holidays)
    holidays = np.array(kept, dtype="datetime64[D]")
    holidays.flags.writeable = False
    return Calendar(
        nation=nation,
        first=date(first, 1, 1),
        last=date(last, 12, 31),
        holidays=holidays,
        working=np.busdaycalendar(holidays=holidays),
    )


def _from_library(nation: Nation, first: int, last: int) -> list[date]:
    import holidays

    listed = holidays.country_holidays("GB", subdiv=_SUBDIVISION[nation], years=range(first, last + 1))
    return list(listed)


def _limits() -> dict[str, Any]:
    at = resources.files("casetrail.statute").joinpath("data", "calendars.toml")
    return tomllib.loads(at.read_text(encoding="utf-8"))
