"""What averaging over decomposable graphs hands out: persons in all, the graphs, the heaps, and other priors beside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from casetrail.demand.decomposable.grid import Floats
from casetrail.demand.decomposable.modes import Heap
from casetrail.demand.decomposable.scores import Prior
from casetrail.figures import Refusal

Warned = Literal[
    "several_modes",
    "graphs_differ",
    "prior_on_total_matters",
    "prior_on_cells_matters",
    "complete_graph_matters",
    "half_a_person_in_each_cell_matters",
    "no_mean",
    "mass_at_limit",
]
Other = Literal["other_prior_on_total", "complete_graph_let_in", "twice_the_prior_cells", "half_a_person_in_each_cell"]


@dataclass(frozen=True, slots=True)
class Summary:
    """Persons in all: quantiles at 2.5, 50 and 97.5 %, the single likeliest number, the mean.

    `mean` is None where more than a hundredth of it would come from beyond the grid: it then depends on where one
    stops. `largest`: the largest number looked at; `beyond`: the probability beyond it, at most
    (where it is the prior's limit: what would be added if the limit were twice as far).
    """

    prior: Prior
    low: int
    median: int
    high: int
    mode: int
    mean: float | None
    largest: int
    beyond: float


@dataclass(frozen=True, slots=True)
class Graph:
    """One graph: the pairs joined, its cliques (bitmasks; as generators, the log-linear model), its probability.

    `low`, `median`, `high`: persons in all if this graph were known to be right; None where it then has no answer.
    """

    joined: tuple[tuple[int, int], ...]
    cliques: tuple[int, ...]
    probability: float
    low: int | None
    median: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class Averaged:
    """What all graphs say together. Numbers are of persons in all, those on the lists (`n`) included.

    `totals` and `density`: the posterior as a line, the probability of each single number there. `edges`: probability
    that two lists (places) depend on each other given the others. `graphs`: the likeliest, most likely first, with
    `graphs_held` of the probability together; `spread`: lowest and highest median among those of them with a hundredth
    or more. `others`: the same lists under another prior, by what is changed; empty where it was not asked for.
    """

    n: int
    k: int
    graphs_in_all: int
    said: Summary
    heaps: tuple[Heap, ...]
    totals: Floats
    density: Floats
    edges: tuple[tuple[tuple[int, int], float], ...]
    graphs: tuple[Graph, ...]
    graphs_held: float
    spread: tuple[int, int] | None
    others: tuple[tuple[Other, Summary | Refusal], ...]
    warnings: tuple[Warned, ...]

    @property
    def hidden(self) -> tuple[int, int, int]:
        """Persons on no list: 2.5, 50 and 97.5 %."""
        return self.said.low - self.n, self.said.median - self.n, self.said.high - self.n
