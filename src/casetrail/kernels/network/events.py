"""The heap of events, ordered by time and by the order in which they were pushed; four children to a node."""

from __future__ import annotations

from numba import njit

from casetrail.kernels.network.shape import CLOCK, HEAP_SIZE, NEVER, NOW_END, NOW_FIRST, SEQ
from casetrail.kernels.network.view import View, count_of, heap_of

STAMPS = 2**27


@njit(nogil=True, cache=True, inline="always")
def pack(kind: int, index: int, stamp: int) -> int:
    """What an event is, of which token, worker or calendar, and under which stamp or generation, in one number."""
    return (stamp << 36) | (index << 4) | kind


@njit(nogil=True, cache=True)
def push(m: View, at_us: int, what: int) -> None:
    """Add an event; one at NEVER is not added. Room is seen to before each event is handled.

    What is to happen at the present instant comes after all that was pushed for it before: it need not go through the
    heap and stands in line at the far end of its array.
    """
    if at_us >= NEVER:
        return
    count, heap = count_of(m), heap_of(m)
    seq = count[SEQ]
    count[SEQ] = seq + 1
    if at_us <= count[CLOCK]:
        count[NOW_END] += 1
        i = len(heap) - count[NOW_END]
        heap[i, 0], heap[i, 1], heap[i, 2] = at_us, seq, what
        return
    i = count[HEAP_SIZE]
    count[HEAP_SIZE] = i + 1
    while i > 0:
        up = (i - 1) >> 2
        if heap[up, 0] <= at_us:  # the new event has the largest number: equal times stay above it
            break
        heap[i, 0], heap[i, 1], heap[i, 2] = heap[up, 0], heap[up, 1], heap[up, 2]
        i = up
    heap[i, 0], heap[i, 1], heap[i, 2] = at_us, seq, what


@njit(nogil=True, cache=True, inline="always")
def _before(heap, i, at, seq):  # type: ignore[no-untyped-def]
    return heap[i, 0] < at or (heap[i, 0] == at and heap[i, 1] < seq)


@njit(nogil=True, cache=True)
def next_now(m: View) -> int:
    """Take the first of the events that stand in line for the present instant."""
    count, heap = count_of(m), heap_of(m)
    count[NOW_FIRST] += 1
    what = heap[len(heap) - count[NOW_FIRST], 2]
    if count[NOW_FIRST] == count[NOW_END]:
        count[NOW_FIRST] = count[NOW_END] = 0
    return what


@njit(nogil=True, cache=True)
def next_later(m: View) -> int:
    """Take the earliest event off the heap and set the clock to it."""
    heap = heap_of(m)
    count_of(m)[CLOCK] = heap[0, 0]
    first = heap[0, 2]
    size = count_of(m)[HEAP_SIZE] - 1
    count_of(m)[HEAP_SIZE] = size
    at, seq, what = heap[size, 0], heap[size, 1], heap[size, 2]
    i = 0
    while True:
        least = 4 * i + 1
        if least >= size:
            break
        for child in range(least + 1, min(least + 4, size)):
            if _before(heap, child, heap[least, 0], heap[least, 1]):
                least = child
        if not _before(heap, least, at, seq):
            break
        heap[i, 0], heap[i, 1], heap[i, 2] = heap[least, 0], heap[least, 1], heap[least, 2]
        i = least
    heap[i, 0], heap[i, 1], heap[i, 2] = at, seq, what
    return first
