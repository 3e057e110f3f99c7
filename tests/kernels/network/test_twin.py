"""The event loop and its plain twin, event for event, on random models.

CASETRAIL_TWIN_MODELS says how many random models (300 if not said; 10,000 have been run for each release).
"""

from __future__ import annotations

import datetime as dt
import os
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from casetrail.errors import WorldError
from casetrail.kernels.network import shape as s
from casetrail.kernels.network.loop import rows_of, run
from casetrail.kernels.network.make import Draft, Made, People
from casetrail.kernels.network.plain import Plain
from casetrail.world.describe.parameters import scenario as scenario_named
from casetrail.world.describe.parameters import settings as settings_of
from casetrail.world.simulate.authority import Plan, put_together

from .known_all import ALL
from .random_models import end_of, fresh, random_model
from .varied import RULES, UNTIL, office

MODELS = int(os.environ.get("CASETRAIL_TWIN_MODELS", "300"))
STOPS = 6
WORKER_FLAGS = ("here", "well", "open", "listed", "leaving", "sickening")


def rows(state: s.State) -> list[tuple[Any, ...]]:
    names = ("asked", "started", "ended", "root", "person", "node", "serial", "worker", "mark")
    columns = [rows_of(state)[name].tolist() for name in names]
    return [(*row[:7], tuple(row[7]), row[8]) for row in zip(*columns, strict=True)]


def of_kernel(state: s.State) -> dict[str, Any]:
    """All that both can say, as plain values."""
    count, heap = state.count, state.heap[: state.count[s.HEAP_SIZE]].tolist()
    return {
        "counts": [int(count[i]) for i in (s.EVENTS, s.SEQ, s.BORN, s.ENDED, s.NEXT_PERSON)],
        "rows": rows(state),
        "pending": sorted((at, seq, what & 15) for at, seq, what in heap),
        "person": state.person.tolist(),
        "house": state.house.tolist(),
        "register": state.register.tolist(),
        "held": state.held.tolist(),
        "epoch": state.epoch.tolist(),
        "pools": [[int(v) for v in (p["waiting"], p["posted"], p["slots"], p["used"])] for p in state.pool],
        "workers": [[bool(w[k]) for k in WORKER_FLAGS] for w in state.worker],
        "lenient": state.worker["lenient"].tolist(),
    }  # fmt: skip


def of_twin(twin: Plain) -> dict[str, Any]:
    return {
        "counts": [twin.events, twin.seq, twin.born, twin.ended, twin.next_person],
        "rows": twin.rows,
        "pending": sorted((at, seq, kind) for at, seq, kind, _, _ in twin.heap),
        "person": twin.person,
        "house": twin.house,
        "register": twin.register,
        "held": [[w.number if w else -1 for w in held] for held in twin.held],
        "epoch": twin.epoch,
        "pools": [[p.waiting, p.posted, p.slots, p.used] for p in twin.pools],
        "workers": [[w.here, w.well, w.open, w in w.pool.idle, w.leaving, w.sickening] for w in twin.workers],
        "lenient": [w.lenient for w in twin.workers],
    }


def agree(made: Made, until: int, stops: int = STOPS) -> None:
    """Both are stopped at the same times and must be the same there in all that they hold."""
    twin, state = Plain(made.model, fresh(made)), fresh(made)
    for stop in sorted({*np.linspace(0, until, stops, dtype=np.int64).tolist(), until}):
        twin.run(stop)
        state = run(made.model, state, stop)
        one, other = of_kernel(state), of_twin(twin)
        for name in one:
            assert one[name] == other[name], (name, stop)
        in_use = int(np.sum(state.token["state"] != s.NOWHERE))
        assert state.count[s.BORN] - state.count[s.ENDED] == in_use == len(twin.tokens)


@settings(max_examples=MODELS, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
def test_random_models_agree_event_for_event(dice: Random) -> None:
    made = random_model(dice)
    until, endless = end_of(made)
    if endless:
        with pytest.raises(WorldError, match="without waiting"):
            run(made.model, fresh(made), until)
        until -= 1
    assume(until >= 0)
    agree(made, until)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_office_agrees(rule: int, seed: int) -> None:
    agree(office(seed, rule=rule, persons=200), UNTIL, stops=20)


@pytest.mark.parametrize("name", sorted(ALL))
def test_networks_with_known_answers_agree(name: str) -> None:
    known = ALL[name]
    agree(known.make(known.until(300), known.seed(3)), s.NEVER - 1)


@pytest.mark.parametrize("scenario", ["fair", "rationed", "gamed-deadlines", "harassed-household", "bounced"])
def test_the_made_up_authority_agrees(scenario: str) -> None:
    values = settings_of(scenario_named(scenario))
    plan = Plan(150, 1.0, 5, dt.date(2019, 4, 1), values)
    agree(put_together(plan).made, plan.end_us, stops=12)


def test_much_at_one_instant_agrees() -> None:
    """Arrays grow while thousands of events stand in line for the same time."""
    draft = Draft()
    many = 30
    for number in range(many):
        draft.node(s.SPAWN, other=many, next=number + 1)
    draft.node(s.DELAY, dist=draft.dist(s.EXPONENTIAL, 1.0), record=1)
    for person in range(200):
        draft.start(0, person, s.HOUR_US)
    made = draft.finish(1, People.plain(200))
    before = len(made.state.heap)
    agree(made, 10 * s.HOUR_US)
    after = run(made.model, fresh(made), 10 * s.HOUR_US)
    assert len(after.heap) > before
    assert after.count[s.BORN] == 200 * (many + 1)
