"""Intervals of a proportion against published tables."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetrail.stats.intervals import exact, normal_quantile, wilson


@pytest.mark.parametrize(
    ("x", "n", "level", "low", "high"),
    [
        # PHEindicatormethods 2.1.0, its own test table testdata_b_w (method Wilson).
        (65, 100, 0.95, 0.5525444329688797, 0.7363575175690247),
        (1045, 5000, 0.95, 0.19795549880013297, 0.22049130373189027),
        (65, 100, 0.998, 0.4954946574070431, 0.7783540614089697),
        (1045, 5000, 0.998, 0.19179381799015244, 0.22731562902525818),
    ],
)
def test_wilson_against_phe_indicator_methods(x: int, n: int, level: float, *, low: float, high: float) -> None:
    assert (low, high) == pytest.approx(wilson(x, n, level), abs=1e-12)


@pytest.mark.parametrize(
    ("x", "n", "low", "high"),
    [
        # Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 5 (Clopper-Pearson), 4 decimals.
        (81, 263, 0.2527, 0.3676),
        (15, 148, 0.0578, 0.1617),
        (0, 20, 0.0000, 0.1684),
        (1, 29, 0.0009, 0.1776),
    ],
)
def test_exact_against_newcombe(x: int, n: int, low: float, high: float) -> None:
    assert (low, high) == pytest.approx(exact(x, n), abs=0.00005)


counts = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts, st.sampled_from([0.8, 0.95, 0.998]))
def test_intervals_hold_the_proportion_and_mirror(xn: tuple[int, int], level: float) -> None:
    x, n = xn
    for method in (wilson, exact):
        low, high = method(x, n, level)
        assert 0 <= low <= x / n <= high <= 1
        mirrored = method(n - x, n, level)
        assert (1 - high, 1 - low) == pytest.approx(mirrored, abs=1e-9)


@pytest.mark.parametrize(("x", "n"), [(1, 0), (-1, 5), (6, 5)])
def test_no_proportion_no_interval(x: int, n: int) -> None:
    for method in (wilson, exact):
        with pytest.raises(ValueError, match="proportion"):
            method(x, n)


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0])
def test_a_level_is_a_probability(level: float) -> None:
    with pytest.raises(ValueError, match="level"):
        normal_quantile(level)
