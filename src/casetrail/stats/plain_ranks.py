"""Plain twin of the rank sets: one draw, one pair, one claim after another, to be read beside the paper."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, sqrt

# Who is said to lie above whom: (the lower, the higher).
Claim = tuple[int, int]
Draws = Sequence[Sequence[float]]


def plain_sets(
    estimates: Sequence[float], errors: Sequence[float], draws: Draws, *, about: int | None, level: float, down: bool
) -> tuple[list[int], list[int]]:
    """How many lie surely above and surely below each unit, from claims about one unit, or about all (None).

    `draws` are errors of all units, one list for each draw; units are independent.
    """
    units = range(len(estimates))
    pairs = [(low, high) for low in units for high in units if low != high and about in (None, low, high)]
    shown = _step_down(estimates, errors, draws, claims=pairs, level=level, down=down)
    return [sum(low == j for low, _ in shown) for j in units], [sum(high == j for _, high in shown) for j in units]


def _step_down(
    estimates: Sequence[float],
    errors: Sequence[float],
    draws: Draws,
    *,
    claims: list[Claim],
    level: float,
    down: bool,
) -> set[Claim]:
    shown: set[Claim] = set()
    while True:
        still = [claim for claim in claims if claim not in shown]
        largest = sorted(max([0.0, *(_z(draw, errors, claim) for claim in still)]) for draw in draws)
        critical = largest[ceil(level * (len(draws) + 1)) - 1]
        new = {claim for claim in still if _z(estimates, errors, claim) > critical}
        shown |= new
        if not new or not down:
            return shown


def _z(values: Sequence[float], errors: Sequence[float], claim: Claim) -> float:
    low, high = claim
    return (values[high] - values[low]) / sqrt(errors[low] ** 2 + errors[high] ** 2)
