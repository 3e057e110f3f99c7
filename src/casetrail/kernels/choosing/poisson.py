"""One Poisson model with a log link, fitted by Newton steps; the rank of its rows; the tail of a Poisson count.

P. McCullagh and J. A. Nelder, "Generalized linear models" (1989), section 6.2. Numbers in, numbers out.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from numba import njit

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

STEPS = 200
CLOSE = 1e-11


@njit(nogil=True, cache=True)
def newton(design: Floats, y: Floats) -> tuple[Floats, Floats, bool]:
    """Coefficients (columns,), fitted means (rows,), and whether the steps came to rest.

    `design`, shape (rows, columns), must have full column rank on rows that hold something. A step that makes the
    likelihood worse is halved.
    """
    rows, columns = design.shape
    mean, eta = y + 0.1, np.empty(rows)
    away = np.empty(rows)
    for r in range(rows):
        away[r] = mean[r] * math.log(mean[r]) + (y[r] - mean[r])
    beta = _step(design, mean, away)
    gain = _put(design, y, beta, (eta, mean))
    tried, moved = np.empty(columns), np.empty(rows)
    for _ in range(STEPS):
        for r in range(rows):
            away[r] = y[r] - mean[r]
        change = _step(design, mean, away)
        share = 1.0
        while True:
            for c in range(columns):
                tried[c] = beta[c] + share * change[c]
            better = _put(design, y, tried, (eta, moved))
            if better >= gain - 1e-9 * (1.0 + abs(gain)) or share < 1e-6:
                break
            share *= 0.5
        largest, farthest = 0.0, 0.0
        for c in range(columns):
            largest = max(largest, abs(tried[c]))
            farthest = max(farthest, abs(tried[c] - beta[c]))
        beta[:] = tried
        mean[:] = moved
        gain = better
        if farthest < CLOSE * (1.0 + largest):
            return beta, mean, True
    return beta, mean, False


@njit(nogil=True, cache=True)
def _put(design: Floats, y: Floats, beta: Floats, out: tuple[Floats, Floats]) -> float:
    """Write linear predictors and means of these coefficients to `out`; the log likelihood without its constant."""
    eta, mean = out
    gain = 0.0
    for r in range(design.shape[0]):
        total = 0.0
        for c in range(design.shape[1]):
            total += design[r, c] * beta[c]
        eta[r] = total
        mean[r] = math.exp(min(total, 700.0))
        gain += y[r] * total - mean[r]
    return gain


@njit(nogil=True, cache=True)
def _step(design: Floats, weight: Floats, away: Floats) -> Floats:
    """Solve (design' weight design) step = design' away by Cholesky's square roots."""
    rows, columns = design.shape
    a, x = np.zeros((columns, columns)), np.zeros(columns)
    for r in range(rows):
        for i in range(columns):
            if design[r, i] != 0.0:
                x[i] += design[r, i] * away[r]
                for j in range(i + 1):
                    a[i, j] += weight[r] * design[r, i] * design[r, j]
    for j in range(columns):
        for k in range(j):
            a[j, j] -= a[j, k] * a[j, k]
        # Rounding can take the last digits of a nearly flat direction below nothing.
        a[j, j] = math.sqrt(max(a[j, j], 1e-300))
        for i in range(j + 1, columns):
            for k in range(j):
                a[i, j] -= a[i, k] * a[j, k]
            a[i, j] /= a[j, j]
    for i in range(columns):
        for k in range(i):
            x[i] -= a[i, k] * x[k]
        x[i] /= a[i, i]
    for i in range(columns - 1, -1, -1):
        for k in range(i + 1, columns):
            x[i] -= a[k, i] * x[k]
        x[i] /= a[i, i]
    return x


@njit(nogil=True, cache=True)
def full_rank(design: Floats, held: Flags) -> bool:
    """Whether the rows that hold something determine every column by themselves."""
    rows = design[held].copy()
    n, columns = rows.shape
    if n < columns:
        return False
    for c in range(columns):
        pivot = c
        for r in range(c + 1, n):
            if abs(rows[r, c]) > abs(rows[pivot, c]):
                pivot = r
        if abs(rows[pivot, c]) < 1e-9:
            return False
        if pivot != c:
            for j in range(columns):
                rows[c, j], rows[pivot, j] = rows[pivot, j], rows[c, j]
        for r in range(c + 1, n):
            times = rows[r, c] / rows[c, c]
            if times != 0.0:
                for j in range(c, columns):
                    rows[r, j] -= times * rows[c, j]
    return True


@njit(nogil=True, cache=True)
def log_tail(count: int, mean: float) -> float:
    """Log probability that a Poisson count lies as far out as `count`, or further on the same side of its mean."""
    if mean <= 0.0:
        return 0.0 if count == 0 else -np.inf
    at = count * math.log(mean) - mean - math.lgamma(count + 1.0)
    total, term = 1.0, 1.0
    if count > mean:
        k = count + 1
        while term > 1e-17 * total:
            term *= mean / k
            total += term
            k += 1
    else:
        k = count
        while k > 0 and term > 1e-17 * total:
            term *= k / mean
            total += term
            k -= 1
    return at + math.log(total)
