"""The panels that ship: published figures of every English authority, 2009-10 to 2024-25.

Sources and what each column means: `data/panels.toml`. Three things that look alike are kept apart: a number that is 0,
a cell the publisher withheld, and a cell for which nothing was published.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import tomllib
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np

from casetrail.errors import UnknownNameError
from casetrail.figures import Origin, SourceRef
from casetrail.public.authorities import ENGLAND_CODE, authorities
from casetrail.public.panel import Measure, Panel, Unit, Whole, Why, empty
from casetrail.public.reorganised import reorganisations

PER = {"proportion": (100.0, "%"), "rate": (10_000.0, "per 10,000 children")}
MARKS = {"x": Why.WITHHELD, "..": Why.NOT_AVAILABLE, "z": Why.NOT_APPLICABLE, "u": Why.UNRELIABLE}


@lru_cache(maxsize=1)
def shipped_measures() -> tuple[Measure, ...]:
    """Every measure that ships, in the order of the sidecar."""
    return tuple(_measure(name, body) for name, body in sidecar()["measure"].items())


@lru_cache(maxsize=64)
def shipped_panel(measure: str) -> Panel:
    """One measure of all authorities in all years. Unit codes are the Department's numbers, such as 309 for Haringey.

    Raises: UnknownNameError when no measure of this name ships.
    """
    rows = _rows().get(measure)
    if rows is None:
        raise UnknownNameError(
            f"No published measure called '{measure}' is shipped.",
            where="public table of panels",
            todo=f"Measures: {', '.join(m.id for m in shipped_measures())}.",
        )
    units, periods = _units(), _periods()
    about = next(m for m in shipped_measures() if m.id == measure)
    at = {unit.code: i for i, unit in enumerate(units)} | {str(ENGLAND_CODE): len(units)}
    rows_of = (*units, Unit(str(ENGLAND_CODE), "England"))
    numerator, why = empty(rows_of, periods)
    denominator, value, why_counts = numerator.copy(), numerator.copy(), why.copy()
    confidence = np.full(numerator.shape, "", dtype="U2")
    for row in rows:
        cell = at[row["authority"]], periods.index(row["year"])
        numerator[cell], top = _number(row["numerator"])
        denominator[cell], bottom = _number(row["denominator"])
        value[cell], printed = _number(row["value"])
        why_counts[cell] = int(top or bottom)
        if not row["value"]:
            value[cell], printed = _quotient(numerator[cell], denominator[cell], about.per), top or bottom
        # No case at all has no share: not unknown, and not withheld.
        empty_of_cases = printed is Why.PUBLISHED and not np.isfinite(value[cell])
        why[cell] = int(Why.NOT_APPLICABLE if empty_of_cases else printed)
        confidence[cell] = row["mark"]
    whole = Whole("England", numerator[-1], denominator[-1], value[-1])
    return Panel(
        measure=about,
        units=units,
        periods=periods,
        numerator=numerator[:-1],
        denominator=denominator[:-1],
        value=value[:-1],
        why=why[:-1],
        source=source(),
        confidence=confidence[:-1],
        why_counts=why_counts[:-1],
        whole=whole,
        suppression=sidecar()["suppression"],
    )


def shipped_panels() -> tuple[Panel, ...]:
    """All of them."""
    return tuple(shipped_panel(m.id) for m in shipped_measures())


def _quotient(top: float, bottom: float, per: float) -> float:
    return float(per * top / bottom) if np.isfinite(top) and np.isfinite(bottom) and bottom > 0 else float("nan")


def _number(cell: str) -> tuple[float, Why]:
    if cell in MARKS:
        return float("nan"), MARKS[cell]
    return (float(cell), Why.PUBLISHED) if cell else (float("nan"), Why.ABSENT)


def _measure(name: str, body: dict[str, Any]) -> Measure:
    per, unit = PER[body["kind"]]
    return Measure(
        id=name,
        title=body["title"],
        kind=body["kind"],
        unit=unit,
        per=per,
        direction=body["direction"],
        definition=body["definition"],
        topic=body["about"],
        no_denominator=body.get("no_denominator", ""),
        # What was late is worse; of how much there was, neither many nor few is.
        higher_is_worse=False if body["about"] == "procedure" else None,
    )


@lru_cache(maxsize=1)
def _units() -> tuple[Unit, ...]:
    names = {a.code: a.name for a in authorities()}
    for change in reorganisations():
        for code, name in change.after.items():
            names.setdefault(code, name)
    # Two authorities are called Dorset, before and after 2019: a name that stands for two bodies gets its code.
    doubled = {name for name in names.values() if list(names.values()).count(name) > 1}
    return tuple(Unit(str(c), f"{n} ({c})" if n in doubled else n) for c, n in sorted(names.items()))


@lru_cache(maxsize=1)
def _periods() -> tuple[str, ...]:
    return tuple(sorted({row["year"] for rows in _rows().values() for row in rows}))


@lru_cache(maxsize=1)
def _rows() -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for row in csv.DictReader(gzip.decompress(_bytes()).decode("utf-8").splitlines()):
        found.setdefault(row["measure"], []).append(row)
    return found


@lru_cache(maxsize=1)
def source() -> SourceRef:
    """The shipped table as a figure cites it, with the hash of its very bytes."""
    said = sidecar()
    return SourceRef(
        name="casetrail/public/data/panels.csv.gz",
        sha256=hashlib.sha256(_bytes()).hexdigest(),
        origin=Origin.PUBLIC_AGGREGATE,
        made_by=said["made_by"],
        judged_by_it="local authorities, from their own returns",
        note=f"{said['title']}. From {'; '.join(said['publications'])}. {said['licence']}.",
    )


@lru_cache(maxsize=1)
def sidecar() -> dict[str, Any]:
    """What the table holds, from which files, under which licence, and what its marks mean."""
    at = resources.files("casetrail.public").joinpath("data", "panels.toml")
    return tomllib.loads(at.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _bytes() -> bytes:
    return resources.files("casetrail.public").joinpath("data", "panels.csv.gz").read_bytes()
