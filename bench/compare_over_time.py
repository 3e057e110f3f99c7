"""How much faster resampling over time is than a plain NumPy loop of the same: `python bench/run.py --only comparison`.

Bar: at least 10 times, for changes of level (permutations), changes together (draws of whole bodies), alarms (cases one
after another) and weights (projected gradient).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np

from casetrail.stats.change_points import LEAST
from casetrail.stats.change_tests import Draws, stands_out
from casetrail.stats.cusum import bernoulli_scores
from casetrail.stats.cusum_threshold import average_run_length, bernoulli_jumps
from casetrail.stats.first_differences import changes_together
from casetrail.stats.plain_change_points import loop_p
from casetrail.stats.plain_cusum import plain_run_length
from casetrail.stats.plain_first_differences import loop_interval
from casetrail.stats.plain_synthetic import plain_weights
from casetrail.stats.segments import Series
from casetrail.stats.simplex import simplex_weights
from lines import Line, beside


def timed(work: Callable[[], object], times: int) -> float:
    """The shortest of some runs, in seconds."""
    best = float("inf")
    for _ in range(times):
        begun = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - begun)
    return best


def permutations(rng: np.random.Generator) -> Line:
    """Is there any change in 16 points, 999 orders."""
    x = rng.normal(size=16) + 2.0 * (np.arange(16) > 8)
    series, how = Series(x, np.ones(16), "normal"), Draws(rng, 999, 0.05, LEAST)
    fast = timed(lambda: stands_out(series, (), how), 20)
    return beside("change of level, 16 points, 999 orders", fast, timed(lambda: loop_p(x, LEAST, 999, rng=rng), 2))


def bodies(rng: np.random.Generator) -> Line:
    """Changes of 150 bodies over 8 years, 1,999 draws; the fast one makes as many exchanges for its p beside."""
    x, y = rng.normal(size=(2, 150, 8))
    y[rng.random(y.shape) < 0.1] = np.nan
    fast = timed(lambda: changes_together(x, y, rng=rng, draws=1999), 20)
    return beside("changes together, 150 x 8, 1,999 draws", fast, timed(lambda: loop_interval(x, y, 1999, rng=rng), 2))


def alarms(rng: np.random.Generator) -> Line:
    """Mean cases to an alarm to about 1 %: 10,000 runs one after another (200 timed), against the chain."""
    risks = rng.uniform(0.02, 0.3, size=50)
    bernoulli_scores([1.0], risks[:1], odds_ratio=2.0)
    jumps = bernoulli_jumps(risks, odds_ratio=2.0)
    fast = timed(lambda: average_run_length(jumps, 2.5), 5)
    slow = 50 * timed(lambda: [plain_run_length(risks.tolist(), 2.0, 2.5, rng=rng) for _ in range(200)], 1)
    return beside("cases to an alarm, 10,000 runs (200 timed)", fast, slow)


def weights(rng: np.random.Generator) -> Line:
    """Weights of 40 others over 10 periods."""
    y = rng.normal(70, 8, size=(41, 1)) + rng.normal(size=(41, 10)) * 4
    fast = timed(lambda: simplex_weights(y[0], y[1:]), 50)
    return beside("weights of 40 others, 10 periods", fast, timed(lambda: plain_weights(y[0], y[1:], steps=20_000), 1))


def lines() -> Iterator[Line]:
    """All four."""
    for work in (permutations, bodies, alarms, weights):
        yield work(np.random.default_rng(1))
