"""Changes of level: two series that every textbook cuts, exact search against all cuts, exact tests, refusals."""

from __future__ import annotations

from math import nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casetrail.figures import Refusal
from casetrail.stats.change_points import ChangePoints, change_points
from casetrail.stats.change_tests import Draws, redrawn, stands_out
from casetrail.stats.plain_change_points import loop_p, plain_cuts, plain_gain, plain_p
from casetrail.stats.segments import Series, arc_gains, arcs_of, best_cuts

# Yearly flow of the Nile at Aswan, 1871-1970: G. W. Cobb, Biometrika 65 (1978) 243-251, table 1.
NILE = [
    *(1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180, 799, 958, 1140),
    *(1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694, 940, 833, 701, 916, 692, 1020, 1050, 969),
    *(831, 726, 456, 824, 702, 1120, 1100, 832, 764, 821, 768, 845, 864, 862, 698, 845, 744, 796, 1040, 759),
    *(781, 865, 845, 944, 984, 897, 822, 1010, 771, 676, 649, 846, 812, 742, 801, 1040, 860, 874, 848, 890),
    *(744, 749, 838, 1050, 918, 986, 797, 923, 975, 815, 1020, 906, 901, 1170, 912, 746, 919, 718, 714, 740),
]
# Disasters in British coal mines by year, 1851-1961: R. G. Jarrett, Biometrika 66 (1979) 191-193; B. P. Carlin, A. E.
# Gelfand and A. F. M. Smith, Applied Statistics 41 (1992) 389-405.
COAL = [
    *(4, 5, 4, 0, 1, 4, 3, 4, 0, 6, 3, 3, 4, 0, 2, 6, 3, 3, 5, 4, 5, 3, 1, 4, 4, 1, 5, 5, 3, 4, 2, 5, 2, 2, 3, 4, 2),
    *(1, 3, 2, 2, 1, 1, 1, 1, 3, 0, 0, 1, 0, 1, 1, 0, 0, 3, 1, 0, 3, 2, 2, 0, 1, 1, 1, 0, 1, 0, 1, 0, 0, 0, 2, 1, 0),
    *(0, 0, 1, 1, 0, 2, 3, 3, 1, 1, 2, 1, 1, 1, 1, 2, 4, 2, 0, 0, 1, 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 1),
]


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_the_nile_changes_once_in_1899() -> None:
    """Cobb (1978): the change comes after the flow of 1898; means 1,098 before and 850 after."""
    found = change_points(NILE, rng=rng(), draws=199)
    assert isinstance(found, ChangePoints)
    (change,) = found.changes
    assert 1871 + change.at == 1899
    assert (round(change.before), round(change.after)) == (1098, 850)
    assert 1871 + change.first >= 1895 and 1871 + change.last <= 1902
    assert found.p_value == pytest.approx(1 / 200)
    assert found.firm


def test_coal_mining_disasters_fall_about_1891() -> None:
    """Carlin and others (1992): most likely after 41 years (1851-1891); rates 3.1 and 0.9 a year."""
    found = change_points(COAL, np.ones(111), family="poisson", rng=rng(), draws=99)
    assert isinstance(found, ChangePoints)
    (change,) = found.changes
    assert change.at == 41
    assert (round(change.before, 1), round(change.after, 1)) == (3.1, 0.9)
    assert 1885 <= 1851 + change.first <= 1892 <= 1851 + change.last <= 1898


@given(st.lists(st.integers(-20, 20), min_size=6, max_size=9), st.integers(1, 3))
def test_best_cuts_are_the_best_of_all(values: list[int], cuts: int) -> None:
    found = best_cuts(Series(np.array(values, dtype=float), np.ones(len(values)), "normal"), cuts, 2)
    if len(found) > cuts:
        _, gain = plain_cuts(values, cuts, 2)
        assert found[cuts][1] == pytest.approx(gain, abs=1e-8)


@given(st.lists(st.integers(-20, 20), min_size=5, max_size=10))
def test_the_largest_gain_is_that_of_the_plain_twin(values: list[int]) -> None:
    x = np.array(values, dtype=float)[None, :]
    gains, _ = arc_gains(x - x.mean(), np.ones(len(values)), "normal", 2)
    assert gains.max() == pytest.approx(plain_gain(values, 2), abs=1e-8)


def test_arcs_of_six_points_by_hand() -> None:
    """Two lasting changes can be at 2, 3, 4 of six; one passing stretch of two keeps two on both sides."""
    assert arcs_of(6, 2).tolist() == [[0, 2], [0, 3], [0, 4], [2, 4]]


@settings(max_examples=3)
@given(st.integers(0, 100))
def test_p_is_that_of_the_loops(seed: int) -> None:
    """Different orders are drawn: equal but for the error of 400 draws (four standard errors)."""
    x = rng(seed).normal(size=9)
    ours, _ = stands_out(Series(x, np.ones(9), "normal"), (), Draws(rng(seed), 1999, 0.05, 2))
    for other in (plain_p(x.tolist(), 2, 200, rng=rng(seed)), loop_p(x, 2, 400, rng=rng(seed))):
        assert other == pytest.approx(ours, abs=4 * 0.5 / 200**0.5)


def test_p_of_no_change_is_even() -> None:
    """Exact for independent points: 5 % of p are at most 0.05, whatever the points look like."""
    p = []
    for seed in range(600):
        x = rng(seed).exponential(size=12)
        p.append(stands_out(Series(x, np.ones(12), "normal"), (), Draws(rng(seed + 9999), 99, 0.05, 2))[0])
    assert np.mean(np.array(p) <= 0.05) == pytest.approx(0.05, abs=4 * (0.05 * 0.95 / 600) ** 0.5)


def test_a_passing_change_has_two_ends() -> None:
    x = np.zeros(16)
    x[6:11] = 8.0
    x += rng(4).normal(size=16)
    found = change_points(x, rng=rng())
    assert isinstance(found, ChangePoints)
    assert [c.at for c in found.changes] == [6, 11]


def test_unknown_points_are_passed_over_and_keep_their_place() -> None:
    x = [0.0, 1, nan, 0, 1, 0, nan, 9, 10, nan, 9, 10, 9]
    found = change_points(x, rng=rng())
    assert isinstance(found, ChangePoints)
    (change,) = found.changes
    assert change.at == 7 and found.points == 10


def test_shares_change_with_their_cases() -> None:
    n = np.array([200, 220, 180, 210, 190, 200, 205, 195, 200, 210])
    x = np.array([100, 111, 88, 106, 96, 150, 153, 147, 149, 158])
    found = change_points(x, n, family="binomial", rng=rng())
    assert isinstance(found, ChangePoints)
    (change,) = found.changes
    assert change.at == 5 and change.before == pytest.approx(501 / 1000) and change.after == pytest.approx(757 / 1010)


def test_redrawn_counts_keep_their_total() -> None:
    x, n = np.array([3.0, 5, 0, 2]), np.array([10.0, 20, 5, 15])
    for family in ("poisson", "binomial"):
        again = redrawn(x, n, family, Draws(rng(), 50, 0.05, 2))  # type: ignore[arg-type]
        assert (again.sum(axis=1) == 10).all() and (again >= 0).all()
        assert family == "poisson" or (again <= n).all()


def test_a_series_that_wanders_is_not_firm() -> None:
    """A random walk nearly always has 'levels'; the second test does not take them for changes."""
    firm, found = 0, 0
    for seed in range(60):
        made = change_points(rng(seed).normal(size=16).cumsum(), rng=rng(seed), draws=99)
        assert isinstance(made, ChangePoints)
        found += bool(made.changes)
        firm += made.firm is True
    assert found >= 40 and firm <= 12


def test_what_cannot_be_searched_is_refused() -> None:
    for x, reason in (([1.0, 2, 3, 4, 5, 6, 7], "too_few_points"), ([5.0] * 12, "nothing_varies")):
        made = change_points(x, rng=rng())
        assert isinstance(made, Refusal) and made.reason == reason
    assert isinstance(change_points(np.arange(500.0), rng=rng()), Refusal)
    uneven = rng(3).poisson(1_000 * rng(3).gamma(50, 1 / 50, size=24)).astype(float)
    made = change_points(uneven, np.ones(24), family="poisson", rng=rng(), draws=99)
    assert isinstance(made, Refusal) and made.reason == "more_than_chance"
    with pytest.raises(ValueError, match="counts need denominators"):
        change_points([1.0] * 9, family="poisson", rng=rng())
    with pytest.raises(ValueError, match="whole"):
        change_points([1.5] * 9, np.ones(9), family="poisson", rng=rng())
    with pytest.raises(ValueError, match="within their denominators"):
        change_points([2.0] * 9, np.ones(9), family="binomial", rng=rng())
