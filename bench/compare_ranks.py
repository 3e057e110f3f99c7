"""Rank sets of 152 units beside a plain NumPy loop over draws that forms the matrix of pairs anew: `python
bench/compare_ranks.py`. Both take the same draws and must find the same sets.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from math import ceil

import numpy as np
import numpy.typing as npt

from casetrail.stats.ranks import Noise, RankSets, marginal_sets, noise, simultaneous_sets

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Loop = Callable[[Floats, Noise], tuple[Ints, Ints]]
UNITS, BAR = 152, 10


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


def beside(name: str, ours: Callable[[Floats, Noise], RankSets], loop: Loop, draws: int) -> float:
    """How many times as long the loop takes. Raises: SystemExit where the two find different sets."""
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
    ratio = theirs / min(seconds)
    print(f"{name}, {UNITS} units, {draws:,} draws: {min(seconds):.3f} s, loop {theirs:.2f} s, {ratio:.1f} times")
    return ratio


def main() -> None:
    """Both kinds of sets; ends with an error below the bar."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=5_000)
    draws = parser.parse_args().draws
    found = [
        beside("marginal sets", marginal_sets, loop_marginal, draws),
        beside("simultaneous sets", simultaneous_sets, loop_simultaneous, draws),
    ]
    print(f"bar: at least {BAR} times: {'passes' if min(found) >= BAR else 'fails'}")
    raise SystemExit(min(found) < BAR)


if __name__ == "__main__":
    main()
