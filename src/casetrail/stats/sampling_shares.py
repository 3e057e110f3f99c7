"""The share of files with an attribute in a whole from which a stratified sample was drawn.

The estimate weights each file by one over its chance (D. G. Horvitz and D. J. Thompson, Journal of the American
Statistical Association 47 (1952) 663-685), and divides by the sum of weights where only part of the files is asked
about (J. Hájek, in "Foundations of statistical inference" (1971) 236). The interval is that of E. B. Wilson carried
over to strata (X. Yan and X. G. Su, Statistics in Biopharmaceutical Research 2 (2010) 329-335): the shares under which
the sample is no surprise, with the variance that the design has under each of them, finite strata included. It does
not collapse where no file or every file has the attribute.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from casetrail.stats.intervals import normal_quantile

Floats = npt.NDArray[np.float64]

HALVINGS = 80
# In files. With one, a dozen files that carry half the weight left the truth out too often (8 of 100 samples).
PULL = 3.0
FAR = 40.0


@dataclass(frozen=True, slots=True)
class DesignShare:
    """A share with its interval; `error` is the design's standard error, `total` how many files in all have it.

    `effective` is the size of a simple random sample from a large whole that would be as sure.
    """

    value: float
    low: float
    high: float
    error: float
    total: float
    effective: float


@dataclass(frozen=True, slots=True)
class _Design:
    """Per stratum: weight of its part of those asked, smoothed share, and the factors of the variance."""

    weight: Floats
    smooth: Floats
    inside: Floats
    between: Floats

    def at(self, shift: float) -> tuple[float, float]:
        """Share and variance of the estimate when all strata are moved alike on the scale of log odds."""
        p = expit(self.smooth + shift)
        share = float(self.weight @ p)
        return share, float(self.inside @ (p * (1 - p)) + self.between @ (p - share) ** 2)


def design_share(
    sizes: npt.ArrayLike,
    drawn: npt.ArrayLike,
    good: npt.ArrayLike,
    *,
    asked: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> DesignShare:
    """The share of files with the attribute. One entry per stratum: files in it, files drawn and known, files with it.

    `asked`: how many of those drawn belong to the part that is asked about (such as one team); None: all.
    Raises: ValueError for a stratum without a file drawn, counts out of order, or nobody asked about.
    """
    n, d, x = (np.asarray(a, dtype=np.float64) for a in (sizes, drawn, good))
    m = d if asked is None else np.asarray(asked, dtype=np.float64)
    if n.ndim != 1 or not n.shape == d.shape == x.shape == m.shape:
        raise ValueError("each stratum needs a size and its counts")
    if bool(np.any(d <= 0) or np.any(d > n) or np.any(m > d) or np.any(x > m) or np.any(x < 0)) or m.sum() <= 0:
        raise ValueError("each stratum needs 0 <= with it <= asked <= drawn <= size, and a file drawn")
    each = n / d
    part = float(each @ m)
    value = float(each @ x) / part
    design = _design(n, d, m, x)
    low, high = _interval(design, value, normal_quantile(level))
    share, variance = design.at(_shift(design, value))
    effective = float(m.sum()) if variance <= 0 else share * (1 - share) / variance
    return DesignShare(value, low, high, sqrt(variance), float(each @ x), effective)


def weighted_share(values: npt.ArrayLike, weights: npt.ArrayLike, *, level: float = 0.95) -> DesignShare:
    """The share from files with weights (one over their chance), where the strata are not known any more.

    `values` from 0 to 1, one per file: two ratings of one file count as their mean. The interval is Wilson's with the
    effective size of L. Kish ("Survey sampling" (1965) 11.7): the square of the sum of weights over the sum of their
    squares. It makes nothing of strata or of a finite whole, so it is the wider one.
    Raises: ValueError without a file, on different lengths, or for a value or weight out of range.
    """
    x, w = (np.asarray(a, dtype=np.float64) for a in (values, weights))
    if x.ndim != 1 or x.shape != w.shape or x.size == 0 or bool(np.any((x < 0) | (x > 1) | ~(w > 0))):
        raise ValueError("each file needs a value from 0 to 1 and a weight above 0")
    total = float(w.sum())
    value, n, q = float(w @ x) / total, total**2 / float(w @ w), normal_quantile(level)
    middle = (value + q * q / (2 * n)) / (1 + q * q / n)
    half = q * sqrt(value * (1 - value) / n + q * q / (4 * n * n)) / (1 + q * q / n)
    low, high = (max(0.0, middle - half), min(1.0, middle + half))
    return DesignShare(value, min(low, value), max(high, value), sqrt(value * (1 - value) / n), float(w @ x), n)


def _design(n: Floats, d: Floats, m: Floats, x: Floats) -> _Design:
    each = n / d
    part = float(each @ m)
    # A stratum's own share is pulled towards that of all, so that ten good files of ten do not make it surely good.
    overall = (float(each @ x) / part * m.sum() + 0.5) / (m.sum() + 1.0)
    smooth = (x + PULL * overall) / (m + PULL)
    factor = (n / part) ** 2 * (1 - d / n) * (n / np.maximum(n - 1, 1)) / d
    return _Design(each * m / part, logit(smooth), factor * m / d, factor * m / d * (1 - m / d))


def _shift(design: _Design, share: float) -> float:
    """The move of all strata that gives this share."""
    return _halved(lambda shift: design.at(shift)[0] - share, -FAR, FAR)


def _interval(design: _Design, value: float, q: float) -> tuple[float, float]:
    here = _shift(design, value)

    def surprise(shift: float) -> float:
        share, variance = design.at(shift)
        return (share - value) ** 2 - q * q * variance

    low = 0.0 if value <= 0 else design.at(_halved(lambda s: -surprise(s), -FAR, here))[0]
    high = 1.0 if value >= 1 else design.at(_halved(surprise, here, FAR))[0]
    return min(low, value), max(high, value)


def _halved(rising: Callable[[float], float], low: float, high: float) -> float:
    """Where a function changes from below 0 to above it."""
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < 0 else (low, middle)
    return (low + high) / 2
