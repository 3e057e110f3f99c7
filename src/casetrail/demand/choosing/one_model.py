"""One hierarchical model on one table of counts: which cells and columns count, and its fit with all fitted means.

Terms whose lists share nobody run to minus infinity; the cells they cover are left out and the rest is fitted (extended
maximum likelihood: S. E. Fienberg and A. Rinaldo, Annals of Statistics 40 (2012) 996-1023).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from casetrail.demand.lists import Counts
from casetrail.demand.loglinear.existence import of_terms
from casetrail.demand.loglinear.fits import Status
from casetrail.demand.loglinear.models import Model
from casetrail.demand.refusals import refuse
from casetrail.figures import Refusal
from casetrail.kernels.choosing.poisson import full_rank, newton

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class OneFit:
    """`hidden` persons, the standard error of its logarithm, and the expected number in every cell, (2**k,).

    Place 0 of `expected` is the number hidden; cells under a term that runs to minus infinity have 0.
    """

    model: Model
    hidden: float
    log_error: float
    expected: Floats


def shared_by(counts: Counts) -> Counts:
    """For every set of lists, how many persons are on all of them: shape (2**k,)."""
    out = counts.copy()
    k = out.size.bit_length() - 1
    for j in range(k):
        cells = out.reshape(-1, 2, 1 << j)
        cells[:, 0, :] += cells[:, 1, :]
    return out


def fit_one(counts: Counts, model: Model) -> OneFit | Status:
    """The fit, or why there is none. `counts`: whole persons, shape (2**k,), place 0 never read."""
    shared = shared_by(counts)
    empty = tuple(t for t in model if shared[t] == 0)
    design, cells = _design(counts.size, tuple(t for t in model if shared[t] > 0), empty)
    y = counts[cells].astype(np.float64)
    if not full_rank(design, y > 0):
        status = Status(of_terms(counts, model))
        if status is not Status.FINE:
            return status
    beta, mean, rest = newton(design, y)
    if not rest:
        return Status.NOT_SETTLED
    expected = np.zeros(counts.size)
    expected[cells] = mean
    expected[0] = math.exp(beta[0])
    information = (design.T * mean) @ design
    return OneFit(model, float(expected[0]), math.sqrt(np.linalg.inv(information)[0, 0]), expected)


def refused(status: Status, detail: str) -> Refusal:
    """The refusal that says why there is no fit."""
    if status is Status.NOT_SETTLED:
        return refuse("no_mle", f"{detail}: the fit did not settle")
    return refuse("no_mle" if status is Status.NO_MLE else "not_identifiable", detail)


@lru_cache(maxsize=4096)
def _design(size: int, kept: Model, empty: Model) -> tuple[Floats, npt.NDArray[np.int64]]:
    places = np.arange(1, size)
    open_ = np.ones(places.size, dtype=np.bool_)
    for term in empty:
        open_ &= (places & term) != term
    cells = places[open_]
    terms = np.array([0, *kept])
    return ((cells[:, None] & terms) == terms).astype(np.float64), cells
