"""Newton's steps to the most likely coefficients of a regression, and the two laws climbed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import expit, gammaln

from casetrail.demand.repeats.hidden import Floats

STEPS, CLOSE = 100, 1e-10
# Of (linear part, times): log-likelihood of each row, its first derivative, and minus its second.
Rows = Callable[[Floats, Floats], tuple[Floats, Floats, Floats]]


def climb(x: Floats, counts: tuple[Floats, Floats], rows: Rows, beta: Floats) -> tuple[Floats, Floats, float] | None:
    """Newton's steps, halved where they fall: coefficients, information, log-likelihood; None if they never rest."""
    times, persons = counts
    each, first, second = rows(x @ beta, times)
    height = float(persons @ each)
    for _ in range(STEPS):
        information = (x.T * (persons * second)) @ x
        change = np.linalg.solve(information, x.T @ (persons * first))
        share = 1.0
        while True:
            tried = beta + share * change
            each, first, second = rows(x @ tried, times)
            if float(persons @ each) >= height - 1e-9 * (1 + abs(height)) or share < 1e-6:
                break
            share /= 2
        beta, height = tried, float(persons @ each)
        if float(np.abs(share * change).max()) < CLOSE * (1 + float(np.abs(beta).max())):
            return beta, (x.T * (persons * second)) @ x, height
    return None


def truncated(eta: Floats, times: Floats) -> tuple[Floats, Floats, Floats]:
    """Poisson counts cut off at 0, log rate `eta`."""
    rate = np.exp(np.clip(eta, -30, 30))
    mean = rate / -np.expm1(-rate)
    each = times * np.log(rate) - rate - np.log(-np.expm1(-rate)) - gammaln(times + 1)
    # Where the rate is small, mean - rate is 1 - rate / 2 + rate^2 / 12: no digits are lost in 1 + rate - mean.
    small = rate / 2 - rate**2 / 12
    return each, times - mean, np.where(rate < 1e-3, small, mean * (1 + rate - mean))


def twice_or_once(eta: Floats, times: Floats) -> tuple[Floats, Floats, Floats]:
    """Twice (and not once) with log odds `eta`."""
    chance = expit(eta)
    twice = times == 2
    return -np.logaddexp(0, np.where(twice, -eta, eta)), twice - chance, chance * (1 - chance)
