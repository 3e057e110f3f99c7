"""A column that a file has in parts: a day beside a time of day, or an identifier of two cells."""

from __future__ import annotations

import re
from collections.abc import Mapping

from casetrail.records.cells import MARKS, NATIVE, Coded
from casetrail.records.columns import joined, recoded
from casetrail.records.returns.forms import TableForm

_MIDNIGHT = re.compile(r"[ T]00:00(:00(\.0+)?)?$")
# The day that a spreadsheet or database puts before a time that has none.
_NO_DAY = re.compile(rf"^{NATIVE}?(?:1899-12-3[01]|1900-01-0[01]|(?:30|31)/12/1899|0?[01]/01/1900)[ T]")
_SHARE_OF_A_DAY = re.compile(r"0?\.\d+|0", re.ASCII)
_FOUR_DIGITS = re.compile(r"([01]\d|2[0-3])([0-5]\d)", re.ASCII)


def put_together(columns: Mapping[str, Coded], known: Mapping[str, str], table: TableForm) -> dict[str, Coded]:
    """The columns by their names in the form, with the parts of one joined: times by a space, all else by "/"."""
    made: dict[str, Coded] = {}
    for name in dict.fromkeys(known.values()):
        headings = [heading for heading, column in known.items() if column == name and heading in columns]
        about = table.columns[name]
        if about.given:
            headings = [heading for heading in about.given if heading in columns]
        if len(headings) == 1:
            made[name] = columns[headings[0]]
        elif about.dated:
            day, *clocks = _day_first([columns[heading] for heading in headings])
            parts = [recoded(day, _only_day), *(recoded(clock, _only_time) for clock in clocks)]
            made[name] = joined(parts, sign=" ", whole=False)
        else:
            made[name] = joined([columns[heading] for heading in headings], sign="/", whole=about.kind == "id")
    return made


def _day_first(parts: list[Coded]) -> list[Coded]:
    """The part that is a day in front, in whatever order the file has them."""
    return sorted(parts, key=lambda part: sum(_is_time(value) for value in part.values) * 2 > len(part.values))


def _is_time(text: str) -> bool:
    plain = _only_time(text.strip())
    return re.match(r"\d{1,2}:\d\d", plain) is not None and len(plain) <= len("12:34:56.000000 p.m.")


def _only_day(text: str) -> str:
    """A day without the midnight that a database wrote behind it."""
    return _MIDNIGHT.sub("", text.strip())


def _only_time(text: str) -> str:
    """A time of day without the day before it; a share of a day or four digits as hours and minutes."""
    plain = _NO_DAY.sub("", text.strip()).lstrip("".join(MARKS))
    if _SHARE_OF_A_DAY.fullmatch(plain):
        seconds = round(float(plain) * 86_400) % 86_400
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    if hit := _FOUR_DIGITS.fullmatch(plain):
        return f"{hit[1]}:{hit[2]}"
    return plain
