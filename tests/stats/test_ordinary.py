"""A variance between units that a few cannot move: known constants, a plain twin, and units that stand out."""

from __future__ import annotations

from math import asin, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from casetrail.stats.ordinary import _expected, for_few, ordinary


def test_the_constant_is_that_of_a_winsorised_normal() -> None:
    """With a = the upper tenth: 2 * 0.1 * a² + the integral of z² between -a and a."""
    a = norm.ppf(0.9)
    in_the_limit = 0.2 * a**2 + (0.8 - 2 * a * norm.pdf(a))
    assert _expected(4_000) == pytest.approx(in_the_limit, abs=0.001)


@pytest.mark.parametrize("units", [9, 20, 152])
def test_the_constant_for_few_units(units: int) -> None:
    """Winsorised draws about their own winsorised mean; the tolerance is four standard errors of 40,000 draws."""
    z = np.sort(np.random.default_rng(units).standard_normal((40_000, units)), axis=1)
    cut = units // 10
    kept = np.clip(z, z[:, [cut]], z[:, [units - 1 - cut]])
    squares = np.mean((kept - kept.mean(axis=1, keepdims=True)) ** 2, axis=1)
    # Less one over the units is exact for a mean of all, near enough for a winsorised one.
    assert _expected(units) == pytest.approx(squares.mean(), abs=4 * squares.std() / 200 + 0.004)


def plain(x: list[int], n: list[int], tau2: float) -> list[float]:
    """z under a given variance, in plain steps."""
    y, s = [asin(sqrt(a / b)) for a, b in zip(x, n, strict=True)], [0.5 / sqrt(b) for b in n]
    d = [sqrt(v * v + tau2) for v in s]
    level = sorted(y)[len(y) // 2] if len(y) % 2 else sum(sorted(y)[len(y) // 2 - 1 : len(y) // 2 + 1]) / 2
    cut = len(y) // 10
    for _ in range(200):
        z = [(a - level) / b for a, b in zip(y, d, strict=True)]
        low, high = sorted(z)[cut], sorted(z)[len(z) - 1 - cut]
        kept = [min(max(v, low), high) for v in z]
        level += sum(v / b for v, b in zip(kept, d, strict=True)) / sum(1 / b**2 for b in d)
    return [(a - level) / b for a, b in zip(y, d, strict=True)]


units = st.lists(
    st.integers(20, 5_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=5, max_size=60
)


@given(units)
def test_the_plain_twin_agrees_and_the_width_is_right(drawn: list[tuple[int, int]]) -> None:
    x, n = [a for a, _ in drawn], [b for _, b in drawn]
    found = ordinary(x, n)
    assert found is not None
    z = plain(x, n, found.tau2)
    assert list(found.z) == pytest.approx(z, abs=1e-5)
    cut = len(z) // 10
    low, high = sorted(z)[cut], sorted(z)[len(z) - 1 - cut]
    width = sum(min(max(v, low), high) ** 2 for v in z) / len(z)
    if found.tau2 > 0:
        assert width == pytest.approx(_expected(len(z)), rel=1e-3)
    else:
        assert width <= _expected(len(z)) + 1e-9


def test_where_only_chance_differs_hardly_any_variance_is_found() -> None:
    rng = np.random.default_rng(4)
    n = rng.integers(100, 3_000, 150)
    found = ordinary(rng.binomial(n, 0.6), n)
    assert found is not None
    assert sqrt(found.tau2) < 0.01
    assert np.mean(np.abs(found.z) > 1.96) < 0.1


def test_ordinary_differences_are_allowed_for_and_one_that_stands_out_is_seen() -> None:
    rng = np.random.default_rng(5)
    n = rng.integers(200, 6_000, 150)
    level = np.sin(0.9 + 0.1 * rng.standard_normal(150)) ** 2
    level[7] = np.sin(0.9 - 0.5) ** 2
    found = ordinary(rng.binomial(n, level), n)
    assert found is not None
    assert sqrt(found.tau2) == pytest.approx(0.1, rel=0.2)  # three standard errors of a spread seen in 150 units
    assert found.z[7] < -4.0
    assert 0.01 < np.mean(np.abs(np.delete(found.z, 7)) > 1.96) < 0.11


def test_of_few_units_nothing_ordinary_is_learnt() -> None:
    assert ordinary([1, 2, 3, 4], [10, 10, 10, 10]) is None
    with pytest.raises(ValueError, match="equally long"):
        ordinary([1, 2], [3])


def test_all_alike() -> None:
    found = ordinary([5] * 12, [10] * 12)
    assert found is not None
    assert found.tau2 == 0.0
    assert list(found.z) == [0.0] * 12


def test_the_addition_for_few_is_anscombes() -> None:
    x, n = for_few([3], [10])
    assert (x[0], n[0]) == (3.375, 10.75)
    # A Poisson root: three eighths to both, so that a count as expected stays where it is.
    x, n = for_few([4], [4.0], scale="root ratio")
    assert x[0] == n[0] == 4.375
    assert for_few([4], [4.0], scale="log ratio")[0][0] == 4.0


def test_few_cases_are_not_flagged_three_times_too_often() -> None:
    """152 bodies of 5 to 40 cases that do not differ: of 99.8 % limits 0.2 % are promised."""
    rng, plain, added, units = np.random.default_rng(8), 0, 0, 0
    for _ in range(200):
        n = rng.integers(5, 41, 152)
        x = rng.binomial(n, 0.67)
        for name, counts in (("plain", (x, n)), ("added", for_few(x, n))):
            found = ordinary(*counts)
            assert found is not None
            outside = int((np.abs(found.z) > 3.090232).sum())
            plain, added = (plain + outside, added) if name == "plain" else (plain, added + outside)
        units += 152
    assert plain / units > 0.005
    assert added / units < 0.0035
