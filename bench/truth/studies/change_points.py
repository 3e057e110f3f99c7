"""Changes of level in short series: found where there are none, found where there are, and at which time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from bars import Bar

from casetrail.figures import Refusal
from casetrail.stats.change_points import LEAST, ChangePoints, change_points
from casetrail.stats.change_tests import Draws, not_refuted
from casetrail.stats.segments import Series, best_cuts

METHOD = "change_points.levels"
SAYS = "changes of level by permutation, best cuts, and every time at which a change is not refuted"
CODE = (
    *(
        ("casetrail.stats.change_points", name)
        for name in (
            "Change",
            "ChangePoints",
            "change_points",
            "_series",
            "_cannot",
            "_admitted",
            "_changes",
            "_uneven",
            "_penalised",
        )
    ),
    *(
        ("casetrail.stats.change_tests", name)
        for name in (
            "Draws",
            "stands_out",
            "not_refuted",
            "linked_p",
            "_changed_rather_than_alike",
            "neighbours_alike",
            "redrawn",
            "_largest",
            "_cut_gains",
            "_even",
            "_p",
        )
    ),
    *(("casetrail.stats.segments", name) for name in ("Series", "fit", "arc_gains", "arcs_of", "best_cuts", "_back")),
)
WORLDS = {
    "none": "16 independent points, no change",
    "none-long-tail": "16 independent points with a long tail (exponential), no change",
    "step": "16 independent points, one step of three standard deviations after 5 to 11 of them",
    "small-step": "16 independent points, one step of one and a half standard deviations",
    "passing": "16 independent points, 5 in the middle three standard deviations higher",
    "counts": "Poisson counts of 24 months, about 20 each, no change",
    "counts-step": "the same with half as many again after 8 to 16 months",
    "alike": "16 points without any change whose neighbours are alike (correlation 0.5)",
    "very-alike": "16 points without any change whose neighbours are very alike (correlation 0.8)",
    "drift": "16 independent points on a slow straight rise of three standard deviations in all",
    "overdispersed": "counts of 24 months about 400 each with a spread of 10 % beyond chance, no change",
}
_EXACT = "exact for independent points; 199 draws and discreteness move it by no more than two points"
_SET = "each time is tested at 5 % given that the change is there: at least 95 % before looking whether one was found"
BARS = {
    "answered": Bar("series that were answered", 0.9, 1.0, "the rule for every method"),
    "false_change": Bar("a change said where there is none, points independent (5 %)", 0.03, 0.07, _EXACT),
    "found": Bar("a step of three deviations, or of half as many counts again, found", 0.8, 1.0, "usual power, 80 %"),
    "found_small": Bar("a step of one and a half deviations found", None, None, "printed only: beyond 16 points"),
    "covers_set": Bar("sets of times that hold the true one, asked of every series with a step", 0.95, 1.0, _SET),
    "covers_found": Bar(
        "intervals that hold the true time, of series in which exactly one change was found",
        0.92,
        1.0,
        "at least 95 % before looking; the looking chooses series and costs up to three points",
    ),
    "one": Bar("exactly one change found where there is one step", None, None, "printed only"),
    "two": Bar("exactly two changes found where one stretch is higher", None, None, "printed only"),
    "alike_change": Bar(
        "a change said where neighbours are alike, if points are taken as independent",
        None,
        None,
        "printed only: known to fail",
    ),
    "alike_firm": Bar(
        "the same said to stand against a series that wanders (5 %)",
        0.0,
        0.08,
        "a bootstrap with an estimated likeness from 16 points: 5 % and three points more",
    ),
    "firm": Bar(
        "a true step of three deviations said to stand against a series that wanders", None, None, "printed only"
    ),
    "drift_steps": Bar("steps said where there is a slow straight rise", None, None, "printed only: known to fail"),
    "refused_uneven": Bar("overdispersed counts refused", 0.9, 1.0, "9 of 10, as for answering where it should"),
    "penalised_false": Bar(
        "a change by the penalised likelihood where there is none", None, None, "printed only: the naive choice"
    ),
}
REPLICATES = 2000
POINTS, MONTHS, DRAWS = 16, 24, 199


def replicate(world: str, rng: np.random.Generator) -> Iterator[tuple[str, bool | float]]:
    """One made-up series."""
    if world in ("counts", "counts-step", "overdispersed"):
        yield from _counts(world, rng)
        return
    x, at = _values(world, rng)
    found = change_points(x, rng=rng, draws=DRAWS)
    if world in ("none", "none-long-tail", "step", "small-step", "passing"):
        yield "answered", isinstance(found, ChangePoints)
    if isinstance(found, Refusal):
        return
    if world in ("none", "none-long-tail"):
        yield "false_change", bool(found.changes)
        yield "penalised_false", found.penalised > 0
    elif world in ("alike", "very-alike"):
        yield "alike_change", bool(found.changes)
        yield "alike_firm", bool(found.changes) and found.firm is True
    elif world == "drift":
        yield "drift_steps", bool(found.changes)
    elif world == "passing":
        yield "found", bool(found.changes)
        yield "two", len(found.changes) == 2
    else:
        yield ("found" if world == "step" else "found_small"), bool(found.changes)
        yield from _times(Series(x, np.ones(x.size), "normal"), found, at, rng)
        if world == "step" and found.changes:
            yield "firm", found.firm is True


def _values(world: str, rng: np.random.Generator) -> tuple[np.ndarray, int]:
    z = rng.exponential(size=POINTS) if world == "none-long-tail" else rng.standard_normal(POINTS)
    time, at = np.arange(POINTS), int(rng.integers(5, 12))
    likeness = {"alike": 0.5, "very-alike": 0.8}.get(world, 0.0)
    for t in range(1, POINTS):
        z[t] = likeness * z[t - 1] + np.sqrt(1 - likeness**2) * z[t]
    if world in ("step", "small-step"):
        z = z + (3.0 if world == "step" else 1.5) * (time >= at)
    elif world == "passing":
        z = z + 3.0 * ((time >= 5) & (time < 10))
    elif world == "drift":
        z = z + 3.0 * time / (POINTS - 1)
    return z, at


def _counts(world: str, rng: np.random.Generator) -> Iterator[tuple[str, bool | float]]:
    n, at = rng.uniform(0.8, 1.2, size=MONTHS), int(rng.integers(8, 17))
    mean = 20 * n * np.where((np.arange(MONTHS) >= at) & (world == "counts-step"), 1.5, 1.0)
    if world == "overdispersed":
        mean = 400 * n * rng.gamma(100, 1 / 100, size=MONTHS)
    x = rng.poisson(mean).astype(np.float64)
    found = change_points(x, n, family="poisson", rng=rng, draws=DRAWS)
    if world == "overdispersed":
        yield "refused_uneven", isinstance(found, Refusal)
        return
    yield "answered", isinstance(found, ChangePoints)
    if isinstance(found, Refusal):
        return
    if world == "counts":
        yield "false_change", bool(found.changes)
    else:
        yield "found", bool(found.changes)
        yield from _times(Series(x, n, "poisson"), found, at, rng)


def _times(
    series: Series, found: ChangePoints, at: int, rng: np.random.Generator
) -> Iterator[tuple[str, bool | float]]:
    """Does the set of times hold the true one, asked of every series, and of those in which one change was found?"""
    cut = best_cuts(series, 1, LEAST)[1][0][0]
    first, last = not_refuted(series, (0, cut, series.size), Draws(rng, DRAWS, 0.05, LEAST))
    yield "covers_set", first <= at <= last
    yield "one", len(found.changes) == 1
    if len(found.changes) == 1:
        change = found.changes[0]
        yield "covers_found", change.first <= at <= change.last
