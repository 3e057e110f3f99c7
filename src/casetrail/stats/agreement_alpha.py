"""Krippendorff's alpha: agreement of any number of raters, any of whose ratings may be missing.

Source: K. Krippendorff, "Content analysis" (2nd ed. 2004) ch. 11, and "Computing Krippendorff's alpha-reliability"
(2011). The interval leaves out one file at a time (R. G. Miller, Biometrika 61 (1974) 1-15), since none is given there.
"""

from __future__ import annotations

from math import sqrt
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from casetrail.stats.agreement import Agreement

Floats = npt.NDArray[np.float64]
Metric = Literal["nominal", "ordinal", "interval"]


def alpha(counts: npt.ArrayLike, metric: Metric = "ordinal", *, level: float = 0.95) -> Agreement | None:
    """Alpha from counts of grades by file, (files, grades).

    None where no file has two ratings, or only one grade occurs.
    """
    r = np.asarray(counts, dtype=np.float64)
    twice = r[r.sum(axis=1) > 1]
    value = _alpha(twice, metric)
    if value is None:
        return None
    low, high = _jackknife(twice, metric, value, level)
    return Agreement(value, low, high, twice.shape[0], r.shape[0] - twice.shape[0])


def _alpha(twice: Floats, metric: Metric) -> float | None:
    if twice.shape[0] == 0:
        return None
    many = twice.sum(axis=1)
    pairs = (twice / (many - 1)[:, None]).T @ twice - np.diag((twice / (many - 1)[:, None]).sum(axis=0))
    often = pairs.sum(axis=1)
    total = float(often.sum())
    far = _distance(often, metric)
    by_chance = float(often @ far @ often)
    return None if by_chance == 0 else 1 - (total - 1) * float(np.sum(pairs * far)) / by_chance


def _distance(often: Floats, metric: Metric) -> Floats:
    """Squared distance of two grades; ordinal: how many ratings lie between them, half of each grade's own included."""
    k = np.arange(often.size)
    if metric == "nominal":
        return np.asarray(k[:, None] != k[None, :], dtype=np.float64)
    if metric == "interval":
        return np.asarray(np.subtract.outer(k, k) ** 2, dtype=np.float64)
    middle = np.cumsum(often) - often / 2
    return np.asarray(np.subtract.outer(middle, middle) ** 2, dtype=np.float64)


def _jackknife(twice: Floats, metric: Metric, value: float, level: float) -> tuple[float | None, float | None]:
    without = [_alpha(np.delete(twice, i, axis=0), metric) for i in range(twice.shape[0])]
    known = np.array([w for w in without if w is not None])
    if known.size < 2 or known.size < len(without):
        return None, None
    error = sqrt((known.size - 1) / known.size * float(np.sum((known - known.mean()) ** 2)))
    if error == 0:
        return None, None
    half = float(stdtrit(known.size - 1, 0.5 + level / 2)) * error
    return max(-1.0, value - half), min(1.0, value + half)
