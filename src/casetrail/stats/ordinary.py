"""Which units differ by more than chance and ordinary differences? A variance between units that a few cannot move.

Units are put on a scale of even variance. Their level and the variance between them are those under which
standardised differences, winsorised, are as wide as winsorised standard normal ones are: the moment equation of
R. C. Paule and J. Mandel, Journal of Research of the National Bureau of Standards 87 (1982) 377-385, made robust as in
P. J. Huber, "Robust statistics" (1981) ch. 6, with the constant that makes it right where everything is normal.
Winsorising without that constant, as phi does, takes away a third of the variance it is to measure.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import betaln, ndtri

from casetrail.stats.spread import Floats, Scale, on_scale

SHARE = 0.1
FEWEST = 5
LEVELLING = 50
GRID = 20_000
ADDED: dict[Scale, tuple[float, float]] = {"share": (0.375, 0.75), "root ratio": (0.375, 0.375)}


@dataclass(frozen=True, slots=True)
class Ordinary:
    """`z` of each unit against chance and ordinary differences; `level` and `tau2` on the scale of even variance."""

    z: Floats
    level: float
    tau2: float


def ordinary(numerators: npt.ArrayLike, denominators: npt.ArrayLike, *, scale: Scale = "share") -> Ordinary | None:
    """Compare units with their common level; None for fewer than five units, of which nothing ordinary can be learnt.

    `denominators` are cases for a share, expected numbers for a ratio.
    Raises: ValueError on different lengths, or counts that the scale cannot take.
    """
    x, n = (np.asarray(a, dtype=np.float64) for a in (numerators, denominators))
    y, s, _ = on_scale(x, n, scale)
    if y.size < FEWEST:
        return None
    wanted, tau2 = _expected(y.size), 0.0
    if _width(y, s, 0.0)[0] > wanted:
        # Under a variance as wide as all that is seen, nobody is as far out as one deviation.
        widest = float(np.ptp(y)) ** 2
        tau2 = float(brentq(lambda trial: _width(y, s, trial)[0] - wanted, 0.0, widest, xtol=1e-12, rtol=1e-7))
    _, level, z = _width(y, s, tau2)
    return Ordinary(z, level, tau2)


def for_few(numerators: npt.ArrayLike, denominators: npt.ArrayLike, *, scale: Scale = "share") -> tuple[Floats, Floats]:
    """Counts with Anscombe's addition, so that the scale is of even variance for few cases too.

    Source: F. J. Anscombe, "The transformation of Poisson, binomial and negative-binomial data", Biometrika 35 (1948)
    246-254: three eighths to the count, and as much again to the cases of a share. Without them the 99.8 % limits flag
    three times too many of those with 5 to 40 cases. Other scales are left as they are.
    """
    top, bottom = ADDED.get(scale, (0.0, 0.0))
    return np.asarray(numerators, dtype=np.float64) + top, np.asarray(denominators, dtype=np.float64) + bottom


def _width(y: Floats, s: Floats, tau2: float) -> tuple[float, float, Floats]:
    """Mean square of the winsorised z under a variance between units, with the level that belongs to it."""
    deviation = np.sqrt(s**2 + tau2)
    share = 1.0 / deviation**2
    share = share / share.sum()
    level = float(np.median(y))
    for _ in range(LEVELLING):
        z = (y - level) / deviation
        moved = float(np.sum(share * np.clip(z, *_ends(z)) * deviation))
        level += moved
        if abs(moved) < 1e-10:
            break
    z = (y - level) / deviation
    return float(np.mean(np.clip(z, *_ends(z)) ** 2)), level, z


def _ends(z: Floats) -> tuple[float, float]:
    """The lowest and highest value that are not extreme."""
    cut = int(SHARE * z.size)
    ordered = np.sort(z)
    return float(ordered[cut]), float(ordered[z.size - 1 - cut])


@lru_cache(maxsize=64)
def _expected(units: int) -> float:
    """The same mean square of standard normal z, from the second moments of their order statistics.

    Less one over the number of units, since the level is estimated too.
    """
    u = (np.arange(GRID) + 0.5) / GRID
    rank = np.arange(1, units + 1)[:, None]
    density = np.exp((rank - 1) * np.log(u) + (units - rank) * np.log1p(-u) - betaln(rank, units - rank + 1))
    square = (density * ndtri(u) ** 2).sum(axis=1) / density.sum(axis=1)
    cut = int(SHARE * units)
    filled = np.clip(np.arange(units), cut, units - 1 - cut)
    return float(square[filled].mean()) - 1.0 / units
