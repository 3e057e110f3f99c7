"""The BCa interval of the forward stepwise choice: the choice repeated, as published, and taken as given."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from bars import Bar

from casetrail.demand.choosing.bootstrap import Plan, bootstrap
from casetrail.demand.choosing.stepwise import stepwise, stepwise_totals
from casetrail.figures import Refusal

METHOD = "choosing.stepwise"
SAYS = "forward stepwise choice of two-list terms with a BCa interval that repeats the choice"
_CHOOSING = "casetrail.demand.choosing"
CODE = (
    *((f"{_CHOOSING}.stepwise", n) for n in ("stepwise", "stepwise_totals", "_walk", "_next")),
    *((f"{_CHOOSING}.one_model", n) for n in ("fit_one", "shared_by")),
    *((f"{_CHOOSING}.bootstrap", n) for n in ("bootstrap", "draw", "jackknife", "_interval")),
    *((f"{_CHOOSING}.bca", n) for n in ("bca", "acceleration", "bias", "shifted")),
    *(("casetrail.kernels.choosing.poisson", n) for n in ("newton", "full_rank", "log_tail")),
)
WORLDS = {
    "independent": "4 lists, 2,000 to 5,000 persons, each list finds 10 to 30 % of them, independently",
    "two-depend": "the same; on one of two lists, the odds of being on the other are 3 times as high",
    "two-classes": "4 lists as in the first world; 3 in 10 persons are found 4 times as easily as the others",
}
BARS = {
    "covers": Bar("95 % BCa intervals that hold the true number", 0.90, 1.0, "approximate: BCa at least 90 %"),
    "covers_seen_too": Bar("the same with the number seen drawn as well", None, None, "printed: the other way to draw"),
    "covers_given": Bar("95 % intervals that take the model as given", None, None, "printed: the naive interval"),
    "covers_fooled": Bar("BCa intervals where no two-way model is true", None, None, "printed: known to fail"),
    "bias": Bar("estimate over truth, less 1", -0.02, 0.02, "two-way models hold here"),
    "bias_fooled": Bar("estimate over truth, less 1, where no two-way model is true", None, None, "printed"),
    "answered": Bar("runs with an interval", 0.9, 1.0, "the rule for every method: 9 of 10 must answer"),
}
REPLICATES = 1000
# Fewer bootstraps than the 1,000 of an answer, for time.
DRAWS = 200


def replicate(world: str, rng: np.random.Generator) -> Iterator[tuple[str, bool | float]]:
    """One made-up population and its lists."""
    truth, counts = draw(world, rng)
    found = stepwise(counts)
    if isinstance(found, Refusal):
        yield "answered", False
        return
    ours = bootstrap(counts, stepwise_totals, rng, plan=Plan(DRAWS))
    yield "answered", ours.low is not None
    fooled = "_fooled" if world == "two-classes" else ""
    yield f"bias{fooled}", found.total / truth - 1
    if ours.low is not None and ours.high is not None:
        yield f"covers{fooled}", ours.low <= truth <= ours.high
    if fooled:
        return
    yield "covers_given", found.low <= truth <= found.high
    other = bootstrap(counts, stepwise_totals, rng, plan=Plan(DRAWS, seen_too=True))
    if other.low is not None and other.high is not None:
        yield "covers_seen_too", other.low <= truth <= other.high


def draw(world: str, rng: np.random.Generator) -> tuple[int, np.ndarray]:
    """How many persons, and how many of them have each pattern."""
    truth, chance = int(rng.integers(2000, 5001)), rng.uniform(0.1, 0.3, 4)
    easy = np.where(rng.random(truth) < 0.3, 4.0, 1.0)[:, None] / 1.9 if world == "two-classes" else 1.0
    on = rng.random((truth, 4)) < easy * chance
    if world == "two-depend":
        # Odds of the second list, 3 times as high for those on the first, so that its share of all stays as it was.
        p, q = chance[:2]
        s = 1 + 2 * (p + q)
        both = (s - np.sqrt(s * s - 24 * p * q)) / 4
        on[:, 1] = rng.random(truth) < np.where(on[:, 0], both / p, (q - both) / (1 - p))
    counts = np.bincount(on @ (1 << np.arange(4)), minlength=16).astype(np.int64)
    counts[0] = 0
    return truth, counts
