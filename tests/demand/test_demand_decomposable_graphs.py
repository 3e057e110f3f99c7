"""Decomposable graphs: their number, two other ways to tell them, and their cliques and separators."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from casetrail.demand.decomposable.graphs import cliques, decomposable, joined, perfect_sequence, separators
from casetrail.demand.decomposable.plain import (
    has_chordless_cycle,
    plain_cliques,
    plain_graphs,
    plain_separators,
    searched_by_cardinality,
)


@pytest.mark.parametrize(("k", "graphs"), [(2, 2), (3, 8), (4, 61), (5, 822), (6, 18_154)])
def test_there_are_as_many_as_oeis_a058862_says(k: int, graphs: int) -> None:
    found = decomposable(k)
    assert found.edges.size == graphs == np.unique(found.edges).size
    assert found.edges[0] == 0
    assert found.edges[-1] == 2 ** (k * (k - 1) // 2) - 1


@pytest.mark.parametrize("k", [3, 4, 5])
def test_they_are_those_without_a_chordless_cycle(k: int) -> None:
    found = {frozenset(joined(k, int(edges))) for edges in decomposable(k).edges}
    assert found == set(plain_graphs(k))


def test_two_other_tests_agree_on_six_lists() -> None:
    """500 of the 32,768 graphs: no chordless cycle, and maximum cardinality search."""
    held = set(decomposable(6).edges.tolist())
    for edges in np.random.default_rng(5).choice(2**15, 500, replace=False).tolist():
        graph = frozenset(joined(6, edges))
        assert (edges in held) is (not has_chordless_cycle(6, graph)) is searched_by_cardinality(6, graph), edges


def test_a_ring_of_four_is_none_and_a_chord_makes_it_one() -> None:
    """Pairs of four lists are 01 02 03 12 13 23; the ring 01 12 23 03, and the same with 02."""
    held = set(decomposable(4).edges.tolist())
    assert 0b101101 not in held
    assert 0b101111 in held


def masks(sets: list[frozenset[int]]) -> Counter[int]:
    return Counter(sum(1 << j for j in some) for some in sets)


@pytest.mark.parametrize("k", [3, 4, 5])
def test_cliques_and_separators_are_those_found_by_looking_at_all_sets(k: int) -> None:
    found = decomposable(k)
    for edges, terms in zip(found.edges.tolist(), found.terms, strict=True):
        whole = plain_cliques(k, frozenset(joined(k, edges)))
        assert Counter(cliques(terms)) == masks(whole)
        assert Counter(separators(terms)) == masks(plain_separators(whole))
        assert terms.sum() == 1


def test_cliques_come_in_a_perfect_sequence() -> None:
    """In it, what a clique shares with all before lies in one of them, and these shares are the separators."""
    found = decomposable(6)
    for terms in found.terms[::37]:
        order = perfect_sequence(cliques(terms))
        assert Counter(share for _, share in order[1:]) == Counter(separators(terms))
        for i, (clique, share) in enumerate(order[1:], 1):
            before = [c for c, _ in order[:i]]
            assert clique & np.bitwise_or.reduce(before) == share
            assert any(share & c == share for c in before)


def test_the_pairs_of_a_ring_have_no_perfect_sequence() -> None:
    with pytest.raises(ValueError, match="decomposable"):
        perfect_sequence((0b0011, 0b0110, 0b1100, 0b1001))


def test_more_lists_than_are_held_are_not_taken() -> None:
    with pytest.raises(ValueError, match="2 to 6"):
        decomposable(7)
