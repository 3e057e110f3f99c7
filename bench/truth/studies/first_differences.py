"""Changes of two things side by side, 120 made-up units over 8 years, with a tenth of all cells missing."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from bars import Bar

from casetrail.figures import Refusal
from casetrail.stats.first_differences import Together, changes_together

METHOD = "first_differences.together"
SAYS = "slope of changes on changes, freed of what moved for all; interval from draws of whole units"
CODE = tuple(
    ("casetrail.stats.first_differences", name)
    for name in ("Together", "changes_together", "_sums", "_drawn", "_exchanged", "_centred")
)
WORLDS = {
    "nothing": "changes have nothing to do with each other; units differ in how much they move",
    "together": "y rises by 0.3 for each step of x",
    "long-tail": "the same with a long tail of changes of x (t with 3 degrees of freedom)",
    "same-years": "no connection, but both move for all units in the same years",
    "levels": "no connection of changes, but units with more x have lasting levels and trends of y: richer and better",
    "follows-trouble": "x rises in the year after y has fallen, and does nothing: y returns to its level by itself",
}
UNITS, YEARS, DRAWS = 120, 8, 499
BARS = {
    "answered": Bar("tables that were answered", 0.9, 1.0, "the rule for every method"),
    "covers": Bar("intervals of 95 % that hold the true slope", 0.92, 0.98, "a percentile interval over 120 units"),
    "false_together": Bar("a connection said where there is none (5 %)", 0.03, 0.07, "exact by exchange of units"),
    "bias": Bar("mean error of the slope", -0.02, 0.02, "absolute, in steps of y for a step of x"),
    "naive_levels": Bar(
        "slope of pooled levels more than two standard errors from 0", None, None, "printed only: known to fail"
    ),
    "trouble_slope": Bar(
        "mean slope where money follows trouble and does nothing", None, None, "printed only: fooled, not an effect"
    ),
    "trouble_found": Bar("a connection said there", None, None, "printed only: there is one, but x does nothing"),
}
REPLICATES = 1500


def replicate(world: str, rng: np.random.Generator) -> Iterator[tuple[str, bool | float]]:
    """One made-up table."""
    x, y, slope = _levels(world, rng)
    for table in (x, y):
        table[rng.random(table.shape) < 0.1] = np.nan
    found = changes_together(np.diff(x, axis=1), np.diff(y, axis=1), rng=rng, draws=DRAWS)
    yield "answered", isinstance(found, Together)
    if isinstance(found, Refusal):
        return
    if world == "follows-trouble":
        yield "trouble_slope", found.slope
        yield "trouble_found", found.p_value <= 0.05
        return
    if world == "levels":
        both = np.isfinite(x) & np.isfinite(y)
        r = float(np.corrcoef(x[both], y[both])[0, 1])
        yield "naive_levels", bool(abs(r) > 2 / np.sqrt(both.sum()))
    yield "covers", found.low <= slope <= found.high
    yield "bias", found.slope - slope
    if slope == 0:
        yield "false_together", found.p_value <= 0.05


def _levels(world: str, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, float]:
    shape = (UNITS, YEARS + 1)
    moves = np.exp(rng.normal(0, 0.4, size=(UNITS, 1)))
    steps = rng.standard_t(3, size=shape) if world == "long-tail" else rng.normal(size=shape)
    x = (steps * moves).cumsum(axis=1)
    # A noisy level that returns: changes of one unit in neighbouring years are opposed.
    y = rng.normal(size=(UNITS, 1)) * 4 + rng.normal(size=shape) * 2 * np.exp(rng.normal(0, 0.4, size=(UNITS, 1)))
    slope = 0.3 if world in ("together", "long-tail") else 0.0
    if world == "same-years":
        years = rng.normal(size=YEARS + 1).cumsum() * 3
        x, y = x + years, y + years
    if world == "levels":
        rich = rng.normal(size=(UNITS, 1))
        x, y = x + 5 * rich, y + 5 * rich
    if world == "follows-trouble":
        x[:, 1:] = x[:, 1:] - 0.5 * np.concatenate([np.zeros((UNITS, 1)), np.diff(y, axis=1)], axis=1)[:, :-1]
    return x, y + slope * x, slope
