"""Plain twins of the search for changes: every possible cut tried, every draw made on its own."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise

import numpy as np


def plain_squares(values: Sequence[float]) -> float:
    """Sum of squares around the mean."""
    mean = sum(values) / len(values)
    return sum((v - mean) ** 2 for v in values)


def plain_cuts(values: Sequence[float], cuts: int, least: int) -> tuple[tuple[int, ...], float]:
    """The cuts that leave the least squares, and how much less than without any, by trying all of them."""
    best: tuple[int, ...] = ()
    left = float("inf")
    for tried in combinations(range(1, len(values)), cuts):
        parts = [values[a:b] for a, b in pairwise((0, *tried, len(values)))]
        if min(len(p) for p in parts) >= least:
            squares = sum(plain_squares(p) for p in parts)
            if squares < left:
                best, left = tried, squares
    return best, plain_squares(values) - left


def plain_gain(values: Sequence[float], least: int) -> float:
    """The largest gain of giving one inner stretch, or one end, a level of its own."""
    size, best = len(values), 0.0
    for first in range(size):
        for last in range(first + least, size + 1):
            before, after = first, size - last
            long_enough = all(part == 0 or part >= least for part in (before, after)) and before + after >= least
            if long_enough:
                inner, rest = list(values[first:last]), [*values[:first], *values[last:]]
                best = max(best, plain_squares(values) - plain_squares(inner) - plain_squares(rest))
    return best


def plain_p(values: Sequence[float], least: int, draws: int, *, rng: np.random.Generator) -> float:
    """p of no change: the series in random order, one draw after another."""
    seen = plain_gain(values, least)
    as_large = 0
    for _ in range(draws):
        order = rng.permutation(len(values))
        as_large += plain_gain([values[i] for i in order], least) >= seen * (1 - 1e-9)
    return (1 + as_large) / (1 + draws)


def loop_p(values: np.ndarray, least: int, draws: int, *, rng: np.random.Generator) -> float:
    """The same as one would write it with NumPy: a loop over draws, and within it over cuts and lengths."""
    size = values.size

    def gain(x: np.ndarray) -> float:
        total, best = x.sum(), 0.0
        for first in range(size):
            for last in range(first + least, size + 1):
                before, after = first, size - last
                if before + after < least or 0 < before < least or 0 < after < least:
                    continue
                inner, m = x[first:last].sum(), last - first
                got = inner**2 / m + (total - inner) ** 2 / (size - m) - total**2 / size
                best = max(best, float(got))
        return best

    seen = gain(values)
    drawn = np.array([gain(rng.permutation(values)) for _ in range(draws)])
    return float((1 + np.sum(drawn >= seen * (1 - 1e-9))) / (1 + draws))
