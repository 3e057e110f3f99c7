"""The largest studentised difference of each draw, over the claims that are still open: numbers in, numbers out.

A claim is "unit k lies above unit j". It has the noise (x[k] - x[j]) * weight[j, k], where x is one draw of the
errors of all units and the weight is one over the standard error of the difference. Many draws stand side by side,
so that the innermost loop runs over draws and nothing in it depends on the one before.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# Errors of 152 units for so many draws fit in the second-level cache.
BLOCK = 512


@njit(nogil=True, cache=True)
def largest_by_unit(x: Floats, weight: Floats, claims: tuple[Flags, Flags], asked: Flags) -> Floats:
    """For each unit that is asked for and each draw, the largest noise among the open claims about it; never below 0.

    `x` has the shape (units, draws). Of the claims, the first [j, k] says that "k lies above j" is open in the family
    of j, the second that "k lies below j" is. Returns (units, draws), 0 for units not asked for.
    """
    above, below = claims
    n, draws = x.shape
    out = np.zeros((n, draws), dtype=np.float64)
    for begin in range(0, draws, BLOCK):
        end = min(begin + BLOCK, draws)
        for j in range(n):
            for k in range(j + 1, n):
                # In the family of k the same two claims have the names of the other direction.
                up, down = asked[j] and above[j, k], asked[j] and below[j, k]
                up_k, down_k = asked[k] and below[k, j], asked[k] and above[k, j]
                pair = (x[k, begin:end], x[j, begin:end])
                if up == up_k and down == down_k:
                    _raise_both((out[j, begin:end], out[k, begin:end]), pair, weight[j, k], (up, down))
                else:
                    _raise(out[j, begin:end], pair, weight[j, k], (up, down))
                    _raise(out[k, begin:end], pair, weight[j, k], (up_k, down_k))
    return out


@njit(nogil=True, cache=True)
def largest_of_all(x: Floats, weight: Floats, above: Flags) -> Floats:
    """For each draw, the largest noise among all open claims; never below 0.

    `above[j, k]` says that "k lies above j" is open. Returns (draws,).
    """
    n, draws = x.shape
    out = np.zeros(draws, dtype=np.float64)
    for begin in range(0, draws, BLOCK):
        end = min(begin + BLOCK, draws)
        for j in range(n):
            for k in range(j + 1, n):
                pair = (x[k, begin:end], x[j, begin:end])
                _raise(out[begin:end], pair, weight[j, k], (above[j, k], above[k, j]))
    return out


@njit(nogil=True, cache=True)
def _raise(top: Floats, pair: tuple[Floats, Floats], weight: float, ways: tuple[bool, bool]) -> None:
    """Raise `top` where the noise of one pair is larger, in the ways (up, down) still open."""
    other, own = pair
    up, down = ways
    if up and down:
        for r in range(len(top)):
            gap = abs((other[r] - own[r]) * weight)
            top[r] = gap if gap > top[r] else top[r]
    elif up or down:
        # A weight with the sign of the way keeps the loop free of branches.
        signed = weight if up else -weight
        for r in range(len(top)):
            gap = (other[r] - own[r]) * signed
            top[r] = gap if gap > top[r] else top[r]


@njit(nogil=True, cache=True)
def _raise_both(
    tops: tuple[Floats, Floats], pair: tuple[Floats, Floats], weight: float, ways: tuple[bool, bool]
) -> None:
    """The same for the two units of a pair at once: the difference is formed once."""
    top, too = tops
    other, own = pair
    up, down = ways
    if up and down:
        for r in range(len(top)):
            gap = abs((other[r] - own[r]) * weight)
            top[r] = gap if gap > top[r] else top[r]
            too[r] = gap if gap > too[r] else too[r]
    elif up or down:
        signed = weight if up else -weight
        for r in range(len(top)):
            gap = (other[r] - own[r]) * signed
            top[r] = gap if gap > top[r] else top[r]
            too[r] = gap if gap > too[r] else too[r]
