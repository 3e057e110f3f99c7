"""Control charts: published worked examples, published run lengths, plain twins, and what is unknown."""

from __future__ import annotations

from math import nan, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetrail.figures import Refusal
from casetrail.stats.laney import Attributes, attributes
from casetrail.stats.plain_xmr import plain_limits, plain_signals
from casetrail.stats.xmr import Xmr, xmr
from casetrail.stats.xmr_rates import average_run_length, false_signal, false_signal_own_limits
from casetrail.stats.xmr_rules import MAKING_DATA_COUNT, Rules, signals

# NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2: ten batches of flow rates.
NIST = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]


def charted(values: list[float], **how: object) -> Xmr:
    made = xmr(values, **how)  # type: ignore[arg-type]
    assert isinstance(made, Xmr)
    return made


def test_the_worked_example_of_nist() -> None:
    """Mean 50.81, mean range 1.8778, limits 45.8159 and 55.8041, with 3 / 1.128 where 2.66 stands here."""
    chart = charted(NIST)
    assert chart.centre[0] == pytest.approx(50.81, abs=5e-5)
    assert chart.stretches[0].range_typical == pytest.approx(1.8778, abs=5e-5)
    rounding = abs(2.66 - 3 / 1.128) * 1.8778 + 5e-5
    assert chart.low[0] == pytest.approx(45.8159, abs=rounding)
    assert chart.high[0] == pytest.approx(55.8041, abs=rounding)
    # Hand: 3.267 * 1.87778 = 6.1347; the largest range of the table is 3.5.
    assert chart.range_high[0] == pytest.approx(6.1347, abs=5e-5)
    assert not chart.signals.any.any() and not chart.range_outside.any()


def test_limits_from_the_median_range_by_hand() -> None:
    """Ranges 2.0 2.3 1.4 3.5 3.4 1.4 0.2 1.2 1.5: median 1.5; 50.81 - 3.145 * 1.5 = 46.0925."""
    chart = charted(NIST, typical="median")
    assert (chart.low[0], chart.high[0]) == (pytest.approx(46.0925), pytest.approx(55.5275))


@pytest.mark.parametrize(
    ("rules", "shift", "published"),
    [
        # C. W. Champ and W. H. Woodall, Technometrics 29 (1987) 393-399, table 1.
        (Rules(0, 0, two_of_three=False), 0.0, 370.40),
        (Rules(0, 0), 0.0, 225.44),
        (Rules(8, 0, two_of_three=False), 0.0, 152.73),
        (Rules(8, 0), 0.0, 122.05),
        (Rules(0, 0, two_of_three=False), 1.0, 43.89),
        (Rules(0, 0), 1.0, 20.01),
        (Rules(8, 0, two_of_three=False), 1.0, 14.58),
    ],
)
def test_run_lengths_as_published(rules: Rules, shift: float, published: float) -> None:
    assert average_run_length(rules, shift=shift) == pytest.approx(published, abs=0.005)


def test_a_run_of_seven_alone_is_a_coin() -> None:
    """Seven heads or seven tails in a row take 2⁷ - 1 = 127 throws on average. Limits far away leave only the run."""
    side = np.random.default_rng(1).standard_normal(400_000)
    far = np.full(side.size, 1e9)
    found = signals(side, np.zeros(side.size), (-far, far), rules=Rules(7, 0, two_of_three=False), edges=(0, side.size))
    starts = np.flatnonzero((found.run != 0) & (np.roll(found.run, 1) == 0)).size
    # Runs of at least seven begin once in 2 * 64 points: each point opens one with chance 1/2 * (1/2)⁶.
    assert side.size / starts == pytest.approx(128, rel=0.05)


def test_chances_of_a_false_signal() -> None:
    """Points outside: 1 - (1 - 0.0027)^30. Own limits signal less often; both by two different programs."""
    assert false_signal(30, Rules(0, 0, two_of_three=False)) == pytest.approx(1 - 0.9973002039**30, abs=2e-9)
    counted = [charted(list(z)).signals.any.any() for z in np.random.default_rng(5).standard_normal((3_000, 16))]
    stated = false_signal_own_limits(16, MAKING_DATA_COUNT)
    assert np.mean(counted) == pytest.approx(stated, abs=4 * sqrt(stated / 3_000))
    assert stated < false_signal(16, Rules(7, 0))


def test_rules_as_making_data_count_has_them() -> None:
    """The cases of the tests of NHSRplotthedots 0.1 (test-ptd_calculate_point_type.R), on a series around 0."""
    wide = np.full(9, 100.0)

    def marks(values: list[float]) -> tuple[list[int], list[int]]:
        x = np.array(values)
        edges, far = (0, x.size), wide[: x.size]
        found = signals(x, np.zeros(x.size), (-far, far), rules=MAKING_DATA_COUNT, edges=edges)
        return found.run.tolist(), found.trend.tolist()

    assert marks([1.0] * 6)[0] == [0] * 6
    assert marks([1.0] * 6 + [-1])[0] == [0] * 7
    assert marks([1.0] * 8 + [-1])[0] == [1] * 8 + [0]
    assert marks([-1.0] * 8 + [1])[0] == [-1] * 8 + [0]
    assert marks([1, 2, 3, 4, 5, 6])[1] == [0] * 6
    assert marks([1, 2, 3, 3, 4, 5, 6])[1] == [0] * 7
    assert marks([1, 2, 3, 4, 5, 6, 7])[1] == [1] * 7
    assert marks([2, 1, 2, 3, 4, 5, 6, 7, 3])[1] == [0, 1, 1, 1, 1, 1, 1, 1, 0]
    assert marks([7, 6, 5, 4, 3, 2, 1])[1] == [-1] * 7


def test_two_of_three_need_the_same_side() -> None:
    x = np.array([0.0, 2.5, 0.0, 2.5, 0.0, 2.5, -2.5, 0.0, 0.0, -2.5])
    limit = np.full(x.size, 3.0)
    found = signals(x, np.zeros(x.size), (-limit, limit), rules=Rules(0, 0), edges=(0, x.size))
    assert found.near.tolist() == [0, 1, 0, 1, 0, 1, 0, 0, 0, 0]


def test_an_unknown_point_is_on_no_side() -> None:
    """Six above, one unknown, six above: no run of seven, no trend across, no range beside the gap."""
    chart = charted([1.0, 2, 1, 2, 1, 2, nan, 2, 1, 2, 1, 2, 1, -9, -9, -9, -9, -9, -9], rules=Rules(7, 7))
    assert not chart.signals.run[:13].any()
    assert np.isnan(chart.ranges[[0, 6, 7]]).all() and chart.ranges[8] == 1
    assert not chart.signals.any[6]


def test_a_break_begins_afresh() -> None:
    """Ten at 10 and ten at 20: one series is all signals, two series have none, and each its own mean."""
    values = [10.0, 11, 9, 10, 11, 9, 10, 11, 9, 10, 20, 21, 19, 20, 21, 19, 20, 21, 19, 20]
    assert charted(values).signals.run.any()
    broken = charted(values, breaks=(10,))
    assert not broken.signals.any.any()
    assert [s.centre for s in broken.stretches] == [10, 20]
    assert np.isnan(broken.ranges[10])
    short = charted([5.0, 6, *values[10:]], breaks=(2,))
    assert np.isnan(short.centre[:2]).all() and len(short.stretches) == 1
    with pytest.raises(ValueError, match="a break lies"):
        xmr(values, breaks=(20,))


def test_too_few_points_are_refused() -> None:
    few = xmr([1.0, 2, 3, 4, 5, 6, 7, nan, nan])
    assert isinstance(few, Refusal) and few.reason == "too_few_points"
    alone = xmr([1.0, nan] * 10)
    assert isinstance(alone, Refusal)


@given(
    st.lists(st.one_of(st.just(nan), st.integers(-30, 30).map(lambda v: v / 4)), min_size=8, max_size=30),
    st.sampled_from([(7, 7), (8, 6), (5, 4)]),
)
def test_the_plain_twin_marks_the_same(values: list[float], lengths: tuple[int, int]) -> None:
    run, trend = lengths
    made = xmr(values, rules=Rules(run, trend))
    if isinstance(made, Refusal):
        return
    limits = plain_limits(values)
    assert (made.centre[0], made.low[0], made.high[0]) == pytest.approx(limits)
    exact = (float(made.centre[0]), float(made.low[0]), float(made.high[0]))
    ours = [{rule: int(getattr(made.signals, rule)[i]) for rule in made.signals.at(i)} for i in range(len(values))]
    assert ours == plain_signals(values, exact, run=run, trend=trend)


def test_laney_by_hand() -> None:
    """Four shares twice: 10/100, 30/200, 10/100, 30/200: p = 80/600; z and their ranges written out."""
    x, n = [10.0, 30, 10, 30, 10, 30, 10, 30], [100.0, 200, 100, 200, 100, 200, 100, 200]
    made = attributes(x, n)
    assert isinstance(made, Attributes)
    p = 160 / 1200
    low_z = (0.10 - p) / sqrt(p * (1 - p) / 100)
    high_z = (0.15 - p) / sqrt(p * (1 - p) / 200)
    sigma = (high_z - low_z) / 1.128
    assert made.sigma_z == (pytest.approx(sigma),)
    assert made.high[0] == pytest.approx(p + 3 * sigma * sqrt(p * (1 - p) / 100))
    assert made.plain_high[1] == pytest.approx(p + 3 * sqrt(p * (1 - p) / 200))
    rate = attributes(x, n, kind="rate")
    assert isinstance(rate, Attributes)
    assert rate.plain_low[0] == pytest.approx(p - 3 * sqrt(p / 100))


def test_with_equal_denominators_laney_is_the_chart_of_values() -> None:
    """Then z are values on another scale, and the limits are those of the moving ranges."""
    x = np.random.default_rng(3).binomial(500, 0.4, size=20).astype(float)
    made, values = attributes(x, np.full(20, 500.0)), charted(list(x / 500))
    assert isinstance(made, Attributes)
    assert made.low == pytest.approx(values.centre - (values.centre - values.low) * (3 / 1.128) / 2.66, abs=1e-12)


def test_counts_that_cannot_be_charted() -> None:
    zeros = attributes([0.0] * 9, [10.0] * 9)
    assert isinstance(zeros, Refusal) and zeros.reason == "nothing_varies"
    assert isinstance(attributes([1.0] * 7 + [nan] * 5, [10.0] * 12), Refusal)
    with pytest.raises(ValueError, match="a share is no more"):
        attributes([11.0] * 9, [10.0] * 9)
    unknown = attributes([1.0, 2, 3, 1, 2, 3, 1, 2, nan], [10.0] * 8 + [nan])
    assert isinstance(unknown, Attributes) and np.isnan(unknown.high[8]) and not unknown.signals.any[8]
