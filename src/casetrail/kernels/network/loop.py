"""The event loop: earliest first, until a time; arrays grow between events."""

from __future__ import annotations

import numpy as np
from numba import njit

from casetrail.errors import WorldError
from casetrail.kernels.network.events import drop_first, pack, push
from casetrail.kernels.network.queues import depart, forget, is_stale, join, leave_ownerless, unlist_idle
from casetrail.kernels.network.rows import write_row
from casetrail.kernels.network.shape import (
    ABSENT,
    BACK,
    BORN,
    CLOCK,
    DELAY,
    DELAYED,
    DONE,
    ENDED,
    ESCALATE,
    EVENTS,
    FILL,
    FREE_TOKEN,
    GROW_HEAP,
    GROW_ROWS,
    GROW_TOKENS,
    HEAP_SIZE,
    LEAVE,
    MONTH,
    OWNERLESS,
    RACE,
    RENEGE,
    ROWS,
    SERVED,
    SHIFT,
    SOURCE,
    STATUS,
    WAKE,
    Ints,
    Model,
    Records,
    State,
)
from casetrail.kernels.network.slots import give_slots
from casetrail.kernels.network.staff import (
    begin_absence,
    fill_post,
    is_ready,
    leave_when_free,
    month_passes,
    plan_absence,
)
from casetrail.kernels.network.stations import let_go, offer
from casetrail.kernels.network.steps import MOST_STEPS, advance, go_to
from casetrail.kernels.network.tokens import renew_stamp
from casetrail.kernels.network.view import (
    View,
    cal_close_of,
    cal_from_of,
    cal_open_of,
    cal_worker_from_of,
    cal_worker_of,
    count_of,
    heap_of,
    node_of,
    pool_of,
    register_of,
    row_of,
    sched_register_of,
    sched_value_of,
    token_of,
    view,
    worker_of,
)


@njit(nogil=True, cache=True)
def _wake(m: View, t: int) -> None:
    token = token_of(m)[t]
    if is_stale(m, t):
        if token.state == DELAYED and node_of(m)[token.node].op == RACE:
            token.stage = 0
        let_go(m, t)
        forget(m, t)
        return
    if token.state != DELAYED:
        advance(m, t)
        return
    node = node_of(m)[token.node]
    to = node.next
    if node.op == SOURCE:
        to = token.node
    elif node.op == RACE and token.stage == 1:
        to = node.other
    elif node.op in (DELAY, RACE):
        write_row(m, t, -1)
    token.stage = 0
    if go_to(m, t, to):
        advance(m, t)


@njit(nogil=True, cache=True)
def _served(m: View, t: int) -> None:
    token = token_of(m)[t]
    node = node_of(m)[token.node]
    for i in range(token.stage):
        pool = pool_of(m)[worker_of(m)[token.worker[i]].pool]
        if pool.cost >= 0:
            register_of(m)[pool.cost] += token.hours * pool.price
    stale = is_stale(m, t)
    if not stale:
        write_row(m, t, -1)
    let_go(m, t)
    if stale:
        forget(m, t)
        return
    if go_to(m, t, node.next):
        advance(m, t)


@njit(nogil=True, cache=True)
def _reneges(m: View, t: int) -> None:
    token = token_of(m)[t]
    if token.state == OWNERLESS:
        leave_ownerless(m, t)
    else:
        depart(m, t)
    renew_stamp(m, t)
    stale = is_stale(m, t)
    let_go(m, t)
    if stale:
        forget(m, t)
    elif go_to(m, t, node_of(m)[token.node].other):
        advance(m, t)


@njit(nogil=True, cache=True)
def _escalates(m: View, t: int) -> None:
    token = token_of(m)[t]
    up = node_of(m)[token.node].prio_up
    if up >= token.prio:
        return
    if token.state == OWNERLESS:
        token.prio = up
        return
    first = token.queue - token.prio
    depart(m, t)
    token.prio = up
    join(m, t, first)


@njit(nogil=True, cache=True)
def _token_event(m: View, kind: int, t: int) -> None:
    if kind == WAKE:
        _wake(m, t)
    elif kind == SERVED:
        _served(m, t)
    elif kind == RENEGE:
        _reneges(m, t)
    elif kind == ESCALATE:
        _escalates(m, t)


@njit(nogil=True, cache=True)
def _shift(m: View, cal: int) -> None:
    now = count_of(m)[CLOCK]
    first, end = cal_from_of(m)[cal], cal_from_of(m)[cal + 1]
    low, high = first, end
    while low < high:  # the first shift that opens at or after now
        middle = (low + high) >> 1
        if cal_open_of(m)[middle] >= now:
            high = middle
        else:
            low = middle + 1
    opens = low < end and cal_open_of(m)[low] == now
    if opens:
        push(m, cal_close_of(m)[low], pack(SHIFT, cal, 0))
    elif low < end:
        push(m, cal_open_of(m)[low], pack(SHIFT, cal, 0))
    for i in range(cal_worker_from_of(m)[cal], cal_worker_from_of(m)[cal + 1]):
        w = cal_worker_of(m)[i]
        worker_of(m)[w].open = 1 if opens else 0
        if not opens:
            unlist_idle(m, w)
        elif is_ready(m, w):
            offer(m, w)


@njit(nogil=True, cache=True)
def _worker_event(m: View, kind: int, w: int, generation: int) -> None:
    worker = worker_of(m)[w]
    if kind == FILL:
        fill_post(m, w)
        if is_ready(m, w):
            offer(m, w)
        give_slots(m, worker.pool)
        return
    if kind == LEAVE:
        leave_when_free(m, w)
        return
    if worker.here == 0 or worker.generation != generation:
        return
    if kind == MONTH:
        month_passes(m, w)
    elif kind == ABSENT and worker.token >= 0:
        worker.sickening = 1
    elif kind == ABSENT:
        begin_absence(m, w)
    elif kind == BACK:
        worker.well = 1
        plan_absence(m, w)
        if is_ready(m, w):
            offer(m, w)


@njit(nogil=True, cache=True)
def _handle(m: View, what: int) -> None:
    kind, i, stamp = what & 15, (what >> 4) & 0xFFFFFFFF, what >> 36
    if kind <= ESCALATE:
        if token_of(m)[i].stamp == stamp:
            _token_event(m, kind, i)
    elif kind == SHIFT:
        _shift(m, i)
    elif kind <= LEAVE:
        _worker_event(m, kind, i, stamp)
    else:
        register_of(m)[sched_register_of(m)[i]] = sched_value_of(m)[i]


@njit(nogil=True, cache=True)
def _loop(m: View, until: int, room: Ints) -> int:
    count = count_of(m)
    count[STATUS] = DONE
    while count[HEAP_SIZE] > 0 and heap_of(m)[0, 0] <= until:
        if len(heap_of(m)) - count[HEAP_SIZE] < room[0]:
            return GROW_HEAP
        if len(token_of(m)) - (count[BORN] - count[ENDED]) < room[1]:
            return GROW_TOKENS
        if len(row_of(m)) - count[ROWS] < room[2]:
            return GROW_ROWS
        count[CLOCK] = heap_of(m)[0, 0]
        what = heap_of(m)[0, 2]
        drop_first(m)
        count[EVENTS] += 1
        _handle(m, what)
        if count[STATUS] != DONE:
            return count[STATUS]
    return DONE


def _room(model: Model, state: State) -> Ints:
    """How much must be free before an event: what one event can take at most.

    One event lets one token pass MOST_STEPS nodes, and touches each worker, each held person and each waiting token
    once at most. A node pushes two events (TAKE: patience and escalation) and writes two rows (FREE: its own and that
    of the slot given on) at most, apart from tokens that are woken.
    """
    household = int(np.diff(model.member_from).max(initial=1))
    slots = int(state.worker["slots"].max(initial=0))
    tokens = MOST_STEPS * max(1, household - 1) + slots
    heap = len(state.token) + len(state.worker) + tokens + 2 * MOST_STEPS
    return np.array([heap, tokens, 2 * MOST_STEPS + slots], dtype=np.int64)


def _grown(array: Records, least: int) -> Records:
    larger = np.zeros((max(2 * len(array), len(array) + least), *array.shape[1:]), dtype=array.dtype)
    larger[: len(array)] = array
    return larger


def _more_tokens(state: State, least: int) -> State:
    token = _grown(state.token, least)
    old = len(state.token)
    token["next"][old:] = np.arange(old + 1, len(token) + 1)
    token["next"][-1] = state.count[FREE_TOKEN]
    state.count[FREE_TOKEN] = old
    return state._replace(token=token)


def run(model: Model, state: State, until: int) -> State:
    """Handle all events up to and at `until` (microseconds); the state given is used up, the one returned goes on.

    Raises WorldError where a token goes round without waiting.
    """
    while True:
        room = _room(model, state)
        status = _loop(view(model, state), until, room)
        if status == DONE:
            return state
        if status == GROW_HEAP:
            state = state._replace(heap=_grown(state.heap, int(room[0])))
        elif status == GROW_TOKENS:
            state = _more_tokens(state, int(room[1]))
        elif status == GROW_ROWS:
            state = state._replace(row=_grown(state.row, int(room[2])))
        else:
            raise WorldError(
                f"A token passed {MOST_STEPS} nodes without waiting, at {state.count[CLOCK]} microseconds.",
                where="the network of the model",
                todo="Put a wait into the loop, or make its way out reachable.",
            )


def rows_of(state: State) -> Records:
    """The rows written so far."""
    return state.row[: state.count[ROWS]]
