"""One chain: each step a few Gibbs sweeps and exchanges of labels, and a trajectory.

A sweep refreshes classes that hold nobody, which a trajectory crosses slowly; the trajectory moves the classes that
do hold somebody together with the unseen number, which a sweep moves slowly. The step of the trajectory is found in
warm-up by stochastic approximation (C. Andrieu and J. Thoms, Statistics and Computing 18 (2008) 343-373).
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from casetrail.kernels.mixture.gibbs import sweep, unseen
from casetrail.kernels.mixture.hamiltonian import Walk, look, trajectory
from casetrail.kernels.mixture.labels import exchange
from casetrail.kernels.mixture.shape import At, Floats, Prior, Table, size

# How far a trajectory goes on average, in the unit of the coordinates (on published tables all from 1.3 to 2 are worth
# what they cost), and how many steps it may take on average.
REACH = 1.5
MOST_STEPS = 150
# Sweeps, each with exchanges of labels, before a trajectory: they cost a tenth to a third of it.
SWEEPS = 2
# The share of trajectories that should be taken: R. M. Neal (2011) 5.4.4.3 has 0.65 as the least, more is safer.
TAKEN = 0.8
# What is kept of each step.
TOTAL, USED, FIT = 0, 1, 2


def walk(x: Floats) -> Walk:
    """A chain that begins at `x`, and its room."""
    return Walk(x.copy(), *(np.empty_like(x) for _ in range(4)))


def start(rng: np.random.Generator, data: Table, prior: Prior) -> Floats:
    """A place to begin at, spread out more widely than most posteriors."""
    return rng.standard_normal(size(data, prior))


@njit(nogil=True, cache=True, error_model="numpy")
def steps_for(rng: np.random.Generator, step: float) -> int:
    """How many steps this trajectory takes: drawn evenly, so that no period of the posterior is met again and again."""
    mean = min(max(REACH / step, 1.0), float(MOST_STEPS))
    return 1 + int(rng.random() * (2.0 * mean - 1.0))


@njit(nogil=True, cache=True, error_model="numpy")
def run(  # noqa: PLR0917  what is drawn with, moved, looked at, how, and what is kept
    rng: np.random.Generator, chain: Walk, at: At, how: tuple[float, bool], kept: Floats
) -> tuple[float, float]:
    """As many steps as `kept`, shape (steps, 3), has rows: the whole number, classes used and log likelihood of each.

    `how`: the step of the trajectory, and whether it is still to be found. Returns the step found and the share of
    trajectories taken. `chain` moves on.
    """
    data, (step, adapting) = at[0], how
    log_step, later, taken = math.log(step), 0.0, 0.0
    length, used = kept.shape[0], 0
    for t in range(length):
        for _ in range(SWEEPS):
            used = sweep(rng, chain.x, at)[1]
            exchange(rng, chain.x, at)
        here = look(chain.x, chain.slope, at, 1.0)
        jitter = step * (0.8 + 0.4 * rng.random())
        chance, here = trajectory(rng, chain, at, here, (1.0, jitter, steps_for(rng, step)))
        taken += chance
        if adapting:
            log_step = min(max(log_step + (chance - TAKEN) / (1.0 + t) ** 0.6, -9.0), 0.5)
            step = math.exp(log_step)
            if t >= length // 2:
                later += log_step
        kept[t, TOTAL], kept[t, USED], kept[t, FIT] = data.n + unseen(rng, data.n, here[2]), used, here[0]
    if adapting:
        step = math.exp(later / (length - length // 2))
    return step, taken / length
