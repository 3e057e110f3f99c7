"""What English authorities reported to have spent on children's social care, 2008-09 to 2018-19, per child.

Section 251 outturn (before: Section 52), Department for Education. 2013-14 is missing. Cash of the year. Each line is a
sum of printed lines with one scope in all years it gives; what is in it, and what is not, stands in `data/spend.toml`.
"""

from __future__ import annotations

import csv
import hashlib
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Literal

import numpy as np

from casetrail.errors import UnknownNameError
from casetrail.figures import Origin, SourceRef
from casetrail.public.panel import Floats, Measure, Panel, Unit, Why, empty

Basis = Literal["gross", "net"]


@dataclass(frozen=True, slots=True)
class SpendLine:
    """One line: what it holds, in which years it has the same scope, what to mind. `parts` are groups of headings."""

    id: str
    title: str
    definition: str
    note: str
    parts: tuple[str, ...]
    comparable: tuple[str, ...]


@lru_cache(maxsize=1)
def spend_lines() -> tuple[SpendLine, ...]:
    """Every line that ships. Lines overlap (`core` holds most others): never add them up."""
    return tuple(
        SpendLine(b["id"], b["title"], b["definition"], b["note"], tuple(b["parts"]), tuple(b["comparable"]))
        for b in _sidecar()["line"]
    )


def spend_line(line: str) -> SpendLine:
    """The line of this id. Raises: UnknownNameError."""
    for one in spend_lines():
        if one.id == line:
            return one
    raise UnknownNameError(
        "No line of spend of that name is shipped.",
        where="public table of spend",
        todo=f"Lines: {', '.join(one.id for one in spend_lines())}.",
        code="unknown_line",
    )


def spend_years() -> tuple[str, ...]:
    """The years shipped, oldest first; 2013-14 is not among them."""
    return _years()


def caveats() -> tuple[str, ...]:
    """What to say beside every figure of this table."""
    said = _sidecar()
    return (said["cash"], said["booking"], said["missing"], said["children"])


@lru_cache(maxsize=16)
def spend_panel(line: str, basis: Basis = "gross") -> Panel:
    """Pounds per child aged 0 to 16: numerators are pounds of the year, denominators children, of each authority.

    `basis`: gross, or net of income. The value is not a share of cases: no test of chance can be made of it (kind
    bare). A cell in which nothing was booked that must have been is UNRELIABLE and has no numerator. Codes are the
    Department's numbers, as text. Raises: UnknownNameError.
    """
    about, years = spend_line(line), _years()
    rows = _rows()
    units = tuple(Unit(code, code) for code in sorted({code for code, _, _ in rows}, key=int))
    pounds, why = empty(units, years)
    children = np.full_like(pounds, np.nan)
    for i, unit in enumerate(units):
        for t, year in enumerate(years):
            pounds[i, t], why[i, t] = _amount(rows[unit.code, line, basis][year])
            children[i, t] = float(rows[unit.code, "children", "children"][year] or "nan")
    value = pounds / children
    why = np.where(np.isfinite(pounds) & ~np.isfinite(value), int(Why.NOT_AVAILABLE), why).astype(np.int8)
    return Panel(
        measure=Measure(
            id=f"spend-{line}-{basis}",
            title=f"{about.title}: {basis} spend per child",
            kind="bare",
            unit="pounds per child aged 0 to 16",
            direction="A higher figure means more money; it does not say what was bought for it.",
            definition=f"{about.definition} {about.note}".strip(),
        ),
        units=units,
        periods=years,
        numerator=pounds,
        denominator=children,
        value=value,
        why=why,
        source=source(),
    )


def spend_of(code: str, line: str, basis: Basis = "gross") -> Floats:
    """Pounds per child of one authority in `spend_years()` order; nan where unknown. Raises: UnknownNameError."""
    panel = spend_panel(line, basis)
    return np.asarray(panel.value[panel.unit_at(code)], dtype=np.float64)


@lru_cache(maxsize=1)
def source() -> SourceRef:
    """The shipped table as a figure cites it, with the hash of its very bytes."""
    said = _sidecar()
    return SourceRef(
        name="casetrail/public/data/spend.csv",
        sha256=hashlib.sha256(_bytes()).hexdigest(),
        origin=Origin.PUBLIC_AGGREGATE,
        made_by=said["made_by"],
        judged_by_it="local authorities, from their own returns",
        note=f"{said['title']}. From {'; '.join(said['publications'])}. {said['licence']}.",
    )


def _amount(cell: str) -> tuple[float, Why]:
    if cell == "n":
        return float("nan"), Why.UNRELIABLE
    return (float(cell), Why.PUBLISHED) if cell else (float("nan"), Why.ABSENT)


@lru_cache(maxsize=1)
def _rows() -> dict[tuple[str, str, str], dict[str, str]]:
    rows = csv.DictReader(_bytes().decode("utf-8").splitlines())
    return {(row["authority"], row["line"], row["kind"]): row for row in rows}


@lru_cache(maxsize=1)
def _years() -> tuple[str, ...]:
    return tuple(name for name in next(iter(_rows().values())) if name[:1].isdecimal())


@lru_cache(maxsize=1)
def _sidecar() -> dict[str, Any]:
    at = resources.files("casetrail.public").joinpath("data", "spend.toml")
    return tomllib.loads(at.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _bytes() -> bytes:
    return resources.files("casetrail.public").joinpath("data", "spend.csv").read_bytes()
