"""What is written down: one row per thing that was done."""

from __future__ import annotations

from numba import njit

from casetrail.kernels.network.shape import CLOCK, ROWS, STAGES
from casetrail.kernels.network.values import value
from casetrail.kernels.network.view import View, count_of, node_of, row_of, token_of, worker_of

GENERATION = 2**20  # a worker in a row is worker + generation * GENERATION


@njit(nogil=True, cache=True)
def named(m: View, w: int) -> int:
    """Number of the person in a post: the post and how often it has been filled."""
    return w + worker_of(m)[w].generation * GENERATION if w >= 0 else -1


@njit(nogil=True, cache=True)
def write_row(m: View, t: int, w: int) -> None:
    """Write the row of the token's node, if it has one; `w` is the worker who took a slot, else -1."""
    token = token_of(m)[t]
    node = node_of(m)[token.node]
    if node.record == 0:
        return
    row = row_of(m)[count_of(m)[ROWS]]
    count_of(m)[ROWS] += 1
    row.asked, row.started, row.ended = token.asked, token.started, count_of(m)[CLOCK]
    row.root, row.person, row.node, row.serial = token.root, token.person, token.node, token.serial
    for i in range(STAGES):
        row.worker[i] = named(m, token.worker[i])
    if w >= 0:
        row.worker[0] = named(m, w)
    row.mark = value(m, t, node.mark) if node.mark >= 0 else 0.0


@njit(nogil=True, cache=True)
def write_row_now(m: View, t: int) -> None:
    """Write the row of a node that takes no time."""
    token_of(m)[t].asked = token_of(m)[t].started = count_of(m)[CLOCK]
    write_row(m, t, -1)
