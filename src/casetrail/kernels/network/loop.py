"""The event loop: earliest first, until a time; arrays grow between events."""

from __future__ import annotations

import numpy as np
from numba import njit

from casetrail.errors import WorldError
from casetrail.kernels.network.events import next_later, next_now, pack, push
from casetrail.kernels.network.queues import depart, forget, is_stale, join, leave_ownerless, unlist_idle
from casetrail.kernels.network.room import MOST_STEPS, room
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
    NOW_END,
    NOW_FIRST,
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
from casetrail.kernels.network.steps import advance, go_to
from casetrail.kernels.network.tokens import renew_stamp
from casetrail.kernels.network.view import (
    Addresses,
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
        w = np.int64(cal_worker_of(m)[i])
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
def _loop(m: View, until: int, free: Ints) -> int:
    count, heap = count_of(m), heap_of(m)
    count[STATUS] = DONE
    events, tokens, rows = len(heap) - free[0], len(token_of(m)) - free[1], len(row_of(m)) - free[2]
    while count[STATUS] == DONE:
        if count[HEAP_SIZE] + count[NOW_END] > events:
            return GROW_HEAP
        if count[BORN] - count[ENDED] > tokens:
            return GROW_TOKENS
        if count[ROWS] > rows:
            return GROW_ROWS
        in_heap = count[HEAP_SIZE] > 0 and heap[0, 0] <= until
        if count[NOW_END] > 0 and not (in_heap and heap[0, 0] <= count[CLOCK]):
            what = next_now(m)
        elif in_heap:
            what = next_later(m)
        else:
            return DONE
        count[EVENTS] += 1
        _handle(m, what)
    return count[STATUS]


# Events and tokens are as many as there are people, near enough, and grow little. Rows only ever grow, and what is not
# yet written takes no memory.
_LITTLE, _MUCH = 1 / 32, 3.0


def _grown(array: Records, least: int, by: float) -> Records:
    """The array made longer by a share of itself, and to `least` places at least."""
    larger = np.zeros((max(int((1.0 + by) * len(array)), least), *array.shape[1:]), dtype=array.dtype)
    larger[: len(array)] = array
    return larger


def _more_events(state: State, least: int) -> State:
    heap = _grown(state.heap, int(state.count[HEAP_SIZE] + state.count[NOW_END]) + least, _LITTLE)
    first, end = state.count[NOW_FIRST], state.count[NOW_END]
    # Those in line for the present instant stand at the end of the array, the first one last.
    heap[len(heap) - (end - first) :] = state.heap[len(state.heap) - end : len(state.heap) - first]
    state.count[NOW_FIRST], state.count[NOW_END] = 0, end - first
    return state._replace(heap=heap)


def _more_tokens(state: State, least: int) -> State:
    token = _grown(state.token, int(state.count[BORN] - state.count[ENDED]) + least, _LITTLE)
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
        free = room(model, state)
        addresses = Addresses(model, state)
        status = _loop(addresses.view, until, free)
        if status == DONE:
            return state
        if status == GROW_HEAP:
            state = _more_events(state, int(free[0]))
        elif status == GROW_TOKENS:
            state = _more_tokens(state, int(free[1]))
        elif status == GROW_ROWS:
            state = state._replace(row=_grown(state.row, int(state.count[ROWS] + free[2]), _MUCH))
        else:
            raise WorldError(
                f"A token passed {MOST_STEPS} nodes without waiting, at {state.count[CLOCK]} microseconds.",
                where="the network of the model",
                todo="Put a wait into the loop, or make its way out reachable.",
            )


def rows_of(state: State) -> Records:
    """The rows written so far."""
    return state.row[: state.count[ROWS]]
