"""Models that the data support nearly as well as the best one, and how far their estimates lie apart.

A difference of 6 in BIC is odds of about 20 to 1 (A. E. Raftery, Sociological Methodology 25 (1995) 111-163). Of the
models within it those count as *supported* that no simpler model inside them beats (Occam's window: D. Madigan and
A. E. Raftery, JASA 89 (1994) 1535-1546, with 20 to 1): a term that does not earn its place moves the estimate about,
and that is noise of the search, not disagreement of the data. All are shown; only supported ones count as disagreeing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from casetrail.demand.loglinear.fits import Fits, Status
from casetrail.demand.loglinear.models import Model

WITHIN = 6.0


@dataclass(frozen=True, slots=True)
class Near:
    """One model: its estimates, how far its BIC is above the best, its weight among those near, whether supported.

    Weights are exp(-distance / 2), made to add up to 1 over the models near the best.
    """

    model: Model
    hidden: float
    total: float
    above: float
    weight: float
    supported: bool


@dataclass(frozen=True, slots=True)
class NearBest:
    """Models near the best, best first; `tried` models in all, `without` of them have no estimate."""

    models: tuple[Near, ...]
    tried: int
    without: int

    @property
    def supported(self) -> tuple[Near, ...]:
        """Those that no simpler model inside them beats."""
        return tuple(m for m in self.models if m.supported)

    @property
    def ratio(self) -> float:
        """Largest total over the smallest among supported models."""
        totals = [m.total for m in self.supported]
        return max(totals) / min(totals)


def near_best(fits: Fits, n: int, *, within: float = WITHIN) -> NearBest | None:
    """All fitted models whose BIC is at most `within` above the best; None when no model has an estimate."""
    fine = np.asarray(fits.status) == int(Status.FINE)
    bic = np.where(fine, fits.bic(n), np.inf)
    if not fine.any():
        return None
    above = bic - bic.min()
    order = [int(i) for i in np.argsort(above, kind="stable") if above[i] <= within]
    weights = np.exp(-above[order] / 2)
    weights /= weights.sum()
    kept: list[Near] = []
    for i, weight in zip(order, weights, strict=True):
        model = tuple(fits.models[i])
        # A simpler model that beats it has a lower BIC, and so stands in the list already.
        hidden = float(fits.hidden[i])
        kept.append(Near(model, hidden, n + hidden, float(above[i]), float(weight), not _beaten(model, kept)))
    return NearBest(tuple(kept), fine.size, int(np.count_nonzero(~fine)))


def _beaten(model: Model, better: Sequence[Near]) -> bool:
    terms = set(model)
    return any(set(b.model) < terms for b in better)
