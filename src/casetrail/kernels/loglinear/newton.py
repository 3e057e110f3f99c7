"""One log-linear model fitted to one table by Newton's method; the design is never written out.

A place of the table is a set of columns (bits), and so is a term; the term is in the linear predictor of all places
that hold it. The predictor is therefore a sum over subsets of the coefficients, the gradient a sum over supersets of
observed less expected, and the entry of the information for two terms is the sum of the expected counts over the
supersets of both: two passes of k * 2**k additions, look-ups, and a small Cholesky for each step.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from casetrail.kernels.loglinear.room import Room, Table
from casetrail.kernels.loglinear.tables import inner, over_subsets, over_supersets

Floats = npt.NDArray[np.float64]

STEPS = 80
HALVINGS = 40
# The next step would be about the square of this one.
SETTLED = 1e-6
# A coefficient whose information is this small a part of its own is one that others make up for.
TIED = 1e-13
START = 0.1


@inner
def fit_one(of: Table, n: int, at: Room, worst: float) -> tuple[float, float, float, bool]:
    """Fit the `n` terms in `at.kept` to the `at.live` places of a table.

    Returns the expected count of place 0, the deviance, a bound below which no deviance of this model or of one nested
    in it lies, and whether the fit settled. It stops early, not settled, once that bound exceeds `worst`. An infinite
    `worst` asks for the fit whatever it is. The coefficients stay in `at.beta`.
    """
    _start(of, n, at)
    value = _value(of, n, at.beta, at)
    bound = 0.0
    for _ in range(STEPS):
        _newton(of, n, at)
        gain, largest = 0.0, 0.0
        for i in range(n):
            gain += at.slope[i] * at.step[i]
            largest = max(largest, abs(at.step[i]))
        if largest < SETTLED:
            deviance = max(0.0, 2.0 * (of.full - value) - gain)
            for i in range(n):
                at.beta[i] += at.step[i]
            return np.exp(at.beta[0]), deviance, max(bound, deviance), True
        if worst < np.inf:
            bound = max(bound, _bound(of, n, at))
            if bound > worst:
                break
        better = _along(of, n, at, value)
        if not better > -np.inf:
            break
        value = better
    return np.nan, np.nan, bound, False


@inner
def _start(of: Table, n: int, at: Room) -> None:
    """Weighted least squares on the logarithm of the counts plus a little: the usual start of such fits."""
    for c in range(of.counts.size):
        w = of.counts[c] + START if at.live[c] else 0.0
        at.above[c] = w
        at.mean[c] = w * np.log(w) if w > 0 else 0.0
    over_supersets(at.above)
    over_supersets(at.mean)
    for i in range(n):
        at.slope[i] = at.mean[at.kept[i]]
    _solve(n, at)
    for i in range(n):
        at.beta[i] = at.step[i]


@inner
def _value(of: Table, n: int, beta: Floats, at: Room) -> float:
    """Log likelihood (without its factorials) of coefficients; leaves predictor and expected counts in the room."""
    at.eta.fill(0.0)
    value = 0.0
    for i in range(n):
        at.eta[at.kept[i]] = beta[i]
        value += beta[i] * of.margin[at.kept[i]]
    over_subsets(at.eta)
    for c in range(at.eta.size):
        at.mean[c] = np.exp(at.eta[c]) if at.live[c] else 0.0
        value -= at.mean[c]
    return value if np.isfinite(value) else -np.inf


@inner
def _newton(of: Table, n: int, at: Room) -> None:
    """The step of Newton's method from the expected counts in the room."""
    for c in range(at.mean.size):
        at.above[c] = at.mean[c]
    over_supersets(at.above)
    for i in range(n):
        at.slope[i] = of.margin[at.kept[i]] - at.above[at.kept[i]]
    _solve(n, at)


@inner
def _solve(n: int, at: Room) -> None:
    """Solve information * step = slope by Cholesky; a coefficient that others make up for is left where it is."""
    a, x = at.info, at.step
    for i in range(n):
        for j in range(i):
            s = at.above[at.kept[i] | at.kept[j]]
            for m in range(j):
                s -= a[i, m] * a[j, m]
            a[i, j] = s * a[j, j]
        own = at.above[at.kept[i]]
        s = own
        for m in range(i):
            s -= a[i, m] * a[i, m]
        # The diagonal holds inverses; 0 stands for a coefficient that is left out.
        a[i, i] = 1.0 / np.sqrt(s) if s > TIED * own else 0.0
        s = at.slope[i]
        for m in range(i):
            s -= a[i, m] * x[m]
        x[i] = s * a[i, i]
    for i in range(n - 1, -1, -1):
        s = x[i]
        for m in range(i + 1, n):
            s -= a[m, i] * x[m]
        x[i] = s * a[i, i]


@inner
def _along(of: Table, n: int, at: Room, value: float) -> float:
    """Go along the step as far as the likelihood does not fall: all of it, a half, a quarter ... Returns its value."""
    part = 1.0
    least = value - 1e-11 * (1.0 + abs(value))
    for _ in range(HALVINGS):
        for i in range(n):
            at.trial[i] = at.beta[i] + part * at.step[i]
        better = _value(of, n, at.trial, at)
        if better >= least:
            for i in range(n):
                at.beta[i] = at.trial[i]
            return better
        part *= 0.5
    return -np.inf


@inner
def _bound(of: Table, n: int, at: Room) -> float:
    """A deviance that no coefficients of the model can go below, from the step that is about to be made.

    By duality: any x >= 0 with the same sums over supersets as the counts has sum(x log x - x) at least as large as
    every log likelihood. The expected counts moved by one Newton step have those sums, and are used if none is below 0.
    """
    at.eta.fill(0.0)
    for i in range(n):
        at.eta[at.kept[i]] = at.step[i]
    over_subsets(at.eta)
    dual = 0.0
    for c in range(at.eta.size):
        if at.live[c]:
            x = at.mean[c] * (1.0 + at.eta[c])
            if x < 0.0:
                return 0.0
            if x > 0.0:
                dual += x * np.log(x) - x
    return max(0.0, 2.0 * (of.full - dual))
