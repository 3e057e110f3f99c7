"""Parallel tempering: chains on likelihoods raised to powers from 0 to 1 that exchange their places.

Source: S. Syed, A. Bouchard-Cote, G. Deligiannidis and A. Doucet, "Non-reversible parallel tempering: a scalable highly
parallel MCMC scheme", Journal of the Royal Statistical Society B 84 (2022) 321-350. Neighbours try to exchange in turn,
even pairs and odd pairs, so that places travel along the ladder instead of wandering. At heat 0 a place is drawn anew
from the prior at each step: whatever comes up from there has forgotten where the chain began, and a mode is found from
wherever it can be reached at all.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from casetrail.kernels.mixture.chain import FIT, TAKEN, TOTAL, USED, steps_for
from casetrail.kernels.mixture.gibbs import sweep, unseen
from casetrail.kernels.mixture.hamiltonian import Walk, look, trajectory
from casetrail.kernels.mixture.labels import exchange
from casetrail.kernels.mixture.shape import At, Floats, Ints, Prior, Table, size


class Ladder(NamedTuple):
    """Rungs from heat 0 to heat 1; all arrays are written over.

    `x` and `slope` (rungs, coordinates), `found` (rungs, 3) what `look` said, `step` (rungs,) of the trajectories,
    `refused` (rungs - 1,) summed chances that an exchange is refused, `tries` (rungs - 1,), `came` (rungs,) 1 where
    the place was last at heat 0 and has not been at heat 1 since, `trips` (1,) how many travelled all the way up.
    """

    heat: Floats
    x: Floats
    slope: Floats
    found: Floats
    step: Floats
    refused: Floats
    tries: Floats
    came: Ints
    trips: Ints


def ladder(rng: np.random.Generator, data: Table, prior: Prior, heat: Floats) -> Ladder:
    """Rungs at `heat`, shape (rungs,), increasing from 0 to 1, at places spread out."""
    rungs, width = heat.size, size(data, prior)
    return Ladder(
        heat.copy(),
        rng.standard_normal((rungs, width)),
        np.zeros((rungs, width)),
        np.zeros((rungs, 3)),
        np.full(rungs, 0.1),
        np.zeros(rungs - 1),
        np.zeros(rungs - 1),
        np.zeros(rungs, dtype=np.int64),
        np.zeros(1, dtype=np.int64),
    )


@njit(nogil=True, cache=True, error_model="numpy")
def from_prior(rng: np.random.Generator, x: Floats, columns: int, prior: Prior) -> None:
    """A place drawn from the prior."""
    k = prior.classes
    # log of a gamma of small shape: shape + 1, and a power of a uniform number.
    low = math.log(rng.standard_gamma(prior.shape + 1.0)) - rng.standard_exponential() / prior.shape
    for i in range(k * columns):
        x[i] = math.log(rng.standard_gamma(prior.one)) - math.log(rng.standard_gamma(prior.zero))
    for c in range(k - 1):
        x[k * columns + c] = math.log(rng.standard_exponential()) - low + math.log(prior.rate)


@njit(nogil=True, cache=True, error_model="numpy")
def climb(  # noqa: PLR0917  what is drawn with, moved, looked at, how, and what is kept
    rng: np.random.Generator, rungs: Ladder, at: At, adapting: bool, kept: Floats
) -> None:
    """As many steps as `kept`, shape (steps, 3), has rows: what the rung of heat 1 has after each."""
    data, prior = at[0], at[1]
    width, top = rungs.x.shape[1], rungs.heat.size - 1
    tried, tried_slope, momentum = np.empty(width), np.empty(width), np.empty(width)
    rungs.refused[:], rungs.tries[:] = 0.0, 0.0
    used = 0
    for t in range(kept.shape[0]):
        from_prior(rng, rungs.x[0], data.columns, prior)
        _look(0, rungs, at)
        used = sweep(rng, rungs.x[top], at)[1]
        for r in range(1, top + 1):
            exchange(rng, rungs.x[r], at)
            here = look(rungs.x[r], rungs.slope[r], at, rungs.heat[r])
            chain = Walk(rungs.x[r], rungs.slope[r], tried, tried_slope, momentum)
            step = rungs.step[r]
            how = (rungs.heat[r], step * (0.8 + 0.4 * rng.random()), steps_for(rng, step))
            chance, here = trajectory(rng, chain, at, here, how)
            rungs.found[r, 0], rungs.found[r, 1], rungs.found[r, 2] = here
            if adapting:
                change = (chance - TAKEN) / (1.0 + t) ** 0.6
                rungs.step[r] = min(max(step * math.exp(change), 1e-4), 1.5)
        kept[t, TOTAL], kept[t, USED] = data.n + unseen(rng, data.n, rungs.found[top, 2]), used
        kept[t, FIT] = rungs.found[top, 0]
        for r in range(t % 2, top, 2):
            _swap(rng, r, rungs)
        _travel(rungs)


@njit(nogil=True, cache=True, error_model="numpy")
def _look(r: int, rungs: Ladder, at: At) -> None:
    here = look(rungs.x[r], rungs.slope[r], at, rungs.heat[r])
    rungs.found[r, 0], rungs.found[r, 1], rungs.found[r, 2] = here


@njit(nogil=True, cache=True, error_model="numpy")
def _swap(rng: np.random.Generator, r: int, rungs: Ladder) -> None:
    """Neighbours r and r + 1 exchange their places, or not."""
    low, high = rungs.found[r, 0], rungs.found[r + 1, 0]
    gain = (rungs.heat[r + 1] - rungs.heat[r]) * (low - high)
    chance = math.exp(min(0.0, gain)) if math.isfinite(gain) else 0.0
    rungs.refused[r] += 1.0 - chance
    rungs.tries[r] += 1.0
    if rng.random() < chance:
        for i in range(rungs.x.shape[1]):
            rungs.x[r, i], rungs.x[r + 1, i] = rungs.x[r + 1, i], rungs.x[r, i]
        for i in range(3):
            rungs.found[r, i], rungs.found[r + 1, i] = rungs.found[r + 1, i], rungs.found[r, i]
        rungs.came[r], rungs.came[r + 1] = rungs.came[r + 1], rungs.came[r]


@njit(nogil=True, cache=True, error_model="numpy")
def _travel(rungs: Ladder) -> None:
    """Count places that came from heat 0 and have arrived at heat 1."""
    top = rungs.heat.size - 1
    rungs.trips[0] += rungs.came[top]
    rungs.came[top] = 0
    rungs.came[0] = 1


def spaced(rungs: Ladder) -> Floats:
    """New heats, as many as there are, so that each exchange is refused as often as any other."""
    refused = np.maximum(rungs.refused / np.maximum(rungs.tries, 1.0), 1e-3)
    barrier = np.concatenate([[0.0], np.cumsum(refused)])
    heat = np.interp(np.linspace(0.0, barrier[-1], rungs.heat.size), barrier, rungs.heat)
    heat[0], heat[-1] = 0.0, 1.0
    return np.asarray(heat, dtype=np.float64)
