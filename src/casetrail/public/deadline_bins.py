"""Published bins of how long assessments and conferences took, of England and of every authority, as frozen rows.

Source: Department for Education, Characteristics of children in need, Open Government Licence v3.0. A number that is 0,
a cell that was withheld (`Suppressed`), and a cell for which nothing was published (`None`) are three things.
"""

from __future__ import annotations

import csv
import hashlib
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Literal

from casetrail.errors import UnknownNameError
from casetrail.figures import Origin, SourceRef, Suppressed
from casetrail.public.authorities import ENGLAND_CODE

Count = int | Suppressed | None
Timed = Literal["assessments", "conferences"]
TIMED: tuple[Timed, ...] = ("assessments", "conferences")
# England is rounded by the Department, authorities are not.
ROUNDED_TO = 10
_WITHHELD = "c"


@dataclass(frozen=True, slots=True)
class TimedWork:
    """What is counted, the limit in working days, and the bins: first and last day, both included (last None: open).

    `early` is the index of the bin that holds early work. `clock` says from when the bins count and from when the
    limit does: not the same day.
    """

    id: Timed
    title: str
    noun: str
    verb: str
    limit: int
    first: tuple[int, ...]
    last: tuple[int | None, ...]
    early: int
    clock: str
    gaps: str
    england: str
    publications: tuple[str, ...]

    @property
    def before(self) -> int:
        """Index of the bin that ends with the limit; the one behind it comes next."""
        return self.last.index(self.limit)

    def bin_title(self, at: int) -> str:
        """Such as `41-45 working days`."""
        first, last = self.first[at], self.last[at]
        return f"{first}+ days" if last is None else ("same day" if last == 0 else f"{first}-{last} days")


@dataclass(frozen=True, slots=True)
class BinRow:
    """One body in one year ending 31 March: counts in the order of the bins, and quartiles in working days.

    Counts are rounded to `rounded_to` (1: not rounded).
    """

    year: int
    code: int
    total: Count
    counts: tuple[Count, ...]
    p25: Count
    median: Count
    p75: Count
    rounded_to: int


@lru_cache(maxsize=2)
def timed_work(which: Timed) -> TimedWork:
    """What one of the shipped tables counts. Raises: UnknownNameError when there is no such table."""
    tables = _sidecar()["measure"]
    if which not in tables:
        raise UnknownNameError(
            f"No published durations of '{which}' are shipped.",
            where="public table of durations",
            todo=f"Shipped: {', '.join(tables)}.",
        )
    raw = tables[which]
    return TimedWork(
        id=which,
        title=raw["title"],
        noun=raw["noun"],
        verb=raw["verb"],
        limit=raw["limit"],
        first=tuple(raw["first"]),
        last=(*raw["last"], None),
        early=raw["early"],
        clock=raw["clock"],
        gaps=raw["gaps"],
        england=_sidecar()["england"],
        publications=tuple(raw["publications"]),
    )


def bin_rows(which: Timed, code: int = ENGLAND_CODE) -> tuple[BinRow, ...]:
    """All years of one body, oldest first; empty when the table has none. Raises: UnknownNameError for the table."""
    return _by_body(which).get(code, ())


def bodies(which: Timed) -> tuple[int, ...]:
    """The codes of all bodies with a row, England among them."""
    return tuple(_by_body(which))


@lru_cache(maxsize=2)
def deadline_source(which: Timed) -> SourceRef:
    """The shipped table as a figure cites it, with the hash of its very bytes."""
    about, what = _sidecar(), timed_work(which)
    file = about["measure"][which]["file"]
    return SourceRef(
        name=f"casetrail/public/data/{file}",
        sha256=hashlib.sha256(_bytes(file)).hexdigest(),
        origin=Origin.PUBLIC_AGGREGATE,
        made_by=about["made_by"],
        judged_by_it="local authorities, from their own returns",
        note=f"{what.title}. From {'; '.join(what.publications)}. {about['licence']}.",
    )


@lru_cache(maxsize=2)
def _by_body(which: Timed) -> dict[int, tuple[BinRow, ...]]:
    timed_work(which)
    found: dict[int, list[BinRow]] = {}
    for row in csv.DictReader(_bytes(_sidecar()["measure"][which]["file"]).decode("utf-8").splitlines()):
        found.setdefault(int(row["body"]), []).append(_row(row))
    return {code: tuple(sorted(rows, key=lambda r: r.year)) for code, rows in sorted(found.items())}


def _row(row: dict[str, str]) -> BinRow:
    code = int(row["body"])
    return BinRow(
        year=int(row["year"]),
        code=code,
        total=_count(row["total"]),
        counts=tuple(_count(cell) for name, cell in row.items() if name.startswith("d")),
        p25=_count(row["p25"]),
        median=_count(row["median"]),
        p75=_count(row["p75"]),
        rounded_to=ROUNDED_TO if code == ENGLAND_CODE else 1,
    )


def _count(cell: str) -> Count:
    if cell == _WITHHELD:
        return Suppressed(_sidecar()["withheld"])
    return int(cell) if cell.isdecimal() else None


@lru_cache(maxsize=2)
def _bytes(file: str) -> bytes:
    return resources.files("casetrail.public").joinpath("data", file).read_bytes()


@lru_cache(maxsize=1)
def _sidecar() -> dict[str, Any]:
    return tomllib.loads(_bytes("deadline.toml").decode("utf-8"))
