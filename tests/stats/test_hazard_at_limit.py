"""Hazards by hand, and their change at a limit; two shares against printed intervals."""

from __future__ import annotations

from math import exp, log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from casetrail.stats.hazard_at_limit import compared, hazard, jump
from casetrail.stats.limit_shares import difference, discordance


def test_hazard_and_kaplan_meier_by_hand() -> None:
    """Six cases: finished on days 1, 2, 2, 4; open on days 2 and 3 when the records end.

    At risk: day 0 and 1: 6, day 2: 5, day 3: 2, day 4: 1. Still open: 1, 5/6, 5/6 * 3/5 = 1/2, 1/2, 0.
    """
    found = hazard([1, 2, 2, 4, 2, 3], [True, True, True, True, False, False])
    assert list(found.at_risk) == [6, 6, 5, 2, 1]
    assert list(found.finished) == [0, 1, 2, 0, 1]
    assert list(found.still_open) == pytest.approx([1, 5 / 6, 1 / 2, 1 / 2, 0])
    assert list(found.hazard) == pytest.approx([0, 1 / 6, 2 / 5, 0, 1])


@given(st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=40), st.integers(0, 15))
def test_the_plain_twin_agrees(drawn: list[tuple[int, bool]], last: int) -> None:
    found = hazard([d for d, _ in drawn], [e for _, e in drawn], last=last)
    left = 1.0
    for day in range(last + 1):
        at_risk = sum(d >= day for d, _ in drawn)
        ended = sum(d == day and e for d, e in drawn)
        assert (found.at_risk[day], found.finished[day]) == (at_risk, ended)
        left *= 1 - ended / at_risk if at_risk else 1
        assert found.still_open[day] == pytest.approx(left)


def test_the_jump_by_hand() -> None:
    """100 cases: 10 a day on days 1 to 5, then 2 a day: hazards add up to 50 of 400 case-days, and 10 of 230."""
    days = [d for d in range(1, 6) for _ in range(10)] + [d for d in range(6, 11) for _ in range(2)] + [30] * 40
    found = jump(hazard(days, [True] * 60 + [False] * 40), 5, width=5)
    assert found is not None
    assert (found.before_finished, found.before_at_risk) == (50, 100 + 90 + 80 + 70 + 60)
    assert (found.after_finished, found.after_at_risk) == (10, 50 + 48 + 46 + 44 + 42)
    ratio = (10 / 230) / (50 / 400)
    assert found.ratio == pytest.approx(ratio)
    before = sum(10 * (1 - 10 / n) for n in (100, 90, 80, 70, 60)) / 50**2
    after = sum(2 * (1 - 2 / n) for n in (50, 48, 46, 44, 42)) / 10**2
    half = 1.959964 * sqrt(before + after)
    assert (found.low, found.high) == pytest.approx((exp(log(ratio) - half), exp(log(ratio) + half)), rel=1e-6)


def test_no_change_at_the_limit_is_within_the_interval_nineteen_times_in_twenty() -> None:
    """Constant hazard of 4 % a day; 400 worlds of 1,500 cases, the interval of the share held by three errors."""
    rng = np.random.default_rng(8)
    held = 0
    for _ in range(400):
        days = rng.geometric(0.04, 1_500)
        until = np.minimum(days, 60)
        found = jump(hazard(until, days <= 60), 45)
        assert found is not None
        held += found.low <= 1 <= found.high
    assert 0.95 - 3 * sqrt(0.05 * 0.95 / 400) < held / 400 < 0.95 + 3 * sqrt(0.05 * 0.95 / 400)


def test_few_or_no_cases_are_refused() -> None:
    table = hazard([1] * 4 + [10] * 30, [True] * 34)
    assert jump(table, 5, width=5) is None
    with pytest.raises(ValueError, match="both spans"):
        compared(table, (0, 4), (9, 12))
    with pytest.raises(ValueError, match="whole days"):
        hazard([-1], [True])
    with pytest.raises(ValueError, match="equally many"):
        hazard([1, 2], [True])


def test_newcombe_table_ii() -> None:
    """R. G. Newcombe, Statistics in Medicine 17 (1998) 873-890, table II, method 10: 56/70 - 48/80 and 9/10 - 3/10."""
    first = difference((56, 70), (48, 80))
    assert (round(first.low, 4), round(first.high, 4)) == (0.0524, 0.3339)
    second = difference((9, 10), (3, 10))
    assert (round(second.low, 4), round(second.high, 4)) == (0.1705, 0.8090)


@given(st.integers(0, 60), st.integers(0, 60))
def test_mcnemar_is_the_exact_binomial_test(a: int, b: int) -> None:
    found = discordance(a, b)
    if a + b == 0:
        assert found.p_value is None
        return
    assert found.p_value == pytest.approx(binomtest(a, a + b, 0.5).pvalue, abs=1e-9)
    assert found.low is not None and found.high is not None and found.first_share is not None
    assert found.low <= found.first_share <= found.high
