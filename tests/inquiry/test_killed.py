"""An import killed at any moment: the store opens, and the next run gives what an undisturbed one gives.

Six moments here; `just fuzz` takes fifty of a larger import.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "bench" / "fuzz"))

from kill import study


def test_killed_at_six_moments(tmp_path: Path) -> None:
    _, found = study(6, rows=2_000, seed=1, folder=tmp_path)
    assert [(one.moment, one.faults) for one in found if one.faults] == []
    assert sum(one.hit for one in found) >= 3
