"""How long a grade lasts: made-up units whose state ends after a time of its own, looked at now and then."""

from __future__ import annotations

from collections.abc import Iterator
from math import exp

import numpy as np
from bars import Bar
from scipy.stats import ttest_1samp

from casetrail.stats.reversal import between, between_limits, lasting
from casetrail.stats.reversal_spells import Turn, spells

METHOD = "reversal.lasting"
SAYS = "time until a grade was reversed (Kaplan-Meier) and until the state ended between two looks (Turnbull)"
CODE = (
    ("casetrail.stats.reversal", "Lasting"),
    ("casetrail.stats.reversal", "Between"),
    ("casetrail.stats.reversal", "lasting"),
    ("casetrail.stats.reversal", "_log_log"),
    ("casetrail.stats.reversal", "between"),
    ("casetrail.stats.reversal", "_innermost"),
    ("casetrail.stats.reversal", "between_limits"),
    ("casetrail.stats.reversal", "_score"),
    ("casetrail.stats.reversal_spells", "Turn"),
    ("casetrail.stats.reversal_spells", "spells"),
    ("casetrail.stats.reversal_spells", "_of_unit"),
)
WORLDS = {
    "looked-at": "60 units, a state that lasts 3 years on average, looks about every year, ten years seen",
    "cut-short": "60 units, the same, only four years seen: a third still run at the end",
    "yearly": "60 units, looks exactly once a year: ends are known to the year only",
}
BARS = {
    "answered": Bar("runs that answered", 0.9, 1.0, "the rule for every method"),
    "covers_found": Bar(
        "limits of 95 % that hold the true share not yet found ended after three years",
        0.93,
        0.975,
        "limits on the log(-log) scale with 60 units: two points either way, a little more above",
    ),
    "covers_state": Bar(
        "limits of 95 % that hold the true share whose state still lasts after three years",
        0.94,
        1.0,
        "limits that allow for what the looks leave open promise at least 95 %, with 60 units to one point",
    ),
    "width_state": Bar("width of those limits, as a share", None, None, "printed: the price of not looking"),
    "naive_state": Bar(
        "the time found taken for the time it ended: limits hold the truth",
        None,
        None,
        "printed: the naive method",
    ),
    "naive_mean": Bar(
        "mean of the finished spells said to differ from the true mean (t test at 5 %)",
        None,
        None,
        "printed: leaving out what still runs",
    ),
}
REPLICATES = 1_000

UNITS, MEAN, ASKED, DRAWS = 60, 3.0, 3.0, 100
SEEN = {"looked-at": 10.0, "cut-short": 4.0, "yearly": 10.0}
TURN = Turn(begins=(1,), ends=(2,))


def replicate(world: str, rng: np.random.Generator) -> Iterator[tuple[str, bool | float]]:
    """One made-up table of judgements. Grade 1 stands until the state has ended; the next look finds grade 2."""
    judged = _judged(world, rng)
    found = spells(judged, TURN, until=SEEN[world])
    curve, state = lasting(found.found, found.ended), between(found.left, found.right)
    answer = None if curve is None else curve.at(ASKED)
    yield "answered", answer is not None and state is not None
    if answer is None or curve is None:
        return
    _, low, high = answer
    yield "covers_found", low <= _NOT_FOUND[world] <= high
    limits = between_limits(found.left, found.right, [ASKED], rng=rng, draws=DRAWS)[0]
    true = exp(-ASKED / MEAN)
    yield "covers_state", bool(limits[0] <= true <= limits[1])
    yield "width_state", float(limits[1] - limits[0])
    yield "naive_state", low <= true <= high
    yield "naive_mean", bool(ttest_1samp(found.found[found.ended], MEAN).pvalue <= 0.05)


def _judged(world: str, rng: np.random.Generator, units: int = UNITS) -> list[tuple[int, float, int]]:
    rows: list[tuple[int, float, int]] = []
    for unit, end in enumerate(rng.exponential(MEAN, units)):
        when = 0.0
        rows.append((unit, 0.0, 1))
        while when < end:
            when += 1.0 if world == "yearly" else float(rng.uniform(0.5, 1.5))
            if when > SEEN[world]:
                break
            rows.append((unit, when, 2 if when >= end else 1))
    return rows


def _not_found(world: str) -> float:
    """The true share not yet found ended at the time asked about, from 40,000 units."""
    rng = np.random.default_rng(20260705)
    found = spells(_judged(world, rng, 40_000), TURN, until=SEEN[world])
    return float(np.mean(found.found > ASKED))


_NOT_FOUND = {world: _not_found(world) for world in WORLDS}
