"""One unit before and after against a mix of others: 60 made-up units, 9 periods before and 4 since.

Units have lasting levels, share two common movements to different degrees, wander a little, and have a yearly noise of
different size.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from bars import Bar

from casetrail.figures import Refusal
from casetrail.stats.synthetic import Synthetic, synthetic

METHOD = "synthetic.control"
SAYS = "mix of others that went the same way before, with placebo test and interval"
CODE = (
    *(
        ("casetrail.stats.synthetic", name)
        for name in ("Mix", "Synthetic", "synthetic", "mix_of", "_rank", "_cannot", "_without_one", "_earlier")
    ),
    ("casetrail.stats.simplex", "simplex_weights"),
)
WORLDS = {
    "no-effect": "nothing happens to a unit picked at random",
    "effect": "the figure of a unit picked at random rises by 15 and stays there",
    "common": "nothing happens to it, but all units rise by 10 at the time",
    "outside": "a unit that lies far above all others before; nothing happens to it",
    "own-way": "a unit that moves against the common movements; nothing happens to it",
    "at-its-worst": "the unit furthest below its own earlier years just before is picked; nothing happens to it",
}
UNITS, BEFORE, SINCE = 60, 9, 4
_EXACT = (
    "the placebo test is exact for units alike in kind; 60 of them, and mixes that leave the one out, move it a little"
)
BARS = {
    "answered": Bar("comparisons answered", 0.9, 1.0, "the rule for every method"),
    "covers": Bar("intervals of 95 % that hold the true difference", 0.93, 0.98, _EXACT),
    "false_effect": Bar("a difference said where there is none (5 %)", 0.02, 0.07, _EXACT),
    "bias": Bar("mean error of the difference, in its own units", -0.5, 0.5, "0.05 standard deviations of the outcome"),
    "found": Bar("a rise by 15 found", None, None, "printed only: no promise of the method"),
    "naive_common": Bar(
        "own mean before and since differ by more than two standard errors", None, None, "printed only: known to fail"
    ),
    "refused_outside": Bar("a unit far outside all others refused", 0.95, 1.0, "nothing can be like it"),
    "own_way_effect": Bar(
        "a difference said for a unit that moves against all others, when answered", None, None, "printed only"
    ),
    "own_way_refused": Bar("the same refused as not followed", None, None, "printed only"),
    "worst_effect": Bar(
        "a rise said where the worst unit was picked and nothing happened", None, None, "printed only: known to fail"
    ),
    "worst_bias": Bar("its mean error", None, None, "printed only: the return to the ordinary that the mix leaves"),
    "worst_naive_bias": Bar("own mean since less the last year before", None, None, "printed only"),
}
REPLICATES = 1000


def replicate(world: str, rng: np.random.Generator) -> Iterator[tuple[str, bool | float]]:
    """One made-up table."""
    y, unit = _table(world, rng)
    effect = 15.0 if world == "effect" else 0.0
    found = synthetic(y, unit, before=BEFORE)
    own = y[unit]
    naive = float(own[BEFORE:].mean() - own[:BEFORE].mean())
    if world == "common":
        spread = np.sqrt(own[:BEFORE].var(ddof=1) / BEFORE + own[BEFORE:].var(ddof=1) / SINCE)
        yield "naive_common", bool(abs(naive) > 2 * spread)
    if world in ("no-effect", "effect", "common"):
        yield "answered", isinstance(found, Synthetic)
        if isinstance(found, Synthetic):
            yield "covers", found.low <= effect <= found.high
            yield "bias", found.effect - effect
            yield ("found" if effect else "false_effect"), found.p_value <= 0.05
    elif world == "outside":
        yield "refused_outside", isinstance(found, Refusal)
    elif world == "own-way":
        yield "own_way_refused", isinstance(found, Refusal)
        if isinstance(found, Synthetic):
            yield "own_way_effect", found.p_value <= 0.05
    else:
        yield "worst_naive_bias", float(own[BEFORE:].mean() - own[BEFORE - 1])
        if isinstance(found, Synthetic):
            yield "worst_effect", found.low > 0
            yield "worst_bias", found.effect


def _table(world: str, rng: np.random.Generator) -> tuple[np.ndarray, int]:
    periods = BEFORE + SINCE
    level, loads = rng.normal(70, 8, size=UNITS), rng.normal(size=(UNITS, 2))
    unit = int(rng.integers(UNITS))
    if world == "outside":
        level[unit] = level.max() + 40
    if world == "own-way":
        loads[unit] = [-4.0, 4.0]
    common = rng.normal(size=(2, periods)).cumsum(axis=1) * 1.5
    wander = rng.normal(size=(UNITS, periods)).cumsum(axis=1)
    noise = 4 * np.exp(rng.normal(0, 0.5, size=UNITS))
    y = level[:, None] + loads @ common + wander + rng.normal(size=(UNITS, periods)) * noise[:, None]
    if world == "common":
        y[:, BEFORE:] += 10
    if world == "effect":
        y[unit, BEFORE:] += 15
    if world == "at-its-worst":
        unit = int(np.argmin(y[:, BEFORE - 1] - y[:, : BEFORE - 1].mean(axis=1)))
    return y, unit
