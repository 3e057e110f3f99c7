"""BCa interval: percentiles of bootstrap estimates, shifted for bias and for a spread that changes with the truth.

B. Efron, Journal of the American Statistical Association 82 (1987) 171-185; T. J. DiCiccio and B. Efron, Statistical
Science 11 (1996) 189-228, sections 2 and 4. Percentiles between two estimates are those of R. J. Hyndman and Y. Fan,
American Statistician 50 (1996) 361-365, definition 8, as in the reference program.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

Floats = npt.NDArray[np.float64]


def acceleration(left_out: Floats, weights: npt.ArrayLike) -> float:
    """From estimates with one person left out; `weights` are how many persons each of them stands for.

    0 when leaving out anybody changes nothing.
    """
    w = np.asarray(weights, dtype=np.float64)
    away = float(w @ left_out) / float(w.sum()) - left_out
    square = float(w @ away**2)
    return float(w @ away**3) / (6.0 * square**1.5) if square > 0 else 0.0


def bias(estimates: Floats, estimate: float) -> float:
    """Normal quantile of the share of bootstrap estimates that do not exceed the estimate itself; may be infinite."""
    return float(norm.ppf(float(np.mean(estimates <= estimate))))


def shifted(levels: npt.ArrayLike, z: float, a: float) -> Floats:
    """The percentiles to read off in place of `levels`, given bias `z` and acceleration `a`."""
    wanted = z + norm.ppf(np.asarray(levels, dtype=np.float64))
    # Past its pole the correction has no meaning; the outermost percentile is what it tends to.
    left = np.maximum(1.0 - a * wanted, 1e-9)
    return np.asarray(norm.cdf(z + wanted / left), dtype=np.float64)


def bca(estimates: Floats, estimate: float, a: float, levels: npt.ArrayLike) -> Floats:
    """Interval ends at one-sided `levels` from bootstrap estimates without gaps, the estimate and the acceleration.

    Raises: ValueError when all bootstrap estimates lie on one side of the estimate: no shift can be known then.
    """
    z = bias(estimates, estimate)
    if not np.isfinite(z):
        raise ValueError("all bootstrap estimates lie on one side of the estimate")
    return np.asarray(np.quantile(estimates, shifted(levels, z, a), method="median_unbiased"), dtype=np.float64)
