"""Distances from the middle of many units that a few odd ones cannot move. Unknown values (nan) stay unknown.

Source: F. R. Hampel, Journal of the American Statistical Association 69 (1974) 383-393: median and median absolute
deviation, the latter times 1.4826 so that it estimates a normal standard deviation.
"""

from __future__ import annotations

import warnings

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
NORMAL = 1.482602218505602
# Fewer units than this have no middle and no spread worth the name.
FEWEST = 8


def middle(x: Floats) -> Floats:
    """Median of each column over the known values; nan where fewer than `FEWEST` are known."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        found = np.nanmedian(x, axis=0)
    return np.where(np.isfinite(x).sum(axis=0) >= FEWEST, found, np.nan)


def width(x: Floats) -> Floats:
    """Normal standard deviation of each column, by the median absolute deviation; nan where too few are known."""
    return np.asarray(NORMAL * middle(np.abs(x - middle(x))), dtype=np.float64)


def own_middle_elsewhere(x: Floats, fewest: int = 3) -> Floats:
    """Median of each row over its other columns; nan where fewer than `fewest` of them are known."""
    found = np.full_like(x, np.nan)
    for j in range(x.shape[1]):
        others = np.delete(x, j, axis=1)
        enough = np.isfinite(others).sum(axis=1) >= fewest
        found[enough, j] = np.nanmedian(others[enough], axis=1)
    return found


def distance(x: Floats, chance: Floats | None = None) -> Floats:
    """How many standard deviations each value lies from the middle of its column.

    `chance` is the variance of each value by chance: units with more of it than the middle unit get a wider scale,
    those with less are not favoured. A column in which all are alike has no scale, and no distance (nan).
    """
    scale2 = np.broadcast_to(width(x) ** 2, x.shape).copy()
    if chance is not None:
        scale2 += np.maximum(0.0, chance - middle(np.where(np.isfinite(x), chance, np.nan)))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(scale2 > 0, (x - middle(x)) / np.sqrt(scale2), np.nan)
