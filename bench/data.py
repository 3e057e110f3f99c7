"""Random trails of a made-up place, from a seed: what the benches measure on.

Nobody in it exists. Five agencies with six teams each, twenty activities with uneven frequencies, ten events a
person on average (at least one), gaps from minutes to months; the next event stays with team and agency about
as often as in a real log, one event in fifty sends the case on, three in a hundred close it. Rows arrive in the
order of time, so one person's events lie apart, as when agencies' files are read one by one.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

AGENCIES = 5
TEAMS = 30
ACTIVITIES = 20
FIRST_TEAM_NO = AGENCIES + 1
START_US = 1_136_073_600_000_000  # 2006-01-01
SPAN_US = 3 * 365 * 86_400_000_000
# Of moves to the next event in the public incident log of BPI Challenge 2013, 84 in 100 stay with the team and 92
# with the organisation (shared/data/trails: 9,454 and 4,350 hand-offs in 57,979 moves).
STAYS = 0.84
STAYS_IN_AGENCY = 0.5
CHUNK_EVENTS = 10_000_000

# What build_trail reads: the shape of trail/sql/event.sql.
CODED = pa.schema(
    [
        ("row_no", pa.int64()),
        ("person_no", pa.int32()),
        ("at_us", pa.int64()),
        ("end_us", pa.int64()),
        ("recorded_us", pa.int64()),
        ("rank", pa.int16()),
        ("month_no", pa.int32()),
        ("to_the_day", pa.bool_()),
        ("activity_no", pa.int32()),
        ("state_no", pa.int32()),
        ("case_type_no", pa.int32()),
        ("agency_no", pa.int32()),
        ("team_no", pa.int32()),
        ("passed_to_no", pa.int32()),
        ("incident_no", pa.int32()),
        ("worker_no", pa.int32()),
        ("closing", pa.bool_()),
    ]
)


def _months(at_us: np.ndarray) -> np.ndarray:
    return (at_us.astype("datetime64[us]").astype("datetime64[M]").astype(np.int64) + 1970 * 12).astype(np.int32)


def _nullable(values: np.ndarray, share_known: float, rng: np.random.Generator) -> pa.Array:
    return pa.array(values.astype(np.int32), mask=rng.random(len(values)) >= share_known)


def _teams(person: np.ndarray, at_us: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Team 0 to 29 of each event: the next event of a person stays with the team as often as in the real log."""
    events = len(person)
    order = np.lexsort((at_us, person))
    first = np.ones(events, dtype=bool)
    first[1:] = person[order][1:] != person[order][:-1]
    moves = first | (rng.random(events) >= STAYS)
    leaves = first | (moves & (rng.random(events) >= STAYS_IN_AGENCY))
    place = np.arange(events)
    agency = rng.integers(0, AGENCIES, events)[np.maximum.accumulate(np.where(leaves, place, 0))]
    within = rng.integers(0, TEAMS // AGENCIES, events)[np.maximum.accumulate(np.where(moves, place, 0))]
    team = np.empty(events, dtype=np.int64)
    team[order] = within * AGENCIES + agency
    return team


def chunk(first_person: int, persons: int, events: int, *, first_row: int, rng: np.random.Generator) -> pa.Table:
    """`events` coded events of `persons` persons numbered from `first_person`, in the order of time."""
    extra = rng.integers(0, persons, events - persons)
    person = np.concatenate([np.arange(persons), extra]).astype(np.int32)
    begun = rng.integers(0, SPAN_US, persons)
    # A long-tailed delay after the first contact; whole seconds, and one agency in five records days only.
    delay = rng.exponential(120.0, events) * rng.exponential(1.0, events)
    at_us = START_US + begun[person] + (delay * 86_400).astype(np.int64) * 1_000_000
    team = _teams(person, at_us, rng)
    agency = team % AGENCIES
    to_the_day = agency == 0
    at_us = np.where(to_the_day, at_us - at_us % 86_400_000_000, at_us)
    weight = 1.0 / np.arange(1, ACTIVITIES + 1)
    activity = rng.choice(ACTIVITIES, events, p=weight / weight.sum())
    order = np.argsort(at_us, kind="stable")
    person, at_us, team, agency, to_the_day, activity = (
        column[order] for column in (person, at_us, team, agency, to_the_day, activity)
    )
    known = np.ones(events, dtype=bool)
    columns = {
        "row_no": pa.array(np.arange(first_row, first_row + events)),
        "person_no": pa.array(person + np.int32(first_person)),
        "at_us": pa.array(at_us),
        "end_us": pa.array(at_us + 3_600_000_000, mask=rng.random(events) >= 0.3),
        "recorded_us": pa.array(at_us + rng.integers(0, 5 * 86_400_000_000, events), mask=rng.random(events) >= 0.5),
        "rank": pa.array(np.zeros(events, dtype=np.int16)),
        "month_no": pa.array(_months(at_us)),
        "to_the_day": pa.array(to_the_day),
        "activity_no": pa.array((activity + 1).astype(np.int32)),
        "state_no": pa.array((activity % 8 + ACTIVITIES + 1).astype(np.int32)),
        "case_type_no": pa.array((person % 4 + ACTIVITIES + 9).astype(np.int32), mask=~known),
        "agency_no": pa.array((agency + 1).astype(np.int32)),
        "team_no": _nullable(team + FIRST_TEAM_NO, 0.98, rng),
        "passed_to_no": _nullable(rng.integers(1, AGENCIES + TEAMS + 1, events), 0.02, rng),
        "incident_no": _nullable(rng.integers(1, events, events), 0.3, rng),
        "worker_no": _nullable(rng.integers(1, 5_000, events), 0.9, rng),
        "closing": pa.array(rng.random(events) < 0.03),
    }
    return pa.table(columns).cast(CODED)


def coded_events(events: int, persons: int, *, seed: int = 7) -> Iterator[pa.Table]:
    """The coded events in chunks of at most ten million, persons not shared between chunks."""
    rng = np.random.default_rng(seed)
    pieces = max(1, round(events / CHUNK_EVENTS))
    edges_e = np.linspace(0, events, pieces + 1).astype(int)
    edges_p = np.linspace(0, persons, pieces + 1).astype(int)
    for i in range(pieces):
        yield chunk(
            int(edges_p[i]) + 1,
            int(edges_p[i + 1] - edges_p[i]),
            int(edges_e[i + 1] - edges_e[i]),
            first_row=int(edges_e[i]),
            rng=rng,
        )
