"""Workers leave, fall ill, come back; posts are filled again."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from casetrail.kernels.network.draws import from_distribution, microseconds, mix, normal_quantile, uniform
from casetrail.kernels.network.events import pack, push
from casetrail.kernels.network.queues import (
    depart,
    forget,
    is_stale,
    lowest,
    own_queue,
    unlist_idle,
    wait_for_owner,
)
from casetrail.kernels.network.shape import (
    ABSENCE,
    ABSENT,
    BACK,
    CLOCK,
    FILL,
    FILLING,
    LEAVING,
    LENIENCY,
    MONTH,
    MONTH_US,
    WORKER_KEY,
)
from casetrail.kernels.network.tokens import make_token
from casetrail.kernels.network.view import (
    View,
    count_of,
    held_next_of,
    held_of,
    held_prev_of,
    key_of,
    pool_of,
    queue_head_of,
    worker_of,
)


@njit(nogil=True, cache=True)
def is_ready(m: View, w: int) -> bool:
    """Here, well, on shift, with nothing in hand, and not yet in the idle list."""
    x = worker_of(m)[w]
    return x.here == 1 and x.well == 1 and x.open == 1 and x.token < 0 and x.listed == 0


@njit(nogil=True, cache=True)
def _in(m: View, w: int, dist: int, what: tuple[int, int]) -> int:
    u = uniform(key_of(m), WORKER_KEY + w, 0, what[0], what[1])
    return count_of(m)[CLOCK] + microseconds(from_distribution(m, dist, u))


@njit(nogil=True, cache=True)
def let_person_go(m: View, person: int, holding: int) -> int:
    """Take a person out of the chain of the worker who holds them; that worker."""
    w = np.int64(held_of(m)[person, holding])
    before, after = held_prev_of(m)[person, holding], held_next_of(m)[person, holding]
    if before >= 0:
        held_next_of(m)[before, holding] = after
    else:
        worker_of(m)[w].held = after
    if after >= 0:
        held_prev_of(m)[after, holding] = before
    held_of(m)[person, holding] = -1
    worker_of(m)[w].used -= 1
    pool_of(m)[worker_of(m)[w].pool].used -= 1
    return w


@njit(nogil=True, cache=True)
def _empty_own_queue(m: View, w: int) -> None:
    holding = pool_of(m)[worker_of(m)[w].pool].holding
    while worker_of(m)[w].mask:
        t = np.int64(queue_head_of(m)[own_queue(m, w) + lowest(worker_of(m)[w].mask)])
        depart(m, t)
        if is_stale(m, t):
            forget(m, t)
        else:
            wait_for_owner(m, t, holding)


@njit(nogil=True, cache=True)
def leave_post(m: View, w: int) -> None:
    """A worker without a token leaves: persons held become unallocated, own tokens ownerless, the post vacant."""
    worker = worker_of(m)[w]
    p = np.int64(worker.pool)
    pool = pool_of(m)[p]
    unlist_idle(m, w)
    worker.here = 0
    worker.leaving = 0
    pool.posted -= 1
    pool.slots -= worker.slots
    if pool.holding >= 0:
        _empty_own_queue(m, w)
        while worker.held >= 0:
            person = worker.held
            let_person_go(m, person, pool.holding)
            if pool.realloc >= 0:
                make_token(m, person, pool.realloc, mix(0, pool.realloc, worker.generation * 65536 + w))
    if pool.vacancy >= 0:
        push(m, _in(m, w, pool.vacancy, (FILLING, worker.generation)), pack(FILL, w, 0))


@njit(nogil=True, cache=True)
def fill_post(m: View, w: int) -> None:
    """Somebody new takes the post."""
    worker = worker_of(m)[w]
    p = np.int64(worker.pool)
    pool = pool_of(m)[p]
    worker.generation += 1
    worker.here, worker.well, worker.leaving, worker.sickening = 1, 1, 0, 0
    worker.lenient = 0.0
    if pool.lenient_sd > 0.0:
        u = uniform(key_of(m), WORKER_KEY + w, 0, LENIENCY, worker.generation)
        worker.lenient = pool.lenient_sd * normal_quantile(u)
    pool.posted += 1
    pool.slots += worker.slots
    if pool.leave > 0.0:
        push(m, count_of(m)[CLOCK] + MONTH_US, pack(MONTH, w, worker.generation))
    plan_absence(m, w)


@njit(nogil=True, cache=True)
def plan_absence(m: View, w: int) -> None:
    """Push the worker's next absence, if the pool has any."""
    worker = worker_of(m)[w]
    every = pool_of(m)[worker.pool].absent_every
    if every >= 0:
        at = _in(m, w, every, (ABSENCE, worker.absences))
        worker.absences += 1
        push(m, at, pack(ABSENT, w, worker.generation))


@njit(nogil=True, cache=True)
def begin_absence(m: View, w: int) -> None:
    """A worker without a token falls ill or goes on training."""
    worker = worker_of(m)[w]
    unlist_idle(m, w)
    worker.well, worker.sickening = 0, 0
    at = _in(m, w, pool_of(m)[worker.pool].absent_for, (ABSENCE, worker.absences))
    worker.absences += 1
    push(m, at, pack(BACK, w, worker.generation))


@njit(nogil=True, cache=True)
def leave_when_free(m: View, w: int) -> None:
    """Leave now, or when the token in hand is done."""
    if worker_of(m)[w].here == 0:
        return
    if worker_of(m)[w].token >= 0:
        worker_of(m)[w].leaving = 1
    else:
        leave_post(m, w)


@njit(nogil=True, cache=True)
def month_passes(m: View, w: int) -> None:
    """Does the worker leave this month? The hazard grows with the load."""
    worker = worker_of(m)[w]
    pool = pool_of(m)[worker.pool]
    if worker.leaving == 1:
        return
    load = worker.used / worker.slots if worker.slots > 0 else pool.waiting / max(1, pool.posted)
    pressed = math.exp(min(50.0, max(-50.0, pool.leave_load * (load - 1.0))))
    leaves = 1.0 - math.exp(-pool.leave * pressed * 30.0 / 365.25)
    u = uniform(key_of(m), WORKER_KEY + w, 0, LEAVING, worker.visits)
    worker.visits += 1
    if u < leaves:
        leave_when_free(m, w)
    else:
        push(m, count_of(m)[CLOCK] + MONTH_US, pack(MONTH, w, worker.generation))
