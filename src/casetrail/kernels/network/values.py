"""Expressions over attributes, registers and loads, and the draws of tokens."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from casetrail.kernels.network.draws import from_distribution, microseconds, normal_quantile, purpose_at, uniform
from casetrail.kernels.network.shape import (
    ADD,
    AMOUNT,
    CLOCK,
    EXP,
    FEATURE,
    GLOBAL,
    HOUSEHOLD,
    LARGER,
    LOGISTIC,
    MULTIPLY,
    NEVER,
    NOISE,
    NORMAL,
    ONE,
    OWN_WORKER,
    PERSON,
    POSITIVE,
    PUT,
    QUEUE,
    REGISTER,
    SETTLED,
    SLOTS,
    YEAR_US,
    YEARS,
)
from casetrail.kernels.network.view import (
    View,
    cal_before_of,
    cal_close_of,
    cal_from_of,
    cal_open_of,
    count_of,
    expr_from_of,
    expr_link_of,
    held_of,
    house_of,
    household_of,
    key_of,
    node_of,
    person_of,
    pool_of,
    register_of,
    term_a_of,
    term_b_of,
    term_coef_of,
    token_of,
    worker_of,
)


@njit(nogil=True, cache=True)
def draw(m: View, t: int, purpose: int) -> float:
    """The uniform number of token `t` at its node for one purpose."""
    token = token_of(m)[t]
    # One type for all numbers: each other mixture would be compiled once more.
    what = np.int64(purpose_at(token.node, purpose))
    return uniform(key_of(m), np.int64(token.person), np.int64(token.serial), what, np.int64(token.cycle))


@njit(nogil=True, cache=True)
def _load(m: View, t: int, kind: int, i: int) -> float:
    if kind == QUEUE:
        return pool_of(m)[i].waiting / max(1, pool_of(m)[i].posted)
    if kind == SLOTS:
        return pool_of(m)[i].used / max(1, pool_of(m)[i].slots)
    if kind == OWN_WORKER:
        w = held_of(m)[token_of(m)[t].person, pool_of(m)[i].holding]
        return worker_of(m)[w].lenient if w >= 0 else 0.0
    if kind == YEARS:
        return count_of(m)[CLOCK] / YEAR_US
    u = draw(m, t, NOISE + i)
    return normal_quantile(u) if kind == NORMAL else u


@njit(nogil=True, cache=True)
def feature(m: View, t: int, which: int) -> float:
    """The present value of one feature for token `t`."""
    kind, i = which // FEATURE, which % FEATURE
    if kind == ONE:
        return 1.0
    if kind == PERSON:
        return person_of(m)[token_of(m)[t].person, i]
    if kind == HOUSEHOLD:
        return house_of(m)[household_of(m)[token_of(m)[t].person], i]
    if kind == GLOBAL:
        return register_of(m)[i]
    if kind == REGISTER:
        return token_of(m)[t].reg[i]
    return _load(m, t, kind, i)


@njit(nogil=True, cache=True)
def value(m: View, t: int, e: int) -> float:
    """The value of expression `e` for token `t`."""
    link, first = expr_link_of(m)[e], expr_from_of(m)[e]
    if link == SETTLED:
        return term_coef_of(m)[first]
    total = 0.0
    for i in range(first, expr_from_of(m)[e + 1]):
        term = term_coef_of(m)[i] * feature(m, t, term_a_of(m)[i])
        if term_b_of(m)[i] >= 0:
            term = term * feature(m, t, term_b_of(m)[i])
        total += term
    if link == POSITIVE:
        return max(0.0, total)
    if link == EXP:
        return math.exp(min(50.0, max(-50.0, total)))
    if link == LOGISTIC:
        return 1.0 / (1.0 + math.exp(-min(50.0, max(-50.0, total))))
    return total


@njit(nogil=True, cache=True)
def amount_hours(m: View, t: int, purpose: int) -> float:
    """Hours drawn from the node's distribution, times its scale."""
    node = node_of(m)[token_of(m)[t].node]
    hours = from_distribution(m, node.dist, draw(m, t, purpose))
    if node.scale >= 0:
        hours = hours * value(m, t, node.scale)
    return hours


@njit(nogil=True, cache=True)
def _written(old: float, new: float, mode: int) -> float:
    if mode == PUT:
        return new
    if mode == ADD:
        return old + new
    if mode == MULTIPLY:
        return old * new
    if mode == LARGER:
        return max(old, new)
    return min(old, new)


@njit(nogil=True, cache=True)
def write_value(m: View, t: int) -> None:
    """SET of the node: put, add, multiply, larger or smaller of the old value and its expression."""
    node = node_of(m)[token_of(m)[t].node]
    kind, i = node.attr // FEATURE, node.attr % FEATURE
    new = value(m, t, node.expr)
    person = token_of(m)[t].person
    if kind == PERSON:
        person_of(m)[person, i] = _written(person_of(m)[person, i], new, node.mode)
    elif kind == HOUSEHOLD:
        house = household_of(m)[person]
        house_of(m)[house, i] = _written(house_of(m)[house, i], new, node.mode)
    elif kind == GLOBAL:
        register_of(m)[i] = _written(register_of(m)[i], new, node.mode)
    elif kind == REGISTER:
        token_of(m)[t].reg[i] = _written(token_of(m)[t].reg[i], new, node.mode)


@njit(nogil=True, cache=True)
def _shift_at(m: View, cal: int, at_us: int) -> int:
    """The first shift of a calendar that closes after a time; the end of the list if none."""
    low, high = cal_from_of(m)[cal], cal_from_of(m)[cal + 1]
    while low < high:
        middle = (low + high) >> 1
        if cal_close_of(m)[middle] > at_us:
            high = middle
        else:
            low = middle + 1
    return low


@njit(nogil=True, cache=True)
def after_open_time(m: View, cal: int, from_us: int, need_us: int) -> int:
    """When `need_us` of a calendar's open time have passed; cal -1 is always open."""
    if need_us >= NEVER:
        return NEVER
    if cal < 0:
        return from_us + need_us
    first, end = _shift_at(m, cal, from_us), cal_from_of(m)[cal + 1]
    if first >= end:
        return NEVER
    begun = cal_before_of(m)[first] + max(0, from_us - cal_open_of(m)[first])
    wanted = begun + need_us
    low, high = first, end
    while high - low > 1:  # the last shift that has less than `wanted` open time before it
        middle = (low + high) >> 1
        if cal_before_of(m)[middle] < wanted:
            low = middle
        else:
            high = middle
    at = cal_open_of(m)[low] + (wanted - cal_before_of(m)[low])
    return at if at <= cal_close_of(m)[low] else NEVER


@njit(nogil=True, cache=True)
def wait_us(m: View, t: int) -> int:
    """How long a DELAY or a SOURCE waits, in microseconds."""
    return microseconds(amount_hours(m, t, AMOUNT))
