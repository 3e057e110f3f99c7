"""All figures at once, the parts of a judgement apart, and what the judgements are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from casetrail.compare.judges.series import Series, events_in, fit_figures
from casetrail.compare.judges.words import (
    AFTER_METHOD,
    NOT_AN_EFFECT,
    PERMUTATIONS,
    SECTION,
    YEARS_METHOD,
    beside,
    part,
    provenance,
    short,
)
from casetrail.compare.judges.years import LOOK, Beside
from casetrail.compare.quality import Quality
from casetrail.figures import Answer, Cell, Column, Table
from casetrail.public.inspections import Grade
from casetrail.stats.before_after_event import YearFromEvent, years_from_event

COLUMNS = (
    Column("measure", "Published figure"),
    Column("before", "tau-b, year before", "number", 2),
    Column("p_before", "p, year before", "number", 3),
    Column("after", "tau-b, year after", "number", 2),
    Column("p_after", "p, year after", "number", 3),
    Column("surest", "Year from the inspection with the surest association", "number", 0),
    Column("p_surest", "p in that year", "number", 3),
    Column("excess", "Judged below good: moved beyond what was to be expected", "number", 2),
    Column("p_excess", "p of that", "number", 3),
)
PART_COLUMNS = (
    Column("judgement", "Judgement"),
    Column("measure", "Published figure"),
    Column("bodies_before", "Bodies with a figure, year before", "count"),
    Column("before", "tau-b, year before", "number", 2),
    Column("p_before", "p, year before", "number", 3),
    Column("bodies_after", "Bodies with a figure, year after", "count"),
    Column("after", "tau-b, year after", "number", 2),
    Column("p_after", "p, year after", "number", 3),
)
GRADE_COLUMNS = (
    Column("judgement", "Judgement"),
    *(Column(f"grade_{int(g)}", g.words.capitalize(), "count") for g in Grade),
    Column("undated", "Of these without a day of inspection", "count"),
    Column("first", "First inspection", "date"),
    Column("last", "Last inspection", "date"),
)
MANY = "p values allow for all years and all figures of this table having been looked at."


def overview_answer(found: Sequence[Beside]) -> Answer:
    """How little a grade can be foreseen from figures, or foretells them: one row for each figure."""
    first = found[0]
    went = [b for b in found if b.strongest is not None and b.p(b.strongest) <= 0.05]
    return Answer(
        id=f"judges.{short(first.series.framework)}.{short(first.series.judgement)}.summary",
        section=SECTION,
        title=f"What do published figures have to do with {part(first.series)}?",
        sentence=_overview_sentence(found, went),
        body=Table(COLUMNS, tuple(_row(b) for b in found)),
        method=f"{YEARS_METHOD} {AFTER_METHOD}",
        provenance=provenance(
            "overview", first.series, tuple(b.panel for b in found), seed=first.seed, permutations=first.permutations
        ),
        caveats=(MANY, NOT_AN_EFFECT, *beside(first.series)),
    )


def _overview_sentence(found: Sequence[Beside], went: Sequence[Beside]) -> str:
    before = sum(1 for b in went if b.strongest is not None and b.strongest.k < 0)
    tested_after = [b for b in found if b.year(1).tau is not None]
    foretold = [b for b in tested_after if b.p(b.year(1)) <= 0.05]
    moved = [b for b in found if b.after and b.after[1]]
    beyond = [b for b in moved if b.after and b.after[1] and b.after[1].p * len(found) <= 0.05]
    pairs = [b.strongest.tau.agree for b in went if b.strongest is not None and b.strongest.tau is not None]
    most = max((max(p, 1 - p) for p in pairs), default=0.5)
    said = (
        f"Of {len(found)} published figures, {len(went)} went with the grade more than chance, {before} of them most "
        "surely in a year before the inspection"
    )
    if went:
        said += f"; even the closest puts only {100 * most:.0f} of 100 pairs of bodies in the order of their grades"
    after = f"{len(foretold)} of {len(tested_after)} that can be tested went with the grade in the year after it"
    change = f"{len(beyond)} of {len(moved)} moved after a judgement below good more than such figures move anyway"
    return f"{said}. {after[0].upper()}{after[1:]}; {change}."


def _row(b: Beside) -> tuple[Cell, ...]:
    low, most = b.after[1] if b.after else None, b.strongest
    return (
        b.panel.measure.title,
        *_tau(b, b.year(-1)),
        *_tau(b, b.year(1)),
        most.k if most else None,
        b.p(most) if most else None,
        low.excess if low else None,
        min(1.0, low.p * b.looks) if low else None,
    )


def _tau(b: Beside, year: YearFromEvent) -> tuple[Cell, Cell]:
    return (year.tau.value, b.p(year)) if year.tau else (None, None)


def parts_answer(
    qualities: Sequence[Quality], parts: Mapping[str, Series], *, seed: int, permutations: int = PERMUTATIONS
) -> Answer:
    """Each part of the judgement by itself beside each figure, in the years before and after. Never added up."""
    found = [
        _part(quality, series, (len(qualities) * len(parts), seed, permutations))
        for series in parts.values()
        for quality in qualities
    ]
    first = next(iter(parts.values()))
    panels = tuple(q.panel for q in qualities)
    went = [b for b in found for y in b.years if y.tau and b.p(y) <= 0.05]
    names = "; ".join(sorted({f"{part(b.series)} with {b.panel.measure.title}" for b in went}))
    asked = sum(y.tau is not None for b in found for y in b.years)
    return Answer(
        id=f"judges.{short(first.framework)}.parts",
        section=SECTION,
        title=f"The parts of the judgement apart ({first.framework})",
        sentence=f"Each part of the judgement is a series of its own. Of {asked} pairs of a part and a figure in the "
        f"year before or after, {len(went)} go together more than chance{f': {names}' if names else ''}.",
        body=Table(PART_COLUMNS, tuple(_part_row(b) for b in found)),
        method=YEARS_METHOD,
        provenance=provenance(
            "parts", replace(first, judgement=", ".join(parts)), panels, seed=seed, permutations=permutations
        ),
        caveats=(MANY, *beside(first)),
    )


def _part(quality: Quality, series: Series, how: tuple[int, int, int]) -> Beside:
    looks, seed, permutations = how
    events = events_in(quality.panel, series)
    figures = fit_figures(quality, int(events.period.max()) + 1 if events.period.size else 0)
    look = replace(LOOK, years=(-1, 1))
    years = years_from_event(figures, events, look, rng=np.random.default_rng([seed, 3]), permutations=permutations)
    return Beside(quality.panel, series, years, None, looks, seed, permutations)


def _part_row(b: Beside) -> tuple[Cell, ...]:
    before, after = b.year(-1), b.year(1)
    return (part(b.series), b.panel.measure.title, before.n, *_tau(b, before), after.n, *_tau(b, after))


def grades_answer(parts: Mapping[str, Series], missing: Sequence[str]) -> Answer:
    """How many of each grade, and what the table does not hold."""
    first = next(iter(parts.values()))
    total = len(first.given) + first.undated
    low = sum(g <= Grade.REQUIRES_IMPROVEMENT for _, _, g in first.given)
    return Answer(
        id=f"judges.{short(first.framework)}.grades",
        section=SECTION,
        title=f"The judgements ({first.framework})",
        sentence=f"{total} bodies have {part(first)}; of the {len(first.given)} with a day of inspection, {low} were "
        f"judged below good. "
        f"{'Only the latest of each is in the table.' if first.latest_only else ''}".rstrip(),
        body=Table(GRADE_COLUMNS, tuple(_grade_row(s) for s in parts.values())),
        method="Counted from the table of judgements. Grades with a day of inspection only; the others stand apart.",
        provenance=provenance("grades", replace(first, judgement=", ".join(parts)), ()),
        caveats=(*(f"Not in the table: {words}." for words in missing), *beside(first)),
    )


def _grade_row(series: Series) -> tuple[Cell, ...]:
    days = [day for _, day, _ in series.given]
    counts = tuple(sum(own is g for _, _, own in series.given) for g in Grade)
    ends = (min(days).isoformat(), max(days).isoformat()) if days else (None, None)
    return (part(series), *counts, series.undated, *ends)
