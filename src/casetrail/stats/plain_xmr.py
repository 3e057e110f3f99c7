"""Plain twins of the control chart: loops over points, to be read beside the sources."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import isnan

Marks = list[dict[str, int]]


def plain_limits(values: Sequence[float]) -> tuple[float, float, float]:
    """Centre, lower and upper limit of one stretch, by the mean moving range."""
    known = [v for v in values if not isnan(v)]
    ranges = [abs(b - a) for a, b in pairwise(values) if not isnan(a) and not isnan(b)]
    centre = sum(known) / len(known)
    step = sum(ranges) / len(ranges)
    return centre, centre - 2.66 * step, centre + 2.66 * step


def plain_signals(values: Sequence[float], limits: tuple[float, float, float], *, run: int, trend: int) -> Marks:
    """For each point the rules that mark it, with the side: 1 above or rising, -1 below or falling."""
    centre, low, high = limits
    marks: Marks = [{} for _ in values]
    near = [_near(v, centre, low, high) for v in values]
    for i, value in enumerate(values):
        if value > high or value < low:
            marks[i]["outside"] = 1 if value > high else -1
        for sign in (1, -1):
            side = [sign * (v - centre) > 0 for v in values[i : i + run]]
            if len(side) == run and all(side):
                for k in range(i, i + run):
                    marks[k]["run"] = sign
            rise = [sign * (b - a) > 0 for a, b in zip(values[i:], values[i + 1 : i + trend], strict=False)]
            if len(rise) == trend - 1 and all(rise):
                for k in range(i, i + trend):
                    marks[k]["trend"] = sign
            for j in (i + 1, i + 2):
                between = not any(isnan(v) for v in values[i:j])
                if j < len(values) and near[i] == near[j] == sign and between:
                    marks[i]["near"] = marks[j]["near"] = sign
    return marks


def _near(value: float, centre: float, low: float, high: float) -> int:
    if value > centre + 2 * (high - centre) / 3:
        return 1
    return -1 if value < centre - 2 * (centre - low) / 3 else 0
