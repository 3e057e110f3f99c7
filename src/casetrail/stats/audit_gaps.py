"""Each unit's discordance: how much higher it stands on one measure than on the other, in standard deviations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from casetrail.stats.audit_points import Points
from casetrail.stats.audit_ratings import Floats

DRAWN = 200
HALVINGS = 30


@dataclass(frozen=True, slots=True)
class Gaps:
    """Posterior of the standardised true level on the first measure less that on the second, for each unit.

    `higher` is the probability that the first is the higher.
    """

    value: Floats
    low: Floats
    high: Floats
    higher: Floats


def gaps(at: Points, trial: Floats, mass: Floats, *, level: float) -> Gaps:
    """Mix the posterior of each unit over points and trial correlations. `mass` is (trial correlations, points)."""
    cumulated = np.cumsum(mass.reshape(-1))
    even = (np.arange(DRAWN) + 0.5) / DRAWN * cumulated[-1]
    chosen = np.minimum(np.searchsorted(cumulated, even), cumulated.size - 1)
    row, point = np.divmod(chosen, mass.shape[1])
    mean, variance = _one_by_one(at, trial[row], point)
    spread = np.sqrt(variance)
    tail = (1 - level) / 2
    return Gaps(
        value=_quantile(mean, spread, 0.5),
        low=_quantile(mean, spread, tail),
        high=_quantile(mean, spread, 1 - tail),
        higher=ndtr(mean / spread).mean(axis=0),
    )


def _one_by_one(at: Points, correlation: Floats, point: np.typing.NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Mean and variance of each unit's gap, (draws, units), with the common means not known either."""
    sd_1, sd_2 = at.sd_1[point, None], at.sd_2[point, None]
    v_1, v_2 = at.variance_1[point], at.variance_2[point]
    rho = correlation[:, None]
    together = rho * sd_1 * sd_2
    det = v_1 * v_2 - together**2
    a, b, c = v_2 / det, -together / det, v_1 / det
    # The gap is (1/sd_1, -1/sd_2) times the true levels; its covariance with them is (1 - rho) times (sd_1, -sd_2).
    left, right = (1 - rho) * sd_1, -(1 - rho) * sd_2
    on_y, on_z = left * a + right * b, left * b + right * c
    s_a, s_b, s_c = (part.sum(axis=1, keepdims=True) for part in (a, b, c))
    room = s_a * s_c - s_b**2
    p, q = (a @ at.y + b @ at.z)[:, None], (b @ at.y + c @ at.z)[:, None]
    mean_y, mean_z = (s_c * p - s_b * q) / room, (s_a * q - s_b * p) / room
    mean = on_y * (at.y - mean_y) + on_z * (at.z - mean_z)
    left_over = 2 * (1 - rho) - (on_y * left + on_z * right)
    means = (s_c * on_y**2 - 2 * s_b * on_y * on_z + s_a * on_z**2) / room
    return mean, np.maximum(left_over, 1e-12) + means


def _quantile(mean: Floats, spread: Floats, share: float) -> Floats:
    """The quantile of a mixture of normals, by halving; one for each column."""
    low, high = (mean - 9 * spread).min(axis=0), (mean + 9 * spread).max(axis=0)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        short = ndtr((middle - mean) / spread).mean(axis=0) < share
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return np.asarray((low + high) / 2, dtype=np.float64)
