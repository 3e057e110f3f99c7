"""Rules that tell a change from chance on a control chart, and what each of them is worth.

A point outside the limits (W. A. Shewhart, "Economic control of quality", 1931); two of three successive points in the
outer third towards the same limit (Western Electric, "Statistical quality control handbook", 1956); a run on one side
of the centre: seven points in NHS England, "Making data count" (2019), eight in the Western Electric handbook and in
D. J. Wheeler, nine in L. S. Nelson, Journal of Quality Technology 16 (1984) 237-239; a trend of points each above (or
each below) the one before: seven in "Making data count" as programmed in NHSRplotthedots, six in Nelson.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Sides = npt.NDArray[np.int8]
NEAR = 2 / 3


@dataclass(frozen=True, slots=True)
class Rules:
    """How many points make a run and a trend (0: the rule is not used), and whether two of three is used."""

    run: int = 7
    trend: int = 7
    two_of_three: bool = True

    def __post_init__(self) -> None:
        if self.run == 1 or self.trend in (1, 2) or min(self.run, self.trend) < 0:
            raise ValueError("a run needs two points or more and a trend three; 0 leaves the rule out")


MAKING_DATA_COUNT = Rules()
WESTERN_ELECTRIC_RUN = Rules(run=8, trend=0)


@dataclass(frozen=True, slots=True)
class Signals:
    """For each point and rule: 1 above or rising, -1 below or falling, 0 no part of a signal of that rule.

    All points of a run or trend are marked, from its first to its last; of two of three, the near ones.
    """

    outside: Sides
    run: Sides
    near: Sides
    trend: Sides

    @property
    def any(self) -> npt.NDArray[np.bool_]:
        """Points that are part of some signal."""
        return np.asarray((self.outside != 0) | (self.run != 0) | (self.near != 0) | (self.trend != 0), dtype=np.bool_)

    def at(self, point: int) -> tuple[str, ...]:
        """The names of the rules that mark one point."""
        return tuple(name for name in ("outside", "run", "near", "trend") if getattr(self, name)[point])


def signals(
    values: Floats, centre: Floats, limits: tuple[Floats, Floats], *, rules: Rules, edges: Sequence[int]
) -> Signals:
    """Which points break a rule. All arrays have one entry per point; nan ends every run, trend and group of three.

    `edges` are the indices at which stretches begin, and the number of points: nothing goes across them. A point
    exactly on the centre is on no side.
    """
    low, high = limits
    third = NEAR * (high - centre)
    outside = _side(values > high, values < low)
    side = _side(values > centre, values < centre)
    near = _side(values > centre + third, values < centre - third)
    nothing = np.zeros(values.size, dtype=np.int8)
    return Signals(
        outside=outside,
        run=_long(side, edges, rules.run) if rules.run else nothing,
        near=_two_of_three(values, near, edges) if rules.two_of_three else nothing,
        trend=_trend(values, centre, edges, rules.trend) if rules.trend else nothing,
    )


def _side(above: npt.NDArray[np.bool_], below: npt.NDArray[np.bool_]) -> Sides:
    return above.astype(np.int8) - below.astype(np.int8)


def _long(side: Sides, edges: Sequence[int], least: int) -> Sides:
    """`side` where it stays the same, and not 0, for at least so many points."""
    begins = np.ones(side.size, dtype=np.bool_)
    begins[1:] = side[1:] != side[:-1]
    begins[[e for e in edges if e < side.size]] = True
    group = np.cumsum(begins) - 1
    return np.where(np.bincount(group)[group] >= least, side, 0).astype(np.int8)


def _trend(values: Floats, centre: Floats, edges: Sequence[int], least: int) -> Sides:
    step = np.zeros(values.size, dtype=np.int8)
    with np.errstate(invalid="ignore"):
        step[1:] = np.nan_to_num(np.sign(np.diff(values))).astype(np.int8)
    step[~np.isfinite(centre)] = 0
    step[[e for e in edges if e < values.size]] = 0
    risen = _long(step, (), least - 1)
    # A trend begins one point before its first step.
    begun = np.zeros_like(risen)
    begun[:-1] = np.where(risen[:-1] == 0, risen[1:], 0)
    return np.where(risen != 0, risen, begun).astype(np.int8)


def _two_of_three(values: Floats, near: Sides, edges: Sequence[int]) -> Sides:
    """Near points with another one on the same side beside them, or one known point away."""
    marked = np.zeros_like(near)
    stretch = np.searchsorted(np.asarray(edges), np.arange(values.size), side="right")
    for away in (1, 2):
        first, second = near[:-away], near[away:]
        pair = (first != 0) & (first == second) & (stretch[:-away] == stretch[away:])
        if away == 2:
            pair &= np.isfinite(values[1:-1])
        marked[:-away][pair] = first[pair]
        marked[away:][pair] = second[pair]
    return marked
