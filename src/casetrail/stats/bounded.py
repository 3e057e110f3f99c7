"""The set of values that a likelihood does not speak against, where the parameter cannot leave a range.

Near an end of the range the usual cut of twice the log-likelihood (3.84 for 95 %) leaves out the truth too rarely. The
cut here is that of a normal mean between two bounds: G. J. Feldman and R. D. Cousins, "Unified approach to the
classical statistical analysis of small signals", Physical Review D 57 (1998) 3873-3889. Far from both ends it is the
usual one.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from casetrail.stats.intervals import normal_quantile

Floats = npt.NDArray[np.float64]

# The likelihood is taken for a parabola within this of its top.
TOP = 2.0
HALVINGS = 50


def cuts(below: Floats, above: Floats, level: float = 0.95) -> Floats:
    """Cut of twice the log-likelihood at values that lie `below` and `above` standard errors from the two ends.

    Raises: ValueError when the level is not strictly between 0 and 1.
    """
    low, high = np.zeros(below.size), np.full(below.size, normal_quantile(level) ** 2)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        left_out = ndtr(-_reach(middle, below)) + ndtr(-_reach(middle, above))
        low, high = np.where(left_out > 1 - level, middle, low), np.where(left_out > 1 - level, high, middle)
    return np.asarray(high, dtype=np.float64)


def _reach(cut: Floats, room: Floats) -> Floats:
    """How far an estimate must stray on one side for twice the log-likelihood to exceed the cut.

    Beyond the end of the range the best value is the end itself, so the likelihood ratio grows more slowly.
    """
    root = np.sqrt(cut)
    with np.errstate(divide="ignore", invalid="ignore"):
        beyond = np.where(room > 0, (cut / room + room) / 2, np.inf)
    return np.asarray(np.where(root <= room, root, beyond), dtype=np.float64)


def likelihood_set(
    trial: Floats, height: Floats, ends: tuple[float, float], *, level: float = 0.95
) -> tuple[float, float]:
    """Lowest and highest value in the set, from a log-likelihood `height` over rising values `trial`.

    `ends` are those of the parameter's range: where the first or last trial value is in the set, it reaches that end.
    Raises: ValueError when fewer than three values are tried.
    """
    if trial.size < 3:
        raise ValueError("a likelihood needs three trial values or more")
    top = float(height.max())
    error = _error(trial, height - top)
    over = 2 * (top - height) - cuts((trial - ends[0]) / error, (ends[1] - trial) / error, level)
    inside = np.flatnonzero(over <= 0)
    first, last = int(inside[0]), int(inside[-1])
    low = ends[0] if first == 0 else _crossing(trial, over, first - 1)
    high = ends[1] if last == trial.size - 1 else _crossing(trial, over, last)
    return low, high


def _error(trial: Floats, height: Floats) -> float:
    """Standard error from the parabola through the top; the whole width of the trial where it is not bent down."""
    near = np.flatnonzero(height > -TOP)
    wide = float(trial[-1] - trial[0])
    if near.size < 3:
        near = np.argsort(height)[-3:]
    bend = float(np.polyfit(trial[near], height[near], 2)[0])
    return min(wide, float(np.sqrt(-0.5 / bend))) if bend < 0 else wide


def _crossing(trial: Floats, over: Floats, at: int) -> float:
    """Where `over` is 0 between two neighbours."""
    share = over[at] / (over[at] - over[at + 1])
    return float(trial[at] + share * (trial[at + 1] - trial[at]))
