"""Rank sets where the truth is known: do they hold at least as often as they say, alone and all at once?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from bars import Bar
from scipy.special import expit, logit

from casetrail.stats.ordinary import ordinary
from casetrail.stats.ranks import Noise, RankSets, best, marginal_sets, noise, positions, simultaneous_sets
from casetrail.stats.ranks_counts import from_counts

Floats = npt.NDArray[np.float64]

METHOD = "ranks.sets"
SAYS = "sets of possible positions, for one unit alone and for all at once (Mogstad, Romano, Shaikh, Wilhelm 2024)"
CODE = (
    ("casetrail.stats.ranks", "RankSets"),
    ("casetrail.stats.ranks", "noise"),
    ("casetrail.stats.ranks", "marginal_sets"),
    ("casetrail.stats.ranks", "simultaneous_sets"),
    ("casetrail.stats.ranks", "best"),
    ("casetrail.stats.ranks", "positions"),
    ("casetrail.stats.ranks", "_noise"),
    ("casetrail.stats.ranks", "_gaps"),
    ("casetrail.stats.ranks", "_place"),
    ("casetrail.stats.ranks", "_sets"),
    ("casetrail.stats.ranks_counts", "from_counts"),
    ("casetrail.stats.ranks_counts", "_scaled"),
    ("casetrail.kernels.ranks", "largest_by_unit"),
    ("casetrail.kernels.ranks", "largest_of_all"),
    ("casetrail.kernels.ranks", "_raise"),
    ("casetrail.kernels.ranks", "_raise_both"),
)
WORLDS = {
    "tied": "30 units, all the same; the least certain has an error ten times that of the most certain",
    "spread": "30 units spread out about twice as far as their errors",
    "clusters": "30 units in five tied groups, far apart",
    "near": "30 units a tenth of an error apart: almost tied, and none of them tied",
    "unequal": "30 units spread out, errors ten times as large for some as for others",
    "counts": "152 units, all the same share of one half, 5 to 40 cases each",
    "events": "152 units, all the same rate, 5 to 20 events expected in each",
    "ordinary": "150 units, 200 to 5,000 cases each: one lasting level for all, and ordinary differences in the year",
}
_SET = "the sets promise to hold the true position, all ties included, in at least 95 % of cases"
_ALL = "the sets promise to hold all true positions at once in at least 95 % of cases"
BARS = {
    "answered": Bar("runs that answered", 0.9, 1.0, "the rule for every method: 9 of 10 must answer"),
    "alone": Bar("marginal 95 % sets that hold the position of a unit", 0.95, 1.0, _SET),
    "alone_50": Bar("marginal 50 % sets that hold the position of a unit", 0.5, 1.0, _SET.replace("95", "50")),
    "together": Bar("runs whose simultaneous 95 % sets hold all positions", 0.95, 1.0, _ALL),
    "together_single": Bar("the same without stepping down", 0.95, 1.0, _ALL),
    "best": Bar("runs in which all of the true highest five may be among the five", 0.95, 1.0, _ALL),
    "alone_highest": Bar(
        "marginal sets of the unit that looks highest", None, None, "printed: no promise for a unit chosen by its look"
    ),
    "naive": Bar("sets of a unit from 95 % tests without correction", None, None, "printed: the naive method"),
    "naive_point": Bar("units whose plain position is a true one", None, None, "printed: a league table"),
    "lasting": Bar("marginal sets with the variance between units, position of the lasting level", 0.95, 1.0, _SET),
    "lasting_chance": Bar(
        "marginal sets with chance alone, position of the lasting level", None, None, "printed: the wrong question"
    ),
}
REPLICATES = 1_500
DRAWS = 1_000
ERROR_95 = 1.959963984540054


def replicate(world: str, rng: np.random.Generator) -> Iterator[tuple[str, bool | float]]:
    """One made-up set of estimates."""
    truth, y, s, wider = _made(world, rng)
    of = noise(s, rng=rng, draws=DRAWS)
    yield "answered", True
    alone, together = marginal_sets(y, of), simultaneous_sets(y, of)
    holds, who = _holds(alone, truth), int(rng.integers(truth.size))
    yield "alone", bool(holds[who])
    yield "alone_highest", bool(holds[int(np.argmax(y))])
    yield "alone_50", bool(_holds(marginal_sets(y, of, level=0.5), truth)[who])
    yield "together", bool(_holds(together, truth).all())
    yield "together_single", bool(_holds(simultaneous_sets(y, of, steps="single"), truth).all())
    yield "best", bool(best(together, 5)[positions(truth) <= 5].all())
    yield "naive", bool(_holds(_uncorrected(y, of), truth)[who])
    here = positions(y)[who]
    yield "naive_point", bool(np.sum(truth > truth[who]) < here <= truth.size - np.sum(truth < truth[who]))
    if wider is not None:
        # The lasting level is the same for all: any claim is wrong.
        equal = np.zeros_like(truth)
        yield "lasting", bool(_holds(marginal_sets(y, noise(wider, rng=rng, draws=DRAWS)), equal)[who])
        yield "lasting_chance", bool(_holds(alone, equal)[who])


def _made(world: str, rng: np.random.Generator) -> tuple[Floats, Floats, Floats, Floats | None]:
    """True levels, estimates, their errors, and where asked for errors that allow for ordinary differences."""
    if world == "counts":
        n = rng.integers(5, 40, 152, endpoint=True)
        return np.zeros(152), *from_counts(rng.binomial(n, 0.5), n, "proportion"), None
    if world == "events":
        n = rng.uniform(5.0, 20.0, 152)
        return np.zeros(152), *from_counts(rng.poisson(n), n, "rate"), None
    if world == "ordinary":
        n = np.exp(rng.uniform(np.log(200), np.log(5_000), 150)).astype(np.int64)
        year = expit(logit(0.67) + 0.5 * rng.standard_normal(150))
        x = rng.binomial(n, year)
        y, s = from_counts(x, n, "proportion")
        found = ordinary(x, n)
        return year, y, s, None if found is None else np.sqrt(s**2 + found.tau2)
    truth, s = _normal(world, rng)
    return truth, truth + s * rng.standard_normal(s.size), s, None


def _normal(world: str, rng: np.random.Generator) -> tuple[Floats, Floats]:
    equal, unequal = np.ones(30), np.exp(rng.uniform(0.0, np.log(10.0), 30))
    if world == "tied":
        return np.zeros(30), unequal
    if world == "clusters":
        return np.repeat(np.arange(5.0), 6) * 8.0, equal
    if world == "near":
        return np.arange(30.0) / 10.0, equal
    return 2.0 * rng.standard_normal(30), equal if world == "spread" else 0.3 * unequal


def _holds(sets: RankSets, truth: Floats) -> npt.NDArray[np.bool_]:
    """Does the set of each unit hold every position that ties in the truth leave open?"""
    above, below = (truth > truth[:, None]).sum(axis=1), (truth < truth[:, None]).sum(axis=1)
    return (sets.above <= above) & (sets.below <= below)


def _uncorrected(y: Floats, of: Noise) -> RankSets:
    gap = (y - y[:, None]) * of.weight
    return RankSets((gap > ERROR_95).sum(axis=1), (gap < -ERROR_95).sum(axis=1), 0.95)
