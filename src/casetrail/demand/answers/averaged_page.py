"""Averaging over decomposable graphs: what they say together, each alone, and under another prior."""

from __future__ import annotations

from casetrail.demand.answers import charts
from casetrail.demand.answers.given import Given, Said, answer, percent, whole
from casetrail.demand.decomposable.modes import Heap
from casetrail.demand.decomposable.result import Averaged, Summary
from casetrail.demand.loglinear.models import hierarchical, name
from casetrail.figures import Answer, Cell, Chart, Column, Refusal, Table
from casetrail.stats.known_truth import scored

METHOD = (
    "Bayesian averaging over all decomposable graphs on the lists (Madigan and York 1997), all but the one in which "
    "every list depends on every other; prior of the total 1/N, one person in all spread over the cells. The numbers "
    "looked at grow until less than a millionth of the probability can lie beyond."
)
_OTHER = {
    "other_prior_on_total": "another prior of the total",
    "complete_graph_let_in": "the graph that joins all lists let in",
    "twice_the_prior_cells": "twice the prior persons in each cell",
    "half_a_person_in_each_cell": "half a person in each cell beforehand",
}
_WARN = {
    "several_modes": "The probability lies in several heaps: one number would hide that.",
    "graphs_differ": "Graphs that are nearly as likely say very different numbers.",
    "prior_on_total_matters": "Another prior of the total moves the answer.",
    "prior_on_cells_matters": "Another prior of the cells moves the answer.",
    "complete_graph_matters": "Letting in the graph that joins all lists moves the answer.",
    "half_a_person_in_each_cell_matters": "Half a person in each cell beforehand moves the answer.",
    "no_mean": "The probability falls so slowly that a mean would depend on where one stops: none is given.",
    "mass_at_limit": "Probability stands at the number that was said not to be exceeded.",
}
_BLIND = (
    "This method does not notice persons who differ in how easily they are found: on four such made-up lists its 95 % "
    "interval held the truth in 13 % of runs, without a warning (docs/demand.md)."
)


def averaged_answer(of: Given, found: Averaged | Refusal) -> Answer:
    """The posterior under the usual prior and others, and the likeliest graphs."""
    title = "Averaged over graphs of which lists depend on each other"
    if isinstance(found, Refusal):
        sentence = f"Averaging over graphs gives no answer: {found.message}"
        return answer(of, Said(id="demand.graphs", title=title, sentence=sentence, body=found, method=METHOD))
    rows: list[tuple[Cell, ...]] = [_row("all graphs together", found.said, None)]
    rows += [_row(f"heap near {whole(h.total)}", None, (h.total, None, None, h.probability)) for h in _heaps(found)]
    for graph in found.graphs[:8]:
        label = name(hierarchical([*graph.cliques, *(1 << j for j in range(found.k))]))
        rows.append((f"graph {label}", graph.median, graph.low, graph.high, graph.probability))
    for what, other in found.others:
        label = _OTHER[what]
        rows.append((f"{label}: refused", None, None, None, None) if isinstance(other, Refusal) else _row(label, other))
    columns = (
        Column("what", "What"),
        Column("total", "In all: middle", "number", 0),
        Column("low", "2.5 %", "number", 0),
        Column("high", "97.5 %", "number", 0),
        Column("probability", "Probability", "share", 3),
    )
    said = Said(
        id="demand.graphs",
        title=title,
        sentence=_sentence(of, found),
        body=Table(columns, tuple(rows)),
        method=METHOD,
        chart=Chart(
            charts.intervals("what", "In all", log=True),
            "A point with a line for all graphs together, for each heap and graph, and for other priors.",
        ),
        caveats=(*(_WARN[w] for w in found.warnings), _BLIND, scored("decomposable.average", "demand")),
    )
    return answer(of, said)


def _heaps(found: Averaged) -> tuple[Heap, ...]:
    return tuple(h for h in found.heaps if h.probability >= 0.1) if len(found.heaps) > 1 else ()


def _row(what: str, said: Summary | None, numbers: tuple[Cell, ...] | None = None) -> tuple[Cell, ...]:
    if said is None:
        return (what, *(numbers or ()))
    return (what, said.median, said.low, said.high, None)


def _sentence(of: Given, found: Averaged) -> str:
    said = found.said
    first = (
        f"{found.graphs_in_all:,} graphs together: {whole(said.low)} to {whole(said.high)} {of.noun} in all with 95 % "
        f"probability, the middle at {whole(said.median)}"
    )
    if "several_modes" not in found.warnings:
        return f"{first}."
    where = ", ".join(f"near {whole(h.total)} ({percent(h.probability)})" for h in found.heaps if h.probability >= 0.1)
    return f"{first}; but in heaps {where}, so the middle is no answer."
