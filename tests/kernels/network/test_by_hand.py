"""Small networks whose every row can be worked out on paper; times in hours, all services constant."""

from __future__ import annotations

from typing import Any

import pytest

from casetrail.errors import WorldError
from casetrail.kernels.network import shape as s
from casetrail.kernels.network.loop import rows_of, run
from casetrail.kernels.network.make import Draft, People, Post

HOUR = s.HOUR_US
ONE = s.ONE * s.FEATURE


def rows(draft: Draft, *, persons: int = 10, until: float = 1000.0, **people: Any) -> list[tuple[float, ...]]:
    """(person, node, asked, started, ended, first worker) of each row."""
    made = draft.finish(1, People.plain(persons, **people))
    state = run(made.model, made.state, int(until * HOUR))
    return [
        (int(r["person"]), int(r["node"]), *(float(r[k]) / HOUR for k in ("asked", "started", "ended")),
         int(r["worker"][0]))
        for r in rows_of(state)
    ]  # fmt: skip


def at(draft: Draft, node: int, *hours: float) -> None:
    for person, hour in enumerate(hours):
        draft.start(node, person, int(hour * HOUR))


def test_one_after_the_other() -> None:
    draft = Draft()
    draft.node(s.WORK, pool=draft.pool([Post()]), dist=draft.dist(s.CONSTANT, 2.0), record=1)
    at(draft, 0, 0, 1, 7)
    assert rows(draft) == [(0, 0, 0, 0, 2, 0), (1, 0, 1, 2, 4, 0), (2, 0, 7, 7, 9, 0)]


def test_the_more_urgent_goes_first_and_nobody_is_interrupted() -> None:
    draft = Draft()
    pool, two = draft.pool([Post()]), draft.dist(s.CONSTANT, 2.0)
    for prio in (1, 0):
        draft.node(s.WORK, pool=pool, dist=two, prio=prio, record=1)
    draft.start(0, 0)
    draft.start(0, 1, 1 * HOUR)
    draft.start(1, 2, int(1.5 * HOUR))
    assert [(r[0], r[3]) for r in rows(draft)] == [(0, 0), (2, 2), (1, 4)]


def test_work_stops_at_night_and_goes_on_in_the_morning() -> None:
    draft = Draft()
    day = draft.calendar([(24 * d * HOUR + 9 * HOUR, 24 * d * HOUR + 17 * HOUR) for d in range(5)])
    draft.node(s.WORK, pool=draft.pool([Post(cal=day)]), dist=draft.dist(s.CONSTANT, 10.0), record=1)
    at(draft, 0, 3)
    # Begins at 9, eight hours that day, two on the next.
    assert rows(draft) == [(0, 0, 3, 9, 24 + 11, 0)]


def test_patience_ends_and_escalation_moves_forward() -> None:
    draft = Draft()
    pool, four = draft.pool([Post()]), draft.dist(s.CONSTANT, 4.0)
    draft.node(s.WORK, pool=pool, dist=four, prio=5, record=1)
    draft.node(s.WORK, pool=pool, dist=four, prio=5, record=1, patience=draft.dist(s.CONSTANT, 3.0), other=3)
    draft.node(s.WORK, pool=pool, dist=four, prio=6, record=1, escalate=2 * HOUR, prio_up=1)
    draft.node(s.PASS, record=1)
    draft.start(0, 0)
    draft.start(0, 1, int(0.5 * HOUR))
    draft.start(1, 2, int(0.6 * HOUR))
    draft.start(2, 3, int(0.7 * HOUR))
    # 2 gives up at 3.6; 3 becomes urgent at 2.7 and passes 1.
    assert [(r[0], r[1], r[3]) for r in rows(draft)] == [(2, 3, 3.6), (0, 0, 0), (3, 2, 4), (1, 0, 8)]


def test_a_joint_step_waits_for_the_last_of_its_agencies() -> None:
    draft = Draft()
    police, health = draft.pool([Post()]), draft.pool([Post()])
    draft.node(s.WORK, pool=[police, health], dist=draft.dist(s.CONSTANT, 1.0), record=1)
    draft.node(s.WORK, pool=health, dist=draft.dist(s.CONSTANT, 5.0), record=1)
    draft.node(s.WORK, pool=police, dist=draft.dist(s.CONSTANT, 1.0), record=1)
    draft.start(1, 0)
    draft.start(0, 1, HOUR)
    draft.start(2, 2, 2 * HOUR)
    # The officer of the joint step sits from 1 to 6 and waits: the police's own work of 2 begins at 6.
    assert [(r[0], r[2], r[3], r[4]) for r in rows(draft)] == [(0, 0, 0, 5), (1, 1, 5, 6), (2, 2, 6, 7)]


def test_a_slot_is_held_until_it_is_given_back() -> None:
    draft = Draft()
    pool = draft.pool([Post(slots=1)], holding=0)
    draft.node(s.TAKE, pool=pool, record=1, next=1)
    draft.node(s.DELAY, dist=draft.dist(s.CONSTANT, 10.0), next=2)
    draft.node(s.FREE, pool=pool, record=1)
    at(draft, 0, 0, 1)
    assert rows(draft) == [(0, 0, 0, 0, 0, 0), (1, 0, 1, 10, 10, 0), (0, 2, 10, 10, 10, -1), (1, 2, 20, 20, 20, -1)]


def test_a_leaver_s_case_is_taken_by_another() -> None:
    draft = Draft()
    pool = draft.pool(
        [Post(slots=2, until_us=5 * HOUR), Post(slots=2, from_us=8 * HOUR)], holding=0, realloc=2, leave=0.0
    )
    draft.node(s.TAKE, pool=pool, record=1, next=1)
    draft.node(s.WORK, pool=pool, own=1, dist=draft.dist(s.CONSTANT, 20.0), record=1)
    draft.node(s.TAKE, pool=pool, record=1)
    at(draft, 0, 0)
    found = rows(draft)
    # The first worker is busy with the case until 20 and leaves then; the second has come at 8 (generation 1).
    assert found == [(0, 0, 0, 0, 0, 0), (0, 1, 0, 0, 20, 0), (0, 2, 20, 20, 20, 1 + 2**20)]


def test_costs_are_hours_times_price_and_administration_takes_time_not_money() -> None:
    draft = Draft()
    pool = draft.pool([Post()], rate=1.5, cost=0, price=40.0)
    draft.node(s.WORK, pool=pool, dist=draft.dist(s.CONSTANT, 2.0), record=1)
    draft.start(0, 0)
    made = draft.finish(1, registers=[5.0])
    state = run(made.model, made.state, 100 * HOUR)
    assert rows_of(state)["ended"].tolist() == [3 * HOUR]
    assert state.register.tolist() == [85.0]


def test_a_stale_token_is_passed_over() -> None:
    draft = Draft()
    pool, four = draft.pool([Post()]), draft.dist(s.CONSTANT, 4.0)
    draft.node(s.WORK, pool=pool, dist=four, record=1)
    draft.node(s.CANCEL, kind=0)
    draft.start(0, 0, 0)
    draft.start(0, 1, HOUR, kind=0)
    draft.start(0, 2, 2 * HOUR)
    draft.start(1, 1, 3 * HOUR)
    assert [(r[0], r[3]) for r in rows(draft, kinds=1)] == [(0, 0), (2, 4)]


def test_a_race_is_won_by_whichever_comes_first() -> None:
    draft = Draft()
    draft.node(s.RACE, expr=draft.expr((0.0, ONE)), dist=draft.dist(s.CONSTANT, 7.0), record=1, next=1, other=2)
    draft.node(s.PASS, record=1)
    draft.node(s.PASS, record=1)
    at(draft, 0, 0)
    assert rows(draft) == [(0, 2, 7, 7, 7, -1)], "a rate of 0 never comes: the cap does"


def test_a_token_that_goes_round_without_waiting_is_refused() -> None:
    draft = Draft()
    draft.node(s.PASS, next=1)
    draft.node(s.PASS, next=0)
    draft.start(0, 0, HOUR)
    made = draft.finish(1)
    with pytest.raises(WorldError, match="1000 nodes without waiting"):
        run(made.model, made.state, 2 * HOUR)
