"""Counts on a scale on which chance and ordinary differences together have the same deviation, 1, at every level.

With expected count m, chance gives the variance m (of a share p of n cases: n p q) and ordinary differences, tau² on
the scale of logarithms (of log odds), add tau² times its square. The scale is the integral of 1 over the root of the
sum: a root where there is chance alone, a logarithm where there are ordinary differences alone (F. J. Anscombe,
Biometrika 35 (1948) 246-254, for counts; for shares the same integral is elliptic). The quarter added to a count takes
the bias of the root away: L. D. Brown, T. T. Cai and H. H. Zhou, Annals of Statistics 38 (2010) 2005-2046.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import ellipkinc

from casetrail.stats.count_fit import Cases

Floats = npt.NDArray[np.float64]
QUARTER = 0.25
NONE = 1e-12
HALVINGS = 60


def place(count: Floats, of: Cases, tau2: float) -> Floats:
    """Where a count lies on the scale; the last axis is that of the units."""
    if of.family == "poisson":
        root = np.sqrt(count)
        if tau2 < NONE:
            return np.asarray(2.0 * root)
        tau = np.sqrt(tau2)
        return np.asarray(2.0 / tau * np.arcsinh(tau * root))
    turned = 2.0 * np.arcsin(np.sqrt(np.clip(count / of.size, 0.0, 1.0)))
    if tau2 < NONE:
        return np.asarray(np.sqrt(of.size) * turned)
    return np.asarray(np.sqrt(of.size) * ellipkinc(turned, -tau2 * of.size / 4.0))


def nudged(of: Cases) -> Floats:
    """The observed counts with the quarter, so that none is 0 and none is all cases."""
    if of.family == "poisson":
        return of.observed + QUARTER
    return (of.observed + QUARTER) * of.size / (of.size + 2.0 * QUARTER)


def seen(of: Cases, tau2: float) -> Floats:
    """Where the observed counts lie."""
    return place(nudged(of), of, tau2)


def back(position: Floats, of: Cases, tau2: float) -> Floats:
    """The counts at given places, shape (units,); below the scale 0, above it all cases."""
    if of.family == "poisson":
        half = np.maximum(position, 0.0) / 2.0
        if tau2 < NONE:
            return np.asarray(half**2)
        tau = np.sqrt(tau2)
        return np.asarray((np.sinh(tau * half) / tau) ** 2)
    low, high = np.zeros(of.size.shape), of.size.copy()
    top = place(of.size, of, tau2)
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        under = place(middle, of, tau2) < position
        low, high = np.where(under, middle, low), np.where(under, high, middle)
    return np.where(position <= 0, 0.0, np.where(position >= top, of.size, (low + high) / 2.0))
