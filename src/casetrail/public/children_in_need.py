"""Published children-in-need figures of every authority, 2009-10 and 2010-11, as frozen rows.

Source: Department for Education, OSR28/2010 and OSR26/2011, Open Government Licence v3.0. Three things
that look alike are kept apart: a number that is 0, a cell the Department withheld (`Suppressed`), and a
cell for which nothing was published (`None`).
"""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from casetrail.errors import UnknownNameError
from casetrail.figures import Origin, SourceRef, Suppressed
from casetrail.public.authorities import Authority, authorities, england
from casetrail.public.indicators import Indicator, about, indicators

_WITHHELD = "x"
_ABSENT = ("..", "")


@dataclass(frozen=True, slots=True)
class Fact:
    """One published figure of one authority in one year.

    `numerator` and `denominator` count children, assessments or conferences; `value` is in the unit of
    the indicator; `printed` has the Department's own digits. `confidence` is the Department's mark
    (`3` high, `2` medium, `1` low, `A` aggregate, `..` none), or None where it prints no mark.
    """

    year: str
    authority: Authority
    indicator: Indicator
    numerator: int | Suppressed | None
    denominator: int | Suppressed | None
    value: float | Suppressed | None
    printed: str
    confidence: str | None


def years() -> tuple[str, ...]:
    """The years shipped, oldest first."""
    return about().years


@lru_cache(maxsize=8)
def children_in_need(year: str) -> tuple[Fact, ...]:
    """All facts of one year: England first, then the authorities, within each indicator.

    Raises: UnknownNameError when the year is not shipped.
    """
    if year not in years():
        raise UnknownNameError(
            f"No published children-in-need figures are shipped for {year}.",
            where="public table of children in need",
            todo=f"Years shipped: {', '.join(years())}.",
            code="unknown_year",
        )
    by_authority = {a.code: a for a in (england(), *authorities())}
    by_code = {i.code: i for i in indicators()}
    rows = csv.DictReader(_bytes().decode("utf-8").splitlines())
    return tuple(
        _fact(row, by_authority[int(row["authority"])], by_code[row["indicator"]])
        for row in rows
        if row["year"] == year
    )


@lru_cache(maxsize=1)
def source() -> SourceRef:
    """The shipped table as a figure cites it, with the hash of its very bytes."""
    what = about()
    return SourceRef(
        name="casetrail/public/data/children_in_need.csv",
        sha256=hashlib.sha256(_bytes()).hexdigest(),
        origin=Origin.PUBLIC_AGGREGATE,
        made_by=what.made_by,
        judged_by_it="local authorities, from their own returns",
        note=f"{what.title}. From {'; '.join(what.publications)}. {what.licence}.",
    )


def _fact(row: dict[str, str], authority: Authority, indicator: Indicator) -> Fact:
    return Fact(
        year=row["year"],
        authority=authority,
        indicator=indicator,
        numerator=_count(row["numerator"]),
        denominator=_count(row["denominator"]),
        value=_value(row["value"]),
        printed=row["value"],
        confidence=row["confidence"] or None,
    )


def _count(cell: str) -> int | Suppressed | None:
    if cell == _WITHHELD:
        return Suppressed(about().suppression)
    return None if cell in _ABSENT else int(cell)


def _value(cell: str) -> float | Suppressed | None:
    if cell == _WITHHELD:
        return Suppressed(about().suppression)
    return None if cell in _ABSENT else float(cell)


@lru_cache(maxsize=1)
def _bytes() -> bytes:
    return resources.files("casetrail.public").joinpath("data", "children_in_need.csv").read_bytes()
