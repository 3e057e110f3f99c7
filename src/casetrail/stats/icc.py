"""Intraclass correlation of scores: how much of the spread of ratings is difference between files.

Source: P. E. Shrout and J. L. Fleiss, "Intraclass correlations: uses in assessing rater reliability", Psychological
Bulletin 86 (1979) 420-428, with their intervals by F.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import fdtri

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Icc:
    """One coefficient with its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Iccs:
    """Of one rating: ICC(1,1) each file has raters of its own; ICC(2,1) raters are a sample; ICC(3,1) they are all.

    `files` and `raters` is what they rest on; `dropped` files lacked a rating.
    """

    one: Icc
    two: Icc
    three: Icc
    files: int
    raters: int
    dropped: int


def icc(scores: npt.ArrayLike, *, level: float = 0.95) -> Iccs | None:
    """The three coefficients of a table (files, raters) of scores; a file with an unknown score (nan) is left out.

    None for fewer than two files or raters, or scores that are all the same. Raises: ValueError for another shape.
    """
    x = np.asarray(scores, dtype=np.float64)
    if x.ndim != 2:
        raise ValueError("scores need a table of files and raters")
    whole = np.all(np.isfinite(x), axis=1)
    n, k = int(whole.sum()), x.shape[1]
    if n < 2 or k < 2 or not np.ptp(x[whole]):
        return None
    between, judges, within, left = _squares(x[whole])
    upper = 0.5 + level / 2
    return Iccs(
        one=_by_f(between, within, k, freedom=(n - 1, n * (k - 1)), upper=upper),
        two=_two(between, judges, left, size=(n, k), upper=upper),
        three=_by_f(between, left, k, freedom=(n - 1, (n - 1) * (k - 1)), upper=upper),
        files=n,
        raters=k,
        dropped=int(x.shape[0] - n),
    )


def _squares(x: Floats) -> tuple[float, float, float, float]:
    """Mean squares: between files, between judges, within files, left over."""
    n, k = x.shape
    grand = x.mean()
    between = k * float(np.sum((x.mean(axis=1) - grand) ** 2))
    judges = n * float(np.sum((x.mean(axis=0) - grand) ** 2))
    within = float(np.sum((x - x.mean(axis=1, keepdims=True)) ** 2))
    left = max(within - judges, 0.0)
    return between / (n - 1), judges / (k - 1), within / (n * (k - 1)), left / ((n - 1) * (k - 1))


def _by_f(between: float, error: float, k: int, *, freedom: tuple[int, int], upper: float) -> Icc:
    if error == 0:
        return Icc(1.0, 1.0, 1.0)
    f = between / error
    low, high = f / _quantile(*freedom, upper), f * _quantile(freedom[1], freedom[0], upper)
    return Icc(*((g - 1) / (g + k - 1) for g in (f, low, high)))


def _two(between: float, judges: float, left: float, *, size: tuple[int, int], upper: float) -> Icc:
    """ICC(2,1); the degrees of freedom are F. E. Satterthwaite's, as in the source."""
    n, k = size
    value = (between - left) / (between + (k - 1) * left + k * (judges - left) / n)
    if left == 0:
        return Icc(value, value, value)
    f, rest = judges / left, n * (1 + (k - 1) * value) - k * value
    freedom = (k - 1) * (n - 1) * (k * value * f + rest) ** 2 / ((n - 1) * (k * value * f) ** 2 + rest**2)
    part = k * judges + (k * n - k - n) * left
    above, below = _quantile(n - 1, freedom, upper), _quantile(freedom, n - 1, upper)
    low = n * (between - above * left) / (above * part + n * between)
    high = n * (below * between - left) / (part + n * below * between)
    return Icc(value, low, high)


def _quantile(first: float, second: float, share: float) -> float:
    return float(fdtri(first, second, share))
