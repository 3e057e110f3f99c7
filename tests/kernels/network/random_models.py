"""Models made at random from all that the kernel knows: nodes, queues, rules, distributions, features, worker events.

Children of SPAWN and reallocated persons live in nodes of their own that lead to no SPAWN: numbers stay bounded.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any

import numpy as np

from casetrail.kernels.network import shape as s
from casetrail.kernels.network.make import Draft, Made, People, Post
from casetrail.kernels.network.plain import Plain

HOUR = s.HOUR_US
ATTRIBUTES, HOUSE_ATTRIBUTES, GLOBALS, HOLDINGS, KINDS = 2, 1, 3, 2, 2
# Nodes that take time; the others mostly lead onward, or most tokens would go round without waiting.
SLOW = (s.DELAY, s.WORK, s.TAKE, s.RACE)
OPS = (s.DELAY, s.WORK, s.WORK, s.WORK, s.TAKE, s.TAKE, s.FREE, s.FREE, s.CHANCE, s.BRANCH, s.TEST, s.SET, s.CANCEL,
       s.RACE, s.ORIGIN, s.PASS, s.END)  # fmt: skip
HORIZON = 400 * HOUR
MOST_EVENTS = 1_500


@dataclass
class _Sketch:
    """A model in the making, and what its nodes may refer to."""

    dice: Random
    persons: int
    main: int
    nodes: int
    draft: Draft = field(default_factory=Draft)
    holders: list[int] = field(default_factory=list)
    bounded: list[int] = field(default_factory=list)  # expressions between 0 and 1

    def some(self, *chances: int) -> int:
        return self.dice.choice(chances)

    def maybe(self, what: int, none: int = -1) -> int:
        return what if self.dice.random() < 0.4 else none

    def dist(self) -> int:
        return self.dice.randrange(len(self.draft.dists))

    def expr(self) -> int:
        return self.dice.randrange(len(self.draft.exprs))

    def register(self) -> int:
        return self.dice.randrange(GLOBALS)

    def to(self, here: int, *, slow: bool) -> int:
        """Mostly onward; main nodes may lead into the other part, not back."""
        low, high = (0, self.nodes) if here < self.main else (self.main, self.nodes)
        if self.dice.random() < (0.4 if slow else 0.98):
            onward = [*range(here + 1, high)] if self.dice.random() < 0.9 else []
            return self.dice.choice(onward or [-1])
        return self.dice.randrange(low, high)


def _people(dice: Random, persons: int) -> People:
    household, number = [], 0
    while len(household) < persons:
        household += [number] * dice.randint(1, 4)
        number += 1
    homes = household[persons - 1] + 1
    values = np.array([dice.uniform(-2, 2) for _ in range(persons * ATTRIBUTES)]).reshape(persons, ATTRIBUTES)
    house = np.zeros((homes, HOUSE_ATTRIBUTES))
    return People(np.array(household[:persons], dtype=np.int32), values, house, holdings=HOLDINGS, kinds=KINDS)


def _calendars(sketch: _Sketch) -> None:
    dice = sketch.dice
    for _ in range(dice.randint(0, 2)):
        shifts, at = [], dice.randint(0, 6)
        for _ in range(dice.randint(1, 25)):
            length = dice.randint(1, 12)
            shifts.append((at * HOUR, (at + length) * HOUR))
            at += length + dice.choice((0, 1, 16, 60))
        sketch.draft.calendar(shifts)


def _calendar(sketch: _Sketch) -> int:
    return sketch.dice.randrange(-1, len(sketch.draft.calendars))


def _dists(sketch: _Sketch) -> None:
    dice, draft = sketch.dice, sketch.draft
    for kind in (s.CONSTANT, s.EXPONENTIAL, s.LOGNORMAL, s.UNIFORM_BETWEEN, s.WEIBULL, s.TABLE):
        a, b = dice.choice((0.0, 0.5, 3.0, 20.0)), dice.choice((0.5, 1.0, 4.0))
        if kind == s.UNIFORM_BETWEEN:
            b += a
        table = sorted(dice.uniform(0, 30) for _ in range(dice.randint(2, 6))) if kind == s.TABLE else ()
        draft.dist(kind, a, b, table)


def _feature(sketch: _Sketch) -> int:
    dice = sketch.dice
    kind = dice.randrange(s.UNIFORM + 1)
    if kind == s.OWN_WORKER:
        return kind * s.FEATURE + dice.choice(sketch.holders) if sketch.holders else s.ONE * s.FEATURE
    sizes = {s.ONE: 1, s.PERSON: ATTRIBUTES, s.HOUSEHOLD: HOUSE_ATTRIBUTES, s.GLOBAL: GLOBALS, s.REGISTER: s.REGISTERS,
             s.QUEUE: len(sketch.draft.pools), s.SLOTS: len(sketch.draft.pools), s.YEARS: 1, s.NORMAL: 3,
             s.UNIFORM: 3}  # fmt: skip
    return kind * s.FEATURE + dice.randrange(sizes[kind])


def _exprs(sketch: _Sketch) -> None:
    dice = sketch.dice
    for number in range(8):
        terms: list[Any] = []
        for _ in range(dice.randint(0, 3)):
            term = (dice.choice((-2.0, -0.5, 0.7, 1.5)), _feature(sketch))
            terms.append((*term, _feature(sketch)) if dice.random() < 0.3 else term)
        # What SET writes stays between 0 and 1, or registers would soon be too large for any number.
        link = s.LOGISTIC if number < 3 else dice.choice((s.PLAIN, s.EXP, s.LOGISTIC, s.POSITIVE))
        made = sketch.draft.expr(*terms, link=link)
        if link == s.LOGISTIC:
            sketch.bounded.append(made)


def _pools(sketch: _Sketch) -> None:
    dice, draft = sketch.dice, sketch.draft
    for number in range(dice.randint(1, 4)):
        holding = sketch.some(-1, 0, 1)
        slots = (0, 1, 2, 3) if holding >= 0 else (0,)
        posts = [
            Post(_calendar(sketch), dice.choice(slots), dice.uniform(-1, 1), dice.choice((0, 0, 0, 40 * HOUR)),
                 dice.choice((s.NEVER, s.NEVER, s.NEVER, 90 * HOUR)))
            for _ in range(dice.choice((0, 1, 1, 2, 4)))
        ]  # fmt: skip
        if holding >= 0:
            sketch.holders.append(number)
        absent = sketch.maybe(sketch.dist())
        draft.pool(
            posts,
            holding=holding,
            rule=sketch.some(s.LEAST_LOADED, s.ROTA, s.CHOSEN),
            realloc=sketch.maybe(dice.randrange(sketch.main, sketch.nodes)) if holding >= 0 else -1,
            rate=dice.choice((1.0, 1.0, 1.7)),
            cost=sketch.maybe(sketch.register()),
            price=dice.uniform(0, 2),
            leave=dice.choice((0.0, 0.5, 30.0)),
            leave_load=dice.choice((0.0, 1.0, -1.0)),
            vacancy=sketch.maybe(sketch.dist()),
            absent_every=absent,
            absent_for=sketch.dist() if absent >= 0 else -1,
            lenient_sd=dice.choice((0.0, 0.8)),
        )


def _node(sketch: _Sketch, here: int) -> None:
    """One node; with every option that its kind has, some of the time."""
    dice, draft = sketch.dice, sketch.draft
    op = dice.choice(OPS)
    if here < sketch.main and dice.random() < 0.12:
        op = s.SPAWN
    if op in (s.TAKE, s.FREE) and not sketch.holders:
        op = s.WORK
    to = partial(sketch.to, here, slow=op in SLOW)
    columns: dict[str, Any] = {
        "dist": sketch.dist(), "scale": sketch.maybe(sketch.expr()), "prio": dice.randrange(s.PRIORITIES),
        "prio_expr": sketch.maybe(sketch.expr()), "patience": sketch.maybe(sketch.dist()),
        "escalate": sketch.maybe(dice.randint(1, 40) * HOUR, 0), "prio_up": dice.randrange(3), "expr": sketch.expr(),
        "record": dice.choice((1, 1, 0)), "mark": sketch.maybe(sketch.expr()), "next": to(), "other": to(),
        "kind": dice.randrange(KINDS),
    }  # fmt: skip
    if op == s.DELAY:
        columns["cal"] = _calendar(sketch)
    elif op == s.WORK:
        pools = sorted(dice.sample(range(len(draft.pools)), dice.randint(1, min(s.STAGES, len(draft.pools)))))
        columns |= {
            "pool": pools,
            "cal": dice.choice((-1, s.ONE_GO)),
            "own": int(pools[0] in sketch.holders and dice.random() < 0.6),
        }
    elif op in (s.TAKE, s.FREE):
        columns["pool"] = dice.choice(sketch.holders)
    elif op == s.BRANCH:
        columns["edges"] = [(to(), sketch.expr()) for _ in range(dice.randint(1, 4))]
    elif op == s.SET:
        scope, size = dice.choice(
            ((s.PERSON, ATTRIBUTES), (s.HOUSEHOLD, HOUSE_ATTRIBUTES), (s.GLOBAL, GLOBALS), (s.REGISTER, s.REGISTERS))
        )
        columns |= {"attr": scope * s.FEATURE + dice.randrange(size), "mode": dice.randrange(5),
                    "expr": dice.choice(sketch.bounded)}  # fmt: skip
    elif op == s.SPAWN:
        columns |= {"mode": sketch.some(s.SAME, s.OTHERS), "other": dice.randrange(sketch.main, sketch.nodes),
                    "kind": sketch.some(-1, 0, 1)}  # fmt: skip
    draft.node(op, **columns)


def _begin(sketch: _Sketch) -> None:
    """First tokens, one source of further persons who have their place already, registers that change by date."""
    dice, draft = sketch.dice, sketch.draft
    for person in range(sketch.persons // 2):
        draft.start(dice.randrange(sketch.nodes), person, dice.randint(0, 50) * HOUR, sketch.some(-1, 0, 1))
    if dice.random() < 0.5:
        # One every ten open hours, no longer than a tenth as many hours as would bring more than there are.
        often = draft.dist(s.CONSTANT, 10.0)
        cal = draft.calendar([(0, (sketch.persons // 2 - 2) * 10 * HOUR)])
        draft.start(draft.node(s.SOURCE, dist=often, cal=cal, other=dice.randrange(sketch.main)), 0)
    for _ in range(dice.randint(0, 2)):
        draft.schedule.append((dice.randint(0, 100) * HOUR, sketch.register(), dice.uniform(-1, 1)))


def random_model(dice: Random) -> Made:
    """A model and its first state."""
    persons, main = 2 * dice.randint(3, 12), dice.randint(2, 8)
    sketch = _Sketch(dice, persons, main, main + dice.randint(1, 4))
    _calendars(sketch)
    _dists(sketch)
    _pools(sketch)
    _exprs(sketch)
    for here in range(sketch.nodes):
        _node(sketch, here)
    _begin(sketch)
    registers = [dice.uniform(-1, 1) for _ in range(GLOBALS)]
    made = sketch.draft.finish(dice.randrange(2**64), _people(dice, persons), registers=registers)
    made.state.count[s.NEXT_PERSON] = persons // 2
    return made


def fresh(made: Made) -> s.State:
    """A state to use up."""
    return s.State(*(array.copy() for array in made.state))


def end_of(made: Made) -> tuple[int, bool]:
    """Until when the twin needs no more than MOST_EVENTS, and whether a token then goes round without waiting."""
    twin = Plain(made.model, fresh(made))
    try:
        twin.run(HORIZON, most=MOST_EVENTS)
    except RecursionError:
        return twin.now, True
    return (HORIZON, False) if twin.events < MOST_EVENTS else (twin.now - 1, False)
