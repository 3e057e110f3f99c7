"""Where the probability is heaped: the tops of the posterior, and how much lies under each."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from casetrail.demand.decomposable.grid import Floats
from casetrail.demand.decomposable.posterior import Posterior

# A heap with less than this is counted to the one beside it; so is one that is parted from it by hardly a dip, the
# lowest place between them being as high as this part of the lower top.
LEAST, DIP = 0.01, 0.95
# Numbers tried at once when a top is looked for.
TRIED = 33


@dataclass(frozen=True, slots=True)
class Heap:
    """A top of the posterior, in persons in all, and the probability between the two lowest places beside it."""

    total: int
    low: int
    high: int
    probability: float


def heaps(of: Posterior) -> tuple[Heap, ...]:
    """All tops that stand apart and have a hundredth of the probability or more, from few persons to many."""
    used = of.grid.weight > 0
    at, height = of.grid.at[used], of.density[used]
    tops, lows = _tops(height)
    cuts = [int(at[low]) for low in lows]
    # All before the first cut, between cuts, and after the last.
    until = [of.at_most(cut) for cut in cuts] + [1.0]
    shares = np.diff(until, prepend=0.0).tolist()
    tops, cuts, shares = _merged(tops, list(zip(cuts, height[lows].tolist(), strict=True)), shares, height)
    n, ends = of.scores.n, [-1, *cuts, of.end]
    return tuple(
        Heap(n + _summit(of, at, top, (ends[i] + 1, ends[i + 1])), n + ends[i] + 1, n + ends[i + 1], share)
        for i, (top, share) in enumerate(zip(tops, shares, strict=True))
    )


def _tops(height: Floats) -> tuple[list[int], list[int]]:
    """Places that are higher than both neighbours, and the lowest place between each two of them."""
    padded = np.concatenate([[0.0], height, [0.0]])
    tops = np.flatnonzero((padded[1:-1] > padded[:-2]) & (padded[1:-1] >= padded[2:])).tolist()
    lows = [a + int(np.argmin(height[a:b])) for a, b in pairwise(tops)]
    return tops, lows


def _merged(
    tops: list[int], cuts: list[tuple[int, float]], shares: list[float], height: Floats
) -> tuple[list[int], list[int], list[float]]:
    """Heaps parted by hardly a dip become one, then the smallest joins its neighbour, until none is too small."""
    while len(tops) > 1:
        dips = [low / min(height[a], height[b]) for (_, low), (a, b) in zip(cuts, pairwise(tops), strict=True)]
        least = int(np.argmin(shares))
        if max(dips) >= DIP:
            at = int(np.argmax(dips))
        elif shares[least] < LEAST:
            at = least - (least > 0 and (least == len(tops) - 1 or cuts[least - 1][1] >= cuts[least][1]))
        else:
            break
        keep = max(tops[at : at + 2], key=lambda top: float(height[top]))
        tops = [*tops[:at], keep, *tops[at + 2 :]]
        shares = [*shares[:at], shares[at] + shares[at + 1], *shares[at + 2 :]]
        cuts = [*cuts[:at], *cuts[at + 1 :]]
    return tops, [cut for cut, _ in cuts], shares


def _summit(of: Posterior, at: Floats, top: int, within: tuple[int, int]) -> int:
    """The likeliest whole number hidden between the neighbours of a top, in its own heap."""
    low = max(int(at[max(top - 1, 0)]), within[0])
    high = min(int(np.ceil(at[min(top + 1, at.size - 1)])), within[1])
    while True:
        tried = np.unique(np.linspace(low, high, TRIED).round())
        best = int(np.argmax(of.each(tried)))
        if high - low < TRIED:
            return int(tried[best])
        low, high = int(tried[max(best - 1, 0)]), int(tried[min(best + 1, tried.size - 1)])
