"""Grades and figures before and after: against published output, another program, and hand calculations."""

from __future__ import annotations

from math import nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kendalltau

from casetrail.stats.before_after_event import Events, Look, middles, relative_to_all, years_from_event
from casetrail.stats.beyond_regression import Ahead, excess_after_event, windows_of
from casetrail.stats.tau_b import tau_b, tau_b_rows

LOOK = Look(years=(-1, 0, 1), grades=(1, 2, 3, 4), cut=3)


def test_tau_b_and_its_error_as_the_sas_manual_prints_them() -> None:
    """PROC FREQ, data set Pain (adverse by dose, 161 patients): tau-b 0.3373, ASE 0.0642."""
    table = ((26, 26, 23, 18, 9), (6, 7, 9, 14, 23))
    adverse = [i for i, row in enumerate(table) for count in row for _ in range(count)]
    dose = [float(j) for row in table for j, count in enumerate(row) for _ in range(count)]
    found = tau_b(adverse, dose)
    assert found.value == pytest.approx(0.3373, abs=5e-5)
    assert found.error == pytest.approx(0.0642, abs=5e-5)
    assert found.low < found.value < found.high
    # 6,030 pairs would be 102 * 59 of unlike adverse; those that differ in dose as well agree in this share.
    agree = sum(a * b for j, a in enumerate(table[0]) for k, b in enumerate(table[1]) if k > j)
    differ = sum(a * b for j, a in enumerate(table[0]) for k, b in enumerate(table[1]) if k != j)
    assert found.agree == pytest.approx(agree / differ)


def test_tau_b_by_hand() -> None:
    """Three pairs of unlike class: (1,2) agrees, (1,3) agrees, (2,3) does not: 1 / 3."""
    found = tau_b([1, 2, 3], [1.0, 3.0, 2.0])
    assert found.value == pytest.approx(1 / 3)
    assert found.agree == pytest.approx(2 / 3)


def test_the_entries_of_one_cluster_count_once() -> None:
    g, v = np.array([1, 1, 2, 2, 3, 3, 4, 4]), np.array([1.0, 4.0, 2.0, 6.0, 5.0, 3.0, 7.0, 8.0])
    alone = tau_b(g, v)
    doubled = tau_b(np.tile(g, 2), np.tile(v, 2), clusters=np.tile(np.arange(8), 2))
    assert doubled.value == pytest.approx(alone.value)
    assert doubled.error == pytest.approx(alone.error, rel=1e-9)
    assert doubled.clusters == 8
    assert tau_b(np.tile(g, 2), np.tile(v, 2)).error < doubled.error


@given(
    st.lists(st.tuples(st.integers(1, 4), st.integers(0, 6)), min_size=3, max_size=25).filter(
        lambda rows: len({g for g, _ in rows}) > 1 and len({v for _, v in rows}) > 1
    )
)
def test_rows_by_sorting_agree_with_scipy(rows: list[tuple[int, int]]) -> None:
    g, v = np.array([g for g, _ in rows]), np.array([float(v) for _, v in rows])
    assert tau_b_rows(g, v[None, :])[0] == pytest.approx(kendalltau(g, v).statistic, abs=1e-12)
    assert tau_b(g, v).value == pytest.approx(kendalltau(g, v).statistic, abs=1e-12)


def test_unknown_numbers_are_left_out_with_their_class() -> None:
    g = np.array([1, 2, 3, 4, 1])
    v = np.array([[1.0, nan, 3.0, 2.0, nan], [nan, nan, nan, nan, nan]])
    rows = tau_b_rows(g, v)
    assert rows[0] == pytest.approx(kendalltau([1, 3, 4], [1.0, 3.0, 2.0]).statistic)
    assert np.isnan(rows[1])


@pytest.mark.parametrize(
    ("g", "v", "wrong"),
    [([1, 2], [1.0], "equally long"), ([1, 2], [1.0, 2.0], "three"), ([1, 1, 1], [1.0, 2.0, 3.0], "differ")],
)
def test_what_has_no_tau(g: list[int], v: list[float], wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        tau_b(g, v)


@given(st.lists(st.lists(st.one_of(st.none(), st.integers(-5, 5)), min_size=4, max_size=4), min_size=1, max_size=6))
def test_middles_are_medians_of_what_is_known(rows: list[list[int | None]]) -> None:
    found = middles(np.array([[nan if v is None else float(v) for v in row] for row in rows]))
    for row, middle in zip(rows, found, strict=True):
        known = [v for v in row if v is not None]
        assert middle == pytest.approx(float(np.median(known)) if known else nan, nan_ok=True)


def test_what_moves_everybody_is_taken_away() -> None:
    figures = np.array([[1.0, 11.0], [2.0, 12.0], [3.0, nan]])
    assert relative_to_all(figures) == pytest.approx(np.array([[-1.0, -0.5], [0.0, 0.5], [1.0, nan]]), nan_ok=True)


def _world(seed: int, units: int = 80, years: int = 9) -> tuple[np.ndarray, Events]:
    rng = np.random.default_rng(seed)
    level = rng.standard_normal(units)
    figures = level[:, None] + 0.5 * rng.standard_normal((units, years)) + 10.0 * rng.standard_normal(years)
    grade = 1 + np.searchsorted([-1.0, -0.3, 0.6], level + 0.3 * rng.standard_normal(units))
    return figures, Events(np.arange(units), rng.integers(3, 6, units), grade)


def test_a_grade_that_follows_the_level_is_found_in_every_year_though_years_differ_widely() -> None:
    figures, events = _world(3)
    found = years_from_event(figures, events, LOOK, rng=np.random.default_rng(0), permutations=199)
    for year in found:
        assert year.tau is not None
        assert year.tau.value > 0.3
        assert year.p_all <= 0.01
        assert year.difference > 0.5
        assert year.p_difference_all <= 0.01
        assert year.p <= year.p_all


def test_the_same_draws_give_the_same_answer_and_others_another() -> None:
    figures, events = _world(4)
    once = years_from_event(figures, events, LOOK, rng=np.random.default_rng(1), permutations=99)
    again = years_from_event(figures, events, LOOK, rng=np.random.default_rng(1), permutations=99)
    assert once == again


def test_medians_are_of_the_figures_as_given_by_hand() -> None:
    figures = np.arange(24.0)[:, None] + np.array([0.0, 100.0, 200.0])
    grade = np.repeat([1, 2, 3, 4], 6)
    found = years_from_event(
        figures, Events(np.arange(24), np.ones(24, dtype=np.int64), grade), LOOK, rng=np.random.default_rng(1)
    )
    assert found[0].medians == (2.5, 8.5, 14.5, 20.5)
    assert found[2].medians == (202.5, 208.5, 214.5, 220.5)
    assert found[0].difference == 12.0  # 17.5 less 5.5


def test_a_year_with_too_few_figures_is_not_tested() -> None:
    figures, events = _world(5)
    figures[19:, :3] = nan
    events = Events(events.unit, np.full(80, 3), events.grade)
    before, at, _ = years_from_event(figures, events, LOOK, rng=np.random.default_rng(1), permutations=99)
    assert before.n == 19
    assert before.tau is None
    assert np.isnan(before.p_all)
    assert at.tau is not None


def test_years_past_the_table_have_no_figure() -> None:
    figures, events = _world(6)
    look = Look(years=(-9, 9), grades=(1,), cut=3)
    for year in years_from_event(figures, events, look, rng=np.random.default_rng(1), permutations=9):
        assert (year.n, year.tau) == (0, None)


def test_events_outside_the_table_are_an_error() -> None:
    figures, _ = _world(7)
    with pytest.raises(ValueError, match="outside"):
        years_from_event(
            figures, Events(np.array([80]), np.array([1]), np.array([1])), LOOK, rng=np.random.default_rng(1)
        )
    with pytest.raises(ValueError, match="equally long"):
        Events(np.array([1]), np.array([1, 2]), np.array([1]))


def test_windows_by_hand() -> None:
    """Unit 0, year 3: last figure 3, mean of 1, 2, 3 = 2, after it (year 4) 5; year 2: last 2, mean 1.5, after 3."""
    figures = np.tile(np.array([1.0, 2.0, 3.0, 3.5, 5.0, 6.0]), (40, 1)) + np.arange(40.0)[:, None] / 100
    found = windows_of(figures, Events(*(np.empty(0, dtype=np.int64),) * 3), 1)
    assert found is not None
    rows = {(int(u), int(t)): i for i, (u, t) in enumerate(zip(found.unit, found.period, strict=True))}
    at = rows[0, 3]
    assert found.design[at, :2] == pytest.approx([3.0, 2.0])
    assert found.after[at] == 5.0
    at = rows[0, 2]
    assert found.design[at, :2] == pytest.approx([2.0, 1.5])
    assert found.after[at] == 3.5


def _low_are_inspected(effect: float, seed: int) -> tuple[float, np.ndarray]:
    """60 units whose figure is noise about a level; each is judged after its lowest figure so far."""
    rng = np.random.default_rng(seed)
    figures = rng.standard_normal((120, 1)) + rng.standard_normal((120, 14))
    unit, period, grade = [], [], []
    for u in range(60):
        for t in range(7, 12):
            if figures[u, t - 1] < figures[u, :7].mean() - 0.8:
                unit.append(u)
                period.append(t)
                grade.append(1)
                figures[u, t + 1 :] += effect
                break
    events = Events(np.array(unit), np.array(period), np.array(grade))
    found = excess_after_event(figures, events, Ahead([(1,)], 1), rng=rng, permutations=199)
    assert found is not None
    assert found[0] is not None
    return found[0].naive, np.array([found[0].expected, found[0].excess, found[0].low, found[0].high, found[0].p])


def test_a_low_figure_is_followed_by_a_better_one_with_nothing_done() -> None:
    naive, (expected, excess, low, high, p) = _low_are_inspected(0.0, 1)
    assert naive > 0.8
    assert expected > 0.8
    assert low < 0 < high
    assert abs(excess) < 0.6
    assert p > 0.05


def test_what_goes_beyond_is_found() -> None:
    naive, (_, excess, low, high, p) = _low_are_inspected(1.5, 2)
    assert naive > 2.0
    assert low < 1.5 < high
    assert p < 0.001
    assert excess == pytest.approx(1.5, abs=0.7)


def test_too_few_events_or_years_give_nothing() -> None:
    figures, events = _world(8)
    few = Events(events.unit[:7], events.period[:7], np.ones(7, dtype=np.int64))
    ahead = Ahead([(1,)], 1)
    assert excess_after_event(figures, few, ahead, rng=np.random.default_rng(1)) == (None,)
    assert excess_after_event(figures[:5], few, ahead, rng=np.random.default_rng(1)) is None
    with pytest.raises(ValueError, match="at least one year"):
        excess_after_event(figures, few, Ahead([(1,)], 0), rng=np.random.default_rng(1))
