"""The event loop and SimPy on the same named subset: desk, priorities, impatience, slots, visits, feedback.

The networks are those of the bench, where speed is compared; here only what they find.
"""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("simpy", reason="SimPy is not installed")
sys.path.insert(0, str(Path(__file__).parents[3] / "bench"))

from network_models import Cases, means_of
from network_twins import SimPyCases

HOURS, SEEDS = 500.0, 10


@cache
def ours() -> list[dict[str, float]]:
    return [Cases().found(HOURS, seed) for seed in range(SEEDS)]


def distances(other: Cases) -> dict[str, float]:
    """How many standard errors apart the means over the seeds lie, the loop's and SimPy's."""
    theirs = []
    for seed in range(SEEDS):
        simulation = SimPyCases(other, 100 + seed)
        simulation.run(HOURS)
        theirs.append(means_of(simulation.table()))
    found = {}
    for name in ours()[0]:
        a, b = (np.array([one[name] for one in side]) for side in (ours(), theirs))
        found[name] = float((a.mean() - b.mean()) / np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / SEEDS))
    return found


def test_both_find_the_same() -> None:
    # Ten figures, 18 degrees of freedom: one beyond 4 by chance in one of 120 sets of seeds; the seeds are fixed.
    assert max(map(abs, distances(Cases()).values())) < 4


@pytest.mark.parametrize(
    ("other", "figure"),
    [
        (Cases(desk=6), "wait at the desk"),
        (Cases(slots=7), "wait for a slot"),
        (Cases(again=0.7), "visits in all"),
        (Cases(patience=8.0), "share who gave up"),
    ],
)
def test_a_difference_between_them_would_be_seen(other: Cases, figure: str) -> None:
    assert abs(distances(other)[figure]) > 4
