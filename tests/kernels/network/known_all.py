"""Further networks with known answers (nights, workers who hold, slots), and the list of all."""

from __future__ import annotations

from math import sqrt

import numpy as np
import numpy.typing as npt

from casetrail.kernels.network import shape as s
from casetrail.kernels.network.make import Draft, Made, People, Post

from . import theory
from .known import (
    HOUR,
    MOMENTS,
    Cell,
    Known,
    Rows,
    Seen,
    both,
    crowd,
    erlang_a,
    jackson,
    priorities,
    single,
    source,
)

DAY, OPEN, CLOSE = 24 * HOUR, 8 * HOUR, 16 * HOUR
QUANTILES = (0.0, 0.1, 0.3, 0.5, 1.0, 2.5)


def awake(at: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Microseconds from 0 to `at` that lie in the hours from 8 to 16."""
    days, in_day = np.divmod(at, DAY)
    return days * (CLOSE - OPEN) + np.clip(in_day - OPEN, 0, CLOSE - OPEN)


def nights() -> Known:
    """M/M/1 by day, nobody and nothing by night: in open time it is the plain M/M/1."""

    def make(until: int, seed: int) -> Made:
        draft = Draft()
        days = range(until // DAY + 1)
        work = draft.calendar([(d * DAY + OPEN, d * DAY + CLOSE) for d in range(len(days) + 400)])
        pool = draft.pool([Post(cal=work)])
        draft.node(s.WORK, pool=pool, dist=draft.dist(s.EXPONENTIAL, 0.7), record=1)
        come = draft.calendar([(d * DAY + OPEN, d * DAY + CLOSE) for d in days])
        node = draft.node(s.SOURCE, dist=draft.dist(s.EXPONENTIAL, 1.0), other=0, cal=come)
        draft.start(node, 0, OPEN)
        return draft.finish(seed)

    def wait(rows: Rows) -> Seen:
        return rows["asked"], (awake(rows["started"]) - awake(rows["asked"])) / HOUR

    def waited(rows: Rows) -> Seen:
        return rows["asked"], (awake(rows["started"]) > awake(rows["asked"])).astype(np.float64)

    expected = theory.erlang_c(1.0, 1 / 0.7, 1)
    cells = (Cell("mean wait in open time", expected.mean, wait), Cell("share who wait", expected.share, waited))
    return Known("M/M/1, nights off", 1 / 3, make, cells)


def _persons(until: int, rate: float) -> People:
    mean = until / HOUR * rate
    return People.plain(int(mean + 10 * sqrt(mean) + 10))


def _from_the_first(made: Made) -> Made:
    """The source brings the persons of the state instead of new ones: only those can be held."""
    made.state.count[s.NEXT_PERSON] = 0
    return made


def dealt() -> Known:
    """Two workers are dealt customers in turn and keep them: each is E2/M/1."""

    def make(until: int, seed: int) -> Made:
        draft = Draft()
        pool = draft.pool([Post(slots=10_000)] * 2, holding=0, rule=s.ROTA)
        draft.node(s.TAKE, pool=pool, next=1)
        draft.node(s.WORK, pool=pool, own=1, dist=draft.dist(s.EXPONENTIAL, 1.0), record=1, next=2)
        draft.node(s.FREE, pool=pool)
        source(draft, 1.6, 0, until)
        return _from_the_first(draft.finish(seed, _persons(until, 1.6)))

    expected = theory.renewal_arrivals(theory.erlang_arrivals(2, 1.6), 1.0)
    return Known("E2/M/1, own workers", 1.6, make, both(1, expected, ""))


def slots() -> Known:
    """Cases held for an exponential time in two times three slots: M/M/6."""

    def make(until: int, seed: int) -> Made:
        draft = Draft()
        pool = draft.pool([Post(slots=3)] * 2, holding=0, rule=s.LEAST_LOADED)
        draft.node(s.TAKE, pool=pool, record=1, next=1)
        draft.node(s.DELAY, dist=draft.dist(s.EXPONENTIAL, 1.0), next=2)
        draft.node(s.FREE, pool=pool)
        source(draft, 5.0, 0, until)
        return _from_the_first(draft.finish(seed, _persons(until, 5.0)))

    return Known("M/M/6, slots", 5.0, make, both(0, theory.erlang_c(5.0, 1.0, 6), ""))


def _general() -> list[Known]:
    found = []
    for name, kind, a, b in (
        ("M/D/1", s.CONSTANT, 0.8, 0.0),
        ("M/LN/1", s.LOGNORMAL, 0.5, 0.8),
        ("M/U/1", s.UNIFORM_BETWEEN, 0.2, 1.2),
        ("M/Weibull/1", s.WEIBULL, 0.5, 0.7),
    ):
        moments = theory.constant(a) if kind == s.CONSTANT else MOMENTS[kind](a, b)
        found.append(single(name, 1.0, (kind, a, b), 1, theory.pollaczek_khinchine(1.0, moments)))
    expected = theory.pollaczek_khinchine(1.0, theory.table(QUANTILES))
    return [*found, single("M/table/1", 1.0, (s.TABLE, 0.0, 0.0, QUANTILES), 1, expected)]


def _all() -> list[Known]:
    mixed = [(s.EXPONENTIAL, 0.5), (s.CONSTANT, 0.4), (s.LOGNORMAL, 0.6, 0.7)]
    return [
        jackson(),
        *(
            single(f"M/M/{c}", rate, (s.EXPONENTIAL, 1.0), c, theory.erlang_c(rate, 1.0, c))
            for c, rate in ((1, 0.8), (3, 2.5), (10, 8.5))
        ),
        erlang_a(11.0, 10, 0.5),
        erlang_a(2.5, 3, 1.5),
        priorities("M/G/1, three classes", (0.4, 0.6, 0.5), mixed, 1),
        priorities("M/M/3, three classes", (0.7, 0.9, 0.9), [(s.EXPONENTIAL, 1.0)] * 3, 3),
        *_general(),
        crowd("M/M/inf", 6.0, (s.EXPONENTIAL, 1.5)),
        crowd("M/LN/inf", 6.0, (s.LOGNORMAL, 1.0, 0.9)),
        nights(),
        dealt(),
        slots(),
    ]


ALL = {one.name: one for one in _all()}
