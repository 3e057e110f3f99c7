"""The same as the fast code beside it, one table and one number at a time. Slow; for tests alone."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

Floats = npt.NDArray[np.float64]


def shared_by(counts: npt.NDArray[np.int64]) -> list[int]:
    """Persons on all lists of every set of lists."""
    return [sum(int(c) for place, c in enumerate(counts) if place & t == t) for t in range(counts.size)]


def independent(counts: npt.NDArray[np.int64]) -> float:
    """All persons under independence, by a root finder."""
    k = counts.size.bit_length() - 1
    n = float(counts[1:].sum())
    sizes = [float(shared_by(counts)[1 << j]) for j in range(k)]

    def missed(hidden: float) -> float:
        total = n + hidden
        return sum(math.log1p(-s / total) for s in sizes) - math.log(hidden / total)

    return n + float(brentq(missed, 1e-6, 1e12, xtol=1e-12, rtol=1e-14))


def pair_scores(counts: npt.NDArray[np.int64]) -> tuple[list[float], float, float]:
    """Standardised score of each pair, the square of all of them together, and the standardised score of their sum."""
    k = counts.size.bit_length() - 1
    total = independent(counts)
    chance = [shared_by(counts)[1 << j] / total for j in range(k)]
    pairs = list(combinations(range(k), 2))
    xx, xz = np.zeros((k + 1, k + 1)), np.zeros((k + 1, len(pairs)))
    zz, score = np.zeros((len(pairs), len(pairs))), np.zeros(len(pairs))
    for place in range(1, counts.size):
        on = [place >> j & 1 for j in range(k)]
        mean = total * math.prod(p if b else 1 - p for p, b in zip(chance, on, strict=True))
        x = np.array([1.0, *on])
        z = np.array([float(on[i] * on[j]) for i, j in pairs])
        xx += mean * np.outer(x, x)
        xz += mean * np.outer(x, z)
        zz += mean * np.outer(z, z)
        score += (int(counts[place]) - mean) * z
    spread = zz - xz.T @ np.linalg.inv(xx) @ xz
    alone = [float(score[i] / math.sqrt(spread[i, i])) for i in range(len(pairs))]
    together = float(score @ np.linalg.pinv(spread, rcond=1e-10) @ score)
    return alone, together, float(score.sum() / math.sqrt(spread.sum()))


def hills(y: Floats, h: float, grid: int = 4001) -> int:
    """Hills of the curve of `y` smoothed by `h`, counted on a fine grid without transforms."""
    x = np.linspace(y.min() - 3 * h, y.max() + 3 * h, grid)
    curve = np.exp(-0.5 * ((x[:, None] - y) / h) ** 2).sum(axis=1)
    return sum(1 for i in range(1, grid - 1) if curve[i - 1] < curve[i] >= curve[i + 1])
