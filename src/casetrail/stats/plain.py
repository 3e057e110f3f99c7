"""Plain twins of the funnel and of the comparison: loops over numbers, to be read beside the sources."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from statistics import NormalDist


def plain_z(numerators: Sequence[int], denominators: Sequence[int]) -> list[float]:
    """z of each unit against the pooled proportion; all 0 when the pooled proportion is 0 or 1."""
    p = sum(numerators) / sum(denominators)
    if p in (0, 1):
        return [0.0 for _ in numerators]
    return [(x / n - p) / sqrt(p * (1 - p) / n) for x, n in zip(numerators, denominators, strict=True)]


def plain_phi(z: Sequence[float]) -> float:
    """Mean of squares after the lowest and highest floor(n / 10) took the nearest value kept."""
    ordered = sorted(z)
    cut = len(ordered) // 10
    kept = ordered[cut : len(ordered) - cut]
    filled = [kept[0]] * cut + kept + [kept[-1]] * cut
    return sum(value * value for value in filled) / len(filled)


def plain_told_apart(
    numerators: Sequence[int], denominators: Sequence[int], at: int, *, level: float = 0.05
) -> tuple[int, int]:
    """How many others lie surely above and surely below the unit, by Holm's steps one after another."""
    p = sum(numerators) / sum(denominators)
    phi = max(plain_phi(plain_z(numerators, denominators)), 1.0)
    spread = phi * p * (1 - p)
    if spread == 0:
        return 0, 0
    tests: list[tuple[float, bool]] = []
    for other, (x, n) in enumerate(zip(numerators, denominators, strict=True)):
        if other != at:
            gap = x / n - numerators[at] / denominators[at]
            z = gap / sqrt(spread * (1 / n + 1 / denominators[at]))
            tests.append((2 * NormalDist().cdf(-abs(z)), gap > 0))
    above = below = 0
    for step, (p_value, higher) in enumerate(sorted(tests)):
        if p_value > level / (len(tests) - step):
            break
        above, below = above + higher, below + (not higher)
    return above, below
