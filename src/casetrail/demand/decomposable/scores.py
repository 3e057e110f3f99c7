"""How well each graph agrees with the lists for each number hidden: the hyper-Dirichlet marginal likelihood.

D. Madigan and J. C. York, "Bayesian methods for estimation of the size of a closed population", Biometrika 84 (1997)
19-31; the law: A. P. Dawid and S. L. Lauritzen, Annals of Statistics 21 (1993) 1272-1317. Of each clique's table only
the cell of those on none of its lists depends on the number hidden, so that one row for each set of lists serves all
graphs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from casetrail.demand.decomposable.graphs import decomposable
from casetrail.demand.lists import Lists

Floats = npt.NDArray[np.float64]
OnTotal = Literal["reciprocal", "flat"]

# More persons than live; no list of a public service is a sample of more.
LIMIT = 10_000_000_000
# Numbers of a table of graphs by places held at once: 32 MB.
HELD = 4_000_000


@dataclass(frozen=True, slots=True)
class Prior:
    """What is held likely before the lists are seen.

    `on_total`: the chance of N persons in all is alike for all N up to `limit` (flat), or falls as 1/N (reciprocal).
    `cell`: persons that the prior adds to each cell of the complete table, None for 1 / 2**k, one person in all.
    `complete`: whether the graph in which every list depends on every other is let in. All graphs are alike likely.
    `firm`: whether the limit is known, such as the inhabitants of a town; probability may then stand at it.
    """

    on_total: OnTotal = "reciprocal"
    cell: float | None = None
    complete: bool = False
    limit: int = LIMIT
    firm: bool = False

    def cell_of(self, k: int) -> float:
        """Persons that the prior adds to each cell of k lists."""
        return 2.0**-k if self.cell is None else self.cell


@dataclass(frozen=True, slots=True)
class Scores:
    """The parts of the log probability of (graph, hidden) that do not depend on the number hidden.

    `none`, shape (2**k,): persons seen on none of the lists of each set; `added`: what the prior adds to that cell;
    `fixed`: what the other cells of that set contribute; `terms`, shape (graphs, 2**k), see `graphs.Graphs`.
    """

    n: int
    prior: Prior
    whole: float
    none: Floats
    added: Floats
    fixed: Floats
    terms: Floats

    def of(self, hidden: Floats) -> Iterator[Floats]:
        """Log probabilities, up to one constant, of graphs (rows) by numbers hidden, for some graphs at a time."""
        table, base = self._table(hidden), self._base(hidden)
        step = max(1, HELD // max(hidden.size, 1))
        for i in range(0, self.terms.shape[0], step):
            yield self.terms[i : i + step] @ table + base

    def pooled(self, hidden: Floats) -> Floats:
        """The same with all graphs added up: one number for each number hidden."""
        total = np.full(hidden.size, -np.inf)
        for part in self.of(hidden):
            top = part.max(axis=0)
            total = np.logaddexp(total, top + np.log(np.exp(part - top).sum(axis=0)))
        return total

    def exponents(self) -> Floats:
        """Power of the number hidden with which each graph's probability falls in the end, shape (graphs,)."""
        falls = self.terms @ (self.n - self.none + self.whole - self.added)
        return np.asarray(self.n - falls - (self.prior.on_total == "reciprocal"), dtype=np.float64)

    def only(self, graph: int) -> Scores:
        """One graph alone."""
        terms = self.terms[graph : graph + 1]
        return Scores(self.n, self.prior, self.whole, self.none, self.added, self.fixed, terms)

    def _table(self, hidden: Floats) -> Floats:
        whole = log_rising(hidden + 1, np.float64(self.n + self.whole - 1))
        each = log_rising(hidden + 1, (self.none + self.added - 1)[:, None])
        return np.asarray(each - whole + self.fixed[:, None], dtype=np.float64)

    def _base(self, hidden: Floats) -> Floats:
        ways = log_rising(hidden + 1, np.float64(self.n))
        return ways - np.log(hidden + self.n) if self.prior.on_total == "reciprocal" else ways


def log_rising(z: Floats, by: Floats | np.float64) -> Floats:
    """Log of gamma(z + by) / gamma(z) for z >= 1 and z + by > 0, exact to about 1e-15 of `by` log z for any z.

    Two log gammas of large numbers would leave nothing of their difference. By Stirling's series: M. Abramowitz and
    I. A. Stegun, Handbook of Mathematical Functions, 1964, 6.1.40-41.
    """
    near = np.minimum(z, 32.0)
    far = np.maximum(z, 32.0)
    direct = gammaln(near + by) - gammaln(near)
    series = (far + by - 0.5) * np.log1p(by / far) + by * (np.log(far) - 1) + _rest(far + by) - _rest(far)
    return np.asarray(np.where(z < 32.0, direct, series), dtype=np.float64)


def _rest(z: Floats) -> Floats:
    return np.asarray(
        (1 / 12 - (1 / 360 - (1 / 1260 - 1 / (1680 * z**2)) / z**2) / z**2) / z,
        dtype=np.float64,
    )


def scores(of: Lists, prior: Prior) -> Scores:
    """Prepared for these lists. Raises: ValueError for a prior that adds nothing to a cell, or a limit below n."""
    cell = prior.cell_of(of.k)
    if not cell > 0 or prior.limit <= of.n:
        raise ValueError("a prior adds something to each cell, and its limit lies above the number seen")
    places, whole = np.arange(1 << of.k), cell * 2**of.k
    none, added, fixed = np.zeros(places.size), np.zeros(places.size), np.zeros(places.size)
    for lists in range(places.size):
        seen = np.bincount(places & lists, weights=of.counts, minlength=places.size)[(places & ~lists) == 0]
        share = whole / seen.size
        none[lists], added[lists] = seen[0], share
        fixed[lists] = gammaln(whole) - gammaln(share) + np.sum(gammaln(seen[1:] + share) - gammaln(share))
    terms = decomposable(of.k).terms.astype(np.float64)
    return Scores(of.n, prior, whole, none, added, fixed, terms if prior.complete else terms[:-1])
