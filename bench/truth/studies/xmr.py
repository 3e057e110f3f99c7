"""Control charts of single values: false signals against those that the rules are known for, and changes found."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from bars import Bar

from casetrail.figures import Refusal
from casetrail.stats.laney import Attributes, attributes
from casetrail.stats.xmr import xmr
from casetrail.stats.xmr_rates import false_signal, false_signal_own_limits
from casetrail.stats.xmr_rules import MAKING_DATA_COUNT, Rules, signals

METHOD = "xmr.rules"
SAYS = "individuals and moving range chart with the rules of Making data count; p' chart of shares (Laney)"
CODE = (
    *(("casetrail.stats.xmr", name) for name in ("Stretch", "Xmr", "xmr", "edges_of", "moving_ranges", "_stretch")),
    *(
        ("casetrail.stats.xmr_rules", name)
        for name in ("Rules", "Signals", "signals", "_side", "_long", "_trend", "_two_of_three")
    ),
    *(("casetrail.stats.xmr_rates", name) for name in ("false_signal", "false_signal_own_limits", "_chain", "_next")),
    *(("casetrail.stats.laney", name) for name in ("attributes", "_sigma_z", "_rules_on_z", "_limits")),
)
WORLDS = {
    "steady": "30 independent normal points, limits known beforehand",
    "short": "16 independent normal points, limits from the same points",
    "shortest": "8 independent normal points, limits from the same points",
    "step": "20 steady points that give the limits, then 10 points two standard deviations higher",
    "shares": "shares of 300 to 3,000 cases in 24 months, months differing as much again as chance makes them",
    "alike": "16 points without any change whose neighbours are alike (correlation 0.5)",
    "skewed": "16 independent points with a long tail (exponential), limits from the same points",
    "gaps": "16 points, each unknown with a chance of one in six",
}
_LONG, _SHORT = 30, 16
_KNOWN = (
    "exact from the Markov chain that gives the published run lengths of Champ and Woodall (1987); 1 point each way"
)
_THREE = false_signal(_LONG, Rules(0, 0, two_of_three=False))
_ALL = false_signal(_LONG, Rules(7, 0))
_NINE = {run: false_signal(_LONG, Rules(run, 0, two_of_three=False)) for run in (7, 8)}
_STATED = false_signal_own_limits(_SHORT, MAKING_DATA_COUNT)
BARS = {
    "answered": Bar("series that were charted", 0.9, 1.0, "the rule for every method"),
    "known_outside": Bar("series with a false point outside", _THREE - 0.01, _THREE + 0.01, _KNOWN),
    "known_run_7": Bar("outside, or a run of seven", _NINE[7] - 0.01, _NINE[7] + 0.01, _KNOWN),
    "known_run_8": Bar("outside, or a run of eight", _NINE[8] - 0.01, _NINE[8] + 0.01, _KNOWN),
    "known_rules": Bar("outside, a run of seven or two of three", _ALL - 0.01, _ALL + 0.01, _KNOWN),
    "known_trend": Bar("a trend of seven", 0.0, 0.02, "24 windows of seven points, 2 in 5,040 each: at most 0.0095"),
    "short_rules": Bar(
        "series with any false signal, limits from the same 16 points",
        _STATED - 0.015,
        _STATED + 0.015,
        "what the answer states as its chance; one point and a half either way",
    ),
    "found": Bar("a step of two deviations found within 10 points", 0.8, 1.0, "the usual convention for power, 80 %"),
    "shares_outside": Bar(
        "months of a steady series outside the p' limits",
        0.0,
        0.012,
        "0.3 % with known limits, up to 1.2 % with those of 24 points",
    ),
    "shares_plain": Bar("the same outside the plain p limits", None, None, "printed only: chance alone, known to fail"),
    "shortest_rules": Bar("any false signal, limits from the same 8 points", None, None, "printed only"),
    "alike_rules": Bar("any false signal where neighbours are alike", None, None, "printed only: known to fail"),
    "skewed_rules": Bar("any false signal where points have a long tail", None, None, "printed only"),
    "gaps_rules": Bar("any false signal where points are missing", 0.0, _STATED + 0.015, "gaps must not add signals"),
}
REPLICATES = 4000
Z = (np.zeros(_LONG), np.full(_LONG, -3.0), np.full(_LONG, 3.0))


def replicate(world: str, rng: np.random.Generator) -> Iterator[tuple[str, bool | float]]:
    """One made-up series."""
    if world == "steady":
        yield from _steady(rng.standard_normal(_LONG))
    elif world == "step":
        yield "found", _found(rng)
    elif world == "shares":
        yield from _shares(rng)
    else:
        made = xmr(_series(world, rng))
        yield "answered", not isinstance(made, Refusal)
        if not isinstance(made, Refusal):
            yield f"{world}_rules", bool(made.signals.any.any())


def _series(world: str, rng: np.random.Generator) -> np.ndarray:
    points = 8 if world == "shortest" else _SHORT
    z = rng.standard_normal(points)
    if world == "alike":
        for t in range(1, points):
            z[t] = 0.5 * z[t - 1] + np.sqrt(0.75) * z[t]
    if world == "skewed":
        z = rng.exponential(size=points)
    if world == "gaps":
        z[rng.random(points) < 1 / 6] = np.nan
    return z


def _steady(z: np.ndarray) -> Iterator[tuple[str, bool | float]]:
    centre, low, high = Z
    seven, eight = (signals(z, centre, (low, high), rules=Rules(run, 7), edges=(0, _LONG)) for run in (7, 8))
    outside = bool(seven.outside.any())
    yield "known_outside", outside
    yield "known_run_7", outside or bool(seven.run.any())
    yield "known_run_8", outside or bool(eight.run.any())
    yield "known_rules", outside or bool(seven.run.any() or seven.near.any())
    yield "known_trend", bool(seven.trend.any())


def _found(rng: np.random.Generator) -> bool:
    before = xmr(rng.standard_normal(20))
    if isinstance(before, Refusal):
        return False
    s = before.stretches[0]
    after = rng.standard_normal(10) + 2.0
    limits = (np.full(10, s.low), np.full(10, s.high))
    return bool(signals(after, np.full(10, s.centre), limits, rules=MAKING_DATA_COUNT, edges=(0, 10)).any.any())


def _shares(rng: np.random.Generator) -> Iterator[tuple[str, bool | float]]:
    n = rng.integers(300, 3000, size=24)
    level = 1 / (1 + np.exp(-(0.7 + rng.standard_normal(24) / np.sqrt(n * 0.22))))
    made = attributes(rng.binomial(n, level), n)
    yield "answered", isinstance(made, Attributes)
    if isinstance(made, Attributes):
        month = int(rng.integers(24))
        yield "shares_outside", bool(made.signals.outside[month] != 0)
        value = made.values[month]
        yield "shares_plain", bool(value > made.plain_high[month] or value < made.plain_low[month])
