"""What makes lists useless for any estimate, looked for before any model is fitted."""

from __future__ import annotations

import numpy as np

from casetrail.demand.choosing.one_model import shared_by
from casetrail.demand.lists import MOST, Lists
from casetrail.demand.refusals import refuse
from casetrail.figures import Refusal


def check(lists: Lists, *, least: int = 2) -> Refusal | None:
    """The first fault found, or None. `least`: how few lists the asking method can do with.

    Codes, in this order: `too_few_lists`, `too_many_lists`, `nobody`, `empty_list`, `all_in_one_cell`, `no_overlap`,
    `disconnected`.
    """
    if lists.k < least:
        return refuse("too_few_lists", f"{lists.k} of at least {least} lists")
    if lists.k > MOST:
        return refuse("too_many_lists", f"{lists.k} of at most {MOST} lists")
    if lists.n == 0:
        return refuse("nobody")
    shared = shared_by(lists.counts)
    bare = [name for j, name in enumerate(lists.names) if shared[1 << j] == 0]
    if bare:
        return refuse("empty_list", ", ".join(bare))
    if int(np.count_nonzero(lists.counts)) == 1:
        return refuse("all_in_one_cell", lists.where(int(np.argmax(lists.counts))))
    return _apart(lists)


def _apart(lists: Lists) -> Refusal | None:
    groups = groups_of(lists)
    if len(groups) == 1:
        return None
    if len(groups) == lists.k:
        return refuse("no_overlap", f"{lists.k} lists")
    return refuse("disconnected", "; ".join(lists.where(g) for g in groups))


def groups_of(lists: Lists) -> tuple[int, ...]:
    """Lists that hang together because they share persons, as bitmasks; one group when all are joined."""
    shared = shared_by(lists.counts)
    groups = [1 << j for j in range(lists.k)]
    for i in range(lists.k):
        for j in range(i):
            if shared[1 << i | 1 << j] > 0:
                both = [g for g in groups if g & (1 << i | 1 << j)]
                groups = [g for g in groups if g not in both] + [sum(set(both))]
    return tuple(sorted(groups))
