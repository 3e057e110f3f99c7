"""Who was in post: 150 made-up units, 16 years, tenures of one to eight years."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from bars import Bar
from scipy.stats import f as fisher

from casetrail.stats.tenure_variance import TenureVariance, posts_of, tenure_variance

METHOD = "tenure_variance.share"
SAYS = "share of the variance within units that goes with tenures, against tenures dealt anew within each unit"
CODE = (
    ("casetrail.stats.tenure_variance", "TenureVariance"),
    ("casetrail.stats.tenure_variance", "Post"),
    ("casetrail.stats.tenure_variance", "tenure_variance"),
    ("casetrail.stats.tenure_variance", "posts_of"),
    ("casetrail.stats.tenure_variance", "without_unit_and_year"),
    ("casetrail.stats.tenure_variance", "between"),
    ("casetrail.stats.tenure_variance", "dealt_between"),
    ("casetrail.stats.tenure_variance", "_places"),
    ("casetrail.stats.tenure_variance", "_cut"),
    ("casetrail.stats.tenure_variance", "_room"),
    ("casetrail.stats.tenure_variance", "_jackknife"),
    ("casetrail.stats.tenure_variance", "_share"),
)
WORLDS = {
    "no-effect": "tenures mean nothing; figures are independent from year to year",
    "alike": "tenures mean nothing; figures are alike from year to year (0.8), which fools the analysis of variance",
    "drift": "tenures mean nothing; each unit drifts up or down over the years",
    "bad-years": "tenures mean nothing, but the post changes hands after bad years; figures fade (0.8)",
    "effect": "tenures explain a third of the variance within units, figures otherwise independent",
    "effect-alike": "tenures explain a third of it, figures otherwise much alike from year to year (0.8)",
}
BARS = {
    "answered": Bar("runs that answered", 0.9, 1.0, "the rule for every method"),
    "false_alarm": Bar(
        "an effect claimed at 5 % where there is none", 0.0, 0.05, "dealing anew promises at most 5 % of false alarms"
    ),
    "uniform": Bar("p below a half where there is no effect", 0.46, 0.54, "uniform p: half of them, four points"),
    "fooled": Bar(
        "an effect claimed at 5 % where bad years change the post", None, None, "printed: known not to hold there"
    ),
    "drift_alarm": Bar("an effect claimed at 5 % where units drift", None, None, "printed: drift is not stationary"),
    "naive_alarm": Bar("the analysis of variance (F test at 5 %) claims an effect", None, None, "printed: naive"),
    "covers": Bar(
        "intervals of 95 % that hold the true share", 0.93, 0.97, "a large-sample interval, 150 units: two points"
    ),
    "found": Bar("an effect of a third of the variance found", 0.8, 1.0, "the usual convention for power"),
    "bias": Bar("share found less the true share", -0.02, 0.02, "the rule for biases"),
}
REPLICATES = 1_000

UNITS, YEARS, PERMUTATIONS, SHARE = 150, 16, 199, 1 / 3
FADING = {"alike": 0.8, "bad-years": 0.8, "effect-alike": 0.8}


def replicate(world: str, rng: np.random.Generator) -> Iterator[tuple[str, bool | float]]:
    """One made-up panel with its tenures."""
    yearly = _yearly(rng, FADING.get(world, 0.0))
    tenures = _after_bad_years(rng, yearly) if world == "bad-years" else _tenures(rng)
    figures = rng.standard_normal((UNITS, 1)) + rng.standard_normal(YEARS) + yearly
    if world == "drift":
        figures = figures + 0.15 * rng.standard_normal((UNITS, 1)) * np.arange(YEARS)
    true = 0.0
    if world.startswith("effect"):
        scale, true = _scale(tenures, FADING.get(world, 0.0))
        figures = figures + scale * rng.standard_normal((UNITS, YEARS))[np.arange(UNITS)[:, None], tenures]
    found = tenure_variance(figures, tenures, rng=rng, permutations=PERMUTATIONS)
    yield "answered", isinstance(found, TenureVariance)
    if not isinstance(found, TenureVariance):
        return
    claimed = found.p <= 0.05
    yield "naive_alarm", _analysis_of_variance(figures, tenures) <= 0.05
    if world == "bad-years":
        yield "fooled", claimed
        return
    if world == "drift":
        yield "drift_alarm", claimed
        return
    yield "covers", found.low <= true <= found.high
    yield "bias", found.share - true
    if true:
        yield "found", claimed
    else:
        yield "false_alarm", claimed
        yield "uniform", found.p < 0.5


def _yearly(rng: np.random.Generator, fading: float) -> np.ndarray:
    """What changes from year to year, with a standard deviation of 1."""
    yearly = np.empty((UNITS, YEARS))
    yearly[:, 0] = rng.standard_normal(UNITS)
    for t in range(1, YEARS):
        yearly[:, t] = fading * yearly[:, t - 1] + np.sqrt(1 - fading**2) * rng.standard_normal(UNITS)
    return yearly


def _tenures(rng: np.random.Generator) -> np.ndarray:
    """Runs of one to eight years; the years seen begin somewhere in the first of them."""
    held = np.empty((UNITS, YEARS), dtype=np.int64)
    for u in range(UNITS):
        lengths = rng.integers(1, 9, YEARS + 8)
        start = int(rng.integers(lengths[0]))
        held[u] = np.repeat(np.arange(lengths.size), lengths)[start : start + YEARS]
    return held


def _after_bad_years(rng: np.random.Generator, yearly: np.ndarray) -> np.ndarray:
    """The post changes hands after two years in five of the worst fifth, and after one other year in ten."""
    change = rng.random((UNITS, YEARS)) < np.where(np.roll(yearly, 1, axis=1) < -0.84, 0.4, 0.1)
    change[:, 0] = False
    return np.cumsum(change, axis=1)


def _scale(tenures: np.ndarray, fading: float) -> tuple[float, float]:
    """Standard deviation of tenure effects for the share asked for, and the share that these tenures then have."""
    gap = np.abs(np.subtract.outer(np.arange(YEARS), np.arange(YEARS)))
    correlation = np.where(gap == 0, 1.0, fading**gap)
    error = UNITS * (YEARS - correlation.sum() / YEARS)
    room = sum(YEARS - np.sum(np.unique(own, return_counts=True)[1] ** 2) / YEARS for own in tenures)
    variance = SHARE / (1 - SHARE) * error / room
    # Units with one tenure tell nothing and are left out: the share is that of the others.
    several = [own for own in tenures if np.unique(own).size > 1]
    inside = sum(YEARS - np.sum(np.unique(own, return_counts=True)[1] ** 2) / YEARS for own in several) * variance
    return float(np.sqrt(variance)), float(inside / (inside + error * len(several) / UNITS))


def _analysis_of_variance(figures: np.ndarray, tenures: np.ndarray) -> float:
    """p of the F test between tenures within units, which takes the years of a unit for independent."""
    posts = posts_of(figures, tenures)
    inside = sum(float(p.rest @ p.rest) for p in posts)
    ends = [np.split(p.rest, np.cumsum(p.lengths)[:-1]) for p in posts]
    apart = sum(float(part.sum() ** 2 / part.size) for own in ends for part in own)
    top = sum(p.lengths.size - 1 for p in posts)
    bottom = sum(p.rest.size for p in posts) - sum(p.lengths.size for p in posts)
    return float(fisher.sf(apart / top / ((inside - apart) / bottom), top, bottom))
