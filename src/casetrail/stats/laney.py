"""Control charts of shares and rates with their denominators, widened by what varies beyond chance.

Plain p and u charts take chance alone for the ordinary: with large denominators nearly every point is outside. D. B.
Laney, "Improved control charts for attributes", Quality Engineering 14 (2002) 531-537, multiplies their limits by
sigma z, the standard deviation of the z of the points as their moving ranges show it (mean range / 1.128).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

from casetrail.figures import Refusal
from casetrail.stats.xmr import FEWEST, edges_of, moving_ranges, too_few
from casetrail.stats.xmr_rules import MAKING_DATA_COUNT, Rules, Signals, signals

Floats = npt.NDArray[np.float64]
Kind = Literal["share", "rate"]
RANGE_TO_DEVIATION = 1.128


@dataclass(frozen=True, slots=True)
class Attributes:
    """A chart of shares (p') or rates (u') per unit of denominator. Arrays have one entry per point.

    `low`, `high`: limits with sigma z. `plain_low`, `plain_high`: limits of chance alone. `sigma_z` by stretch, in the
    order of the series; 1 when points vary as chance makes them, below 1 (then the limits are narrower) when less.
    """

    values: Floats
    centre: Floats
    low: Floats
    high: Floats
    plain_low: Floats
    plain_high: Floats
    sigma_z: tuple[float, ...]
    signals: Signals


def attributes(
    numerators: npt.ArrayLike,
    denominators: npt.ArrayLike,
    *,
    kind: Kind = "share",
    breaks: Sequence[int] = (),
    rules: Rules = MAKING_DATA_COUNT,
) -> Attributes | Refusal:
    """p' chart of shares, u' chart of rates; nan in either count is an unknown point. Rules look at z.

    Stretches of fewer than eight known points have no limits. Refuses when none has, or every point is 0 or whole.
    Raises: ValueError on different lengths, counts below 0, a denominator of 0, or a share above 1.
    """
    x, n = (np.asarray(a, dtype=np.float64) for a in (numerators, denominators))
    _check(x, n, kind)
    known = np.isfinite(x) & np.isfinite(n)
    values = np.divide(x, n, out=np.full(x.size, np.nan), where=known)
    edges = edges_of(x.size, breaks)
    charted = [(a, b) for a, b in pairwise(edges) if known[a:b].sum() >= FEWEST]
    if not charted:
        return too_few(max((int(known[a:b].sum()) for a, b in pairwise(edges)), default=0))
    centre, chance, wide = (np.full(x.size, np.nan) for _ in range(3))
    sigmas: list[float] = []
    for a, b in charted:
        at = a + np.flatnonzero(known[a:b])
        level = float(x[at].sum() / n[at].sum())
        spread = level * (1 - level) if kind == "share" else level
        if spread == 0:
            return Refusal("nothing_varies", "Every point is 0, or every point is whole: there is no chance to chart.")
        centre[at], chance[at] = level, np.sqrt(spread / n[at])
        sigmas.append(_sigma_z((values[a:b] - level) / chance[a:b]))
        wide[at] = sigmas[-1] * chance[at]
    found = _rules_on_z(values, centre, wide, (rules, edges))
    low, high, plain_low, plain_high = _limits(centre, wide, chance, top=1.0 if kind == "share" else np.inf)
    return Attributes(values, centre, low, high, plain_low, plain_high, tuple(sigmas), found)


def _sigma_z(z: Floats) -> float:
    """From the ranges of neighbours; 1, chance alone, when no two neighbours are known."""
    ranges = moving_ranges(z, (0, z.size))
    return float(np.nanmean(ranges)) / RANGE_TO_DEVIATION if bool(np.isfinite(ranges).any()) else 1.0


def _rules_on_z(values: Floats, centre: Floats, wide: Floats, by: tuple[Rules, Sequence[int]]) -> Signals:
    """Signals of the points in units of their own limits; none where sigma z is 0, since nothing moves."""
    z = np.divide(values - centre, wide, out=np.where(np.isfinite(wide), 0.0, np.nan), where=wide > 0)
    three = np.where(np.isfinite(z), 3.0, np.nan)
    return signals(z, np.where(np.isfinite(z), 0.0, np.nan), (-three, three), rules=by[0], edges=by[1])


def _limits(centre: Floats, wide: Floats, chance: Floats, *, top: float) -> tuple[Floats, Floats, Floats, Floats]:
    """Three deviations to either side, with sigma z and by chance alone, within what a share or rate can be."""
    low, high = (np.clip(centre + side * 3 * wide, 0.0, top) for side in (-1, 1))
    plain_low, plain_high = (np.clip(centre + side * 3 * chance, 0.0, top) for side in (-1, 1))
    return low, high, plain_low, plain_high


def _check(x: Floats, n: Floats, kind: Kind) -> None:
    both = np.isfinite(x) & np.isfinite(n)
    if x.ndim != 1 or x.shape != n.shape:
        raise ValueError("numerators and denominators must be equally long")
    if bool(np.any(x[both] < 0) or np.any(n[both] <= 0) or (kind == "share" and np.any(x[both] > n[both]))):
        raise ValueError("counts are 0 or more, denominators above 0, and a share is no more than 1")
