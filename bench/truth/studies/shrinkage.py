"""Shrunken levels where the truth is known: do intervals and probabilities of a position mean what they say?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from bars import Bar
from scipy.special import expit, logit

from casetrail.stats.counts import exact_poisson
from casetrail.stats.intervals import wilson
from casetrail.stats.shrinkage import CountKind, Levels, shrink_counts

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

METHOD = "shrinkage.levels"
SAYS = "levels drawn towards the others (beta-binomial, gamma-Poisson; shared parameters integrated over a grid)"
CODE = (
    ("casetrail.stats.shrinkage", "Levels"),
    ("casetrail.stats.shrinkage", "Effort"),
    ("casetrail.stats.shrinkage", "shrink_counts"),
    ("casetrail.stats.shrinkage", "_levels"),
    ("casetrail.stats.shrinkage_models", "Shares"),
    ("casetrail.stats.shrinkage_models", "Rates"),
    ("casetrail.stats.shrinkage_models", "_moments"),
    ("casetrail.stats.shrinkage_models", "_around"),
    ("casetrail.stats.shrinkage_models", "_spread"),
    ("casetrail.stats.shrinkage_models", "_risen"),
    ("casetrail.stats.shrinkage_grid", "Grid"),
    ("casetrail.stats.shrinkage_grid", "grid"),
    ("casetrail.stats.shrinkage_grid", "drawn"),
    ("casetrail.stats.shrinkage_grid", "settled"),
    ("casetrail.stats.shrinkage_grid", "_fitted"),
    ("casetrail.stats.shrinkage_grid", "_masses"),
    ("casetrail.stats.shrinkage_grid", "_middles"),
    ("casetrail.stats.shrinkage_grid", "_wider"),
)
WORLDS = {
    "own": "20 units, 5 to 300 cases each, shared parameters and levels drawn from the priors of the method itself",
    "ordinary": "60 units, 50 to 3,000 cases each, levels normal on the logit scale with standard deviation 0.5",
    "small": "60 units, 5 to 40 cases each, mean level 0.8, the same spread",
    "rates": "60 units, 2 to 50 events expected in each, levels log-normal with standard deviation 0.4",
    "few": "8 units, 50 to 3,000 cases each, levels normal on the logit scale",
    "alike": "60 units, 5 to 300 cases each, all with the same level",
    "heavy": "60 units, 50 to 3,000 cases each, levels with the tails of Student's t at 2 degrees of freedom",
}
_PROMISE = (
    "an interval of a hierarchical model is calibrated over units where its model is about right; the levels are "
)
_PROMISE += "drawn from another shape than the method assumes, which may cost two points"
_OWN = "simulation-based calibration (Talts and others, arXiv:1804.06788, 2018): exact but for the grid and the draws"
_EDGE = "no spread at all is the edge of the prior: intervals allow for some spread, so they may hold more"
_MEAN = "a probability is calibrated when the share of units of which it is said is the same: less than 0.03 off"
BARS = {
    "answered": Bar("runs that answered", 0.9, 1.0, "the rule for every method: 9 of 10 must answer"),
    "covers_95": Bar("95 % intervals that hold the level of a unit", 0.93, 0.97, _PROMISE),
    "covers_50": Bar("50 % intervals that hold the level of a unit", 0.46, 0.54, _PROMISE),
    "covers_95_small": Bar("95 % intervals of the unit with the smallest denominator", 0.93, 0.97, _PROMISE),
    "covers_95_highest": Bar("95 % intervals of the unit whose own figure is highest", 0.92, 0.98, _PROMISE),
    "naive_95_highest": Bar(
        "the same with the unit's own interval (Wilson, or exact for rates)", None, None, "printed: the naive method"
    ),
    "tenth_likely": Bar("in the worst tenth, less the probability, where it is over 1/2", -0.03, 0.03, _MEAN),
    "tenth_unlikely": Bar("in the worst tenth, less the probability, where it is 1/20 to 1/2", -0.03, 0.03, _MEAN),
    "median_likely": Bar("worse than the median, less the probability, where it is over 3/4", -0.03, 0.03, _MEAN),
    "covers_95_own": Bar("95 % intervals that hold the level of a unit, own priors", 0.94, 0.96, _OWN),
    "covers_50_own": Bar("50 % intervals that hold the level of a unit, own priors", 0.48, 0.52, _OWN),
    "place_own": Bar("place of the level among its draws, less 1/2, own priors", -0.02, 0.02, _OWN),
    "covers_95_alike": Bar("95 % intervals that hold the level, all alike", 0.94, 1.0, _EDGE),
    "covers_50_alike": Bar("50 % intervals that hold the level, all alike", 0.47, 1.0, _EDGE),
    "sure_alike": Bar(
        "runs that call any unit surely (over 0.95) worse than the median, all alike", 0.0, 0.05, "nobody is worse"
    ),
    "covers_95_heavy": Bar(
        "95 % intervals that hold the level, heavy tails", None, None, "printed: the model is wrong"
    ),
    "covers_95_farthest": Bar(
        "95 % intervals of the unit farthest out, heavy tails", None, None, "printed: it is drawn in too much"
    ),
}
REPLICATES = 1_500


def replicate(world: str, rng: np.random.Generator) -> Iterator[tuple[str, bool | float]]:
    """One made-up table of counts."""
    kind: CountKind = "rate" if world == "rates" else "proportion"
    level, n = _truth(world, rng)
    x = rng.poisson(level * n) if kind == "rate" else rng.binomial(n, level)
    found = shrink_counts(x, n, kind, rng=rng) if x.any() else None
    yield "answered", found is not None
    if found is None:
        return
    who = int(rng.integers(n.size))
    inside, half = (_inside(found, level, width) for width in (0.95, 0.5))
    if world == "own":
        yield "covers_95_own", bool(inside[who])
        yield "covers_50_own", bool(half[who])
        drawn = found.draws[who]
        yield "place_own", float(np.mean(drawn < level[who]) + np.mean(drawn == level[who]) / 2 - 0.5)
        return
    if world == "alike":
        yield "covers_95_alike", bool(inside[who])
        yield "covers_50_alike", bool(half[who])
        yield "sure_alike", bool(found.worse_than_median(higher_is_worse=True).max() > 0.95)
        return
    if world == "heavy":
        yield "covers_95_heavy", bool(inside[who])
        yield "covers_95_farthest", bool(inside[np.abs(logit(level) - logit(0.7)).argmax()])
        return
    yield "covers_95", bool(inside[who])
    yield "covers_50", bool(half[who])
    yield "covers_95_small", bool(inside[n.argmin()])
    top = int((x / n).argmax())
    yield "covers_95_highest", bool(inside[top])
    yield "naive_95_highest", _naive(int(x[top]), int(n[top]), float(level[top]), kind)
    yield from _positions(found, level)


def _truth(world: str, rng: np.random.Generator) -> tuple[Floats, Ints]:
    """Levels of units, and their denominators."""
    if world == "own":
        mean, total = rng.random(), rng.random() ** -2.0 - 1.0
        return rng.beta(mean * total, (1.0 - mean) * total, 20), _sizes(5, 300, 20, rng)
    if world == "rates":
        return np.exp(0.4 * rng.standard_normal(60)), _sizes(2, 50, 60, rng)
    if world == "small":
        return expit(logit(0.8) + 0.5 * rng.standard_normal(60)), rng.integers(5, 40, 60, endpoint=True)
    if world == "alike":
        return np.full(60, 0.7), _sizes(5, 300, 60, rng)
    if world == "heavy":
        return expit(logit(0.7) + 0.3 * rng.standard_t(2, 60)), _sizes(50, 3_000, 60, rng)
    units = 8 if world == "few" else 60
    return expit(logit(0.7) + 0.5 * rng.standard_normal(units)), _sizes(50, 3_000, units, rng)


def _sizes(low: int, high: int, units: int, rng: np.random.Generator) -> Ints:
    return np.exp(rng.uniform(np.log(low), np.log(high), units)).astype(np.int64)


def _inside(found: Levels, level: Floats, width: float) -> npt.NDArray[np.bool_]:
    low, high = found.interval(width)
    return (low <= level) & (level <= high)


def _naive(x: int, n: int, level: float, kind: CountKind) -> bool:
    low, high = wilson(x, n) if kind == "proportion" else tuple(end / n for end in exact_poisson(x))
    return low <= level <= high


def _positions(found: Levels, level: Floats) -> Iterator[tuple[str, float]]:
    """Of all units of which a probability is said in a range: how many were, less what was said, as a mean."""
    tenth = found.in_worst_tenth(higher_is_worse=True)
    worst = level >= np.sort(level)[-found.tenth]
    median, above = found.worse_than_median(higher_is_worse=True), level > np.median(level)
    for name, said, true, low, high in (
        ("tenth_likely", tenth, worst, 0.5, 1.0),
        ("tenth_unlikely", tenth, worst, 0.05, 0.5),
        ("median_likely", median, above, 0.75, 1.0),
    ):
        within = (said > low) & (said <= high)
        if within.any():
            yield name, float(np.mean(true[within] - said[within]))
