"""The same interval for one odds ratio, the slow and obvious way: the two margins are searched for as well."""

from __future__ import annotations

from math import exp, lgamma, log

from scipy.optimize import brentq, minimize, minimize_scalar

from casetrail.demand.two_lists.table import Cells
from casetrail.stats.intervals import normal_quantile


def interval(of: Cells, odds_ratio: float, level: float = 0.95) -> tuple[float, float]:
    """Ends of the number of persons on neither list."""

    def fit(hidden: float) -> float:
        """Four cells from two log odds and the odds ratio; the best log likelihood there is."""
        n = of.known + hidden

        def loss(free: tuple[float, float]) -> float:
            a, b = free
            weights = (1.0, exp(a), exp(b), exp(a + b) * odds_ratio)
            counts = (hidden, of.first, of.second, of.both)
            return -sum(c * log(w / sum(weights)) for c, w in zip(counts, weights, strict=True))

        start = (log(of.first / hidden), log(of.second / hidden))
        best = minimize(loss, start, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-11, "maxiter": 4000})
        return lgamma(n + 1) - lgamma(hidden + 1) - float(best.fun)

    guess = log(odds_ratio * of.first * of.second / of.both)
    top = minimize_scalar(lambda t: -fit(exp(t)), bounds=(min(guess, 0.0) - 6, max(guess, 0.0) + 3), method="bounded")
    level_of_cut = -float(top.fun) - normal_quantile(level) ** 2 / 2
    low, high = 1e-3, exp(float(top.x)) * 2
    while fit(high) > level_of_cut:
        high *= 2
    middle = exp(float(top.x))
    down = 0.0 if fit(low) > level_of_cut else float(brentq(lambda h: fit(h) - level_of_cut, low, middle, xtol=1e-7))
    return down, float(brentq(lambda h: fit(h) - level_of_cut, middle, high, xtol=1e-7))
