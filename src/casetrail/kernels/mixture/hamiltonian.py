"""One trajectory of Hamiltonian Monte Carlo on the place of the mixture.

Source: R. M. Neal, "MCMC using Hamiltonian dynamics", Handbook of Markov Chain Monte Carlo (2011) ch. 5. All
coordinates have the same mass: labels change places, so that none has a scale of its own.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from casetrail.kernels.mixture.density import heights, slopes, spread
from casetrail.kernels.mixture.shape import At, Floats


class Walk(NamedTuple):
    """Arrays of one chain, each of the size of a place: where it is and its slope there, a place that is tried and its
    slope, and the momentum."""

    x: Floats
    slope: Floats
    tried: Floats
    tried_slope: Floats
    momentum: Floats


@njit(nogil=True, cache=True, error_model="numpy")
def look(x: Floats, slope: Floats, at: At, heat: float) -> tuple[float, float, float]:
    """Log likelihood, log prior and chance of being seen at `x`; fills the slope of heat * likelihood + prior."""
    found = spread(x, at[0], at[1], at[2])
    fit, told = heights(at, found)
    slopes(slope, at, found, heat)
    return fit, told, found[0]


@njit(nogil=True, cache=True, error_model="numpy")
def trajectory(  # noqa: PLR0917  what is drawn with, moved, looked at, known, and how
    rng: np.random.Generator,
    walk: Walk,
    at: At,
    here: tuple[float, float, float],
    how: tuple[float, float, int],
) -> tuple[float, tuple[float, float, float]]:
    """One trajectory of `how` = (heat, step, steps): the chance of taking its end, and what `look` says of the place
    where the walk now stands (`here` if it stayed)."""
    heat, step, steps = how
    x, slope, momentum = walk.tried, walk.tried_slope, walk.momentum
    energy = heat * here[0] + here[1]
    for i in range(x.size):
        momentum[i] = rng.standard_normal()
        energy -= 0.5 * momentum[i] * momentum[i]
        x[i], slope[i] = walk.x[i], walk.slope[i]
    for s in range(steps):
        for i in range(x.size):
            momentum[i] += 0.5 * step * slope[i]
            x[i] += step * momentum[i]
        found = spread(x, at[0], at[1], at[2])
        if s == steps - 1:
            fit, told = heights(at, found)
        slopes(slope, at, found, heat)
        for i in range(x.size):
            momentum[i] += 0.5 * step * slope[i]
    there = heat * fit + told
    for i in range(x.size):
        there -= 0.5 * momentum[i] * momentum[i]
    if not math.isfinite(there):
        return 0.0, here
    chance = math.exp(min(0.0, there - energy))
    if rng.random() >= chance:
        return chance, here
    walk.x[:], walk.slope[:] = x, slope
    return chance, (fit, told, found[0])
