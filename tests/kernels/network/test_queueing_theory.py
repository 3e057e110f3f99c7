"""The event loop against queueing theory: what is known by formula, by hand, or by conservation."""

from __future__ import annotations

from collections import Counter
from math import exp

import numpy as np
import pytest

from casetrail.kernels.network import shape as s
from casetrail.kernels.network.loop import rows_of, run
from casetrail.kernels.network.make import Draft, Post

from . import theory
from .batches import BATCHES, as_normal, batch_means, chance_of_largest, distance, expected_beyond
from .known import END_OF_TIME, HOUR, source
from .known_all import ALL, DAY
from .varied import RULES, UNTIL, office

CUSTOMERS = 60_000
LIMIT = 3.0


@pytest.mark.parametrize("name", ALL)
def test_each_known_number_comes_out_within_three_standard_errors(name: str) -> None:
    known = ALL[name]
    state = known.simulate(CUSTOMERS, 0)
    found = [distance([means], c.expected) for c, means in zip(known.cells, known.means(state, CUSTOMERS), strict=True)]
    far = {c.name: d for c, d in zip(known.cells, found, strict=True) if abs(d.z) >= LIMIT}
    assert not far
    # A source never ends; everybody else has gone.
    assert state.count[s.BORN] - state.count[s.ENDED] == known.sources
    assert state.count[s.NEXT_PERSON] > 0.97 * CUSTOMERS


def test_the_number_of_cells_leaves_little_to_chance() -> None:
    cells = sum(len(known.cells) for known in ALL.values())
    assert cells == 60
    assert expected_beyond(cells) == pytest.approx(60 * 0.0026998, rel=1e-4)
    assert chance_of_largest(cells, LIMIT) == pytest.approx(1 - 0.9973002**60, rel=1e-4)


def test_a_rate_that_is_three_hundredths_off_is_found() -> None:
    known = ALL["M/D/1"]
    means = known.means(known.simulate(CUSTOMERS, 0), CUSTOMERS)[1]
    assert abs(distance([means], known.cells[1].expected).z) < LIMIT
    assert abs(distance([means], 0.97 * known.cells[1].expected).z) > LIMIT


def test_the_statistic_knows_few_batches_and_neighbours_that_are_alike() -> None:
    # Student's t with 19 degrees of freedom: 2.093 is its 97.5 % point (any printed table).
    assert as_normal(2.093, 19) == pytest.approx(1.96, abs=1e-3)
    assert as_normal(-2.093, 19) == pytest.approx(-1.96, abs=1e-3)
    rng = np.random.default_rng(3)
    alone = rng.normal(size=(500, 10, BATCHES))
    together = alone + np.roll(alone, 1, axis=2)
    for means in (alone, together):
        z = [distance([*runs], 0.0).z for runs in means]
        assert 0.02 < np.mean(np.abs(z) > 1.96) < 0.08


def test_batches_leave_out_the_warm_up_and_the_late() -> None:
    when = np.arange(1000)[::-1].copy()
    found = batch_means(when, when.astype(np.float64), 849)
    assert found[0] == np.arange(43, 43 + 40).mean()
    assert len(found) == BATCHES


def test_the_formulas_agree_where_they_meet() -> None:
    # M/M/2 with load 1: C = 1/3 (by hand: (1/2 * 2) / (1 + 1 + 1)).
    assert theory.erlang_c(1.0, 1.0, 2).share == pytest.approx(1 / 3)
    # M/M/1: rho and rho / (mu - lambda).
    assert theory.erlang_c(0.8, 1.0, 1) == theory.Waiting(pytest.approx(0.8), pytest.approx(4.0))
    assert theory.pollaczek_khinchine(0.8, theory.exponential(1.0)).mean == pytest.approx(4.0)
    assert theory.pollaczek_khinchine(0.8, theory.constant(1.0)).mean == pytest.approx(2.0)
    assert theory.renewal_arrivals(theory.erlang_arrivals(1, 0.8), 1.0).mean == pytest.approx(4.0)
    # Patience as long as service: the number present is that of M/M/inf, Poisson with mean 2.
    queue = sum((n - 3) * theory.poisson(n, 2.0) for n in range(4, 60))
    impatient = theory.erlang_a(2.0, 1.0, 3, 1.0)
    assert impatient.leaving == pytest.approx(queue / 2)
    assert impatient.waiting == pytest.approx(1 - exp(-2.0) * (1 + 2 + 2))
    # One class is no class; the first of two classes does not see the second but for the one in service.
    assert theory.cobham([0.8], [theory.constant(1.0)])[0].mean == pytest.approx(2.0)
    assert theory.cobham_servers([2.5], 1.0, 3)[0].mean == pytest.approx(theory.erlang_c(2.5, 1.0, 3).mean)
    assert theory.cobham([0.3, 0.5], [theory.constant(1.0)] * 2)[0].mean == pytest.approx(0.4 / 0.7)
    # Whoever waits more or less, the work ahead is the same: rates times waits add up (L. Kleinrock 1965).
    three = theory.cobham_servers([0.7, 0.9, 0.9], 1.0, 3)
    assert sum(r * w.mean for r, w in zip([0.7, 0.9, 0.9], three, strict=True)) == pytest.approx(
        2.5 * theory.erlang_c(2.5, 1.0, 3).mean
    )


def test_a_jackson_network_of_two_by_hand() -> None:
    # 1 an hour comes, half of those who leave the second station go back: 2 an hour through each.
    found = theory.jackson([1.0, 0.0], np.array([[0.0, 1.0], [0.5, 0.0]]), [4.0, 3.0], [1, 1])
    assert [one.visits for one in found] == pytest.approx([2.0, 2.0])
    assert [one.waiting.mean for one in found] == pytest.approx([0.25, 2 / 3])
    assert theory.jackson_stay(found, [4.0, 3.0]) == pytest.approx(1.0 + 2.0)


def test_nights_by_hand() -> None:
    draft = Draft()
    work = draft.calendar([(d * DAY + 8 * HOUR, d * DAY + 16 * HOUR) for d in range(9)])
    pool = draft.pool([Post(cal=work)])
    five, whole, nothing = (draft.dist(s.CONSTANT, hours) for hours in (5.0, 8.0, 0.0))
    for hours in (five, whole, nothing):
        draft.node(s.WORK, pool=pool, dist=hours, record=1)
    # Hours from the start at which a person comes, its node, and from when to when it is served.
    expected = [
        (7, 0, 8, 13),  # before the doors open
        (10, 0, 13, 24 + 10),  # three hours today, two tomorrow
        (20, 0, 24 + 10, 24 + 15),  # in the night
        (24 + 11, 0, 24 + 15, 48 + 12),
        (48 + 16, 0, 48 + 16, 72 + 13),  # in the moment of closing, before the doors: taken, begun in the morning
        (96 + 6, 1, 96 + 8, 96 + 16),  # a whole day ends in the moment of closing
        (120 + 3, 2, 120 + 8, 120 + 8),  # nothing to do, but somebody must be there
    ]
    for person, (come, node, _, _) in enumerate(expected):
        draft.start(node, person, come * HOUR)
    made = draft.finish(1)
    rows = rows_of(run(made.model, made.state, END_OF_TIME))
    found = [tuple(row) for row in rows[["asked", "node", "started", "ended"]]]
    assert found == [(a * HOUR, node, b * HOUR, c * HOUR) for a, node, b, c in expected]


def test_whoever_is_never_open_serves_nobody() -> None:
    draft = Draft()
    once = draft.calendar([(HOUR, 2 * HOUR)])
    draft.node(s.WORK, pool=draft.pool([Post(cal=once)]), dist=draft.dist(s.CONSTANT, 3.0), record=1)
    for person in range(3):
        draft.start(0, person)
    made = draft.finish(1)
    state = run(made.model, made.state, END_OF_TIME)
    assert (state.count[s.ROWS], state.count[s.ENDED]) == (0, 0)
    # One is being served for ever, since there is no second shift; two wait.
    assert Counter(state.token["state"][:3].tolist()) == {s.SERVING: 1, s.QUEUED: 2}
    assert state.pool["waiting"].tolist() == [2]


@pytest.mark.parametrize("prio", range(s.PRIORITIES))
def test_where_all_have_one_priority_there_is_none(prio: int) -> None:
    def rows(which: int) -> bytes:
        draft = Draft()
        pool = draft.pool([Post()] * 3)
        for _ in range(3):
            draft.node(s.WORK, pool=pool, dist=draft.dist(s.EXPONENTIAL, 1.0), prio=which, record=1)
        for node in range(3):
            source(draft, 0.9, node, 2000 * HOUR)
        made = draft.finish(5)
        found = rows_of(run(made.model, made.state, END_OF_TIME))
        by_start = found[np.lexsort((found["asked"], found["started"]))]
        assert np.all(np.diff(by_start["asked"]) >= 0), "first come, first served"
        assert len(found) > 5000
        return found.tobytes()

    assert rows(prio) == rows(0)


def test_nothing_happens_where_nobody_comes() -> None:
    draft = Draft()
    draft.node(s.WORK, pool=draft.pool([Post()]), dist=draft.dist(s.CONSTANT, 1.0), record=1)
    made = draft.finish(1)
    state = run(made.model, made.state, END_OF_TIME)
    assert not state.count.any()
    assert state.worker["listed"].tolist() == [1]


@pytest.mark.parametrize("patience", [False, True])
def test_where_nobody_works_all_wait_or_leave(patience: bool) -> None:
    draft = Draft()
    hours = draft.dist(s.EXPONENTIAL, 10.0)
    leave = {"patience": hours, "other": 1} if patience else {}
    draft.node(s.WORK, pool=draft.pool([]), dist=hours, record=1, **leave)
    draft.node(s.PASS, record=1)
    source(draft, 1.0, 0, 1000 * HOUR)
    made = draft.finish(1)
    state = run(made.model, made.state, END_OF_TIME)
    came, rows = int(state.count[s.NEXT_PERSON]), rows_of(state)
    assert 800 < came < 1200
    assert state.pool["waiting"][0] == (0 if patience else came)
    assert rows["node"].tolist() == ([1] * came if patience else [])


@pytest.mark.parametrize("rule", RULES)
def test_the_clock_never_runs_back_and_nobody_is_lost(rule: int) -> None:
    made = office(11, rule=rule)
    state, clock = made.state, 0
    for until in range(0, UNTIL + 1, UNTIL // 97):
        state = run(made.model, state, until)
        assert clock <= state.count[s.CLOCK] <= until
        clock = int(state.count[s.CLOCK])
        events = state.heap[: state.count[s.HEAP_SIZE]]
        assert events[:, 0].min() > until
        assert len(np.unique(events[:, 1])) == len(events)
        assert state.count[s.BORN] - state.count[s.ENDED] == np.sum(state.token["state"] != s.NOWHERE)
        assert state.pool["used"][1] == state.worker["used"].sum() == np.sum(state.held >= 0)
        waiting = state.pool["waiting"].sum() + state.pool["slot_waiting"].sum()
        assert waiting == np.isin(state.token["state"], (s.QUEUED, s.SLOT_QUEUED)).sum()
    rows = rows_of(state)
    assert np.all(np.diff(rows["ended"]) >= 0)
    assert np.all((rows["asked"] <= rows["started"]) & (rows["started"] <= rows["ended"]))
    assert len(rows) > 3000
