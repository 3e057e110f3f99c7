"""The best of all log-linear models of lists where the truth is known: does BIC find how many are on none?"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from bars import Bar

from casetrail.demand.loglinear.existence import of_terms
from casetrail.demand.loglinear.fits import Status, fit
from casetrail.demand.loglinear.models import main_effects
from casetrail.demand.loglinear.search import Prepared

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

METHOD = "loglinear.best"
SAYS = "the two-way log-linear model with the lowest BIC, of all whose estimate exists (Silverman, Chan, Vincent 2024)"
CODE = (
    ("casetrail.demand.loglinear.search", "Prepared"),
    ("casetrail.demand.loglinear.search", "nested"),
    ("casetrail.demand.loglinear.models", "hierarchical_models"),
    ("casetrail.demand.loglinear.fits", "fit"),
    ("casetrail.kernels.loglinear.lattice", "_work"),
    ("casetrail.kernels.loglinear.lattice", "_next"),
    ("casetrail.kernels.loglinear.lattice", "_inherit"),
    ("casetrail.kernels.loglinear.lattice", "_try"),
    ("casetrail.kernels.loglinear.lattice", "_first"),
    ("casetrail.kernels.loglinear.newton", "fit_one"),
    ("casetrail.kernels.loglinear.newton", "_start"),
    ("casetrail.kernels.loglinear.newton", "_value"),
    ("casetrail.kernels.loglinear.newton", "_solve"),
    ("casetrail.kernels.loglinear.newton", "_along"),
    ("casetrail.kernels.loglinear.newton", "_bound"),
    ("casetrail.kernels.loglinear.newton", "_newton"),
    ("casetrail.kernels.loglinear.support", "exists"),
    ("casetrail.kernels.loglinear.support", "_asked"),
    ("casetrail.kernels.loglinear.elimination", "independent"),
    ("casetrail.kernels.loglinear.elimination", "null_space"),
    ("casetrail.kernels.loglinear.elimination", "rank_of"),
    ("casetrail.kernels.loglinear.simplex", "reaches"),
    ("casetrail.kernels.loglinear.tables", "split"),
)
WORLDS = {
    "independent": "5,000 persons, four lists that find 8 to 20 % of them and know nothing of each other",
    "pairs": "10,000 persons, five lists of 6 to 15 %; two pairs have 3 times, one 0.3 times the odds of chance",
    "sparse": "3,000 persons, five independent lists of 2 to 6 %: many patterns have nobody",
    "inside": "5,000 persons, four lists; whoever is on the first is on the second, too",
    "three-way": "fooled: who is on two of three lists is on the third with five times the odds, whatever else",
    "catchable": "fooled: a fifth of the persons are found by every list with eight times the odds of the others",
}
_RULE = "the rule for biases"
_RIGHT = "the model is among those searched, and the counts are large enough to find it"
_FOOLED = "printed: no two-way model is right, and the counts of those seen cannot say so"
BARS = {
    "answered": Bar("runs in which some model has an estimate", 0.9, 1.0, "the rule for every method: 9 of 10"),
    "bias": Bar("logarithm of the total over the true one", -0.02, 0.02, _RULE),
    "within_20": Bar("totals within 20 % of the true one", 0.9, 1.0, _RIGHT),
    "bias_sparse": Bar("the same bias, few overlaps", None, None, "printed: chance alone chooses terms at such counts"),
    "within_20_sparse": Bar("totals within 20 %, few overlaps", None, None, "printed: no promise at such counts"),
    "bias_all_finite": Bar(
        "the same bias among models all of whose terms are finite",
        None,
        None,
        "printed: the rule of Chan, Silverman, Vincent 2021, which passes over the model that is right",
    ),
    "bias_fooled": Bar("the same bias in a world that breaks the assumption", None, None, _FOOLED),
    "within_20_fooled": Bar("totals within 20 % in such a world", None, None, _FOOLED),
    "bias_three": Bar(
        "the same bias with terms of three lists allowed", None, None, "printed: what a higher order mends"
    ),
    "naive": Bar("bias if lists are taken to be independent", None, None, "printed: the naive method"),
    "naive_within_20": Bar("totals within 20 % if lists are taken to be independent", None, None, "printed: the naive"),
    "some_without": Bar("runs in which some model has no estimate", None, None, "printed: how often the checks bite"),
}
REPLICATES = 2_000


@lru_cache(maxsize=8)
def _prepared(k: int, order: int) -> Prepared:
    return Prepared(k, order)


def replicate(world: str, rng: np.random.Generator) -> Iterator[tuple[str, bool | float]]:
    """One made-up set of lists."""
    counts, truth = _made(world, rng)
    k, n = counts.size.bit_length() - 1, int(counts.sum())
    prepared = _prepared(k, 2)
    hidden, index = prepared.best_of(counts[None])
    yield "answered", bool(index[0] >= 0)
    yield "some_without", bool((prepared.fit(counts).status != Status.FINE).any())
    if index[0] < 0:
        return
    bias = float(np.log((n + hidden[0]) / truth))
    kind = {"sparse": "_sparse", "three-way": "_fooled", "catchable": "_fooled"}.get(world, "")
    yield f"bias{kind}", bias
    yield f"within_20{kind}", _near(bias)
    alone = fit(counts, [main_effects(k)])
    if alone.status[0] == Status.FINE:
        naive = float(np.log((n + alone.hidden[0]) / truth))
        yield "naive", naive
        yield "naive_within_20", _near(naive)
    if world == "inside":
        yield "bias_all_finite", _all_finite(counts, truth)
    if world == "three-way":
        more, _ = _prepared(k, 3).best_of(counts[None])
        yield "bias_three", float(np.log((n + more[0]) / truth))


def _all_finite(counts: Ints, truth: int) -> float:
    fits = _prepared(counts.size.bit_length() - 1, 2).fit(counts)
    finite = [of_terms(counts, model) == Status.FINE for model in fits.models]
    chosen = int(np.nanargmin(np.where(finite, fits.bic(int(counts.sum())), np.nan)))
    return float(np.log((counts.sum() + fits.hidden[chosen]) / truth))


def _near(bias: float) -> bool:
    return abs(np.expm1(bias)) <= 0.2


def _made(world: str, rng: np.random.Generator) -> tuple[Ints, int]:
    """Counts by pattern, nobody in place 0, and how many persons there are."""
    k = 5 if world in ("pairs", "sparse") else 4
    low, high = {"pairs": (0.06, 0.15), "sparse": (0.02, 0.06)}.get(world, (0.08, 0.2))
    persons = {"pairs": 10_000, "sparse": 3_000}.get(world, 5_000)
    share = rng.uniform(low, high, k)
    odds = np.log(share / (1 - share))
    if world == "catchable":
        easy = rng.random(persons) < 0.2
        on = rng.random((persons, k)) < 1 / (1 + np.exp(-(odds - 0.6 + np.log(8.0) * easy[:, None])))
    else:
        on = _patterns(k)[rng.choice(1 << k, size=persons, p=_chances(world, odds))]
    if world == "inside":
        on[:, 0] = on[:, 1] & (rng.random(persons) < 0.5)
    counts = np.bincount(on @ (1 << np.arange(k)), minlength=1 << k)
    counts[0] = 0
    return counts, persons


def _patterns(k: int) -> npt.NDArray[np.bool_]:
    return (np.arange(1 << k)[:, None] >> np.arange(k) & 1).astype(np.bool_)


def _chances(world: str, odds: Floats) -> Floats:
    """How likely each pattern is: a log-linear model with the terms of this world."""
    on = _patterns(odds.size)
    eta = on @ odds
    if world == "pairs":
        for i, j, ratio in ((0, 1, 3.0), (2, 3, 3.0), (1, 4, 0.3)):
            eta += np.log(ratio) * (on[:, i] & on[:, j])
    if world == "three-way":
        eta += np.log(5.0) * (on[:, 0] & on[:, 1] & on[:, 2])
    weights = np.exp(eta)
    return np.asarray(weights / weights.sum())
