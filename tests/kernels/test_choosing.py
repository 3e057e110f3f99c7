"""The Poisson fit, the rank of rows and the tail of a count, against hand calculations and SciPy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson

from casetrail.kernels.choosing.poisson import full_rank, log_tail, newton


def test_two_lists_have_the_estimate_of_petersen() -> None:
    """Columns 1, list 1, list 2 over cells 10, 01, 11 with 20, 30, 10: 20 * 30 / 10 = 60 hidden."""
    design = np.array([[1.0, 1.0, 0.0], [1.0, 0.0, 1.0], [1.0, 1.0, 1.0]])
    beta, mean, rest = newton(design, np.array([20.0, 30.0, 10.0]))
    assert rest
    assert math.exp(beta[0]) == pytest.approx(60.0, rel=1e-10)
    assert mean == pytest.approx([20.0, 30.0, 10.0])


@given(st.integers(0, 2**31 - 1), st.integers(1, 6), st.integers(1, 9))
def test_rank_is_that_of_the_singular_values(seed: int, columns: int, rows: int) -> None:
    rng = np.random.default_rng(seed)
    design = rng.integers(0, 2, size=(rows, columns)).astype(np.float64)
    held = rng.random(rows) < 0.8
    rank = int(np.linalg.matrix_rank(design[held])) if held.any() else 0
    assert full_rank(design, held) == (rank == columns)


@given(st.integers(0, 3000), st.floats(1e-3, 3000.0))
def test_the_tail_is_that_of_the_poisson_law(count: int, mean: float) -> None:
    side = poisson.logsf(count - 1, mean) if count > mean else poisson.logcdf(count, mean)
    # SciPy's own tails go to 0 before ours do.
    if np.isfinite(side) and side > -600:
        assert log_tail(count, mean) == pytest.approx(float(side), rel=1e-9, abs=1e-9)


def test_nothing_is_as_odd_as_something_where_nothing_can_be() -> None:
    assert log_tail(0, 0.0) == 0.0
    assert log_tail(1, 0.0) == -math.inf
