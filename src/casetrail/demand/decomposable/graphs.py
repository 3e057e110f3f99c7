"""All decomposable graphs on a few lists: each says which lists depend on each other, given the others.

A graph is decomposable (chordal) when its vertices can be taken away one by one, each with all its neighbours joined to
each other: D. R. Fulkerson and O. A. Gross, "Incidence matrices and interval graphs", Pacific Journal of Mathematics 15
(1965) 835-855. Cliques and separators in a perfect sequence: S. L. Lauritzen, Graphical Models, 1996, section 2.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Terms = npt.NDArray[np.int8]

# Lists that are joined; with 7 there are 617,675 graphs, which no published study has averaged over.
FEWEST, MOST = 3, 6


@dataclass(frozen=True, slots=True)
class Graphs:
    """All decomposable graphs on k lists, by their edges; the one without edges is first, the complete one last.

    `edges`, shape (graphs,): bit i is 1 where the i-th of `pairs(k)` is joined. `terms`, shape (graphs, 2**k): how
    often each set of lists (a bitmask) is a clique, less how often it is a separator; the empty set separates parts
    that hang together by nothing. Each row adds up to 1.
    """

    k: int
    edges: Ints
    terms: Terms


@lru_cache(maxsize=8)
def pairs(k: int) -> tuple[tuple[int, int], ...]:
    """All pairs of lists in the order of the bits of `Graphs.edges`."""
    return tuple(combinations(range(k), 2))


@lru_cache(maxsize=4)
def decomposable(k: int) -> Graphs:
    """All of them: 8, 61, 822 and 18,154 for 3, 4, 5 and 6 lists (OEIS A058862).

    Raises: ValueError for fewer lists than 2 or more than 6.
    """
    if not 2 <= k <= MOST:
        raise ValueError(f"graphs of 2 to {MOST} lists are held")
    edges = np.arange(1 << len(pairs(k)), dtype=np.int64)
    terms, found = _taken_apart(k, _neighbours(k, edges))
    edges, terms = edges[found], terms[found]
    edges.setflags(write=False)
    terms.setflags(write=False)
    return Graphs(k, edges, terms)


def _neighbours(k: int, edges: Ints) -> Ints:
    """Bitmask of the neighbours of each list, shape (graphs, k)."""
    near = np.zeros((edges.size, k), dtype=np.int64)
    for i, (a, b) in enumerate(pairs(k)):
        joined = edges >> i & 1
        near[:, a] |= joined << b
        near[:, b] |= joined << a
    return near


def _taken_apart(k: int, near: Ints) -> tuple[Terms, npt.NDArray[np.bool_]]:
    """Terms of each graph, and whether it could be taken apart list by list to the end.

    The chance of a pattern is the product, over lists in that order, of the chance of one list given the neighbours
    that are left: a set of a list and its neighbours counts once more, that of the neighbours once less.
    """
    rows = np.arange(near.shape[0])
    left = np.full(rows.size, (1 << k) - 1, dtype=np.int64)
    terms = np.zeros((rows.size, 1 << k), dtype=np.int8)
    for _ in range(k):
        free = np.stack([_all_joined(near, left, v) & (left >> v & 1 == 1) for v in range(k)], axis=1)
        some, first = free.any(axis=1), free.argmax(axis=1)
        around = near[rows, first] & left
        np.add.at(terms, (rows[some], (around | 1 << first)[some]), 1)
        np.add.at(terms, (rows[some], around[some]), -1)
        left = np.where(some, left & ~(1 << first), left)
    # The set of no list is known without looking, so it may count once more: now cliques less separators make 1.
    terms[:, 0] += 1
    return terms, left == 0


def _all_joined(near: Ints, left: Ints, v: int) -> npt.NDArray[np.bool_]:
    """Whether all neighbours of list `v` that are left are joined to each other."""
    around = near[:, v] & left
    lacking = np.zeros(left.size, dtype=np.int64)
    for w in range(near.shape[1]):
        lacking |= np.where(around >> w & 1 == 1, around & ~near[:, w] & ~(1 << w), 0)
    return np.asarray(lacking == 0)


def cliques(terms: Terms) -> tuple[int, ...]:
    """The cliques of one row of `Graphs.terms`, as bitmasks; as generators they are the hierarchical model."""
    return tuple(int(s) for s in np.flatnonzero(terms > 0))


def separators(terms: Terms) -> tuple[int, ...]:
    """The separators of one row, each as often as it separates; 0 where two parts hang together by nothing."""
    return tuple(int(s) for s in np.flatnonzero(terms < 0) for _ in range(-int(terms[s])))


def perfect_sequence(of: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    """Cliques in such an order that what each shares with all earlier ones lies in one of them, with that share.

    Found as a heaviest spanning tree over shared lists. Raises: ValueError when the cliques have no such order.
    """
    order, left = [(of[0], 0)], list(of[1:])
    while left:
        _, clique, one = max(((c & d).bit_count(), c, d) for c in left for d, _ in order)
        seen = 0
        for done, _ in order:
            seen |= done
        if clique & seen != clique & one:
            raise ValueError("these sets are not the cliques of a decomposable graph")
        order.append((clique, clique & one))
        left.remove(clique)
    return tuple(order)


def joined(k: int, edges: int) -> tuple[tuple[int, int], ...]:
    """The pairs of lists that are joined."""
    return tuple(pair for i, pair in enumerate(pairs(k)) if edges >> i & 1)
