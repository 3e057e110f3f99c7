"""Inspection judgements: the latest of each English authority, and a national series of medians by grade.

Only the latest judgement of each authority ships, of one framework. Grades of different frameworks are different
series. A grade that is not in the source, and a judgement that was not yet made apart, are two different things.
"""

from __future__ import annotations

import csv
import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from casetrail.errors import UnknownNameError
from casetrail.figures import Origin, SourceRef

JUDGEMENTS = ("overall", "leaders", "help_and_protection", "in_care", "care_leavers")
APRIL = 4


class Grade(IntEnum):
    """The four grades, worst to best. The distance between two grades is not a number."""

    INADEQUATE = 1
    REQUIRES_IMPROVEMENT = 2
    GOOD = 3
    OUTSTANDING = 4

    @property
    def words(self) -> str:
        return {
            Grade.INADEQUATE: "inadequate",
            Grade.REQUIRES_IMPROVEMENT: "requires improvement to be good",
            Grade.GOOD: "good",
            Grade.OUTSTANDING: "outstanding",
        }[self]


@dataclass(frozen=True, slots=True)
class Inspection:
    """One inspection of one authority. `grades` has a key of `JUDGEMENTS` for each grade that was given.

    `not_applicable` names judgements that were not yet made apart. Days that the source does not give are None.
    """

    authority: str
    framework: str
    kind: str
    started: date | None
    ended: date | None
    published: date | None
    grades: Mapping[str, Grade]
    not_applicable: tuple[str, ...] = ()

    @property
    def year(self) -> str | None:
        """The reporting year (April to March) in which it began, such as 2023-24; None where no day is given."""
        return None if self.started is None else reporting_year(self.started)


@dataclass(frozen=True, slots=True)
class Median:
    """Median figure of the authorities of one grade, `years_after` the inspection (negative: before), in per cent."""

    grade: Grade
    years_after: int
    value: float


def reporting_year(day: date) -> str:
    """The year from April to March that holds a day: 2023-24 for 31 March 2024."""
    begun = day.year if day.month >= APRIL else day.year - 1
    return f"{begun}-{(begun + 1) % 100:02d}"


def grade(text: str) -> Grade:
    """A grade as people write it: 1 to 4, `RI`, `requires improvement`. Raises: UnknownNameError."""
    plain = " ".join(text.casefold().replace("_", " ").split())
    found = _WRITTEN.get(plain)
    if found is None:
        raise UnknownNameError(
            "A cell is not one of the four grades.",
            where="table of judgements",
            todo=f"Write one of: {', '.join(g.words for g in Grade)}.",
            code="unknown_grade",
        )
    return found


_WRITTEN: Mapping[str, Grade] = MappingProxyType(
    {
        **{g.words: g for g in Grade},
        **{str(int(g)): g for g in Grade},
        "requires improvement": Grade.REQUIRES_IMPROVEMENT,
        "ri": Grade.REQUIRES_IMPROVEMENT,
    }
)


@lru_cache(maxsize=1)
def inspections() -> tuple[Inspection, ...]:
    """The latest judgement of each authority, by the authority's number."""
    return tuple(_inspection(row) for row in csv.DictReader(_bytes("inspections.csv").decode("utf-8").splitlines()))


@lru_cache(maxsize=1)
def national_medians() -> tuple[Median, ...]:
    """The Department's own series on re-referrals, by grade and year about the inspection."""
    rows = csv.DictReader(_bytes("inspections_national.csv").decode("utf-8").splitlines())
    return tuple(Median(Grade(int(r["grade"])), int(r["years_after"]), float(r["median"])) for r in rows)


def judgement_titles() -> Mapping[str, str]:
    """What each judgement is called in the reports, by its key."""
    return MappingProxyType(dict(_about()["judgement"]))


def what_is_missing() -> tuple[str, ...]:
    """What the shipped judgements do not hold, in words."""
    return tuple(_about()["missing"])


def national_about() -> Mapping[str, str]:
    """Title, maker, publication and limits of the national series."""
    return MappingProxyType(dict(_about()["national"]))


@lru_cache(maxsize=1)
def inspections_source() -> SourceRef:
    """The shipped judgements as a figure cites them, with the hash of their very bytes."""
    about = _about()
    return SourceRef(
        name="casetrail/public/data/inspections.csv",
        sha256=hashlib.sha256(_bytes("inspections.csv")).hexdigest(),
        origin=Origin.PUBLIC_AGGREGATE,
        made_by=about["made_by"],
        judged_by_it="local authorities, by the inspectorate; the inspectorate itself by nobody here",
        note=f"{about['title']}. From {'; '.join(about['publications'])}. {about['licence']}.",
    )


@lru_cache(maxsize=1)
def national_source() -> SourceRef:
    """The national series as a figure cites it."""
    about = _about()["national"]
    return SourceRef(
        name="casetrail/public/data/inspections_national.csv",
        sha256=hashlib.sha256(_bytes("inspections_national.csv")).hexdigest(),
        origin=Origin.PUBLIC_AGGREGATE,
        made_by=about["made_by"],
        judged_by_it="local authorities, from their own returns",
        note=f"{about['title']}. {about['publication']}. {_about()['licence']}.",
    )


def _inspection(row: Mapping[str, str]) -> Inspection:
    return Inspection(
        authority=row["authority"],
        framework=row["framework"],
        kind=row["kind"],
        started=_day(row["started"]),
        ended=_day(row["ended"]),
        published=_day(row["published"]),
        grades=MappingProxyType({j: Grade(int(row[j])) for j in JUDGEMENTS if row[j].isdecimal()}),
        not_applicable=tuple(j for j in JUDGEMENTS if row[j] == "z"),
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@lru_cache(maxsize=1)
def _about() -> dict[str, Any]:
    return tomllib.loads(_bytes("inspections.toml").decode("utf-8"))


@lru_cache(maxsize=4)
def _bytes(name: str) -> bytes:
    return resources.files("casetrail.public").joinpath("data", name).read_bytes()
