"""Every measure and period of a table at once: computed, or refused with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from casetrail.compare.collection import Collection
from casetrail.compare.judged import Judged
from casetrail.compare.judging import judge
from casetrail.compare.measure import LEVELS, place, verdict
from casetrail.compare.quality import Fitness, Quality
from casetrail.compare.words import METHOD, NO_PERSON, OWN_TABLE, SECTION, slug
from casetrail.figures import Answer, Cell, Column, Provenance, Table
from casetrail.stats.intervals import normal_quantile

QUESTION = "compare.everything"
COLUMNS = (
    Column("measure", "Measure"),
    Column("period", "Period"),
    Column("bodies", "Bodies with a value", "count"),
    Column("median", "Median", "number", 1),
    Column("unfit", "Not fit to compare", "count"),
    Column("caution", "Fit with caution", "count"),
    Column("tested", "Tested", "count"),
    Column("pooled", "All together", "number", 1),
    Column("phi", "Overdispersion factor phi", "number", 1),
    Column("chance95", "Outside the plain 95 % limits by chance", "number", 1),
    Column("plain95", "Outside the plain 95 % limits", "count"),
    Column("ordinary95", "Outside the 95 % limits for ordinary differences", "count"),
    Column("ordinary998", "Outside the 99.8 % limits for ordinary differences", "count"),
    Column("refused", "Why nothing is tested"),
)
OWN = (
    Column("own", "Value of the body asked for", "number", 1),
    Column("own_gate", "Fit to compare?"),
    Column("own_verdict", "Against limits for ordinary differences"),
    Column("own_alike", "Cannot be told apart from", "count"),
    Column("own_refused", "Why the body is not tested"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One measure in one period over all bodies; `refused` is empty when there is a test."""

    quality: Quality
    period: int
    tested: int
    pooled: float | None
    phi: float | None
    chance95: float | None
    plain95: int | None
    ordinary95: int | None
    ordinary998: int | None
    refused: str


def every_line(collection: Collection) -> Iterator[Line]:
    """All measures and periods that hold a value, in the order of the table."""
    for quality in collection.qualities.values():
        for period in range(len(quality.panel.periods)):
            if np.isfinite(quality.panel.value[:, period]).any():
                yield line(quality, period)


def line(quality: Quality, period: int) -> Line:
    """One of them. The test is that of the first body that can be tested; it is the same for all."""
    panel = quality.panel
    fit = np.flatnonzero(quality.levels[:, period] < Fitness.NOT_FIT)
    rows = np.intersect1d(panel.counts(period)[0], fit)
    # Whoever is asked for gets the same reason where nobody has counts.
    values = np.flatnonzero(np.isfinite(panel.value[:, period]))
    asked = int(rows[0]) if rows.size else int(values[0])
    seen = place(quality, asked, period)
    if seen.test is None:
        return Line(quality, period, 0, None, None, None, None, None, None, seen.why_no_test)
    z, allowing = seen.test.funnel.z, seen.test.ordinary
    q95, q998 = (normal_quantile(level) for level in LEVELS)
    outside = [None if allowing is None else int((np.abs(allowing.z) > q).sum()) for q in (q95, q998)]
    pooled = float(seen.test.funnel.pooled * panel.measure.per)
    plain = int((np.abs(z) > q95).sum())
    judged = judge(panel, period)
    chance = judged.by_chance.expected if isinstance(judged, Judged) else None
    return Line(quality, period, int(z.size), pooled, seen.test.funnel.phi, chance, plain, outside[0], outside[1], "")


def everything_answer(collection: Collection, unit: str | None = None) -> Answer:
    """One row for each measure and period; with a unit (code) also its value, gate and verdict there."""
    lines = list(every_line(collection))
    at = None if unit is None else collection.panels[0].unit_at(unit)
    name = "all" if at is None else collection.panels[0].units[at].name
    tested = sum(not found.refused for found in lines)
    rows = tuple(_row(found) if at is None else (*_row(found), *_own(found, at)) for found in lines)
    source = collection.panels[0].source
    parameters = (("unit", unit),)
    return Answer(
        id=f"compare.{slug(name)}.everything",
        section=SECTION,
        title=f"Every measure and period of {source.name}" + ("" if at is None else f", with {name}"),
        sentence=(
            f"{len(lines):,} measures and periods: {tested:,} have counts and are tested, {len(lines) - tested:,} are "
            "refused with the reason in the last column."
        ),
        body=Table(COLUMNS if at is None else (*COLUMNS, *OWN), rows),
        method=METHOD,
        provenance=Provenance(QUESTION, source.origin, (source,), parameters),
        caveats=(NO_PERSON,) if collection.shipped else (OWN_TABLE, NO_PERSON),
    )


def _row(found: Line) -> tuple[Cell, ...]:
    panel, j = found.quality.panel, found.period
    values = panel.value[:, j]
    levels = found.quality.levels[:, j]
    return (
        panel.measure.title,
        panel.periods[j],
        int(np.isfinite(values).sum()),
        float(np.nanmedian(values)),
        int((levels == Fitness.NOT_FIT).sum()),
        int((levels == Fitness.CAUTION).sum()),
        found.tested,
        found.pooled,
        found.phi,
        found.chance95,
        found.plain95,
        found.ordinary95,
        found.ordinary998,
        found.refused,
    )


def _own(found: Line, at: int) -> tuple[Cell, ...]:
    seen = place(found.quality, at, found.period)
    allowing = None if seen.test is None else seen.test.z_ordinary
    apart = seen.told_apart
    return (
        seen.value,
        seen.fitness.words if isinstance(seen.value, float) else None,
        None if allowing is None else verdict(allowing),
        None if apart is None else apart.alike,
        seen.why_no_test,
    )
