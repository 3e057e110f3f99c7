"""Two lists: hand calculations, the slow way, and what must always hold."""

from __future__ import annotations

import csv
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casetrail.demand.lists import Lists, lists
from casetrail.demand.two_lists import plain
from casetrail.demand.two_lists.odds import (
    BreakEven,
    HiddenRange,
    Point,
    break_even,
    hidden_at,
    hidden_range,
    over_links,
)
from casetrail.demand.two_lists.profile import interval
from casetrail.demand.two_lists.table import Cells, Linkage
from casetrail.figures import Refusal


def two(both: int, first: int, second: int) -> Lists:
    return lists(("police", "health"), [((1, 1), both), ((1, 0), first), ((0, 1), second)])


def point(of: Lists, odds_ratio: float, missed: float = 0.0, false: float = 0.0) -> Point:
    found = hidden_at(of, odds_ratio=odds_ratio, links=Linkage(missed, false))
    assert isinstance(found, Point)
    return found


def test_chapman_by_hand() -> None:
    """(n1 + 1)(n2 + 1) / (m + 1) - 1 with n1 = 110, n2 = 80, m = 20: 111 x 81 / 21 - 1 = 427.142857."""
    found = point(two(20, 90, 60), 1.0)
    assert found.total[0] == pytest.approx(427.142857, abs=1e-6)
    assert found.at.hidden == pytest.approx(427.142857 - 170, abs=1e-6)


def test_an_odds_ratio_multiplies_the_hidden_number() -> None:
    """The definition: hidden = odds ratio x first x second / both, here with Chapman's both + 1."""
    assert point(two(20, 90, 60), 3.0).at.hidden == pytest.approx(3 * 90 * 60 / 21)


@pytest.mark.parametrize(("cells", "odds"), [((20, 90, 60), 1.0), ((5, 40, 30), 3.0), ((60, 12, 9), 0.5)])
def test_interval_is_that_of_the_plain_twin(cells: tuple[int, int, int], odds: float) -> None:
    """Searched over the margins as well; the plain search stops at about 1e-6 of the number."""
    low, high = interval(Cells(*cells), np.array([odds]))
    assert (low[0], high[0]) == pytest.approx(plain.interval(Cells(*cells), odds), rel=1e-4, abs=1e-2)


@settings(max_examples=40)
@given(st.integers(1, 300), st.integers(1, 300), st.integers(1, 300), st.floats(0.1, 20))
def test_ends_hold_the_point_and_rise_with_the_odds_ratio(both: int, first: int, second: int, odds: float) -> None:
    low, high = interval(Cells(both, first, second), np.array([odds, 1.5 * odds]))
    middle = odds * first * second / (both + 1)
    assert 0 <= low[0] <= middle <= high[0] < np.inf
    assert low[0] <= low[1] and high[0] < high[1] + 1e-9


def test_range_is_the_union_of_the_intervals_within_it() -> None:
    of = two(20, 90, 60)
    found = hidden_range(of)
    assert isinstance(found, HiddenRange)
    for odds in (0.5, 0.8, 1.0, 2.0, 5.0):
        at = point(of, odds).at
        assert found.low <= at.low + 1e-6 and at.high <= found.high + 1e-6
    assert found.low == pytest.approx(point(of, 0.5).at.low)
    assert found.high == pytest.approx(point(of, 5.0).at.high)
    # As many hidden as the 170 known at 170 / (90 x 60 / 21).
    assert found.doubled == pytest.approx(170 * 21 / 5400)


def test_break_even_ends_are_where_the_interval_starts_and_stops_to_hold_the_number() -> None:
    of = two(20, 90, 60)
    found = break_even(of, hidden=170.0)
    assert isinstance(found, BreakEven)
    assert point(of, found.odds_ratio).at.hidden == pytest.approx(170)
    # The curve it is read off has steps of 1.2 %.
    assert point(of, found.low).at.high == pytest.approx(170, rel=0.02)
    assert point(of, found.high).at.low == pytest.approx(170, rel=0.02)


def test_links_by_hand() -> None:
    """20 links found, a fifth of the true ones missed: 25 true, 5 persons counted on each list alone as well."""
    found = point(two(20, 90, 60), 1.0, missed=0.2)
    assert found.seen.known == pytest.approx(165)
    assert found.at.hidden == pytest.approx(85 * 55 / 26)
    assert "links_corrected" in found.seen.warnings
    # A tenth of the links found is false: 18 true, and two persons more on each list alone.
    assert point(two(20, 90, 60), 1.0, false=0.1).at.hidden == pytest.approx(92 * 62 / 19)


def test_missed_links_widen_the_interval_and_can_leave_nobody() -> None:
    rows = over_links(two(20, 90, 60), odds_ratio=1.0)
    hidden = [row.at.hidden for row in rows if isinstance(row, Point)]
    assert hidden == sorted(hidden, reverse=True) and len(hidden) == 4
    kept, moved = point(two(25, 85, 55), 1.0).at, point(two(20, 90, 60), 1.0, missed=0.2).at
    assert moved.hidden == pytest.approx(kept.hidden)
    assert moved.high / moved.low > kept.high / kept.low
    assert isinstance(over_links(two(50, 5, 5), odds_ratio=1.0, missed=(0.2,))[0], Refusal)


@pytest.mark.parametrize(
    ("of", "reason"),
    [
        (two(0, 9, 9), "no_overlap"),
        (two(9, 0, 9), "no_mle"),
        (two(9, 9, 0), "no_mle"),
        (two(9, 0, 0), "all_in_one_cell"),
        (two(0, 9, 0), "empty_list"),
        (two(0, 0, 0), "nobody"),
        (lists(("a",), [((1,), 4)]), "too_few_lists"),
        (lists(("a", "b", "c"), [((1, 1, 0), 4)]), "too_many_lists"),
    ],
)
def test_refusals(of: Lists, reason: str) -> None:
    for found in (hidden_at(of, odds_ratio=1.0), hidden_range(of), break_even(of, hidden=10)):
        assert isinstance(found, Refusal)
        assert found.reason == reason


def test_warnings_and_arguments() -> None:
    assert point(two(6, 9, 9), 1.0).seen.warnings == ("few_on_both",)
    assert point(two(7, 9, 9), 9.0).seen.warnings == ("unusual_odds_ratio",)
    for wrong in (0.0, -1.0, float("inf"), float("nan")):
        with pytest.raises(ValueError, match="above 0"):
            hidden_at(two(7, 9, 9), odds_ratio=wrong)
    with pytest.raises(ValueError, match="lower to a higher"):
        hidden_range(two(7, 9, 9), odds_ratios=(2.0, 2.0))
    with pytest.raises(ValueError, match="share of links"):
        Linkage(missed=1.0)


@pytest.mark.shared
def test_the_default_range_is_what_public_lists_show(shared: Path) -> None:
    """The figures in the docstring of `odds`, from the tables themselves."""
    ratios = np.array([r for path in sorted((shared / "demand").glob("*list*.csv")) for r in _odds_ratios(path)])
    assert ratios.size == 38
    assert (ratios > 1).sum() == 35
    assert np.median(ratios) == pytest.approx(2.1, abs=0.05)
    assert ((ratios >= 0.5) & (ratios <= 5)).sum() == 33


def _odds_ratios(path: Path) -> list[float]:
    """Of pairs of lists among those on a further list; a five-list file of a place with a longer one is left out."""
    if path.stem in {"uk_2013_5list", "netherlands_5list", "new_orleans_5list", "artificial_3list"}:
        return []
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    names = [c for c in rows[0] if c not in {"eth", "Region", "Gender", "Age", "count"}]
    on = np.array([[int(row[c]) for c in names] for row in rows])
    count = np.array([int(row["count"]) for row in rows])
    found = []
    for a, b in combinations(range(len(names)), 2):
        further = np.delete(on, [a, b], axis=1).any(axis=1)
        n11, n10, n01, n00 = (
            int(count[further & (on[:, a] == i) & (on[:, b] == j)].sum()) for i, j in ((1, 1), (1, 0), (0, 1), (0, 0))
        )
        if n11 >= 5 and n10 and n01:
            found.append(n11 * n00 / (n10 * n01))
    return found
