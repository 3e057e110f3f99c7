"""A series cut into stretches of one level: what each cut explains, and the best cuts, exactly.

Three kinds of series: values with even variance (least squares), counts of events with an exposure (Poisson), counts
out of a number of cases (binomial). Best cuts by dynamic programming: W. D. Fisher, "On grouping for maximum
homogeneity", Journal of the American Statistical Association 53 (1958) 789-798; B. Jackson and others, IEEE Signal
Processing Letters 12 (2005) 105-108.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import xlogy

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Family = Literal["normal", "poisson", "binomial"]


@dataclass(frozen=True, slots=True)
class Series:
    """Known points in time order: `x` values or counts; `n` exposures or cases, ones for values."""

    x: Floats
    n: Floats
    family: Family

    @property
    def size(self) -> int:
        return int(self.x.size)

    def levels(self, cuts: tuple[int, ...]) -> Floats:
        """The level of each stretch: mean, rate or share."""
        starts = np.array([0, *cuts])
        return np.asarray(np.add.reduceat(self.x, starts) / np.add.reduceat(self.n, starts), dtype=np.float64)


def fit(x: Floats, n: Floats, family: Family) -> Floats:
    """What one level explains of sums `x` over `n`: parts of minus the cost that depend on where the cuts are.

    Square sum units (normal) or twice log-likelihood units: differences of it are gains of a cut.
    """
    if family == "normal":
        return np.asarray(x**2 / n, dtype=np.float64)
    share = x / n
    if family == "poisson":
        return np.asarray(2 * xlogy(x, share), dtype=np.float64)
    return np.asarray(2 * (xlogy(x, share) + xlogy(n - x, 1 - share)), dtype=np.float64)


def arc_gains(x: Floats, n: Floats, family: Family, least: int) -> tuple[Floats, Indices]:
    """Gain of giving each inner stretch its own level, for series in the rows of `x` (shape draws, points).

    An arc is points from `first` to before `last`, at least `least` of them with at least as many outside it. One that
    touches an end is one lasting change, any other a passing one: A. B. Olshen and others, Biostatistics 5 (2004)
    557-572. Returns gains (draws, arcs) and the arcs (arcs, 2).
    """
    points = x.shape[-1]
    arcs = arcs_of(points, least)
    if arcs.size == 0:
        return np.zeros((x.shape[0], 0)), arcs
    sums = np.concatenate([np.zeros((x.shape[0], 1)), np.cumsum(x, axis=1)], axis=1)
    cases = np.concatenate([[0.0], np.cumsum(n)])
    inner, inner_n = sums[:, arcs[:, 1]] - sums[:, arcs[:, 0]], cases[arcs[:, 1]] - cases[arcs[:, 0]]
    whole, whole_n = sums[:, -1:], cases[-1]
    gain = fit(inner, inner_n, family) + fit(whole - inner, whole_n - inner_n, family)
    return gain - fit(whole, np.full(1, whole_n), family), arcs


def arcs_of(points: int, least: int) -> Indices:
    """Arcs by first and last; a lasting change is listed once, as the stretch up to it."""
    first, last = np.triu_indices(points + 1, k=least)
    outside = points - (last - first)
    # The stretch from a cut to the end is the same cut as the stretch up to it.
    kept = (outside >= least) & ~((last == points) & (first > 0))
    # What stays before and after a passing stretch must be long enough too, each on its own.
    kept &= ((first == 0) | (first >= least)) & ((last == points) | (points - last >= least))
    return np.stack([first[kept], last[kept]], axis=1).astype(np.intp)


def best_cuts(series: Series, most: int, least: int) -> tuple[tuple[tuple[int, ...], float], ...]:
    """For 0, 1, … `most` cuts the best ones, and what they explain beyond none; fewer where the series is short."""
    size = series.size
    # Values around 0, so that their squares keep their digits.
    x = series.x - series.x.mean() if series.family == "normal" else series.x
    sums, cases = (np.concatenate([[0.0], np.cumsum(a)]) for a in (x, series.n))
    worth = np.full((size + 1, size + 1), -np.inf)
    start, stop = np.triu_indices(size + 1, k=least)
    worth[start, stop] = fit(sums[stop] - sums[start], cases[stop] - cases[start], series.family)
    best = [worth[0]]
    came: list[Indices] = []
    while len(best) <= most and (len(best) + 1) * least <= size:
        total = best[-1][:, None] + worth
        came.append(np.argmax(total, axis=0))
        best.append(np.max(total, axis=0))
    return tuple((_back(came[:k], size), float(best[k][size] - best[0][size])) for k in range(len(best)))


def _back(came: list[Indices], size: int) -> tuple[int, ...]:
    cuts: list[int] = []
    at = size
    for step in reversed(came):
        at = int(step[at])
        cuts.append(at)
    return tuple(reversed(cuts))
