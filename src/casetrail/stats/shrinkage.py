"""What is each unit's own level, when all units teach something about each?

Sources: N. M. Laird and T. A. Louis, "Empirical Bayes ranking methods", Journal of Educational Statistics 14 (1989)
29-46; S.-L. T. Normand and D. M. Shahian, "Statistical and clinical aspects of hospital outcomes profiling",
Statistical Science 22 (2007) 206-226; R. Lin, T. A. Louis, S. M. Paddock and G. Ridgeway, "Loss function based ranking
in two-stage, hierarchical models", Bayesian Analysis 1 (2006) 915-946; A. Gelman and others, "Bayesian Data Analysis"
(3rd ed. 2013) ch. 5. Counts keep their own distribution, so that small denominators need no approximation: shares are
binomial with beta levels, rates Poisson with gamma levels. The two parameters that all units share are not put in as if
they were known, but integrated over a grid (`shrinkage_grid`); the levels are then drawn all together, which is what
the probabilities of a position need. The priors stand in `shrinkage_models`. All say that the levels come from one
distribution with one middle: a unit far outside it is drawn in too much.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from casetrail.stats.shrinkage_grid import drawn
from casetrail.stats.shrinkage_models import Means, Model, Rates, Shares

Floats = npt.NDArray[np.float64]
CountKind = Literal["proportion", "rate", "ratio"]
FEWEST = 5


@dataclass(frozen=True, slots=True)
class Effort:
    """Draws of the levels, and cells of the grid each way. `CHEAP` is for thousands of tables: ends of intervals then
    hold their level within about two points by chance of the draws."""

    draws: int = 4_000
    cells: int = 32


FULL = Effort()
CHEAP = Effort(draws=500, cells=16)


@dataclass(frozen=True, slots=True)
class Levels:
    """Draws of the levels of all units, shape (units, draws), in the unit of the estimates (shares between 0 and 1,
    events per denominator)."""

    draws: Floats

    @property
    def shrunken(self) -> Floats:
        """The mean of each unit's level: its own figure drawn towards the others, the more the smaller the unit."""
        return np.asarray(self.draws.mean(axis=1), dtype=np.float64)

    def interval(self, level: float = 0.95) -> tuple[Floats, Floats]:
        """Ends between which each unit's level lies with this probability, as much outside on either side."""
        tail = (1.0 - level) / 2.0
        low, high = np.quantile(self.draws, [tail, 1.0 - tail], axis=1)
        return low, high

    def worse_than_median(self, *, higher_is_worse: bool) -> Floats:
        """Probability that the level of each unit is worse than the median of the levels of all."""
        middle = np.median(self.draws, axis=0)
        worse = self.draws > middle if higher_is_worse else self.draws < middle
        return np.asarray(worse.mean(axis=1), dtype=np.float64)

    def in_worst_tenth(self, *, higher_is_worse: bool) -> Floats:
        """Probability that each unit is among the worst tenth: `tenth` units, so that these sum to `tenth`."""
        count = self.tenth
        if higher_is_worse:
            worst = self.draws >= np.partition(self.draws, -count, axis=0)[-count]
        else:
            worst = self.draws <= np.partition(self.draws, count - 1, axis=0)[count - 1]
        return np.asarray(worst.mean(axis=1), dtype=np.float64)

    @property
    def tenth(self) -> int:
        """How many units are a tenth of all: rounded down, and at least one."""
        return max(1, int(self.draws.shape[0]) // 10)


def shrink_counts(
    numerators: npt.ArrayLike,
    denominators: npt.ArrayLike,
    kind: CountKind,
    *,
    rng: np.random.Generator,
    effort: Effort = FULL,
) -> Levels | None:
    """Levels behind counts; None for fewer than five units, which say too little about how units spread.

    `denominators` are cases for a proportion, persons for a rate, expected events for a ratio.
    Raises: ValueError on different lengths, a denominator of 0, a negative count, a share above 1, or no event at all.
    """
    x, n = (np.asarray(a, dtype=np.float64) for a in (numerators, denominators))
    if x.ndim != 1 or x.shape != n.shape or not bool(np.all(n > 0) and np.all(x >= 0)):
        raise ValueError("numerators and denominators must be equally long, and counts")
    if kind == "proportion" and bool(np.any(x > n)):
        raise ValueError("a proportion needs numerators within their denominators")
    if x.size < FEWEST:
        return None
    if not x.any():
        raise ValueError("no event in any unit: nothing is known of their levels but that they are low")
    return _levels(Shares(x, n) if kind == "proportion" else Rates(x, n), rng, effort)


def shrink_means(
    estimates: npt.ArrayLike, errors: npt.ArrayLike, *, rng: np.random.Generator, effort: Effort = FULL
) -> Levels | None:
    """Levels behind values with known standard errors; None for fewer than five units.

    Raises: ValueError on different lengths, values that are not finite, or an error that is not above 0.
    """
    y, s = (np.asarray(a, dtype=np.float64) for a in (estimates, errors))
    if y.ndim != 1 or y.shape != s.shape or not bool(np.all(np.isfinite(y)) and np.all(np.isfinite(s) & (s > 0))):
        raise ValueError("one finite value and one standard error above 0 for each unit")
    return _levels(Means(y, s), rng, effort) if y.size >= FEWEST else None


def _levels(model: Model, rng: np.random.Generator, effort: Effort) -> Levels:
    u, v = drawn(model.log_density, model.start(), cells=effort.cells, draws=effort.draws, rng=rng)
    return Levels(model.levels(u, v, rng))
