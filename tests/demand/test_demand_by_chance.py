"""Repeat counts that no mixture of chance records makes are refused; those that one makes are not."""

from __future__ import annotations

import numpy as np
import pytest

from casetrail.demand.repeats.by_chance import _nearest, by_chance
from casetrail.demand.repeats.counts import Repeats, from_each, repeats
from casetrail.demand.repeats.verdict import Said, verdict
from casetrail.figures import Refusal

BY_CHANCE = {
    "one rate": lambda rng: rng.poisson(1.0, 3000),
    "two kinds": lambda rng: rng.poisson(np.where(rng.random(4000) < 1 / 3, 2.0, 0.4)),
    "rates spread": lambda rng: rng.poisson(rng.gamma(1.0, 0.8, 4000)),
    "extra ones": lambda rng: np.concatenate((rng.poisson(1.2, 3000), np.ones(1500, dtype=np.int64))),
}
# What a hostile user brought: even numbers stand out, counts stop at ten, records keyed one, two or four times.
NOT = {
    "even numbers": [(1, 500), (2, 60), (4, 12), (6, 8)],
    "one of three": [(1, 500), (2, 60), (3, 1), (4, 12), (6, 8)],
    "stops at ten": [(1, 900), (2, 40), (10, 30)],
    "a million times": [(1, 500), (2, 100), (1_000_000, 30)],
    "keyed again": [(1, 129), (2, 64), (3, 5), (4, 23)],
}


def p_of(of: Repeats) -> float | None:
    return by_chance(of, np.random.default_rng(1))


@pytest.mark.parametrize("name", BY_CHANCE)
def test_mixtures_of_chance_are_seldom_refused(name: str) -> None:
    """At 1 % not more than 4 of 60: 99.9 % of a binomial law lie there or below."""
    found = [p_of(from_each(BY_CHANCE[name](np.random.default_rng(seed)))) for seed in range(60)]
    assert sum(p is not None and p <= 0.01 for p in found) <= 4


@pytest.mark.parametrize("name", NOT)
def test_what_no_rates_can_make_is_refused(name: str) -> None:
    assert p_of(repeats(NOT[name])) == pytest.approx(1 / 200)
    found = verdict(repeats(NOT[name]))
    assert isinstance(found, Refusal) and found.reason == "not_by_chance"


def test_persons_recorded_twice_at_most_cannot_be_looked_at() -> None:
    assert p_of(repeats([(1, 500), (2, 100)])) is None


def test_the_published_counts_stand() -> None:
    """Illegal immigrants (van der Heijden, Cruyff and van Houwelingen 2003)."""
    found = verdict(repeats([(1, 1645), (2, 183), (3, 37), (4, 13), (5, 1), (6, 1)]))
    assert isinstance(found, Said)
    assert "one_inflation" in found.warnings
    # 2,875 by twos and threes is below Chao's 9,229: by hand, 2 * 183^3 / (9 * 37^2) = 995 beside 1,880.
    assert found.safe_bound.method == "chao_without_ones_corrected"


def test_one_rate_is_nearer_than_any_other_one() -> None:
    """Counts in the exact proportions of a Poisson law of rate 2 have a distance of nothing."""
    times = np.arange(2.0, 14)
    law = np.exp(times * np.log(2) - np.array([sum(np.log(np.arange(1, t + 1))) for t in times]))
    distance, weights = _nearest(times, (1e4 * law / law.sum())[None], np.array([1.0, 2.0, 3.0]))
    # The last steps are small: what is left of 10,000 persons is far below what chance leaves (11 at 12 cells).
    assert 0 <= distance[0] < 3
    assert weights[0, 1] > 0.9


def test_the_bound_used_where_ones_are_extra_is_the_lower_one() -> None:
    """One person of three records beside sixty of two: by twos and threes alone there would be thousands."""
    found = verdict(repeats([(1, 500), (2, 60), (3, 2)]))
    assert isinstance(found, Said)
    assert found.safe_bound.total <= found.bound.total
