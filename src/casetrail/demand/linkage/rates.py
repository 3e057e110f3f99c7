"""How often linking errs, for each pair of lists: shares with intervals, from a check by hand or as stated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize, stats

Floats = npt.NDArray[np.float64]
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its 95 % interval, held as a Beta distribution of shape `a`, `b`; both None: exactly `share`."""

    share: float
    a: float | None = None
    b: float | None = None

    @property
    def low(self) -> float:
        return self.share if self.a is None else float(stats.beta.ppf((1 - LEVEL) / 2, self.a, self.b))

    @property
    def high(self) -> float:
        return self.share if self.a is None else float(stats.beta.ppf((1 + LEVEL) / 2, self.a, self.b))

    def draw(self, rng: np.random.Generator, draws: int) -> Floats:
        """Draws of the share, shape (draws,)."""
        if self.a is None or self.b is None:
            return np.full(draws, self.share)
        return rng.beta(self.a, self.b, draws)


NEVER = Rate(0.0)


def exactly(share: float) -> Rate:
    """A share that is stated without an interval. Raises ValueError outside 0 to less than 1."""
    if not 0 <= share < 1:
        raise ValueError("a share of errors is from 0 to less than 1")
    return Rate(share)


def checked(wrong: int, looked_at: int) -> Rate:
    """The share of errors when `wrong` of `looked_at` links, or true pairs, drawn at random were wrong.

    Jeffreys' prior: Beta(wrong + 1/2, right + 1/2) (Brown, Cai & DasGupta 2001, Statistical Science 16:101-133);
    `share` is its mean. Raises ValueError for impossible counts.
    """
    if not 0 <= wrong <= looked_at or looked_at == 0:
        raise ValueError("of some links looked at, between none and all are wrong")
    a, b = wrong + 0.5, looked_at - wrong + 0.5
    return Rate(a / (a + b), a, b)


def stated(share: float, low: float, high: float) -> Rate:
    """A share with a 95 % interval as printed somewhere: the Beta distribution of that mean and width of interval.

    The ends may come out moved together, for a Beta distribution has two parameters and not three. Raises ValueError
    unless 0 < share < 1 and low < share < high, all within 0 to 1; and for an interval wider than any such share has.
    """
    if low == share == high:
        return exactly(share)
    if not 0 <= low < share < high <= 1:
        raise ValueError("a share lies inside its interval, and all of it between 0 and 1")

    def wider(log_size: float) -> float:
        a, b = share * np.exp(log_size), (1 - share) * np.exp(log_size)
        ends = stats.beta.ppf([(1 - LEVEL) / 2, (1 + LEVEL) / 2], a, b)
        return float(ends[1] - ends[0] - (high - low))

    # From a sample of one to one of ten thousand million: the width falls with it.
    if wider(0.0) <= 0:
        raise ValueError("no check of links can leave so wide an interval around this share")
    size = float(np.exp(optimize.brentq(wider, 0.0, 23.0)))
    return Rate(share, share * size, (1 - share) * size)


@dataclass(frozen=True, slots=True)
class Rates:
    """For pairs of lists (places i < j): share of true pairs that were not linked, and of links that are false.

    `missed`: of all pairs of records of one person, one in list i and one in list j, the share that linking by itself
    did not find. `false`: of all persons found on both lists, the share whose two records are of different persons.
    A pair that is not named has no errors.
    """

    missed: Mapping[tuple[int, int], Rate]
    false: Mapping[tuple[int, int], Rate]

    def drawn(self, k: int, rng: np.random.Generator, draws: int) -> tuple[Floats, Floats]:
        """Draws of missed and false shares, each of shape (draws, k, k), symmetric."""
        return self._filled(self.missed, k, rng, draws), self._filled(self.false, k, rng, draws)

    def shares(self, k: int) -> tuple[Floats, Floats]:
        """Missed and false shares, each of shape (k, k), symmetric, 0 on the diagonal."""
        found = []
        for rates in (self.missed, self.false):
            table = np.zeros((k, k))
            for (i, j), rate in rates.items():
                table[i, j] = table[j, i] = rate.share
            found.append(table)
        return found[0], found[1]

    @staticmethod
    def _filled(rates: Mapping[tuple[int, int], Rate], k: int, rng: np.random.Generator, draws: int) -> Floats:
        table = np.zeros((draws, k, k))
        for (i, j), rate in sorted(rates.items()):
            table[:, i, j] = table[:, j, i] = rate.draw(rng, draws)
        return table


def alike(k: int, *, missed: Rate = NEVER, false: Rate = NEVER) -> Rates:
    """The same rates for every pair of k lists; what is drawn is drawn for each pair apart."""
    pairs = [(i, j) for i in range(k) for j in range(i + 1, k)]
    return Rates(dict.fromkeys(pairs, missed), dict.fromkeys(pairs, false))
