"""How one cell is written for a reader: units by kind, three words for what is not a number."""

from __future__ import annotations

import math
from datetime import date, datetime

from casetrail.figures import Cell, Column, Range, Suppressed

UNKNOWN = "unknown"
WITHHELD = "withheld"

_DIGITS = {"persons": 0, "events": 0, "count": 0, "seconds": 0, "days": 1, "hours": 1, "rate": 1, "share": 1}
# Units of which there is no half.
_COUNTED = frozenset({"person", "persons", "people", "child", "children", "household", "households"})
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def cell_text(column: Column, cell: Cell) -> str:
    """The cell as the page prints it; a share of 0.632 is `63.2%`, unknown is a word and never zero."""
    if cell is None or is_unknown(cell):
        return UNKNOWN
    if isinstance(cell, Suppressed):
        return WITHHELD
    if isinstance(cell, str):
        return date_text(cell) if column.kind == "date" else cell
    if column.kind == "text" and column.digits is None:
        return plain(cell)
    digits = column.digits if column.digits is not None else _DIGITS.get(column.kind, 2)
    if column.kind == "share":
        return number(cell * 100, digits) + "%"
    return number(cell, digits)


def is_unknown(cell: Cell) -> bool:
    """None, NaN and infinity are all unknown."""
    return cell is None or (isinstance(cell, float) and not math.isfinite(cell))


def number(value: float, digits: int) -> str:
    """A number with thousands separators and a true minus sign; never a minus zero."""
    text = f"{value:,.{digits}f}"
    if text.startswith("-"):
        return "−" + text[1:] if text.strip("-0.,") else text[1:]
    return text


def range_text(found: Range) -> str:
    """From its lower to its upper end; a range that is open above is "at least" its lower end."""
    unit = found.candidates[0].unit if found.candidates else ""
    if found.high is None:
        return f"at least {estimated(found.low, unit)}; no upper end can be known"
    return f"{estimated(found.low, unit)} to {estimated(found.high, unit)}"


def plain(value: float) -> str:
    """A number whose kind is not known: four significant digits, no digit that says nothing."""
    if not math.isfinite(value):
        return UNKNOWN
    if abs(value) >= 1000 or value == int(value):
        return number(value, 0)
    digits = 0 if value == 0 else max(0, 3 - math.floor(math.log10(abs(value))))
    return number(value, digits).rstrip("0").rstrip(".")


def estimated(value: float, unit: str) -> str:
    """An estimate as it is read: persons are whole, everything else as `plain` writes it."""
    whole = unit.split(" ", 1)[0].casefold() in _COUNTED and math.isfinite(value)
    return number(value, 0) if whole else plain(value)


def level_text(level: float) -> str:
    """The level of an interval: `95 %`."""
    return f"{level * 100:g} %"


def date_text(iso: str) -> str:
    """`2007-03-01` as `1 Mar 2007`, with the time when there is one; other text as it is."""
    try:
        if len(iso) == len("2007-03-01"):
            return _day(date.fromisoformat(iso))
        moment = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{_day(moment.date())}, {moment:%H:%M}" + (" UTC" if moment.tzinfo and not moment.utcoffset() else "")


def _day(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
