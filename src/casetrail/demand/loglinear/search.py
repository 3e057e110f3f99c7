"""All hierarchical models up to an order, and the best of them: for one table, or for each of many tables."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from math import nan
from typing import Literal

import numpy as np
import numpy.typing as npt

from casetrail.demand.lists import Counts
from casetrail.demand.loglinear.fits import Fits, Status, as_table, fitted
from casetrail.demand.loglinear.models import Model, hierarchical_models
from casetrail.kernels.loglinear import lattice

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int8]
Criterion = Literal["bic", "aic"]

# Statuses depend on which patterns have somebody only; tables of a bootstrap share them.
SUPPORTS = 256


def all_models(counts: Counts, k: int, *, order: int) -> Fits:
    """All hierarchical models of k lists with terms of up to `order` lists, fewest terms first.

    `counts`: persons by pattern, shape (2**k,). Raises: ValueError as `Prepared` and `fits.fit` do.
    """
    return Prepared(k, order).fit(counts)


def best(fits: Fits, n: int, criterion: Criterion = "bic") -> int:
    """Which model has the lowest criterion among those with an estimate; of models that tie, the first.

    Raises: ValueError where no model has an estimate, or for another criterion.
    """
    values = fits.aic() if _penalty(criterion) == 2.0 else fits.bic(n)
    values = np.where(fits.status == Status.FINE, values, np.inf)
    lowest = float(values.min())
    if lowest == np.inf:
        raise ValueError("no model has an estimate")
    return int(np.argmax(values <= lowest + lattice.TIE * max(1.0, n / 1e6)))


class Prepared:
    """All hierarchical models of k lists up to an order, laid out once for many tables.

    `models`: fewest terms first. Raises: ValueError for an order that is not from 1 to k - 1, and where there are more
    than `models.MOST_MODELS`.
    """

    def __init__(self, k: int, order: int) -> None:
        self.k, self.order = k, order
        self.models = tuple(hierarchical_models(k, order))
        self._family = nested(self.models)
        self._supports: OrderedDict[bytes, Codes] = OrderedDict()

    def fit(self, counts: Counts) -> Fits:
        """Every model on one table, (2**k,). Raises: ValueError as `fits.fit` does for counts."""
        y = self._table(counts, 1)
        key = np.packbits(y > 0).tobytes()
        known = self._supports.get(key)
        unknown = np.full(len(self.models), lattice.UNKNOWN, dtype=np.int8)
        fits, found = fitted(y, self.models, self._family, unknown if known is None else known)
        if known is None:
            # Whether a fit settles depends on the counts, too: that is tried anew.
            self._supports[key] = np.where(found == Status.NOT_SETTLED, np.int8(lattice.UNKNOWN), found)
            if len(self._supports) > SUPPORTS:
                self._supports.popitem(last=False)
        return fits

    def best_of(
        self, counts: npt.NDArray[np.int64], *, criterion: Criterion = "bic", threads: int = 1
    ) -> tuple[Floats, Ints]:
        """The number hidden under the best model of each table, and which model that is.

        `counts`: (r, 2**k). Returns (r,) persons and (r,) indices into `models`; nan and -1 where no model has an
        estimate. The same as `best(self.fit(row), n)`, but most models are never fitted: one whose deviance cannot
        fall below a bound that already loses is passed over. Runs without the interpreter lock.
        """
        y, penalty = self._table(counts, 2), _penalty(criterion)
        parts = np.array_split(y, max(1, min(threads, len(y))))
        if len(parts) == 1:
            found = [lattice.best_all(y, self._family, penalty)]
        else:
            with ThreadPoolExecutor(len(parts)) as pool:
                found = list(pool.map(lambda part: lattice.best_all(part, self._family, penalty), parts))
        hidden, index = (np.concatenate([part[i] for part in found]) for i in (0, 1))
        for r in np.flatnonzero(index == lattice.ASK):
            fits = self.fit(counts[r])
            index[r] = best(fits, int(y[r].sum()), criterion) if (fits.status == Status.FINE).any() else lattice.NONE
            hidden[r] = fits.hidden[index[r]] if index[r] >= 0 else nan
        return hidden, index

    def forget(self) -> None:
        """Drop what is remembered of the supports of earlier tables."""
        self._supports.clear()

    def _table(self, counts: npt.NDArray[np.int64], dimensions: int) -> Floats:
        y = as_table(counts)
        if y.ndim != dimensions or y.shape[-1] != 1 << self.k:
            raise ValueError(f"counts of {self.k} lists have {1 << self.k} entries for each table")
        return y


def nested(models: Sequence[Model]) -> lattice.Family:
    """Models laid out with those one term above and below each of them. They must come fewest terms first."""
    at = {model: i for i, model in enumerate(models)}
    below: list[list[int]] = []
    above: list[list[int]] = [[] for _ in models]
    for i, model in enumerate(models):
        found = [at.get((*model[:j], *model[j + 1 :])) for j in range(len(model))]
        below.append([m for m in found if m is not None])
        for m in below[-1]:
            above[m].append(i)
    terms, begin = _flat([list(model) for model in models])
    return lattice.Family(terms, begin, *_flat(above), *_flat(below))


def _flat(rows: Sequence[Sequence[int]]) -> tuple[Ints, Ints]:
    values = np.array([value for row in rows for value in row], dtype=np.int64)
    return values, np.cumsum([0, *(len(row) for row in rows)], dtype=np.int64)


def _penalty(criterion: str) -> float:
    """The price of a parameter; nan stands for the logarithm of the number listed."""
    if criterion not in ("bic", "aic"):
        raise ValueError(f"the criterion is bic or aic, not {criterion!r}")
    return nan if criterion == "bic" else 2.0
