"""How many are outside by chance, and control for looking often: by hand, beside SciPy, beside the plain twin."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from casetrail.stats.apart import holm
from casetrail.stats.discrete_tails import binomial_counts
from casetrail.stats.funnel_limits import Band, Way, event_counts, proportion_counts
from casetrail.stats.outside import (
    Control,
    binomial_outside,
    binomial_p,
    by_chance,
    controlled,
    poisson_binomial,
    poisson_outside,
    poisson_p,
)
from casetrail.stats.plain_outside import (
    plain_binomial,
    plain_found,
    plain_outside,
    plain_poisson,
    plain_poisson_binomial,
    plain_tails,
)

CONTROLS: tuple[Control, ...] = ("bonferroni", "holm", "benjamini-hochberg", "benjamini-yekutieli")

# Benjamini and Hochberg 1995, section 3.2: fifteen p-values of a trial of thrombolysis, in order.
THROMBOLYSIS = [
    *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344),
    *(0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.000),
]


def test_the_example_of_benjamini_and_hochberg() -> None:
    """At 0.05 their procedure rejects four, Bonferroni's three."""
    assert int(np.sum(controlled(THROMBOLYSIS, "benjamini-hochberg") <= 0.05)) == 4
    assert int(np.sum(controlled(THROMBOLYSIS, "bonferroni") <= 0.05)) == 3
    # Holm by hand: 0.0019 <= 0.05 / 13, 0.0095 > 0.05 / 12.
    assert int(np.sum(controlled(THROMBOLYSIS, "holm") <= 0.05)) == 3
    # Yekutieli's divisor for fifteen is 3.318229: 3 * 0.05 / (15 * 3.318229) = 0.00301, 4 * ... = 0.00402.
    assert int(np.sum(controlled(THROMBOLYSIS, "benjamini-yekutieli") <= 0.05)) == 3


p_values = st.lists(st.floats(0, 1) | st.sampled_from([0.0, 0.01, 0.05, 1.0]), min_size=1, max_size=40)


@given(p_values)
def test_control_beside_scipy_and_the_other_holm(p: list[float]) -> None:
    for method, control in (("bh", "benjamini-hochberg"), ("by", "benjamini-yekutieli")):
        theirs = stats.false_discovery_control(p, method=method)
        assert list(controlled(p, control)) == pytest.approx(list(theirs), rel=1e-12, abs=1e-300)
    assert list(controlled(p, "holm") <= 0.0371) == list(holm(np.array(p), 0.0371))


@given(p_values, st.sampled_from(CONTROLS), st.floats(0.011, 0.3))
def test_control_is_what_the_authors_say(p: list[float], control: Control, level: float) -> None:
    ours, plain = controlled(p, control) <= level, plain_found(p, level, control)
    if not any(abs(value - level) < 1e-9 for value in controlled(p, control)):
        assert list(ours) == plain


@given(st.lists(st.floats(0, 1), min_size=1, max_size=160))
def test_how_many_of_unequal_chances(p: list[float]) -> None:
    assert list(poisson_binomial(p)) == pytest.approx(plain_poisson_binomial(p), abs=1e-13)


def test_by_hand() -> None:
    # Chances 0.1 and 0.5: none 0.45, one 0.5, both 0.05.
    assert list(poisson_binomial([0.1, 0.5])) == pytest.approx([0.45, 0.5, 0.05])
    found = by_chance([0.1, 0.5])
    assert (found.units, found.expected, found.low, found.high) == (2, 0.6, 0, 2)
    assert by_chance([0.1, 0.5], 0.9).high == 1  # none or one: 0.95
    assert (by_chance([0.0, 1.0, 1.0]).low, by_chance([0.0, 1.0, 1.0]).high) == (2, 2)


@given(st.integers(1, 400), st.floats(0.001, 0.999), st.sampled_from([0.5, 0.95, 0.998]))
def test_equal_chances_are_binomial(units: int, p: float, level: float) -> None:
    found = by_chance([p] * units, level)
    up_to = stats.binom.cdf([found.low - 1, found.low, found.high - 1, found.high], units, p)
    tail = (1 - level) / 2
    assert up_to[0] < tail + 1e-9 and up_to[1] >= tail - 1e-9
    assert up_to[2] < 1 - tail + 1e-9 and up_to[3] >= 1 - tail - 1e-9
    assert found.expected == pytest.approx(units * p)


@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.floats(0.01, 0.99))
def test_exact_p_of_a_share(xn: tuple[int, int], p: float) -> None:
    x, n = xn
    assert float(binomial_p(x, n, p)) == pytest.approx(
        min(1.0, 2 * min(plain_tails(plain_binomial(n, p), x))), abs=1e-12
    )
    for level in (0.95, 0.998):
        low, high = binomial_counts((1 - level) / 2, n, p)
        assert (float(binomial_p(x, n, p)) < 1 - level) == bool(x < low or x > high)


@given(st.integers(0, 60), st.floats(0.01, 40))
def test_exact_p_of_a_count(x: int, mean: float) -> None:
    assert float(poisson_p(x, mean)) == pytest.approx(
        min(1.0, 2 * min(plain_tails(plain_poisson(mean, 400), x))), abs=1e-12
    )


@given(st.integers(1, 60), st.floats(0.01, 0.99), st.sampled_from([0.95, 0.998]))
def test_the_chance_of_being_outside_is_that_of_the_counts_outside(n: int, p: float, level: float) -> None:
    """Never more than nominal for exact limits, and nothing at all where every count is within."""
    ours = float(binomial_outside(proportion_counts(p, [n], level=level), [n], p)[0])
    outside, chance = plain_outside(plain_binomial(n, p), (1 - level) / 2)
    assert ours == pytest.approx(chance, abs=1e-12)
    assert ours <= 1 - level
    assert (ours == 0) == (not outside)


@given(st.floats(0.01, 40), st.sampled_from(["exact", "score", "byar"]))
def test_the_chance_of_an_event_count_outside(mean: float, way: Way) -> None:
    band = event_counts([mean], level=0.95, way=way)
    chances = plain_poisson(mean, 400)
    plain = sum(c for k, c in enumerate(chances) if k < band.low[0] or k > band.high[0])
    assert float(poisson_outside(band, [mean])[0]) == pytest.approx(plain, abs=1e-12)


def test_small_counts_by_hand() -> None:
    # Ten with one half: 0, 1, 9, 10 are outside, 22 of 1,024. Five expected 2: six or more, 1.66 %.
    assert binomial_outside(proportion_counts(0.5, [10], level=0.95), [10], 0.5)[0] == pytest.approx(22 / 1024)
    assert poisson_outside(event_counts([2.0], level=0.95), [2.0])[0] == pytest.approx(1 - 0.9834364, abs=1e-7)


def test_printed_rounded() -> None:
    """Rounded to 10 and limits of 23 and 61: printed 20 or less (up to 25) is below, 70 or more (from 65) above."""
    band = Band(np.array([23.0]), np.array([61.0]))
    chances = plain_binomial(100, 0.4)
    expected = sum(chances[:26]) + sum(chances[65:])
    assert binomial_outside(band, [100], 0.4, rounded_to=10)[0] == pytest.approx(expected, abs=1e-12)
    # Limits of 0 leave nothing below, rounded or not.
    nothing = Band(np.array([0.0]), np.array([61.0]))
    assert binomial_outside(nothing, [100], 0.4, rounded_to=10)[0] == pytest.approx(sum(chances[65:]), abs=1e-12)


def test_what_is_no_probability_is_refused() -> None:
    for bad in ([], [1.2], [float("nan")], [[0.1]]):
        with pytest.raises(ValueError, match="at least one"):
            poisson_binomial(bad)
        with pytest.raises(ValueError, match="at least one"):
            controlled(bad, "holm")
    with pytest.raises(ValueError, match="level"):
        by_chance([0.1], 95.0)
