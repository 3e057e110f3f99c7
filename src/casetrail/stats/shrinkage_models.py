"""Three ways in which units have levels around a common one: shares, rates, and values with standard errors.

Each knows the log density of the two parameters that the units share (u: the common level, v: how far units spread),
up to a constant and with each unit's own level integrated out exactly, and how to draw the units' levels given them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
from scipy.special import expit, gammaln, logit

from casetrail.stats.shrinkage_grid import Grid, grid

Floats = npt.NDArray[np.float64]

# Half the width of the first grid in standard errors; from there it finds its place.
REACH = 4.0
LOGITS, LOGS = 25.0, 12.0
WIDEST = 1.0 - 1e-9
LARGE = 1e4


class Model(Protocol):
    """What the grid and the draws need to know."""

    def start(self) -> Grid:
        """A first place for the grid."""

    def log_density(self, u: Floats, v: Floats) -> Floats:
        """At u (cells, columns) and v (1, columns), prior included."""

    def levels(self, u: Floats, v: Floats, rng: np.random.Generator) -> Floats:
        """One level of each unit for each draw of u and v: shape (units, draws)."""


@dataclass(frozen=True, slots=True)
class Shares:
    """x of n cases; levels are beta. u: logit of the mean. v: 1 / sqrt(1 + alpha + beta), the spread of the levels as
    a share of the widest a mean allows. Prior: mean and v even between 0 and 1."""

    x: Floats
    n: Floats

    def start(self) -> Grid:
        mean = (self.x.sum() + 0.5) / (self.n.sum() + 1.0)
        widest = mean * (1.0 - mean)
        seen, chance = _moments(self.x / self.n, widest / self.n)
        # Where the large are unlike the small, units can spread wider than the mean of all cases seems to allow.
        v = min(np.sqrt(seen / widest), 0.9), min(np.sqrt(chance / widest), 0.9)
        u, error = float(logit(mean)), np.sqrt((seen + chance) / self.n.size) / widest
        return grid(_around(u, error), _spread(*v, self.n.size), u_ends=(-LOGITS, LOGITS), v_most=WIDEST)

    def log_density(self, u: Floats, v: Floats) -> Floats:
        mean, total = expit(u), 1.0 / v**2 - 1.0
        alpha, beta = mean * total, expit(-u) * total
        log = _risen(alpha, self.x) + _risen(beta, self.n - self.x) - _risen(total, self.n)
        return np.asarray(log + np.log(mean) + np.log(expit(-u)), dtype=np.float64)

    def levels(self, u: Floats, v: Floats, rng: np.random.Generator) -> Floats:
        total = 1.0 / v**2 - 1.0
        alpha, beta = expit(u) * total + self.x[:, None], expit(-u) * total + (self.n - self.x)[:, None]
        return np.asarray(rng.beta(alpha, beta), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Rates:
    """x events in n; levels are gamma. u: log of the mean over that of all together. v: 1 / sqrt(1 + a) with a the
    shape, so that v / sqrt(1 - v²) is the coefficient of variation. Prior: u even up to a factor of 160,000 either
    way, v even between 0 and 1."""

    x: Floats
    n: Floats

    @property
    def expected(self) -> Floats:
        """Events that each unit would have at the rate of all together."""
        return np.asarray(self.n * (self.x.sum() / self.n.sum()), dtype=np.float64)

    def start(self) -> Grid:
        seen, chance = _moments(self.x / self.expected, 1.0 / self.expected)
        v = np.sqrt(seen / (1.0 + seen)), np.sqrt(chance / (1.0 + chance))
        error = np.sqrt((seen + chance) / self.n.size)
        return grid(_around(0.0, error), _spread(*v, self.n.size), u_ends=(-LOGS, LOGS), v_most=WIDEST)

    def log_density(self, u: Floats, v: Floats) -> Floats:
        shape = 1.0 / v**2 - 1.0
        pace = shape / np.exp(u)
        ahead = np.log1p(self.expected / pace[..., None])
        log = _risen(shape, self.x) - shape * ahead.sum(axis=-1)
        return np.asarray(log - ahead @ self.x - self.x.sum() * np.log(pace), dtype=np.float64)

    def levels(self, u: Floats, v: Floats, rng: np.random.Generator) -> Floats:
        shape = 1.0 / v**2 - 1.0
        pace = shape / np.exp(u) + self.expected[:, None]
        return np.asarray(rng.gamma(shape + self.x[:, None]) / pace * (self.x.sum() / self.n.sum()), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Means:
    """Values y with standard errors s; levels are normal. u: their mean. v: their standard deviation.

    Prior: both even (Gelman and others, 2013, 115)."""

    y: Floats
    s: Floats

    def start(self) -> Grid:
        seen, chance = _moments(self.y, self.s**2)
        u, error = float(np.mean(self.y)), np.sqrt((seen + chance) / self.y.size)
        v = np.sqrt(seen), np.sqrt(chance)
        return grid(_around(u, error), _spread(*v, self.y.size), u_ends=(-np.inf, np.inf), v_most=np.inf)

    def log_density(self, u: Floats, v: Floats) -> Floats:
        variance = self.s**2 + v[..., None] ** 2
        log = np.log(variance) + (self.y - u[..., None]) ** 2 / variance
        return np.asarray(-0.5 * log.sum(axis=-1), dtype=np.float64)

    def levels(self, u: Floats, v: Floats, rng: np.random.Generator) -> Floats:
        own, common = self.s[:, None] ** -2.0, v**-2.0
        middle = (self.y[:, None] * own + u * common) / (own + common)
        return np.asarray(middle + rng.standard_normal(middle.shape) / np.sqrt(own + common), dtype=np.float64)


def _moments(values: Floats, variances: Floats) -> tuple[float, float]:
    """Variance between units beyond chance, and that of chance for a unit of middling size."""
    chance = float(np.median(variances))
    return max(float(np.var(values)) - float(np.mean(variances)), 0.0), chance


def _around(middle: float, error: float) -> tuple[float, float]:
    return middle - REACH * error, middle + REACH * error


def _spread(seen: float, chance: float, units: int) -> tuple[float, float]:
    error = np.sqrt((seen**2 + chance**2) / (2.0 * units))
    return seen - REACH * error, seen + REACH * error


def _risen(parameter: Floats, counts: Floats) -> Floats:
    """The sum over units of log gamma at parameter plus count, less that at the parameter; like counts are taken once.

    Of large parameters both are so large that their difference would be lost: Stirling's series, with the difference
    formed before it is summed, has an error below 1 / (360 * LARGE³).
    """
    different, times = np.unique(counts, return_counts=True)
    out = np.empty_like(parameter)
    large = parameter > LARGE
    few, much = parameter[~large][:, None], parameter[large][:, None]
    out[~large] = (gammaln(few + different) - gammaln(few)) @ times.astype(np.float64)
    stirling = different * np.log(much) + (much + different - 0.5) * np.log1p(different / much) - different
    stirling += (1.0 / (much + different) - 1.0 / much) / 12.0
    out[large] = stirling @ times.astype(np.float64)
    return out
