"""The same for a few strata, the slow and obvious way: one long vector, numbers for derivatives, loops."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from casetrail.demand.strata.mode import Data

Floats = npt.NDArray[np.float64]


def log_joint(data: Data, between: Floats, means: Floats, theta: Floats) -> float:
    """Log likelihood of all patterns, and the normal terms without their constants."""
    total = 0.0
    for s, row in enumerate(data.counts):
        rates = []
        for c in range(len(data.of.cells)):
            line = data.of.offset[c] + sum(x * t for x, t in zip(data.of.columns[c], theta[s], strict=True))
            rates.append(float(np.exp(line)))
        total += sum(n * np.log(r / sum(rates)) for n, r in zip(row, rates, strict=True))
        off = theta[s] - means[data.group[s]]
        tight = np.linalg.inv(between)
        total -= sum(a * tight[i, j] * b for i, a in enumerate(off) for j, b in enumerate(off)) / 2
    return float(total)


def mode(data: Data, between: Floats) -> tuple[Floats, Floats, float]:
    """Means, coefficients, and Laplace's log probability of the data, up to the constants that `mode.mode` leaves out.

    One matrix of second derivatives for everything at once; `mode.mode` splits it by strata and groups.
    """
    q, strata = between.shape[0], data.counts.shape[0]
    cut = data.groups * q

    def loss(free: Floats) -> float:
        return -log_joint(data, between, free[:cut].reshape(-1, q), free[cut:].reshape(-1, q))

    found = minimize(loss, np.zeros(cut + strata * q), method="BFGS", options={"gtol": 1e-7, "maxiter": 3000})
    at = np.asarray(found.x, dtype=np.float64)
    bend = np.zeros((at.size, at.size))
    step = 1e-3 * np.eye(at.size)
    for i in range(at.size):
        for j in range(i + 1):
            a, b = step[i], step[j]
            bend[i, j] = bend[j, i] = (loss(at + a + b) - loss(at + a - b) - loss(at - a + b) + loss(at - a - b)) / 4e-6
    spread = strata * np.linalg.slogdet(between)[1] / 2
    evidence = -loss(at) - spread - np.linalg.slogdet(bend)[1] / 2
    return at[:cut].reshape(-1, q), at[cut:].reshape(-1, q), float(evidence)
