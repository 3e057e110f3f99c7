"""Exchanges of the labels of two classes: the likelihood stays as it is, and only the prior of the stick decides.

Source: O. Papaspiliopoulos and G. O. Roberts, "Retrospective Markov chain Monte Carlo methods for Dirichlet process
hierarchical models", Biometrika 95 (2008) 169-186, section 3.4.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from casetrail.kernels.mixture.shape import At, Floats

# At each call: more are soon as dear as the rest of a step.
TRIES = 3


@njit(nogil=True, cache=True, error_model="numpy")
def log_shares(y: Floats, out: Floats) -> None:
    """Log weights from the log lengths of the breaks."""
    length = 0.0
    for c in range(y.size):
        step = math.exp(y[c])
        out[c] = math.log(-math.expm1(-step)) - length
        length += step
    out[y.size] = -length


@njit(nogil=True, cache=True, error_model="numpy")
def exchange(rng: np.random.Generator, x: Floats, at: At) -> int:
    """Try a few exchanges of two classes; returns how many happened.

    In the weights themselves the prior is a product of one over what is left of the stick before each class, times a
    power of (rate - log of the last weight): exchanging two weights moves no volume.
    """
    data, prior, room = at
    k, columns, shares = prior.classes, data.columns, room.log_share
    y = x[k * columns :]
    log_shares(y, shares)
    power = prior.shape + k - 1
    now, done = _log_prior(shares, prior.rate, power), 0
    for _ in range(TRIES):
        a = int(rng.random() * k)
        b = int(rng.random() * (k - 1))
        b += b >= a
        shares[a], shares[b] = shares[b], shares[a]
        then = _log_prior(shares, prior.rate, power)
        if math.log(rng.random()) < then - now:
            now = then
            done += 1
            for i in range(columns):
                x[a * columns + i], x[b * columns + i] = x[b * columns + i], x[a * columns + i]
        else:
            shares[a], shares[b] = shares[b], shares[a]
    if done:
        _breaks(shares, y)
    return done


@njit(nogil=True, cache=True, error_model="numpy")
def _log_prior(shares: Floats, rate: float, power: float) -> float:
    last = shares.size - 1
    left, out = shares[last], -power * math.log(rate - shares[last]) - shares[last]
    for c in range(last - 1, 0, -1):
        left = _log_sum(left, shares[c])
        out -= left
    return float(out)


@njit(nogil=True, cache=True, error_model="numpy")
def _breaks(shares: Floats, y: Floats) -> None:
    left = shares[y.size]
    for c in range(y.size - 1, -1, -1):
        # -log(1 - V) = log(1 + share / what is left after it)
        gap = shares[c] - left
        step = math.log1p(math.exp(gap)) if gap < 30.0 else gap
        y[c] = math.log(max(step, 1e-300))
        left = _log_sum(left, shares[c])


@njit(nogil=True, cache=True, error_model="numpy")
def _log_sum(a: float, b: float) -> float:
    high = max(a, b)
    return float(high + math.log1p(math.exp(min(a, b) - high)))
