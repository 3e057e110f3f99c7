"""Sums over all subsets and all supersets of each place of a table of 2**k places, in k passes and in place."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

# For what is only called from other compiled functions, whose place in the cache holds it.
inner = njit(nogil=True, error_model="numpy")


@njit(nogil=True, cache=True, error_model="numpy")
def over_subsets(a: Floats) -> None:
    """Put the sum over all subsets of its bits in each place of `a`, shape (2**k,)."""
    half = 1
    while half < a.size:
        for base in range(0, a.size, 2 * half):
            for i in range(base, base + half):
                a[i + half] += a[i]
        half *= 2


@njit(nogil=True, cache=True, error_model="numpy")
def over_supersets(a: Floats) -> None:
    """Put the sum over all supersets of its bits in each place of `a`, shape (2**k,)."""
    half = 1
    while half < a.size:
        for base in range(0, a.size, 2 * half):
            for i in range(base, base + half):
                a[i] += a[i + half]
        half *= 2


@njit(nogil=True, cache=True, error_model="numpy")
def margins(counts: Floats) -> Floats:
    """How many have all bits of each place, shape (2**k,)."""
    out = counts.copy()
    over_supersets(out)
    return out


@njit(nogil=True, cache=True, error_model="numpy")
def split(terms: Ints, margin: Floats, kept: Ints, live: Flags) -> int:
    """Part the terms that nobody has from the rest, which go to `kept` behind the constant; says how many those are.

    A term that nobody has runs to minus infinity: all places that hold it have an expected count of 0 and are not
    `live`. Place 0 is not seen and never live. `terms` are without the constant, 0.
    """
    live.fill(True)
    live[0] = False
    kept[0] = 0
    n = 1
    for term in terms:
        if margin[term] > 0:
            kept[n] = term
            n += 1
        else:
            # The supersets of `term` are `term` with each subset of the other bits.
            rest = (margin.size - 1) & ~term
            extra = rest
            while True:
                live[term | extra] = False
                if extra == 0:
                    break
                extra = (extra - 1) & rest
    return n
