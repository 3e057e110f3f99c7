"""The pair kernel against its plain twin, and what happens to a small spread far from zero."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casetrail.kernels.pairs import (
    add_pairs,
    empty_sums,
    in_order,
    pair_times,
    plain_pair_times,
    trail_starts,
)

KINDS = 4
YEARS_100_US = 100 * 366 * 86_400_000_000
Trails = list[list[tuple[int, int]]]


def times() -> st.SearchStrategy[int]:
    """Instants close together and far apart, so that ties, seconds and decades all meet."""
    days = st.integers(0, 100).map(lambda day: day * 86_400_000_000)
    return st.one_of(st.integers(0, 3), st.integers(0, YEARS_100_US), days)


def trails() -> st.SearchStrategy[Trails]:
    event = st.tuples(st.integers(0, KINDS - 1), times())
    return st.lists(st.lists(event, max_size=6).map(lambda t: sorted(t, key=lambda e: e[1])), max_size=5)


def rows_of(found: Trails) -> tuple[list[int], list[int], list[int], list[int]]:
    rows = [(p, n + 1, kind, at) for p, t in enumerate(found) for n, (kind, at) in enumerate(t)]
    person, seq, kind, at = (list(column) for column in zip(*rows, strict=True)) if rows else ([], [], [], [])
    return person, seq, kind, at


# The first example waits for the kernel to be compiled.
@settings(deadline=None)
@given(found=trails(), shuffle=st.randoms(use_true_random=False), parts=st.integers(1, 3))
def test_the_kernel_equals_its_plain_twin_in_any_order_of_rows_and_any_partition(found, shuffle, parts):
    sums = empty_sums(KINDS)
    for part in range(parts):
        person, seq, kind, at = rows_of(found[part::parts])
        order = list(range(len(person)))
        shuffle.shuffle(order)
        trail = np.array(person, dtype=np.int32)[order]
        starts = trail_starts(trail, len(found[part::parts]))
        number, codes, times_us = (
            np.array(column, dtype=kept)[order] for column, kept in ((seq, np.int32), (kind, np.int32), (at, np.int64))
        )
        add_pairs(starts, *in_order(starts, (trail, number), codes, times_us), sums)
    count, mean, deviation = pair_times(sums)
    expected = plain_pair_times(found)
    assert {(a, b) for a, b in np.argwhere(count > 0).tolist()} == set(expected)
    for (a, b), (n, expected_mean, expected_sd) in expected.items():
        assert n == count[a, b]
        # Ten digits of the mean, and of the largest time when the spread itself is small beside it.
        assert expected_mean == pytest.approx(mean[a, b], rel=1e-10, abs=1e-6)
        assert math.isnan(expected_sd) == math.isnan(deviation[a, b])
        if n > 1:
            assert expected_sd == pytest.approx(deviation[a, b], rel=1e-7, abs=1e-7 * YEARS_100_US**0.5)


def test_a_spread_of_microseconds_around_thirty_years_is_kept():
    apart = 30 * 365 * 86_400_000_000
    sums = empty_sums(2)
    starts = np.array([0, 2, 4, 6])
    at_us = np.array([0, apart - 1, 0, apart, 0, apart + 1])
    add_pairs(starts, np.array([0, 1] * 3, dtype=np.int32), at_us, sums)
    count, mean, deviation = pair_times(sums)
    assert (3, float(apart), 1.0) == (count[0, 1], mean[0, 1], deviation[0, 1])


def test_one_time_has_a_mean_and_no_deviation():
    sums = empty_sums(2)
    add_pairs(np.array([0, 2]), np.array([0, 1], dtype=np.int32), np.array([5, 12]), sums)
    count, mean, deviation = pair_times(sums)
    assert count[0, 1] == 1
    assert mean[0, 1] == 7.0
    assert math.isnan(deviation[0, 1])
    assert count.sum() == 1
