"""How likely the patterns of known persons are: many strata at once, with slopes and curvatures.

Given how many are known in a stratum, their patterns are multinomial with probabilities proportional to exp(columns x
coefficients). That is the Poisson log-linear model with the size of the stratum integrated out (flat in its logarithm):
L. Sanathanan, "Estimating the size of a multinomial population", Annals of Mathematical Statistics 43 (1972) 142-152.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from casetrail.demand.strata.design import Design

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bent:
    """`height` (strata,), `slope` (strata, q), and `curve` (strata, q, q): minus the second derivatives."""

    height: Floats
    slope: Floats
    curve: Floats


def log_rates(of: Design, theta: Floats) -> Floats:
    """Log of how many have each pattern for each person with nobody's pattern; theta (..., q) gives (..., c)."""
    return np.asarray(theta @ of.columns.T + of.offset, dtype=np.float64)


def bent(of: Design, counts: Floats, theta: Floats) -> Bent:
    """The log likelihood (up to a constant) of `counts` (strata, c) at `theta` (strata, q)."""
    lines = log_rates(of, theta)
    top = lines.max(axis=1, keepdims=True)
    weights = np.exp(lines - top)
    total = weights.sum(axis=1, keepdims=True)
    share, n = weights / total, counts.sum(axis=1)
    height = (counts * lines).sum(axis=1) - n * (np.log(total) + top)[:, 0]
    mean = share @ of.columns
    slope = counts @ of.columns - n[:, None] * mean
    # Products of pairs of columns once, so that all strata are one matrix product.
    q = of.columns.shape[1]
    pairs = (of.columns[:, :, None] * of.columns[:, None, :]).reshape(-1, q * q)
    curve = n[:, None, None] * ((share @ pairs).reshape(-1, q, q) - mean[:, :, None] * mean[:, None, :])
    return Bent(height, slope, curve)


def height(of: Design, counts: Floats, theta: Floats) -> float:
    """The log likelihood of all strata alone."""
    lines = log_rates(of, theta)
    top = lines.max(axis=1)
    total = np.log(np.exp(lines - top[:, None]).sum(axis=1)) + top
    return float((counts * lines).sum() - counts.sum(axis=1) @ total)


def hidden_per_known(of: Design, theta: Floats) -> Floats:
    """Hidden persons for each known one; theta (..., q) gives (...)."""
    lines = log_rates(of, theta)
    top = lines.max(axis=-1)
    return np.asarray(np.exp(-top) / np.exp(lines - top[..., None]).sum(axis=-1), dtype=np.float64)


def log_hidden_slope(of: Design, theta: Floats) -> Floats:
    """By how much the log of it moves with each coefficient; theta (strata, q) gives (strata, q)."""
    lines = log_rates(of, theta)
    weights = np.exp(lines - lines.max(axis=1, keepdims=True))
    return np.asarray(-(weights / weights.sum(axis=1, keepdims=True)) @ of.columns, dtype=np.float64)
