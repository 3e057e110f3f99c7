"""Funnels: plain twin, hand calculation, and an independent program's limits."""

from __future__ import annotations

import csv
from math import sqrt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetrail.stats.apart import apart, holm
from casetrail.stats.funnel import funnel, limits, overdispersion, winsorised
from casetrail.stats.intervals import normal_quantile
from casetrail.stats.plain import plain_phi, plain_told_apart, plain_z

SHARED = Path(__file__).parents[2].parent / "shared" / "data"

units = st.lists(
    st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1, max_size=60
)


def split(pairs: list[tuple[int, int]]) -> tuple[list[int], list[int]]:
    return [x for x, _ in pairs], [n for _, n in pairs]


@given(units)
def test_the_plain_twin_agrees(pairs: list[tuple[int, int]]) -> None:
    x, n = split(pairs)
    found = funnel(x, n)
    z = plain_z(x, n)
    assert z == pytest.approx(list(found.z), abs=1e-9)
    assert plain_phi(z) == pytest.approx(found.phi, rel=1e-9, abs=1e-12)


@given(units.filter(lambda pairs: len(pairs) > 1), st.data())
def test_the_plain_twin_tells_apart_the_same(pairs: list[tuple[int, int]], data: st.DataObject) -> None:
    x, n = split(pairs)
    at = data.draw(st.integers(0, len(x) - 1))
    found = apart(x, n, at, of=funnel(x, n))
    assert plain_told_apart(x, n, at) == (found.above, found.below)
    assert found.above + found.below + found.alike == len(x) - 1
    first, last = found.positions
    assert 1 <= first <= last <= len(x)


def test_winsorising_by_hand() -> None:
    # n = 21: floor(2.1) = 2 from each end take the nearest value kept.
    z = np.arange(21.0) - 10
    expected = [-8, -8, *range(-8, 9), 8, 8]
    assert expected == list(winsorised(z))
    assert sum(v * v for v in expected) / 21 == pytest.approx(overdispersion(z))
    # Fewer than 10 values: nothing is replaced.
    assert list(winsorised(np.array([-9.0, 0.0, 9.0]))) == [-9.0, 0.0, 9.0]


def test_the_order_of_units_does_not_matter() -> None:
    rng = np.random.default_rng(20)
    n = rng.integers(5, 900, 40)
    x = rng.binomial(n, 0.4)
    order = rng.permutation(40)
    assert funnel(x, n).phi == pytest.approx(funnel(x[order], n[order]).phi)


def test_limits_never_narrow_when_units_differ_less_than_chance() -> None:
    same = funnel([10, 20, 30], [100, 200, 300])
    assert same.phi == 0
    assert same.inflation == 1
    assert list(same.z) == list(same.z_adjusted)
    plain, inflated = limits(0.3, [50], level=0.95), limits(0.3, [50], level=0.95, phi=0.2)
    assert plain[0][0] == inflated[0][0]


def test_nobody_differs_when_every_case_has_it() -> None:
    found = funnel([5, 9], [5, 9])
    assert list(found.z) == [0.0, 0.0]
    assert apart([5, 9], [5, 9], 0, of=found).alike == 1


def test_limits_are_the_inverse_of_z() -> None:
    n = np.array([30.0, 400.0])
    low, high = limits(0.4, n, level=0.95, phi=4.0)
    half = normal_quantile(0.95) * 2 * np.sqrt(0.24 / n)
    assert list(0.4 - half) == pytest.approx(list(low))
    assert list(0.4 + half) == pytest.approx(list(high))


def test_size_without_differences() -> None:
    # Truth: all units have the same proportion. About 5 % should lie outside the plain 95 % limits, and phi
    # of winsorised z lies below 1 (its value for standard normal z is 0.68), so adjustment changes nothing.
    rng = np.random.default_rng(7)
    n = rng.integers(200, 5000, 2000)
    found = funnel(rng.binomial(n, 0.6), n)
    assert found.phi < 1
    outside = float(np.mean(np.abs(found.z_adjusted) > normal_quantile(0.95)))
    assert pytest.approx(outside, abs=3 * sqrt(0.05 * 0.95 / 2000)) == 0.05


def test_family_wise_error_without_differences() -> None:
    # Truth: nobody differs. Holm at 5 % may tell one unit apart from any other in at most 5 % of runs.
    rng = np.random.default_rng(8)
    n = rng.integers(200, 3000, 60)
    wrong = 0
    for _ in range(400):
        x = rng.binomial(n, 0.5)
        wrong += apart(x, n, 0, of=funnel(x, n)).alike < 59
    assert wrong / 400 <= 0.05 + 3 * sqrt(0.05 * 0.95 / 400)


def test_a_real_difference_is_found() -> None:
    rng = np.random.default_rng(9)
    n = np.full(60, 2000)
    x = rng.binomial(n, 0.5)
    x[0] = 700
    found = apart(x, n, 0, of=funnel(x, n))
    assert found.above == 59
    assert found.positions == (60, 60)


def test_holm_by_hand() -> None:
    # Holm 1979: 0.01 <= 0.05/4; 0.02 > 0.05/3 stops, so 0.024 is not looked at though 0.024 <= 0.05/2.
    assert list(holm(np.array([0.01, 0.02, 0.024, 0.2]), 0.05)) == [True, False, False, False]


@pytest.mark.parametrize(("x", "n"), [([], []), ([1], [1, 2]), ([1], [0]), ([3], [2]), ([-1], [2]), ([[1]], [[2]])])
def test_what_is_no_proportion_is_refused(x: list[int], n: list[int]) -> None:
    with pytest.raises(ValueError, match="numerator"):
        funnel(x, n)


def phe(name: str) -> list[list[str]]:
    """The rows of one of its tables, without the header."""
    path = SHARED / "compare" / "phe_indicator_methods" / name
    if not path.exists():
        pytest.skip("the shared reference data is not beside the checkout")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


@pytest.mark.shared
def test_limits_against_phe_indicator_methods() -> None:
    # Same definition: normal limits around the pooled proportion. Where a limit passes 0 or 100 theirs is cut
    # as well. Printed to 6 decimals of a per cent; their 99.8 % uses z = 3.0902.
    # Columns: population, low and high 95 %, low and high 99.8 %, pooled proportion.
    for row in phe("testdata_funnel_prop_outputs.csv"):
        n, *edges, pooled = (float(cell) for cell in row)
        ours = [edge[0] for level in (0.95, 0.998) for edge in limits(pooled / 100, [n], level=level)]
        assert edges == pytest.approx([100 * edge for edge in ours], abs=5e-5)


@pytest.mark.shared
def test_verdicts_against_phe_indicator_methods() -> None:
    # Areas may hold a comma, unquoted: the last three cells are numerator, denominator, significance.
    flat = phe("testdata_funnel_prop_inputs.csv")
    x = [float(r[-3]) for r in flat]
    n = [float(r[-2]) for r in flat]
    found = funnel(x, n)

    def words(z: float) -> str:
        if abs(z) <= normal_quantile(0.95):
            return "Not significant"
        return f"{'High' if z > 0 else 'Low'} ({'0.001' if abs(z) > normal_quantile(0.998) else '0.025'})"

    assert [r[-1] for r in flat] == [words(float(z)) for z in found.z]
