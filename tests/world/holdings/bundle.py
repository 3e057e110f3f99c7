"""A small hand-made bundle of what happened: many persons, few kinds of event, nothing simulated."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from casetrail.world.holdings import Happened
from casetrail.world.holdings.clock import day_begins, day_ends

STARTED, ENDED = date(2020, 1, 1), date(2022, 12, 31)
AGENCIES = (
    "police",
    "social care",
    "health",
    "school",
    "court",
    "housing",
    "adult care",
    "advocacy",
    "parents' service",
)
ACTIVITIES = ("call received", "visit", "assessment", "case closed")
DAY = 86_400_000_000
HOUR = 3_600_000_000


def happened(persons: int = 600, *, each: int = 12, seed: int = 1, agencies: tuple[str, ...] = AGENCIES) -> Happened:
    """`each` events per person on average, spread over the agencies; households of up to four; some unborn at first."""
    rng = np.random.default_rng(seed)
    household = np.sort(rng.integers(0, max(1, persons // 2), persons)) + 100
    begin = day_begins(STARTED)
    born = (
        rng.integers(date(2004, 1, 1).toordinal(), date(2021, 12, 31).toordinal(), persons)
        - date(1970, 1, 1).toordinal()
    )
    # Twins: a third of those who follow another of their household.
    twin = np.concatenate([[False], (household[1:] == household[:-1]) & (rng.random(persons - 1) < 0.33)])
    born[twin] = born[np.flatnonzero(twin) - 1]
    person = np.sort(rng.permutation(persons * 3)[:persons])
    return Happened(
        event=_events(rng, person, household, rows=persons * each, agencies=agencies),
        involvement=_involvements(rng, person, rows=persons, agencies=agencies),
        person=pa.table(
            {
                "person": pa.array(person.astype(np.int32)),
                "household": pa.array(household.astype(np.int32)),
                "born": pa.array(born.astype(np.int32)).cast(pa.date32()),
                "sex": pa.array(np.where(rng.random(persons) < 0.5, "female", "male")),
                "need_at_start": pa.array(rng.random(persons)),
            }
        ),
        told=_incidents(rng, person[20:25], first=2_000_000),
        hidden=_incidents(rng, person[:20], first=1_000_000),
        mistaken=_incidents(rng, person[25:28], first=3_000_000).drop_columns(["kind", "harm"]),
        waits=pa.table(
            {
                "person": pa.array(person[:20].astype(np.int32)),
                "node": pa.array(["assessment"] * 20),
                "asked_us": pa.array(np.full(20, begin)),
                "started_us": pa.array(np.full(20, begin + 48 * HOUR)),
                "ended_us": pa.array(np.full(20, begin + 50 * HOUR)),
                "no_worker": pa.array(np.full(20, 48.0)),
            }
        ),
        workers=pa.table(
            {
                "worker": pa.array(["W0", "W1"]),
                "agency": pa.array([agencies[0]] * 2),
                "pool": pa.array(["duty"] * 2),
                "post": pa.array([0, 0], pa.int32()),
                "generation": pa.array([0, 1], pa.int32()),
                "leniency": pa.array([None, -0.25]),
            }
        ),
        weeks=pa.table(
            {
                "authority": pa.array([0], pa.int32()),
                "first_day": pa.array([STARTED]),
                "from_us": pa.array([begin]),
                "season": pa.array([0.5]),
                "log_rate": pa.array([0.2]),
            }
        ),
        coefficients={"load": 0.5, "fee": 0.0},
        parameters={"load": 0.5, "fee": 0.0, "hours": {"dist": "exponential", "mean": 2.0}, "days": ["01-01 01-03"]},
        changed={"load": {"from": 0.0, "to": 0.5}},
        shape={"children": persons, "started": STARTED.isoformat()},
        scenario="hand-made",
        seed=seed,
        started=STARTED,
        ended=ENDED,
    )


def _incidents(rng: np.random.Generator, person: Any, *, first: int) -> pa.Table:
    count = len(person)
    return pa.table(
        {
            "person": pa.array(person.astype(np.int32)),
            "incident": pa.array(np.arange(count) + first),
            "at_us": pa.array(rng.integers(day_begins(STARTED), day_ends(ENDED), count)),
            "kind": pa.array(["harm to a child"] * count, pa.string()),
            "harm": pa.array(rng.random(count)),
        }
    )


def _events(rng: np.random.Generator, person: Any, household: Any, *, rows: int, agencies: tuple[str, ...]) -> pa.Table:
    which = rng.integers(0, len(person), rows)
    begin, end = day_begins(STARTED), day_ends(ENDED)
    at = rng.integers(begin, end + 1, rows)
    incident = at // (30 * DAY) * 100_000 + household[which]
    activity = rng.integers(0, len(ACTIVITIES), rows)
    closed = activity == 3
    return pa.table(
        {
            "at_us": pa.array(at),
            "end_us": pa.array(np.minimum(at + 2 * HOUR, end), mask=rng.random(rows) < 0.5),
            "person": pa.array(person[which].astype(np.int32)),
            "household": pa.array(household[which].astype(np.int32)),
            "incident": pa.array(incident, mask=rng.random(rows) < 0.3),
            "episode": pa.array(which.astype(np.int64), mask=rng.random(rows) < 0.3),
            "agency": pa.array(np.array(agencies, dtype=object)[rng.integers(0, len(agencies), rows)]),
            "team": pa.array(["duty, north"] * rows),
            "worker": pa.array([f"W{n}" for n in rng.integers(0, 50, rows).tolist()]),
            "activity": pa.array(np.array(ACTIVITIES, dtype=object)[activity]),
            "severity": pa.array(rng.normal(size=rows)),
            "closing_code": pa.array(np.where(closed, "advice", None).astype(object)),
            "reported_by_role": pa.array(np.where(activity == 0, "neighbour", None).astype(object)),
            "told_by": pa.array(np.where(activity == 0, "heard", None).astype(object)),
            "asked_us": pa.array(at - HOUR, mask=~closed),
        }
    )


def _involvements(rng: np.random.Generator, person: Any, *, rows: int, agencies: tuple[str, ...]) -> pa.Table:
    begin, end = day_begins(STARTED), day_ends(ENDED)
    start = rng.integers(begin - 30 * DAY, end, rows)
    return pa.table(
        {
            "person": pa.array(person[rng.integers(0, len(person), rows)].astype(np.int32)),
            "agency": pa.array(np.array(agencies, dtype=object)[rng.integers(0, len(agencies), rows)]),
            "worker": pa.array(["W1"] * rows),
            "role": pa.array(np.where(rng.random(rows) < 0.8, "holder", "advocate")),
            "from_us": pa.array(start),
            "to_us": pa.array(np.maximum(start + 60 * DAY, begin), mask=rng.random(rows) < 0.3),
            "reason_end": pa.array(["moved on"] * rows),
        }
    )


def with_column(made: Happened, table: str, name: str, column: pa.Array) -> Happened:
    """The bundle with one column of one of its tables put in its place."""
    whole: pa.Table = getattr(made, table)
    if name in whole.column_names:
        whole = whole.set_column(whole.column_names.index(name), name, column)
    else:
        whole = whole.append_column(name, column)
    return replace(made, **{table: whole})
