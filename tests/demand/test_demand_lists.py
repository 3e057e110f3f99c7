"""Lists: patterns, overlaps, and what is left when a list is hidden. Expected numbers are counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from casetrail.demand.lists import Lists, lists
from casetrail.demand.refusals import refuse

THREE = lists(("police", "health", "school"), [((1, 0, 0), 5), ((1, 1, 0), 3), ((0, 0, 1), 4), ((1, 1, 1), 2)])


def test_overlaps_are_counted_over_all_patterns_that_hold_them() -> None:
    assert (THREE.k, THREE.n) == (3, 14)
    assert THREE.on(0) == 5 + 3 + 2
    assert THREE.on(0, 1) == 3 + 2
    assert THREE.on(1, 2) == 2


def test_hiding_a_list_leaves_out_whoever_was_on_it_alone() -> None:
    two = THREE.of_only((0, 1))
    assert two.names == ("police", "health")
    assert two.counts.tolist() == [0, 5, 0, 3 + 2]
    assert THREE.of_only((2, 0)).counts.tolist() == [0, 4, 5 + 3, 2]


def test_a_pattern_is_said_by_the_names_of_its_lists() -> None:
    assert THREE.where(0b101) == "police + school"


@pytest.mark.parametrize(
    "patterns", [[((0, 0, 0), 1)], [((1, 0, 0), 1), ((1, 0, 0), 2)], [((1, 0), 1)], [((1, 0, 2), 1)], [((1, 0, 0), -1)]]
)
def test_a_table_that_is_none_is_not_taken(patterns: list[tuple[tuple[int, ...], int]]) -> None:
    with pytest.raises(ValueError, match=r"pattern|count"):
        lists(("a", "b", "c"), patterns)


def test_counts_are_whole_numbers_one_for_each_pattern() -> None:
    with pytest.raises(ValueError, match="whole numbers"):
        Lists(("a", "b"), np.zeros(3, dtype=np.int64))
    with pytest.raises(ValueError, match="whole numbers"):
        Lists(("a", "b"), np.zeros(4))  # type: ignore[arg-type]


def test_a_refusal_says_what_would_help_and_a_code_that_is_none_is_a_mistake() -> None:
    refusal = refuse("no_overlap", "3 lists")
    assert refusal.reason == "no_overlap"
    assert refusal.message.endswith("(3 lists).")
    assert refusal.would_help
    with pytest.raises(KeyError):
        refuse("because")
