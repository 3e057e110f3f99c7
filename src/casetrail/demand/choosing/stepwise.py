"""Forward stepwise choice of two-list terms, each step judged by how odd the overlap of its two lists is.

L. Chan, B. W. Silverman and K. Vincent, Journal of the American Statistical Association 116 (2021) 1297-1306. Under
the present model the number of persons on both lists is a Poisson count; its one-sided tail probability is the p-value
of the pair. The pair with the smallest one enters if it is below the threshold and the larger model has an estimate;
if it has none, the next smallest is tried. A pair that shares nobody enters as a term that runs to minus infinity.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from casetrail.demand.choosing.one_model import OneFit, fit_one, refused, shared_by
from casetrail.demand.lists import Counts
from casetrail.demand.loglinear.fits import Status
from casetrail.demand.loglinear.models import Model
from casetrail.figures import Refusal
from casetrail.kernels.choosing.poisson import log_tail

Floats = npt.NDArray[np.float64]
THRESHOLD = 0.02


@dataclass(frozen=True, slots=True)
class Step:
    """One term that entered: its pair of lists as a bitmask, its p-value, and the estimate with it in.

    The first step of all has pair 0 and p-value nan: the lists on their own. `shared`: persons on both lists.
    """

    pair: int
    p: float
    shared: int
    hidden: float
    total: float


@dataclass(frozen=True, slots=True)
class Stepwise:
    """The chosen model. `low`, `high`: 95 % for the total *given* that model, normal on the log of the number hidden.

    That interval takes the choice for granted and is too narrow; see `bootstrap` for one that does not.
    """

    model: Model
    hidden: float
    total: float
    low: float
    high: float
    steps: tuple[Step, ...]


def stepwise(counts: Counts, *, threshold: float = THRESHOLD) -> Stepwise | Refusal:
    """Choose terms one by one. Refuses `no_mle` or `not_identifiable` when even the lists on their own have no fit."""
    n = int(counts.sum())
    found = _walk(counts, threshold)
    if isinstance(found, Status):
        return refused(found, "no interaction at all")
    fit, steps = found
    half = float(norm.ppf(0.975)) * fit.log_error
    ends = (n + fit.hidden * math.exp(-half), n + fit.hidden * math.exp(half))
    return Stepwise(fit.model, fit.hidden, n + fit.hidden, *ends, steps)


def stepwise_totals(tables: Counts, *, threshold: float = THRESHOLD) -> Floats:
    """All persons by the stepwise choice for each row of `tables`, (r, 2**k); nan where there is no estimate."""
    out = np.full(tables.shape[0], np.nan)
    for i, counts in enumerate(tables):
        found = _walk(counts, threshold)
        if not isinstance(found, Status):
            out[i] = counts.sum() + found[0].hidden
    return out


def _walk(counts: Counts, threshold: float) -> tuple[OneFit, tuple[Step, ...]] | Status:
    shared = shared_by(counts)
    n = int(shared[0])
    k = counts.size.bit_length() - 1
    found = fit_one(counts, tuple(1 << j for j in range(k)))
    if isinstance(found, Status):
        return found
    steps = [Step(0, math.nan, n, found.hidden, n + found.hidden)]
    left = {1 << i | 1 << j for i, j in combinations(range(k), 2)}
    while left:
        taken = _next(counts, found, sorted(left), threshold)
        if taken is None:
            break
        p, pair, found = taken
        left.discard(pair)
        steps.append(Step(pair, p, int(shared[pair]), found.hidden, n + found.hidden))
    return found, tuple(steps)


def _next(counts: Counts, now: OneFit, left: list[int], threshold: float) -> tuple[float, int, OneFit] | None:
    """The pair that enters: p-value, bitmask and the fit with it; None when none does."""
    seen, places = shared_by(counts), np.arange(counts.size)
    odd = [(log_tail(int(seen[t]), float(now.expected[(places & t) == t].sum())), t) for t in left]
    for log_p, pair in sorted(odd):
        if log_p >= math.log(threshold):
            return None
        larger = fit_one(counts, tuple(sorted((*now.model, pair))))
        if not isinstance(larger, Status):
            return math.exp(log_p), pair, larger
    return None
