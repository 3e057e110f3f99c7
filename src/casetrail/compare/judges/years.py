"""One figure beside one series of grades: in the years before and after."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from casetrail.compare.judges.series import Series, events_in, fit_figures
from casetrail.compare.judges.words import (
    PERMUTATIONS,
    SECTION,
    YEARS_METHOD,
    beside,
    figure,
    p_words,
    part,
    provenance,
    short,
)
from casetrail.compare.quality import Quality
from casetrail.figures import Answer, Cell, Column, Provenance, Refusal, Table
from casetrail.public.inspections import Grade
from casetrail.public.panel import Panel
from casetrail.stats.before_after_event import Look, YearFromEvent, years_from_event
from casetrail.stats.beyond_regression import Ahead, Excess, excess_after_event

YEARS = (-3, -2, -1, 0, 1, 2)
LOOK = Look(YEARS, tuple(int(g) for g in Grade), int(Grade.GOOD))
GROUPS = (
    ("inadequate", (1,)),
    ("inadequate or requires improvement", (1, 2)),
    ("good or outstanding", (3, 4)),
)
TOO_FEW = "fewer than 20 bodies with a figure, or than 5 on one side of good"

YEAR_COLUMNS = (
    Column("years_after", "Years after the inspection", "number", 0),
    Column("bodies", "Bodies with a figure", "count"),
    *(Column(f"median_{int(g)}", f"Median, {g.words}", "number", 1) for g in Grade),
    Column("difference", "Good or better less the rest (relative medians)", "number", 2),
    Column("p_difference", "p of the difference, all years", "number", 3),
    Column("tau", "tau-b of grade and figure", "number", 2),
    Column("low", "95 % interval, low", "number", 2),
    Column("high", "95 % interval, high", "number", 2),
    Column("p", "p, all years and figures", "number", 3),
    Column("note", "Note"),
)


@dataclass(frozen=True, slots=True)
class Beside:
    """A figure beside a series: what was found. `looks`: how many figures are looked at together."""

    panel: Panel
    series: Series
    years: tuple[YearFromEvent, ...]
    after: tuple[Excess | None, ...] | None
    looks: int
    seed: int
    permutations: int

    def year(self, k: int) -> YearFromEvent:
        return next(y for y in self.years if y.k == k)

    def p(self, year: YearFromEvent) -> float:
        """Allowing for all years and all figures looked at."""
        return min(1.0, year.p_all * self.looks)

    @property
    def strongest(self) -> YearFromEvent | None:
        """The year in which grade and figure go together most surely; None where no year can be tested."""
        tested = [y for y in self.years if y.tau is not None]
        return min(tested, key=lambda y: (y.p_all, -abs(y.tau.value if y.tau else 0.0)), default=None)

    @property
    def id(self) -> str:
        return f"judges.{short(self.series.framework)}.{short(self.panel.measure.id)}"


def beside_series(
    quality: Quality, series: Series, *, looks: int, seed: int, permutations: int = PERMUTATIONS
) -> Beside:
    """Put one figure beside one series of grades."""
    events = events_in(quality.panel, series)
    last = int(events.period.max()) + 1 if events.period.size else 0
    figures = fit_figures(quality, last)
    years = years_from_event(figures, events, LOOK, rng=np.random.default_rng([seed, 1]), permutations=permutations)
    ahead = Ahead([grades for _, grades in GROUPS], 1)
    after = excess_after_event(figures, events, ahead, rng=np.random.default_rng([seed, 2]), permutations=permutations)
    return Beside(quality.panel, series, years, after, looks, seed, permutations)


def years_answer(found: Beside) -> Answer:
    """Does the grade follow the figure of earlier years, or foretell that of later ones?"""
    measure = found.panel.measure
    tested = any(y.tau for y in found.years)
    return Answer(
        id=f"{found.id}.years",
        section=SECTION,
        title=f"{measure.title} before and after an inspection: {part(found.series)}",
        sentence=years_sentence(found),
        body=Table(YEAR_COLUMNS, tuple(_year_row(found, y) for y in found.years)) if tested else too_few(found),
        method=YEARS_METHOD,
        provenance=asked_again("years", found),
        caveats=beside(found.series, found.panel),
    )


def years_sentence(found: Beside) -> str:
    """The year with the surest association, in pairs of bodies; or that there is none."""
    title = found.panel.measure.title
    most = found.strongest
    if most is None or most.tau is None:
        return f"{title}: too few graded bodies have a figure in the years about their inspection to say anything."
    when = _when(most.k)
    tau = most.tau
    pairs = (
        f"of two bodies with different grades the better graded had the higher figure in {100 * tau.agree:.0f} of 100 "
        f"pairs (50 is no association; tau-b {figure(tau.value)}, {figure(tau.low)} to {figure(tau.high)})"
    )
    if found.p(most) <= 0.05:
        return f"{title}: {when}, {pairs}, more than dealing the grades anew explains ({p_words(found.p(most))})."
    return (
        f"{title}: in no year did the figure go with the grade more than dealing the grades anew explains. At most, "
        f"{when}, {pairs}; {p_words(found.p(most))}."
    )


def _when(k: int) -> str:
    if k == 0:
        return "in the year of the inspection"
    years = "one year" if abs(k) == 1 else f"{abs(k)} years"
    return f"{years} {'before' if k < 0 else 'after'} the inspection"


def _year_row(found: Beside, y: YearFromEvent) -> tuple[Cell, ...]:
    tau = y.tau
    return (
        y.k,
        y.n,
        *(_known(m) for m in y.medians),
        _known(y.difference),
        _known(y.p_difference_all),
        tau.value if tau else None,
        tau.low if tau else None,
        tau.high if tau else None,
        found.p(y) if tau else None,
        "" if tau else TOO_FEW,
    )


def _known(value: float) -> float | None:
    return value if np.isfinite(value) else None


def asked_again(question: str, found: Beside) -> Provenance:
    return provenance(
        question,
        found.series,
        (found.panel,),
        seed=found.seed,
        figures=found.looks,
        permutations=found.permutations,
    )


def too_few(found: Beside) -> Refusal:
    return Refusal(
        reason="too_few_inspections",
        message=f"{found.panel.measure.title}: {TOO_FEW}, in every year about the inspection.",
        would_help=("earlier judgements of the same framework", "figures of the years about the inspections"),
    )
