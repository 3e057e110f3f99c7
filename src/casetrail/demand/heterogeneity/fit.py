"""One log-linear model over the patterns of being listed: is there an estimate, and which?

Poisson counts of the patterns, log of the mean linear in the columns; those on no list are read off at the pattern of
no list. Fitted by Newton's steps. Sources: R. M. Cormack, Biometrics 45 (1989) 395-413; S. Baillargeon and L.-P.
Rivest, Journal of Statistical Software 19(5) (2007) 1-31.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln, xlogy

from casetrail.demand.repeats.covariates import independent_columns, runs_off
from casetrail.demand.repeats.hidden import log_normal

Floats = npt.NDArray[np.float64]
STEPS, CLOSE = 100, 1e-11


@dataclass(frozen=True, slots=True)
class Family:
    """One family's answer. `hidden` persons on no list; `error` of the total (and of hidden); interval of the *total*.

    `deviance` against a model with one parameter for each pattern, on `freedom` degrees; `aic`, `bic` of Poisson
    counts, n persons. `spread`: coefficient of the column for persons who differ, nan where the family has none; below
    0 persons differ less than not at all, which no mixture can do (warning `opposite_spread`: the figure then stands
    on no law of persons). `dropped`: etas of Chao's model held at 0. `lower_bound`: Chao's models alone.
    """

    name: str
    n: int
    hidden: float
    error: float
    low: float
    high: float
    level: float
    deviance: float
    freedom: int
    aic: float
    bic: float
    lower_bound: bool
    spread: float
    dropped: tuple[int, ...]
    warnings: tuple[str, ...]

    @property
    def total(self) -> float:
        """All persons, listed or not."""
        return self.n + self.hidden


@dataclass(frozen=True, slots=True)
class Solved:
    """Coefficients, their covariance, and the means of all patterns that are not empty by design, (rows,)."""

    beta: Floats
    covariance: Floats
    mean: Floats


def solve(design: Floats, counts: Floats) -> Solved | str:
    """The most likely coefficients, or `no_mle` or `not_identifiable`. `design` (rows, columns), `counts` (rows,)."""
    if not independent_columns(design):
        return "not_identifiable"
    if runs_off(design[counts == 0], design[counts > 0]):
        return "no_mle"
    beta = _start(design, counts)
    height = -math.inf
    for _ in range(STEPS):
        mean = np.exp(np.minimum(design @ beta, 500.0))
        change = np.linalg.solve((design.T * mean) @ design, design.T @ (counts - mean))
        height, share = float(counts @ (design @ beta) - mean.sum()), 1.0
        while share > 1e-6 and _height(design, counts, beta + share * change) < height - 1e-9 * (1 + abs(height)):
            share /= 2
        beta = beta + share * change
        if float(np.abs(share * change).max()) < CLOSE * (1 + float(np.abs(beta).max())):
            mean = np.exp(design @ beta)
            return Solved(beta, np.asarray(np.linalg.inv((design.T * mean) @ design)), mean)
    return "no_mle"


def _start(design: Floats, counts: Floats) -> Floats:
    mean = counts + 0.5
    weighted = design.T * mean
    return np.asarray(np.linalg.solve(weighted @ design, weighted @ np.log(mean)))


def _height(design: Floats, counts: Floats, beta: Floats) -> float:
    eta = design @ beta
    return float(counts @ eta - np.exp(np.minimum(eta, 500.0)).sum())


def log_likelihood(counts: Floats, mean: Floats) -> float:
    """Of Poisson counts, factorials included."""
    return float(np.sum(xlogy(counts, mean) - mean - gammaln(counts + 1)))


def deviance(counts: Floats, mean: Floats) -> float:
    """Twice what the log-likelihood lacks of that of a model with a parameter for each pattern."""
    held = counts > 0
    return float(2 * (np.sum(counts[held] * np.log(counts[held] / mean[held])) - np.sum(counts - mean)))


@dataclass(frozen=True, slots=True)
class Shape:
    """What a family adds to its fit: name, interval level, whether a bound, spread coefficient, etas held at 0."""

    name: str
    level: float
    lower_bound: bool = False
    spread: float = math.nan
    dropped: tuple[int, ...] = ()


def family(shape: Shape, counts: Floats, solved: Solved, hidden: tuple[float, Floats]) -> Family:
    """The result from (hidden, how it changes with the coefficients).

    Variance of the total: the number hidden is itself a count (`hidden`), beside the error of the coefficients (Rivest
    and Baillargeon, Biometrics 63 (2007) 999-1006).
    """
    value, slope = hidden
    error = math.sqrt(value + float(slope @ solved.covariance @ slope))
    n = int(counts.sum())
    low, high = log_normal(n, value, error, shape.level)
    p, height = solved.beta.size, log_likelihood(counts, solved.mean)
    return Family(
        name=shape.name,
        n=n,
        hidden=value,
        error=error,
        low=low,
        high=high,
        level=shape.level,
        deviance=deviance(counts, solved.mean),
        freedom=counts.size - p,
        aic=2 * p - 2 * height,
        bic=p * math.log(n) - 2 * height,
        lower_bound=shape.lower_bound,
        spread=shape.spread,
        dropped=shape.dropped,
        warnings=("opposite_spread",) if shape.spread < 0 else (),
    )
