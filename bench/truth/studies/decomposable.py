"""Averaging over decomposable graphs: does the truth lie where the posterior says, if its own prior made the world?

Two worlds are drawn from the prior itself (graph, number, chances, persons): then the truth must lie below each
quantile just as often as it says, whatever the data: S. Talts, M. Betancourt, D. Simpson, A. Vehtari and A. Gelman,
"Validating Bayesian inference algorithms with simulation-based calibration" (2018), arXiv 1804.06788. Others are made
otherwise: independent lists, one pair that depends, persons who differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from bars import Bar

from casetrail.demand.decomposable.average import average
from casetrail.demand.decomposable.checks import why_not
from casetrail.demand.decomposable.graphs import cliques, decomposable, perfect_sequence
from casetrail.demand.decomposable.posterior import Posterior, posterior
from casetrail.demand.decomposable.result import Averaged
from casetrail.demand.decomposable.scores import Prior, scores
from casetrail.demand.lists import Lists

METHOD = "decomposable.average"
SAYS = "persons in all, averaged over all decomposable graphs but the complete one, each hyper-Dirichlet; 1 / N"
_PLACE = "casetrail.demand.decomposable."
CODE = tuple(
    (_PLACE + module, name)
    for module, names in {
        "graphs": (
            "Graphs",
            "decomposable",
            "_neighbours",
            "_taken_apart",
            "_all_joined",
        ),
        "grid": ("Blocks", "blocks", "_rules", "starts_to"),
        "scores": ("Prior", "Scores", "scores", "log_rising", "_rest"),
        "posterior": (
            "Posterior",
            "posterior",
            "_Grown",
            "_grown",
            "_both",
            "_tails",
            "_mean_beyond",
            "_log_integral",
            "_finished",
        ),
        "modes": ("Heap", "heaps", "_tops", "_merged", "_summit"),
        "checks": ("why_not", "_no_ties", "_reached"),
        "result": ("Summary", "Graph", "Averaged"),
        "average": ("average", "_summary", "_under", "_changed", "_edges", "_graphs", "_graph", "_warnings", "_far"),
    }.items()
    for name in names
)
# Nobody can be more than these in the worlds drawn from the prior, and the method is told so.
MOST = 20_000
_TOLD = {"several_modes", "graphs_differ", "prior_on_total_matters", "complete_graph_matters"}


@dataclass(frozen=True, slots=True)
class Made:
    """Persons, each list's chance, odds ratio of the first two lists, share and odds of persons easier to find."""

    persons: int
    chances: tuple[float, ...]
    odds_ratio: float = 1.0
    easier: tuple[float, float] = (0.0, 1.0)


_MADE = {
    "independent": Made(2000, (0.35, 0.3, 0.25, 0.2)),
    "independent-small": Made(300, (0.35, 0.3, 0.25, 0.2)),
    "pair": Made(2000, (0.35, 0.3, 0.25, 0.2), odds_ratio=4.0),
    "differ": Made(2000, (0.3, 0.25, 0.2, 0.15), easier=(0.3, 5.0)),
    "all-pairs": Made(2000, (0.3, 0.25, 0.2), easier=(0.3, 5.0)),
}
WORLDS = {
    "prior-3": "three lists: graph, number (1 / N to 20,000) and chances drawn from the prior itself",
    "prior-4": "the same with four lists",
    "independent": "2,000 persons, four lists that find 20 to 35 % of them, each independently",
    "independent-small": "the same with 300 persons",
    "pair": "2,000 persons, four lists; the odds of being on the second are four times as large for those on the first",
    "differ": "2,000 persons, four lists; for three in ten persons the odds of being on any list are five times as "
    "large: no decomposable graph says that, and each one that comes near gives too few",
    "all-pairs": "the same with three lists, so that each pair depends, given the third",
}
_EXACT = "exact in a world drawn from the prior, so three points either way"
BARS = {
    "inside_50": Bar("truths between the 25 % and 75 % quantiles", 0.47, 0.53, _EXACT),
    "inside_90": Bar("truths between the 5 % and 95 % quantiles", 0.88, 0.92, "exact there: two points either way"),
    "below_middle": Bar("truths below the median", 0.47, 0.53, _EXACT),
    "edge_as_told": Bar("pairs that depend, less the probability told", -0.02, 0.02, "exact there, as a bias"),
    "covers": Bar("intervals of 95 % that hold the truth", 0.9, 1.0, "a world the prior did not make: 90 % at least"),
    "covers_fooled": Bar("the same where persons differ", None, None, "printed: the assumption is broken"),
    "median": Bar("log of the median over the truth", None, None, "printed: how far it is off"),
    "warned": Bar(
        "runs that warn: heaps or graphs lie apart, or the prior or the complete graph matters",
        None,
        None,
        "printed: what the verdict over all methods builds on",
    ),
    "answered": Bar("runs that answered", 0.9, 1.0, "the rule for every method"),
    "answered_prior": Bar("data sets of the prior that could be answered", None, None, "printed: most are degenerate"),
}
REPLICATES = 1000
# Sets of lists drawn from the prior in one replicate, each on its own: they take a few milliseconds.
DRAWN = 5


def replicate(world: str, rng: np.random.Generator) -> Iterator[tuple[str, bool | float]]:
    """One made-up set of lists, or five from the prior."""
    if world.startswith("prior"):
        for _ in range(DRAWN):
            yield from _from_prior(int(world[-1]), rng)
        return
    made = _MADE[world]
    said = average(_drawn(made, rng))
    yield "answered", isinstance(said, Averaged)
    if not isinstance(said, Averaged):
        return
    fooled = made.easier[0] > 0
    yield ("covers_fooled" if fooled else "covers"), said.said.low <= made.persons <= said.said.high
    yield "median", float(np.log(said.said.median / made.persons))
    yield "warned", bool(_TOLD & set(said.warnings))


def _drawn(made: Made, rng: np.random.Generator) -> Lists:
    odds = np.array(made.chances) / (1 - np.array(made.chances))
    easy = np.where(rng.random(made.persons) < made.easier[0], made.easier[1], 1.0)[:, None]
    each = np.broadcast_to(odds * easy, (made.persons, odds.size)).copy()
    draws = rng.random(each.shape)
    first = draws[:, 0] < each[:, 0] / (1 + each[:, 0])
    each[first, 1] *= made.odds_ratio
    return _counted(draws < each / (1 + each))


def _counted(on: npt.NDArray[np.bool_]) -> Lists:
    k = on.shape[1]
    counts = np.bincount(on @ (1 << np.arange(k)), minlength=1 << k).astype(np.int64)
    counts[0] = 0
    return Lists(tuple("abcdef"[:k]), counts)


def _from_prior(k: int, rng: np.random.Generator) -> Iterator[tuple[str, bool | float]]:
    every = decomposable(k)
    graph = int(rng.integers(every.edges.size - 1))
    weights = 1 / np.arange(1, MOST + 1)
    total = 1 + int(np.searchsorted(np.cumsum(weights), rng.random() * weights.sum()))
    lists = _counted(_persons(cliques(every.terms[graph]), k, total, rng))
    # Which data are refused hangs on the data alone, so the rest must still be calibrated.
    said = None if why_not(lists) is not None else posterior(scores(lists, Prior(limit=MOST, firm=True)))
    yield "answered_prior", isinstance(said, Posterior)
    if not isinstance(said, Posterior):
        return
    hidden = total - lists.n
    below, up_to = said.at_most(hidden - 1), said.at_most(hidden)
    rank = below + rng.random() * (up_to - below)
    yield "inside_50", 0.25 < rank < 0.75
    yield "inside_90", 0.05 < rank < 0.95
    yield "below_middle", rank < 0.5
    told = float(said.graphs[every.edges[:-1] & 1 == 1].sum())
    yield "edge_as_told", float(every.edges[graph] & 1) - told


def _persons(of: tuple[int, ...], k: int, total: int, rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    """On which lists each person is; the chances of each list, given those before it in its clique, are Beta draws."""
    on = np.zeros((total, k), dtype=np.int64)
    for clique, shared in perfect_sequence(of):
        given = [j for j in range(k) if shared >> j & 1]
        for j in range(k):
            if (clique & ~shared) >> j & 1:
                added = 0.5 ** (len(given) + 1)
                chances = rng.beta(added, added, size=1 << len(given))
                pattern = on[:, given] @ (1 << np.arange(len(given)))
                on[:, j] = rng.random(total) < chances[pattern]
                given.append(j)
    return on == 1
