"""One token's way from node to node, until it has to wait."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from casetrail.kernels.network.draws import from_distribution, microseconds, mix
from casetrail.kernels.network.queues import forget, join, slot_queue
from casetrail.kernels.network.room import MOST_STEPS
from casetrail.kernels.network.rows import write_row_now
from casetrail.kernels.network.shape import (
    BRANCH,
    CANCEL,
    CHANCE,
    CHOICE,
    CLOCK,
    DELAY,
    DELAYED,
    END,
    ENDLESS,
    FREE,
    NEVER,
    NEXT_PERSON,
    ORIGIN,
    RACE,
    REGISTERS,
    SERVING,
    SET,
    SLOT_QUEUED,
    SOURCE,
    SPAWN,
    STATUS,
    TAKE,
    TEST,
    WORK,
)
from casetrail.kernels.network.slots import choose, free_slot, take_slot
from casetrail.kernels.network.stations import arrive, ask, begin_to_wait
from casetrail.kernels.network.tokens import make_token, wake_at
from casetrail.kernels.network.values import after_open_time, draw, value, wait_us, write_value
from casetrail.kernels.network.view import (
    View,
    count_of,
    edge_expr_of,
    edge_to_of,
    epoch_of,
    held_of,
    household_of,
    member_from_of,
    node_of,
    pool_of,
    table_of,
    token_of,
)

HOURS_PER_YEAR = 8766.0


@njit(nogil=True, cache=True)
def go_to(m: View, t: int, to: int) -> bool:
    """Set the token on a node; False if it ended."""
    token = token_of(m)[t]
    if to < 0:
        forget(m, t)
        return False
    if to <= token.node:
        token.cycle += 1
    token.node = to
    return True


@njit(nogil=True, cache=True)
def _branch_settled(m: View, t: int, first: int) -> int:
    """The same by running sums that were made with the model, from `first` on in the table."""
    node = node_of(m)[token_of(m)[t].node]
    last = first + node.edge_to - node.edge_from - 1
    total = table_of(m)[last]
    if not total > 0.0:
        return node.other
    wanted = draw(m, t, CHOICE) * total
    i = first
    while i < last and not table_of(m)[i] > wanted:
        i += 1
    return edge_to_of(m)[node.edge_from + i - first]


@njit(nogil=True, cache=True)
def _branch(m: View, t: int) -> int:
    node = node_of(m)[token_of(m)[t].node]
    if node.dist >= 0:
        return _branch_settled(m, t, node.dist)
    total = 0.0
    for i in range(node.edge_from, node.edge_to):
        total += max(0.0, value(m, t, edge_expr_of(m)[i]))
    if not total > 0.0:
        return node.other
    wanted = draw(m, t, CHOICE) * total
    running = 0.0
    for i in range(node.edge_from, node.edge_to):
        running += max(0.0, value(m, t, edge_expr_of(m)[i]))
        if running > wanted:
            return edge_to_of(m)[i]
    return edge_to_of(m)[node.edge_to - 1]


@njit(nogil=True, cache=True)
def _spawn(m: View, t: int) -> None:
    parent = token_of(m)[t]
    node = node_of(m)[parent.node]
    serial = mix(parent.serial, parent.node, parent.cycle)
    person = parent.person
    first, last = person, person + 1
    others = node.mode == 1
    if others:
        house = household_of(m)[person]
        first, last = member_from_of(m)[house], member_from_of(m)[house + 1]
    for member in range(first, last):
        if others and member == person:
            continue
        made = make_token(m, member, node.other, serial)
        child = token_of(m)[made]
        child.root = parent.root
        for i in range(REGISTERS):
            child.reg[i] = parent.reg[i]
        child.kind = node.kind
        if node.kind >= 0:
            child.epoch = epoch_of(m)[member, node.kind]


@njit(nogil=True, cache=True)
def _race(m: View, t: int) -> None:
    """Wait for an event with a rate per year, or for the cap; `stage` remembers which (0 event, 1 cap)."""
    token = token_of(m)[t]
    node = node_of(m)[token.node]
    rate = value(m, t, node.expr)
    wait = NEVER
    if rate > 0.0:
        wait = microseconds(-math.log(draw(m, t, 0)) / rate * HOURS_PER_YEAR)
    hours = from_distribution(m, node.dist, draw(m, t, CHOICE))
    if node.scale >= 0:
        hours = hours * value(m, t, node.scale)
    cap = microseconds(hours)
    token.stage = 0 if wait <= cap else 1
    _wait(m, t, min(wait, cap), -1)


@njit(nogil=True, cache=True)
def _wait(m: View, t: int, need_us: int, cal: int) -> None:
    token = token_of(m)[t]
    now = count_of(m)[CLOCK]
    token.state = DELAYED
    token.asked = token.started = now
    wake_at(m, t, after_open_time(m, cal, now, need_us))


@njit(nogil=True, cache=True)
def _take(m: View, t: int) -> bool:
    """Ask for a slot; True if the token goes on at once."""
    token = token_of(m)[t]
    p = np.int64(node_of(m)[token.node].pool[0])
    if held_of(m)[token.person, pool_of(m)[p].holding] >= 0:
        return True
    arrive(m, t)
    w = choose(m, t, p)
    if w >= 0:
        take_slot(m, t, w)
        return True
    token.state = SLOT_QUEUED
    join(m, t, slot_queue(m, p))
    begin_to_wait(m, t)
    return False


@njit(nogil=True, cache=True)
def _source(m: View, t: int) -> None:
    node = node_of(m)[token_of(m)[t].node]
    person = count_of(m)[NEXT_PERSON]
    count_of(m)[NEXT_PERSON] += 1
    make_token(m, person, node.other, 0)
    _wait(m, t, wait_us(m, t), node.cal)


@njit(nogil=True, cache=True)
def _instant(m: View, t: int) -> int:
    """Do a node that takes no time; the node to go to."""
    token = token_of(m)[t]
    node = node_of(m)[token.node]
    op = node.op
    if op == CHANCE:
        return node.next if draw(m, t, CHOICE) < value(m, t, node.expr) else node.other
    if op == TEST:
        return node.next if value(m, t, node.expr) > 0.0 else node.other
    if op == BRANCH:
        return _branch(m, t)
    if op == SPAWN:
        _spawn(m, t)
        return node.next
    if op == SET:
        write_value(m, t)
    elif op == FREE and not free_slot(m, t):
        return node.next
    elif op == CANCEL:
        epoch_of(m)[token.person, node.kind] += 1
        if token.kind == node.kind:
            token.epoch = epoch_of(m)[token.person, node.kind]
    elif op == ORIGIN:
        token.root = (token.person << 32) + mix(token.serial, token.node, token.cycle)
    write_row_now(m, t)
    return node.next


@njit(nogil=True, cache=True)
def advance(m: View, t: int) -> None:  # noqa: PLR0911  one way out for each kind of waiting
    """Let a token do its node, and the next ones, until it waits or ends."""
    for _ in range(MOST_STEPS):
        node = node_of(m)[token_of(m)[t].node]
        op = node.op
        if op == END:
            forget(m, t)
            return
        if op == WORK:
            token_of(m)[t].stage = 0
            arrive(m, t)
            ask(m, t)
            if token_of(m)[t].state != SERVING:
                begin_to_wait(m, t)
            return
        if op == DELAY:
            _wait(m, t, wait_us(m, t), node.cal)
            return
        if op == RACE:
            _race(m, t)
            return
        if op == SOURCE:
            _source(m, t)
            return
        if op == TAKE:
            if not _take(m, t):
                return
            to = node.next
        else:
            to = _instant(m, t)
        if not go_to(m, t, to):
            return
    count_of(m)[STATUS] = ENDLESS
