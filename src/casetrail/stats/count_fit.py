"""Counts explained by what units cannot choose: Poisson and binomial regression on unit-level columns.

Maximum likelihood by iteratively reweighted least squares: J. A. Nelder and R. W. M. Wedderburn, "Generalized linear
models", Journal of the Royal Statistical Society A 135 (1972) 370-384. Overdispersion by quasi-likelihood, the Pearson
statistic over its degrees of freedom: R. W. M. Wedderburn, Biometrika 61 (1974) 439-447. What cannot be fitted is said
before the fit, by `identify`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from casetrail.stats.identify import NotFit, check

Floats = npt.NDArray[np.float64]
Family = Literal["poisson", "binomial"]
STEPS = 100
CLOSE = 1e-10


@dataclass(frozen=True, slots=True)
class Cases:
    """Counts of units. Shapes: `observed` (units,), `size` (units,), `columns` (units, k), k may be 0.

    poisson: the expected count is size x exp(line), on the log scale. binomial: `observed` of `size` cases, on the
    scale of log odds. `rounded_to` is what the publisher rounds counts to (1: not rounded).
    """

    observed: Floats
    size: Floats
    columns: Floats
    family: Family = "poisson"
    rounded_to: float = 1.0

    @property
    def design(self) -> Floats:
        """Ones, then the columns with mean 0 and spread 1, so that the fit does not depend on their units."""
        middle, width = self.scales
        return np.column_stack([np.ones(self.observed.size), (self.columns - middle) / width])

    @property
    def scales(self) -> tuple[Floats, Floats]:
        """Mean and standard deviation of each column; a column that never changes keeps a spread of 1."""
        width = self.columns.std(axis=0)
        return self.columns.mean(axis=0), np.where(width > 0, width, 1.0)


@dataclass(frozen=True, slots=True)
class Fit:
    """`coefficients` (k + 1,): intercept, then one for each column in its own unit, on the scale of the link.

    `covariance` is that of chance alone. `expected` (units,) are counts. `dispersion` is Pearson's statistic over its
    degrees of freedom: 1 when units differ just as much as chance would make them.
    """

    coefficients: Floats
    covariance: Floats
    expected: Floats
    dispersion: float

    @property
    def standard_errors(self) -> Floats:
        """Quasi-likelihood: those of chance, times the root of the dispersion."""
        return np.asarray(np.sqrt(np.diag(self.covariance) * self.dispersion), dtype=np.float64)


def cases(
    observed: npt.ArrayLike,
    size: npt.ArrayLike,
    columns: npt.ArrayLike | None = None,
    *,
    family: Family = "poisson",
    rounded_to: float = 1.0,
) -> Cases:
    """Counts ready to be fitted; without `columns` all units share one level.

    Raises: ValueError on different lengths, no unit, a size of 0, a count below 0 or above its cases, a missing value.
    """
    x, n = (np.asarray(a, dtype=np.float64) for a in (observed, size))
    if x.ndim != 1 or x.shape != n.shape or x.size == 0:
        raise ValueError("counts and sizes must be equally long and not empty")
    extra = np.empty((x.size, 0)) if columns is None else np.asarray(columns, dtype=np.float64)
    extra = extra[:, None] if extra.ndim == 1 else extra
    if extra.ndim != 2 or extra.shape[0] != x.size:
        raise ValueError("columns must have one row for each unit")
    if not all(bool(np.isfinite(a).all()) for a in (x, n, extra)):
        raise ValueError("a missing value cannot be fitted: leave the unit out")
    if bool(np.any(n <= 0) or np.any(x < 0)) or (family == "binomial" and bool(np.any(x > n))):
        raise ValueError("each unit needs a size above 0 and a count that is not below 0 or above its cases")
    return Cases(x, n, extra, family, rounded_to)


def fit(of: Cases) -> Fit:
    """Maximum likelihood fit of all units together.

    Raises: NotFit when the coefficients cannot be told apart, do not exist, or are too many for the units.
    """
    design = of.design
    check(of, design)
    line, step = np.zeros(design.shape[1]), np.inf
    line[0] = _start(of)
    for _ in range(STEPS):
        expected, weight = moments(of, design @ line)
        move = np.linalg.solve((design * weight[:, None]).T @ design, design.T @ (of.observed - expected))
        # A step of more than a factor e^5 comes from a poor start only; cut, it still points the right way.
        step = float(np.abs(design @ move).max())
        line = line + move * min(1.0, 5.0 / step if step > 0 else 1.0)
        if step < CLOSE:
            return _finished(of, design, line)
    raise NotFit("not_converged", "the fit did not settle")


def moments(of: Cases, line: Floats) -> tuple[Floats, Floats]:
    """Expected counts, and the variance that chance gives them, at a value of the line; any leading shape."""
    if of.family == "poisson":
        mean = of.size * np.exp(np.clip(line, -30.0, 30.0))
        return mean, mean
    share = expit(np.clip(line, -30.0, 30.0))
    return of.size * share, of.size * share * (1.0 - share)


def _start(of: Cases) -> float:
    together = float(of.observed.sum() / of.size.sum())
    return float(np.log(together if of.family == "poisson" else together / (1.0 - together)))


def _finished(of: Cases, design: Floats, line: Floats) -> Fit:
    expected, variance = moments(of, design @ line)
    pearson = float(np.sum((of.observed - expected) ** 2 / variance)) / (design.shape[0] - design.shape[1])
    middle, width = of.scales
    back = np.diag(np.concatenate([[1.0], 1.0 / width]))
    back[0, 1:] = -middle / width
    inverse = np.linalg.inv((design * variance[:, None]).T @ design)
    return Fit(back @ line, back @ inverse @ back.T, expected, pearson)
