"""Can these lists be averaged over at all? What is seen before anything is computed."""

from __future__ import annotations

import numpy as np

from casetrail.demand.decomposable.graphs import FEWEST, MOST
from casetrail.demand.lists import Lists
from casetrail.demand.refusals import refuse
from casetrail.figures import Refusal


def why_not(of: Lists) -> Refusal | None:
    """The refusal that stands in the way, or None."""
    if of.n == 0:
        return refuse("nobody")
    if of.k < FEWEST:
        return refuse("too_few_lists", f"{of.k} where {FEWEST} are needed")
    if of.k > MOST:
        return refuse("too_many_lists", f"{of.k}, and {MOST} at most")
    empty = [name for j, name in enumerate(of.names) if of.on(j) == 0]
    if empty:
        return refuse("empty_list", ", ".join(empty))
    return _no_ties(of)


def _no_ties(of: Lists) -> Refusal | None:
    patterns = np.flatnonzero(of.counts)
    if patterns.size == 1:
        return refuse("all_in_one_cell", of.where(int(patterns[0])))
    if all(int(p).bit_count() == 1 for p in patterns):
        return refuse("no_overlap")
    group = _reached(patterns.tolist())
    if group != (1 << of.k) - 1:
        return refuse("disconnected", f"{of.where(group)} share nobody with the others")
    return None


def _reached(patterns: list[int]) -> int:
    """Bitmask of the lists that can be reached from the first one through shared persons."""
    group, before = 1, 0
    while group != before:
        before = group
        for pattern in patterns:
            if pattern & group:
                group |= pattern
    return group
