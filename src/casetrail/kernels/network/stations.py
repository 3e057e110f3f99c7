"""Workers and slots: asking, giving, serving, releasing."""

from __future__ import annotations

import numpy as np
from numba import njit

from casetrail.kernels.network.draws import from_distribution, microseconds
from casetrail.kernels.network.events import pack, push
from casetrail.kernels.network.queues import (
    depart,
    forget,
    is_stale,
    join,
    list_idle,
    lowest,
    own_queue,
    unlist_idle,
    wait_for_owner,
    work_queue,
)
from casetrail.kernels.network.shape import (
    AMOUNT,
    CLOCK,
    DELAYED,
    ESCALATE,
    ONE_GO,
    PATIENCE,
    QUEUED,
    RENEGE,
    SERVED,
    SERVING,
    STAGES,
)
from casetrail.kernels.network.staff import begin_absence, is_ready, leave_post
from casetrail.kernels.network.tokens import renew_stamp, wake_at
from casetrail.kernels.network.values import after_open_time, amount_hours, draw, value
from casetrail.kernels.network.view import View, count_of, held_of, node_of, pool_of, queue_head_of, token_of, worker_of


@njit(nogil=True, cache=True)
def arrive(m: View, t: int) -> None:
    """Set the time and the priority of a token that has come to a station."""
    token = token_of(m)[t]
    node = node_of(m)[token.node]
    token.asked = count_of(m)[CLOCK]
    token.prio = node.prio
    if node.prio_expr >= 0:
        token.prio = int(min(7.0, max(0.0, value(m, t, node.prio_expr))))


@njit(nogil=True, cache=True)
def begin_to_wait(m: View, t: int) -> None:
    """Plan the end of the patience and the escalation of a token that has just asked in vain."""
    token = token_of(m)[t]
    node = node_of(m)[token.node]
    now = count_of(m)[CLOCK]
    if node.patience >= 0:
        hours = from_distribution(m, node.patience, draw(m, t, PATIENCE))
        push(m, now + microseconds(hours), pack(RENEGE, t, token.stamp))
    if node.escalate > 0:
        push(m, now + node.escalate, pack(ESCALATE, t, token.stamp))


@njit(nogil=True, cache=True)
def ask(m: View, t: int) -> None:
    """Ask for a worker of the present stage, and of the next ones for as long as somebody is idle."""
    token = token_of(m)[t]
    node = node_of(m)[token.node]
    while token.stage < STAGES and node.pool[token.stage] >= 0:
        p = np.int64(node.pool[token.stage])
        if token.stage == 0 and node.own == 1:
            w = np.int64(held_of(m)[token.person, pool_of(m)[p].holding])
            if w < 0:
                wait_for_owner(m, t, pool_of(m)[p].holding)
                return
            queue = own_queue(m, w)
            if worker_of(m)[w].listed == 0:
                w = -1
        else:
            w = np.int64(pool_of(m)[p].idle_head)
            queue = work_queue(p)
        if w < 0:
            token.state = QUEUED
            join(m, t, queue)
            return
        unlist_idle(m, w)
        give(m, t, w)
    serve(m, t)


@njit(nogil=True, cache=True)
def give(m: View, t: int, w: int) -> None:
    """Reserve worker `w` for the token's present stage, and let the stage pass."""
    token = token_of(m)[t]
    token.worker[token.stage] = w
    worker_of(m)[w].token = t
    token.stage += 1


@njit(nogil=True, cache=True)
def serve(m: View, t: int) -> None:
    """All workers are there: work begins."""
    token = token_of(m)[t]
    now = count_of(m)[CLOCK]
    renew_stamp(m, t)
    token.state = SERVING
    token.started = now
    token.hours = amount_hours(m, t, AMOUNT)
    need = microseconds(token.hours * pool_of(m)[worker_of(m)[token.worker[0]].pool].rate)
    cal = worker_of(m)[token.worker[0]].cal if node_of(m)[token.node].cal != ONE_GO else -1
    push(m, after_open_time(m, cal, now, need), pack(SERVED, t, token.stamp))


@njit(nogil=True, cache=True)
def offer(m: View, w: int) -> None:
    """Let a ready worker take the next token of its own or of its pool's queue; idle if there is none."""
    p = np.int64(worker_of(m)[w].pool)
    while True:
        mine, ours = worker_of(m)[w].mask, pool_of(m)[p].mask
        if mine == 0 and ours == 0:
            list_idle(m, w)
            return
        own = np.int64(queue_head_of(m)[own_queue(m, w) + lowest(mine)]) if mine else -1
        any_ = np.int64(queue_head_of(m)[work_queue(p) + lowest(ours)]) if ours else -1
        t = own if own >= 0 else any_
        if own >= 0 and any_ >= 0:
            a, b = token_of(m)[own], token_of(m)[any_]
            if b.prio < a.prio or (b.prio == a.prio and b.asked < a.asked):
                t = any_
        depart(m, t)
        if is_stale(m, t):
            end_stale(m, t)
            continue
        give(m, t, w)
        ask(m, t)
        return


@njit(nogil=True, cache=True)
def end_stale(m: View, t: int) -> None:
    """End a stale token that stands in no list; one with workers ends at a WAKE now, where they are released."""
    if token_of(m)[t].stage > 0:
        token_of(m)[t].state = DELAYED
        renew_stamp(m, t)
        wake_at(m, t, count_of(m)[CLOCK])
    else:
        forget(m, t)


@njit(nogil=True, cache=True)
def let_go(m: View, t: int) -> None:
    """Release the token's workers in the order in which they were reserved."""
    token = token_of(m)[t]
    stages = token.stage
    token.stage = 0
    for i in range(stages):
        w = np.int64(token.worker[i])
        token.worker[i] = -1
        worker_of(m)[w].token = -1
        if worker_of(m)[w].leaving == 1:
            leave_post(m, w)
        elif worker_of(m)[w].sickening == 1:
            begin_absence(m, w)
        elif is_ready(m, w):
            offer(m, w)
