"""How many lie outside by chance, and what control for many looks leaves, where it is known who truly differs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from bars import Bar

from casetrail.stats.funnel_limits import event_counts, proportion_counts
from casetrail.stats.outside import (
    ByChance,
    binomial_outside,
    binomial_p,
    by_chance,
    controlled,
    poisson_outside,
    poisson_p,
)
from casetrail.stats.side_by_side import Choice, side_by_side

METHOD = "outside.chance"
SAYS = "how many units exact limits leave outside by chance, and findings after control for looking at all of them"
_OUTSIDE = ("two_sided", "binomial_p", "poisson_p", "binomial_outside", "poisson_outside", "_next_outside")
_TAILS = (
    *("poisson_tails", "poisson_at_most", "poisson_at_least", "binomial_tails", "binomial_at_most"),
    *("binomial_at_least", "poisson_counts", "binomial_counts", "_events", "_cases", "_few", "_about"),
    *("_quantile", "_solve"),
)
CODE = (
    *(("casetrail.stats.outside", n) for n in (*_OUTSIDE, "ByChance", "by_chance", "poisson_binomial", "controlled")),
    *(("casetrail.stats.discrete_tails", n) for n in _TAILS),
    *(("casetrail.stats.funnel_limits", n) for n in ("Band", "proportion_counts", "event_counts", "_sizes", "_tail")),
    *(("casetrail.stats.side_by_side", n) for n in ("Choice", "Result", "side_by_side", "choices", "result")),
    *(("casetrail.stats.spread", n) for n in ("spread", "on_scale", "_middle", "_between")),
    *(("casetrail.stats.ordinary", n) for n in ("ordinary", "_width", "_ends", "_expected")),
)
WORLDS = {
    "small": "152 units with 5 to 40 cases each and one share of 30 %: nobody differs",
    "tiny": "152 units with 1 to 10 cases each, 97 % of them with it: nobody differs; 5 % of units is far too many",
    "events": "152 units with 0.2 to 20 events expected: nobody differs",
    "mixture": "152 units with 20 to 400 cases; eight truly higher and eight truly lower",
    "pulled": "152 units with 20 to 400 cases; thirty truly higher: the common level is no longer that of the rest",
    "ordinary": "152 units with 200 to 6,000 cases that differ in ordinary ways: plain limits fool",
}
_CONTROL = "controls the share of false findings at 5 %; independent units, discrete p: at most that"
BARS = {
    "range_covers": Bar(
        "number outside lies in its 95 % range", 0.95, 1.0, "a range of whole numbers: at least its level"
    ),
    "expected_bias": Bar(
        "number outside less the expected one, per unit", -0.002, 0.002, "a twenty-fifth of the nominal 5 %"
    ),
    "nominal_bias": Bar("number outside less 5 % of units, per unit", None, None, "printed: the naive number"),
    "family_null": Bar("Holm finds anyone at 5 %, and nobody differs", 0.0, 0.05, "any false finding: at most 5 %"),
    "false_null": Bar("Benjamini-Hochberg finds anyone, and nobody differs", 0.0, 0.05, _CONTROL),
    "false_share_bh": Bar("share of false findings, Benjamini-Hochberg", 0.0, 0.05, _CONTROL),
    "false_share_by": Bar("share of false findings, Benjamini-Yekutieli", 0.0, 0.05, _CONTROL),
    "family": Bar("Holm finds one that does not differ", 0.0, 0.05, "any false finding: at most 5 %"),
    "found_bh": Bar("share of those who differ that Benjamini-Hochberg finds", None, None, "printed: no promise"),
    "found_holm": Bar("share of those who differ that Holm finds", None, None, "printed: no promise"),
    "false_share_pulled": Bar(
        "share of false findings, Benjamini-Hochberg",
        None,
        None,
        "printed: the rest differ from the common level",
    ),
    "family_pulled": Bar("Holm finds one that does not differ", None, None, "printed: for the same reason"),
    "more_than_chance": Bar(
        "more outside than the range by chance", 0.8, 1.0, "the usual convention for power, 80 % (J. Cohen, 1988)"
    ),
    "answered": Bar("tables that could be judged", 0.9, 1.0, "the rule for every method"),
    **{
        f"flagged_{name}": Bar(f"blameless units outside 95 % limits: {name}", None, None, "printed: side by side")
        for name in (
            "none",
            *(f"{how}_{of}" for how in ("multiplied", "added") for of in ("winsorised", "left_out", "kept")),
            "ordinary",
        )
    },
}
REPLICATES = 2000
UNITS, LEVEL = 152, 0.95
Floats = npt.NDArray[np.float64]


def replicate(world: str, rng: np.random.Generator) -> Iterator[tuple[str, bool | float]]:
    """One made-up table."""
    if world == "ordinary":
        yield from _ordinary(rng)
    elif world in ("mixture", "pulled"):
        yield from _mixture(world, rng)
    else:
        yield from _nobody(world, rng)


def _nobody(world: str, rng: np.random.Generator) -> Iterator[tuple[str, bool | float]]:
    p, by = _events(rng) if world == "events" else _cases(world, rng)
    yield "answered", by is not None
    if p is None or by is None:
        return
    seen = int(np.sum(p < 1 - LEVEL))
    yield "range_covers", by.low <= seen <= by.high
    yield "expected_bias", (seen - by.expected) / UNITS
    yield "nominal_bias", seen / UNITS - (1 - LEVEL)
    yield "family_null", bool(np.any(controlled(p, "holm") <= 0.05))
    yield "false_null", bool(np.any(controlled(p, "benjamini-hochberg") <= 0.05))


def _events(rng: np.random.Generator) -> tuple[Floats, ByChance]:
    people = 100 * 10 ** rng.uniform(np.log10(0.2), np.log10(20), UNITS)
    x = rng.poisson(0.01 * people).astype(np.float64)
    mean = x.sum() / people.sum() * people
    return poisson_p(x, mean), by_chance(poisson_outside(event_counts(mean, level=LEVEL), mean))


def _cases(world: str, rng: np.random.Generator) -> tuple[Floats, ByChance] | tuple[None, None]:
    low, high, share = (5, 40, 0.3) if world == "small" else (1, 10, 0.97)
    n = rng.integers(low, high, UNITS, endpoint=True)
    x = rng.binomial(n, share)
    pooled = float(x.sum() / n.sum())
    if not 0 < pooled < 1:
        return None, None
    outside = binomial_outside(proportion_counts(pooled, n, level=LEVEL), n, pooled)
    return binomial_p(x, n, pooled), by_chance(outside)


def _mixture(world: str, rng: np.random.Generator) -> Iterator[tuple[str, bool | float]]:
    n = rng.integers(20, 400, UNITS, endpoint=True)
    share = np.full(UNITS, 0.5)
    order = rng.permutation(UNITS)
    if world == "mixture":
        share[order[:8]], share[order[8:16]] = 0.65, 0.35
    else:
        share[order[:30]] = 0.65
    x = rng.binomial(n, share)
    true = share != 0.5
    p = binomial_p(x, n, x.sum() / n.sum())
    ending = "" if world == "mixture" else "_pulled"
    found = {name: controlled(p, name) <= 0.05 for name in ("benjamini-hochberg", "benjamini-yekutieli", "holm")}
    yield "answered", True
    yield f"false_share{ending or '_bh'}", _false(found["benjamini-hochberg"], true)
    yield f"family{ending}", bool(np.any(found["holm"] & ~true))
    if world == "mixture":
        yield "false_share_by", _false(found["benjamini-yekutieli"], true)
        yield "found_bh", float(np.mean(found["benjamini-hochberg"][true]))
        yield "found_holm", float(np.mean(found["holm"][true]))


def _false(found: npt.NDArray[np.bool_], true: npt.NDArray[np.bool_]) -> float:
    return float(np.sum(found & ~true) / max(1, np.sum(found)))


def _ordinary(rng: np.random.Generator) -> Iterator[tuple[str, bool | float]]:
    n = rng.integers(200, 6_000, UNITS, endpoint=True)
    # Normal on the arcsine-root scale, with a standard deviation of 0.1: between about 57 % and 86 %.
    share = np.sin(0.98 + 0.1 * rng.standard_normal(UNITS)) ** 2
    x = rng.binomial(n, share)
    pooled = float(x.sum() / n.sum())
    p = binomial_p(x, n, pooled)
    by = by_chance(binomial_outside(proportion_counts(pooled, n, level=LEVEL), n, pooled))
    yield "answered", True
    yield "more_than_chance", int(np.sum(p < 1 - LEVEL)) > by.high
    for found in side_by_side(x, n, plain_p=p):
        yield f"flagged_{_name(found.choice)}", sum(found.outside(LEVEL)) / UNITS


def _name(choice: Choice) -> str:
    return choice.adjustment + ("" if choice.extremes is None else f"_{choice.extremes.replace(' ', '_')}")
