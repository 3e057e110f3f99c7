"""A made-up office in which every kind of node, queue, rule and worker event happens; no known answer."""

from __future__ import annotations

import hashlib
from random import Random

import numpy as np

from casetrail.kernels.network import shape as s
from casetrail.kernels.network.loop import rows_of, run
from casetrail.kernels.network.make import Draft, Made, People, Post

from .known_all import ALL
from .random_models import end_of, random_model

HOUR = s.HOUR_US
DAYS = 200
RANDOM = 300
UNTIL = DAYS * 24 * HOUR
# Nodes, in the order in which `_nodes` makes them.
(COME, BEGIN, NOTE, INTAKE, GOES_ON, FAMILY, HOLD, VISIT, AFTER, WATCH, CLOSED, GIVE_BACK, COUNT, LEFT) = range(14)
(MEMBER, ASSESS, MORE, CALL, ANSWER, AGAIN, ALONE, MEND) = range(14, 22)


def people(persons: int) -> People:
    """Households of one to four."""
    sizes = np.resize([1, 2, 4, 3, 1], persons)
    household = np.repeat(np.arange(persons), sizes)[:persons].astype(np.int32)
    spread = np.linspace(-1, 1, persons * 2).reshape(persons, 2)
    return People(household, spread, np.zeros((persons, 1)), holdings=1, kinds=2)


def _feature(kind: int, index: int = 0) -> int:
    return kind * s.FEATURE + index


def _pools(draft: Draft, rule: int) -> tuple[int, int, int]:
    """Desk by day, carers with slots who come and go, three experts."""
    day = draft.calendar([(d * 24 * HOUR + 8 * HOUR, d * 24 * HOUR + 17 * HOUR) for d in range(DAYS + 30)])
    often, short = draft.dist(s.EXPONENTIAL, 700.0), draft.dist(s.WEIBULL, 60.0, 1.5)
    desk = draft.pool([Post(cal=day)] * 4, cost=1, price=30.0, absent_every=often, absent_for=short, rate=1.1)
    posts = [Post(cal=day, slots=6, lenient=0.3 * i - 0.5) for i in range(5)]
    posts += [Post(slots=4, from_us=UNTIL // 4), Post(slots=3, until_us=UNTIL // 2)]
    carers = draft.pool(
        posts,
        holding=0,
        rule=rule,
        realloc=AGAIN,
        leave=0.6,
        leave_load=0.5,
        vacancy=draft.dist(s.LOGNORMAL, 300.0, 0.5),
        absent_every=often,
        absent_for=short,
        lenient_sd=0.7,
    )
    return desk, carers, draft.pool([Post(cal=day)] * 3)


def _nodes(draft: Draft, desk: int, carers: int, expert: int) -> None:
    one, mine, load = _feature(s.ONE), _feature(s.PERSON), _feature(s.QUEUE, desk)
    hours = {
        name: draft.dist(s.EXPONENTIAL, mean) for name, mean in (("short", 2.0), ("week", 168.0), ("month", 720.0))
    }
    table = draft.dist(s.TABLE, quantiles=(0.5, 1.0, 1.5, 6.0))
    sure, never = draft.expr((1.0, one)), draft.expr((-1.0, one))
    likely = draft.expr((0.8, one), (1.0, mine), (0.3, mine, _feature(s.HOUSEHOLD)), link=s.LOGISTIC)
    urgency = draft.expr((1.5, one), (2.0, mine), (1.0, _feature(s.UNIFORM)), link=s.POSITIVE)
    longer = draft.expr((0.2, _feature(s.NORMAL)), (0.1, _feature(s.OWN_WORKER, carers)), link=s.EXP)
    full = draft.expr((1.0, _feature(s.SLOTS, carers)), (0.01, load), (0.1, _feature(s.YEARS)))
    yearly = draft.expr((2.0, one), (3.0, _feature(s.GLOBAL)), link=s.POSITIVE)
    arrive = draft.dist(s.UNIFORM_BETWEEN, 0.0, DAYS * 20.0)
    draft.node(s.DELAY, dist=arrive, next=BEGIN)
    draft.node(s.ORIGIN, record=1, next=NOTE)
    draft.node(s.SET, attr=_feature(s.REGISTER), mode=s.PUT, expr=full, next=INTAKE, record=1, mark=full)
    draft.node(s.WORK, pool=desk, dist=table, scale=longer, prio_expr=urgency, patience=hours["week"], other=LEFT,
               escalate=30 * HOUR, prio_up=0, record=1, mark=draft.expr((1.0, load)), next=GOES_ON)  # fmt: skip
    draft.node(s.CHANCE, expr=likely, next=FAMILY, other=ALONE)
    draft.node(s.SPAWN, mode=s.OTHERS, other=MEMBER, kind=0, next=HOLD)
    draft.node(s.TAKE, pool=carers, prio=3, patience=hours["month"], other=LEFT, escalate=300 * HOUR, prio_up=1,
               record=1, next=VISIT)  # fmt: skip
    draft.node(s.WORK, pool=[carers, expert], own=1, dist=hours["short"], prio=2, patience=hours["month"], other=CLOSED,
               record=1, next=AFTER)  # fmt: skip
    draft.node(s.BRANCH, other=CLOSED, edges=[(VISIT, likely), (WATCH, sure), (CLOSED, never), (CALL, full)])
    draft.node(s.RACE, expr=yearly, dist=hours["month"], record=1, next=VISIT, other=CLOSED)
    draft.node(s.CANCEL, kind=0, record=1, next=GIVE_BACK)
    draft.node(s.FREE, pool=carers, record=1, next=COUNT)
    draft.node(s.SET, attr=_feature(s.HOUSEHOLD), mode=s.ADD, expr=sure, next=-1)
    draft.node(s.PASS, record=1, next=GIVE_BACK)
    draft.node(s.DELAY, dist=hours["week"], cal=0, record=1, next=ASSESS)
    draft.node(s.WORK, pool=[desk, carers, expert], dist=hours["short"], prio=5, record=1, next=MORE)
    draft.node(s.TEST, expr=draft.expr((1.0, mine), (-0.2, one)), next=CALL, other=MEND)
    draft.node(s.SPAWN, mode=s.SAME, other=ANSWER, kind=1, next=MEND)
    draft.node(s.WORK, pool=desk, dist=hours["short"], prio=7, record=1, next=-1)
    draft.node(s.TAKE, pool=carers, prio=1, record=1, next=VISIT)
    draft.node(s.SPAWN, mode=s.SAME, other=MEMBER, kind=1, next=COUNT)
    draft.node(s.CANCEL, kind=1, next=VISIT)


def office(seed: int, *, rule: int = s.LEAST_LOADED, persons: int = 600) -> Made:
    """All of it; a register that sets how often watched cases come back changes twice."""
    draft = Draft()
    _nodes(draft, *_pools(draft, rule))
    modes = (s.PUT, s.MULTIPLY, s.LARGER, s.SMALLER)
    values = [draft.expr((0.5, _feature(s.NORMAL)), (0.1 * i, _feature(s.ONE))) for i in range(4)]
    last = -1
    for mode, value in zip(modes, values, strict=True):
        last = draft.node(s.SET, attr=_feature(s.PERSON, 1), mode=mode, expr=value, next=last)
    walk = draft.node(s.SOURCE, dist=draft.dist(s.EXPONENTIAL, 20.0), other=ANSWER, cal=0)
    draft.start(walk, 0)
    for person in range(persons):
        draft.start(COME if person % 9 else last, person)
    draft.schedule += [(UNTIL // 3, 0, 2.0), (UNTIL // 2, 0, -0.5)]
    return draft.finish(seed, people(persons), registers=(0.1, 0.0))


RULES = (s.LEAST_LOADED, s.ROTA, s.CHOSEN)


def digest(state: s.State) -> str:
    """sha256 of the counts and the rows."""
    return hashlib.sha256(state.count.tobytes() + rows_of(state).tobytes()).hexdigest()


def digests(customers: int = 800) -> dict[str, str]:
    """What every model gives: the networks with known answers, the office under each rule, models made at random."""
    found = {name: digest(known.simulate(customers, 0)) for name, known in ALL.items()}
    for rule in RULES:
        made = office(7, rule=rule)
        found[f"office {rule}"] = digest(run(made.model, made.state, UNTIL))
    for number in range(RANDOM):
        made = random_model(Random(number))
        until, endless = end_of(made)
        if until - endless >= 0:
            found[f"random {number}"] = digest(run(made.model, made.state, until - endless))
    return found
