"""Gibbs sampling of the mixture with the rows given to classes, seen and unseen.

Source: D. Manrique-Vallier, "Bayesian population size estimation using Dirichlet process mixtures", Biometrics 72
(2016) 1246-1254. Rows of one pattern are alike, so they are shared out by one multinomial draw for each pattern, and
the unseen by one more. The unseen number is drawn with the classes of its rows integrated out, and without a cap.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from casetrail.kernels.mixture.density import spread
from casetrail.kernels.mixture.shape import At, Floats


@njit(nogil=True, cache=True, error_model="numpy")
def unseen(rng: np.random.Generator, n: float, seen: float) -> float:
    """How many rows nobody sees, when `n` are seen with the chance `seen`: negative binomial, as large as it comes."""
    mean = rng.standard_gamma(n) * (1.0 - seen) / seen
    # Beyond it a Poisson number differs from its mean by less than its last digit matters.
    return float(rng.poisson(mean)) if mean < 1e15 else mean


@njit(nogil=True, cache=True, error_model="numpy")
def sweep(rng: np.random.Generator, x: Floats, at: At) -> tuple[float, int]:
    """One sweep over everything; `x` is written over. Returns the unseen number drawn on the way, and how many classes
    had a row that was seen."""
    data, prior, room = at
    k, j = prior.classes, data.columns
    seen, length = spread(x, data, prior, room)
    held = room.held
    held[:] = 0.0
    for p in range(1, data.counts.size):
        if data.counts[p] > 0.0:
            _share_out(rng, data.counts[p], p, at)
    used = 0
    for c in range(k):
        used += held[c, j] > 0.0
    out = unseen(rng, data.n, seen)
    _share_out(rng, out, 0, at)
    alpha = rng.standard_gamma(prior.shape + k - 1) / (prior.rate + length)
    later = 0.0
    for c in range(k - 1, -1, -1):
        rows = held[c, j]
        for i in range(j):
            one = rng.standard_gamma(prior.one + held[c, i])
            x[c * j + i] = math.log(one / rng.standard_gamma(prior.zero + rows - held[c, i]))
        if c < k - 1:
            x[k * j + c] = math.log(_break(rng, 1.0 + rows, alpha + later))
        later += rows
    return out, used


@njit(nogil=True, cache=True, error_model="numpy")
def _break(rng: np.random.Generator, own: float, later: float) -> float:
    """-log(1 - V) for V ~ Beta(own, later); in logarithms, for 1 - V is often smaller than any number."""
    own_log = math.log(rng.standard_gamma(own))
    later_log = math.log(rng.standard_gamma(later + 1.0)) - rng.standard_exponential() / later
    high = max(own_log, later_log)
    return max(high - later_log + math.log1p(math.exp(min(own_log, later_log) - high)), 1e-300)


@njit(nogil=True, cache=True, error_model="numpy")
def _share_out(rng: np.random.Generator, rows: float, p: int, at: At) -> None:
    """Give `rows` rows of pattern `p` to classes: a multinomial draw, one class after another."""
    data, prior, room = at
    k, j = prior.classes, data.columns
    left, rest = rows, 0.0
    for c in range(k):
        rest += room.share[c] * room.mass[c, p]
    for c in range(k):
        # Written so that what is no number ends it too: a binomial draw of it would never return.
        if not left > 0.0:
            return
        own = room.share[c] * room.mass[c, p]
        took = left
        if c < k - 1 and own < rest:
            took = _binomial(rng, left, own / rest)
        rest -= own
        left -= took
        room.held[c, j] += took
        q = p
        while q > 0 and took > 0.0:
            room.held[c, data.column[q]] += took
            q = data.parent[q]


@njit(nogil=True, cache=True, error_model="numpy")
def _binomial(rng: np.random.Generator, n: float, p: float) -> float:
    if n < 4e9:
        return float(rng.binomial(np.int64(n), p))
    # A number that large is a chance visit to the far tail: the normal curve is exact to a part in 10,000.
    drawn = np.rint(n * p + math.sqrt(n * p * (1.0 - p)) * rng.standard_normal())
    return float(min(max(drawn, 0.0), n))


@njit(nogil=True, cache=True, error_model="numpy")
def plain_chain(rng: np.random.Generator, x: Floats, at: At, kept: Floats) -> None:
    """As many sweeps as `kept` has places, each leaving the whole number of rows, seen and unseen; `x` moves on."""
    for t in range(kept.size):
        kept[t] = at[0].n + sweep(rng, x, at)[0]
