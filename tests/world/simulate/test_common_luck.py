"""Two staffings of the made-up authority under one seed share their children's luck: the difference is sharp."""

from __future__ import annotations

import datetime as dt

import numpy as np
import numpy.typing as npt

from casetrail.world.describe.parameters import scenario, settings
from casetrail.world.simulate.authority import Plan, put_together, simulate

PAIRS = 100
BEFORE = {"staff.margin": 0.0, "staff.assessment.per_1000": 1.0, "staff.safeguarding.per_1000": 2.0}
# For 2,000 children: three workers assess in place of two, three safeguard in place of four.
AFTER = {"staff.margin": 0.0, "staff.assessment.per_1000": 1.5, "staff.safeguarding.per_1000": 1.5}


def outcome(changes: dict[str, float], seed: int) -> npt.NDArray[np.float64]:
    """Mean need and mean harm of all children at the end."""
    values = settings(scenario("fair"), changes=changes)
    authority = put_together(Plan(2_000, 3.0, seed, dt.date(2019, 4, 1), values, records=False))
    columns = [authority.people.column[name] for name in ("need", "harm")]
    mean: npt.NDArray[np.float64] = simulate(authority).person[:, columns].mean(axis=0)
    return mean


def test_one_moved_worker_is_seen_ten_times_sharper_with_common_luck() -> None:
    before = np.array([outcome(BEFORE, seed) for seed in range(PAIRS)])
    same = np.array([outcome(AFTER, seed) for seed in range(PAIRS)])
    others = np.array([outcome(AFTER, seed) for seed in range(PAIRS, 2 * PAIRS)])
    need, harm = np.var(before - others, axis=0, ddof=1) / np.var(before - same, axis=0, ddof=1)
    assert need >= 10.0
    assert harm >= 10.0
