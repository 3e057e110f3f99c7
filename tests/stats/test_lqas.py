"""Decision rules for lots: published tables, exact risks, and teams too small."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casetrail.stats.lqas import Rule, files_read, passing, rule, smallest
from casetrail.stats.plain_audit import plain_risks

# Table 1 of the article PMC3013262 (after Grant and Leavenworth 1988), rows of 14 and 19 files: by inadequate ones
# allowed from 0, the chance that an area of 80 % passes, and that one of 50 % does not. (Of its rows of 8, 12 and 28
# files five cells are not those of the binomial law.) Two decimals printed.
TABLE = {
    14: [(0.04, 1), (0.20, 1), (0.45, 0.99), (0.70, 0.97), (0.87, 0.91), (0.96, 0.79)],
    19: [(0.01, 1), (0.08, 1), (0.24, 1), (0.46, 1), (0.67, 0.99), (0.84, 0.97), (0.93, 0.92), (0.98, 0.82)],
}


@pytest.mark.parametrize("size", TABLE)
def test_chances_of_the_published_table(size: int) -> None:
    for allowed, (good, poor) in enumerate(TABLE[size]):
        assert passing(size, size - allowed, 0.8) == pytest.approx(good, abs=0.005)
        assert 1 - passing(size, size - allowed, 0.5) == pytest.approx(poor, abs=0.005)


@pytest.mark.parametrize(("size", "allowed"), [(8, 2), (12, 4), (14, 4), (19, 6), (28, 9)])
def test_the_decision_value_is_the_one_marked_as_best_in_the_table(size: int, allowed: int) -> None:
    assert rule(size, 0.8, 0.5).least == size - allowed


def test_nineteen_files_and_thirteen_is_the_smallest_rule() -> None:
    """Valadez (1991): 80 % against 50 %, both risks below 10 %."""
    found = smallest(0.8, 0.5)
    assert found is not None
    assert (found.size, found.least) == (19, 13)
    # The binomial sums below 13 of 19: 0.0676 at 0.8, and above 12 of 19: 0.0835 = 43,796 / 2^19 at a half.
    assert found.alpha == pytest.approx(0.0676, abs=5e-5)
    assert found.beta == pytest.approx(43_796 / 2**19, abs=1e-12)


# The row n = 19 of the tables in use since Valadez: good share, decision value; poor is 30 points less.
@pytest.mark.parametrize(
    ("good", "least"),
    [
        (0.50, 7),
        (0.55, 8),
        (0.60, 9),
        (0.65, 10),
        (0.70, 11),
        (0.75, 12),
        (0.80, 13),
        (0.85, 14),
        (0.90, 15),
        (0.95, 16),
    ],
)
def test_the_row_of_nineteen_keeps_both_risks_at_ten_per_cent(good: float, least: int) -> None:
    assert 1 - passing(19, least, good) <= 0.10
    assert passing(19, least, good - 0.30) <= 0.10


@settings(max_examples=60)
@given(st.integers(2, 40), st.data())
def test_risks_in_a_counted_team_are_those_counted_one_by_one(population: int, data: st.DataObject) -> None:
    size = data.draw(st.integers(1, population))
    found = rule(size, 1.0, 0.0, population=population)
    assert (found.alpha, found.beta) == pytest.approx((0, 0), abs=1e-12)
    good = data.draw(st.integers(1, population))
    poor = data.draw(st.integers(0, good - 1))
    found = rule(size, good / population, poor / population, population=population)
    wanted = plain_risks(size, found.least, good, poor, population=population)
    assert (found.alpha, found.beta) == pytest.approx(wanted, abs=1e-9)
    every = [sum(plain_risks(size, d, good, poor, population=population)) for d in range(size + 2)]
    assert found.alpha + found.beta == pytest.approx(min(every), abs=1e-9)


def test_a_counted_team_needs_fewer_files_and_a_census_has_no_risk() -> None:
    large, counted = smallest(0.9, 0.7), smallest(0.9, 0.7, population=40)
    assert large is not None and counted is not None
    assert counted.size < large.size
    assert counted.alpha <= 0.1 and counted.beta <= 0.1
    whole = rule(12, 0.9, 0.7, population=12)
    assert (whole.alpha, whole.beta) == pytest.approx((0, 0), abs=1e-12)


def test_what_cannot_be_decided_is_refused() -> None:
    assert smallest(0.9, 0.85, most=50) is None
    for wrong in ((0.7, 0.9), (0.5, 0.5), (1.2, 0.5)):
        with pytest.raises(ValueError, match="thresholds"):
            smallest(*wrong)
    with pytest.raises(ValueError, match="more files than it has"):
        rule(30, 0.9, 0.7, population=20)


def test_the_curve_falls_with_quality_and_reading_can_stop_early() -> None:
    curve = [passing(19, 13, share / 20) for share in range(21)]
    assert curve == sorted(curve)
    assert (curve[0], curve[-1]) == (0, 1)
    found = rule(19, 0.8, 0.5)
    # All adequate: settled after 13. None adequate: after 7, when 13 cannot be reached.
    assert files_read(found, 1.0) == pytest.approx(13)
    assert files_read(found, 0.0) == pytest.approx(7)
    assert 13 < files_read(found, 0.8) < 19
    # One file: always one is read.
    assert files_read(Rule(1, 1, 0.1, 0.1, 0.9, 0.5), 0.5) == pytest.approx(1)
