"""Observed against what all others lead to expect: 150 made-up bodies, known need, known fault.

Bodies differ in ordinary ways (a deviation of 0.3 on the scale of logarithms unless a world says otherwise) on top of
chance. One body is asked about. Blameless ones have no more than the ordinary differences that everybody has; the one
at fault lies 4 deviations off.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from bars import Bar
from scipy.special import digamma

from casetrail.errors import InquiryError
from casetrail.public.adjusters import permitted
from casetrail.stats.adjust import Adjusted, adjusted
from casetrail.stats.count_fit import Family, cases
from casetrail.stats.identify import NotFit

METHOD = "adjust.ratio"
SAYS = "observed over what all other bodies lead to expect, with limits for chance, ordinary differences and doubt"
CODE = (
    ("casetrail.stats.adjust", "Adjusted"),
    ("casetrail.stats.adjust", "adjusted"),
    ("casetrail.stats.robust_line", "variances"),
    ("casetrail.stats.robust_line", "settle"),
    ("casetrail.stats.robust_line", "without_each"),
    ("casetrail.stats.robust_line", "_left_out"),
    ("casetrail.stats.robust_line", "standardised"),
    ("casetrail.stats.robust_line", "spread_beyond"),
    ("casetrail.stats.robust_line", "_on_design"),
    ("casetrail.stats.even_scale", "place"),
    ("casetrail.stats.even_scale", "nudged"),
    ("casetrail.stats.even_scale", "seen"),
    ("casetrail.stats.even_scale", "back"),
    ("casetrail.stats.count_fit", "Cases"),
    ("casetrail.stats.count_fit", "Fit"),
    ("casetrail.stats.count_fit", "fit"),
    ("casetrail.stats.count_fit", "moments"),
    ("casetrail.stats.count_fit", "_start"),
    ("casetrail.stats.count_fit", "_finished"),
    ("casetrail.stats.identify", "check"),
    ("casetrail.stats.identify", "condition"),
    ("casetrail.stats.identify", "separated"),
    ("casetrail.public.adjusters", "why_not"),
)
WORLDS = {
    "no-effect": "the adjuster has nothing to do with the count",
    "need": "deprivation drives the count, by 1.65 for each deviation; the body asked is among the poorest tenth",
    "need-shares": "the same for shares, on the scale of log odds, ordinary differences of 0.5",
    "need-curved": "the same, but deprivation drives the count along a curve, which the straight line does not follow",
    "overdispersed": "ordinary differences of 0.6: large bodies differ thirty times as much as chance would make them",
    "gamma": "ordinary differences are skewed the other way (gamma) than the method takes them to be",
    "small": "5 to 40 events each",
    "rounded": "20 to 200 events each, rounded to tens by the publisher",
    "few": "30 bodies and one adjuster",
    "controlled": "caseload follows from what each body does; the body asked does far too little",
    "unequal": "need is the same; 15 bodies with many families of one group act on all they have 2.7 times as often",
}
_CALIBRATED = (
    "limits of 95 % that are neither too narrow nor much too wide: from 3 to 5.5 %, since the t is on the safe side"
)
_FEW = "limits of 95 % promise to leave out at most 5 % of the blameless; among few bodies they are wider than that"
_PROMISE = "limits of 99.8 % promise to leave out at most 0.2 % of the blameless"
BARS = {
    "answered": Bar("runs that answered", 0.9, 1.0, "the rule for every method"),
    "flagged_95": Bar("a blameless body outside the 95 % limits", 0.03, 0.055, _CALIBRATED),
    "flagged_95_few": Bar("a blameless body among few outside the 95 % limits", 0.0, 0.05, _FEW),
    "flagged_998": Bar("a blameless body outside the 99.8 % limits", 0.0, 0.002, _PROMISE),
    "covers": Bar(
        "chance limits of 95 % that hold the true ratio of the year",
        0.93,
        0.97,
        "an approximate interval of one count and its expectation: two points either way",
    ),
    "bias": Bar("logarithm of expected over truly expected", -0.02, 0.02, "the rule for biases"),
    "found_95": Bar("a body 4 deviations off found", 0.8, 1.0, "the usual convention for power (J. Cohen, 1988)"),
    "flagged_curved": Bar(
        "a blameless body outside, where the line is not straight", None, None, "printed: an assumption"
    ),
    "flagged_gamma": Bar(
        "a blameless body outside, where differences are skewed", None, None, "printed: an assumption"
    ),
    "flagged_998_gamma": Bar("the same at 99.8 %", None, None, "printed: an assumption"),
    "flagged_chance": Bar("a blameless body outside limits of chance alone", None, None, "printed: the naive method"),
    "flagged_quasi": Bar(
        "a blameless body outside limits times the root of phi", None, None, "printed: quasi-likelihood"
    ),
    "flagged_unadjusted": Bar(
        "a blameless poor body outside without adjusting", None, None, "printed: the naive method"
    ),
    "found_unadjusted": Bar(
        "a poor body that does too little found without adjusting", None, None, "printed: the naive"
    ),
    "found_controlled": Bar("found when caseload is adjusted for, too", None, None, "printed: what must not be done"),
    "refused": Bar("adjusting for caseload refused by the register", 1.0, 1.0, "a rule, not an estimate"),
    "found_without": Bar(
        "a body that treats unequally found without adjusting for the group", 0.8, 1.0, "the usual convention for power"
    ),
    "hidden_with": Bar(
        "the same body within limits once the group is adjusted for",
        0.8,
        1.0,
        "shown on purpose: adjusting for ethnicity hides what it should show",
    ),
    "said_so": Bar("with and without differ, so the answer says that it depends", None, None, "printed"),
}
REPLICATES = 2_000

BODIES, TAU, FAULT = 150, 0.3, 4.0


@dataclass(frozen=True)
class Made:
    """What is seen, the line that need alone would lead to (log scale), and the index of the body asked."""

    observed: np.ndarray
    size: np.ndarray
    columns: np.ndarray
    need: np.ndarray
    own: np.ndarray
    at: int
    family: Family = "poisson"
    rounded_to: float = 1.0


def replicate(world: str, rng: np.random.Generator) -> Iterator[tuple[str, bool | float]]:
    """One made-up year of all bodies."""
    if world == "controlled":
        yield from _controlled(rng)
    elif world == "unequal":
        yield from _unequal(rng)
    elif world.startswith("need"):
        yield from _need(world, rng)
    else:
        yield from _blameless(world, rng)


def _blameless(world: str, rng: np.random.Generator) -> Iterator[tuple[str, bool | float]]:
    bodies = 30 if world == "few" else BODIES
    tau = 0.6 if world == "overdispersed" else TAU
    x = rng.standard_normal(bodies)
    made = _counted(rng, world, columns=x, need=np.zeros(bodies), tau=tau)
    found = _judged(made)
    yield "answered", found is not None
    if found is None:
        return
    z, name = abs(found.z[made.at]), {"few": "flagged_95_few", "gamma": "flagged_gamma"}.get(world, "flagged_95")
    yield name, bool(z > 1.96)
    yield "flagged_998_gamma" if world == "gamma" else "flagged_998", bool(z > 3.09)
    yield from _truth(made, found)
    low, high = found.limits(ordinary=False)
    yield "flagged_chance", not low[made.at] <= 1 <= high[made.at]
    fit = found.fit
    pearson = (made.observed - fit.expected)[made.at] / np.sqrt(fit.expected[made.at])
    yield "flagged_quasi", bool(abs(pearson) / np.sqrt(max(fit.dispersion, 1.0)) > 1.96)
    at_fault = _judged(_at_fault(rng, made, -FAULT * tau))
    yield "found_95", at_fault is not None and bool(at_fault.z[made.at] < -1.96)


def _need(world: str, rng: np.random.Generator) -> Iterator[tuple[str, bool | float]]:
    tau = 0.5 if world == "need-shares" else TAU
    poverty = rng.standard_normal(BODIES)
    poorest = np.argsort(poverty)[-BODIES // 10 :]
    need = 0.5 * poverty + (0.1 * (poverty**2 - 1) if world == "need-curved" else 0.0)
    made = _counted(rng, world, columns=poverty, need=need, tau=tau, at=int(rng.choice(poorest)))
    found, bare = _judged(made), _judged(made, adjust=False)
    yield "answered", found is not None
    if found is None or bare is None:
        return
    yield "flagged_curved" if world == "need-curved" else "flagged_95", bool(abs(found.z[made.at]) > 1.96)
    yield "flagged_unadjusted", bool(abs(bare.z[made.at]) > 1.96)
    if world != "need-curved":
        yield "flagged_998", bool(abs(found.z[made.at]) > 3.09)
        yield from _truth(made, found)
    wrong = _at_fault(rng, made, -FAULT * tau)
    found, bare = _judged(wrong), _judged(wrong, adjust=False)
    yield "found_95", found is not None and bool(found.z[made.at] < -1.96)
    yield "found_unadjusted", bare is not None and bool(bare.z[made.at] < -1.96)


def _controlled(rng: np.random.Generator) -> Iterator[tuple[str, bool | float]]:
    """Who acts less has fewer cases for each worker: caseload carries the fault into the expectation."""
    poverty = rng.standard_normal(BODIES)
    made = _at_fault(rng, _counted(rng, "need", columns=poverty, need=0.5 * poverty, tau=TAU), -FAULT * TAU)
    caseload = made.own + 0.1 * rng.standard_normal(BODIES)
    found = _judged(made)
    with_it = _judged(made, columns=np.column_stack([poverty, caseload]))
    yield "answered", found is not None and with_it is not None
    if found is None or with_it is None:
        return
    yield "found_95", bool(found.z[made.at] < -1.96)
    yield "found_controlled", bool(with_it.z[made.at] < -1.96)
    try:
        permitted(("idaci", "caseload"))
    except InquiryError as refused:
        yield "refused", refused.code == "authority_controlled"
    else:
        yield "refused", False


def _unequal(rng: np.random.Generator) -> Iterator[tuple[str, bool | float]]:
    group = np.where(np.arange(BODIES) < BODIES // 10, 0.5, 0.1) + 0.03 * rng.standard_normal(BODIES)
    tau, at = 0.2, int(rng.integers(BODIES // 10))
    excess = np.where(group > 0.3, 1.0, 0.0)
    made = _counted(rng, "unequal", columns=group, need=np.zeros(BODIES), tau=tau, at=at, unequal=excess)
    without, including = _judged(made, adjust=False), _judged(made)
    yield "answered", without is not None and including is not None
    if without is None or including is None:
        return
    seen, hidden = bool(without.z[at] > 1.96), bool(abs(including.z[at]) <= 1.96)
    yield "found_without", seen
    yield "hidden_with", hidden
    yield "said_so", seen and hidden


def _counted(
    rng: np.random.Generator,
    world: str,
    *,
    columns: np.ndarray,
    need: np.ndarray,
    tau: float,
    at: int | None = None,
    unequal: np.ndarray | None = None,
) -> Made:
    bodies = need.size
    own = tau * rng.standard_normal(bodies)
    if world == "gamma":
        # About the typical body, which is what the method speaks of: the mean of the logarithm.
        own = np.log(rng.gamma(1 / tau**2, tau**2, bodies)) - (digamma(1 / tau**2) + np.log(tau**2))
    own = own + (0.0 if unequal is None else unequal)
    at = int(rng.integers(bodies)) if at is None else at
    if world == "need-shares":
        size = rng.integers(100, 3_000, bodies).astype(float)
        observed = rng.binomial(size.astype(int), 1 / (1 + np.exp(-(0.8 + need + own)))).astype(float)
        return Made(observed, size, columns, 0.8 + need, own, at, "binomial")
    low, high = {"small": (5, 40), "rounded": (20, 200)}.get(world, (50, 3_000))
    size = np.exp(rng.uniform(np.log(low), np.log(high), bodies))
    observed = rng.poisson(size * np.exp(need + own)).astype(float)
    to = 10.0 if world == "rounded" else 1.0
    return Made(np.round(observed / to) * to, size, columns, need, own, at, rounded_to=to)


def _at_fault(rng: np.random.Generator, made: Made, by: float) -> Made:
    """The same year, but the body asked lies off by so much (log scale) instead of its ordinary difference."""
    own = made.own.copy()
    own[made.at] = by
    observed = made.observed.copy()
    line = made.need[made.at] + by
    if made.family == "binomial":
        observed[made.at] = rng.binomial(int(made.size[made.at]), 1 / (1 + np.exp(-line)))
    else:
        to = made.rounded_to
        observed[made.at] = round(rng.poisson(made.size[made.at] * np.exp(line)) / to) * to
    return Made(observed, made.size, made.columns, made.need, own, made.at, made.family, made.rounded_to)


def _judged(made: Made, *, adjust: bool = True, columns: np.ndarray | None = None) -> Adjusted | None:
    chosen = columns if columns is not None else made.columns if adjust else None
    try:
        return adjusted(
            cases(made.observed, made.size, chosen, family=made.family, rounded_to=made.rounded_to), only=made.at
        )
    except NotFit:
        return None


def _truth(made: Made, found: Adjusted) -> Iterator[tuple[str, bool | float]]:
    """Whether the chance limits hold the true ratio, and how far the expectation is off."""
    low, high = found.limits(ordinary=False)
    at, size = made.at, made.size[made.at]
    truth = float(np.exp(made.own[at]))
    yield "covers", bool(low[at] <= truth <= high[at])
    expected = found.expected[at]
    line = np.log(expected / (size - expected)) if made.family == "binomial" else np.log(expected / size)
    yield "bias", float(line - made.need[at])
