"""Is a vector a sum of some rows with weights of 0 or more? A small linear program that proves its answer.

By Farkas' lemma there are either such weights, or a direction along which no row goes up and the vector does; never
both. The weights are looked for by the first phase of the simplex method with Bland's rule; if there are none, its
prices are the direction. Whichever is found is checked against the rows before it is believed.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

from casetrail.kernels.loglinear.tables import inner

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

REACHED, APART, UNPROVEN = 0, 1, 2
PIVOTS = 5_000
NIL, SURE = 1e-9, 1e-6


@njit(nogil=True, cache=True, error_model="numpy")
def reaches(rows: Floats, target: Floats) -> int:
    """REACHED where w @ rows = target for some w >= 0; APART where rows @ z <= 0 < target @ z for some z; or UNPROVEN.

    `rows` (m, q), `target` (q,).
    """
    m, q = rows.shape
    # Each line is turned so that its right-hand side is not below 0, and has a column of its own to begin with.
    tableau, turned = np.zeros((q + 1, m + q + 1)), np.ones(q)
    for j in range(q):
        turned[j] = -1.0 if target[j] < 0 else 1.0
        for i in range(m):
            tableau[j, i] = turned[j] * rows[i, j]
            tableau[q, i] -= tableau[j, i]
        tableau[j, m + j] = 1.0
        tableau[j, m + q] = abs(target[j])
        tableau[q, m + q] -= tableau[j, m + q]
    basic = np.arange(m, m + q)
    _improve(tableau, basic, m)
    if -tableau[q, m + q] < SURE:
        return REACHED if _are_weights(rows, target, tableau, basic) else UNPROVEN
    # The reduced costs of the columns to begin with are 1 - price.
    z = np.zeros(q)
    for j in range(q):
        z[j] = turned[j] * (1.0 - tableau[q, m + j])
    return APART if _is_direction(rows, target, z) else UNPROVEN


@inner
def _improve(tableau: Floats, basic: Ints, m: int) -> None:
    """Pivot until no cost of the first `m` columns is below 0: costs are in the last line, sides in the last column."""
    q = len(basic)
    last = tableau.shape[1] - 1
    for _ in range(PIVOTS):
        enter = -1
        for i in range(m):
            if tableau[q, i] < -NIL:
                enter = i
                break
        if enter < 0:
            return
        leave, least = -1, np.inf
        for j in range(q):
            if tableau[j, enter] > NIL:
                ratio = tableau[j, last] / tableau[j, enter]
                if ratio < least - NIL or (ratio < least + NIL and leave >= 0 and basic[j] < basic[leave]):
                    leave, least = j, min(ratio, least)
        if leave < 0:
            return
        basic[leave] = enter
        pivot = tableau[leave, enter]
        for i in range(last + 1):
            tableau[leave, i] /= pivot
        for j in range(q + 1):
            factor = tableau[j, enter]
            if j != leave and factor != 0.0:
                for i in range(last + 1):
                    tableau[j, i] -= factor * tableau[leave, i]


@inner
def _are_weights(rows: Floats, target: Floats, tableau: Floats, basic: Ints) -> bool:
    m, q = rows.shape
    for j in range(q):
        if basic[j] < m and tableau[j, m + q] < -SURE:
            return False
    for j in range(q):
        off, size = -target[j], 1.0 + abs(target[j])
        for i in range(q):
            if basic[i] < m:
                part = tableau[i, m + q] * rows[basic[i], j]
                off += part
                size += abs(part)
        if abs(off) > SURE * size:
            return False
    return True


@inner
def _is_direction(rows: Floats, target: Floats, z: Floats) -> bool:
    m, q = rows.shape
    up = 0.0
    for j in range(q):
        up += target[j] * z[j]
    for i in range(m):
        along = 0.0
        for j in range(q):
            along += rows[i, j] * z[j]
        if along > SURE * up:
            return False
    return up > 0.0
