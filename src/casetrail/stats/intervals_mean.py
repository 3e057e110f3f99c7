"""An interval for a mean.

Source: Student (W. S. Gosset), "The probable error of a mean", Biometrika 6 (1908) 1-25: the spread within the unit is
estimated from the same values. With a spread known from elsewhere the interval is normal.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, sqrt

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from casetrail.stats.intervals import normal_quantile


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean of `n` values with its limits, and the standard deviation of single values; in the unit of the values."""

    value: float
    low: float
    high: float
    deviation: float
    n: int


def mean_interval(values: npt.ArrayLike, level: float = 0.95) -> Mean:
    """Student's interval of a mean. Raises: ValueError for fewer than two values, or one that is not a number."""
    x = np.asarray(values, dtype=np.float64)
    if x.ndim != 1 or x.size < 2 or not bool(np.all(np.isfinite(x))):
        raise ValueError("a mean has an interval from two values on, each of them a number")
    return mean_from(float(x.mean()), float(x.std(ddof=1)), int(x.size), level=level)


def mean_from(mean: float, deviation: float, n: int, *, level: float = 0.95, known: bool = False) -> Mean:
    """The interval of a mean from summaries: Student's, or normal where the deviation is `known` from elsewhere.

    Raises: ValueError for a mean or a deviation that is no number, or fewer than two values (one where it is known).
    """
    if not (isfinite(mean) and isfinite(deviation) and deviation >= 0):
        raise ValueError("a mean needs a number, and a standard deviation of 0 or more")
    if n < (1 if known else 2):
        raise ValueError("a mean has an interval from two values on, or from one where the deviation is known")
    q = normal_quantile(level)
    if not known:
        q = float(stdtrit(n - 1, 0.5 + level / 2))
    half = q * deviation / sqrt(n)
    return Mean(mean, mean - half, mean + half, deviation, n)
