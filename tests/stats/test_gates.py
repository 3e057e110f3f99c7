"""Signs in a table: by hand, and where nothing can be said."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from casetrail.stats.gates import balance, heaping, jumps, missing_by_value, stock_and_flow
from casetrail.stats.robust import distance, middle, own_middle_elsewhere, width


def test_middle_and_width_by_hand() -> None:
    x = np.array([[1.0], [2.0], [3.0], [4.0], [5.0], [6.0], [7.0], [100.0], [np.nan]])
    # Median of eight: (4 + 5) / 2; deviations 3.5, 2.5, 1.5, .5, .5, 1.5, 2.5, 95.5 have the median 2.
    assert middle(x)[0] == 4.5
    assert width(x)[0] == pytest.approx(2.0 * 1.482602218505602)
    assert distance(x)[7, 0] == pytest.approx(95.5 / (2 * 1.482602218505602))
    assert np.isnan(distance(x)[8, 0])
    assert np.isnan(middle(x[:7])[0]), "seven are too few to have a middle"


def test_alike_units_have_no_distance() -> None:
    assert np.isnan(distance(np.ones((20, 1)))).all()


@given(st.integers(0, 2**32 - 1))
def test_own_middle_is_that_of_the_other_columns(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x = np.where(rng.random((6, 7)) < 0.3, np.nan, rng.normal(size=(6, 7)))
    found = own_middle_elsewhere(x)
    for i in range(6):
        for j in range(7):
            others = [v for k, v in enumerate(x[i]) if k != j and np.isfinite(v)]
            if len(others) < 3:
                assert np.isnan(found[i, j])
            else:
                assert found[i, j] == pytest.approx(float(np.median(others)))


def test_one_year_of_open_over_closed_alone_is_the_robust_z() -> None:
    rng = np.random.default_rng(4)
    stock = rng.integers(5_000, 50_000, (60, 1)).astype(float)
    ended = rng.integers(5_000, 50_000, (60, 1)).astype(float)
    pace = np.log(stock / ended)
    chance = 1 / stock + 1 / ended
    by_hand = (pace - np.median(pace)) / np.sqrt(
        (1.482602218505602 * np.median(np.abs(pace - np.median(pace)))) ** 2 + np.maximum(0, chance - np.median(chance))
    )
    assert stock_and_flow(stock, ended) == pytest.approx(by_hand)


def test_two_features_are_weighed_by_their_widths_and_correlation() -> None:
    rng = np.random.default_rng(5)
    stock, ended, people = (rng.integers(5_000, 90_000, (80, 1)).astype(float) for _ in range(3))
    a, b = np.log(stock / ended)[:, 0], np.log(stock / people)[:, 0]
    za, zb = distance(a[:, None], (1 / stock + 1 / ended))[:, 0], distance(b[:, None], 1 / stock)[:, 0]
    rho = 2 * np.sin(np.pi * stats.spearmanr(za, zb).statistic / 6)
    step = np.array([1 / width(a[:, None])[0], 1 / width(b[:, None])[0]])
    weights = np.linalg.inv(np.array([[1, rho], [rho, 1]])) @ step
    by_hand = (weights[0] * za + weights[1] * zb) / np.sqrt(weights @ step)
    assert stock_and_flow(stock, ended, people)[:, 0] == pytest.approx(by_hand)


def test_unknown_counts_have_no_sign_and_too_few_bodies_have_none() -> None:
    stock, ended = np.full((40, 1), 100.0), np.linspace(50, 150, 40)[:, None]
    stock[3] = np.nan
    ended[4] = 0.0
    found = stock_and_flow(stock, ended)
    assert np.isnan(found[3, 0]) and np.isnan(found[4, 0])
    assert np.isfinite(found[5, 0])
    assert np.isnan(stock_and_flow(stock[:9], ended[:9])).all()
    with pytest.raises(ValueError, match="one shape"):
        stock_and_flow(stock, ended[:5])


def test_balance_by_hand() -> None:
    stock = np.tile([100.0, 100.0], (10, 1))
    started, ended = np.full((10, 2), 50.0), np.full((10, 2), 50.0)
    started[:, 1] += np.arange(10)
    ended[9, 1] = 0.0
    found = balance(stock, started, ended)
    # 100 + 59 - 0 - 100 = 59 left without an ending, of a mean stock of 100.
    assert found.vanished[9, 1] == pytest.approx(0.59)
    assert np.isnan(found.vanished[:, 0]).all()
    assert found.z[9, 1] > 10


def test_a_jump_is_what_others_did_not_do() -> None:
    rng = np.random.default_rng(6)
    value = rng.normal(size=(50, 1)) + np.cumsum(rng.normal(scale=0.1, size=(50, 8)), axis=1)
    value[:, 4:] += 1.0  # all of them: a change of definition, not of one body
    value[7, 5:] += 2.0
    found = jumps(value)
    assert abs(found.z[7, 5]) > 5
    assert abs(found.change[7, 5] - 2.0) < 0.5
    assert np.nanmax(np.abs(np.delete(found.z, 7, axis=0))) < 5
    assert np.isnan(found.z[:, 0]).all()


def test_last_digits_by_the_binomial_law() -> None:
    even = np.arange(100, 220, 1.0)[None, :]
    heaped = np.arange(100, 220, 5.0)[None, :]
    share, p = heaping([np.concatenate([even, even])])
    assert share[0] == pytest.approx(0.2)
    assert p[0] == pytest.approx(stats.binom.sf(23, 120, 0.2))
    share, p = heaping([heaped])
    assert share[0] == 1.0
    assert p[0] == pytest.approx(0.2**24)
    assert np.isnan(heaping([heaped[:, :11]])[1][0]), "eleven counts are too few"
    assert np.isnan(heaping([heaped / 10])[1][0]), "digits of small counts are not even"


def test_those_without_a_value_had_low_ones() -> None:
    rng = np.random.default_rng(7)
    value = np.arange(40.0)[:, None] + rng.normal(size=(40, 4))
    hidden = value.copy()
    hidden[:10, 2] = np.nan
    p = missing_by_value(hidden)
    assert p[2] < 1e-4
    assert np.isnan(p[[0, 1, 3]]).all(), "nobody is missing there"
    by_chance = value.copy()
    by_chance[rng.permutation(40)[:10], 2] = np.nan
    assert missing_by_value(by_chance)[2] > 0.01
