"""Counts on a scale where chance has the same width at every level, for rank sets.

Source: F. J. Anscombe, "The transformation of Poisson, binomial and negative-binomial data", Biometrika 35 (1948)
246-254: the arcsine root of a share and the root of a rate, with 3/8 added to the count, so that the variance is even
down to small counts. The tails are not: far from their centre, roots of small counts lie more often than normal errors
do. So the variance of a unit with few events is raised, by a rule of our own that made-up worlds bear out.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
CountKind = Literal["proportion", "rate", "ratio"]
ADDED = 3 / 8
# With 0, sets of 152 tied units with about ten events each hold in 92 % instead of 95 %; with 1/2 in 95 % or more.
FEW = 0.5


def from_counts(
    numerators: npt.ArrayLike, denominators: npt.ArrayLike, kind: CountKind, *, rounded_to: int = 1
) -> tuple[Floats, Floats]:
    """Estimates and standard errors, shape (units,): in radians for a proportion, roots of events per denominator else.

    The errors are those of chance: with them, rank sets speak of the level behind this period's figure. A set for
    the lasting level needs `np.sqrt(s**2 + tau2)`, with the variance between units as far as it may be of this period
    only: `tau2` of `stats.ordinary`, which is on the same scale. `denominators` are cases for a proportion, persons for
    a rate, expected events for a ratio. Where counts are rounded to a multiple of `rounded_to`, the variance of what
    rounding took away, even between the two ends, is added.
    Raises: ValueError on different lengths, no unit, a denominator of 0, a negative count, or a share above 1.
    """
    x, n = (np.asarray(a, dtype=np.float64) for a in (numerators, denominators))
    if x.ndim != 1 or x.shape != n.shape or x.size == 0 or not bool(np.all(n > 0) and np.all(x >= 0)):
        raise ValueError("numerators and denominators must be equally long, not empty, and counts")
    if kind == "proportion" and bool(np.any(x > n)):
        raise ValueError("a proportion needs numerators within their denominators")
    # The variance of a root of a proportion with 3/8 added is 1 / (4n + 2), that of a root of a rate 1 / 4n.
    if kind == "proportion":
        variance = (1.0 + FEW / (x + 2.0) + FEW / (n - x + 2.0)) / (4.0 * n + 2.0)
    else:
        variance = (1.0 + FEW / (x + 2.0)) * 0.25 / n
    if rounded_to > 1:
        half = rounded_to / 2
        most = n if kind == "proportion" else np.full_like(x, np.inf)
        width = _scaled(np.minimum(x + half, most), n, kind) - _scaled(np.maximum(x - half, 0.0), n, kind)
        variance = variance + width**2 / 12.0
    return _scaled(x, n, kind), np.sqrt(variance)


def _scaled(x: Floats, n: Floats, kind: CountKind) -> Floats:
    if kind == "proportion":
        return np.asarray(np.arcsin(np.sqrt((x + ADDED) / (n + 2 * ADDED))), dtype=np.float64)
    return np.asarray(np.sqrt((x + ADDED) / n), dtype=np.float64)
