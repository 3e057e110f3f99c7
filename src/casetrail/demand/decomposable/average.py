"""How many in all, averaged over every decomposable graph, with how much hangs on the graph and on the prior.

D. Madigan and J. C. York, Biometrika 84 (1997) 19-31. What identifies the number is that some pair of lists is taken to
be independent given the other lists: the complete graph, in which no pair is, is left out. (The R package dga 2.0.2,
made for this method, lets it in; where lists overlap richly that alone can move the figure: see `Averaged.others`.)
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from casetrail.demand.decomposable.checks import why_not
from casetrail.demand.decomposable.graphs import cliques, decomposable, joined, pairs
from casetrail.demand.decomposable.grid import Floats
from casetrail.demand.decomposable.modes import Heap, heaps
from casetrail.demand.decomposable.posterior import EDGE, Posterior, posterior
from casetrail.demand.decomposable.result import Averaged, Graph, Other, Summary, Warned
from casetrail.demand.decomposable.scores import Prior, Scores, scores
from casetrail.demand.lists import Lists
from casetrail.figures import Refusal

LEVEL = 0.95
# From here on two figures are too far apart to be one.
APART = 1.5
# Probability from which on a heap, or a graph, counts when it is asked whether they lie apart.
HEAP, GRAPH = 0.1, 0.01
# The likeliest graphs shown: so many at most, or as many as hold this much probability.
SHOWN, HELD = 12, 0.99
# Part of the mean that may lie beyond the grid.
MEAN_BEYOND = 0.01


def average(of: Lists, prior: Prior | None = None, *, others: bool = True) -> Averaged | Refusal:
    """Posterior of persons in all over all decomposable graphs on 3 to 6 lists.

    `others`: whether to look at other priors too, at about four times the cost. Refused: nobody, too_few_lists,
    too_many_lists, empty_list, all_in_one_cell, no_overlap, disconnected, mass_at_edge. Raises: ValueError for a prior
    that adds nothing to a cell, or whose limit is not above the persons seen.
    """
    held = prior or Prior()
    refused = why_not(of)
    if refused is not None:
        return refused
    found = posterior(scores(of, held))
    if isinstance(found, Refusal):
        return found
    top = heaps(found)
    said = _summary(found, top)
    graphs = _graphs(of.k, found)
    medians = [g.median for g in graphs if g.median is not None and g.probability >= GRAPH]
    spread = (min(medians), max(medians)) if medians else None
    beside = tuple((what, _under(of, changed)) for what, changed in _changed(held, of.k)) if others else ()
    totals, density = _line(found)
    return Averaged(
        n=of.n,
        k=of.k,
        graphs_in_all=found.graphs.size,
        said=said,
        heaps=top,
        totals=totals,
        density=density,
        edges=_edges(of.k, found),
        graphs=graphs,
        graphs_held=sum(g.probability for g in graphs),
        spread=spread,
        others=beside,
        warnings=_warnings(said, top, spread, beside),
    )


def _summary(found: Posterior, top: tuple[Heap, ...]) -> Summary:
    n = found.scores.n
    low, median, high = (n + found.quantile(share) for share in ((1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2))
    highest = max(top, key=lambda heap: found.each(np.array([heap.total - n], dtype=np.float64))[0])
    mean = n + found.mean()
    settled = found.mean_beyond <= MEAN_BEYOND * mean
    return Summary(
        found.scores.prior, low, median, high, highest.total, mean if settled else None, n + found.end, found.beyond
    )


def _under(of: Lists, prior: Prior) -> Summary | Refusal:
    found = posterior(scores(of, prior))
    return found if isinstance(found, Refusal) else _summary(found, heaps(found))


def _changed(prior: Prior, k: int) -> tuple[tuple[Other, Prior], ...]:
    """Other priors to set beside the one asked for; none that is the same."""
    flat = replace(prior, on_total="flat" if prior.on_total == "reciprocal" else "reciprocal")
    every: tuple[tuple[Other, Prior], ...] = (
        ("other_prior_on_total", flat),
        ("complete_graph_let_in", replace(prior, complete=True)),
        ("twice_the_prior_cells", replace(prior, cell=2 * prior.cell_of(k))),
        ("half_a_person_in_each_cell", replace(prior, cell=0.5)),
    )
    return tuple((what, other) for what, other in every if other != prior)


def _line(found: Posterior) -> tuple[Floats, Floats]:
    """Places where a single number is at least a ten-thousandth as likely as the likeliest."""
    used = (found.grid.weight > 0) & (found.density >= 1e-4 * found.density.max())
    return found.scores.n + found.grid.at[used], found.density[used]


def _edges(k: int, found: Posterior) -> tuple[tuple[tuple[int, int], float], ...]:
    edges = decomposable(k).edges[: found.graphs.size]
    return tuple((pair, float(found.graphs[edges >> i & 1 == 1].sum())) for i, pair in enumerate(pairs(k)))


def _graphs(k: int, found: Posterior) -> tuple[Graph, ...]:
    order = np.argsort(-found.graphs, kind="stable")
    needed = int(np.searchsorted(np.cumsum(found.graphs[order]), HELD)) + 1
    return tuple(_graph(k, found.scores, int(g), float(found.graphs[g])) for g in order[: min(needed, SHOWN)])


def _graph(k: int, of: Scores, graph: int, probability: float) -> Graph:
    every = decomposable(k)
    alone = posterior(of.only(graph))
    ends = (
        (None, None, None)
        if isinstance(alone, Refusal)
        else tuple(of.n + alone.quantile(share) for share in ((1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2))
    )
    return Graph(joined(k, int(every.edges[graph])), cliques(every.terms[graph]), probability, *ends)


def _warnings(
    said: Summary,
    top: tuple[Heap, ...],
    spread: tuple[int, int] | None,
    beside: tuple[tuple[Other, Summary | Refusal], ...],
) -> tuple[Warned, ...]:
    large = [heap.total for heap in top if heap.probability >= HEAP]
    far = {what for what, other in beside if _far(said, other)}
    warned: tuple[tuple[Warned, bool], ...] = (
        ("several_modes", len(large) > 1 and max(large) > APART * min(large)),
        ("graphs_differ", spread is not None and spread[1] > APART * spread[0]),
        ("prior_on_total_matters", "other_prior_on_total" in far),
        ("prior_on_cells_matters", "twice_the_prior_cells" in far),
        ("complete_graph_matters", "complete_graph_let_in" in far),
        ("half_a_person_in_each_cell_matters", "half_a_person_in_each_cell" in far),
        ("no_mean", said.mean is None),
        ("mass_at_limit", said.beyond > EDGE),
    )
    return tuple(code for code, holds in warned if holds)


def _far(said: Summary, other: Summary | Refusal) -> bool:
    """Whether any of the three quantiles is too far from its counterpart, or has none."""
    if isinstance(other, Refusal):
        return True
    both = zip((said.low, said.median, said.high), (other.low, other.median, other.high), strict=True)
    return any(max(a, b) > APART * min(a, b) for a, b in both)
