"""Plain twins of tails, limits, chance and control: loops over whole counts, to be read beside the sources."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb, exp


def plain_binomial(n: int, p: float) -> list[float]:
    """The chance of 0, 1, ... n of n."""
    return [comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)]


def plain_poisson(mean: float, most: int) -> list[float]:
    """The chance of 0, 1, ... `most` events."""
    found = [exp(-mean)]
    for k in range(1, most + 1):
        found.append(found[-1] * mean / k)
    return found


def plain_tails(chances: Sequence[float], count: int) -> tuple[float, float]:
    """Of so few or fewer, and of so many or more."""
    return sum(chances[: count + 1]), sum(chances[count:])


def plain_outside(chances: Sequence[float], tail: float) -> tuple[list[int], float]:
    """Which whole counts lie outside, since less than `tail` lies at or beyond them, and their chance in all."""
    outside = [k for k in range(len(chances)) if min(plain_tails(chances, k)) < tail]
    return outside, sum(chances[k] for k in outside)


def plain_poisson_binomial(probabilities: Sequence[float]) -> list[float]:
    """One trial after another: the number so far stays, or rises by one."""
    found = [1.0]
    for p in probabilities:
        stays, rises = [*(1 - p for _ in found), 0.0], [0.0, *found]
        found = [a * b for a, b in zip([*found, 0.0], stays, strict=True)]
        found = [a + p * b for a, b in zip(found, rises, strict=True)]
    return found


def plain_found(p_values: Sequence[float], level: float, control: str) -> list[bool]:
    """Which count, by the words of the authors: step down while p is small enough, or step up to the last that is."""
    n, ordered = len(p_values), sorted(p_values)
    if control == "bonferroni":
        return [p * n <= level for p in p_values]
    if control == "holm":
        bound = -1.0
        for step, p in enumerate(ordered):
            if p > level / (n - step):
                break
            bound = p
        return [p <= bound for p in p_values]
    times = sum(1 / i for i in range(1, n + 1)) if control == "benjamini-yekutieli" else 1.0
    allowed = [p for i, p in enumerate(ordered, 1) if p <= i / (n * times) * level]
    return [p <= max(allowed, default=-1.0) for p in p_values]
