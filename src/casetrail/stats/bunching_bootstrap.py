"""How sure is an excess at a limit? Two bootstraps of the published method, all draws at once.

Residuals: R. Chetty and others, Quarterly Journal of Economics 126 (2011) 749-804, section IV, put residuals of the
curve, drawn with replacement, on the fitted counts. That takes the bins as given and speaks of how well the curve fits.
Cases: B. Efron, Annals of Statistics 7 (1979) 1-26; drawing cases anew is drawing the counts from a multinomial.
A curve is a fixed weighting of the counts, and the integration constraint then has one solution that can be written
down, so a draw is two products and needs neither a fit nor an iteration.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from casetrail.stats.bunching import Bunching, Floats, Plan, raised


@dataclass(frozen=True, slots=True)
class Spread:
    """All draws of the excess and of the normalised excess, and their central intervals at `level`."""

    excess: Floats
    normalised: Floats
    level: float

    @property
    def excess_interval(self) -> tuple[float, float]:
        return _middle(self.excess, self.level)

    @property
    def normalised_interval(self) -> tuple[float, float]:
        return _middle(self.normalised, self.level)

    @property
    def standard_errors(self) -> tuple[float, float]:
        """Of the excess and of the normalised excess."""
        return float(self.excess.std(ddof=1)), float(self.normalised.std(ddof=1))


def case_bootstrap(
    counts: npt.ArrayLike, of: Bunching, rng: np.random.Generator, *, draws: int = 1000, level: float = 0.95
) -> Spread:
    """Cases drawn with replacement: the counts of all bins from a multinomial, their sum kept."""
    c = np.asarray(counts, dtype=np.float64)
    total = round(float(c.sum()))
    drawn = rng.multinomial(total, c / c.sum(), size=draws).astype(np.float64)
    return _spread(drawn, of.plan, level)


def residual_bootstrap(
    counts: npt.ArrayLike, of: Bunching, rng: np.random.Generator, *, draws: int = 1000, level: float = 0.95
) -> Spread:
    """Residuals of the bins outside the window, drawn with replacement, on the fitted counts of all bins.

    The fitted count of a bin in the window is the count itself (its step fits it). Above the limit the residuals are
    those of the raised counts, and what was raised is lowered again before the method is applied.
    """
    c = np.asarray(counts, dtype=np.float64)
    ready = of.plan
    moved = of.excess
    up = np.divide(raised(c, ready, moved), c, out=np.ones_like(c), where=c > 0)
    left = (c * up - of.counterfactual)[ready.kept]
    fitted = np.where(ready.window, c, of.counterfactual)
    drawn = (fitted + rng.choice(left, size=(draws, c.size))) / up
    return _spread(drawn, ready, level)


def all_at_once(drawn: Floats, ready: Plan) -> tuple[Floats, Floats]:
    """Excess and normalised excess of many tables of counts, one in each row, with the integration constraint."""
    kept = drawn[:, ready.kept]
    there = ready.above[ready.kept]
    first = drawn[:, ready.window].sum(axis=1) - kept @ ready.weights
    total = drawn[:, ready.above].sum(axis=1)
    back = np.divide(kept[:, there] @ ready.weights[there], total, out=np.zeros_like(total), where=total > 0)
    excess = first / (1 + back)
    bins = int(np.count_nonzero(ready.window))
    return excess, excess / ((drawn[:, ready.window].sum(axis=1) - excess) / bins)


def _spread(drawn: Floats, ready: Plan, level: float) -> Spread:
    excess, normalised = all_at_once(drawn, ready)
    return Spread(excess, normalised, level)


def _middle(values: Floats, level: float) -> tuple[float, float]:
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
