"""Inside the pooling of strata: the plain twin, derivatives, and small areas with closed forms."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casetrail.demand.strata import plain
from casetrail.demand.strata.design import Assumed, Strata, design
from casetrail.demand.strata.likelihood import bent, hidden_per_known, log_hidden_slope
from casetrail.demand.strata.mode import Data, mode, start
from casetrail.demand.strata.pooling import Pooled, pooled
from casetrail.demand.strata.small_areas import SmallAreas, small_areas
from casetrail.demand.strata.spread import covariance
from casetrail.figures import Refusal


def data(seed: int, k: int = 3, groups: int = 1) -> Data:
    rng = np.random.default_rng(seed)
    of = design(k, Assumed(terms=(0b11,)) if k == 3 else Assumed(odds_ratio=2.0))
    counts = rng.poisson(rng.uniform(2, 30, of.cells.size), (4, of.cells.size)).astype(np.float64)
    return Data(of, counts, np.arange(4) % groups, groups)


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([2, 3]), st.sampled_from([1, 2]))
def test_mode_is_that_of_the_plain_twin(seed: int, k: int, groups: int) -> None:
    """BFGS without derivatives, and second derivatives by differences: about 1e-3 and 1e-2."""
    of = data(seed, k, groups)
    between = covariance((0.6, 0.7, 0.5), k, len(of.of.terms))
    ours, (means, theta, evidence) = mode(of, between, start(of)), plain.mode(of, between)
    assert ours.means == pytest.approx(means, abs=2e-3)
    assert ours.theta == pytest.approx(theta, abs=2e-3)
    assert ours.evidence == pytest.approx(evidence, abs=2e-2)


def test_small_spreads_are_exact() -> None:
    """With hardly any spread the coefficients are those of all counts together."""
    of = data(7)
    together = Data(of.of, of.counts.sum(axis=0, keepdims=True), np.zeros(1, dtype=np.int64), 1)
    tight, one = mode(of, 1e-10 * np.eye(4), start(of)), mode(together, 1e-10 * np.eye(4), start(together))
    assert tight.theta == pytest.approx(np.tile(one.theta, (4, 1)), abs=1e-4)


def test_derivatives_are_those_of_the_height() -> None:
    of, step = data(3), 1e-6
    theta = np.random.default_rng(1).normal(-0.5, 0.3, (4, 4))
    here = bent(of.of, of.counts, theta)
    for i in range(4):
        moved = theta + step * np.eye(4)[i]
        there = bent(of.of, of.counts, moved)
        assert here.slope[:, i] == pytest.approx((there.height - here.height) / step, rel=1e-3, abs=1e-3)
        assert here.curve[:, i] == pytest.approx(-(there.slope - here.slope) / step, rel=1e-3, abs=1e-3)
        rise = np.log(hidden_per_known(of.of, moved) / hidden_per_known(of.of, theta)) / step
        assert log_hidden_slope(of.of, theta)[:, i] == pytest.approx(rise, rel=1e-4)


def test_a_hundred_and_fifty_areas_in_seconds() -> None:
    """A guard against a slip, not a measure: about a second on an idle core."""
    rng = np.random.default_rng(9)
    counts = np.zeros((150, 4), dtype=np.int64)
    counts[:, 1:] = rng.poisson([25, 20, 8], (150, 3))
    of = Strata(tuple(f"a{i}" for i in range(150)), ("a", "b"), counts)
    begin = time.process_time()
    found = pooled(of, design(2, Assumed(odds_ratio=1.0)), seed=1)
    assert isinstance(found, Pooled) and len(found.members) == 150
    assert time.process_time() - begin < 8


def test_equal_errors_have_a_closed_form() -> None:
    """With equal variances D and one middle, restricted likelihood is at A = s^2 - D (Prasad and Rao 1990): by hand
    g1 = A D / (A + D), g2 = D^2 / (m (A + D)), g3 = 2 D^2 / (m (A + D))."""
    y = np.array([0.1, 1.4, -0.7, 2.2, 0.4, -1.9, 0.9, 1.1])
    d, m = 0.25, 8
    found = small_areas(y, np.full(m, 0.5))
    assert isinstance(found, SmallAreas)
    between = y.var(ddof=1) - d
    assert found.between**2 == pytest.approx(between, rel=1e-5)
    weight = between / (between + d)
    assert found.own_weight == pytest.approx(np.full(m, weight), rel=1e-5)
    assert found.values == pytest.approx(y.mean() + weight * (y - y.mean()), rel=1e-5)
    # The error is formed at the adjusted variance, where -(m - 1)/2 log v - S / (2 v) + log A is highest.
    a = np.linspace(0.01, 20, 400_001)
    s = ((y - y.mean()) ** 2).sum()
    best = a[np.argmax(-(m - 1) / 2 * np.log(a + d) - s / (2 * (a + d)) + np.log(a))]
    assert found.adjusted**2 == pytest.approx(best, rel=1e-3)
    mse = best * d / (best + d) + d**2 / (m * (best + d)) + 2 * 2 * d**2 / (m * (best + d))
    assert found.errors**2 == pytest.approx(np.full(m, mse), rel=1e-3)


def test_areas_that_are_alike_are_drawn_to_the_line() -> None:
    """Spread less than the errors: no variance between areas, and still an interval with some."""
    found = small_areas([1.0, 1.1, 0.9, 1.05, 0.95, 1.0], [0.5] * 6)
    assert isinstance(found, SmallAreas)
    assert found.between == 0 < found.adjusted
    assert found.values == pytest.approx(np.full(6, 1.0))
    assert (found.low < 1.0).all() and (found.high > 1.0).all()


def test_a_line_of_regions() -> None:
    """Two regions as columns: each drawn to its own middle."""
    y = np.array([1.0, 1.2, 0.8, 1.1, 0.9, 3.0, 3.2, 2.8, 3.1, 2.9])
    regions = np.repeat(np.eye(2), 5, axis=0)
    found = small_areas(y, np.full(10, 0.3), regions)
    assert isinstance(found, SmallAreas)
    assert found.coefficients == pytest.approx([1.0, 3.0])


def test_small_areas_cover() -> None:
    """95 % intervals over 300 made-up sets of 30 areas: 9,000 intervals, in clusters; between 93.5 % and 97 %."""
    rng = np.random.default_rng(11)
    hits = []
    for _ in range(300):
        errors = rng.uniform(0.3, 1.2, 30)
        truth = 1 + 0.5 * rng.standard_normal(30)
        found = small_areas(truth + errors * rng.standard_normal(30), errors)
        assert isinstance(found, SmallAreas)
        hits.append(((found.low <= truth) & (truth <= found.high)).mean())
    assert 0.935 < np.mean(hits) < 0.97


def test_small_areas_refuse_and_check() -> None:
    few = small_areas([1.0, 2.0, 3.0, 4.0], [1.0] * 4)
    assert isinstance(few, Refusal) and few.reason == "too_few_strata"
    for wrong in (([1.0], [1.0, 2.0]), ([1.0, np.nan], [1.0, 1.0]), ([1.0, 2.0], [0.0, 1.0])):
        with pytest.raises(ValueError, match="estimate"):
            small_areas(*wrong)
    with pytest.raises(ValueError, match="mixture"):
        small_areas(np.arange(8.0), np.ones(8), np.ones((8, 2)))
