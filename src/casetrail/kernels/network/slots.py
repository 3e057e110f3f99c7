"""Caseload slots: chosen, given, given back."""

from __future__ import annotations

import numpy as np
from numba import njit

from casetrail.kernels.network.queues import depart, forget, is_stale, leave_ownerless, lowest, slot_queue
from casetrail.kernels.network.rows import write_row
from casetrail.kernels.network.shape import CHOSEN, CLOCK, DELAYED, ROTA
from casetrail.kernels.network.staff import let_person_go
from casetrail.kernels.network.stations import ask
from casetrail.kernels.network.tokens import renew_stamp, wake_at
from casetrail.kernels.network.view import (
    View,
    count_of,
    held_next_of,
    held_of,
    held_prev_of,
    node_of,
    ownerless_of,
    pool_of,
    queue_head_of,
    token_of,
    worker_of,
)


@njit(nogil=True, cache=True)
def _better(m: View, w: int, best: int, hard: bool) -> bool:
    a, b = worker_of(m)[w], worker_of(m)[best]
    if pool_of(m)[a.pool].rule == CHOSEN:
        return a.lenient > b.lenient if hard else a.lenient < b.lenient
    return a.used * b.slots < b.used * a.slots


@njit(nogil=True, cache=True)
def _roomy(m: View, w: int) -> bool:
    return worker_of(m)[w].here == 1 and worker_of(m)[w].used < worker_of(m)[w].slots


@njit(nogil=True, cache=True)
def choose(m: View, t: int, p: int) -> int:
    """The worker of the pool with room who is to hold the token's person, by the pool's rule; -1 if none."""
    pool = pool_of(m)[p]
    if pool.rule == ROTA:
        size = pool.last - pool.first
        for step in range(1, size + 1):
            w = pool.first + (pool.turn - pool.first + step) % size
            if _roomy(m, w):
                return w
        return -1
    best = -1
    for w in range(pool.first, pool.last):
        if _roomy(m, w) and (best < 0 or _better(m, w, best, token_of(m)[t].reg[0] > 0.0)):
            best = w
    return best


@njit(nogil=True, cache=True)
def hold(m: View, person: int, w: int) -> None:
    """Worker `w` takes the person; tokens that waited for a holder ask for the worker."""
    p = np.int64(worker_of(m)[w].pool)
    k = pool_of(m)[p].holding
    first = worker_of(m)[w].held
    held_of(m)[person, k] = w
    held_prev_of(m)[person, k] = -1
    held_next_of(m)[person, k] = first
    if first >= 0:
        held_prev_of(m)[first, k] = person
    worker_of(m)[w].held = person
    worker_of(m)[w].used += 1
    pool_of(m)[p].used += 1
    pool_of(m)[p].turn = w
    while ownerless_of(m)[person, k] >= 0:
        waiting = np.int64(ownerless_of(m)[person, k])
        leave_ownerless(m, waiting)
        if is_stale(m, waiting):
            forget(m, waiting)
        else:
            ask(m, waiting)


@njit(nogil=True, cache=True)
def take_slot(m: View, t: int, w: int) -> None:
    """Give a token that has asked at TAKE the slot of worker `w`, and write its row."""
    token = token_of(m)[t]
    renew_stamp(m, t)
    token.started = count_of(m)[CLOCK]
    hold(m, token.person, w)
    write_row(m, t, w)


@njit(nogil=True, cache=True)
def give_slots(m: View, p: int) -> None:
    """Serve the queue for a pool's slots while there is room."""
    while pool_of(m)[p].slot_mask:
        t = np.int64(queue_head_of(m)[slot_queue(m, p) + lowest(pool_of(m)[p].slot_mask)])
        stale = is_stale(m, t)
        held = not stale and held_of(m)[token_of(m)[t].person, pool_of(m)[p].holding] >= 0
        w = -1
        if not stale and not held:
            w = choose(m, t, p)
            if w < 0:
                return
        depart(m, t)
        if stale:
            forget(m, t)
            continue
        token_of(m)[t].state = DELAYED
        if held:
            renew_stamp(m, t)
        else:
            take_slot(m, t, w)
        wake_at(m, t, count_of(m)[CLOCK])


@njit(nogil=True, cache=True)
def free_slot(m: View, t: int) -> bool:
    """Give back the slot of the token's person in the node's pool; False if there was none."""
    token = token_of(m)[t]
    p = np.int64(node_of(m)[token.node].pool[0])
    if held_of(m)[token.person, pool_of(m)[p].holding] < 0:
        return False
    w = let_person_go(m, token.person, pool_of(m)[p].holding)
    if worker_of(m)[w].here == 1:
        give_slots(m, p)
    return True
