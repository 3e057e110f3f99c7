"""Plain twin of the mixture kernels: one pattern, one class, one row after another, to be read beside the papers."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, lgamma, log, log1p, prod

import numpy as np

from casetrail.kernels.mixture.shape import Prior


def plain_heights(place: Sequence[float], counts: Sequence[int], prior: Prior) -> tuple[float, float]:
    """Log likelihood and log prior of a place, summed over patterns and integrated as the formulas say."""
    chances, shares, lengths = _unpacked(place, counts, prior)
    n = sum(counts[1:])
    fit = -n * log(sum(_pattern(i, chances, shares) for i in range(1, len(counts))))
    fit += sum(c * log(_pattern(i, chances, shares)) for i, c in enumerate(counts) if i and c)
    told = -(prior.shape + prior.classes - 1) * log(prior.rate + sum(lengths)) + sum(log(s) for s in lengths)
    for row in chances:
        told += sum(prior.one * log(p) + prior.zero * log(1.0 - p) for p in row)
    return fit, told


def _unpacked(
    place: Sequence[float], counts: Sequence[int], prior: Prior
) -> tuple[list[list[float]], list[float], list[float]]:
    columns = len(counts).bit_length() - 1
    odds = [exp(u) for u in place[: prior.classes * columns]]
    chances = [[o / (1.0 + o) for o in odds[c * columns : (c + 1) * columns]] for c in range(prior.classes)]
    lengths = [exp(y) for y in place[prior.classes * columns :]]
    shares, left = [], 1.0
    for step in lengths:
        shares.append(left * (1.0 - exp(-step)))
        left *= exp(-step)
    return chances, [*shares, left], lengths


def _pattern(i: int, chances: list[list[float]], shares: Sequence[float]) -> float:
    total = 0.0
    for row, share in zip(chances, shares, strict=True):
        part = share
        for j, p in enumerate(row):
            part *= p if i >> j & 1 else 1.0 - p
        total += part
    return total


def plain_gibbs(rng: np.random.Generator, counts: Sequence[int], prior: Prior, sweeps: int) -> list[int]:
    """The whole number of rows after each sweep; every row, seen or not, has a class of its own."""
    columns = len(counts).bit_length() - 1
    rows = [i for i, c in enumerate(counts) for _ in range(c if i else 0)]
    chances = [[rng.random() for _ in range(columns)] for _ in range(prior.classes)]
    breaks = [rng.random() for _ in range(prior.classes - 1)] + [1.0]
    out = []
    for _ in range(sweeps):
        shares = [v * prod(1.0 - b for b in breaks[:c]) for c, v in enumerate(breaks)]
        none = _pattern(0, chances, shares)
        unseen = int(rng.negative_binomial(len(rows), 1.0 - none))
        everybody = rows + [0] * unseen
        classes = [_class_of(rng, i, chances, shares) for i in everybody]
        alpha = rng.gamma(prior.shape + prior.classes - 1) / (prior.rate - sum(log(1.0 - v) for v in breaks[:-1]))
        for c in range(prior.classes):
            own = [i for i, z in zip(everybody, classes, strict=True) if z == c]
            ones = [sum(i >> j & 1 for i in own) for j in range(columns)]
            chances[c] = [float(rng.beta(prior.one + s, prior.zero + len(own) - s)) for s in ones]
            if c < prior.classes - 1:
                later = sum(z > c for z in classes)
                breaks[c] = min(float(rng.beta(1.0 + len(own), alpha + later)), 1.0 - 1e-15)
        out.append(len(everybody))
    return out


def _class_of(rng: np.random.Generator, i: int, chances: list[list[float]], shares: Sequence[float]) -> int:
    weights = [_pattern(i, [row], [share]) for row, share in zip(chances, shares, strict=True)]
    at, u = 0, rng.random() * sum(weights)
    while at < len(weights) - 1 and u >= weights[at]:
        u -= weights[at]
        at += 1
    return at


def from_the_prior(
    rng: np.random.Generator, counts: Sequence[int], prior: Prior, draws: int
) -> tuple[list[float], list[float]]:
    """Chance of being unseen, and log likelihood, of mixtures drawn from the prior: weighted by their likelihood these
    are draws of the posterior, without any chain."""
    columns = len(counts).bit_length() - 1
    none, fit = [], []
    for _ in range(draws):
        alpha = max(rng.gamma(prior.shape) / prior.rate, 1e-300)
        shares, left = [], 1.0
        for _c in range(prior.classes - 1):
            kept = exp(-rng.exponential() / alpha)
            shares.append(left * (1.0 - kept))
            left *= kept
        chances = [[float(rng.beta(prior.one, prior.zero)) for _ in range(columns)] for _ in range(prior.classes)]
        unseen = _pattern(0, chances, [*shares, left])
        none.append(unseen)
        seen = [(c, _pattern(i, chances, [*shares, left])) for i, c in enumerate(counts) if i and c]
        fit.append(sum(c * log(p) for c, p in seen) - sum(c for c, _ in seen) * log1p(-unseen))
    return none, fit


def at_most(n: int, none: float, most: int) -> float:
    """The chance that at most `most` rows are there in all, when `n` are seen and one is unseen with chance `none`."""
    start = n * log1p(-none)
    return sum(exp(start + lgamma(n + m) - lgamma(n) - lgamma(m + 1) + m * log(none)) for m in range(most - n + 1))
