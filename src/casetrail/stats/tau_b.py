"""Kendall's tau-b between a few ordered classes and a number, with an interval that allows for clusters.

Sources: M. G. Kendall, "The treatment of ties in ranking problems", Biometrika 33 (1945) 239-251; the standard error
is that of M. B. Brown and J. K. Benedetti, Journal of the American Statistical Association 72 (1977) 309-315, written
as a sum of squared influences, so that the influences of one cluster are added before they are squared.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import atanh, sqrt, tanh

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Tau:
    """tau-b, from -1 to 1, and its interval. `error`: standard error. `n` pairs of class and number, in `clusters`.

    `agree`: among all pairs of entries that differ in both, the share in which the higher class has the higher number.
    """

    value: float
    low: float
    high: float
    error: float
    n: int
    clusters: int
    agree: float


def tau_b(classes: npt.ArrayLike, values: npt.ArrayLike, *, level: float = 0.95, clusters: npt.ArrayLike = ()) -> Tau:
    """tau-b of two equally long sequences, a not-a-number value left out with its class.

    `clusters`, one number for each entry, says which entries belong together; without them each stands for itself. The
    interval is taken on the scale of atanh, with the t distribution of clusters less one.
    Raises: ValueError on different lengths, fewer than three clusters, or one side that never differs.
    """
    from scipy.stats import t as student

    g, v = np.asarray(classes, dtype=np.int64), np.asarray(values, dtype=np.float64)
    if g.ndim != 1 or g.shape != v.shape:
        raise ValueError("classes and values must be equally long")
    kept = np.isfinite(v)
    own = np.asarray(clusters, dtype=np.int64) if np.size(clusters) else np.arange(g.size)
    g, v, (names, own) = g[kept], v[kept], np.unique(own[kept], return_inverse=True)
    if names.size < 3:
        raise ValueError("an interval needs at least three clusters")
    s, dx, dy, both = pair_sums(g, v)
    if dx.sum() == 0 or dy.sum() == 0:
        raise ValueError("classes and values must both differ")
    root = sqrt(float(dx.sum() * dy.sum()))
    value = float(s.sum()) / root
    moved = 2 * s / root - value * (dx / dx.sum() + dy / dy.sum())
    error = sqrt(float(np.sum(np.bincount(own, weights=moved) ** 2)))
    agree = 0.5 + 0.5 * float(s.sum() / both.sum()) if both.sum() > 0 else 0.5
    if abs(value) >= 1 - 1e-12:
        return Tau(value, value, value, error, int(g.size), int(names.size), agree)
    half = float(student.ppf(0.5 + level / 2, names.size - 1)) * error / (1 - value**2)
    middle = atanh(value)
    return Tau(value, tanh(middle - half), tanh(middle + half), error, int(g.size), int(names.size), agree)


def pair_sums(g: Whole, v: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """For each entry: agreements less disagreements with others; from how many it differs in class, value, and both."""
    in_class, in_value = np.sign(g[:, None] - g[None, :]), np.sign(v[:, None] - v[None, :])
    agree = np.asarray(in_class * in_value, dtype=np.float64)
    kinds = (np.abs(in_class), np.abs(in_value), np.abs(agree))
    by_class, by_value, by_both = (np.asarray(kind.sum(axis=1), dtype=np.float64) for kind in kinds)
    return agree.sum(axis=1), by_class, by_value, by_both


def tau_b_rows(classes: Whole, values: Floats) -> Floats:
    """tau-b of each row of `values` (rows, entries) with the classes (entries); a not-a-number cell is left out.

    Rows in which one side never differs give not-a-number. Sorting takes the place of all pairs, so thousands of
    permutations are quick.
    """
    rows, size = values.shape
    order = np.argsort(values, axis=1, kind="stable")
    v = np.take_along_axis(values, order, axis=1)
    known = np.isfinite(v)
    names, own = np.unique(classes, return_inverse=True)
    member = (own[order][:, :, None] == np.arange(names.size)) & known[:, :, None]
    # before[i]: how many of each class stand in front of place i.
    before = np.zeros((rows, size + 1, names.size), dtype=np.int32)
    np.cumsum(member, axis=1, out=before[:, 1:])
    first, last = _runs(v)
    lower = np.take_along_axis(before, first[:, :, None], axis=1)
    higher = before[:, -1:] - np.take_along_axis(before, last[:, :, None], axis=1)
    # Classes below one's own, less classes above it: summed over the sorted classes from both ends.
    difference = (lower - higher).astype(np.float64)
    below = np.cumsum(difference, axis=2) - difference
    above = np.sum(difference, axis=2, keepdims=True) - difference - below
    s = np.sum((below - above) * member, axis=(1, 2))
    n = known.sum(axis=1).astype(np.float64)
    dx = n**2 - np.sum(before[:, -1].astype(np.float64) ** 2, axis=1)
    dy = n**2 - np.sum((last - first) * known, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(dx * dy > 0, s / np.sqrt(dx * dy), np.nan), dtype=np.float64)


def _runs(v: Floats) -> tuple[Whole, Whole]:
    """Where the run of equal values starts and ends (one past it), for each place of each sorted row."""
    rows, size = v.shape
    place = np.arange(size)
    new = np.ones((rows, size), dtype=np.bool_)
    new[:, 1:] = v[:, 1:] != v[:, :-1]
    first = np.maximum.accumulate(np.where(new, place, 0), axis=1)
    ends = np.ones((rows, size), dtype=np.bool_)
    ends[:, :-1] = new[:, 1:]
    last = np.minimum.accumulate(np.where(ends, place + 1, size)[:, ::-1], axis=1)[:, ::-1]
    return first, last
