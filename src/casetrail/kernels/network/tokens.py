"""Tokens made and woken."""

from __future__ import annotations

from numba import njit

from casetrail.kernels.network.events import STAMPS, pack, push
from casetrail.kernels.network.shape import BORN, CLOCK, FREE_TOKEN, MOVING, REGISTERS, STAGES, WAKE
from casetrail.kernels.network.view import View, count_of, token_of


@njit(nogil=True, cache=True)
def renew_stamp(m: View, t: int) -> None:
    """Make the token's pending events void."""
    token_of(m)[t].stamp = (token_of(m)[t].stamp + 1) % STAMPS


@njit(nogil=True, cache=True)
def wake_at(m: View, t: int, at_us: int) -> None:
    """Let the token be woken at a time."""
    push(m, at_us, pack(WAKE, t, token_of(m)[t].stamp))


@njit(nogil=True, cache=True)
def make_token(m: View, person: int, node: int, serial: int) -> int:
    """A token that begins at `node` by a WAKE event now; its number."""
    t = count_of(m)[FREE_TOKEN]
    token = token_of(m)[t]
    count_of(m)[FREE_TOKEN] = token.next
    count_of(m)[BORN] += 1
    token.person, token.node, token.serial = person, node, serial
    token.cycle, token.kind, token.epoch, token.state, token.stage = 0, -1, 0, MOVING, 0
    token.queue, token.next, token.prev = -1, -1, -1
    token.root = 0
    for i in range(STAGES):
        token.worker[i] = -1
    for i in range(REGISTERS):
        token.reg[i] = 0.0
    wake_at(m, t, count_of(m)[CLOCK])
    return t
