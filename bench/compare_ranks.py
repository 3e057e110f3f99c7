"""Rank sets of 152 units beside a plain NumPy loop over draws that forms the matrix of pairs anew.

`python bench/run.py --only comparison`. Both take the same draws and must find the same sets.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from math import ceil

import numpy as np
import numpy.typing as npt

from casetrail.stats.ranks import Noise, RankSets, marginal_sets, noise, simultaneous_sets
from lines import Line, beside

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Loop = Callable[[Floats, Noise], tuple[Ints, Ints]]
UNITS = 152


def loop_marginal(y: Floats, of: Noise, level: float = 0.95) -> tuple[Ints, Ints]:
    """All units' marginal sets, stepped down, one matrix of pairs for each draw and step."""
    n, draws = of.x.shape
    gap = (y - y[:, None]) * of.weight
    above = ~np.eye(n, dtype=np.bool_)
    below, largest = above.copy(), np.empty((draws, n))
    while True:
        for r in range(draws):
            z = (of.x[:, r] - of.x[:, r][:, None]) * of.weight
            largest[r] = np.maximum((z * above).max(axis=1), (-z * below).max(axis=1))
        critical = np.sort(largest, axis=0)[ceil(level * (draws + 1)) - 1][:, None]
        up, down = above & (gap > critical), below & (-gap > critical)
        above, below = above & ~up, below & ~down
        if not (up | down).any():
            return n - 1 - above.sum(axis=1), n - 1 - below.sum(axis=1)


def loop_simultaneous(y: Floats, of: Noise, level: float = 0.95) -> tuple[Ints, Ints]:
    """All units' simultaneous sets, stepped down, one matrix of pairs for each draw and step."""
    n, draws = of.x.shape
    gap = (y - y[:, None]) * of.weight
    above = ~np.eye(n, dtype=np.bool_)
    while True:
        largest = [(((of.x[:, r] - of.x[:, r][:, None]) * of.weight) * above).max() for r in range(draws)]
        up = above & (gap > np.sort(largest)[ceil(level * (draws + 1)) - 1])
        above = above & ~up
        if not up.any():
            return n - 1 - above.sum(axis=1), n - 1 - above.sum(axis=0)


def sets_beside(name: str, ours: Callable[[Floats, Noise], RankSets], loop: Loop, draws: int) -> Line:
    """How long the loop takes. Raises: SystemExit where the two find different sets."""
    rng = np.random.default_rng(4)
    y, s = rng.normal(0.0, 1.0, UNITS), rng.uniform(0.3, 1.5, UNITS)
    of = noise(s, rng=rng, draws=draws)
    ours(y, of)
    seconds = []
    for _ in range(3):
        begun = time.perf_counter()
        sets = ours(y, of)
        seconds.append(time.perf_counter() - begun)
    begun = time.perf_counter()
    above, below = loop(y, of)
    theirs = time.perf_counter() - begun
    if list(sets.above) != list(above) or list(sets.below) != list(below):
        raise SystemExit(f"{name}: the loop finds other sets")
    return beside(f"{name} of {UNITS} units, {draws:,} draws", min(seconds), theirs)


def lines(draws: int = 5_000) -> Iterator[Line]:
    """Both kinds of sets."""
    yield sets_beside("marginal sets", marginal_sets, loop_marginal, draws)
    yield sets_beside("simultaneous sets", simultaneous_sets, loop_simultaneous, draws)
