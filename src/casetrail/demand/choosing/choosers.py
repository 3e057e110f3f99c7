"""How a model is chosen, and all models among which it is: for one table, and for many tables of a bootstrap."""

from __future__ import annotations

from functools import lru_cache
from math import comb

import numpy as np
import numpy.typing as npt

from casetrail.demand.choosing.bootstrap import Chooser
from casetrail.demand.choosing.downhill import downhill
from casetrail.demand.lists import Counts
from casetrail.demand.loglinear.fits import Fits, fit
from casetrail.demand.loglinear.models import Model
from casetrail.demand.loglinear.search import Prepared, all_models
from casetrail.figures import Refusal

Floats = npt.NDArray[np.float64]
# All models of so many are fitted for one table, and for each replicate of a bootstrap.
MOST_ONCE, MOST_OFTEN = 40_000, 2_000


@lru_cache(maxsize=32)
def prepared(k: int, order: int) -> Prepared:
    """All hierarchical models of k lists up to an order, ready to be fitted to any table."""
    return Prepared(k, order)


def how_many(k: int, order: int) -> int:
    """How many hierarchical models there are, or a number too large to fit them all."""
    if order <= 2:
        return int(2 ** comb(k, 2)) if order == 2 else 1
    # Free distributive lattices: 113 models of four lists below the highest term, about 7,000 of five, millions of six.
    return {3: 8, 4: 113, 5: 7_000}.get(k, 10**7)


def fitted(counts: Counts, order: int) -> tuple[Fits, bool] | Refusal:
    """All models and True; or, where they are too many, those a downhill search came by and False."""
    k = counts.size.bit_length() - 1
    if how_many(k, order) <= MOST_OFTEN:
        return prepared(k, order).fit(counts), True
    if how_many(k, order) <= MOST_ONCE:
        return all_models(counts, k, order=order), True
    found = downhill(counts, order=order)
    return found if isinstance(found, Refusal) else (fit(counts, list(found.tried)), False)


def ends_in(counts: Counts, order: int) -> Model | None:
    """Where a downhill search ends; None where all models are tried, or no model has an estimate."""
    if how_many(counts.size.bit_length() - 1, order) <= MOST_OFTEN:
        return None
    found = downhill(counts, order=order)
    return None if isinstance(found, Refusal) else found.best.model


def by_bic(k: int, order: int, start: Model | None = None) -> Chooser:
    """The model with the lowest BIC; where all are too many, downhill from `start` (the lists on their own)."""
    if how_many(k, order) <= MOST_OFTEN:
        ready = prepared(k, order)

        def best(tables: Counts) -> Floats:
            hidden, _ = ready.best_of(tables)
            return np.asarray(tables.sum(axis=1) + hidden, dtype=np.float64)

        return best
    begin = start or tuple(1 << j for j in range(k))

    def down(tables: Counts) -> Floats:
        found = [downhill(row, order=order, starts=(begin,)) for row in tables]
        return np.array([np.nan if isinstance(f, Refusal) else f.best.total for f in found])

    return down
