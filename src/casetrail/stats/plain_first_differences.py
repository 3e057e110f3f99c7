"""Plain twins of changes together: loops over bodies, periods and draws."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Rows = Sequence[Sequence[float]]


def plain_slope(x: Rows, y: Rows) -> float:
    """Least squares of changes less the mean of their period, over all pairs in which both are known."""
    products = squares = 0.0
    for period in range(len(x[0])):
        pairs = [(a[period], b[period]) for a, b in zip(x, y, strict=True)]
        pairs = [(a, b) for a, b in pairs if not isnan(a) and not isnan(b)]
        if pairs:
            mean_a = sum(a for a, _ in pairs) / len(pairs)
            mean_b = sum(b for _, b in pairs) / len(pairs)
            products += sum((a - mean_a) * (b - mean_b) for a, b in pairs)
            squares += sum((a - mean_a) ** 2 for a, _ in pairs)
    return products / squares


def loop_interval(x: Floats, y: Floats, draws: int, *, rng: np.random.Generator) -> tuple[float, float]:
    """The interval as one would write it with NumPy: a loop over draws of whole bodies."""
    slopes = []
    for _ in range(draws):
        chosen = rng.integers(x.shape[0], size=x.shape[0])
        a, b = x[chosen], y[chosen]
        both = np.isfinite(a) & np.isfinite(b)
        a, b = np.where(both, a, np.nan), np.where(both, b, np.nan)
        a, b = a - np.nanmean(a, axis=0), b - np.nanmean(b, axis=0)
        slopes.append(float(np.nansum(a * b) / np.nansum(a * a)))
    low, high = np.quantile(slopes, [0.025, 0.975])
    return float(low), float(high)
