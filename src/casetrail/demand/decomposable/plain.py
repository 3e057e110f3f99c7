"""The same, slowly: graphs by their chordless cycles, the posterior cell by cell and number by number.

For tests. Nothing is shared with the fast code but the words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations, product
from math import exp, lgamma, log

Edges = frozenset[tuple[int, int]]


def plain_graphs(k: int) -> list[Edges]:
    """Every graph on k lists without a chordless cycle of four or more."""
    every = list(combinations(range(k), 2))
    graphs = (frozenset(e for e, there in zip(every, bits, strict=True) if there) for bits in _bits(len(every)))
    return [edges for edges in graphs if not has_chordless_cycle(k, edges)]


def _bits(places: int) -> Iterator[tuple[int, ...]]:
    return product((0, 1), repeat=places)


def has_chordless_cycle(k: int, edges: Edges) -> bool:
    """Whether four or more lists are joined in a ring, and in no other way."""
    return any(_is_ring(some, edges) for size in range(4, k + 1) for some in combinations(range(k), size))


def _is_ring(some: Sequence[int], edges: Edges) -> bool:
    inside = [(a, b) for a, b in edges if a in some and b in some]
    if len(inside) != len(some) or any(sum(v in e for e in inside) != 2 for v in some):
        return False
    reached = {some[0]}
    for _ in some:
        reached |= {w for e in inside for w in e if reached & set(e)}
    return len(reached) == len(some)


def searched_by_cardinality(k: int, edges: Edges) -> bool:
    """Whether the graph is decomposable, by maximum cardinality search.

    R. E. Tarjan and M. Yannakakis, SIAM Journal on Computing 13 (1984) 566-579: number the vertex with the most
    numbered neighbours next; the graph is decomposable when those neighbours are always joined to each other.
    """
    numbered: list[int] = []
    while len(numbered) < k:
        near = {v: [w for w in numbered if _are_joined(v, w, edges)] for v in range(k) if v not in numbered}
        v = max(near, key=lambda u: len(near[u]))
        if not all(_are_joined(a, b, edges) for a, b in combinations(near[v], 2)):
            return False
        numbered.append(v)
    return True


def _are_joined(a: int, b: int, edges: Edges) -> bool:
    return (min(a, b), max(a, b)) in edges


def plain_cliques(k: int, edges: Edges) -> list[frozenset[int]]:
    """The largest sets of lists that are all joined to each other."""
    full = [
        frozenset(some)
        for size in range(1, k + 1)
        for some in combinations(range(k), size)
        if all(_are_joined(a, b, edges) for a, b in combinations(some, 2))
    ]
    return [s for s in full if not any(s < t for t in full)]


def plain_separators(cliques: list[frozenset[int]]) -> list[frozenset[int]]:
    """What each clique shares with those before it, in an order in which that always lies in one of them."""
    order, left, found = [cliques[0]], list(cliques[1:]), []
    while left:
        clique, shared = max(((c, c & d) for c in left for d in order), key=lambda pair: len(pair[1]))
        order.append(clique)
        left.remove(clique)
        found.append(shared)
    return found


def plain_log_weight(table: dict[tuple[int, ...], int], k: int, edges: Edges, cell: float) -> float:
    """Log chance of a complete table (with those on no list) under a graph, all its cells added up one by one."""
    cliques = plain_cliques(k, edges)
    together = sum(table.values())
    said = lgamma(together + 1) - sum(lgamma(count + 1) for count in table.values())
    said += sum(_log_margin(table, sorted(c), k, cell) for c in cliques)
    return said - sum(_log_margin(table, sorted(s), k, cell) for s in plain_separators(cliques))


def _log_margin(table: dict[tuple[int, ...], int], some: list[int], k: int, cell: float) -> float:
    """Log of the Dirichlet-multinomial chance, one person after the other, of the patterns on some of the lists."""
    margin = dict.fromkeys(_bits(len(some)), 0)
    for pattern, count in table.items():
        margin[tuple(pattern[j] for j in some)] += count
    added, whole = cell * 2 ** (k - len(some)), cell * 2**k
    said = lgamma(whole) - lgamma(whole + sum(margin.values()))
    return said + sum(lgamma(count + added) - lgamma(added) for count in margin.values())


def plain_posterior(
    counts: Sequence[int], k: int, numbers: Sequence[int], *, cell: float, flat: bool = False, complete: bool = False
) -> tuple[list[float], list[float]]:
    """Probabilities of these numbers hidden, and of the graphs, as if no other number were possible."""
    graphs = [g for g in plain_graphs(k) if complete or len(g) < k * (k - 1) // 2]
    seen = {p: int(counts[sum(b << j for j, b in enumerate(p))]) for p in _bits(k)}
    logs = []
    for edges in graphs:
        row = []
        for hidden in numbers:
            table = {**seen, (0,) * k: hidden}
            prior = 0.0 if flat else -log(sum(table.values()))
            row.append(plain_log_weight(table, k, edges, cell) + prior)
        logs.append(row)
    top = max(max(row) for row in logs)
    weights = [[exp(v - top) for v in row] for row in logs]
    whole = sum(map(sum, weights))
    by_number = [sum(row[i] for row in weights) / whole for i in range(len(numbers))]
    return by_number, [sum(row) / whole for row in weights]


def one_by_one(persons: Sequence[tuple[int, ...]], k: int, edges: Edges, cell: Fraction) -> Fraction:
    """Chance of these patterns in this order: each the mean of what the prior and those before make it, as a fraction.

    The next pattern's chance is the product over cliques, divided by separators, of (persons so far with the same
    pattern on those lists + what the prior adds) / (persons so far + what it adds in all).
    """
    cliques = plain_cliques(k, edges)
    chance = Fraction(1)
    for i, person in enumerate(persons):
        for sets, up in ((cliques, 1), (plain_separators(cliques), -1)):
            for some in sets:
                alike = sum(all(p[j] == person[j] for j in some) for p in persons[:i])
                share = (alike + cell * 2 ** (k - len(some))) / (i + cell * 2**k)
                chance = chance * share if up == 1 else chance / share
    return chance
