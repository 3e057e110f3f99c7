"""What of a model never changes is worked out once: expressions without features, running sums of branches."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from casetrail.kernels.network import shape as s

Terms = list[tuple[float, int, int]]
_ONE = s.ONE * s.FEATURE


def settled(link: int, terms: Terms) -> tuple[int, Terms]:
    """The expression, as a single number where it names no feature but ONE."""
    if any(a != _ONE or b not in (_ONE, -1) for _, a, b in terms):
        return link, terms
    total = 0.0
    for coefficient, _, _ in terms:
        total += coefficient
    clipped = min(50.0, max(-50.0, total))
    if link == s.EXP:
        total = math.exp(clipped)
    elif link == s.LOGISTIC:
        total = 1.0 / (1.0 + math.exp(-clipped))
    elif link == s.POSITIVE:
        total = max(0.0, total)
    return s.SETTLED, [(total, _ONE, -1)]


def running_sums(
    nodes: Sequence[dict[str, Any]], edges: Sequence[tuple[int, int]], exprs: Sequence[tuple[int, Terms]]
) -> tuple[list[dict[str, Any]], list[float]]:
    """Nodes, of which a BRANCH with settled weights has as `dist` where its sums begin in the table, and these sums."""
    made: list[dict[str, Any]] = []
    table: list[float] = []
    for node in nodes:
        if node["op"] != s.BRANCH:
            made.append(node)
            continue
        mine = [exprs[e] for _, e in edges[node["edge_from"] : node["edge_to"]]]
        constant = bool(mine) and all(link == s.SETTLED for link, _ in mine)
        made.append({**node, "dist": len(table) if constant else -1})
        table += accumulate(max(0.0, terms[0][0]) for _, terms in mine) if constant else ()
    return made, table
