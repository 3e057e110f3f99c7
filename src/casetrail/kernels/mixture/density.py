"""The logarithm of the posterior of a truncated stick-breaking mixture and its gradient.

With a prior on the whole number proportional to its inverse, summing the unseen rows out leaves the chances of the
seen patterns divided by the chance of being seen at all, to the power of the rows; integrating the concentration out
leaves a power of (rate + length of the stick). A place is a vector: logits of the chances of a 1, class by class, and
for each break the logarithm of the length -log(1 - V), in which the prior has exponential tails on both sides.
"""

from __future__ import annotations

import math

from numba import njit

from casetrail.kernels.mixture.shape import At, Floats, Prior, Room, Table


@njit(nogil=True, cache=True, error_model="numpy")
def spread(x: Floats, data: Table, prior: Prior, room: Room) -> tuple[float, float]:
    """Fill chances, weights and the chance of each pattern at `x`; returns the chance of being seen and the length of
    the stick."""
    k, j = prior.classes, data.columns
    length, seen = 0.0, 0.0
    room.weight[:] = 0.0
    for c in range(k):
        any_one, none = 0.0, 1.0
        for i in range(j):
            odds = math.exp(x[c * j + i])
            rest = 1.0 / (1.0 + odds)
            room.odds[c, i] = odds
            room.chance[c, i] = odds * rest
            # The chance of any 1 is built up from positive terms: one minus the chance of none would lose its digits.
            any_one += (1.0 - any_one) * odds * rest
            none *= rest
        share = math.exp(-length)
        if c < k - 1:
            step = math.exp(x[k * j + c])
            room.length[c] = step
            share *= -math.expm1(-step)
            length += step
        room.seen[c], room.share[c] = any_one, share
        seen += share * any_one
        room.mass[c, 0] = none
        for p in range(1, data.counts.size):
            mass = room.mass[c, data.parent[p]] * room.odds[c, data.column[p]]
            room.mass[c, p] = mass
            room.weight[p] += share * mass
    return seen, length


@njit(nogil=True, cache=True, error_model="numpy")
def heights(at: At, found: tuple[float, float]) -> tuple[float, float]:
    """Log likelihood and log prior of the place that was spread last; `found` is what `spread` returned."""
    data, prior, room = at
    seen, length = found
    k, j = prior.classes, data.columns
    fit = -data.n * math.log(seen)
    for p in range(1, data.counts.size):
        if data.counts[p] > 0.0:
            fit += data.counts[p] * math.log(room.weight[p])
    told = -(prior.shape + k - 1) * math.log(prior.rate + length)
    for c in range(k):
        ones = 1.0
        for i in range(j):
            ones *= room.chance[c, i]
        told += prior.one * math.log(ones) + prior.zero * math.log(room.mass[c, 0])
        if c < k - 1:
            told += math.log(room.length[c])
    return fit, told


@njit(nogil=True, cache=True, error_model="numpy")
def slopes(gradient: Floats, at: At, found: tuple[float, float], heat: float) -> None:
    """Fill the gradient of heat * likelihood + prior at the place that was spread last, whose heights go."""
    data, prior, room = at
    seen, length = found
    k, j = prior.classes, data.columns
    pull, power, later = heat * data.n / seen, prior.shape + k - 1, 0.0
    for p in range(1, data.counts.size):
        if data.counts[p] > 0.0:
            room.weight[p] = heat * data.counts[p] / room.weight[p]
        else:
            room.weight[p] = 0.0
    for c in range(k - 1, -1, -1):
        share = room.share[c]
        row = gradient[c * j : (c + 1) * j]
        row[:] = 0.0
        total = _fold(row, c, data, room)
        lost = pull * share * (1.0 - room.seen[c])
        for i in range(j):
            chance = room.chance[c, i]
            row[i] += prior.one * (1.0 - chance) - chance * (prior.zero + total + lost)
        total -= pull * share * room.seen[c]
        if c < k - 1:
            step = room.length[c]
            # d log(share) / d log(step), which is 1 for a short step.
            own = step / math.expm1(step) if step > 1e-8 else 1.0
            gradient[k * j + c] = total * own - step * later + 1.0 - power * step / (prior.rate + length)
        later += total


@njit(nogil=True, cache=True, error_model="numpy")
def _fold(row: Floats, c: int, data: Table, room: Room) -> float:
    """Rows expected in class `c` over those seen, added up by column into `row`; returns all of them."""
    share = room.share[c]
    for p in range(1, data.counts.size):
        room.part[p] = room.weight[p] * room.mass[c, p] * share
    room.part[0] = 0.0
    for p in range(data.counts.size - 1, 0, -1):
        row[data.column[p]] += room.part[p]
        room.part[data.parent[p]] += room.part[p]
    return float(room.part[0])
