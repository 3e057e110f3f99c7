"""A point, a range or a warning from four lists: independent ones, lists that depend, persons who differ in chances."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from bars import Bar

from casetrail.demand.choosing.assumption import Assumption
from casetrail.demand.choosing.bootstrap import Plan
from casetrail.demand.choosing.verdict import Kind, Verdict
from casetrail.demand.choosing.with_families import judge_with_families
from casetrail.demand.lists import Lists

METHOD = "choosing.verdict"
SAYS = "best model by BIC among two-way models, with a range or a warning where the data do not bear one number"
_CHOOSING, _DIFFER = "casetrail.demand.choosing", "casetrail.demand.heterogeneity"
WARNED = ("lists_depend", "catchability_varies", "persons_differ")
CODE = (
    *(
        (f"{_CHOOSING}.with_families", n)
        for n in ("judge_with_families", "_differ", "_dependence_is_enough", "_two_by_two", "_lowest")
    ),
    *((f"{_DIFFER}.families", n) for n in ("families", "_together", "_with_law", "_plain")),
    *((f"{_DIFFER}.varies", n) for n in ("varies", "Varies")),
    *((f"{_CHOOSING}.verdict", n) for n in ("weighed", "_candidates", "_why", "_warnings")),
    *((f"{_CHOOSING}.evidence", n) for n in ("Evidence", "gather")),
    *((f"{_CHOOSING}.dependence", n) for n in ("dependence", "independent", "_scores", "Dependence")),
    *((f"{_CHOOSING}.near", n) for n in ("near_best", "_beaten")),
    *((f"{_CHOOSING}.modes", n) for n in ("modes", "_smoothed", "_critical", "_hill_counts", "_hills")),
    *((f"{_CHOOSING}.hidden_list", n) for n in ("hide_each", "_hide", "without", "HiddenList")),
    *((f"{_CHOOSING}.bootstrap", n) for n in ("bootstrap", "draw", "jackknife", "_interval")),
    *((f"{_CHOOSING}.bca", n) for n in ("bca", "acceleration", "bias", "shifted")),
    *((f"{_CHOOSING}.stepwise", n) for n in ("stepwise", "_walk", "_next")),
)
WORLDS = {
    "independent": "4 lists, 2,000 to 5,000 persons, each list finds 10 to 30 % of them, independently",
    "independent-three": "the same with 3 lists",
    "independent-sparse": "4 lists, 2,000 to 5,000 persons, each list finds 4 to 10 %",
    "independent-small": "4 lists, 500 to 1,000 persons, each list finds 4 to 10 %: about 200 persons, few overlaps",
    "two-depend": "4 lists as in the first world; on one of two, the odds of being on the other are 3 times as high",
    "two-avoid": "the same with odds a third as high",
    "two-classes": "4 lists as in the first world; 3 in 10 persons are found 4 times as easily as the others",
    "two-halves": "the same with half of the persons: the two-list overlaps show less of it",
    "depend-and-differ": "two-depend and two-classes at once: the odds, within each class of persons",
    "all-at-once": "the first world, and as many persons again whom no list could find: no trace of them in the lists",
}
BARS = {
    "covers": Bar("95 % BCa intervals that hold the true number", 0.90, 1.0, "approximate: BCa at least 90 %"),
    "answered": Bar("runs that gave one number", 0.9, 1.0, "the rule for every method: 9 of 10 must answer"),
    "warned": Bar("runs with a warning or a range", 0.0, 0.10, "asked for: at most 1 in 10 where assumptions hold"),
    "caught": Bar("runs with a warning or a range", 0.9, 1.0, "asked for: at least 9 in 10 where they do not hold"),
    "covers_two_way": Bar(
        "BCa intervals that hold the true number", None, None, "printed: lists depend, model allows it"
    ),
    "covers_shown": Bar("point's interval, or range (open above: its lower end), that holds", None, None, "printed"),
    "covers_fooled": Bar(
        "BCa intervals that hold the true number", None, None, "printed: cannot be known from the data"
    ),
    "ranged": Bar("runs that gave a range", None, None, "printed"),
    "open_above": Bar("runs whose range is open above: persons differ", None, None, "printed"),
    "bias": Bar("estimate over truth, less 1", None, None, "printed: the best model's total"),
}
# So many data sets are asked for; each has 200 re-selecting bootstraps, and 200 for every hidden list.
REPLICATES = 500
PLAN = Plan(replicates=200)
FAIR = ("independent", "independent-three", "independent-sparse", "independent-small")


def replicate(world: str, rng: np.random.Generator) -> Iterator[tuple[str, bool | float]]:
    """One made-up population and its lists."""
    lists, truth = draw(world, rng)
    found, _ = judge_with_families(lists, assumption=Assumption.TWO_WAY, rng=rng, plan=PLAN)
    warned = found.kind is not Kind.POINT or any(w.code in WARNED for w in found.warnings)
    fair = world in FAIR
    if fair:
        yield "answered", found.kind is Kind.POINT
        yield "warned", warned
    elif world != "all-at-once":
        yield "caught", warned
    yield "ranged", found.kind is Kind.RANGE
    yield "open_above", found.open_above
    yield from _coverage(
        found, truth, "covers" if fair else "covers_fooled" if world == "all-at-once" else "covers_two_way"
    )


def _coverage(found: Verdict, truth: int, called: str) -> Iterator[tuple[str, bool | float]]:
    if found.evidence is None:
        return
    drawn = found.evidence.bootstrap
    if drawn.low is not None and drawn.high is not None:
        yield called, drawn.low <= truth <= drawn.high
    yield "covers_shown", found.low <= truth and (found.open_above or truth <= found.high)
    yield "bias", found.total / truth - 1


def draw(world: str, rng: np.random.Generator) -> tuple[Lists, int]:
    """Lists of one made-up population, and how many persons it has."""
    k = 3 if world == "independent-three" else 4
    small, sparse = world == "independent-small", world in ("independent-sparse", "independent-small")
    truth = int(rng.integers(500, 1001) if small else rng.integers(2000, 5001))
    chance = rng.uniform(0.04, 0.10, k) if sparse else rng.uniform(0.1, 0.3, k)
    each = np.broadcast_to(chance, (truth, k))
    if world in ("two-classes", "two-halves", "depend-and-differ"):
        share = 0.5 if world == "two-halves" else 0.3
        easy = rng.random(truth) < share
        # The chances of all persons together stay as they are.
        each = np.where(easy[:, None], 4.0, 1.0) / (1 + 3 * share) * chance
    on = rng.random((truth, k)) < each
    if world in ("two-depend", "depend-and-differ", "two-avoid"):
        on[:, 1] = _given(on[:, 0], each[:, :2], 1 / 3 if world == "two-avoid" else 3.0, rng)
    places = on @ (1 << np.arange(k))
    counts = np.bincount(places, minlength=1 << k).astype(np.int64)
    counts[0] = 0
    return Lists(tuple("abcd"[:k]), counts), 2 * truth if world == "all-at-once" else truth


def _given(first: np.ndarray, chances: np.ndarray, odds: float, rng: np.random.Generator) -> np.ndarray:
    """The second list, given the first, at this odds ratio; the share on both solves a quadratic (Plackett 1965).

    `chances`: of either list for each person, (n, 2).
    """
    p, q = chances.T
    s = 1 + (odds - 1) * (p + q)
    both = (s - np.sqrt(s * s - 4 * odds * (odds - 1) * p * q)) / (2 * (odds - 1))
    return rng.random(p.size) < np.where(first, both / p, (q - both) / (1 - p))
