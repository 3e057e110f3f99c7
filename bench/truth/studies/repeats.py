"""How many were never recorded, from how often the others were, where it is known how many there are."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from bars import Bar

from casetrail.demand.repeats.counts import from_each
from casetrail.demand.repeats.hidden import Hidden
from casetrail.demand.repeats.verdict import Said, verdict
from casetrail.figures import Refusal

METHOD = "repeats.verdict"
SAYS = "those never recorded, from how often others were (Chao, Zelterman, Poisson and gamma laws, extra ones)"
CODE = (
    *(("casetrail.demand.repeats.counts", name) for name in ("Repeats", "from_each", "why_not")),
    *(("casetrail.demand.repeats.hidden", name) for name in ("Hidden", "log_normal", "by_slopes", "estimate")),
    *(
        ("casetrail.demand.repeats.few", name)
        for name in ("chao", "chao_corrected", "zelterman", "turing", "chao_without_ones")
    ),
    *(
        ("casetrail.demand.repeats.few", name)
        for name in ("chao_without_ones_corrected", "zelterman_without_ones", "_slopes", "_of_all")
    ),
    *(
        ("casetrail.demand.repeats.families", name)
        for name in ("fitted", "poisson", "of_equal_rates", "poisson_rate", "log_poisson", "geometric", "log_geometric")
    ),
    *(
        ("casetrail.demand.repeats.gamma", name)
        for name in (
            *("gamma", "without_end", "_no_better_than_equal", "_equal", "_log_odds", "_log_likelihood"),
            *("_profile", "_gradient", "_result"),
        )
    ),
    *(
        ("casetrail.demand.repeats.one_inflation", name)
        for name in (
            *("one_inflation", "_extra", "_height", "_fit", "_same", "_poisson_tail"),
            *("_geometric_tail", "_twice_or_more"),
        )
    ),
    *(("casetrail.demand.repeats.every", name) for name in ("Fits", "fits", "estimates", "from_fits")),
    *(("casetrail.demand.repeats.caps", name) for name in ("Caps", "caps", "_above")),
    *(
        ("casetrail.demand.repeats.verdict", name)
        for name in ("Said", "verdict", "_not_by_chance", "_rates_vary", "_warned", "_runs_off", "_extra_ones")
    ),
    *(
        ("casetrail.demand.repeats.by_chance", name)
        for name in ("by_chance", "_grid", "_chances", "_nearest", "_drawn", "_often")
    ),
)
WORLDS = {
    "equal": "2,000 persons, each recorded once on average, by chance alone (Poisson): all assumptions hold",
    "seldom": "the same with half a record on average, 8,000 persons",
    "small": "the same with half a record on average, 400 persons: laws can hardly be told apart",
    "varied": "4,000 persons whose rates spread out as waiting times do, 0.8 records on average",
    "two_kinds": "4,000 persons, two thirds with a rate of 0.4 and a third with a rate of 2",
    "kept_away": "3,000 persons with a rate of 1.2; four tenths of those found again stay away after the first time",
    "besides": "3,000 persons with a rate of 1.2, and 1,500 others who were each recorded once and never can be again",
    "bundles": "1,000 persons recorded at most once, and 200 whose records come in twos (a rate of 0.6 bundles)",
    "few": "400 persons with a rate of 0.05: hardly anybody is recorded twice",
}
_EXACT = "the interval calls itself 95 %: two-sided"
_BIAS = "the design's bar: 2 % of the truth"
_BOUND = "a lower bound promises to be at or below the truth in large numbers"
_RULE = "the design's rule: where assumptions hold, at most 10 % of runs may warn"
_SEEN = "the issue's bar: a warning or a range in at least 90 % of runs where assumptions fail"
BARS = {
    "answered": Bar("runs that answered", 0.9, 1.0, "the rule for every method: 9 of 10 must answer"),
    "refused": Bar(
        "runs refused where hardly anybody was recorded twice, or records come in bundles",
        0.9,
        1.0,
        "nothing can be said there",
    ),
    "warned": Bar("runs with any warning where all rates are equal", 0.0, 0.1, _RULE),
    "warned_small": Bar("the same with 400 persons", None, None, "printed: laws can hardly be told apart there"),
    "warned_wrong": Bar("runs with a warning where rates vary or ones are too many", 0.9, 1.0, _SEEN),
    "covers_poisson": Bar("95 % intervals of the Poisson law that hold the truth", 0.93, 0.97, _EXACT),
    "covers_chao": Bar("the same of Chao, bias-corrected, where rates are equal", 0.93, 0.97, _EXACT),
    "covers_zelterman": Bar("the same of Zelterman, where rates are equal", 0.93, 0.97, _EXACT),
    "covers_turing": Bar("the same of Turing, where rates are equal", 0.93, 0.97, _EXACT),
    "bias_poisson": Bar("total by the Poisson law, relative to the truth", -0.02, 0.02, _BIAS),
    "bias_chao": Bar("total by Chao, bias-corrected, relative to the truth where rates are equal", -0.02, 0.02, _BIAS),
    "size_extra": Bar("tests that find extra ones where there are none", 0.03, 0.07, "the test has a level of 5 %"),
    "found_extra": Bar(
        "tests that find extra ones where there are", 0.8, 1.0, "the usual convention for power (Cohen 1988)"
    ),
    "bound_holds": Bar("estimates by Chao at or below the truth where rates vary", 0.95, 1.0, _BOUND),
    "low_holds": Bar(
        "lower limits of Chao's bound at or below the truth where rates vary",
        0.975,
        1.0,
        "a lower limit of 97.5 % of a lower bound",
    ),
    "turing_holds": Bar("the same of Turing", 0.95, 1.0, _BOUND),
    "covers_gamma": Bar(
        "95 % intervals of the gamma law where rates have one", 0.9, 1.0, "approximate: the design's bar for these"
    ),
    "gamma_ran_off": Bar("runs in which the gamma law had no estimate", None, None, "printed: the boundary problem"),
    "naive_covers": Bar(
        "intervals of the Poisson law that hold the truth where it does not hold", None, None, "printed: naive"
    ),
    "naive_above": Bar("Chao's 'lower bound' above the truth where ones are extra", None, None, "printed: naive"),
    "naive_low_above": Bar(
        "even the lower limit of Chao's bound above the truth where ones are extra", None, None, "printed: naive"
    ),
    "warned_of_ones": Bar("runs that say `one_inflation` where ones are extra", None, None, "printed"),
    "without_ones_holds": Bar(
        "lower limits from twos and threes at or below the truth where ones are extra",
        0.975,
        1.0,
        "it promises not to be moved by extra ones",
    ),
    "without_ones_bias": Bar("number hidden from twos and threes, relative to the truth", None, None, "printed"),
    "covers_reading": Bar(
        "95 % intervals of the Poisson law with extra ones, in the reading that is true",
        0.93,
        0.97,
        f"{_EXACT}; delta method",
    ),
    "covers_other": Bar("the same in the reading that is not true", None, None, "printed: the data cannot tell which"),
}
REPLICATES = 1_500
PERSONS = {"equal": 2_000, "seldom": 8_000, "small": 400, "few": 400, "varied": 4_000, "two_kinds": 4_000}
EQUAL = {"equal": 1.0, "seldom": 0.5, "small": 0.5, "few": 0.05}
Ints = npt.NDArray[np.int64]


def replicate(world: str, rng: np.random.Generator) -> Iterator[tuple[str, bool | float]]:
    """One made-up source: who was recorded how often, and what the methods make of it."""
    times, truth = _made(world, rng)
    said = verdict(from_each(times))
    if world in ("few", "bundles"):
        yield "refused", isinstance(said, Refusal)
        return
    yield "answered", not isinstance(said, Refusal)
    if isinstance(said, Refusal):
        return
    found = {name: f for name, f in said.found if isinstance(f, Hidden)}
    if world in EQUAL:
        yield from _equal(world, said, found, truth)
        return
    yield "warned_wrong", bool(said.warnings)
    yield "naive_covers", found["poisson"].low <= truth <= found["poisson"].high
    if world in ("varied", "two_kinds"):
        yield "bound_holds", said.bound.total <= truth
        yield "low_holds", said.bound.low <= truth
        yield "turing_holds", found["turing"].total <= truth
        yield "gamma_ran_off", "gamma" not in found
        if world == "varied" and "gamma" in found:
            yield "covers_gamma", found["gamma"].low <= truth <= found["gamma"].high
        return
    yield from _extra(world, said, truth)


def _made(world: str, rng: np.random.Generator) -> tuple[Ints, int]:
    """Times recorded of everybody, those never recorded included, and how many they are."""
    if world in EQUAL:
        return rng.poisson(EQUAL[world], PERSONS[world]), PERSONS[world]
    if world == "varied":
        return rng.poisson(rng.gamma(1.0, 0.8, PERSONS[world])), PERSONS[world]
    if world == "two_kinds":
        return rng.poisson(np.where(rng.random(PERSONS[world]) < 1 / 3, 2.0, 0.4)), PERSONS[world]
    if world == "bundles":
        return np.concatenate((np.minimum(rng.poisson(0.4, 1_000), 1), 2 * rng.poisson(0.6, 200))), 1_200
    times = rng.poisson(1.2, 3_000)
    if world == "besides":
        return np.concatenate((times, np.ones(1_500, dtype=times.dtype))), 4_500
    away = (times > 1) & (rng.random(times.size) < 0.4)
    return np.where(away, 1, times), 3_000


def _equal(world: str, said: Said, found: dict[str, Hidden], truth: int) -> Iterator[tuple[str, bool | float]]:
    yield "warned_small" if world == "small" else "warned", bool(said.warnings)
    if world == "small":
        return
    for score, name in (("poisson",) * 2, ("chao", "chao_corrected"), ("zelterman",) * 2, ("turing",) * 2):
        yield f"covers_{score}", found[name].low <= truth <= found[name].high
    yield "bias_poisson", found["poisson"].total / truth - 1
    yield "bias_chao", found["chao_corrected"].total / truth - 1
    extra = dict(said.fits.inflated)["poisson"]
    if not isinstance(extra, Refusal):
        yield "size_extra", extra.p <= 0.05


def _extra(world: str, said: Said, truth: int) -> Iterator[tuple[str, bool | float]]:
    yield "warned_of_ones", "one_inflation" in said.warnings
    yield "naive_above", said.bound.total > truth
    yield "naive_low_above", said.bound.low > truth
    yield "without_ones_holds", said.safe_bound.low <= truth
    hidden = truth - said.repeats.n
    yield "without_ones_bias", said.safe_bound.hidden / hidden - 1
    extra = dict(said.fits.inflated)["poisson"]
    if not isinstance(extra, Refusal):
        yield "found_extra", extra.p <= 0.05
        right, wrong = (extra.kept_away, extra.besides) if world == "kept_away" else (extra.besides, extra.kept_away)
        yield "covers_reading", right.hidden.low <= truth <= right.hidden.high
        yield "covers_other", wrong.hidden.low <= truth <= wrong.hidden.high
