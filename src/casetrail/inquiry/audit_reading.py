"""Ratings of an audit, from a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from casetrail.compare.audit import Rated
from casetrail.errors import InputError
from casetrail.inquiry.audit_sheets import Sheet, SheetAsked, number
from casetrail.stats.audit_ratings import Ratings

RATING_COLUMNS = ("unit", "file", "rater", "grade", "weight", "privileged")
# Worst first. Other words need a scale of their own.
SCALES = (
    ("inadequate", "adequate"),
    ("no", "yes"),
    ("inadequate", "requires improvement", "good", "outstanding"),
)
MOST_GRADES = 12
# Of the grades given: what is on no scale after that is a slip of the pen, and set aside.
NEARLY_ALL = 0.95


@dataclass(frozen=True, slots=True)
class Scale:
    """What the user says of grades: worst first (empty: tell from the file), and the lowest adequate one."""

    grades: tuple[str, ...] = ()
    adequate: str | None = None


def read_ratings(asked: SheetAsked, scale: Scale) -> Rated:
    """Ratings with units, files and raters as numbers. Raises: InputError; no message holds a value of the file."""
    sheet = Sheet(asked, RATING_COLUMNS, ("unit", "file", "rater", "grade"))
    units, files, raters, said = (sheet.texts(name) for name in ("unit", "file", "rater", "grade"))
    for row in sheet.rows:
        for texts, code in ((units, "no_unit"), (files, "no_file"), (said, "no_grade"), (raters, "no_rater")):
            if texts[row] is None:
                sheet.mark(row, code)
    grades = _grades(sheet, [said[row] for row in sheet.rows], scale)
    place = {grade.casefold(): at for at, grade in enumerate(grades)}
    for row in sheet.rows:
        if _plain(said[row]) not in place:
            sheet.mark(row, "not_on_the_scale")
    weights = _weights(sheet, units, files)
    seen: set[tuple[str | None, ...]] = set()
    for row in sheet.rows:
        mark = (units[row], files[row], raters[row])
        if mark in seen:
            sheet.mark(row, "rated_again_by_the_same")
        seen.add(mark)
    sheet.refuse_nothing()
    rows = sheet.rows
    names, of_unit = numbered([units[row] for row in rows])
    ratings = Ratings(
        unit=of_unit,
        file=numbered([(units[row], files[row]) for row in rows])[1],
        rater=numbered([raters[row] for row in rows])[1],
        score=np.array([place[_plain(said[row])] for row in rows], dtype=np.float64),
        weight=np.array([weights[row] for row in rows]),
    )
    return Rated(
        ratings=ratings,
        units=tuple(str(name) for name in names),
        grades=grades,
        adequate=_adequate(grades, scale, where=asked.path.name),
        source=sheet.source,
        rows_in=sheet.rows_in,
        set_aside=sheet.set_aside(),
        read=told(asked, grades=list(scale.grades), adequate=scale.adequate),
        notes=sheet.notes,
    )


def _plain(text: str | None) -> str:
    """Grades are told apart without capitals; 3 and 3.0 are one grade."""
    found = number(text)
    return str(int(found)) if found is not None and found == int(found) else (text or "").strip().casefold()


def _grades(sheet: Sheet, said: Sequence[str | None], scale: Scale) -> tuple[str, ...]:
    """The scale, worst first: as told, a known one, or the whole numbers from the lowest to the highest given."""
    if scale.grades:
        grades = tuple(_plain(grade) for grade in scale.grades)
        if len(set(grades)) != len(grades) or len(grades) < 2:
            raise InputError("A scale needs two different grades or more.", where="--grades", code="bad_scale")
        return grades
    given = [_plain(text) for text in said]
    nearly_all = NEARLY_ALL * len(given)
    for known in SCALES:
        if given and sum(grade in known for grade in given) >= nearly_all:
            return known
    values = [number(grade) for grade in given]
    whole = [int(v) for v in values if v is not None and v == int(v)]
    if whole and len(whole) >= nearly_all and max(whole) - min(whole) < MOST_GRADES:
        return tuple(str(grade) for grade in range(min(whole), max(whole) + 1))
    raise InputError(
        "The order of the grades is not known.",
        where=sheet.source.name,
        todo='Say the scale, worst first: --grades "poor,fair,good".',
        code="unknown_scale",
    )


def _adequate(grades: tuple[str, ...], scale: Scale, *, where: str) -> int | None:
    """The number of the lowest adequate grade; of two grades it is the better."""
    if scale.adequate is None:
        return 1 if len(grades) == 2 else None
    if _plain(scale.adequate) not in grades[1:]:
        raise InputError(
            "The lowest adequate grade must be on the scale, above the worst.", where=where, code="bad_scale"
        )
    return grades.index(_plain(scale.adequate))


def _weights(sheet: Sheet, units: Sequence[str | None], files: Sequence[str | None]) -> list[float]:
    """One weight per row, 1 where there is no such column; a file has one weight."""
    if not sheet.has("weight"):
        return [1.0] * len(units)
    found = [number(text) or 0.0 for text in sheet.texts("weight")]
    first: dict[tuple[str | None, str | None], float] = {}
    for row in sheet.rows:
        if not found[row] > 0:
            sheet.mark(row, "bad_weight")
        elif abs(first.setdefault((units[row], files[row]), found[row]) - found[row]) > 1e-9 * found[row]:
            sheet.mark(row, "other_weight")
    return found


def numbered(things: Sequence[Any]) -> tuple[list[Any], np.typing.NDArray[np.int64]]:
    """Different things in order of their first place, and the number of each."""
    index: dict[Any, int] = {}
    of = [index.setdefault(thing, len(index)) for thing in things]
    return list(index), np.array(of, dtype=np.int64)


def told(asked: SheetAsked, **more: object) -> Mapping[str, object]:
    """How the file was read, as parameters of a figure have it; no path of the machine."""
    return {"origin": asked.origin.value, "columns": dict(asked.columns), "sheet": asked.sheet, **more}
