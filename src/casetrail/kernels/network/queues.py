"""Lists threaded through tokens and workers: who waits at which priority, who stands idle, who waits for a holder."""

from __future__ import annotations

from numba import njit

from casetrail.kernels.network.events import STAMPS
from casetrail.kernels.network.shape import ENDED, FREE_TOKEN, NOWHERE, OWNERLESS, PRIORITIES
from casetrail.kernels.network.view import (
    View,
    count_of,
    epoch_of,
    ownerless_of,
    pool_of,
    queue_head_of,
    queue_tail_of,
    token_of,
    worker_of,
)


@njit(nogil=True, cache=True, inline="always")
def work_queue(pool: int) -> int:
    """Number of the pool's own queue at priority 0; the others follow it."""
    return pool * PRIORITIES


@njit(nogil=True, cache=True, inline="always")
def slot_queue(m: View, pool: int) -> int:
    """Number of the queue for a pool's slots at priority 0."""
    return (len(pool_of(m)) + pool) * PRIORITIES


@njit(nogil=True, cache=True, inline="always")
def own_queue(m: View, worker: int) -> int:
    """Number of a worker's own queue at priority 0."""
    return (2 * len(pool_of(m)) + worker) * PRIORITIES


@njit(nogil=True, cache=True)
def _count(m: View, queue: int, by: int) -> None:
    """Keep the numbers waiting and the masks of priorities in step with a queue that has just changed."""
    group, bit = queue // PRIORITIES, 1 << (queue % PRIORITIES)
    full = queue_head_of(m)[queue] >= 0
    pools = len(pool_of(m))
    if group < pools:
        pool_of(m)[group].waiting += by
        mask = pool_of(m)[group].mask
        pool_of(m)[group].mask = mask | bit if full else mask & ~bit
    elif group < 2 * pools:
        pool_of(m)[group - pools].slot_waiting += by
        mask = pool_of(m)[group - pools].slot_mask
        pool_of(m)[group - pools].slot_mask = mask | bit if full else mask & ~bit
    else:
        w = group - 2 * pools
        pool_of(m)[worker_of(m)[w].pool].waiting += by
        mask = worker_of(m)[w].mask
        worker_of(m)[w].mask = mask | bit if full else mask & ~bit


@njit(nogil=True, cache=True)
def join(m: View, t: int, first_queue: int) -> None:
    """Put token `t` at the tail of its priority in the group of queues that begins at `first_queue`."""
    token = token_of(m)[t]
    queue = first_queue + token.prio
    token.queue = queue
    token.next = -1
    token.prev = queue_tail_of(m)[queue]
    if token.prev >= 0:
        token_of(m)[token.prev].next = t
    else:
        queue_head_of(m)[queue] = t
    queue_tail_of(m)[queue] = t
    _count(m, queue, 1)


@njit(nogil=True, cache=True)
def depart(m: View, t: int) -> None:
    """Take token `t` out of the queue it stands in, wherever in it."""
    token = token_of(m)[t]
    queue = token.queue
    if token.prev >= 0:
        token_of(m)[token.prev].next = token.next
    else:
        queue_head_of(m)[queue] = token.next
    if token.next >= 0:
        token_of(m)[token.next].prev = token.prev
    else:
        queue_tail_of(m)[queue] = token.prev
    token.queue = -1
    _count(m, queue, -1)


@njit(nogil=True, cache=True, inline="always")
def lowest(mask: int) -> int:
    """The smallest priority in a mask, which must not be empty."""
    bit = 0
    while mask & 1 == 0:
        mask >>= 1
        bit += 1
    return bit


@njit(nogil=True, cache=True)
def wait_for_owner(m: View, t: int, holding: int) -> None:
    """Put a token at the head of those of its person that wait for a holder."""
    token = token_of(m)[t]
    token.state = OWNERLESS
    token.queue = holding
    token.prev = -1
    token.next = ownerless_of(m)[token.person, holding]
    if token.next >= 0:
        token_of(m)[token.next].prev = t
    ownerless_of(m)[token.person, holding] = t


@njit(nogil=True, cache=True)
def leave_ownerless(m: View, t: int) -> None:
    """Take a token out of those of its person that wait for a holder."""
    token = token_of(m)[t]
    if token.prev >= 0:
        token_of(m)[token.prev].next = token.next
    else:
        ownerless_of(m)[token.person, token.queue] = token.next
    if token.next >= 0:
        token_of(m)[token.next].prev = token.prev
    token.queue = -1


@njit(nogil=True, cache=True)
def list_idle(m: View, w: int) -> None:
    """Put a ready worker at the tail of the pool's idle list."""
    worker = worker_of(m)[w]
    p = worker.pool
    tail = pool_of(m)[p].idle_tail
    worker.listed = 1
    worker.next = -1
    worker.prev = tail
    if tail >= 0:
        worker_of(m)[tail].next = w
    else:
        pool_of(m)[p].idle_head = w
    pool_of(m)[p].idle_tail = w


@njit(nogil=True, cache=True)
def unlist_idle(m: View, w: int) -> None:
    """Take a worker out of the idle list, if listed."""
    worker = worker_of(m)[w]
    if worker.listed == 0:
        return
    p = worker.pool
    if worker.prev >= 0:
        worker_of(m)[worker.prev].next = worker.next
    else:
        pool_of(m)[p].idle_head = worker.next
    if worker.next >= 0:
        worker_of(m)[worker.next].prev = worker.prev
    else:
        pool_of(m)[p].idle_tail = worker.prev
    worker.listed = 0


@njit(nogil=True, cache=True)
def is_stale(m: View, t: int) -> bool:
    """Has the token's business been cancelled since it began?"""
    token = token_of(m)[t]
    return token.kind >= 0 and epoch_of(m)[token.person, token.kind] != token.epoch


@njit(nogil=True, cache=True)
def forget(m: View, t: int) -> None:
    """Give a token's place back; it must stand in no list."""
    token = token_of(m)[t]
    token.state = NOWHERE
    token.stamp = (token.stamp + 1) % STAMPS
    token.next = count_of(m)[FREE_TOKEN]
    count_of(m)[FREE_TOKEN] = t
    count_of(m)[ENDED] += 1
