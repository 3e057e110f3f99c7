"""Regressions of repeat counts. Witnesses: published figures on the Dutch counts, groups fitted one by one, theory."""

from __future__ import annotations

import math

import numpy as np
import pytest

from casetrail.demand.repeats.counts import repeats
from casetrail.demand.repeats.covariates import Known, known
from casetrail.demand.repeats.few import zelterman
from casetrail.demand.repeats.hidden import Hidden
from casetrail.demand.repeats.regression import Regression, group, poisson_regression, zelterman_regression
from casetrail.figures import Refusal

TIMES = [1, 2, 3, 4, 5, 6]
DUTCH = known(["all"], np.ones((6, 1)), TIMES, [1645, 183, 37, 13, 1, 1])


def fit(found: Regression | Refusal) -> Regression:
    assert isinstance(found, Regression)
    return found


def two_groups(first: list[int], second: list[int]) -> Known:
    design = np.array([[1, 0]] * len(first) + [[1, 1]] * len(second), dtype=float)
    times = [*range(1, len(first) + 1), *range(1, len(second) + 1)]
    return known(["all", "second"], design, times, first + second)


def test_without_covariates_it_is_the_published_figure() -> None:
    # van der Heijden and others 2003; the tests of singleRcapture (R, MIT): 7,080; 6,363 to 7,797.
    found = fit(poisson_regression(DUTCH))
    assert found.hidden.total == pytest.approx(7080, abs=0.5)
    assert found.hidden.symmetric == pytest.approx((6363, 7797), abs=0.5)
    assert found.of_fit + found.of_who == pytest.approx(found.hidden.error**2)
    # The part of who was recorded, by hand: n p0 / (1 - p0)^2.
    never = math.exp(-math.exp(found.coefficients[0]))
    assert found.of_who == pytest.approx(1880 * never / (1 - never) ** 2)


def test_without_covariates_zelterman_is_the_published_figure() -> None:
    # The tests of singleRcapture: 9,425; 8,084 to 10,765.
    found = fit(zelterman_regression(DUTCH))
    assert found.hidden.total == pytest.approx(9425, abs=0.5)
    assert found.hidden.symmetric == pytest.approx((8084, 10765), abs=0.5)
    plain = zelterman(repeats([(1, 1645), (2, 183), (3, 37), (4, 13), (5, 1), (6, 1)]))
    assert isinstance(plain, Hidden)
    assert (found.hidden.total, found.hidden.error) == pytest.approx((plain.total, plain.error))


def test_women_and_men_of_the_dutch_counts() -> None:
    # The tests of singleRcapture with sex: 7,319; 6,504 to 8,134, from 398 women and 1,482 men with 2,185 records. Of
    # all ways to share the records out, only one gives the first figure to the digit; it gives the other two as well.
    right = []
    for extra in range(20, 45):
        women, men = [398 - extra, extra], [1482 - (305 - extra), 305 - extra]
        found = fit(poisson_regression(two_groups(women, men))).hidden
        if abs(found.total - 7319) <= 0.5:
            right.append(found)
    assert len(right) == 1
    assert right[0].symmetric == pytest.approx((6504, 8134), abs=0.5)


@pytest.mark.parametrize("method", [poisson_regression, zelterman_regression])
def test_two_groups_are_each_group_by_itself(method: object) -> None:
    first, second = [350, 40, 8, 2], [295, 83, 29, 11, 3]
    assert callable(method)
    both = two_groups(first, second)
    found = fit(method(both))
    parts = [group(found, both, both.design[:, 1] == g) for g in (0, 1)]
    for part, persons in zip(parts, (first, second), strict=True):
        alone = fit(method(known(["all"], np.ones((len(persons), 1)), range(1, len(persons) + 1), persons)))
        assert (part.total, part.error, part.n) == pytest.approx((alone.hidden.total, alone.hidden.error, sum(persons)))
    assert found.hidden.total == pytest.approx(sum(part.total for part in parts))
    assert found.by_row.sum() == pytest.approx(found.hidden.hidden)


def test_one_line_for_each_group_is_the_same_as_a_constant_and_a_difference() -> None:
    first, second = [350, 40, 8, 2], [295, 83, 29, 11]
    with_constant = two_groups(first, second)
    design = np.column_stack((1 - with_constant.design[:, 1], with_constant.design[:, 1]))
    lines = known(["first", "second"], design, with_constant.times, with_constant.persons)
    for method in (poisson_regression, zelterman_regression):
        a, b = fit(method(with_constant)).hidden, fit(method(lines)).hidden
        assert (a.total, a.error) == pytest.approx((b.total, b.error))


def test_another_program_gives_the_same_coefficients() -> None:
    truncated = pytest.importorskip("statsmodels.discrete.truncated_model")
    rng = np.random.default_rng(2)
    x = np.column_stack((np.ones(900), rng.standard_normal(900)))
    y = rng.poisson(np.exp(x @ np.array([-0.3, 0.5])))
    x, y = x[y > 0], y[y > 0]
    found = fit(poisson_regression(known(["one", "x"], x, y, np.ones(y.size, dtype=np.int64))))
    other = truncated.TruncatedLFPoisson(y, x).fit(disp=0, method="newton", tol=1e-12)
    assert found.coefficients == pytest.approx(other.params, abs=1e-5)
    assert found.log_likelihood == pytest.approx(other.llf, abs=1e-6)
    assert found.errors == pytest.approx(other.bse, rel=1e-3)


def test_a_group_never_recorded_twice_has_no_estimate() -> None:
    found = poisson_regression(two_groups([350, 40, 8], [95]))
    assert isinstance(found, Refusal)
    assert found.reason == "no_mle"
    found = zelterman_regression(two_groups([350, 40, 8], [95]))
    assert isinstance(found, Refusal)
    assert found.reason == "no_mle"


@pytest.mark.parametrize(
    ("design", "persons", "code"),
    [
        (np.ones((3, 1)), [0, 0, 0], "nobody"),
        (np.ones((3, 1)), [9, 0, 0], "no_repeats"),
        (np.ones((3, 1)), [9, 4, 0], "too_few_repeats"),
        (np.ones((3, 2)), [90, 40, 5], "not_identifiable"),
    ],
)
def test_what_cannot_be_said_is_refused(design: np.ndarray, persons: list[int], code: str) -> None:
    of = known([str(i) for i in range(design.shape[1])], design, [1, 2, 3], persons)
    for method in (poisson_regression, zelterman_regression):
        found = method(of)
        assert isinstance(found, Refusal)
        assert found.reason == code


def test_covariates_that_are_no_table_are_not_taken() -> None:
    for design, times, persons, said in (
        ([[1.0]], [0], [3], "1 or above"),
        ([[1.0]], [1], [-3], "0 or above"),
        ([[1.0]], [1.5], [3], "whole"),
        ([[math.nan]], [1], [3], "not a number"),
        ([[1.0, 2.0]], [1], [3], "one row"),
        ([[1.0], [2.0]], [1, 2], [3, 3], "constant"),
    ):
        with pytest.raises(ValueError, match=said):
            known(["a"], design, times, persons)
