"""Before and after against a mix of others: weights against a plain twin and by hand, known truth, refusals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casetrail.figures import Refusal
from casetrail.stats.first_differences import Together, changes_together
from casetrail.stats.plain_first_differences import loop_interval, plain_slope
from casetrail.stats.plain_synthetic import plain_projection, plain_weights
from casetrail.stats.simplex import simplex_weights
from casetrail.stats.synthetic import Synthetic, synthetic


def table(seed: int, units: int = 45, before: int = 8, since: int = 3) -> np.ndarray:
    """Units with lasting levels, one common movement and noise."""
    rng = np.random.default_rng(seed)
    common = rng.normal(size=before + since).cumsum() * 2
    loads = rng.normal(1, 0.3, size=(units, 1))
    return np.asarray(
        rng.normal(70, 8, size=(units, 1)) + loads * common + 3 * rng.normal(size=(units, before + since))
    )


def middling(y: np.ndarray) -> int:
    """The unit with the middle level."""
    return int(np.argsort(y.mean(axis=1))[y.shape[0] // 2])


def test_weights_by_hand() -> None:
    """Between (0, 0) and (4, 0) the point (1, 3) is nearest to (1, 0): weights 3/4 and 1/4."""
    donors = np.array([[0.0, 0.0], [4.0, 0.0]])
    assert simplex_weights(np.array([1.0, 3.0]), donors) == pytest.approx([0.75, 0.25], abs=1e-4)
    # Outside the two: all weight on the nearer one. Equal donors: the most even weights.
    assert simplex_weights(np.array([9.0, 0.0]), donors) == pytest.approx([0.0, 1.0], abs=1e-4)
    assert simplex_weights(np.array([1.0, 1.0]), np.ones((4, 2))) == pytest.approx([0.25] * 4, abs=1e-6)


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.integers(2, 6), st.integers(2, 6))
def test_weights_are_those_of_the_plain_twin(seed: int, donors: int, periods: int) -> None:
    """Where mixes are equally close the weights may differ, how close they come does not."""
    rng = np.random.default_rng(seed)
    y, rows = rng.normal(size=periods), rng.normal(size=(donors, periods))
    ours, plain = simplex_weights(y, rows), plain_weights(y, rows, steps=4_000)
    assert ours.min() >= 0 and ours.sum() == pytest.approx(1)
    assert np.sum((y - ours @ rows) ** 2) <= np.sum((y - plain @ rows) ** 2) + 1e-3
    assert np.sum((y - ours @ rows) ** 2) == pytest.approx(np.sum((y - plain @ rows) ** 2), abs=0.02)


def test_the_projection_by_hand() -> None:
    """(0.9, 0.5, -1): take 0.2 from the first two, the third is 0."""
    assert plain_projection(np.array([0.9, 0.5, -1.0])) == pytest.approx([0.7, 0.3, 0.0])


def test_the_ridge_spreads_the_weights() -> None:
    y = table(1)
    sharp, even = (simplex_weights(y[0, :8], y[1:, :8], ridge=ridge) for ridge in (0.0, 1e4))
    assert np.sum(even**2) < np.sum(sharp**2)


def test_a_true_effect_is_found_and_none_reads_zero() -> None:
    """Thirty tables without effect: about 5 % of intervals leave 0 out, here at most five; 12 points are found."""
    out = found = answered = 0
    for seed in range(30):
        y = table(seed)
        unit = middling(y)
        none = synthetic(y, unit, before=8)
        y[unit, 8:] += 12
        some = synthetic(y, unit, before=8)
        if isinstance(none, Synthetic) and isinstance(some, Synthetic):
            answered += 1
            out += not none.low <= 0 <= none.high
            found += some.low > 0
            assert some.effect - none.effect == pytest.approx(12)
    assert answered >= 27 and out <= 5 and found >= 20


def test_test_and_interval_agree() -> None:
    """The interval holds 0 just when p is above 5 %."""
    for seed in range(12):
        y = table(seed)
        y[middling(y), 8:] += 6
        made = synthetic(y, middling(y), before=8)
        if isinstance(made, Synthetic):
            assert (made.p_value <= 0.05) == (made.low > 0 or made.high < 0)


def test_what_happened_to_all_is_not_an_effect() -> None:
    y = table(3)
    plain = synthetic(y, middling(y), before=8)
    y[:, 8:] += 25
    moved = synthetic(y, middling(y), before=8)
    assert isinstance(plain, Synthetic) and isinstance(moved, Synthetic)
    assert moved.effect == pytest.approx(plain.effect, abs=1e-6)


def test_leaving_one_out_and_an_event_that_did_not_happen() -> None:
    y = table(5, before=10)
    made = synthetic(y, middling(y), before=10)
    assert isinstance(made, Synthetic)
    low, high = made.without_one
    assert low <= high and made.earlier is not None
    assert made.mix.weights[middling(y)] == 0 and made.mix.weights.sum() == pytest.approx(1)
    assert made.mix.fit <= made.mix.miss
    short = synthetic(table(5), middling(table(5)), before=8)
    assert isinstance(short, Synthetic) and short.earlier is None


def test_a_unit_like_no_other_is_refused() -> None:
    y = table(7)
    y[4] += 60
    outside = synthetic(y, 4, before=8)
    assert isinstance(outside, Refusal) and outside.reason == "outside_all_others"
    y = table(7)
    y[4, :8] = y[:, :8].mean() + 15.0 * (-1.0) ** np.arange(8)
    zigzag = synthetic(y, 4, before=8)
    assert isinstance(zigzag, Refusal) and zigzag.reason == "poor_fit"


def test_too_little_is_refused() -> None:
    y = table(8)
    few = synthetic(y[:19], 3, before=8)
    assert isinstance(few, Refusal) and few.reason == "too_few_others"
    assert isinstance(synthetic(y[:20], middling(y[:20]), before=8), Synthetic)
    for before in (4, 11):
        made = synthetic(y, 3, before=before)
        assert isinstance(made, Refusal) and made.reason == "too_few_periods"
    strict = synthetic(y, middling(y), before=8, level=0.99)
    assert isinstance(strict, Refusal) and strict.reason == "too_few_others"
    y[0, 0] = np.nan
    with pytest.raises(ValueError, match="known numbers"):
        synthetic(y, 3, before=8)


def test_changes_together_by_hand() -> None:
    """One period, three units: x -1, 0, 1 and y -2, 1, 1 around their means: slope 3 / 2. Copies change nothing."""
    x, y = np.tile([[1.0], [2.0], [3.0]], (10, 1)), np.tile([[5.0], [8.0], [8.0]], (10, 1))
    made = changes_together(x, y, rng=np.random.default_rng(1), draws=199)
    assert isinstance(made, Together)
    assert made.slope == pytest.approx(1.5)
    assert made.correlation == pytest.approx(3 / np.sqrt(2 * 6))
    assert (made.units, made.pairs) == (30, 30)


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_changes_together_as_the_plain_twin(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(2, 25, 4))
    y[rng.random(y.shape) < 0.2] = np.nan
    made = changes_together(x, y, rng=rng, draws=50)
    assert isinstance(made, Together)
    assert made.slope == pytest.approx(plain_slope(x.tolist(), y.tolist()))


def test_the_interval_is_that_of_the_loop() -> None:
    """Other draws: equal within what 1,500 draws leave open (a twentieth of its width)."""
    rng = np.random.default_rng(4)
    x = rng.normal(size=(60, 5))
    y = 0.5 * x + rng.normal(size=(60, 5))
    made = changes_together(x, y, rng=rng, draws=1999)
    assert isinstance(made, Together)
    low, high = loop_interval(x, y, 1_500, rng=rng)
    assert (made.low, made.high) == pytest.approx((low, high), abs=(high - low) / 10)
    assert made.low < 0.5 < made.high and made.p_value < 0.01


def test_changes_that_cannot_be_set_side_by_side() -> None:
    few = changes_together(np.ones((19, 3)), np.ones((19, 3)), rng=np.random.default_rng(1))
    assert isinstance(few, Refusal) and few.reason == "too_few_units"
    same = changes_together(np.ones((30, 3)), np.ones((30, 3)), rng=np.random.default_rng(1))
    assert isinstance(same, Refusal) and same.reason == "nothing_varies"
    with pytest.raises(ValueError, match="same shape"):
        changes_together(np.ones((30, 3)), np.ones((30, 2)), rng=np.random.default_rng(1))
