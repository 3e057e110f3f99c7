"""Points of a posterior with four nuisance parameters: two spreads of true levels, and what the audit's error is.

The points are those of an additive recurrence (M. Roberts' generalisation of the golden ratio; H. Niederreiter, "Random
number generation and quasi-Monte Carlo methods" (1992) ch. 3): evenly spread, no chance in them, the same each time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammainccinv

from casetrail.stats.audit_ratings import AuditLevels, Disagreement, Floats

DIMENSIONS = 5
GRID = 97
# Beyond so many standard deviations of what is seen, no spread of true levels is worth a trial.
WIDEST = 4.0


@dataclass(frozen=True, slots=True)
class Points:
    """`sd_1`, `sd_2` have one entry per point; `variance_1`, `variance_2` are (points, units): true plus error.

    `y` and `z` are centred. `alone` is the logarithm of what each point already has from the two measures apart.
    """

    y: Floats
    z: Floats
    sd_1: Floats
    sd_2: Floats
    variance_1: Floats
    variance_2: Floats
    alone: Floats

    def log_weight(self, correlation: float) -> Floats:
        """Logarithm of the posterior weight of each point at one trial correlation, up to a constant."""
        together = correlation * self.sd_1 * self.sd_2
        found = joint_likelihood(self.y, self.z, v_1=self.variance_1, v_2=self.variance_2, together=together[:, None])
        return np.asarray(found + self.alone, dtype=np.float64)


def points(y: Floats, error: Floats, z: Floats, *, audit: AuditLevels, count: int) -> Points:
    """Points from the posterior of each measure alone. `y`, `z` are centred; `error` is that of y."""
    even = evenly(count)
    grid_1 = np.linspace(0.0, WIDEST * float(np.std(y, ddof=1)), GRID)
    height_1 = likelihood(y, grid_1[:, None] ** 2 + error)
    sd_1 = np.interp(even[:, 0], _below(height_1[None, :], grid_1)[0], grid_1)
    wrong = audit_error(audit, even[:, 1:4])
    grid_2 = np.linspace(0.0, WIDEST * float(np.std(z, ddof=1)), GRID)
    height_2 = np.stack([likelihood(z, g**2 + wrong) for g in grid_2], axis=1)
    below = _below(height_2, grid_2)
    sd_2 = np.array([np.interp(u, row, grid_2) for u, row in zip(even[:, 4], below, strict=True)])
    variance_1, variance_2 = sd_1[:, None] ** 2 + error, sd_2[:, None] ** 2 + wrong
    # How well this point's error of the audit fits, whatever the spread of true levels.
    top = height_2.max(axis=1)
    fit = top + np.log(np.trapezoid(np.exp(height_2 - top[:, None]), grid_2, axis=1))
    alone = fit - likelihood(z, variance_2) - likelihood(y, variance_1)
    return Points(y, z, sd_1, sd_2, variance_1, variance_2, alone)


def evenly(count: int) -> Floats:
    """`count` points in the unit cube of five dimensions."""
    root = 1.0
    for _ in range(60):
        root = (1.0 + root) ** (1.0 / (DIMENSIONS + 1))
    steps = root ** -np.arange(1.0, DIMENSIONS + 1.0)
    return np.asarray(np.mod(0.5 + np.outer(np.arange(1.0, count + 1.0), steps), 1.0), dtype=np.float64)


def audit_error(audit: AuditLevels, even: Floats) -> Floats:
    """Error variance of each unit's audit, (points, units), over what is not known of raters and files."""
    base = audit.base * audit.freedom / _chi_squared(even[:, 0], audit.freedom)
    lasting, noise = _raters(audit.raters, even[:, 1], even[:, 2])
    noise = np.minimum(noise, base)
    found = audit.own * (base - noise)[:, None] + audit.rated * noise[:, None] + audit.severity * lasting[:, None]
    return np.maximum(found, 1e-12)


def _raters(raters: Disagreement, one: Floats, two: Floats) -> tuple[Floats, Floats]:
    """Lasting severity and noise of raters at each point; none of either where no file has two ratings."""
    if raters.freedom == 0:
        return np.zeros(one.size), np.zeros(one.size)
    weight = np.exp(raters.log_likelihood - raters.log_likelihood.max())
    below = np.cumsum(weight) / weight.sum()
    at = np.minimum(np.searchsorted(below, one), below.size - 1)
    total = raters.quad[at] / _chi_squared(two, raters.freedom)
    return raters.severity[at] * total, (1 - raters.severity[at]) * total


def _chi_squared(below: Floats, freedom: float) -> Floats:
    """Quantiles of the chi-squared distribution."""
    return np.asarray(2.0 * gammainccinv(freedom / 2.0, 1.0 - below), dtype=np.float64)


def _below(height: Floats, grid: Floats) -> Floats:
    """Cumulated posterior over a grid, from log-likelihoods, row by row."""
    density = np.exp(height - height.max(axis=1, keepdims=True))
    steps = (density[:, 1:] + density[:, :-1]) / 2 * np.diff(grid)
    below = np.concatenate([np.zeros((height.shape[0], 1)), np.cumsum(steps, axis=1)], axis=1)
    return np.asarray(below / below[:, -1:], dtype=np.float64)


def likelihood(y: Floats, variance: Floats) -> Floats:
    """Log-likelihood of levels with these variances (last axis: units), the common mean integrated out."""
    weight = 1.0 / variance
    total = weight.sum(axis=-1)
    first = weight @ y
    return np.asarray(-0.5 * (np.log(variance).sum(axis=-1) + np.log(total) + weight @ y**2 - first**2 / total))


def joint_likelihood(y: Floats, z: Floats, *, v_1: Floats, v_2: Floats, together: Floats) -> Floats:
    """The same for pairs of levels with covariance `together`, both means integrated out."""
    det = v_1 * v_2 - together**2
    a, b, c = v_2 / det, -together / det, v_1 / det
    s_a, s_b, s_c = a.sum(axis=-1), b.sum(axis=-1), c.sum(axis=-1)
    p, q = a @ y + b @ z, b @ y + c @ z
    room = s_a * s_c - s_b**2
    square = a @ y**2 + 2 * (b @ (y * z)) + c @ z**2 - (s_c * p**2 - 2 * s_b * p * q + s_a * q**2) / room
    return np.asarray(-0.5 * (np.log(det).sum(axis=-1) + np.log(room) + square), dtype=np.float64)
