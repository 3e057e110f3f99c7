"""Shapes of a model and of a state: arrays only, so that a state can be saved, copied and run on bit for bit.

Times are int64 microseconds from the start of the run; hours of work are float64. -1 stands for "none" in every
column that names something else by its index. The meaning of each column is in `docs/network.md`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

HOUR_US = 3_600_000_000
YEAR_US = 31_557_600_000_000  # 365.25 days
MONTH_US = 2_592_000_000_000  # 30 days: how often a worker may leave
NEVER = 2**62

PRIORITIES = 8
STAGES = 3
REGISTERS = 4

# What a node does.
(END, DELAY, WORK, TAKE, FREE, CHANCE, BRANCH, TEST, SET, SPAWN, CANCEL, RACE, ORIGIN, SOURCE, PASS) = range(15)

# How an expression is bent, how SET writes, which members SPAWN meets, how a holder is chosen.
PLAIN, EXP, LOGISTIC, POSITIVE, SETTLED = range(5)  # SETTLED: one term, a number that never changes
PUT, ADD, MULTIPLY, LARGER, SMALLER = range(5)
SAME, OTHERS = range(2)
LEAST_LOADED, ROTA, CHOSEN = range(3)

# Features of an expression, and scopes SET may write to (the first four after ONE).
(ONE, PERSON, HOUSEHOLD, GLOBAL, REGISTER, OWN_WORKER, QUEUE, SLOTS, YEARS, NORMAL, UNIFORM) = range(11)
FEATURE = 4096  # a feature is kind * FEATURE + index

# Distributions, all by inversion of one uniform number.
CONSTANT, EXPONENTIAL, LOGNORMAL, UNIFORM_BETWEEN, WEIBULL, TABLE = range(6)

# What a draw is for: the third word of its key is node * PURPOSES + purpose.
PURPOSES = 32
AMOUNT, CHOICE, PATIENCE, NOISE = 0, 1, 2, 8
WORKER_KEY = 0x80000000  # draws of a worker: person word = WORKER_KEY + worker
LEAVING, FILLING, ABSENCE, LENIENCY = range(4)

# `cal` of WORK: in one go, by the clock, however late it gets.
ONE_GO = -2

# Events.
(WAKE, SERVED, RENEGE, ESCALATE, SHIFT, MONTH, ABSENT, BACK, FILL, LEAVE, SCHEDULED) = range(11)

# States of a token.
NOWHERE, MOVING, DELAYED, QUEUED, SLOT_QUEUED, OWNERLESS, SERVING = range(7)

NODE = np.dtype(
    [
        ("op", "i4"),
        ("next", "i4"),
        ("other", "i4"),
        ("pool", "i4", (STAGES,)),
        ("own", "i4"),
        ("dist", "i4"),
        ("scale", "i4"),
        ("cal", "i4"),
        ("prio", "i4"),
        ("prio_expr", "i4"),
        ("patience", "i4"),
        ("escalate", "i8"),
        ("prio_up", "i4"),
        ("expr", "i4"),
        ("attr", "i4"),
        ("mode", "i4"),
        ("kind", "i4"),
        ("record", "i4"),
        ("mark", "i4"),
        ("edge_from", "i4"),
        ("edge_to", "i4"),
    ],
    align=True,
)

DIST = np.dtype([("kind", "i4"), ("table", "i4"), ("size", "i4"), ("a", "f8"), ("b", "f8")], align=True)

POOL = np.dtype(
    [
        ("first", "i4"),
        ("last", "i4"),  # workers first <= w < last
        ("holding", "i4"),  # column of `held`, -1: this pool holds nobody
        ("rule", "i4"),
        ("realloc", "i4"),
        ("rate", "f8"),  # clock hours of work per hour asked, >= 1: administration and supervision take the rest
        ("cost", "i4"),  # global register that hours are added to
        ("price", "f8"),
        ("leave", "f8"),  # hazard per year at full load
        ("leave_load", "f8"),
        ("vacancy", "i4"),  # distribution of hours until a post is filled
        ("absent_every", "i4"),  # distribution of hours between absences
        ("absent_for", "i4"),
        ("lenient_sd", "f8"),
        ("idle_head", "i4"),
        ("idle_tail", "i4"),
        ("waiting", "i4"),
        ("slot_waiting", "i4"),
        ("posted", "i4"),
        ("slots", "i4"),
        ("used", "i4"),
        ("turn", "i4"),
        ("mask", "i4"),  # priorities at which somebody waits
        ("slot_mask", "i4"),
    ],
    align=True,
)

WORKER = np.dtype(
    [
        ("pool", "i4"),
        ("cal", "i4"),
        ("slots", "i4"),
        ("used", "i4"),
        ("token", "i4"),
        ("here", "i4"),
        ("well", "i4"),
        ("open", "i4"),
        ("listed", "i4"),
        ("leaving", "i4"),
        ("sickening", "i4"),
        ("generation", "i4"),
        ("visits", "i4"),
        ("absences", "i4"),
        ("next", "i4"),
        ("prev", "i4"),
        ("held", "i4"),  # first person held
        ("mask", "i4"),
        ("lenient", "f8"),
    ],
    align=True,
)

TOKEN = np.dtype(
    [
        ("person", "i4"),
        ("node", "i4"),
        ("serial", "u4"),
        ("cycle", "i4"),
        ("kind", "i4"),
        ("epoch", "i4"),
        ("state", "i4"),
        ("stage", "i4"),
        ("prio", "i4"),
        ("stamp", "i4"),
        ("queue", "i4"),
        ("next", "i4"),
        ("prev", "i4"),
        ("worker", "i4", (STAGES,)),
        ("asked", "i8"),
        ("started", "i8"),
        ("root", "i8"),
        ("hours", "f8"),
        ("reg", "f8", (REGISTERS,)),
    ],
    align=True,
)

ROW = np.dtype(
    [
        ("asked", "i8"),
        ("started", "i8"),
        ("ended", "i8"),
        ("root", "i8"),
        ("person", "i4"),
        ("node", "i4"),
        ("serial", "u4"),
        ("worker", "i4", (STAGES,)),
        ("mark", "f8"),
    ],
    align=True,
)

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Records = npt.NDArray[Any]


class Model(NamedTuple):
    """What does not change during a run."""

    node: Records
    expr_from: Codes  # terms of expression e: expr_from[e] <= i < expr_from[e + 1]
    expr_link: Codes
    term_coef: Floats
    term_a: Codes
    term_b: Codes
    dist: Records
    table: Floats  # quantiles of distributions, running sums of branches
    edge_to: Codes
    edge_expr: Codes
    cal_from: Codes  # shifts of calendar c: cal_from[c] <= i < cal_from[c + 1]
    cal_open: Ints
    cal_close: Ints
    cal_before: Ints  # microseconds open before this shift
    cal_worker_from: Codes
    cal_worker: Codes
    sched_at: Ints
    sched_register: Codes
    sched_value: Floats
    household: Codes  # of each person; members are neighbours
    member_from: Codes  # of each household, one more at the end
    key: npt.NDArray[np.uint32]  # two words of the seed


# Places in `State.count`.
(CLOCK, SEQ, HEAP_SIZE, FREE_TOKEN, ROWS, EVENTS, BORN, ENDED, STATUS, NEXT_PERSON, NOW_FIRST, NOW_END) = range(12)
COUNTS = 16

# What the loop returns.
DONE, GROW_HEAP, GROW_TOKENS, GROW_ROWS, ENDLESS = range(5)


class State(NamedTuple):
    """What a run changes; together with the Model it is all there is."""

    count: Ints  # type: ignore[assignment]  # hides a method of tuples that nobody needs here
    heap: Ints  # (n, 3): time, sequence number, event (see `pack`); events of the present instant from its end on
    token: Records
    worker: Records
    pool: Records
    queue_head: Codes
    queue_tail: Codes
    person: Floats  # (persons, attributes)
    house: Floats
    register: Floats  # global registers
    held: Codes  # (persons, holdings): worker
    held_next: Codes
    held_prev: Codes
    ownerless: Codes  # (persons, holdings): first token that waits for a holder
    epoch: Codes  # (persons, kinds)
    row: Records
