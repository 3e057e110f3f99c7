"""Does a log-linear model have an estimate on these counts? Elimination, then at most a few small linear programs.

Write X for the design of the live places, with rows in `some` (somebody there) and `none`. The log likelihood rises
for ever, or stays level for ever, along d if and only if X d is 0 on `some` and nowhere above 0 on `none`. So what
matters is the null space of the rows in `some`. If nothing is in it, all is well. Else:

* the constant, and with it place 0, has an estimate if no such d moves it;
* if one moves it that is 0 on `none`, too, it is not determined; if only others do, it runs to an end;
* where the constant has an estimate and other terms have none, those run to infinity together: the places where some
  d goes down have an expected count of 0 and are dropped, and of terms that the rest cannot tell apart one is kept.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

from casetrail.kernels.loglinear.elimination import independent, null_space, rank_of
from casetrail.kernels.loglinear.simplex import APART, REACHED, UNPROVEN, reaches
from casetrail.kernels.loglinear.tables import inner

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

# NARROWED: fine, on fewer places and terms than before.
FINE, NO_MLE, NOT_IDENTIFIABLE, UNDECIDED, NARROWED = 0, 1, 2, 4, 5


@njit(nogil=True, cache=True, error_model="numpy")
def exists(counts: Floats, kept: Ints, n: int, live: Flags) -> tuple[int, int, int]:
    """The verdict on the constant of a model, how many terms are left, and the verdict on all its terms together.

    The first `n` of `kept` are the terms, the constant, 0, in front; terms that nobody has, and the places that hold
    them, have been parted off (`tables.split`). Where the verdict is NARROWED, `kept` and `live` are narrowed. A model
    with both faults is not identifiable. UNDECIDED only if a linear program does not prove its own answer.
    """
    basis = null_space(counts, kept[:n], live)
    free = basis.shape[0]
    if free == 0:
        return FINE, n, FINE
    rows = _on_empty(counts, kept[:n], live, basis)
    asked, rank = _asked(rows, basis), rank_of(rows.copy())
    terms = NOT_IDENTIFIABLE if rank < free else NO_MLE
    if rank_of(asked.copy()) > rank:
        return NOT_IDENTIFIABLE, n, terms
    gone = np.zeros(len(asked), dtype=np.bool_)
    for i in range(len(asked)):
        said = reaches(rows, asked[i])
        if said == UNPROVEN:
            return UNDECIDED, n, UNDECIDED
        if i == 0 and said == REACHED and rank == free:
            return FINE, n, FINE
        if i in (1, 2) and said == APART:
            return NO_MLE, n, terms
        gone[i] = said == APART
    i = 2
    for c in range(1, counts.size):
        if live[c] and counts[c] <= 0:
            i += 1
            live[c] = not gone[i]
    return NARROWED, independent(kept, n, live), terms


@inner
def _asked(rows: Floats, basis: Floats) -> Floats:
    """What rows may reach or not: minus their sum (all terms are finite), the constant and minus the constant (it is),
    and minus each row (the place does not go down).
    """
    m, free = rows.shape
    out = np.zeros((m + 3, free))
    for f in range(free):
        out[1, f], out[2, f] = basis[f, 0], -basis[f, 0]
        for i in range(m):
            out[3 + i, f] = -rows[i, f]
            out[0, f] -= rows[i, f]
    return out


@inner
def _on_empty(counts: Floats, kept: Ints, live: Flags, basis: Floats) -> Floats:
    """Each live place that nobody is in: what each direction of the basis does there."""
    free, p = basis.shape
    rows, m = np.zeros((counts.size, free)), 0
    for c in range(1, counts.size):
        if live[c] and counts[c] <= 0:
            for i in range(p):
                if kept[i] & c == kept[i]:
                    for f in range(free):
                        rows[m, f] += basis[f, i]
            m += 1
    return rows[:m]
