"""Cumulative sums: scores and run lengths as published, plain twins, and cases with an unknown outcome."""

from __future__ import annotations

from math import exp, isnan, log, nan, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetrail.stats.cusum import bernoulli_scores, cusum, normal_scores, poisson_scores, vlad
from casetrail.stats.cusum_threshold import (
    alarm_chance,
    average_run_length,
    bernoulli_jumps,
    normal_jumps,
    poisson_jumps,
    threshold_for_chance,
    threshold_for_run_length,
)
from casetrail.stats.plain_cusum import plain_cusum, plain_run_length, plain_score


def risk(score: int) -> float:
    """Steiner and others (2000): logit of the risk = -3.68 + 0.077 Parsonnet score."""
    return 1 / (1 + exp(3.68 - 0.077 * score))


@pytest.mark.parametrize(
    ("ratio", "published"),
    [
        # S. H. Steiner (2014) p. 234 and Steiner and others (2000) p. 446: scores 0 and 50, outcome 0 and 1.
        (2.0, [-0.024, 0.669, -0.433, 0.260]),
        (0.5, [0.012, -0.681, 0.316, -0.377]),
    ],
)
def test_scores_as_published(ratio: float, published: list[float]) -> None:
    cases = [(y, risk(score)) for score in (0, 50) for y in (0, 1)]
    ours = bernoulli_scores([y for y, _ in cases], [p for _, p in cases], odds_ratio=ratio)
    assert ours == pytest.approx(published, abs=5e-4)
    assert ours == pytest.approx([plain_score(y, p, ratio) for y, p in cases])


def test_poisson_and_normal_scores_by_hand() -> None:
    """log of Poisson(y; 2e) / Poisson(y; e) = y log 2 - e; log of the normal densities at 1 and 0."""
    assert poisson_scores([3.0, 0.0], [2.0, 2.0], ratio=2.0) == pytest.approx([3 * log(2) - 2, -2])
    assert normal_scores([0.7], shift=1.0) == pytest.approx([0.7 - 0.5])


@pytest.mark.parametrize(
    ("limit", "shift", "published"),
    [
        # One-sided, k = 1/2: twice the two-sided run lengths 168 and 465 of Lucas and Crosier (1982) in control;
        # 8.38 and 10.4 after a shift of 1 (the other side hardly ever signals).
        (4.0, 0.0, 336.0),
        (5.0, 0.0, 930.0),
        (4.0, 1.0, 8.38),
        (5.0, 1.0, 10.4),
    ],
)
def test_run_lengths_as_published(limit: float, shift: float, published: float) -> None:
    ours = average_run_length(normal_jumps(shift=1.0, true_shift=shift), limit)
    assert ours == pytest.approx(published, rel=0.005)


def test_the_chain_agrees_with_cases_one_after_another() -> None:
    risks = [0.1] + [0.12] * 5 + [0.14] * 4
    jumps = bernoulli_jumps(risks, odds_ratio=2.0)
    rng = np.random.default_rng(2)
    runs = np.array([plain_run_length(risks, 2.0, 1.5, rng=rng) for _ in range(800)])
    assert average_run_length(jumps, 1.5) == pytest.approx(runs.mean(), abs=4 * runs.std() / sqrt(800))
    chance = alarm_chance(jumps, 1.5, cases=60)
    assert chance == pytest.approx(np.mean(runs <= 60), abs=4 * sqrt(0.25 / 800))
    # More cases than are gone through one by one: the same matrix, squared.
    assert alarm_chance(jumps, 1.5, cases=3_000) > 0.99


def test_thresholds_give_what_they_are_asked_for() -> None:
    jumps = poisson_jumps([4.0, 8.0], ratio=1.5)
    limit = threshold_for_run_length(jumps, 200.0)
    assert average_run_length(jumps, limit) == pytest.approx(200, rel=0.01)
    limit = threshold_for_chance(jumps, 0.05, cases=24)
    assert alarm_chance(jumps, limit, cases=24) == pytest.approx(0.05, abs=0.001)
    more = poisson_jumps([4.0, 8.0], ratio=1.5, true_ratio=1.5)
    assert alarm_chance(more, limit, cases=24) > 0.9
    with pytest.raises(ValueError, match="rarer than asked"):
        threshold_for_run_length(jumps, 0.5)


@given(
    st.lists(st.one_of(st.just(nan), st.floats(-3, 3)), max_size=60),
    st.one_of(st.none(), st.floats(0.5, 5)),
)
def test_the_plain_twin_goes_the_same_way(scores: list[float], threshold: float | None) -> None:
    ours = cusum(scores, threshold=threshold)
    path, alarms = plain_cusum(scores, threshold)
    # A sum within rounding of the threshold can be on either side of it.
    if threshold is None or all(abs(v - threshold) > 1e-9 for v in path):
        assert ours.path == pytest.approx(path, abs=1e-9)
        assert list(ours.alarms) == alarms
    assert ours.unknown == sum(isnan(v) for v in scores)


def test_an_unknown_outcome_is_no_evidence() -> None:
    scores = bernoulli_scores([1.0, nan, 0.0], [0.1, 0.1, 0.1], odds_ratio=2.0)
    assert np.isnan(scores[1])
    found = cusum(scores)
    assert found.path[1] == found.path[0] and found.unknown == 1


def test_vlad_by_hand() -> None:
    """Lovegrove's display turned round: observed less expected. 1-0.2, 0-0.5, unknown, 1-0.1."""
    display = vlad([1.0, 0.0, nan, 1.0], [0.2, 0.5, 0.3, 0.1], [0.16, 0.25, 0.21, 0.09])
    assert display.path == pytest.approx([0.8, 0.3, 0.3, 1.2])
    assert display.deviation[-1] == pytest.approx(sqrt(0.16 + 0.25 + 0.09))
    assert display.unknown == 1


def test_what_is_not_a_case_is_refused() -> None:
    for outcomes, risks in (([2.0], [0.5]), ([1.0], [0.0]), ([1.0, 0.0], [0.5])):
        with pytest.raises(ValueError, match=r"outcomes|equally long"):
            bernoulli_scores(outcomes, risks, odds_ratio=2.0)
    with pytest.raises(ValueError, match="ratio to look for"):
        poisson_scores([1.0], [1.0], ratio=1.0)
    with pytest.raises(ValueError, match="no change to look for"):
        normal_scores([1.0], shift=0.0)
    with pytest.raises(ValueError, match="above 0"):
        cusum([1.0], threshold=0.0)
