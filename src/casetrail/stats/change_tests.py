"""Tests behind `change_points`: resampling within stretches, many draws at once."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from casetrail.stats.segments import Family, Floats, Series, arc_gains, fit

# So many numbers at a time: more would leave the processor's cache and gain nothing.
AT_ONCE = 2_000_000
# Equal gains in another order of additions must count as equal.
SAME = 1e-9
MOST_ALIKE = 0.95


@dataclass(frozen=True, slots=True)
class Draws:
    """How tests are made: random numbers, number of draws, level, fewest points of a stretch."""

    rng: np.random.Generator
    number: int
    level: float
    least: int


def stands_out(series: Series, cuts: tuple[int, ...], how: Draws) -> tuple[float, bool]:
    """p of no further change within the stretches between cuts, and whether the best one is lasting (or passing)."""
    edges = (0, *cuts, series.size)
    seen, drawn = 0.0, np.zeros(how.number)
    lasting = True
    for start, stop in pairwise(edges):
        x, n = _even(series.x[start:stop], series.family), series.n[start:stop]
        gains, arcs = arc_gains(x[None, :], n, series.family, how.least)
        if gains.size == 0:
            continue
        best = int(np.argmax(gains[0]))
        if gains[0, best] > seen:
            seen, lasting = float(gains[0, best]), bool(arcs[best, 0] == 0)
        again = redrawn(x, n, series.family, how)
        drawn = np.maximum(drawn, _largest(again, n, series.family, how.least))
    return _p(seen, drawn), lasting


def not_refuted(series: Series, around: tuple[int, int, int], how: Draws) -> tuple[int, int]:
    """First and last point at which a change is not refuted between two others; `around`: start, best cut, stop.

    A change at j is refuted when another cut explains more, beyond what redrawing on both sides of j allows.
    """
    start, cut, stop = around
    x, n = _even(series.x[start:stop], series.family), series.n[start:stop]
    size = stop - start
    gains = _cut_gains(x[None, :], n, series.family)[0]
    held = [cut - start]
    for j in range(how.least, size - how.least + 1):
        left, right = (redrawn(x[at], n[at], series.family, how) for at in (slice(0, j), slice(j, size)))
        again = _cut_gains(np.concatenate([left, right], axis=1), n, series.family)
        inner = slice(how.least - 1, size - how.least)
        if _p(float(gains[inner].max()), again[:, inner].max(axis=1)) > how.level:
            held.append(j)
    return start + min(held), start + max(held)


def linked_p(series: Series, how: Draws) -> float:
    """p of no change against a series whose neighbours are alike as they are here (first order, normal).

    Two explanations against each other, one changed stretch or alike neighbours: D. R. Cox, "Tests of separate
    families of hypotheses", Proceedings of the Fourth Berkeley Symposium 1 (1961) 105-123, with draws from the second.
    """
    alike = min(max(neighbours_alike(series), 0.0), MOST_ALIKE)
    again = how.rng.standard_normal((how.number, series.size))
    for t in range(1, series.size):
        again[:, t] = alike * again[:, t - 1] + np.sqrt(1 - alike**2) * again[:, t]
    seen = _changed_rather_than_alike(series.x[None, :], series.n, how.least)
    return _p(float(seen[0]), _changed_rather_than_alike(again, series.n, how.least))


def _changed_rather_than_alike(x: Floats, n: Floats, least: int) -> Floats:
    """For each row, e to this is what alike neighbours leave unexplained over what one changed stretch leaves."""
    x = x - x.mean(axis=1, keepdims=True)
    total = np.sum(x**2, axis=1)
    stretch = total - _largest(x, n, "normal", least)
    before, after = (y - y.mean(axis=1, keepdims=True) for y in (x[:, :-1], x[:, 1:]))
    follows = np.maximum(np.sum(before * after, axis=1), 0.0) ** 2 / np.sum(before**2, axis=1)
    linked = np.sum(after**2, axis=1) - follows
    # A fit without any residue would be endlessly better.
    return np.asarray(np.log(np.maximum(linked, SAME * total) / np.maximum(stretch, SAME * total)), dtype=np.float64)


def neighbours_alike(series: Series) -> float:
    """First-order correlation around the common level, freed of most of its bias.

    F. H. C. Marriott and J. A. Pope, Biometrika 41 (1954) 390-402: in short series it comes out too low by about
    (1 + 3 r) / n.
    """
    y = series.x / series.n
    y = y - y.mean()
    raw = float(np.sum(y[1:] * y[:-1]) / np.sum(y**2))
    return raw + (1 + 3 * raw) / series.size


def redrawn(x: Floats, n: Floats, family: Family, how: Draws) -> Floats:
    """One stretch of one level again, in rows: values in random order; counts with the same total."""
    if family == "normal":
        return how.rng.permuted(np.broadcast_to(x, (how.number, x.size)), axis=1)
    if family == "poisson":
        return how.rng.multinomial(int(x.sum()), n / n.sum(), size=how.number).astype(np.float64)
    cases = n.astype(np.int64)
    return how.rng.multivariate_hypergeometric(cases, int(x.sum()), size=how.number).astype(np.float64)


def _largest(x: Floats, n: Floats, family: Family, least: int) -> Floats:
    """The largest gain of each row, a part of the rows at a time."""
    step = max(1, 2 * AT_ONCE // (x.shape[1] ** 2 + 1))
    parts = [arc_gains(x[i : i + step], n, family, least)[0].max(axis=1) for i in range(0, x.shape[0], step)]
    return np.concatenate(parts)


def _cut_gains(x: Floats, n: Floats, family: Family) -> Floats:
    """Gain of a cut before points 1 to the last, for each row."""
    before, cases = np.cumsum(x, axis=1), np.cumsum(n)
    whole, whole_n = before[:, -1:], cases[-1:]
    left, left_n = before[:, :-1], cases[:-1]
    gain = fit(left, left_n, family) + fit(whole - left, whole_n - left_n, family)
    return gain - fit(whole, whole_n, family)


def _even(x: Floats, family: Family) -> Floats:
    """Values around 0, so that sums of squares keep their digits."""
    return x - x.mean() if family == "normal" else x


def _p(seen: float, drawn: npt.NDArray[np.float64]) -> float:
    return float((1 + np.count_nonzero(drawn >= seen - SAME * abs(seen))) / (1 + drawn.size))
