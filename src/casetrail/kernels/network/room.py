"""How much must be free in the arrays of a state before an event is handled."""

from __future__ import annotations

import numpy as np

from casetrail.kernels.network.shape import Ints, Model, Records, State

MOST_STEPS = 1_000


def new_tokens(model: Model, worker: Records) -> int:
    """How many tokens one event can make: a SPAWN at each step, and a leaver's cases."""
    household = int(np.diff(model.member_from).max(initial=1))
    return MOST_STEPS * max(1, household - 1) + int(worker["slots"].max(initial=0))


def new_rows(worker: Records) -> int:
    """How many rows one event can write: two at each step (FREE: that of the slot given on), a filled post's slots."""
    return 2 * MOST_STEPS + int(worker["slots"].max(initial=0))


def new_events(tokens: int, worker: Records, made: int) -> int:
    """How many events one event can push.

    One for each waiting token and each worker it touches, once at most; one for each token made; two at each step
    (TAKE: patience and escalation).
    """
    return tokens + len(worker) + made + 2 * MOST_STEPS


def room(model: Model, state: State) -> Ints:
    """Free places needed among events, tokens and rows."""
    made = new_tokens(model, state.worker)
    events = new_events(len(state.token), state.worker, made)
    return np.array([events, made, new_rows(state.worker)], dtype=np.int64)
