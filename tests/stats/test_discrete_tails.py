"""Tails of counts and counts at a tail: beside sums of single chances, and beside SciPy's distributions."""

from __future__ import annotations

from math import ceil, floor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from casetrail.stats.discrete_tails import binomial_counts, binomial_tails, poisson_counts, poisson_tails
from casetrail.stats.plain_outside import plain_binomial, plain_outside, plain_poisson, plain_tails

shares = st.floats(0.001, 0.999)
tails = st.sampled_from([0.025, 0.001, 0.1])


@given(st.integers(0, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.floats(0, 1))
def test_binomial_tails_are_sums_of_chances(xn: tuple[int, int], p: float) -> None:
    x, n = xn
    found = binomial_tails(x, n, p)
    assert [float(v) for v in found] == pytest.approx(plain_tails(plain_binomial(n, p), x), abs=1e-12)


@given(st.integers(0, 60), st.floats(0, 40))
def test_poisson_tails_are_sums_of_chances(x: int, mean: float) -> None:
    found = poisson_tails(x, mean)
    assert [float(v) for v in found] == pytest.approx(plain_tails(plain_poisson(mean, 400), x), abs=1e-12)


@given(st.integers(1, 60), shares, tails)
def test_whole_counts_beyond_the_binomial_limits_are_those_with_too_small_a_tail(n: int, p: float, tail: float) -> None:
    low, high = (float(v) for v in binomial_counts(tail, n, p))
    outside, _ = plain_outside(plain_binomial(n, p), tail)
    assert [k for k in range(n + 1) if k < low or k > high] == outside
    assert 0 <= low <= high <= n


@given(st.floats(0.001, 60), tails)
def test_whole_counts_beyond_the_poisson_limits_are_those_with_too_small_a_tail(mean: float, tail: float) -> None:
    low, high = (float(v) for v in poisson_counts(tail, mean))
    outside, _ = plain_outside(plain_poisson(mean, 400), tail)
    assert [k for k in range(200) if k < low or k > high] == [k for k in outside if k < 200]


def test_large_counts_beside_scipy() -> None:
    """The whole counts next to the limits have the tails that SciPy's own distributions give them."""
    rng = np.random.default_rng(3)
    n, p = np.round(10 ** rng.uniform(2, 7, 400)), rng.uniform(0.001, 0.999, 400)
    for tail in (0.025, 0.001):
        low, high = binomial_counts(tail, n, p)
        assert np.array_equal(np.ceil(low), stats.binom.ppf(tail, n, p))
        assert np.array_equal(np.floor(high), stats.binom.isf(tail, n, p))
        low, high = poisson_counts(tail, n * p)
        assert np.array_equal(np.ceil(low), stats.poisson.ppf(tail, n * p))
        assert np.array_equal(np.floor(high), stats.poisson.isf(tail, n * p))


@given(st.floats(1e-4, 1e7), tails)
def test_the_tail_at_a_poisson_limit_is_the_one_asked_for(mean: float, tail: float) -> None:
    low, high = poisson_counts(tail, mean)
    if low > 0:
        assert poisson_tails(low, mean)[0] == pytest.approx(tail, rel=1e-5)
    else:
        assert poisson_tails(0, mean)[0] >= tail
    assert poisson_tails(high, mean)[1] == pytest.approx(tail, rel=1e-5)


def test_by_hand() -> None:
    # Ten with one half: 0 or 1 have 11 of 1,024 chances (1.07 %), 0 to 2 have 56 (5.47 %).
    low, high = (float(v) for v in binomial_counts(0.025, 10, 0.5))
    assert (ceil(low), floor(high)) == (2, 8)
    # Two expected: six or more have 1.66 %, five or more 5.27 %; none at all has 13.5 %.
    low, high = (float(v) for v in poisson_counts(0.025, 2.0))
    assert (low, floor(high)) == (0.0, 5)


def test_where_nothing_varies_the_limits_are_the_count() -> None:
    low, high = binomial_counts(0.025, [0.0, 5.0, 5.0], [0.3, 0.0, 1.0])
    assert list(low) == list(high) == [0.0, 0.0, 5.0]
    low, high = poisson_counts(0.025, [0.0])
    assert list(low) == list(high) == [0.0]


def test_what_is_no_count_is_refused() -> None:
    for bad in (lambda: binomial_tails(3, 2, 0.5), lambda: binomial_tails(1, 2, 1.5), lambda: poisson_tails(-1, 2.0)):
        with pytest.raises(ValueError, match=r"count|share"):
            bad()
    with pytest.raises(ValueError, match="0 or more"):
        poisson_counts(0.025, -1.0)
    with pytest.raises(ValueError, match="cases"):
        binomial_counts(0.025, -1, 0.5)
    with pytest.raises(ValueError, match="tail"):
        binomial_counts(0.5, 10, 0.5)
