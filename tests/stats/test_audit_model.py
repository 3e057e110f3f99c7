"""The joint model of indicator and audit: its arithmetic against plain twins, and what it must not do."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from casetrail.stats.audit_gaps import _one_by_one
from casetrail.stats.audit_model import indicator_levels, joint_model
from casetrail.stats.audit_points import Points, audit_error, evenly, joint_likelihood, likelihood
from casetrail.stats.audit_ratings import Floats, Ratings, audit_levels, disagreement
from casetrail.stats.bounded import cuts, likelihood_set
from casetrail.stats.plain_audit import plain_disagreement, plain_gap, plain_likelihood, plain_pairs


def made(
    seed: int, *, correlation: float = 0.7, units: int = 60, files: int = 10, spread: float = 0.8, twice: float = 0.3
) -> tuple[Floats, Floats, Ratings]:
    """Counts of an indicator and ratings of files of made-up units."""
    rng = np.random.default_rng(seed)
    first = rng.standard_normal(units)
    second = correlation * first + np.sqrt(1 - correlation**2) * rng.standard_normal(units)
    cases = rng.integers(200, 900, size=units).astype(float)
    good = rng.binomial(cases.astype(int), expit(0.8 + 0.5 * first)).astype(float)
    unit = np.repeat(np.arange(units), files)
    quality = 0.8 + spread * second[unit] + rng.logistic(size=unit.size)
    again = np.flatnonzero(rng.random(unit.size) < twice)
    file = np.concatenate([np.arange(unit.size), again])
    rater = np.concatenate([unit % 7, 7 + again % 5])
    seen = quality[file] + 0.3 * rng.logistic(size=file.size) > 0
    return good, cases, Ratings(unit[file], file, rater, seen.astype(float), np.ones(file.size))


PLACES = st.floats(-3, 3).map(lambda x: round(x, 3))


@settings(max_examples=60)
@given(st.lists(st.tuples(PLACES, PLACES, st.floats(0.05, 2), st.floats(0.05, 2)), min_size=3, max_size=7), st.data())
def test_likelihood_and_gap_are_those_of_one_big_matrix(
    rows: list[tuple[float, float, float, float]], data: st.DataObject
) -> None:
    y, z, e_1, e_2 = (np.array(column) for column in zip(*rows, strict=True))
    spread = (data.draw(st.floats(0.1, 2)), data.draw(st.floats(0.1, 2)), data.draw(st.floats(-0.95, 0.95)))
    v_1, v_2 = spread[0] ** 2 + e_1, spread[1] ** 2 + e_2
    together = np.array([spread[0] * spread[1] * spread[2]])
    found = joint_likelihood(y, z, v_1=v_1[None], v_2=v_2[None], together=together[:, None])[0]
    design = np.kron(np.eye(2), np.ones((y.size, 1)))
    wanted = plain_likelihood(np.concatenate([y, z]), plain_pairs((e_1, e_2), spread), design)
    assert found == pytest.approx(wanted, abs=1e-7, rel=1e-7)
    alone = plain_likelihood(y, np.diag(v_1), np.ones((y.size, 1)))
    assert likelihood(y, v_1) == pytest.approx(alone, abs=1e-7, rel=1e-7)
    nothing = np.zeros(1)
    at = Points(y, z, np.array([spread[0]]), np.array([spread[1]]), v_1[None], v_2[None], nothing)
    mean, variance = _one_by_one(at, np.array([spread[2]]), np.array([0]))
    for i in range(y.size):
        wanted_gap = plain_gap(y, z, (e_1, e_2), spread=spread, at=i)
        assert (mean[0, i], variance[0, i]) == pytest.approx(wanted_gap, abs=1e-7, rel=1e-6)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3), st.integers(0, 3)), min_size=4))
def test_severity_and_chance_fit_as_in_one_big_matrix(rows: list[tuple[int, int, int, int]]) -> None:
    """The profile of the likelihood over the total: differences of trial shares are those of the dense density."""
    rows = [r for r in rows if r[0] != r[1]][:25]
    if len(rows) < 3:
        return
    file = np.repeat(np.arange(len(rows)), 2)
    rater = np.array([r for row in rows for r in row[:2]])
    score = np.array([s for row in rows for s in row[2:]], dtype=float)
    known = Ratings(np.zeros_like(file), file, rater, score, np.ones(file.size))
    found = disagreement(known)
    gaps = [(min(a, b), max(a, b), float(s - t) if a < b else float(t - s)) for a, b, s, t in rows]
    step = np.min(np.diff(np.unique(score))) if np.unique(score).size > 1 else 1.0
    picked = [3, 12, 25]
    for i, j in pairwise(picked):
        totals = found.quad[[i, j]] / found.freedom
        dense = [
            plain_disagreement(gaps, float(found.severity[k]), float(t)) for k, t in zip((i, j), totals, strict=True)
        ]
        # Half a disagreement is added to the sum of squares, over the total.
        dense = [d - 0.125 * step**2 / t for d, t in zip(dense, totals, strict=True)]
        ours = found.log_likelihood[[i, j]]
        assert ours[0] - ours[1] == pytest.approx(dense[0] - dense[1], abs=1e-6, rel=1e-6)


def test_parts_of_the_error_by_hand() -> None:
    """Two units. One: files 1 (rated 1, 0 by raters 0, 1) and 2 (rated 1 by 0). Two: file 3 (rated 0 by 0)."""
    found = audit_levels(
        Ratings(
            unit=np.array([0, 0, 0, 1]),
            file=np.array([1, 1, 2, 3]),
            rater=np.array([0, 1, 0, 0]),
            score=np.array([1.0, 0.0, 1.0, 0.0]),
            weight=np.array([2.0, 2.0, 1.0, 1.0]),
        )
    )
    # Shares 2/3 and 1/3 of unit one: mean 2/3 x 0.5 + 1/3 x 1.
    assert found.level == pytest.approx([2 / 3, 0])
    assert found.files.tolist() == [2, 1]
    assert found.own == pytest.approx([5 / 9, 1])
    assert found.rated == pytest.approx([4 / 9 / 2 + 1 / 9, 1])
    # Rater 0 has 1/3 + 1/3 of unit one and all of unit two, rater 1 a third of one: 4/9 + 1/9 and 1; in common 2/3.
    assert found.severity == pytest.approx([max(5 / 9 - 2 / 3, 0), 1 - 2 / 3])
    # One file twice, apart by 1: half of its square. Within: means 0.5 and 1 (1 degree), and what averaging took away.
    assert found.raters.total == 0.5
    assert (found.raters.files, found.freedom) == (1, 1)
    assert found.base == pytest.approx(0.125 + 0.5 * (1 - (0.5 + 1 + 1) / 3))


def test_unknown_scores_are_left_out_and_nothing_known_is_refused() -> None:
    ratings = made(1)[2]
    some = ratings.score.copy()
    some[::9] = np.nan
    assert audit_levels(replace(ratings, score=some)).files.sum() < audit_levels(ratings).files.sum()
    with pytest.raises(ValueError, match="known"):
        audit_levels(replace(ratings, score=np.full(some.size, np.nan)))


def test_central_raters_leave_no_severity_and_own_raters_all_of_it() -> None:
    unit, file = np.repeat(np.arange(4), 2), np.arange(8)
    ones = np.ones(8)
    central = audit_levels(Ratings(unit, file, np.tile([0, 1], 4), np.arange(8.0), ones))
    own = audit_levels(Ratings(unit, file, unit.copy(), np.arange(8.0), ones))
    assert central.severity == pytest.approx(np.zeros(4))
    assert own.severity == pytest.approx(np.ones(4))


def test_the_correlation_is_taken_apart_from_the_error_of_both() -> None:
    good, cases, ratings = made(3)
    found = joint_model(indicator_levels(good, cases), audit_levels(ratings))
    assert found is not None
    assert found.low <= 0.7 <= found.high
    assert found.naive < found.value
    assert -1 <= found.low <= found.value <= found.high <= 1
    assert found.reliability[0] > found.reliability[1]
    assert not found.tells_nothing


def test_more_points_tell_the_same() -> None:
    good, cases, ratings = made(4)
    levels, audit = indicator_levels(good, cases), audit_levels(ratings)
    few, many = joint_model(levels, audit), joint_model(levels, audit, count=2048)
    assert few is not None and many is not None
    assert (few.value, few.low, few.high) == pytest.approx((many.value, many.low, many.high), abs=0.02)
    assert np.abs(few.gaps.value - many.gaps.value).max() < 0.1
    assert joint_model(levels, audit) is not few
    again = joint_model(levels, audit)
    assert again is not None and again.value == few.value


def test_audits_that_are_all_alike_leave_every_correlation_open() -> None:
    nothing = wrong = 0
    for seed in range(12):
        good, cases, ratings = made(seed, spread=0.0, files=4, units=20, twice=0.6)
        found = joint_model(indicator_levels(good, cases), audit_levels(ratings))
        assert found is not None
        wrong += not found.low <= 0 <= found.high
        nothing += found.tells_nothing
    # One interval in twenty may leave out 0; how often it does in the long run is scored on made-up worlds.
    assert nothing >= 7
    assert wrong <= 1


def test_turning_the_indicator_round_turns_the_answer_round() -> None:
    good, cases, ratings = made(5)
    audit = audit_levels(ratings)
    levels = indicator_levels(good, cases)
    found = joint_model(levels, audit)
    turned = joint_model(replace(levels, level=-levels.level), audit)
    assert found is not None and turned is not None
    assert (turned.low, turned.value, turned.high) == pytest.approx((-found.high, -found.value, -found.low), abs=1e-6)


def test_a_unit_far_better_on_the_indicator_is_seen() -> None:
    good, cases, ratings = made(6, correlation=0.9, files=20)
    worst = 11
    good[worst] = round(0.97 * cases[worst])
    ratings.score[ratings.unit == worst] = 0.0
    found = joint_model(indicator_levels(good, cases), audit_levels(ratings))
    assert found is not None
    assert int(np.argmax(found.gaps.value)) == worst
    assert found.gaps.low[worst] > 0
    assert found.gaps.higher[worst] > 0.99


@pytest.mark.parametrize("what", ["units", "twice", "files", "alike"])
def test_it_says_nothing_where_it_cannot(what: str) -> None:
    good, cases, ratings = made(7, units=9 if what == "units" else 60, twice=0.0 if what == "twice" else 0.3)
    if what == "files":
        one = ratings.file % 10 == 0
        ratings = Ratings(*(getattr(ratings, f)[one] for f in ("unit", "file", "rater", "score", "weight")))
    if what == "alike":
        good, cases = np.full_like(good, 80.0), np.full_like(cases, 100.0)
    assert joint_model(indicator_levels(good, cases), audit_levels(ratings)) is None


def test_points_are_even_and_errors_of_raters_widen_the_audit_s() -> None:
    even = evenly(512)
    assert np.abs(even.mean(axis=0) - 0.5).max() < 0.01
    assert even.min() > 0 and even.max() < 1
    audit = audit_levels(made(9)[2])
    found = audit_error(audit, even[:, 1:4])
    # On average over what is not known: at least the part of files alone.
    assert bool(np.all(found.mean(axis=0) > 0.9 * audit.own * (audit.base - audit.raters.total)))


# Feldman and Cousins (1998) table X: a normal mean that is not below 0; estimate, level, limits, two decimals.
@pytest.mark.parametrize(
    ("estimate", "level", "limits"),
    [
        (-3.0, 0.6827, (0, 0.04)),
        (-3.0, 0.90, (0, 0.26)),
        (-3.0, 0.95, (0, 0.42)),
        (-3.0, 0.99, (0, 0.80)),
        (0.0, 0.90, (0, 1.64)),
        (0.0, 0.95, (0, 1.96)),
        (1.0, 0.6827, (0.24, 2.0)),
        (3.1, 0.90, (1.46, 4.74)),
    ],
)
def test_intervals_of_a_bounded_mean_as_published(estimate: float, level: float, limits: tuple[float, float]) -> None:
    trial = np.linspace(0, 8, 4001)
    found = likelihood_set(trial, -0.5 * (trial - estimate) ** 2, (0.0, 1e9), level=level)
    assert found == pytest.approx(limits, abs=0.006)


def test_the_cut_is_the_usual_one_far_from_both_ends() -> None:
    assert cuts(np.array([50.0]), np.array([50.0]))[0] == pytest.approx(3.841459, abs=1e-5)
    # At an end only straying to one side counts: the one-sided quantile, squared.
    assert cuts(np.array([50.0]), np.array([0.0]))[0] == pytest.approx(1.644854**2, abs=1e-5)
