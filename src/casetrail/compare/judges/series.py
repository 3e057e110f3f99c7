"""Judgements of one framework and one part, put beside the years of a panel. Series are never mixed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from casetrail.compare.judges.tables import JudgementTable
from casetrail.compare.quality import Fitness, Quality
from casetrail.figures import SourceRef
from casetrail.public.inspections import JUDGEMENTS, Grade, inspections, inspections_source, reporting_year
from casetrail.public.panel import Floats, Panel
from casetrail.stats.before_after_event import Events

_YEAR = re.compile(r"(\d{4})-(\d{2})")


@dataclass(frozen=True, slots=True)
class Series:
    """Grades of one framework and one part: body, day on which the inspection began, grade.

    `undated`: how many grades have no day, and so no year. `latest_only`: whether each body has but its last one.
    """

    framework: str
    judgement: str
    given: tuple[tuple[str, date, Grade], ...]
    undated: int
    latest_only: bool
    source: SourceRef


def shipped_series() -> dict[str, Series]:
    """The shipped judgements, one series for each part that was graded."""
    frameworks = {i.framework for i in inspections()}
    assert len(frameworks) == 1, "the shipped judgements are of one framework"
    found = {}
    for part in JUDGEMENTS:
        graded = [i for i in inspections() if part in i.grades]
        given = tuple((i.authority, i.started, i.grades[part]) for i in graded if i.started is not None)
        found[part] = Series(frameworks.copy().pop(), part, given, len(graded) - len(given), True, inspections_source())
    return found


def series_of(table: JudgementTable) -> tuple[Series, ...]:
    """A user's table, one series for each framework and part."""
    kinds = sorted({(row.framework, row.judgement) for row in table.rows})
    return tuple(
        Series(
            framework,
            part,
            tuple((r.unit, r.day, r.grade) for r in table.rows if (r.framework, r.judgement) == (framework, part)),
            0,
            False,
            table.source,
        )
        for framework, part in kinds
    )


def events_in(panel: Panel, series: Series) -> Events:
    """The grades of bodies of the panel, in its years; those of other bodies or later years are left out.

    A year after the last of the panel still has years before it: it gets a place past the end.
    """
    rows = {u.code: i for i, u in enumerate(panel.units)} | {u.name: i for i, u in enumerate(panel.units)}
    first = _begun(panel.periods[0])
    kept = [(rows[unit], year_place(day) - first, int(g)) for unit, day, g in series.given if unit in rows]
    kept = [row for row in kept if row[1] >= 0]
    table = np.array(kept, dtype=np.int64).reshape(-1, 3)
    return Events(table[:, 0], table[:, 1], table[:, 2])


def not_in(panel: Panel, series: Series) -> int:
    """Grades of bodies that the panel does not have."""
    known = {u.code for u in panel.units} | {u.name for u in panel.units}
    return sum(unit not in known for unit, _, _ in series.given)


def year_place(day: date) -> int:
    """The calendar year in which the reporting year of a day began."""
    return _begun(reporting_year(day))


def are_years(panel: Panel) -> bool:
    """Whether the periods are reporting years such as 2009-10, one after the other without a gap."""
    found = [_YEAR.fullmatch(p) for p in panel.periods]
    if not all(found):
        return False
    begun = [_begun(p) for p in panel.periods]
    return begun == list(range(begun[0], begun[0] + len(begun)))


def fit_figures(quality: Quality, periods: int) -> Floats:
    """The figures that are fit to compare, not-a-number elsewhere, with empty years added up to so many."""
    figures = np.where(quality.levels >= Fitness.NOT_FIT, np.nan, quality.panel.value)
    empty = np.full((figures.shape[0], max(0, periods - figures.shape[1])), np.nan)
    return np.asarray(np.concatenate([figures, empty], axis=1), dtype=np.float64)


def _begun(period: str) -> int:
    return int(period[:4])


def frameworks_of(series: Sequence[Series]) -> str:
    """Names of frameworks for a sentence."""
    return ", ".join(sorted({s.framework for s in series}))
