"""Grades against figures before and after: 150 made-up units, 14 years, one inspection each in years 8 to 11.

Figures have a lasting level of the unit and a part that fades from year to year. What the grade has to do with them
differs by world.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from bars import Bar
from scipy.stats import ttest_1samp

from casetrail.stats.before_after_event import Events, Look, years_from_event
from casetrail.stats.beyond_regression import Ahead, excess_after_event
from casetrail.stats.tau_b import tau_b

METHOD = "before_after_event.grades"
SAYS = "grades against figures of the years before and after: tau-b, schedules dealt anew, change beyond regression"
CODE = (
    ("casetrail.stats.before_after_event", "Events"),
    ("casetrail.stats.before_after_event", "Look"),
    ("casetrail.stats.before_after_event", "YearFromEvent"),
    ("casetrail.stats.before_after_event", "years_from_event"),
    ("casetrail.stats.before_after_event", "relative_to_all"),
    ("casetrail.stats.before_after_event", "middles"),
    ("casetrail.stats.before_after_event", "_at"),
    ("casetrail.stats.before_after_event", "_dealt"),
    ("casetrail.stats.before_after_event", "_both"),
    ("casetrail.stats.before_after_event", "_p_values"),
    ("casetrail.stats.before_after_event", "_enough"),
    ("casetrail.stats.tau_b", "tau_b"),
    ("casetrail.stats.tau_b", "pair_sums"),
    ("casetrail.stats.tau_b", "tau_b_rows"),
    ("casetrail.stats.tau_b", "_runs"),
    ("casetrail.stats.beyond_regression", "excess_after_event"),
    ("casetrail.stats.beyond_regression", "Windows"),
    ("casetrail.stats.beyond_regression", "_fitted"),
    ("casetrail.stats.beyond_regression", "_known_by"),
    ("casetrail.stats.beyond_regression", "_missed"),
    ("casetrail.stats.beyond_regression", "_placebo"),
    ("casetrail.stats.beyond_regression", "windows_of"),
    ("casetrail.stats.beyond_regression", "_near"),
    ("casetrail.stats.beyond_regression", "_since"),
    ("casetrail.stats.beyond_regression", "_any_event"),
    ("casetrail.stats.beyond_regression", "_excess"),
)
WORLDS = {
    "nothing": "grades have nothing to do with figures",
    "alike": "grades have nothing to do with figures that are nearly the same from year to year in a unit",
    "follows": "the grade follows the level of the unit's figures (tau-b about 0.3)",
    "regression": "units are inspected, and graded, when their figure is low; the inspection changes nothing",
    "regression-alike": "the same, with figures that fade slowly: low years come in runs",
    "foreseen": "low units have begun a remedy that shows a year later, and are then inspected; that changes nothing",
    "helps": "the same as regression, and the figure of low grades rises by one yearly spread after it",
}
_EXACT = "an exact test by dealing anew: 5 %, and no more than the discreteness of the draws can move it"
BARS = {
    "answered": Bar("runs in which years and change were answered", 0.9, 1.0, "the rule for every method"),
    "false_any_year": Bar("any year said to go with the grade where none does (5 %, all years)", 0.0, 0.05, _EXACT),
    "false_one_year": Bar("the year before said to go with the grade where it does not (5 %)", 0.035, 0.065, _EXACT),
    "covers_tau": Bar(
        "intervals of 95 % that hold the true tau-b of the year before",
        0.93,
        0.97,
        "a large-sample interval with 150 units: two points either way",
    ),
    "found_year": Bar("a true tau-b of about 0.3 found in the year before", 0.8, 1.0, "the usual convention for power"),
    "false_change": Bar(
        "low grades said to be followed by a change beyond regression where there is none (5 %)",
        0.035,
        0.065,
        "a t test of about 45 units: near 5 %, not exact, since what is expected is estimated",
    ),
    "naive_change": Bar("the plain before and after says so (t test at 5 %)", None, None, "printed: the naive method"),
    "fooled_change": Bar(
        "the remedy of others put down to the inspection", None, None, "printed: what is foreseen cannot be told apart"
    ),
    "placebo_change": Bar("the placebo dates alone say so (5 %)", None, None, "printed: too easily impressed"),
    "covers_change": Bar(
        "intervals of 95 % that hold the true change",
        0.93,
        0.97,
        "a t interval of about 45 units: two points either way",
    ),
    "found_change": Bar("a true change of one yearly spread found", 0.8, 1.0, "the usual convention for power"),
    "bias_change": Bar("change found less the true one, in yearly spreads", -0.05, 0.05, "the rule for biases"),
}
REPLICATES = 1_000

UNITS, YEARS, PERMUTATIONS = 150, 14, 199
LOOK = Look(years=(-3, -2, -1, 0, 1, 2), grades=(1, 2, 3, 4), cut=3)
FADING = {"alike": 0.9, "regression-alike": 0.7}


def replicate(world: str, rng: np.random.Generator) -> Iterator[tuple[str, bool | float]]:
    """One made-up table of figures with its inspections."""
    level, figures = _figures(rng, FADING.get(world, 0.3))
    if world in ("nothing", "alike", "follows"):
        yield from _years(world, rng, level, figures)
    else:
        yield from _change(world, rng, figures)


def _figures(rng: np.random.Generator, fading: float) -> tuple[np.ndarray, np.ndarray]:
    """Levels and figures; the yearly part has a standard deviation of 1 in every world."""
    level = rng.standard_normal(UNITS)
    yearly = np.empty((UNITS, YEARS))
    yearly[:, 0] = rng.standard_normal(UNITS)
    for t in range(1, YEARS):
        yearly[:, t] = fading * yearly[:, t - 1] + np.sqrt(1 - fading**2) * rng.standard_normal(UNITS)
    return level, level[:, None] + yearly + rng.standard_normal(YEARS)


def _years(
    world: str, rng: np.random.Generator, level: np.ndarray, figures: np.ndarray
) -> Iterator[tuple[str, bool | float]]:
    weight = 0.8 if world == "follows" else 0.0
    grade = _grades(weight * level + np.sqrt(1 - weight**2) * rng.standard_normal(UNITS))
    events = Events(np.arange(UNITS), rng.integers(8, 12, UNITS), grade)
    found = years_from_event(figures, events, LOOK, rng=rng, permutations=PERMUTATIONS)
    before = found[LOOK.years.index(-1)]
    yield "answered", before.tau is not None
    if before.tau is None:
        return
    if world == "follows":
        yield "found_year", before.p_all <= 0.05
        yield "covers_tau", before.tau.low <= _TRUE_TAU <= before.tau.high
        return
    yield "false_any_year", min(y.p_all for y in found) <= 0.05
    yield "false_one_year", before.p <= 0.05
    yield "covers_tau", before.tau.low <= 0.0 <= before.tau.high


def _change(world: str, rng: np.random.Generator, figures: np.ndarray) -> Iterator[tuple[str, bool | float]]:
    """Each year the units with the lowest figure of the year before are inspected, and their grade rests on it."""
    relative = figures - np.median(figures, axis=0)
    period = _inspected(rng, relative)
    low = relative[np.arange(UNITS), period - 1]
    events = Events(np.arange(UNITS), period, _grades(low + 0.5 * rng.standard_normal(UNITS)))
    judged = np.flatnonzero(events.grade <= 2)
    true = 1.0 if world == "helps" else 0.0
    for u in judged:
        figures[u, period[u] + 1 :] += 1.0 if world == "foreseen" else true
    found = excess_after_event(figures, events, Ahead([(1, 2)], 1), rng=rng, permutations=PERMUTATIONS)
    one = None if found is None else found[0]
    yield "answered", one is not None
    if one is None:
        return
    after = (figures - np.median(figures, axis=0))[judged, period[judged] + 1]
    yield "naive_change", bool(ttest_1samp(after - low[judged], 0.0).pvalue <= 0.05)
    if world == "foreseen":
        yield "fooled_change", one.p <= 0.05
        return
    yield ("found_change" if true else "false_change"), one.p <= 0.05
    yield "placebo_change", one.p_placebo <= 0.05
    yield "covers_change", one.low <= true <= one.high
    yield "bias_change", one.excess - true


def _inspected(rng: np.random.Generator, relative: np.ndarray) -> np.ndarray:
    """The year of inspection of each unit; whoever decides has seen the figures of the past, never those to come."""
    period = np.full(UNITS, 11)
    waiting = np.ones(UNITS, dtype=bool)
    for t in (8, 9, 10):
        seen = np.where(waiting, relative[:, t - 1] + 0.5 * rng.standard_normal(UNITS), np.inf)
        chosen = np.argsort(seen)[: UNITS // 4]
        period[chosen], waiting[chosen] = t, False
    return period


def _grades(score: np.ndarray) -> np.ndarray:
    """A tenth inadequate, a fifth to improve, four tenths good, the rest outstanding, by a score."""
    place = np.argsort(np.argsort(score)) / score.size
    return 1 + np.searchsorted([0.1, 0.3, 0.7], place, side="right")


def _true_tau() -> float:
    """tau-b of grade and figure of the year before in the world `follows`, from a million pairs of units."""
    rng = np.random.default_rng(20260704)
    level = rng.standard_normal(6_000)
    grade = _grades(0.8 * level + 0.6 * rng.standard_normal(level.size))
    return tau_b(grade, level + rng.standard_normal(level.size)).value


_TRUE_TAU = _true_tau()
