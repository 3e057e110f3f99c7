"""Eight choices of limits on the same units: beside FunnelPlotR on the medpar admissions, and beside their parts."""

from __future__ import annotations

import csv
from math import asin, sqrt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from casetrail.stats.ordinary import for_few, ordinary
from casetrail.stats.outside import binomial_p
from casetrail.stats.side_by_side import EXTREMES, Choice, choices, choices_of_means, result, side_by_side
from casetrail.stats.spread import spread

units = st.lists(
    st.integers(20, 5_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=5, max_size=40
)


@pytest.mark.shared
def test_medpar(shared: Path) -> None:
    """FunnelPlotR at commit 9020d49: phi and tau² to the printed digits; outliers on one scale as in `test_spread`."""
    with (shared / "compare" / "funnelplotr_medpar" / "funnelplotr_medpar_CQC_source.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        rows = list(csv.DictReader(file))
    x, n = ([float(row[name]) for row in rows] for name in ("numerator", "denominator"))
    found = side_by_side(x, n, scale="root ratio")
    by = {(one.choice.adjustment, one.choice.extremes): one for one in found}
    assert len(by) == len(found) == 8
    assert by["multiplied", "winsorised"].choice.factor == pytest.approx(9.302497, abs=5e-7)
    assert by["added", "winsorised"].choice.tau2 == pytest.approx(0.007863079, abs=5e-10)
    assert [sum(by["added", "winsorised"].outside(level)) for level in (0.95, 0.998)] == [14, 2]
    # The log ratio leaves the extremes out: 16 and 9 outliers, as printed.
    with (shared / "compare" / "funnelplotr_medpar" / "funnelplotr_medpar_SHMI_source.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        rows = list(csv.DictReader(file))
    x, n = ([float(row[name]) for row in rows] for name in ("numerator", "denominator"))
    by = {(one.choice.adjustment, one.choice.extremes): one for one in side_by_side(x, n, scale="log ratio")}
    assert by["multiplied", "left out"].choice.factor == pytest.approx(8.532851, abs=5e-7)
    assert by["added", "left out"].choice.tau2 == pytest.approx(0.02841023, abs=5e-9)
    assert [sum(by["added", "left out"].outside(level)) for level in (0.95, 0.998)] == [16, 9]


@given(units)
def test_each_choice_is_the_method_it_is_called_by(drawn: list[tuple[int, int]]) -> None:
    x, n = [a for a, _ in drawn], [b for _, b in drawn]
    found = side_by_side(x, n)
    for kept in EXTREMES:
        of = spread(x, n, extremes=kept)
        one = {r.choice.adjustment: r for r in found if r.choice.extremes == kept}
        assert one["multiplied"].p == pytest.approx(2 * norm.sf(np.abs(of.z_multiplied)), abs=1e-12)
        assert one["added"].p == pytest.approx(2 * norm.sf(np.abs(of.z_added)), abs=1e-12)
    last = ordinary(*for_few(x, n))
    assert last is not None
    assert found[-1].p == pytest.approx(2 * norm.sf(np.abs(last.z)), abs=1e-12)
    assert list(found[-1].sign) == list(np.sign(last.z))


def test_plain_in_plain_steps() -> None:
    x, n = [30, 50, 45, 20, 90], [100, 100, 100, 50, 200]
    target = asin(sqrt(235 / 550))
    z = [(asin(sqrt(a / b)) - target) * 2 * sqrt(b) for a, b in zip(x, n, strict=True)]
    found = side_by_side(x, n)[0]
    assert found.choice == Choice("none", None, target, 1.0, 0.0)
    assert list(found.p) == pytest.approx([2 * norm.sf(abs(v)) for v in z])
    assert list(found.side(0.95)) == [-1, 0, 0, 0, 0]  # z of -2.61, 1.45, 0.45, -0.40 and 0.65
    assert found.outside(0.95) == (1, 0)
    assert found.outside(0.998) == (0, 0)


def test_exact_p_takes_the_place_of_the_plain_one() -> None:
    x, n = [30, 50, 45, 20, 90], [100, 100, 100, 50, 200]
    exact = binomial_p(x, n, 235 / 550)
    found = side_by_side(x, n, plain_p=exact)
    assert list(found[0].p) == list(exact)
    assert list(found[1].p) != list(exact)


@given(units, st.floats(0.1, 50), st.floats(-100, 100))
def test_means_are_judged_on_their_own_scale(drawn: list[tuple[int, int]], unit: float, move: float) -> None:
    """Another unit of the means, and another zero, change levels and variances with them, and no verdict."""
    y = np.array([a / b for a, b in drawn])
    s = 0.5 / np.sqrt([b for _, b in drawn])
    target = float(np.average(y, weights=1 / s**2))
    plain, moved = choices_of_means(y, s, target), choices_of_means(move + unit * y, unit * s, move + unit * target)
    for one, other in zip(plain, moved, strict=True):
        assert other.factor == pytest.approx(one.factor, rel=1e-5)
        assert other.tau2 == pytest.approx(unit * unit * one.tau2, rel=1e-3, abs=1e-8 * unit * unit)
        assert other.level == pytest.approx(move + unit * one.level, rel=1e-5, abs=1e-5 * unit)


def test_means_in_plain_steps() -> None:
    # Kept: phi is the mean of (12.25, 0.25, 0.25, 0, 12.25) = 5; weights are equal, so tau² is (5 * 5 - 4) / (4 * 4).
    y, s = np.array([6.5, 9.5, 10.5, 10.0, 13.5]), np.full(5, 1.0)
    by = {(one.adjustment, one.extremes): one for one in choices_of_means(y, s, 10.0)}
    assert by["multiplied", "kept"].factor == pytest.approx(25 / 5)
    assert by["added", "kept"].tau2 == pytest.approx((25 - 4) / 4)
    z = by["multiplied", "kept"].z(y, s)
    assert list(z) == pytest.approx([-3.5 / sqrt(5), -0.5 / sqrt(5), 0.5 / sqrt(5), 0.0, 3.5 / sqrt(5)])


def test_all_alike_and_few() -> None:
    found = side_by_side([5] * 12, [10] * 12)
    assert [one.outside(0.95) for one in found] == [(0, 0)] * 8
    assert all(one.choice.tau2 == 0 and one.choice.factor == 1 for one in found)
    assert len(choices([1, 2, 3, 4], [10, 10, 10, 10])) == 7
    alike = choices_of_means([3.0] * 6, [1.0] * 6, 3.0)
    assert [(one.level, one.tau2) for one in alike] == [(3.0, 0.0)] * 8


def test_the_choice_doubles_the_number() -> None:
    """Made-up units that differ in ordinary ways, normally, with a large spread: nobody is bad."""
    rng = np.random.default_rng(6)
    n = rng.integers(200, 6_000, 150)
    found = side_by_side(rng.binomial(n, np.sin(0.9 + 0.1 * rng.standard_normal(150)) ** 2), n)
    outside = {(one.choice.adjustment, one.choice.extremes): sum(one.outside(0.95)) for one in found}
    assert outside["none", None] > 75
    assert outside["added", "left out"] >= 2 * max(1, outside["ordinary", None])
    assert outside["ordinary", None] <= 15


def test_what_the_scale_cannot_take_is_refused() -> None:
    with pytest.raises(ValueError, match="within"):
        side_by_side([3, 1], [2, 5])
    for values, errors in (([], []), ([1.0], [1.0, 2.0]), ([1.0], [0.0])):
        with pytest.raises(ValueError, match="equally long"):
            choices_of_means(values, errors, 0.0)


def test_a_unit_on_the_level_is_on_no_side() -> None:
    choice = Choice("none", None, 0.0, 1.0, 0.0)
    found = result(choice, np.array([0.0, -5.0, 5.0]))
    assert list(found.side(0.95)) == [0, -1, 1]
