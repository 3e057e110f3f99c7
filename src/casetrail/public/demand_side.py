"""What families bring: deprivation, age, ethnicity mix and earlier harm of each authority, as published by others.

Each table has a sidecar that names source, licence, definition and traps. A body without a figure has no row: nothing
is carried over from a neighbour, a predecessor or an average.
"""

from __future__ import annotations

import csv
import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from math import isfinite
from types import MappingProxyType
from typing import Any

from casetrail.errors import InputError, UnknownNameError
from casetrail.figures import Origin, SourceRef
from casetrail.public.adjusters import ADJUSTERS, Adjuster, refuse_unless_allowed

_YEARS = re.compile(r"(\d{4})-(\d{2})")


@dataclass(frozen=True, slots=True)
class Reading:
    """One adjuster as read for one period. `values` has a number for each body that has one, by code.

    `year` is the one in which the figures were taken or ended, `apart` how many years lie between it and the period.
    """

    adjuster: Adjuster
    year: int
    apart: int
    values: Mapping[str, float]
    source: SourceRef


def reading(of: Adjuster, period: str) -> Reading | None:
    """The nearest published figures of an adjuster, the earlier of two as near; None where none is near enough.

    One that must come before takes the last figures that ended before the period: inside it they could follow from what
    is judged. Raises: InquiryError when it may not be adjusted for; UnknownNameError for a period that is not a year.
    """
    refuse_unless_allowed(of)
    if not of.file:
        return None
    first, last = years_of(period)
    if of.before_only:
        last = first
    near = [(max(first - year, year - last, 0), year) for year in _by_year(of) if year <= last or not of.before_only]
    apart, year = min(near, default=(of.years_apart + 1, 0))
    if apart > of.years_apart:
        return None
    return Reading(of, year, apart, _by_year(of)[year], table_source(of.file))


def readings(period: str) -> tuple[Reading, ...]:
    """Every adjuster with figures near enough to this period, in the registry's order. Raises: UnknownNameError."""
    found = (reading(a, period) for a in ADJUSTERS.values() if a.allowed)
    return tuple(r for r in found if r is not None)


def own_reading(of: Adjuster, year: int, values: Mapping[str, float], source: SourceRef) -> Reading:
    """A table of the user's own, held to the same rules. `values` by unit code; leave out what is not known.

    Raises: InquiryError when it may not be adjusted for; InputError for a value that is not a number.
    """
    refuse_unless_allowed(of)
    if not all(isfinite(v) for v in values.values()):
        raise InputError(
            f"A value of '{of.title}' is not a number.",
            where=source.name,
            todo="Leave out the units whose value is not known.",
        )
    return Reading(of, year, 0, MappingProxyType(dict(values)), source)


def children(year: int) -> Mapping[str, int]:
    """Children aged 0 to 17 at 30 June, by authority code. Raises: UnknownNameError for a year that is not shipped."""
    rows = [r for r in _rows("child_population.csv") if r["year"] == str(year)]
    if not rows:
        raise UnknownNameError(
            f"No child population is shipped for {year}.",
            where="public table of child populations",
            todo="Years shipped: 2012 to 2024.",
            code="unknown_year",
        )
    return MappingProxyType({r["authority"]: int(r["aged_0_17"]) for r in rows})


def years_of(period: str) -> tuple[int, int]:
    """First and last calendar year that a period touches: 2009-10 is 2009 and 2010, 2014-16 is 2014 and 2016.

    A year alone, such as 2024, may be the year to March as well: 2023 and 2024. Raises: UnknownNameError.
    """
    span = _YEARS.fullmatch(period.strip())
    if span:
        first = int(span[1])
        last = first - first % 100 + int(span[2])
        return first, last if last >= first else last + 100
    if period.strip().isdecimal() and len(period.strip()) == 4:
        return int(period) - 1, int(period)
    raise UnknownNameError(
        f"'{period}' is not a year.", where="period of a comparison", todo="Write 2009-10 or 2024.", code="unknown_year"
    )


@lru_cache(maxsize=16)
def table_source(file: str) -> SourceRef:
    """A shipped table as a figure cites it, with the hash of its very bytes."""
    said = sidecar(file)
    return SourceRef(
        name=f"casetrail/public/data/{file}",
        sha256=hashlib.sha256(_bytes(file)).hexdigest(),
        origin=Origin.PUBLIC_AGGREGATE,
        made_by=said["made_by"],
        note=f"{said['title']}. From {'; '.join(said['publications'])}. {said['licence']}.",
    )


@lru_cache(maxsize=16)
def sidecar(file: str) -> dict[str, Any]:
    """Source, licence, role, definition and traps of a shipped table."""
    at = resources.files("casetrail.public").joinpath("data", file.removesuffix(".csv") + ".toml")
    return tomllib.loads(at.read_text(encoding="utf-8"))


@lru_cache(maxsize=16)
def _by_year(of: Adjuster) -> Mapping[int, Mapping[str, float]]:
    found: dict[int, dict[str, float]] = {}
    columns: list[str] = sidecar(of.file)["columns"]
    for row in _rows(of.file):
        if of.share:
            value = sum(float(row[c]) for c in of.share) / sum(float(row[c]) for c in columns)
        else:
            value = float(row[columns[0]])
        found.setdefault(int(row["year"]), {})[row["authority"]] = value
    return MappingProxyType({year: MappingProxyType(values) for year, values in found.items()})


@lru_cache(maxsize=16)
def _rows(file: str) -> tuple[dict[str, str], ...]:
    return tuple(csv.DictReader(_bytes(file).decode("utf-8").splitlines()))


@lru_cache(maxsize=16)
def _bytes(file: str) -> bytes:
    return resources.files("casetrail.public").joinpath("data", file).read_bytes()
