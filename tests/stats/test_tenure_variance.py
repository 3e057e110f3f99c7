"""Variance that goes with tenures: by hand, against a plain twin, and where nothing is to be found."""

from __future__ import annotations

from dataclasses import fields
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetrail.stats.plain_tenure import plain_dealt_between
from casetrail.stats.tenure_variance import (
    Post,
    TenureVariance,
    TooFew,
    _room,
    between,
    dealt_between,
    posts_of,
    tenure_variance,
    without_unit_and_year,
)


def _made(seed: int, effect: float, *, fading: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    held = np.cumsum(rng.random((80, 14)) < 0.25, axis=1)
    yearly = rng.standard_normal((80, 14))
    for t in range(1, 14):
        yearly[:, t] = fading * yearly[:, t - 1] + np.sqrt(1 - fading**2) * yearly[:, t]
    lasting = rng.standard_normal((80, 15))[np.arange(80)[:, None], held]
    return rng.standard_normal((80, 1)) + yearly + effect * lasting, held


def test_between_by_hand() -> None:
    """Residuals 1, 3 | -4: (4² / 2) + (4² / 1) = 24."""
    assert between(Post(np.array([1.0, 3.0, -4.0]), np.array([2, 1]))) == 24.0


def test_dealt_by_hand() -> None:
    """The lengths 2, 1 in the other order: 1 | 3, -4: 1 + 1 / 2."""
    post = Post(np.array([1.0, 3.0, -4.0]), np.array([2, 1]))
    assert list(dealt_between(post, np.array([[0.1, 0.9], [0.9, 0.1]]))) == [24.0, 1.5]


@given(st.integers(0, 2**31), st.lists(st.integers(1, 5), min_size=2, max_size=6))
def test_the_plain_twin_agrees(seed: int, lengths: list[int]) -> None:
    rng = np.random.default_rng(seed)
    post = Post(rng.standard_normal(sum(lengths)), np.array(lengths))
    keys = rng.random((7, len(lengths)))
    assert dealt_between(post, keys) == pytest.approx(plain_dealt_between(post, keys), rel=1e-9, abs=1e-9)


def test_room_by_hand() -> None:
    """Lengths 2 and 1 of 3 years. True cut: effects are explained in full (3). Other cut, 1 | 2: a year of the first
    tenure alone, then a year of each: 1 + (1 + 1) / 2 = 2. Over both orders 3 - (3 + 2) / 2 = 0.5."""
    post = Post(np.zeros(3), np.array([2, 1]))
    keys = np.array([[0.1, 0.9], [0.9, 0.1]])
    assert _room(post, keys) == pytest.approx(0.5)
    assert _room(Post(np.zeros(4), np.array([2, 2])), keys) == 0.0


def test_the_estimate_is_unbiased_over_every_order_of_a_stationary_error() -> None:
    """Exactly: what any cut explains of a stationary error depends on the lengths alone, so true less dealt is 0."""
    gap = np.abs(np.subtract.outer(np.arange(9), np.arange(9)))
    covariance = 0.7**gap

    def explained(lengths: tuple[int, ...]) -> float:
        ends = np.cumsum(lengths)
        blocks = zip(ends - np.array(lengths), ends, strict=True)
        return float(sum(covariance[a:b, a:b].sum() / (b - a) for a, b in blocks))

    found = [explained(order) for order in permutations((1, 3, 5))]
    assert found == pytest.approx([found[0]] * 6)


def test_units_and_years_are_taken_away_as_least_squares_does() -> None:
    rng = np.random.default_rng(2)
    figures = rng.standard_normal((6, 5)) + np.arange(5) + np.arange(6.0)[:, None]
    figures[2, 3] = figures[4, 0] = np.nan
    known = np.isfinite(figures)
    unit, year = np.nonzero(known)
    design = np.column_stack([np.eye(6)[unit], np.eye(5)[year]])
    fitted = design @ np.linalg.lstsq(design, figures[known], rcond=None)[0]
    rest = without_unit_and_year(figures)
    assert rest[known] == pytest.approx(figures[known] - fitted, abs=1e-7)
    assert np.isnan(rest[~known]).all()


def test_years_without_a_figure_or_a_tenure_are_passed_over() -> None:
    figures = np.array([[1.0, np.nan, 3.0, 4.0, 5.0], [2.0, 1.0, 0.0, 1.0, 2.0]])
    held = np.array([[7, 7, 8, -1, 8], [1, 1, 1, 1, 1]])
    posts = posts_of(figures, held)
    assert len(posts) == 1  # the second unit has one tenure
    assert list(posts[0].lengths) == [1, 2]
    assert posts[0].rest.sum() == pytest.approx(0.0)


def test_an_effect_is_found_and_its_share_lies_in_the_interval() -> None:
    found = tenure_variance(*_made(1, 1.0), rng=np.random.default_rng(1), permutations=499)
    assert isinstance(found, TenureVariance)
    assert found.p == pytest.approx(1 / 500)
    # Effects and years have variance 1 each, and of the effects a part goes with the mean of the unit: below a half.
    assert found.low < 0.45 < found.high
    assert 0.3 < found.share < 0.55


def test_alike_from_year_to_year_is_no_effect() -> None:
    found = tenure_variance(*_made(2, 0.0, fading=0.85), rng=np.random.default_rng(1), permutations=499)
    assert isinstance(found, TenureVariance)
    assert found.explained > 0.4
    assert np.median(found.placebo) > 0.4
    assert found.p > 0.05
    assert found.low < 0 < found.high


def test_numbers_of_tenures_do_not_matter_and_the_same_seed_gives_the_same() -> None:
    figures, held = _made(3, 0.5)
    once = tenure_variance(figures, held, rng=np.random.default_rng(4), permutations=99)
    other = tenure_variance(figures, 1_000 - held, rng=np.random.default_rng(4), permutations=99)
    assert isinstance(once, TenureVariance)
    assert isinstance(other, TenureVariance)
    assert (once.share, once.p) == (other.share, other.p)


def test_too_few_units_tell_nothing() -> None:
    figures, held = _made(5, 1.0)
    few = tenure_variance(figures[:9], held[:9], rng=np.random.default_rng(1))
    assert isinstance(few, TooFew)
    equal = np.repeat(np.arange(7), 2)[None, :].repeat(80, axis=0)
    assert tenure_variance(figures, equal, rng=np.random.default_rng(1)) == TooFew(80, 0)


def test_nothing_of_a_single_tenure_is_in_the_result() -> None:
    """Every part is one number over all units, but for the placebo, which has one for each dealing."""
    assert {f.name for f in fields(TenureVariance)} == {
        *("share", "low", "high", "explained", "placebo", "p", "units", "telling", "tenures", "years")
    }
    found = tenure_variance(*_made(6, 0.0), rng=np.random.default_rng(1), permutations=77)
    assert isinstance(found, TenureVariance)
    assert found.placebo.shape == (77,)


def test_two_shapes_are_an_error() -> None:
    with pytest.raises(ValueError, match="same shape"):
        tenure_variance(np.zeros((2, 3)), np.zeros((3, 2), dtype=np.int64), rng=np.random.default_rng(1))
