"""How often do the rules of a control chart signal when nothing has changed?

An exact Markov chain over the positions of independent normal points against known limits: C. W. Champ and W. H.
Woodall, "Exact results for Shewhart control charts with supplementary runs rules", Technometrics 29 (1987) 393-399.
The trend rule is not in the chain, as it does not look at limits; it adds little (R. B. Davis and W. H. Woodall,
Journal of Quality Technology 20 (1988) 260-262). Limits reckoned from the same few points follow those points, and so
signal less: that rate is counted on random series.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view
from scipy.special import ndtr

from casetrail.stats.xmr_rules import NEAR, Rules

Floats = npt.NDArray[np.float64]

# Zones: signed thirds that matter to the rules. 2 is the outer third, 1 the rest of a side, 3 outside.
ZONES = (-3, -2, -1, 1, 2, 3)


@dataclass(frozen=True, slots=True)
class _State:
    """Signed length of the present run, and on which side the last and the second last point were near."""

    run: int
    last: int
    before: int


def false_signal(points: int, rules: Rules) -> float:
    """The chance that at least one of so many points signals although nothing changed. `rules.trend` is not counted."""
    step = _chain(rules, 0.0)
    now = np.zeros(step.shape[0])
    now[0] = 1.0
    for _ in range(points):
        now = now @ step
    return float(1.0 - now.sum())


def average_run_length(rules: Rules, *, shift: float = 0.0) -> float:
    """Mean number of points to the first signal when the level has moved by `shift` standard deviations."""
    step = _chain(rules, shift)
    return float(np.linalg.solve(np.eye(step.shape[0]) - step, np.ones(step.shape[0]))[0])


@lru_cache(maxsize=64)
def false_signal_own_limits(points: int, rules: Rules, *, draws: int = 20_000, seed: int = 0) -> float:
    """The same when mean and limits are reckoned from these very points (mean moving range); all rules are counted."""
    x = np.random.default_rng(seed).standard_normal((draws, points))
    centre = x.mean(axis=1, keepdims=True)
    half = 2.66 * np.abs(np.diff(x, axis=1)).mean(axis=1, keepdims=True)
    z = (x - centre) / half
    told = np.any(np.abs(z) > 1, axis=1)
    for sign in (1, -1):
        steps = sign * np.diff(x, axis=1)
        for marks, length in ((sign * z > 0, rules.run), (steps > 0, rules.trend - 1)):
            if 0 < length <= marks.shape[1]:
                told |= np.any(np.all(sliding_window_view(marks, length, axis=1), axis=2), axis=1)
        if rules.two_of_three:
            near = sign * z > NEAR
            told |= np.any(near[:, 1:] & near[:, :-1], axis=1) | np.any(near[:, 2:] & near[:, :-2], axis=1)
    return float(told.mean())


@lru_cache(maxsize=32)
def _chain(rules: Rules, shift: float) -> Floats:
    """Transitions among states without a signal; each row sums to one less the chance of a signal."""
    edges = np.array([-np.inf, -3.0, -2.0, 0.0, 2.0, 3.0, np.inf])
    chance = np.diff(ndtr(edges - shift))
    states = [_State(0, 0, 0)]
    number = {states[0]: 0}
    moves: list[tuple[int, int, float]] = []
    for state in states:
        for zone, share in zip(ZONES, chance, strict=True):
            after = _next(state, zone, rules)
            if after is None:
                continue
            if after not in number:
                number[after] = len(states)
                states.append(after)
            moves.append((number[state], number[after], float(share)))
    step = np.zeros((len(states), len(states)))
    for start, end, share in moves:
        step[start, end] += share
    return step


def _next(state: _State, zone: int, rules: Rules) -> _State | None:
    """Where a point in this zone leads; None for a signal."""
    side = 1 if zone > 0 else -1
    near = side if abs(zone) == 2 else 0
    run = state.run + side if state.run * side > 0 else side
    if abs(zone) == 3:
        return None
    if rules.run and abs(run) >= rules.run:
        return None
    if rules.two_of_three and near and near in (state.last, state.before):
        return None
    # Beyond what the rules look at, a longer run is the same state.
    return _State(run if rules.run else 0, near if rules.two_of_three else 0, state.last if rules.two_of_three else 0)
