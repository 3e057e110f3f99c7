"""Counts against what all others lead to expect: a plain twin, known constants, promises, and what is refused."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from casetrail.stats import robust_line
from casetrail.stats.adjust import Adjusted, adjusted
from casetrail.stats.count_fit import Cases, cases, fit
from casetrail.stats.even_scale import back, place, seen
from casetrail.stats.identify import NotFit, condition
from casetrail.stats.plain_adjust import PlainUnit, plain_doubt, plain_line
from casetrail.stats.robust_line import CLIP, PRICE, WIDTH, WORTH, settle, spread_beyond, without_each


def made_up(seed: int, units: int = 150, *, tau: float = 0.3, slope: float = 0.4, share: bool = False) -> Cases:
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((units, 1))
    line = slope * x[:, 0] + tau * rng.standard_normal(units)
    if share:
        n = rng.integers(50, 2_000, units)
        return cases(rng.binomial(n, 1 / (1 + np.exp(-line))), n, x, family="binomial")
    size = rng.uniform(2_000, 100_000, units)
    return cases(rng.poisson(size * 0.01 * np.exp(line)), size, x)


# --- what is refused


def reason(of: Cases) -> str:
    with pytest.raises(NotFit) as caught:
        adjusted(of)
    return caught.value.reason


def test_what_cannot_be_identified_is_refused() -> None:
    rng = np.random.default_rng(8)
    x, size = rng.standard_normal(40), np.full(40, 100.0)
    y = rng.poisson(20, 40)
    assert reason(cases(y[:19], size[:19], x[:19])) == "too_few_units"
    assert reason(cases(y, size, np.column_stack([x, x + 1, x**2, x**3]))) == "too_few_units"
    assert reason(cases(np.zeros(40), size, x)) == "no_events"
    assert reason(cases(size, size, x, family="binomial")) == "no_events"
    assert reason(cases(y, size, np.full(40, 0.3))) == "constant"
    assert reason(cases(y, size, np.column_stack([x, 3 - 2 * x]))) == "collinear"
    assert reason(cases(y, size, np.column_stack([x, x + 0.01 * rng.standard_normal(40)]))) == "collinear"


def test_two_related_columns_are_not_yet_the_same() -> None:
    """For a pair the condition index is the root of (1 + r)/(1 - r): 30 is r = 0.9978."""
    rng = np.random.default_rng(9)
    x = rng.standard_normal(200)
    of = cases(rng.poisson(20, 200), np.full(200, 100), np.column_stack([x, x + 0.3 * rng.standard_normal(200)]))
    r = np.corrcoef(of.columns.T)[0, 1]
    assert condition(of.design) == pytest.approx(sqrt((1 + r) / (1 - r)), rel=1e-9)
    adjusted(of)


def test_separation_is_refused() -> None:
    """No event wherever the column is 1: its coefficient runs off to minus infinity. One event there is enough."""
    group = np.repeat([0.0, 1.0], 20)
    none = np.where(group == 1, 0, 5)
    assert reason(cases(none, np.full(40, 100), group)) == "separation"
    assert reason(cases(none, np.full(40, 100), group, family="binomial")) == "separation"
    full = np.where(group == 1, 100, 50)
    assert reason(cases(full, np.full(40, 100), group, family="binomial")) == "separation"
    none[-1] = 1
    adjusted(cases(none, np.full(40, 100), group))


def test_a_unit_that_alone_tells_a_coefficient_gets_no_expectation() -> None:
    rng = np.random.default_rng(10)
    found = adjusted(cases(rng.poisson(30, 40), np.full(40, 1_000), np.eye(40)[:, 3]))
    assert np.flatnonzero(np.isnan(found.expected)).tolist() == [3]
    assert np.flatnonzero(np.isnan(found.z)).tolist() == [3]
    low, high = found.limits()
    assert np.isnan(low[3])
    assert np.isfinite(np.delete(high, 3)).all()


# --- the even scale and Huber's constants


@pytest.mark.parametrize("tau2", [0.0, 0.02, 0.5])
@pytest.mark.parametrize("share", [False, True])
def test_the_scale_is_even_and_can_be_turned_back(tau2: float, share: bool) -> None:
    """One deviation of a count moves it by one on the scale: 1/root of (chance + tau² times its square)."""
    size = np.array([40.0, 400.0, 4_000.0])
    of = cases(size / 4, size, family="binomial" if share else "poisson")
    for part in (0.1, 0.25, 0.7):
        count = part * size
        chance = count * (1 - part) if share else count
        deviation = np.sqrt(chance + tau2 * chance**2)
        step = 1e-4 * count
        slope = (place(count + step, of, tau2) - place(count - step, of, tau2)) / (2 * step)
        assert slope * deviation == pytest.approx(1.0, rel=1e-5)
        assert back(place(count, of, tau2), of, tau2) == pytest.approx(count, rel=1e-9)
    assert list(back(np.full(3, -1.0), of, tau2)) == [0.0, 0.0, 0.0]
    if share:
        assert list(back(np.full(3, 1e9), of, tau2)) == list(size)
    assert place(size / 3, of, 1e-11) == pytest.approx(place(size / 3, of, 0.0), rel=1e-6)


def test_hubers_constants() -> None:
    inside, _ = quad(lambda z: min(z * z, CLIP**2) * norm.pdf(z), -10, 10, points=[-CLIP, CLIP])
    assert pytest.approx(inside, rel=1e-8) == WIDTH
    assert pytest.approx(inside / (norm.cdf(CLIP) - norm.cdf(-CLIP)) ** 2, rel=1e-8) == PRICE
    fourth, _ = quad(lambda z: min(z * z, CLIP**2) ** 2 * norm.pdf(z), -10, 10, points=[-CLIP, CLIP])
    slope, _ = quad(lambda z: z * z * norm.pdf(z), -CLIP, CLIP)
    assert pytest.approx(2 * slope**2 / (fourth - inside**2), rel=1e-8) == WORTH


# --- the plain twin


def plain_units(of: Cases) -> list[PlainUnit]:
    rounding = (of.rounded_to**2 - 1) / 12
    return [
        PlainUnit(float(o), float(n), (1.0, *(float(v) for v in row)), of.family == "binomial", rounding)
        for o, n, row in zip(of.observed, of.size, of.columns, strict=True)
    ]


@settings(max_examples=8)
@given(st.integers(0, 10_000), st.booleans(), st.sampled_from([1.0, 5.0]))
def test_the_plain_twin_agrees(seed: int, share: bool, rounded_to: float) -> None:
    drawn = made_up(seed, 22, share=share)
    of = cases(drawn.observed, drawn.size, drawn.columns, family=drawn.family, rounded_to=rounded_to)
    found = adjusted(of)
    units = plain_units(of)
    at = seed % len(units)
    others = [u for i, u in enumerate(units) if i != at]
    line = plain_line(others, found.tau2)
    assert units[at].expected(line) == pytest.approx(found.expected[at], rel=1e-5)
    assert PRICE * plain_doubt(others, line, found.tau2, units[at].row) == pytest.approx(found.doubt[at], rel=1e-4)
    own = units[at]
    even, whole = own.variance(found.expected[at], found.tau2)
    t = (own.far(line, found.tau2) * sqrt(whole)) / sqrt(whole + found.doubt[at])
    assert np.sign(found.z[at]) == np.sign(t)
    assert found.chance[at] == pytest.approx(whole - found.tau2, rel=1e-6)
    assert even <= whole


@pytest.mark.parametrize("share", [False, True])
def test_the_variance_between_units_is_the_one_under_which_they_are_as_wide_as_normal(share: bool) -> None:
    of = made_up(11, 40, tau=0.5, share=share)
    line, tau2 = settle(of, of.design, fit(of))
    units = plain_units(cases(of.observed, of.size, of.design[:, 1:], family=of.family))
    whole = [u.variance(u.expected(line), tau2)[1] for u in units]
    inverse = np.linalg.inv(sum(np.outer(u.row, u.row) / w for u, w in zip(units, whole, strict=True)))
    room = [1 - np.array(u.row) @ inverse @ np.array(u.row) / w for u, w in zip(units, whole, strict=True)]
    squares = [min(u.far(line, tau2) ** 2 / r, CLIP**2) for u, r in zip(units, room, strict=True)]
    assert tau2 > 0
    assert sum(squares) / len(squares) == pytest.approx(WIDTH, abs=1e-5)


# --- what it promises


def test_the_unit_judged_has_no_part_in_its_expectation() -> None:
    """With the variance between units held, another count of the same unit leaves its own expectation as it was."""
    of = made_up(12, 30)
    line, tau2 = settle(of, of.design, fit(of))
    lines, doubt = without_each(of, of.design, line, tau2=tau2)
    other = of.observed.copy()
    other[4] *= 3
    changed = cases(other, of.size, of.columns)
    again, doubt_again = without_each(changed, of.design, line, tau2=tau2)
    assert again[4] == pytest.approx(lines[4], abs=1e-6)
    assert doubt_again[4] == pytest.approx(doubt[4], rel=1e-5)
    assert not np.allclose(again[5], lines[5], atol=1e-4)


@pytest.mark.parametrize("share", [False, True])
def test_limits_hold_one_just_where_z_is_within_its_own(share: bool) -> None:
    of = made_up(13, share=share)
    observed = of.observed.copy()
    observed[0] //= 8
    found = adjusted(cases(observed, of.size, of.columns, family=of.family))
    for level in (0.5, 0.95, 0.998):
        low, high = found.limits(level)
        within = (low <= 1) & (high >= 1)
        assert within.tolist() == (np.abs(found.z) <= norm.ppf(0.5 + level / 2)).tolist()
        assert not within.all()
    chance_low, chance_high = found.limits(ordinary=False)
    low, high = found.limits()
    assert np.all(chance_low >= low)
    assert np.all(chance_high <= high)
    assert np.all((chance_low <= found.ratio * 1.01) & (found.ratio * 0.99 <= chance_high))
    with pytest.raises(ValueError, match="strictly between"):
        found.limits(1.0)


def test_one_alone_is_as_among_all() -> None:
    of = made_up(14)
    every, one = adjusted(of), adjusted(of, only=17)
    assert one.z[17] == pytest.approx(every.z[17], abs=1e-6)
    assert np.flatnonzero(np.isfinite(one.expected)).tolist() == [17]


def test_units_of_a_column_and_order_do_not_matter() -> None:
    of = made_up(15, 50)
    turned = cases(of.observed[::-1], of.size[::-1] / 7, 1_000 - 40 * of.columns[::-1])
    assert adjusted(turned).z[::-1] == pytest.approx(adjusted(of).z, abs=1e-6)


def test_a_few_far_out_move_neither_line_nor_ordinary_differences() -> None:
    clean = made_up(16)
    spoilt = clean.observed.copy()
    spoilt[:5] *= 20
    far, near = adjusted(cases(spoilt, clean.size, clean.columns)), adjusted(clean)
    assert sqrt(far.tau2) == pytest.approx(sqrt(near.tau2), rel=0.15)
    # Each of 5 in 150 may pull by 1.5 deviations of 0.3, over 0.87 of the rest: 0.02, and the slope with it.
    assert far.expected[5:] == pytest.approx(near.expected[5:], rel=0.08)
    assert np.all(far.z[:5] > 5)
    plain = far.fit.expected[5:] / near.fit.expected[5:]
    assert np.median(plain) > 1.3


def test_rounded_counts_make_limits_wider() -> None:
    rng = np.random.default_rng(17)
    y = np.round(rng.poisson(30, 40) / 10) * 10
    plain, rounded = (adjusted(cases(y, np.full(40, 100), rounded_to=r)) for r in (1.0, 10.0))
    assert rounded.chance == pytest.approx(plain.chance + 99 / 12 / plain.expected**2, rel=0.05)
    assert rounded.tau2 < plain.tau2 or plain.tau2 == 0


def test_ordinary_differences_are_found_and_the_blameless_left_alone() -> None:
    """150 units, deviation 0.3: tau within three standard errors of a deviation (0.3 / root 300, a little more)."""
    for share in (False, True):
        found = adjusted(made_up(18, share=share))
        assert sqrt(found.tau2) == pytest.approx(0.3, abs=0.06)
        assert 0.0 < np.mean(np.abs(found.z) > 1.96) < 0.11
        assert np.mean(np.abs(found.z) > 3.09) < 0.02


def test_where_every_case_was_counted_the_odds_have_no_end() -> None:
    of = made_up(19, share=True)
    observed = of.observed.copy()
    observed[0] = of.size[0]
    found = adjusted(cases(observed, of.size, of.columns, family="binomial"))
    low, high = found.limits()
    assert found.ratio[0] == np.inf
    assert high[0] == np.inf
    assert np.isfinite(low[0])
    assert np.isfinite(found.z).all()


def test_many_units_are_done_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    whole: Adjusted = adjusted(made_up(20, 40))
    monkeypatch.setattr(robust_line, "BLOCK", 7)
    assert adjusted(made_up(20, 40)).expected == pytest.approx(whole.expected, rel=1e-6)


def test_no_variance_between_units_where_chance_alone_is_wide_enough() -> None:
    of = cases(np.full(20, 25.0), np.full(20, 100.0))
    assert spread_beyond(of, np.full(20, 25.0), np.ones(20)) == 0.0
    assert adjusted(of).tau2 == 0.0
    assert seen(of, 0.0) == pytest.approx(2 * np.sqrt(np.full(20, 25.25)))
