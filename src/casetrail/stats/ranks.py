"""Which positions are possible for a unit, taken alone or for all units at once?

Source: M. Mogstad, J. P. Romano, A. M. Shaikh and D. Wilhelm, "Inference for ranks with applications to mobility
across neighbourhoods and academic achievement across countries", Review of Economic Studies 91 (2024) 476-518. A
position is one more than the number of units that lie above, so tied units share the first of their positions. For
each ordered pair the claim "k lies above j" is tested one-sidedly; the critical value is the level's quantile of the
largest studentised difference of the errors. Units surely above and surely below bound the position. Stepping down
(J. P. Romano and M. Wolf, Journal of the American Statistical Association 100 (2005) 94-108) leaves claims that are
shown out of the largest and tests the rest again. The opposite of a shown claim stays in: it can still be wrongly
made, so the promise also holds for units that are nearly tied.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Literal

import numpy as np
import numpy.typing as npt

from casetrail.kernels.ranks import largest_by_unit, largest_of_all
from casetrail.stats.apart import Apart

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Steps = Literal["down", "single"]
DRAWS = 5_000


@dataclass(frozen=True, slots=True)
class Noise:
    """Draws of the errors of all units, shape (units, draws), and one over the standard error of each difference."""

    x: Floats
    weight: Floats


@dataclass(frozen=True, slots=True)
class RankSets:
    """How many others lie surely above and surely below each unit, shape (units,), and the level of the claim."""

    above: Ints
    below: Ints
    level: float

    @property
    def first(self) -> Ints:
        """The first possible position of each unit, highest value first."""
        return self.above + 1

    @property
    def last(self) -> Ints:
        """The last possible position of each unit."""
        return self.above.size - self.below

    def apart(self, at: int) -> Apart:
        """How many others lie surely above, surely below, or cannot be told apart from one unit."""
        above, below = int(self.above[at]), int(self.below[at])
        return Apart(above, below, int(self.above.size) - 1 - above - below)


def noise(errors: npt.ArrayLike, *, rng: np.random.Generator, draws: int = DRAWS) -> Noise:
    """Normal errors of all units. `errors`: standard errors (units,) of independent units, or a covariance (n, n).

    Raises: ValueError for fewer than two units, errors that are not finite and above 0, a matrix that is no
    covariance, or two units whose difference has no error.
    """
    s = np.asarray(errors, dtype=np.float64)
    if s.ndim not in (1, 2) or s.shape[0] < 2 or s.shape != (s.shape[0],) * s.ndim or not np.all(np.isfinite(s)):
        raise ValueError("errors are finite: one for each of at least two units, or a square covariance")
    standard = rng.standard_normal((s.shape[0], draws))
    if s.ndim == 1:
        if bool(np.any(s <= 0)):
            raise ValueError("standard errors must be above 0")
        return _noise(s[:, None] * standard, s[:, None] ** 2 + s**2)
    variance = np.diag(s)
    spread, axes = np.linalg.eigh(s)
    if not np.allclose(s, s.T) or spread[0] < -1e-8 * max(float(spread[-1]), 0.0):
        raise ValueError("the matrix is no covariance: not symmetric, or a variance below 0")
    root = axes * np.sqrt(np.maximum(spread, 0.0))
    return _noise(root @ standard, variance[:, None] + variance - 2 * s)


def marginal_sets(estimates: npt.ArrayLike, of: Noise, *, level: float = 0.95, steps: Steps = "down") -> RankSets:
    """The set of each unit, holding its position with the probability `level`: a promise for one unit at a time.

    `estimates` (units,) in the order of `of`. Raises: ValueError on different lengths, or too few draws for the level.
    """
    gap = _gaps(estimates, of)
    above = ~np.eye(gap.shape[0], dtype=np.bool_)
    below = above.copy()
    asked: Flags = np.ones(gap.shape[0], dtype=np.bool_)
    at = _place(of, level)
    while bool(asked.any()):
        largest = largest_by_unit(of.x, of.weight, (above, below), asked)
        critical = np.full(gap.shape[0], np.inf)
        critical[asked] = np.partition(largest[asked], at, axis=1)[:, at]
        up, down = above & (gap > critical[:, None]), below & (-gap > critical[:, None])
        above, below = above & ~up, below & ~down
        asked = np.any(up | down, axis=1) if steps == "down" else np.zeros_like(asked)
    return _sets(above, below, level)


def simultaneous_sets(estimates: npt.ArrayLike, of: Noise, *, level: float = 0.95, steps: Steps = "down") -> RankSets:
    """The sets of all units, all of them holding their positions with the probability `level`.

    `estimates` (units,) in the order of `of`. Raises: ValueError on different lengths, or too few draws for the level.
    """
    gap = _gaps(estimates, of)
    above = ~np.eye(gap.shape[0], dtype=np.bool_)
    at, more = _place(of, level), True
    while more:
        critical = np.partition(largest_of_all(of.x, of.weight, above), at)[at]
        up = above & (gap > critical)
        above = above & ~up
        more = bool(up.any()) and steps == "down"
    return _sets(above, above.T, level)


def best(sets: RankSets, count: int) -> Flags:
    """Units that may be among the `count` highest. From simultaneous sets: all that are, with the sets' level."""
    return np.asarray(sets.first <= count, dtype=np.bool_)


def worst(sets: RankSets, count: int) -> Flags:
    """Units that may be among the `count` lowest. From simultaneous sets: all that are, with the sets' level."""
    return np.asarray(sets.below < count, dtype=np.bool_)


def positions(estimates: npt.ArrayLike) -> Ints:
    """The position of each estimate, highest first; ties share the first of theirs. Not to be shown without its set."""
    y = np.asarray(estimates, dtype=np.float64)
    return np.asarray(y.size - np.searchsorted(np.sort(y), y, side="right") + 1, dtype=np.int64)


def _noise(x: Floats, variance: Floats) -> Noise:
    apart = ~np.eye(x.shape[0], dtype=np.bool_)
    if not bool(np.all(variance[apart] > 0)):
        raise ValueError("two units have a difference without error, which cannot be tested")
    weight = np.zeros_like(variance)
    weight[apart] = 1.0 / np.sqrt(variance[apart])
    return Noise(np.ascontiguousarray(x), weight)


def _gaps(estimates: npt.ArrayLike, of: Noise) -> Floats:
    """Studentised differences: at [j, k] how far k lies above j."""
    y = np.asarray(estimates, dtype=np.float64)
    if y.shape != of.x.shape[:1] or not np.all(np.isfinite(y)):
        raise ValueError("one finite estimate for each unit of the noise")
    return np.asarray((y - y[:, None]) * of.weight, dtype=np.float64)


def _place(of: Noise, level: float) -> int:
    """Which of the ordered draws is the critical value: counting the data as one more draw keeps the level exact."""
    draws = of.x.shape[1]
    at: int = ceil(level * (draws + 1)) - 1
    if not 0.5 <= level < 1 or at >= draws:
        raise ValueError("the level must lie between 0.5 and 1, with more than level / (1 - level) draws")
    return at


def _sets(above: Flags, below: Flags, level: float) -> RankSets:
    """Closed claims counted; the diagonal was never open."""
    n = above.shape[0]
    return RankSets(n - 1 - above.sum(axis=1), n - 1 - below.sum(axis=1), level)
