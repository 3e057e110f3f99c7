"""What is not known of the errors of linking, carried into every estimate: sets of counts at drawn rates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from casetrail.demand.linkage.correct import at_shares
from casetrail.demand.linkage.rates import Rates
from casetrail.demand.lists import Lists

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Replicates:
    """Corrected counts at drawn rates of error: `expected` and `whole`, both (draws, 2**k).

    `whole` are whole numbers: each expected number rounded up with the chance of its fraction, else down, so that it is
    right on average. `resampled`: the counts were drawn anew as well, so that the spread of any estimate over the
    replicates is all of its uncertainty; else it is that of the rates alone, to be put together with another.
    `limited`: draws in which the exact solution had numbers below 0.
    """

    names: tuple[str, ...]
    expected: Floats
    whole: Ints
    resampled: bool
    limited: int

    def lists(self, draw: int) -> Lists:
        """One replicate as lists."""
        return Lists(self.names, self.whole[draw])


def replicates(
    lists: Lists, rates: Rates, rng: np.random.Generator, *, draws: int = 200, resample: bool = True
) -> Replicates:
    """Draw rates from their distributions and correct the counts at each, after drawing these anew too if wanted.

    Counts are drawn anew as the nonparametric bootstrap does: as many persons as were found, by the patterns found.
    """
    missed, false = rates.drawn(lists.k, rng, draws)
    shares = lists.counts / lists.n if lists.n else np.zeros(lists.counts.size)
    expected, limited = np.zeros((draws, lists.counts.size)), 0
    for draw in range(draws):
        counts = rng.multinomial(lists.n, shares) if resample and lists.n else lists.counts
        found = at_shares(lists.names, counts.astype(np.float64), missed[draw], false[draw])
        expected[draw], limited = found.counts, limited + found.limited
    down = np.floor(expected)
    whole = (down + (rng.random(expected.shape) < expected - down)).astype(np.int64)
    return Replicates(lists.names, expected, whole, resample, limited)
