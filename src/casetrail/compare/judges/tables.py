"""A user's own tables: judgements one after another, and who was in post when (by code, never by name)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from casetrail.errors import InputError, ProtectionError, UnknownNameError
from casetrail.figures import Origin, SourceRef
from casetrail.public.inspections import Grade, grade
from casetrail.records.cells import MARKS
from casetrail.records.files import format_of, sha256_of
from casetrail.records.read import read_grid
from casetrail.records.spec import SourceSpec

JUDGEMENT_COLUMNS = ("authority", "date", "grade", "framework")
TENURE_COLUMNS = ("authority", "tenure", "from", "to")
DAY = "Write days as 2023-11-05."
_ONCE = "Keep one row for each body, framework, part of the judgement and day."
# Initials and one number at most: whatever could be read as a name is turned away.
_CODE = re.compile(r"(?=.*\d)[A-Za-z]{0,3}[-_ ]?\d{1,6}")


@dataclass(frozen=True, slots=True)
class Judgement:
    """One grade of one body. `judgement` says which part was graded; `rested_on` what the grade rested on, if known."""

    unit: str
    day: date
    grade: Grade
    framework: str
    judgement: str = "overall"
    rested_on: str = ""


@dataclass(frozen=True, slots=True)
class JudgementTable:
    """Judgements in any order; all up to `known_to` are in it. A framework is a series of its own."""

    rows: tuple[Judgement, ...]
    known_to: date
    source: SourceRef

    @property
    def frameworks(self) -> tuple[str, ...]:
        return tuple(sorted({row.framework for row in self.rows}))


@dataclass(frozen=True, slots=True)
class Held:
    """A post was held under one code, from a day to another, both included; `ended` None: it still is."""

    unit: str
    code: str
    started: date
    ended: date | None


@dataclass(frozen=True, slots=True)
class TenureTable:
    """Who was in post, by code. Nothing about a single tenure ever leaves: a post held by one person is a person."""

    rows: tuple[Held, ...]
    source: SourceRef


def read_judgements(path: Path, *, known_to: date, origin: Origin = Origin.PUBLIC_AGGREGATE) -> JudgementTable:
    """CSV, XLSX or Parquet with the columns authority, date, grade, framework; judgement and rested_on where known.

    Raises: InputError for a file, column or cell that cannot be read, UnknownNameError for a grade that is none.
    """
    rows: list[Judgement] = []
    seen: set[tuple[str, str, str, date]] = set()
    for line, row in _rows(path, JUDGEMENT_COLUMNS):
        where = f"{path.name}, line {line}"
        if not row["framework"]:
            raise InputError(
                "A judgement does not name its framework.",
                where=where,
                todo="Grades of different frameworks are different series: fill in the column framework.",
                code="no_framework",
            )
        day = _day(row["date"], where)
        if day is None or day > known_to:
            raise InputError("A judgement has no day, or one after the last day known.", where=where, todo=DAY)
        fresh = Judgement(
            row["authority"],
            day,
            _grade(row["grade"], where),
            row["framework"],
            row.get("judgement") or "overall",
            row.get("rested_on", ""),
        )
        key = (fresh.unit, fresh.framework, fresh.judgement, fresh.day)
        if key in seen:
            raise InputError("A body is judged twice on one day.", where=where, todo=_ONCE, code="said_twice")
        seen.add(key)
        rows.append(fresh)
    return JudgementTable(tuple(rows), known_to, SourceRef(path.name, sha256_of(path), origin, note="the user's own"))


def read_tenures(path: Path, *, origin: Origin = Origin.REAL) -> TenureTable:
    """CSV, XLSX or Parquet with the columns authority, tenure (a code with a number), from, to (blank: still in post).

    Raises: ProtectionError where a code could be a name; InputError for a file, column or cell that cannot be read.
    """
    rows = []
    for line, row in _rows(path, TENURE_COLUMNS):
        where = f"{path.name}, line {line}"
        if not _CODE.fullmatch(row["tenure"]):
            raise ProtectionError(
                "A tenure is not a code.",
                where=where,
                todo="Put a code such as D1 for each tenure. Names are not needed, and stay with you.",
                code="names_not_taken",
            )
        started, ended = _day(row["from"], where), _day(row["to"], where)
        if started is None or (ended is not None and ended < started):
            raise InputError("A tenure does not begin, or ends before it begins.", where=where, todo=DAY)
        rows.append(Held(row["authority"], row["tenure"], started, ended))
    return TenureTable(tuple(rows), SourceRef(path.name, sha256_of(path), origin, note="the user's own, by code"))


def _rows(path: Path, needed: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Line and cells of each record, with columns by lower-case name."""
    spec = SourceSpec(name=path.name, path=path, origin=Origin.PUBLIC_AGGREGATE, columns={})
    format_ = format_of(path, "auto")
    if format_ == "xes":
        raise InputError("An event log is no table.", where=path.name, todo="Give CSV, XLSX or Parquet.")
    grid = read_grid(spec, format_, mapped_names=(), wanted=None, progress=None)
    names = {name.strip().casefold(): name for name in grid.names if name}
    missing = [name for name in needed if name not in names]
    if missing:
        raise InputError(
            f"The table has no column '{missing[0]}'.", where=path.name, todo=f"It needs {', '.join(needed)}."
        )
    if grid.broken:
        raise InputError("A row cannot be told apart into cells.", where=path.name, todo="Save the table as CSV anew.")
    lines = grid.record + 1 if grid.line is None else grid.line
    for i in range(len(grid.record)):
        cells = {}
        for plain, name in names.items():
            column = grid.columns[name]
            text = "" if column.codes[i] < 0 else column.values[int(column.codes[i])].lstrip("".join(MARKS)).strip()
            cells[plain] = text[:-2] if text.endswith(".0") and text[:-2].isdecimal() else text
        if not cells["authority"]:
            raise InputError("A row names no authority.", where=f"{path.name}, line {int(lines[i])}")
        yield int(lines[i]), cells


def _day(text: str, where: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise InputError("A cell is not a day.", where=where, todo=DAY, code="not_a_day") from None


def _grade(text: str, where: str) -> Grade:
    try:
        return grade(text)
    except UnknownNameError as wrong:
        raise UnknownNameError(wrong.what, where=where, todo=wrong.todo, code=wrong.code) from None
