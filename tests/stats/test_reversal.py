"""How long a state lasts: published figures, another program, and hand calculations."""

from __future__ import annotations

import warnings
from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import CensoredData, ecdf

from casetrail.stats.reversal import between, between_limits, lasting
from casetrail.stats.reversal_spells import Turn, spells

# Freireich and others, Blood 21 (1963) 699-716: weeks in remission under 6-MP; 0 is still in remission.
WEEKS = (6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35)
ENDED = (1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0)

# Finkelstein and Wolfe, Biometrics 41 (1985) 933-945: months to deterioration after radiotherapy alone.
MONTHS = (
    *((45, inf), (25, 37), (37, inf), (6, 10), (46, inf), (0, 5), (0, 7), (26, 40), (18, inf), (46, inf), (46, inf)),
    *((24, inf), (46, inf), (27, 34), (36, inf), (7, 16), (36, 44), (5, 11), (17, inf), (46, inf), (19, 35), (7, 14)),
    *((36, 48), (17, 25), (37, 44), (37, inf), (24, inf), (0, 8), (40, inf), (32, inf), (4, 11), (17, 25), (33, inf)),
    *((15, inf), (46, inf), (19, 26), (11, 15), (11, 18), (37, inf), (22, inf), (38, inf), (34, inf), (46, inf)),
    *((5, 12), (36, inf), (46, inf)),
)


def test_the_textbook_curve() -> None:
    """Printed to three digits wherever this trial is an example (so J. F. Lawless, 1982, ch. 2)."""
    found = lasting(WEEKS, ENDED)
    assert found is not None
    assert list(found.time) == [6, 7, 10, 13, 16, 22, 23]
    assert list(found.at_risk) == [21, 17, 15, 12, 11, 7, 6]
    assert found.share == pytest.approx([0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], abs=5e-4)
    assert found.median[0] == 23
    assert found.median[1] == 13
    assert found.median[2] is None


@given(st.lists(st.tuples(st.integers(1, 12), st.booleans()), min_size=2, max_size=30))
def test_scipy_has_the_same_curve_and_limits(rows: list[tuple[int, bool]]) -> None:
    t, d = np.array([float(a) for a, _ in rows]), np.array([b for _, b in rows])
    found = lasting(t, d)
    assert found is not None
    if not d.any():
        assert found.time.size == 0
        return
    with np.errstate(divide="ignore", invalid="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # scipy has no limits before the first end
        other = ecdf(CensoredData(uncensored=t[d], right=t[~d])).sf
        limits = other.confidence_interval(method="log-log") if found.share[-1] > 0 else None
    at = np.searchsorted(other.quantiles, found.time)
    assert found.share == pytest.approx(other.probabilities[at], abs=1e-12)
    if limits is not None:
        assert found.low == pytest.approx(limits.low.probabilities[at], abs=1e-9)
        assert found.high == pytest.approx(limits.high.probabilities[at], abs=1e-9)


def test_nothing_is_said_past_the_last_one_seen() -> None:
    found = lasting(WEEKS, ENDED)
    assert found is not None
    assert found.at(5) == (1.0, 1.0, 1.0)
    assert found.at(6.5) == pytest.approx((0.857, 0.620, 0.952), abs=5e-4)
    assert found.at(36) is None


def test_when_all_have_ended_the_limits_say_that_they_are_unknown() -> None:
    found = lasting([1, 2], [True, True])
    assert found is not None
    assert (found.share[-1], found.low[-1], found.high[-1]) == (0.0, 0.0, 1.0)


def test_the_masses_of_the_breast_cosmesis_data() -> None:
    """To the four digits that R's interval package prints for radiotherapy alone (Fay and Shaw, JSS 36(2), 2010)."""
    found = between(*zip(*MONTHS, strict=True))
    assert found is not None
    assert found.n == 46
    kept = [(a, b, round(float(m), 4)) for a, b, m in zip(found.left, found.right, found.mass, strict=True) if m > 1e-5]
    assert kept == [
        (4, 5, 0.0463),
        (6, 7, 0.0334),
        (7, 8, 0.0887),
        (11, 12, 0.0708),
        (24, 25, 0.0926),
        (33, 34, 0.0818),
        (38, 40, 0.1209),
        (46, 48, 0.4656),
    ]


def test_where_ends_are_known_it_is_kaplan_and_meier() -> None:
    """A look just before each end leaves nothing open."""
    left = [t - 1e-6 if d else t for t, d in zip(WEEKS, ENDED, strict=True)]
    right = [t if d else inf for t, d in zip(WEEKS, ENDED, strict=True)]
    found, curve = between(left, right), lasting(WEEKS, ENDED)
    assert found is not None
    assert curve is not None
    for time, share in zip(curve.time, curve.share, strict=True):
        assert found.at(float(time)) == pytest.approx((share, share), abs=1e-6)


def test_within_an_interval_nothing_can_be_known() -> None:
    """Two of three end somewhere in (1, 2]: at 1.5 between 1 and all of them may still last."""
    found = between([1.0, 1.0, 3.0], [2.0, 2.0, inf])
    assert found is not None
    assert found.at(1.0) == pytest.approx((1.0, 1.0))
    assert found.at(1.5) == pytest.approx((1 / 3, 1.0))
    assert found.at(2.0) == pytest.approx((1 / 3, 1 / 3))


def test_limits_of_shares_seen_in_full_are_wilsons() -> None:
    """Looks at whole years: 30 of 60 end in the first. Wilson for 30 of 60: 0.3774 to 0.6226."""
    left, right = [0.0] * 30 + [1.0] * 30, [1.0] * 30 + [inf] * 30
    low, high = between_limits(left, right, [1.0], rng=np.random.default_rng(1), draws=400)[0]
    # The variance comes from 400 draws: seven in a hundred of it, so a few in a hundred of the width.
    assert (low, high) == pytest.approx((0.3774, 0.6226), abs=0.02)


@pytest.mark.parametrize(
    ("left", "right"), [([1.0], [1.0]), ([2.0], [1.0]), ([-1.0], [1.0]), ([1.0, 2.0], [3.0]), ([float("nan")], [1.0])]
)
def test_what_is_no_interval(left: list[float], right: list[float]) -> None:
    with pytest.raises(ValueError, match="0 <= left < right"):
        between(left, right)


def test_no_spell_no_answer() -> None:
    assert lasting([], []) is None
    assert between([], []) is None
    with pytest.raises(ValueError, match="no spell"):
        between_limits([0.0], [inf], [1.0], rng=np.random.default_rng(1))
    with pytest.raises(ValueError, match="0 or more"):
        lasting([-1.0], [True])


def test_spells_by_hand() -> None:
    """Unit 0: 1 at 0 and 2, 3 at 5: found after 5, truly between 2 and 5. Unit 1: begins at 1 and still runs at 10.

    Unit 2: good first, so its spell does not open the series; a second spell is left out. Unit 3: never low.
    """
    judged = [
        *((0, 0.0, 1), (0, 2.0, 1), (0, 5.0, 3)),
        *((1, 1.0, 1), (1, 4.0, 1)),
        *((2, 0.0, 3), (2, 1.0, 1), (2, 2.0, 2), (2, 3.0, 1)),
        (3, 0.0, 4),
    ]
    found = spells(judged, Turn((1,), (2, 3, 4)), until=10.0)
    assert list(found.found) == [5.0, 9.0, 1.0]
    assert list(found.ended) == [True, False, True]
    assert list(found.left) == [2.0, 3.0, 0.0]
    assert list(found.right) == [5.0, inf, 1.0]
    assert list(found.opens) == [True, True, False]
    assert found.later == 1


def test_other_grades_neither_begin_nor_end_a_spell() -> None:
    judged = [(0, 0.0, 3), (0, 2.0, 2), (0, 6.0, 1)]
    found = spells(judged, Turn((3, 4), (1,)), until=8.0)
    assert (list(found.found), list(found.left), list(found.right)) == ([6.0], [2.0], [6.0])


@pytest.mark.parametrize("judged", [[(0, 1.0, 1), (0, 1.0, 2)], [(0, 9.0, 1)]])
def test_two_at_once_or_one_from_the_future(judged: list[tuple[int, float, int]]) -> None:
    with pytest.raises(ValueError, match="different times"):
        spells(judged, Turn((1,), (2,)), until=8.0)
    with pytest.raises(ValueError, match="begin and end"):
        Turn((1,), (1, 2))
