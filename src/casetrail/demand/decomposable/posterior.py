"""The posterior of the number hidden and of the graph, on a grid that grows until no probability stands at its edge."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from casetrail.demand.decomposable.grid import Blocks, Floats, Ints, blocks, starts_to
from casetrail.demand.decomposable.scores import Scores
from casetrail.demand.refusals import refuse
from casetrail.figures import Refusal

# Probability that may lie beyond the end of the grid.
EDGE = 1e-6
# The grid ends here at first, in multiples of the persons seen, and doubles as often as it must.
FIRST_END = 16
# How far apart, in parts of the number hidden, the slope of a tail is taken.
APART = 1e-3
# A block with at most so many numbers times graphs is looked at number by number.
AT_ONCE = 200_000


@dataclass(frozen=True, slots=True)
class Posterior:
    """Probabilities of the number hidden, over all graphs.

    `grid`: the blocks of whole numbers it was summed on; `mass`, shape (blocks,): probability of each block;
    `density`, shape (blocks, 12): probability of one single number at each place of `grid.at`; `graphs`, shape
    (graphs,): probability of each graph; `beyond`: probability, in parts of what is on the grid, that would be added
    beyond its end, at most (at the limit of the prior: if it were twice as far); `mean_beyond`: what that would add to
    the mean, in persons; `log_whole`: log of what all of it was divided by.
    """

    scores: Scores
    grid: Blocks
    mass: Floats
    density: Floats
    graphs: Floats
    beyond: float
    mean_beyond: float
    log_whole: float

    @property
    def end(self) -> int:
        """The largest number hidden that was looked at."""
        return int(self.grid.starts[-1]) - 1

    def at_most(self, hidden: int) -> float:
        """Probability that so many or fewer are hidden."""
        starts = self.grid.starts
        if hidden < int(starts[0]):
            return 0.0
        if hidden >= self.end:
            return 1.0
        block = int(np.searchsorted(starts, hidden, side="right")) - 1
        return float(self.mass[:block].sum()) + self.between(int(starts[block]), hidden + 1)

    def between(self, first: int, stop: int) -> float:
        """Probability of `first` and more hidden, but fewer than `stop`, which lie in one block."""
        if stop <= first:
            return 0.0
        part = blocks(np.array([first, stop], dtype=np.int64))
        return float((self.each(part.at[0]) * part.weight[0]).sum())

    def each(self, hidden: Floats) -> Floats:
        """Probability of each of these numbers hidden."""
        return np.asarray(np.exp(self.scores.pooled(hidden) - self.log_whole), dtype=np.float64)

    def quantile(self, share: float) -> int:
        """The smallest number hidden that has at least this probability at and below it."""
        sums = np.cumsum(self.mass)
        block = min(int(np.searchsorted(sums, share)), self.mass.size - 1)
        before = float(sums[block - 1]) if block else 0.0
        start, stop = (int(v) for v in self.grid.starts[block : block + 2])
        while (stop - start) * self.graphs.size > AT_ONCE and stop - start > 1:
            middle = (start + stop) // 2
            half = self.between(start, middle)
            if before + half >= share:
                stop = middle
            else:
                start, before = middle, before + half
        below = before + np.cumsum(self.each(np.arange(start, stop, dtype=np.float64)))
        return start + min(int(np.searchsorted(below, share)), stop - start - 1)

    def mean(self) -> float:
        """Mean of the number hidden, on the grid; see `mean_beyond` for what is not."""
        return float((self.grid.at * self.grid.weight * self.density).sum())


def posterior(of: Scores) -> Posterior | Refusal:
    """All numbers hidden from 0 on, the grid doubled until at most a millionth would be added beyond its end.

    What lies beyond is bounded graph by graph from the slope of its tail at the end, or its final power where that is
    flatter. Refused as `mass_at_edge` where the limit of the prior comes first, is not firm, and the next doubling
    would still add more than a millionth.
    """
    last = of.prior.limit - of.n
    grown = _grown(of, 0, min(FIRST_END * of.n, last))
    while True:
        end = int(grown.starts[-1]) - 1
        beyond = float(_tails(of, grown, 2.0 if end == last else last / end).sum())
        if beyond <= EDGE or (end == last and of.prior.firm):
            return _finished(of, grown, beyond)
        if end == last:
            return refuse("mass_at_edge", f"{of.prior.limit:,} in all")
        grown = grown.with_(_grown(of, end + 1, min(2 * end, last)))


def on_grid(of: Scores, hidden: Ints) -> tuple[Floats, Floats]:
    """Probabilities of these numbers hidden, and of the graphs, as if no other number were possible.

    For comparison with programs that cut the grid where they are told to.
    """
    pooled, graphs = _both(of, hidden.astype(np.float64), np.zeros(hidden.size))
    whole = logsumexp(pooled)
    return np.exp(pooled - whole), np.exp(graphs - whole)


@dataclass(frozen=True, slots=True)
class _Grown:
    """Log probabilities so far: pooled at each place, and of each graph in all."""

    starts: Ints
    at: Floats
    weight: Floats
    pooled: Floats
    graphs: Floats

    def with_(self, more: _Grown) -> _Grown:
        return _Grown(
            np.concatenate([self.starts, more.starts[1:]]),
            np.concatenate([self.at, more.at]),
            np.concatenate([self.weight, more.weight]),
            np.concatenate([self.pooled, more.pooled]),
            np.logaddexp(self.graphs, more.graphs),
        )


def _grown(of: Scores, first: int, last: int) -> _Grown:
    new = blocks(starts_to(first, last, of.n))
    with np.errstate(divide="ignore"):
        weight = np.log(new.weight).ravel()
    pooled, graphs = _both(of, new.at.ravel(), weight)
    return _Grown(new.starts, new.at, new.weight, pooled.reshape(new.at.shape), graphs)


def _both(of: Scores, hidden: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Log probabilities pooled over graphs, and of each graph summed over numbers hidden with these log weights."""
    pooled, graphs = np.full(hidden.size, -np.inf), []
    for part in of.of(hidden):
        top, peak = part.max(axis=0), part.max(axis=1)
        pooled = np.logaddexp(pooled, top + np.log(np.exp(part - top).sum(axis=0)))
        graphs.append(peak + np.log(np.exp(part - peak[:, None] + weight).sum(axis=1)))
    return pooled, np.concatenate(graphs)


def _tails(of: Scores, grown: _Grown, stretch: float) -> Floats:
    """Probability of each graph from the end of the grid to `stretch` times it, in parts of what is on it, at most."""
    end = float(grown.starts[-1] - 1)
    heights = np.concatenate(list(of.of(np.array([end * (1 - APART), end]))))
    slope = (heights[:, 1] - heights[:, 0]) / -np.log1p(-APART)
    room = _log_integral(np.maximum(slope, of.exponents()) + 1, np.log(stretch))
    with np.errstate(over="ignore"):
        return np.asarray(np.exp(heights[:, 1] + np.log(end) + room - logsumexp(grown.graphs)), dtype=np.float64)


def _mean_beyond(of: Scores, grown: _Grown, stretch: float) -> float:
    """Persons that what lies beyond would add to the mean, where each tail has come to its final power."""
    power = of.exponents() + 1
    times = np.exp(_log_integral(power + 1, np.log(stretch)) - _log_integral(power, np.log(stretch)))
    return float((_tails(of, grown, stretch) * times).sum() * (grown.starts[-1] - 1))


def _log_integral(power: Floats, room: float) -> Floats:
    """Log of the integral of x to (power - 1) for x from 1 to e to the `room`."""
    exact = np.where(np.abs(power) < 1e-9, 1e-9, power)
    # For a large power the 1 that is taken away no longer counts.
    small = np.log(np.expm1(np.minimum(exact * room, 30)) / exact)
    return np.asarray(np.where(exact * room > 30, exact * room - np.log(np.abs(exact)), small), dtype=np.float64)


def _finished(of: Scores, grown: _Grown, beyond: float) -> Posterior:
    whole = float(logsumexp(grown.graphs))
    density = np.exp(grown.pooled - whole)
    end, last = int(grown.starts[-1]) - 1, of.prior.limit - of.n
    return Posterior(
        scores=of,
        grid=Blocks(grown.starts, grown.at, grown.weight),
        mass=(density * grown.weight).sum(axis=1),
        density=density,
        graphs=np.exp(grown.graphs - whole),
        beyond=beyond,
        mean_beyond=_mean_beyond(of, grown, last / end) if end < last else 0.0,
        log_whole=whole,
    )
