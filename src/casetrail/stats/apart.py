"""From how many others can one unit be told apart, and which positions are possible for it?

A position in a list is itself an estimate: H. Goldstein and D. J. Spiegelhalter, "League tables and their
limitations", Journal of the Royal Statistical Society A 159 (1996) 385-443. Here the set of positions
comes from tests of the difference with each other unit, as in M. Mogstad, J. P. Romano, A. M. Shaikh and
D. Wilhelm, "Inference for ranks", Review of Economic Studies 91 (2024) 476-518, with the simpler
correction of S. Holm, Scandinavian Journal of Statistics 6 (1979) 65-70, instead of their bootstrap.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from casetrail.stats.funnel import Floats, Funnel


@dataclass(frozen=True, slots=True)
class Apart:
    """How many others lie surely above, surely below, or cannot be told apart from one unit."""

    above: int
    below: int
    alike: int

    @property
    def positions(self) -> tuple[int, int]:
        """First and last possible position, highest value first."""
        return self.above + 1, self.above + self.alike + 1


def holm(p_values: Floats, level: float) -> npt.NDArray[np.bool_]:
    """Which hypotheses fall under Holm's step-down procedure at this family-wise level."""
    order = np.argsort(p_values, kind="stable")
    allowed = level / (p_values.size - np.arange(p_values.size))
    # Stepping down stops at the first p above its bound, also when a later one would pass again.
    passed = np.cumprod(p_values[order] <= allowed).astype(np.bool_)
    rejected = np.zeros(p_values.size, dtype=np.bool_)
    rejected[order] = passed
    return rejected


def apart(numerators: npt.ArrayLike, denominators: npt.ArrayLike, at: int, *, of: Funnel, level: float = 0.05) -> Apart:
    """Test the unit at index `at` against each other unit.

    The difference of two values is set against the variance phi * v * (1/n1 + 1/n2), with v that of one case in
    the funnel (p (1 - p) for the pooled proportion, the pooled rate for rates) and its overdispersion factor (never
    below 1); two-sided, corrected by Holm over the n - 1 comparisons.
    """
    x = np.asarray(numerators, dtype=np.float64)
    n = np.asarray(denominators, dtype=np.float64)
    share = x / n
    others = np.arange(x.size) != at
    spread = of.inflation * sqrt(of.variance)
    if spread == 0:
        return Apart(0, 0, int(x.size) - 1)
    difference = (share[others] - share[at]) / (spread * np.sqrt(1 / n[others] + 1 / n[at]))
    told = holm(2 * ndtr(-np.abs(difference)), level)
    above = int(np.count_nonzero(told & (difference > 0)))
    below = int(np.count_nonzero(told & (difference < 0)))
    return Apart(above, below, int(x.size) - 1 - above - below)
