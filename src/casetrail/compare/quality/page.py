"""What the gates say, as answers: for one authority in one year, and the list of all that were gated."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from casetrail.compare.quality.assess import Quality
from casetrail.compare.quality.sign import Fitness
from casetrail.figures import Answer, Cell, Column, Origin, Provenance, Table
from casetrail.stats.known_truth import scored

QUESTION = "compare.gates"
SECTION = "Any better or worse than most?"
METHOD = (
    "Each figure is looked at for signs that it was recorded badly, before anything is compared. Open cases against "
    "cases closed, against people and against the body's own other years, each as a distance from the middle "
    "(median and median absolute deviation), combined for the one step that work left open would give (not fit beyond "
    "z = 2.33, one-sided); cases that came or went uncounted (caution beyond 30 % of the stock, not fit beyond 50 % "
    "gone at the next count); changes beyond z = 4.5 and half as much again, the change of the middle set aside; "
    "populations based anew (5 %); counts that contradict the printed value; last digits; figures missing for "
    "authorities that had other values; the publisher's own marks."
)
CAVEATS = (
    "A sign says where to look, not what was done: a figure can be odd because the service is.",
    "Fit to compare means only that none of these signs was seen.",
)
COLUMNS = (
    Column("authority", "Authority"),
    Column("figure", "Figure"),
    Column("year", "Year"),
    Column("value", "Value", "number", 1),
    Column("unit", "Unit"),
    Column("verdict", "Verdict"),
    Column("reasons", "Reasons"),
)


def gates_answer(qualities: Mapping[str, Quality], unit: int, period: str) -> Answer:
    """Every figure of one body in one period with its verdict and the reasons."""
    rows: list[tuple[Cell, ...]] = []
    counted = [0, 0, 0]
    name = ""
    for quality in qualities.values():
        panel = quality.panel
        j = panel.periods.index(period)
        name = panel.units[unit].name
        if np.isfinite(panel.value[unit, j]):
            counted[quality.fitness(unit, j)] += 1
            rows.append(_row(quality, unit, j))
    return Answer(
        id=f"compare.{_slug(name)}.{period}.gates",
        section=SECTION,
        title=f"Are the figures fit to be compared? {name}, {period}",
        sentence=(
            f"Figures of {name} in {period}: {counted[0]} without a sign against them, {counted[1]} to be read with "
            f"caution, {counted[2]} not fit to compare."
        ),
        body=Table(COLUMNS[1:], tuple(row[1:] for row in rows)),
        method=METHOD,
        provenance=_provenance(qualities, authority=name, year=period),
        caveats=(*CAVEATS, scored("gates.quality")),
    )


def gated_answer(qualities: Mapping[str, Quality], period: str | None = None) -> Answer:
    """Every figure of any body that is not simply fit, each with its reasons; in one period or in all."""
    rows: list[tuple[Cell, ...]] = []
    figures, bodies = 0, set()
    for quality in qualities.values():
        panel, levels = quality.panel, quality.levels
        wanted = range(len(panel.periods)) if period is None else [panel.periods.index(period)]
        for j in wanted:
            figures += int(np.isfinite(panel.value[:, j]).sum())
            for i in np.flatnonzero(levels[:, j]):
                rows.append(_row(quality, int(i), j))
                bodies.add(panel.units[i].name)
    unfit = sum(row[5] == Fitness.NOT_FIT.words for row in rows)
    span = period or "all years"
    return Answer(
        id=f"compare.all.{period or 'all-years'}.gated",
        section=SECTION,
        title=f"Figures to be read with caution, and figures not fit to compare, {span}",
        sentence=(
            f"Of {figures:,} figures in {span}, {unfit:,} are not fit to compare and {len(rows) - unfit:,} are to be "
            f"read with caution, of {len(bodies)} bodies. Each reason is given."
        ),
        body=Table(COLUMNS, tuple(sorted(rows, key=lambda r: (str(r[0]), str(r[1]), str(r[2]))))),
        method=METHOD,
        provenance=_provenance(qualities, year=period or "all"),
        caveats=(*CAVEATS, scored("gates.quality")),
    )


def _row(quality: Quality, i: int, j: int) -> tuple[Cell, ...]:
    panel = quality.panel
    reasons = quality.reasons(i, j)
    return (
        panel.units[i].name,
        panel.measure.title,
        panel.periods[j],
        float(panel.value[i, j]),
        panel.measure.unit,
        quality.fitness(i, j).words,
        "; ".join(reasons) if reasons else "no sign seen",
    )


def _provenance(qualities: Mapping[str, Quality], **asked: str) -> Provenance:
    sources = tuple({q.panel.source for q in qualities.values()})
    origin = sources[0].origin if sources else Origin.PUBLIC_AGGREGATE
    return Provenance(QUESTION, origin, sources, tuple(asked.items()))


def _slug(name: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in name.casefold()).split())
