"""Cumulative sums with each case's own expectation: false alarms at the stated chance, and changes found."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from bars import Bar

from casetrail.stats.cusum import bernoulli_scores, cusum, normal_scores, poisson_scores, vlad
from casetrail.stats.cusum_threshold import bernoulli_jumps, normal_jumps, poisson_jumps, threshold_for_chance

METHOD = "cusum.alarms"
SAYS = "risk-adjusted cumulative sums (Bernoulli, Poisson, normal) with a threshold for a stated chance of false alarm"
CODE = (
    *(
        ("casetrail.stats.cusum", name)
        for name in ("bernoulli_scores", "poisson_scores", "normal_scores", "cusum", "vlad")
    ),
    *(
        ("casetrail.stats.cusum_threshold", name)
        for name in (
            "bernoulli_jumps",
            "poisson_jumps",
            "normal_jumps",
            "alarm_chance",
            "threshold_for_chance",
            "_root",
            "_transitions",
        )
    ),
)
WORLDS = {
    "as-expected": "300 cases with risks from 2 to 40 %, events as expected",
    "counts": "36 months with 5 to 30 events expected, counts as expected",
    "standardised": "16 years of standard normal z",
    "doubled": "300 cases, the odds of the event doubled from case 100 on",
    "fewer": "300 cases, the odds halved from case 100 on",
    "too-optimistic": "300 cases, the true odds all along a third higher than expected: nothing changes",
    "overdispersed": "36 months, counts as expected on average but with a spread beyond chance (10 %)",
    "alike": "16 years of z whose neighbours are alike (correlation 0.5)",
}
CASES, CHANCE = 300, 0.05
_EXACT = "exact up to the grid, and to cases drawn at random from the same risks: one point and a half either way"
BARS = {
    "answered": Bar("series for which a threshold was found", 0.9, 1.0, "the rule for every method"),
    "false_alarm": Bar("series as expected with a false alarm (stated: 5 %)", 0.035, 0.065, _EXACT),
    "vlad_covers": Bar(
        "series whose final sum lies within 1.96 deviations of 0", 0.93, 0.97, "normal limits of a sum of 300 cases"
    ),
    "found": Bar("changes found within 200 cases", 0.8, 1.0, "the usual convention for power, 80 %"),
    "optimistic_alarm": Bar(
        "alarms where the expectation is wrong", None, None, "printed only: no change, yet an alarm"
    ),
    "overdispersed_alarm": Bar("alarms where counts are overdispersed", None, None, "printed only: known to fail"),
    "alike_alarm": Bar("alarms where z of neighbours are alike", None, None, "printed only: known to fail"),
}
REPLICATES = 4000


@lru_cache(maxsize=1)
def risks() -> np.ndarray:
    """Expected probabilities, the same mix in every world."""
    return np.linspace(0.02, 0.4, 20)


@lru_cache(maxsize=1)
def expected() -> np.ndarray:
    """Expected counts of a month."""
    return np.linspace(5.0, 30.0, 12)


@lru_cache(maxsize=8)
def threshold(kind: str) -> float:
    """For a false alarm in 5 of 100 series."""
    if kind == "higher":
        return threshold_for_chance(bernoulli_jumps(risks(), odds_ratio=2.0), CHANCE, cases=CASES)
    if kind == "lower":
        return threshold_for_chance(bernoulli_jumps(risks(), odds_ratio=0.5), CHANCE, cases=CASES)
    if kind == "counts":
        return threshold_for_chance(poisson_jumps(expected(), ratio=1.25), CHANCE, cases=36)
    return threshold_for_chance(normal_jumps(shift=1.0), CHANCE, cases=16)


def replicate(world: str, rng: np.random.Generator) -> Iterator[tuple[str, bool | float]]:
    """One made-up series."""
    if world in ("counts", "overdispersed"):
        yield from _counts(world, rng)
    elif world in ("standardised", "alike"):
        yield from _standardised(world, rng)
    else:
        yield from _cases(world, rng)


def _cases(world: str, rng: np.random.Generator) -> Iterator[tuple[str, bool | float]]:
    p = rng.choice(risks(), size=CASES)
    times = np.ones(CASES)
    times[100:] = {"doubled": 2.0, "fewer": 0.5}.get(world, 1.0)
    times *= 4 / 3 if world == "too-optimistic" else 1.0
    odds = times * p / (1 - p)
    y = (rng.random(CASES) < odds / (1 + odds)).astype(np.float64)
    ratio, kind = (0.5, "lower") if world == "fewer" else (2.0, "higher")
    found = cusum(bernoulli_scores(y, p, odds_ratio=ratio), threshold=threshold(kind))
    yield "answered", True
    if world == "as-expected":
        yield "false_alarm", bool(found.alarms)
        display = vlad(y, p, p * (1 - p))
        yield "vlad_covers", bool(abs(display.path[-1]) <= 1.96 * display.deviation[-1])
    elif world == "too-optimistic":
        yield "optimistic_alarm", bool(found.alarms)
    else:
        yield "found", any(case >= 100 for case in found.alarms)


def _counts(world: str, rng: np.random.Generator) -> Iterator[tuple[str, bool | float]]:
    e = rng.choice(expected(), size=36)
    mean = e * rng.gamma(100, 1 / 100, size=36) if world == "overdispersed" else e
    found = cusum(poisson_scores(rng.poisson(mean), e, ratio=1.25), threshold=threshold("counts"))
    yield "answered", True
    yield ("false_alarm" if world == "counts" else "overdispersed_alarm"), bool(found.alarms)


def _standardised(world: str, rng: np.random.Generator) -> Iterator[tuple[str, bool | float]]:
    z = rng.standard_normal(16)
    if world == "alike":
        for t in range(1, 16):
            z[t] = 0.5 * z[t - 1] + np.sqrt(0.75) * z[t]
    found = cusum(normal_scores(z, shift=1.0), threshold=threshold("normal"))
    yield "answered", True
    yield ("false_alarm" if world == "standardised" else "alike_alarm"), bool(found.alarms)
