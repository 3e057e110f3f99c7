"""Every reader on files spoilt by bytes, and on files spoilt cell by cell whose rows are counted beforehand.

The inputs are those of `just fuzz`, which reads a hundred thousand of them under a watchdog.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[2] / "bench" / "fuzz"))

from seeds import readers
from spoil import once

READERS = readers()


@pytest.mark.parametrize("reader", READERS)
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**48))
def test_no_crash_and_no_lost_row(tmp_path: Path, reader: str, seed: int) -> None:
    case = READERS[reader](random.Random(seed))
    outcome = once(case, tmp_path / "one")
    assert not outcome.startswith("FAULT"), (outcome, case)


def test_rows_are_counted_beforehand(tmp_path: Path) -> None:
    """A maker that never knew its count would prove nothing."""
    for reader, make in READERS.items():
        cases = [make(random.Random(seed)) for seed in range(12)]
        assert any(case.rows for case in cases), reader
        assert any(case.rows is None for case in cases), reader
