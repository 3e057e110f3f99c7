"""Plain twins of the audit's arithmetic: one big matrix, counting one by one; to be read beside the sources."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def plain_likelihood(values: Floats, covariance: Floats, design: Floats) -> float:
    """Log-density of values with this covariance, the coefficients of `design` integrated out, up to a constant."""
    inverse = np.linalg.inv(covariance)
    inside = design.T @ inverse @ design
    best = np.linalg.solve(inside, design.T @ inverse @ values)
    left = values - design @ best
    logs = np.linalg.slogdet(covariance)[1] + np.linalg.slogdet(inside)[1]
    return -0.5 * float(logs + left @ inverse @ left)


def plain_pairs(errors: tuple[Floats, Floats], spread: tuple[float, float, float]) -> Floats:
    """Covariance of all first levels and then all second ones: errors, both standard deviations, the correlation."""
    sd_1, sd_2, correlation = spread
    n = errors[0].size
    whole = np.zeros((2 * n, 2 * n))
    for i in range(n):
        whole[i, i] = sd_1**2 + errors[0][i]
        whole[n + i, n + i] = sd_2**2 + errors[1][i]
        whole[i, n + i] = whole[n + i, i] = correlation * sd_1 * sd_2
    return whole


def plain_gap(
    y: Floats, z: Floats, errors: tuple[Floats, Floats], *, spread: tuple[float, float, float], at: int
) -> tuple[float, float]:
    """Posterior mean and variance of one unit's gap, from the whole matrix, the two common means unknown."""
    sd_1, sd_2, correlation = spread
    n = y.size
    covariance = plain_pairs(errors, spread)
    design = np.kron(np.eye(2), np.ones((n, 1)))
    inverse = np.linalg.inv(covariance)
    inside = design.T @ inverse @ design
    means = np.linalg.solve(inside, design.T @ inverse @ np.concatenate([y, z]))
    left = np.concatenate([y, z]) - design @ means
    # What is asked, as a sum of true levels, and how it goes with everything seen.
    with_seen = np.zeros(2 * n)
    with_seen[at], with_seen[n + at] = (1 - correlation) * sd_1, -(1 - correlation) * sd_2
    on_seen = inverse @ with_seen
    mean = float(on_seen @ left)
    variance = 2 * (1 - correlation) - float(with_seen @ on_seen)
    on_means = design.T @ on_seen
    return mean, variance + float(on_means @ np.linalg.solve(inside, on_means))


def plain_disagreement(gaps: Sequence[tuple[int, int, float]], severity: float, total: float) -> float:
    """Log-density of differences (rater, rater, difference) of files, from one big matrix, up to a constant."""
    n = len(gaps)
    covariance = np.zeros((n, n))
    for i, (a, b, _) in enumerate(gaps):
        for j, (c, d, _) in enumerate(gaps):
            shared = (a == c) + (b == d) - (a == d) - (b == c)
            covariance[i, j] = severity * total * shared + (2 * (1 - severity) * total if i == j else 0.0)
    values = np.array([gap for _, _, gap in gaps])
    return -0.5 * float(np.linalg.slogdet(covariance)[1] + values @ np.linalg.solve(covariance, values))


def plain_drawn(population: int, having: int, size: int) -> list[float]:
    """Chance of each number among those drawn, by counting ways."""
    ways = comb(population, size)
    return [comb(having, x) * comb(population - having, size - x) / ways for x in range(size + 1)]


def plain_risks(size: int, least: int, good: int, poor: int, *, population: int) -> tuple[float, float]:
    """Risk that a team with `good` adequate files fails, and that one with `poor` passes."""
    fails = sum(plain_drawn(population, good, size)[:least])
    passes = sum(plain_drawn(population, poor, size)[least:])
    return fails, passes
