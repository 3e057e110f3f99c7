"""Samples from strata: chances that are known, draws that come again, shares whose variance is that of all samples."""

from __future__ import annotations

from itertools import combinations, product
from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casetrail.stats.finite import drawn_chances, exact_count
from casetrail.stats.intervals import exact, normal_quantile, wilson
from casetrail.stats.plain_audit import plain_drawn
from casetrail.stats.sampling import allocate, draw, frame_hash
from casetrail.stats.sampling_shares import design_share

SIZES = st.lists(st.integers(1, 400), min_size=1, max_size=8)


@given(SIZES, st.data())
def test_allocation_adds_up_and_takes_no_more_than_there_is(sizes: list[int], data: st.DataObject) -> None:
    least = data.draw(st.integers(0, 3))
    take = data.draw(st.integers(sum(min(least, n) for n in sizes), sum(sizes) + 10))
    division = data.draw(st.sampled_from(["proportional", "equal", "weights"]))
    weights = data.draw(st.lists(st.floats(0.1, 5), min_size=len(sizes), max_size=len(sizes)))
    taken = allocate(sizes, take, division=division, weights=weights, least=least)
    assert int(taken.sum()) == min(take, sum(sizes))
    assert all(t <= n for t, n in zip(taken, sizes, strict=True))
    assert all(t >= min(least, n) for t, n in zip(taken, sizes, strict=True))


def test_allocation_by_hand() -> None:
    # Proportional: 60 of 600, 300, 100 is 36, 18, 6. Equal: 20 each.
    assert allocate([600, 300, 100], 60).tolist() == [36, 18, 6]
    assert allocate([600, 300, 100], 60, division="equal").tolist() == [20, 20, 20]
    # Neyman: 600 x 1, 300 x 2, 100 x 6 are alike, so 20 each.
    assert allocate([600, 300, 100], 60, division="weights", weights=[1, 2, 6]).tolist() == [20, 20, 20]
    # A stratum of 10 is taken whole; the other 50 are divided 2 : 1, and the remainders 33.3 and 16.7 make 33 and 17.
    assert allocate([600, 300, 10], 60, division="equal").tolist() == [25, 25, 10]
    assert allocate([600, 300, 10], 60, division="weights", weights=[1, 1, 90]).tolist() == [33, 17, 10]


@pytest.mark.parametrize("wrong", [([], 1), ([0, 3], 1), ([3, 3], 1)])
def test_allocation_refuses(wrong: tuple[list[int], int]) -> None:
    with pytest.raises(ValueError, match="stratum"):
        allocate(*wrong)
    with pytest.raises(ValueError, match="weight"):
        allocate([3, 3], 2, division="weights")


def test_a_draw_comes_again_from_seed_and_frame_whatever_the_order_of_rows() -> None:
    keys = [f"k{i}" for i in range(50)]
    strata = ["a" if i % 3 else "b" for i in range(50)]
    first = draw(keys, strata, {"a": 5, "b": 4}, seed=11)
    turned = np.random.default_rng(0).permutation(50)
    again = draw([keys[i] for i in turned], [strata[i] for i in turned], {"a": 5, "b": 4}, seed=11)
    assert {keys[i] for i in first.chosen} == {keys[turned[i]] for i in again.chosen}
    assert first.frame == again.frame == frame_hash(keys, strata)
    other = draw(keys, strata, {"a": 5, "b": 4}, seed=12)
    assert {keys[i] for i in other.chosen} != {keys[i] for i in first.chosen}
    # One more file in the frame is another frame, and another draw.
    assert frame_hash([*keys, "k50"], [*strata, "a"]) != first.frame
    # 33 files in a and 17 in b.
    assert first.sizes.tolist() == [33, 17]
    assert first.probability.tolist() == [pytest.approx(5 / 33 if s == 0 else 4 / 17) for s in first.stratum]


def test_every_file_has_the_chance_it_is_said_to_have() -> None:
    keys, strata = list("abcdefg"), ["x"] * 4 + ["y"] * 3
    seen = np.zeros(7)
    for seed in range(4000):
        seen[draw(keys, strata, {"x": 2, "y": 1}, seed=seed).chosen] += 1
    # 2 of 4 and 1 of 3; four standard errors of a share over 4,000 draws are 0.032.
    assert np.abs(seen[:4] / 4000 - 0.5).max() < 0.032
    assert np.abs(seen[4:] / 4000 - 1 / 3).max() < 0.032


def test_a_draw_refuses_a_key_twice_and_more_than_there_are() -> None:
    with pytest.raises(ValueError, match="twice"):
        draw(["a", "a"], ["x", "x"], {"x": 1}, seed=1)
    with pytest.raises(ValueError, match="to its size"):
        draw(["a", "b"], ["x", "x"], {"x": 3}, seed=1)
    with pytest.raises(ValueError, match="to its size"):
        draw(["a", "b"], ["x", "y"], {"x": 1}, seed=1)


def test_the_estimate_over_all_samples_is_the_truth_and_its_variance_that_of_the_design() -> None:
    """All 6 x 10 samples of 2 of 4 and 3 of 5: mean of the estimates 4/9, variance by the textbook formula."""
    first, second = np.array([1, 1, 1, 0]), np.array([1, 0, 0, 0, 0])
    found = [
        design_share([4, 5], [2, 3], [first[list(a)].sum(), second[list(b)].sum()]).value
        for a, b in product(combinations(range(4), 2), combinations(range(5), 3))
    ]
    assert np.mean(found) == pytest.approx(4 / 9, abs=1e-12)
    # Sum of weight² x (1 - f) x S² / n: S² = 3/4 x 1/4 x 4/3 = 0.25 and 1/5 x 4/5 x 5/4 = 0.2.
    by_hand = (4 / 9) ** 2 * 0.5 * 0.25 / 2 + (5 / 9) ** 2 * 0.4 * 0.2 / 3
    assert np.var(found) == pytest.approx(by_hand, abs=1e-12)


def test_one_stratum_is_the_score_interval_with_the_finite_correction() -> None:
    # 24 of 30 from 120: Wilson's with 30 x 119 / 90 = 39.67 effective files, worked from its quadratic.
    found = design_share([120], [30], [24])
    n, q, p = 30 * 119 / 90, normal_quantile(0.95), 0.8
    middle, half = p + q * q / (2 * n), q * sqrt(p * (1 - p) / n + q * q / (4 * n * n))
    assert found.low == pytest.approx((middle - half) / (1 + q * q / n), abs=1e-9)
    assert found.high == pytest.approx((middle + half) / (1 + q * q / n), abs=1e-9)
    assert found.total == pytest.approx(96)
    # In a whole of ten million the correction is gone.
    large = design_share([10_000_000], [30], [24])
    assert (large.low, large.high) == pytest.approx(wilson(24, 30), abs=1e-5)
    assert large.effective == pytest.approx(30, abs=0.01)


def test_nothing_found_leaves_room_and_all_read_leaves_none() -> None:
    none = design_share([100, 50], [10, 10], [0, 0])
    assert none.value == none.low == 0
    assert 0.05 < none.high < 0.3
    whole = design_share([10, 5], [10, 5], [7, 1])
    assert (whole.low, whole.value, whole.high) == (pytest.approx(8 / 15),) * 3
    assert whole.error == pytest.approx(0, abs=1e-12)


def test_a_part_is_estimated_by_the_weights_of_its_own_files() -> None:
    # Weights 10 and 2: (10 x 2 + 2 x 3) / (10 x 4 + 2 x 5) = 26 / 50.
    found = design_share([100, 20], [10, 10], [2, 3], asked=[4, 5])
    assert found.value == pytest.approx(26 / 50)
    assert found.total == pytest.approx(26)
    assert found.low < found.value < found.high
    with pytest.raises(ValueError, match="file drawn"):
        design_share([100, 20], [10, 0], [2, 0])


@given(st.integers(1, 60), st.data())
def test_chances_of_a_finite_team_are_those_counted_one_by_one(population: int, data: st.DataObject) -> None:
    having = data.draw(st.integers(0, population))
    size = data.draw(st.integers(0, population))
    found = drawn_chances(population, having, size)
    assert found == pytest.approx(plain_drawn(population, having, size), abs=1e-10)


@settings(max_examples=40)
@given(st.integers(2, 60), st.data())
def test_the_exact_interval_is_that_of_trying_every_number(population: int, data: st.DataObject) -> None:
    size = data.draw(st.integers(1, population))
    having = data.draw(st.integers(0, size))
    allowed = [
        k
        for k in range(having, population - size + having + 1)
        if min(sum(plain_drawn(population, k, size)[having:]), sum(plain_drawn(population, k, size)[: having + 1]))
        > 0.025 + 1e-12
    ]
    low, high = exact_count(having, size, population)
    assert (low, high) == (min(allowed), max(allowed))


def test_the_exact_interval_covers_at_least_so_often_for_every_truth() -> None:
    for truth in range(41):
        chances = drawn_chances(40, truth, 12)
        held = sum(c for x, c in enumerate(chances) if exact_count(x, 12, 40)[0] <= truth <= exact_count(x, 12, 40)[1])
        assert held >= 0.95 - 1e-9


def test_a_very_large_team_is_the_binomial_interval() -> None:
    low, high = exact_count(3, 30, 10_000_000)
    assert (low / 1e7, high / 1e7) == pytest.approx(exact(3, 30), abs=1e-5)
    # "Rule of three" and its two-sided sister, by hand: 1 - 0.05^(1/30) and 1 - 0.025^(1/30).
    assert exact(0, 30, 0.90)[1] == pytest.approx(1 - 0.05 ** (1 / 30), abs=1e-12)
    assert (round(100 * exact(0, 30, 0.90)[1], 1), round(100 * exact(0, 30)[1], 1)) == (9.5, 11.6)
