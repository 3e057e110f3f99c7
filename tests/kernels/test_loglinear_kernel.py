"""Sums over subsets and supersets, and the small linear program: against the obvious, and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from casetrail.kernels.loglinear import simplex, tables


@given(st.integers(1, 6), st.integers(0, 2**32))
def test_sums_over_subsets_and_supersets(k: int, seed: int) -> None:
    values = np.random.default_rng(seed).integers(-9, 10, 1 << k).astype(np.float64)
    below, above = values.copy(), values.copy()
    tables.over_subsets(below)
    tables.over_supersets(above)
    places = range(1 << k)
    assert below.tolist() == [sum(values[s] for s in places if s & c == s) for c in places]
    assert above.tolist() == [sum(values[s] for s in places if s & c == c) for c in places]
    assert tables.margins(values).tolist() == above.tolist()


def test_a_term_that_nobody_has_takes_its_places_with_it() -> None:
    counts = np.array([0, 40, 30, 6, 20, 0, 0, 0], dtype=np.float64)
    kept, live = np.zeros(6, dtype=np.int64), np.zeros(8, dtype=np.bool_)
    n = tables.split(np.array([1, 2, 4, 3, 5]), tables.margins(counts), kept, live)
    assert kept[:n].tolist() == [0, 1, 2, 4, 3]
    assert np.flatnonzero(live).tolist() == [1, 2, 3, 4, 6]


@pytest.mark.parametrize(
    ("rows", "target", "said"),
    [
        # One column: weights of 0 or more reach what lies on the same side, and nothing at once.
        ([[1.0], [2.0]], [3.0], simplex.REACHED),
        ([[1.0], [2.0]], [-3.0], simplex.APART),
        ([[1.0], [2.0]], [0.0], simplex.REACHED),
        # The corner between (1, 0) and (1, 1): its edge is in it, (0, 1) is not.
        ([[1.0, 0.0], [1.0, 1.0]], [2.0, 2.0], simplex.REACHED),
        ([[1.0, 0.0], [1.0, 1.0]], [2.0, 1.0], simplex.REACHED),
        ([[1.0, 0.0], [1.0, 1.0]], [0.0, 1.0], simplex.APART),
    ],
)
def test_reaches_by_hand(rows: list[list[float]], target: list[float], said: int) -> None:
    assert simplex.reaches(np.array(rows), np.array(target)) == said


@given(st.integers(1, 5), st.integers(1, 12), st.integers(0, 2**32))
def test_reaches_is_what_a_general_solver_says(q: int, m: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows, target = rng.integers(-2, 3, (m, q)).astype(np.float64), rng.integers(-2, 3, q).astype(np.float64)
    found = linprog(np.zeros(m), A_eq=rows.T, b_eq=target, method="highs")
    assert simplex.reaches(rows, target) == (simplex.REACHED if found.status == 0 else simplex.APART)
