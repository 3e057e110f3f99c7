"""All models of a family fitted to a table, or only as many of them as it takes to find the best.

An estimate that exists for a model exists for all models nested in it, and no model nested in another has a smaller
deviance. Both are used to leave work out; neither changes a result.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from casetrail.kernels.loglinear.newton import fit_one
from casetrail.kernels.loglinear.room import Room, Table, room, table
from casetrail.kernels.loglinear.support import FINE, NARROWED, UNDECIDED, exists
from casetrail.kernels.loglinear.tables import inner, split

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int8]

NOT_SETTLED, UNKNOWN = 3, -1
# What a search returns instead of an index.
NONE, ASK = -1, -2
WHOLE = -1.0
RECENT = 12
TIE = 1e-7


class Family(NamedTuple):
    """Models by their terms without the constant, fewest terms first, and who is one term above and below whom.

    Entry m of each list is the slice from `begin[m]` to `begin[m + 1]`. `above` and `below` hold indices of models;
    both are empty where only single models are asked for.
    """

    terms: Ints
    begin: Ints
    above: Ints
    above_begin: Ints
    below: Ints
    below_begin: Ints


class Found(NamedTuple):
    """What is known while one table is worked on, an entry for each model; and the models that won last.

    `bound`: no deviance of the model, or of one nested in it, lies below. `value`: deviance plus price of parameters,
    infinite until fitted.
    """

    bound: Floats
    value: Floats
    hidden: Floats
    status: Codes
    recent: Ints


def fit_all(counts: Floats, family: Family, known: Codes) -> tuple[Floats, Floats, Codes]:
    """Expected count of place 0, deviance and status of each model; nan unless FINE or NARROWED.

    `known` are statuses found before for the same support, UNKNOWN (-1) where they are to be found now.
    """
    s = _found(family)
    s.status[:] = known
    _work(counts[None], family, WHOLE, (s, _room(counts.size, family)))
    fine = (s.status == FINE) | (s.status == NARROWED)
    return np.where(fine, s.hidden, np.nan), np.where(fine, s.value, np.nan), s.status


def best_all(tables: Floats, family: Family, penalty: float) -> tuple[Floats, Ints]:
    """For each table, (r, 2**k), the model with the lowest deviance + price * parameters, and its count of place 0.

    The price of a parameter is `penalty`, or the logarithm of the table's total where that is nan. Models without an
    estimate are passed over; NONE and nan where there is no other, ASK where a status could not be decided here. Of
    models that tie, the first counts.
    """
    return _work(tables, family, penalty, (_found(family), _room(tables.shape[1], family)))


def _found(family: Family) -> Found:
    n = len(family.begin) - 1
    return Found(np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n, np.int8), np.zeros(RECENT, np.int64))


def _room(places: int, family: Family) -> Room:
    return room(places, int(np.diff(family.begin).max()) + 1)


@njit(nogil=True, cache=True, error_model="numpy")
def _work(tables: Floats, family: Family, penalty: float, memory: tuple[Found, Room]) -> tuple[Floats, Ints]:
    """Search the best for each table; or fit all models to each, if `penalty` is below 0; it stays in the memory.

    Both jobs are in one function, for what they share takes long to compile.
    """
    s, at = memory
    models = len(s.value)
    hidden, index = np.full(len(tables), np.nan), np.full(len(tables), NONE)
    first = 0 if penalty < 0 else RECENT + 1 + family.below_begin[models] - family.below_begin[models - 1]
    for r in range(len(tables)):
        of = table(tables[r])
        price = np.log(max(of.margin[0], 1.0)) if np.isnan(penalty) else max(penalty, 0.0)
        lowest, tie = np.inf, TIE * max(1.0, of.margin[0] / 1e6)
        s.bound.fill(0.0)
        s.value.fill(np.inf)
        if first > 0:
            s.status.fill(UNKNOWN)
        for i in range(first + models):
            m = _next(i, first, family, s.recent)
            if s.value[m] == np.inf:
                _inherit(family, m, s)
                worst = np.inf if i < first or first == 0 else lowest + tie - price * _parameters(family, m)
                if s.bound[m] <= worst:
                    _try(of, family, m, (price, worst, s, at))
                    lowest = min(lowest, s.value[m])
        if first > 0:
            index[r] = _first(s, lowest + tie)
            if index[r] >= 0:
                hidden[r] = s.hidden[index[r]]
    return hidden, index


@inner
def _next(i: int, first: int, family: Family, recent: Ints) -> int:
    """Which model to look at: the largest and those below it, which bound all others; recent winners; the rest."""
    top = len(family.begin) - 2
    if i >= first:
        return top - (i - first)
    if i == 0:
        return top
    below = family.below_begin[top] + i - 1
    behind = below - family.below_begin[top + 1]
    return int(family.below[below] if behind < 0 else recent[behind])


@inner
def _inherit(family: Family, m: int, s: Found) -> None:
    """Take over from models one term above what holds for all models nested in them."""
    if len(family.above) > 0:
        for i in range(family.above_begin[m], family.above_begin[m + 1]):
            above = family.above[i]
            s.bound[m] = max(s.bound[m], s.bound[above])
            if s.status[m] == UNKNOWN and s.status[above] == FINE:
                s.status[m] = FINE


@inner
def _try(of: Table, family: Family, m: int, given: tuple[float, float, Found, Room]) -> None:
    """Fit one model unless it has no estimate, or its deviance is seen to end above a worst that would lose.

    `given`: price of a parameter, that worst, what is known, and room to work in.
    """
    price, worst, s, at = given
    n = split(family.terms[family.begin[m] : family.begin[m + 1]], of.margin, at.kept, at.live)
    if s.status[m] in (UNKNOWN, NARROWED):
        s.status[m], n, _ = exists(of.counts, at.kept, n, at.live)
    if s.status[m] in (FINE, NARROWED):
        hidden, deviance, bound, settled = fit_one(of, n, at, worst)
        s.bound[m] = max(s.bound[m], bound)
        if settled:
            s.value[m] = deviance + price * _parameters(family, m)
            s.hidden[m] = hidden
        elif not bound > worst:
            s.status[m] = NOT_SETTLED


@inner
def _parameters(family: Family, m: int) -> int:
    """Terms that nobody has among them, and the constant."""
    return int(family.begin[m + 1] - family.begin[m] + 1)


@inner
def _first(s: Found, limit: float) -> int:
    """The first model that is not above the limit; it is put in front of the recent winners."""
    found = NONE
    for m in range(len(s.value)):
        if s.status[m] == UNDECIDED:
            return ASK
        if found == NONE and s.value[m] < np.inf and s.value[m] <= limit:
            found = m
    if found >= 0:
        at = 0
        while at < len(s.recent) - 1 and s.recent[at] != found:
            at += 1
        for i in range(at, 0, -1):
            s.recent[i] = s.recent[i - 1]
        s.recent[0] = found
    return found
