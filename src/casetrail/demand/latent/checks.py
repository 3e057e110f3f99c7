"""Can a latent class model be fitted to these lists at all? What is seen before anything is drawn."""

from __future__ import annotations

import numpy as np

from casetrail.demand.lists import MOST, Lists
from casetrail.demand.refusals import refuse
from casetrail.figures import Refusal

# With two lists, classes fit any table with any number hidden; the prior alone would answer.
FEWEST = 3


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
    patterns = np.flatnonzero(of.counts).tolist()
    if len(patterns) == 1:
        return refuse("all_in_one_cell", of.where(patterns[0]))
    if all(p.bit_count() == 1 for p in patterns):
        return refuse("no_overlap")
    group = _reached(patterns)
    if group != (1 << of.k) - 1:
        return refuse("disconnected", f"{of.where(group)} share nobody with the others")
    return None


def _reached(patterns: list[int]) -> int:
    """Lists that hang together with the first one through persons on both."""
    group, before = 1, 0
    while group != before:
        before = group
        for pattern in patterns:
            if pattern & group:
                group |= pattern
    return group
