"""Where to set the alarm of a cumulative sum: a stated run length or a stated chance of a false alarm.

A Markov chain on a grid between 0 and the threshold: D. Brook and D. A. Evans, "An approach to the probability
distribution of cusum run length", Biometrika 59 (1972) 539-549. A score that falls between two points of the grid goes
to both, so that its mean stays: R. A. Webster and A. N. Pettitt, Communications in Statistics - Simulation and
Computation 36 (2007) 471-482.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import ndtri
from scipy.stats import poisson

from casetrail.stats.cusum import bernoulli_scores, normal_scores, poisson_scores

Floats = npt.NDArray[np.float64]
CELLS = 300
LEAST_TAIL = 1e-12
NORMAL_POINTS = 2_000
# Beyond so many cases it is quicker to square the whole matrix than to go case by case.
MANY = 2_000


@dataclass(frozen=True, slots=True)
class Jumps:
    """How one case moves the sum: scores and their chances."""

    scores: Floats
    chances: Floats


def bernoulli_jumps(risks: npt.ArrayLike, *, odds_ratio: float, true_ratio: float = 1.0) -> Jumps:
    """Scores of cases with these risks, each equally likely to come; in truth the odds are times `true_ratio`."""
    p = np.asarray(risks, dtype=np.float64)
    happens = true_ratio * p / (1 - p + true_ratio * p)
    yes, no = (bernoulli_scores(np.full(p.size, y), p, odds_ratio=odds_ratio) for y in (1.0, 0.0))
    return Jumps(np.concatenate([yes, no]), np.concatenate([happens, 1 - happens]) / p.size)


def poisson_jumps(expected: npt.ArrayLike, *, ratio: float, true_ratio: float = 1.0) -> Jumps:
    """Scores of counts with these expected values, each equally likely to come."""
    scores, chances = [], []
    e = np.asarray(expected, dtype=np.float64)
    for mean in e:
        y = np.arange(int(poisson.ppf(1 - LEAST_TAIL, mean * true_ratio)) + 1)
        scores.append(poisson_scores(y, np.full(y.size, mean), ratio=ratio))
        chances.append(poisson.pmf(y, mean * true_ratio) / e.size)
    return Jumps(np.concatenate(scores), np.concatenate(chances))


def normal_jumps(*, shift: float, true_shift: float = 0.0) -> Jumps:
    """Scores of standard normal values, at the middles of equally likely slices."""
    z = ndtri((np.arange(NORMAL_POINTS) + 0.5) / NORMAL_POINTS) + true_shift
    return Jumps(normal_scores(z, shift=shift), np.full(NORMAL_POINTS, 1 / NORMAL_POINTS))


def average_run_length(jumps: Jumps, threshold: float, *, cells: int = CELLS) -> float:
    """Mean number of cases until the sum, begun at 0, reaches the threshold. Raises: ValueError unless above 0."""
    step = _transitions(jumps, threshold, cells)
    return float(np.linalg.solve(np.eye(step.shape[0]) - step, np.ones(step.shape[0]))[0])


def alarm_chance(jumps: Jumps, threshold: float, *, cases: int, cells: int = CELLS) -> float:
    """The chance of at least one alarm within so many cases. Raises: ValueError unless the threshold is above 0."""
    step = _transitions(jumps, threshold, cells)
    if cases > MANY:
        return float(1.0 - np.linalg.matrix_power(step, cases)[0].sum())
    now = np.zeros(cells)
    now[0] = 1.0
    for _ in range(cases):
        now = now @ step
    return float(1.0 - now.sum())


def threshold_for_run_length(jumps: Jumps, run_length: float) -> float:
    """The threshold at which the mean number of cases to an alarm is `run_length`.

    Raises: ValueError when no threshold up to 50 gives one so long, or any gives one so short.
    """
    return _root(lambda h: float(np.log(average_run_length(jumps, h)) - np.log(run_length)))


def threshold_for_chance(jumps: Jumps, chance: float, *, cases: int) -> float:
    """The threshold at which an alarm within so many cases has this chance. Raises: ValueError when there is none."""
    return _root(lambda h: chance - alarm_chance(jumps, h, cases=cases))


def _root(gap: Callable[[float], float]) -> float:
    """Where a gap that grows with the threshold passes 0."""
    low, high = 1e-3, 1.0
    if gap(low) > 0:
        raise ValueError("even the lowest threshold is rarer than asked")
    while gap(high) < 0:
        low, high = high, high * 1.5
        if high > 50:
            raise ValueError("no threshold up to 50 is rare enough")
    return float(brentq(gap, low, high, xtol=1e-3))


def _transitions(jumps: Jumps, threshold: float, cells: int) -> Floats:
    """Chances to go from each grid point below the threshold to each other one without an alarm."""
    if threshold <= 0:
        raise ValueError("the threshold must be above 0")
    width = threshold / cells
    down = np.floor(jumps.scores / width).astype(np.int64)
    share = jumps.scores / width - down
    # Beyond the whole grid it no longer matters how far.
    moves = np.clip(np.concatenate([down, down + 1]), -cells, cells) + cells
    weight = np.concatenate([jumps.chances * (1 - share), jumps.chances * share])
    by_move = np.bincount(moves, weights=weight, minlength=2 * cells + 1)
    reach = np.arange(cells)[None, :] - np.arange(cells)[:, None] + cells
    step = by_move[reach]
    below = np.cumsum(by_move)
    # All that would end at 0 or below stays at 0.
    step[:, 0] = below[cells - np.arange(cells)]
    return np.asarray(step, dtype=np.float64)
