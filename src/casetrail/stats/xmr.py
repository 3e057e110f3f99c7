"""Individuals and moving range chart: is a series of single values steady, or did something change?

Sources: D. J. Wheeler, "Understanding variation" (1993) and "Making sense of data" (2003), for limits at the mean plus
and minus 2.66 mean moving ranges (3 / 1.128) and an upper limit of the ranges at 3.267 of them; NHS England, "Making
data count" (2019), for the rules (see `xmr_rules`). NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2, has a
worked example.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

from casetrail.figures import Refusal
from casetrail.stats.xmr_rules import MAKING_DATA_COUNT, Rules, Signals, signals

Floats = npt.NDArray[np.float64]
Typical = Literal["mean", "median"]

# Fewer points give limits that are mostly chance; up to 15 they still move much with each new point.
FEWEST = 8
FIRM = 15

# (limit of the values, limit of the ranges) in mean or in median moving ranges.
SCALE: dict[Typical, tuple[float, float]] = {"mean": (2.66, 3.267), "median": (3.145, 3.865)}


@dataclass(frozen=True, slots=True)
class Stretch:
    """Points from `start` to before `stop` that share one set of limits; `points` of them are known."""

    start: int
    stop: int
    points: int
    centre: float
    range_typical: float
    low: float
    high: float
    range_high: float

    @property
    def firm(self) -> bool:
        """Whether there are enough points for limits that hardly move."""
        return self.points >= FIRM


@dataclass(frozen=True, slots=True)
class Xmr:
    """The chart. Arrays have one entry per point, in order; nan where a value or a limit is not known.

    `ranges[i]` is the distance of value i from value i - 1, nan at the start of a stretch and beside a gap.
    `range_outside` marks ranges above their own limit. Stretches of fewer than eight known points have no limits.
    """

    values: Floats
    ranges: Floats
    centre: Floats
    low: Floats
    high: Floats
    range_high: Floats
    signals: Signals
    stretches: tuple[Stretch, ...]

    @property
    def range_outside(self) -> npt.NDArray[np.bool_]:
        return np.asarray(self.ranges > self.range_high, dtype=np.bool_)


def xmr(
    values: npt.ArrayLike,
    *,
    breaks: Sequence[int] = (),
    rules: Rules = MAKING_DATA_COUNT,
    typical: Typical = "mean",
) -> Xmr | Refusal:
    """The chart of a series in time order; nan is an unknown value, which is on no side and ends every run.

    `breaks`: indices of points with which a new stretch begins (a new definition, a new population base): limits are
    reckoned afresh and no run goes across. `typical`: mean or median moving range; the median is moved less by single
    jumps. Refuses when no stretch has eight known points. Raises: ValueError on a break outside the series.
    """
    x = np.asarray(values, dtype=np.float64)
    edges = edges_of(x.size, breaks)
    ranges = moving_ranges(x, edges)
    stretches = tuple(_stretch(x, ranges, (a, b), typical) for a, b in pairwise(edges))
    charted = tuple(s for s in stretches if s.points >= FEWEST)
    if not charted:
        return too_few(max((s.points for s in stretches), default=0))
    centre, low, high, range_high = (np.full(x.size, np.nan) for _ in range(4))
    for s in charted:
        at = slice(s.start, s.stop)
        centre[at], low[at], high[at], range_high[at] = s.centre, s.low, s.high, s.range_high
    found = signals(x, centre, (low, high), rules=rules, edges=edges)
    return Xmr(x, ranges, centre, low, high, range_high, found, charted)


def edges_of(size: int, breaks: Sequence[int]) -> tuple[int, ...]:
    """Where stretches begin and end. Raises: ValueError on a break outside the series."""
    if any(not 0 < b < size for b in breaks):
        raise ValueError("a break lies between the second and the last point of the series")
    return (0, *sorted(set(breaks)), size)


def moving_ranges(x: Floats, edges: Sequence[int]) -> Floats:
    """Distances of neighbours; nan at the start of each stretch and beside each gap."""
    ranges = np.full(x.size, np.nan)
    ranges[1:] = np.abs(np.diff(x))
    ranges[[e for e in edges if e < x.size]] = np.nan
    return ranges


def too_few(known: int) -> Refusal:
    """No chart of so few points."""
    return Refusal(
        reason="too_few_points",
        message=f"{known} known points in one stretch: limits need at least {FEWEST}.",
        would_help=("a longer series under one definition", "monthly or quarterly instead of yearly figures"),
    )


def _stretch(x: Floats, ranges: Floats, of: tuple[int, int], typical: Typical) -> Stretch:
    start, stop = of
    known = x[start:stop][np.isfinite(x[start:stop])]
    moved = ranges[start:stop][np.isfinite(ranges[start:stop])]
    if known.size < FEWEST or moved.size == 0:
        # A series in which no two neighbours are known has values but no range to measure chance by.
        few = known.size if known.size < FEWEST else 0
        return Stretch(start, stop, few, np.nan, np.nan, np.nan, np.nan, np.nan)
    width, top = SCALE[typical]
    step = float(np.mean(moved) if typical == "mean" else np.median(moved))
    centre = float(np.mean(known))
    return Stretch(start, stop, int(known.size), centre, step, centre - width * step, centre + width * step, top * step)
