"""Bounds from published bins: by hand, in smooth worlds, in worlds with a response, and where bins say nothing."""

from __future__ import annotations

from math import exp, nan, sqrt

import numpy as np
import pytest
from scipy.stats import norm

from casetrail.stats.bunching_bins import (
    Beside,
    Bins,
    Bounds,
    CannotTell,
    beside,
    moved_bounds,
    sensitivity,
    suggested_bump,
)

FIRST, LAST = (0, 1, 11, 21, 31, 41, 46, 51, 61), (0, 10, 20, 30, 40, 45, 50, 60, None)
EDGES = np.array([0, 1, 11, 21, 31, 41, 46, 51, 61, 10**6])


def bins(days: np.ndarray, **more: int) -> Bins:
    return Bins(FIRST, LAST, tuple(float(c) for c in np.histogram(days, EDGES)[0]), **more)


def test_the_two_bins_beside_the_limit_by_hand() -> None:
    """1,000 on days 41-45 and 500 on 46-50 of 5,000: 200 and 100 a day, ratio 2, its logarithm off by 0.1073."""
    found = beside(Bins((1, 41, 46, 51), (40, 45, 50, None), (2_500.0, 1_000.0, 500.0, 1_000.0)), 45)
    assert isinstance(found, Beside)
    assert (found.before, found.after, found.ratio, found.share) == (200, 100, 2, 0.2)
    half = 1.959964 * sqrt(1 / 1000 + 1 / 500)
    assert (found.ratio_low, found.ratio_high) == pytest.approx((2 * exp(-half), 2 * exp(half)), rel=1e-6)


def test_rounding_widens() -> None:
    counts = (2_500.0, 1_000.0, 500.0, 1_000.0)
    exact = beside(Bins((1, 41, 46, 51), (40, 45, 50, None), counts), 45)
    rounded = beside(Bins((1, 41, 46, 51), (40, 45, 50, None), counts, rounded_to=10), 45)
    assert isinstance(exact, Beside) and isinstance(rounded, Beside)
    assert rounded.ratio_low == pytest.approx(exact.ratio_low * 995 / 1000 * 500 / 505)
    assert rounded.share_low < exact.share_low < exact.share_high < rounded.share_high


def smooth(world: str, rng: np.random.Generator, cases: int) -> np.ndarray:
    draws = {
        "gamma": lambda: rng.gamma(2.5, 12.8, cases),
        "lognormal": lambda: rng.lognormal(np.log(30), 0.6, cases),
        "early": lambda: rng.exponential(20, cases),
        "mode": lambda: np.where(
            rng.random(cases) < 0.25, np.abs(rng.normal(43, 6, cases)), rng.gamma(2.5, 12.8, cases)
        ),
    }
    return np.ceil(draws[world]()).astype(np.int64)


@pytest.mark.parametrize("world", ["gamma", "lognormal", "early", "mode"])
@pytest.mark.parametrize("cases", [2_000, 300_000])
def test_smooth_worlds_are_no_response(world: str, cases: int) -> None:
    found = moved_bounds(bins(smooth(world, np.random.default_rng(2), cases)), 45, bump=5.0)
    assert isinstance(found, Bounds)
    assert found.least == 0
    assert found.narrowest >= 5


@pytest.mark.parametrize("world", ["gamma", "lognormal", "mode"])
def test_the_true_share_lies_within_the_bounds(world: str) -> None:
    rng = np.random.default_rng(3)
    days = smooth(world, rng, 20_000)
    late = (days > 45) & (rng.random(days.size) < 0.4)
    days[late] = rng.integers(41, 46, int(late.sum()))
    found = moved_bounds(bins(days), 45, bump=5.0)
    assert isinstance(found, Bounds)
    assert 0 < found.least < late.mean() < found.largest
    assert found.narrowest < 5


def test_a_single_bump_is_just_allowed_at_its_own_width() -> None:
    """Exact shares of a normal bump of 5 days at day 40, many cases: the narrowest bump that fits is 5, not more."""
    edges = np.array([-np.inf, 10, 20, 30, 40, 45, 50, 60, np.inf])
    counts = tuple(float(c) for c in np.round(1e7 * np.diff(norm.cdf((edges - 40) / 5))))
    found = moved_bounds(Bins(FIRST[1:], LAST[1:], counts), 45, bump=5.0)
    assert isinstance(found, Bounds)
    assert found.least == pytest.approx(0, abs=1e-6)
    assert found.narrowest == pytest.approx(5, rel=0.02)


def test_a_wider_natural_bump_asks_for_more_to_have_moved() -> None:
    rng = np.random.default_rng(4)
    days = smooth("gamma", rng, 20_000)
    late = (days > 45) & (rng.random(days.size) < 0.5)
    days[late] = rng.integers(41, 46, int(late.sum()))
    found = [b for _, b in sensitivity(bins(days), 45, bumps=(3.0, 5.0, 7.0))]
    assert all(isinstance(b, Bounds) for b in found)
    least = [b.least for b in found if isinstance(b, Bounds)]
    assert least == sorted(least)


def reason(found: object) -> str:
    assert isinstance(found, CannotTell)
    return found.reason


def test_where_bins_say_nothing_they_are_refused() -> None:
    full = (50.0, 100.0, 200.0, 200.0, 200.0, 200.0, 80.0, 80.0, 60.0)
    assert reason(moved_bounds(Bins(FIRST, LAST, full), 44, bump=5.0)) == "limit_between_bins"
    assert reason(beside(Bins((1, 41, 46), (40, 45, None), (500.0, 100.0, 90.0)), 45)) == "limit_between_bins"
    few = tuple(count / 10 for count in full)
    assert reason(moved_bounds(Bins(FIRST, LAST, few), 45, bump=5.0)) == "too_few_cases"
    hidden = (*full[:5], nan, *full[6:])
    assert reason(moved_bounds(Bins(FIRST, LAST, hidden, all_cases=1_170), 45, bump=5.0)) == "counts_withheld"
    assert reason(beside(Bins(FIRST, LAST, hidden), 45)) == "counts_withheld"
    wide = Bins((0, 11, 16, 21), (10, 15, 20, None), (7_040.0, 51_400.0, 7_060.0, 8_280.0), rounded_to=10)
    found = moved_bounds(wide, 15, bump=suggested_bump(15))
    assert reason(found) == "bins_too_wide"
    assert isinstance(found, CannotTell) and found.narrowest is not None
    assert 1.5 < found.narrowest < 2.5
    spiky = (0.0, 0.0, 5_000.0, 0.0, 5_000.0, 100.0, 100.0, 5_000.0, 100.0)
    assert reason(moved_bounds(Bins(FIRST, LAST, spiky), 45, bump=8.0)) == "no_smooth_shape"


def test_a_withheld_bin_elsewhere_only_widens() -> None:
    rng = np.random.default_rng(5)
    whole = bins(smooth("gamma", rng, 3_000))
    counts = (whole.counts[0], nan, *whole.counts[2:])
    hidden = Bins(FIRST, LAST, counts, all_cases=3_000)
    assert hidden.withheld == whole.counts[1]
    assert hidden.total == 3_000
    a, b = moved_bounds(whole, 45, bump=5.0), moved_bounds(hidden, 45, bump=5.0)
    assert isinstance(a, Bounds) and isinstance(b, Bounds)
    assert b.largest >= a.largest - 1e-9


def test_bins_must_follow_each_other() -> None:
    with pytest.raises(ValueError, match="follow each other"):
        Bins((0, 12, 16), (10, 15, None), (1.0, 2.0, 3.0))
    with pytest.raises(ValueError, match="at least three"):
        Bins((0, 11), (10, None), (1.0, 2.0))
    with pytest.raises(ValueError, match="width above 0"):
        moved_bounds(Bins((0, 11, 16), (10, 15, None), (1.0, 2.0, 3.0)), 15, bump=0)
