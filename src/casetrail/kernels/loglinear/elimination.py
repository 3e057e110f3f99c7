"""Elimination on the design of a log-linear model: what its rows leave open, and which columns they tell apart."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from casetrail.kernels.loglinear.tables import inner

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

# Entries are small fractions: anything nearer to 0 is 0.
NIL = 1e-9


@inner
def null_space(counts: Floats, kept: Ints, live: Flags) -> Floats:
    """A basis, shape (dimension, terms), of what is 0 on all live places with somebody in them."""
    p = len(kept)
    reduced, lead, rank = np.zeros((p + 1, p)), np.full(p, -1), 0
    for c in range(1, counts.size):
        if rank == p:
            break
        if live[c] and counts[c] > 0:
            for i in range(p):
                reduced[rank, i] = 1.0 if kept[i] & c == kept[i] else 0.0
            lead[rank] = _reduce(reduced, lead, rank)
            if lead[rank] >= 0:
                rank += 1
    basis, f = np.zeros((p - rank, p)), 0
    for i in range(p):
        is_lead = False
        for r in range(rank):
            is_lead = is_lead or lead[r] == i
        if not is_lead:
            basis[f, i] = 1.0
            for r in range(rank):
                basis[f, lead[r]] = -reduced[r, i]
            f += 1
    return basis


@inner
def _reduce(reduced: Floats, lead: Ints, rank: int) -> int:
    """Bring the row behind the first `rank` into their reduced form; says its leading column, -1 if nothing is left."""
    p = reduced.shape[1]
    for r in range(rank):
        _take(reduced, rank, r, lead[r])
    at = 0
    for i in range(p):
        if abs(reduced[rank, i]) > abs(reduced[rank, at]):
            at = i
    whole = reduced[rank, at]
    if abs(whole) <= NIL:
        return -1
    for i in range(p):
        reduced[rank, i] /= whole
    for r in range(rank):
        _take(reduced, r, rank, at)
    return at


@inner
def _take(rows: Floats, here: int, there: int, column: int) -> None:
    """Take from row `here` so much of row `there`, which has 1 in that column, that 0 is left in it."""
    factor = rows[here, column]
    if factor != 0.0:
        for i in range(rows.shape[1]):
            rows[here, i] -= factor * rows[there, i]


@inner
def independent(kept: Ints, n: int, live: Flags) -> int:
    """Keep the terms, the constant first, that are no sum of others on the live places; says how many those are."""
    columns, lead, rank = np.zeros((n + 1, live.size)), np.full(n + 1, -1), 0
    for i in range(n):
        for c in range(live.size):
            columns[rank, c] = 1.0 if live[c] and kept[i] & c == kept[i] else 0.0
        lead[rank] = _reduce(columns, lead, rank)
        if lead[rank] >= 0:
            kept[rank] = kept[i]
            rank += 1
    return rank


@inner
def rank_of(rows: Floats) -> int:
    """Rank by elimination with the largest entry of all that is left as the pivot."""
    m, n = rows.shape
    rank = 0
    while rank < min(m, n):
        best, at, column = NIL, -1, -1
        for i in range(rank, m):
            for j in range(rank, n):
                if abs(rows[i, j]) > best:
                    best, at, column = abs(rows[i, j]), i, j
        if at < 0:
            break
        for j in range(n):
            rows[rank, j], rows[at, j] = rows[at, j], rows[rank, j]
        for i in range(m):
            rows[i, rank], rows[i, column] = rows[i, column], rows[i, rank]
        for i in range(rank + 1, m):
            factor = rows[i, rank] / rows[rank, rank]
            if factor != 0.0:
                for j in range(rank, n):
                    rows[i, j] -= factor * rows[rank, j]
        rank += 1
    return rank
