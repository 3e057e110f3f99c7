"""Log-linear models fitted to counts: how many are on no list, how well it fits, and whether there is an estimate.

Expected counts of the patterns are products of terms, one for each set of lists in the model (S. E. Fienberg,
Biometrika 59 (1972) 591-603); counts are taken as Poisson, and the constant is the logarithm of the number hidden.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from math import lgamma, log

import numpy as np
import numpy.typing as npt

from casetrail.demand.lists import Counts
from casetrail.demand.loglinear.existence import decided
from casetrail.demand.loglinear.models import Model
from casetrail.kernels.loglinear import lattice, support

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int8]


class Status(IntEnum):
    """Whether the number hidden has an estimate; numbers as in Chan, Silverman & Vincent (2021), with both faults 2.

    NOT_SETTLED: there is an estimate, but Newton's method did not come to it.
    """

    FINE = 0
    NO_MLE = 1
    NOT_IDENTIFIABLE = 2
    NOT_SETTLED = 3


@dataclass(frozen=True, slots=True)
class Fits:
    """Models side by side, one entry of each array for each model.

    `hidden`: persons on no list, nan unless the status is FINE, as is `deviance` (that of R's glm: twice the gap to a
    perfect fit). `parameters` counts the constant, and terms that run to minus infinity, too. `saturated`: minus twice
    the log likelihood of a perfect fit; `bic` and `aic` rest on the whole log likelihood, factorials among it, and so
    are those that Rcapture and other programs print.
    """

    models: tuple[Model, ...]
    hidden: Floats
    deviance: Floats
    parameters: Ints
    status: Codes
    saturated: float = 0.0

    def bic(self, n: int) -> Floats:
        """Bayesian information criterion (G. Schwarz, Annals of Statistics 6 (1978) 461-464) for n persons listed."""
        return self.deviance + self.saturated + self.parameters * log(n)

    def aic(self) -> Floats:
        """Akaike's criterion."""
        return self.deviance + self.saturated + 2.0 * self.parameters


def fit(counts: Counts, models: Sequence[Model]) -> Fits:
    """Fit each of these hierarchical models. `counts`: persons by pattern, shape (2**k,), place 0 never read.

    A term whose lists share nobody runs to minus infinity: the patterns that hold it are left out, the rest is fitted,
    and the term still counts as a parameter (extended maximum likelihood: S. E. Fienberg and A. Rinaldo, Annals of
    Statistics 40 (2012) 996-1023). Whether the number hidden has an estimate is decided first, for every model
    (`existence`).

    Raises: ValueError for counts that are no table of patterns, no model, or one that is not hierarchical or has a
    list that is not there.
    """
    y = as_table(counts)
    family = single(models, y.size)
    return fitted(y, tuple(models), family, np.full(len(models), lattice.UNKNOWN, dtype=np.int8))[0]


def fitted(y: Floats, models: tuple[Model, ...], family: lattice.Family, known: Codes) -> tuple[Fits, Codes]:
    """Fit a family whose terms are laid out already; returns the statuses of the kernel, too.

    `known` are such statuses, found before for the same patterns with somebody; UNKNOWN where they are to be found.
    """
    hidden, deviance, status = lattice.fit_all(y, family, known)
    if (status == support.UNDECIDED).any():
        hidden, deviance, status = lattice.fit_all(y, family, decided(y, models, status))
    said = np.where(status == support.NARROWED, np.int8(Status.FINE), status)
    return Fits(models, hidden, deviance, np.diff(family.begin) + 1, said, saturated(y)), status


def saturated(counts: Floats) -> float:
    """Minus twice the log likelihood of a table if each count is its own expectation."""
    return -2.0 * float(sum(y * log(y) - y - lgamma(y + 1.0) for y in counts.tolist() if y > 0))


def as_table(counts: npt.NDArray[np.int64] | Floats) -> Floats:
    """Counts of one table (2**k,), or of many (r, 2**k), as numbers with nobody in place 0.

    Raises: ValueError for another shape, or counts that are below 0 or not whole.
    """
    y = np.array(counts, dtype=np.float64)
    size = y.shape[-1] if y.ndim in (1, 2) else 0
    if size < 2 or size & (size - 1):
        raise ValueError("counts have one entry for each of 2**k patterns")
    if not bool((y >= 0).all() and (y == np.floor(y)).all() and np.isfinite(y).all()):
        raise ValueError("counts are whole numbers of persons, 0 or more")
    y[..., 0] = 0.0
    return y


def single(models: Sequence[Model], size: int) -> lattice.Family:
    """Models laid out one by one, nothing said of how they nest. Raises: ValueError as `fit` does."""
    if not models:
        raise ValueError("no model was given")
    for model in models:
        _check(model, size)
    flat = np.array([term for model in models for term in model], dtype=np.int64)
    begin = np.cumsum([0, *(len(model) for model in models)], dtype=np.int64)
    nothing, ends = np.zeros(0, dtype=np.int64), np.zeros(len(models) + 1, dtype=np.int64)
    return lattice.Family(flat, begin, nothing, ends, nothing, ends)


def _check(model: Model, size: int) -> None:
    held = set(model)
    if not held or min(held) <= 0 or max(held) >= size or len(held) < len(model):
        raise ValueError("a model has terms of the lists that are there, each once")
    if any(term & ~bit and term & ~bit not in held for term in model for bit in _bits(term)):
        raise ValueError("a model holds every part of each of its terms")
    if any(1 << j not in held for j in range(size.bit_length() - 1)):
        raise ValueError("a model holds each list on its own")


def _bits(term: int) -> list[int]:
    return [1 << j for j in range(term.bit_length()) if term >> j & 1]
