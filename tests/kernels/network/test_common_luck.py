"""Two designs under the same seed share their luck: the difference between them is seen much more sharply."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from casetrail.kernels.network import shape as s
from casetrail.kernels.network.loop import rows_of, run
from casetrail.kernels.network.make import Draft, Made, People, Post

from .known import END_OF_TIME, HOUR

PERSONS = 1_500
HOURS = 1_000.0
PAIRS = 250
TIMES = 10


def design(carers: int, reviewers: int) -> Made:
    """Persons come evenly at random, are held by a carer with slots, visited, reviewed, and sent back at times."""
    draft = Draft()
    many = draft.pool([Post(slots=8)] * carers, holding=0)
    few = draft.pool([Post()] * reviewers)
    come, visit, pause, review = (
        draft.dist(*law)
        for law in (
            (s.UNIFORM_BETWEEN, 0.0, HOURS),
            (s.LOGNORMAL, 0.8, 0.6),
            (s.EXPONENTIAL, 6.0),
            (s.EXPONENTIAL, 1.1),
        )
    )
    again, back = (draft.expr((share, s.ONE * s.FEATURE)) for share in (0.5, 0.25))
    draft.node(s.DELAY, dist=come, next=1)
    draft.node(s.PASS, record=1, next=2)
    draft.node(s.TAKE, pool=many, next=3)
    draft.node(s.WORK, pool=many, own=1, dist=visit, next=4)
    draft.node(s.CHANCE, expr=again, next=5, other=6)
    draft.node(s.DELAY, dist=pause, next=3)
    draft.node(s.WORK, pool=few, dist=review, next=7)
    draft.node(s.CHANCE, expr=back, next=5, other=8)
    draft.node(s.FREE, pool=many, record=1)
    for person in range(PERSONS):
        draft.start(0, person)
    return draft.finish(0, People.plain(PERSONS))


def mean_stay(made: Made, seed: int) -> float:
    """Hours from coming to the end, mean over all persons."""
    state = s.State(*(array.copy() for array in made.state))
    model = made.model._replace(key=np.array([seed, 0], dtype=np.uint32))
    rows = rows_of(run(model, state, END_OF_TIME))
    assert len(rows) == 2 * PERSONS
    came, went = (rows["ended"][rows["node"] == node].astype(np.float64) for node in (1, 8))
    return float(went.mean() - came.mean()) / HOUR


def test_the_same_seed_makes_the_difference_of_one_moved_worker_ten_times_sharper() -> None:
    before, after = design(6, 3), design(5, 4)
    stays: npt.NDArray[np.float64] = np.array([mean_stay(before, seed) for seed in range(PAIRS)])
    moved = np.array([mean_stay(after, seed) for seed in range(PAIRS)])
    others = np.array([mean_stay(after, seed) for seed in range(PAIRS, 2 * PAIRS)])
    ratio = float(np.var(stays - others, ddof=1) / np.var(stays - moved, ddof=1))
    assert ratio >= TIMES
