"""A cell as text: days in the order of the return, numbers plain, nothing that a spreadsheet would run."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

_RUNS = ("=", "+", "-", "@", "\t", "\r")


def text_of(cell: str | int | date, dates: str) -> str:
    """The text of a cell; days as `dates` says."""
    if isinstance(cell, date):
        return _day_text(cell, dates)
    return str(cell)


@lru_cache(maxsize=65_536)
def _day_text(day: date, dates: str) -> str:
    # Not every system's strftime pads a year below 1000.
    return day.isoformat() if dates == "%Y-%m-%d" else day.strftime(dates)


def plain(text: str) -> str:
    """A text that a spreadsheet would take for a formula, with an apostrophe in front that makes it none."""
    return f"'{text}" if text.startswith(_RUNS) else text
