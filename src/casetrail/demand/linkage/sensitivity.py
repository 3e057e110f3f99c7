"""What errors of linking change: an estimate before and after, and at shares of missed links that nobody knows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

import numpy as np

from casetrail.demand.linkage.correct import Corrected, correct
from casetrail.demand.linkage.rates import Rates, alike, exactly
from casetrail.demand.lists import Lists
from casetrail.demand.refusals import refuse
from casetrail.figures import Refusal

# From lists to all persons, or why not.
Estimator: TypeAlias = Callable[[Lists], float | Refusal]
SHARES = (0.0, 0.05, 0.10, 0.20)


@dataclass(frozen=True, slots=True)
class Pair:
    """Persons on both of two lists (places), as linked and corrected."""

    first: int
    second: int
    before: int
    after: float


@dataclass(frozen=True, slots=True)
class Change:
    """What the correction does: overlaps, persons on any list, and all persons by one and the same estimator."""

    pairs: tuple[Pair, ...]
    n_before: int
    n_after: float
    total_before: float | Refusal
    total_after: float | Refusal
    corrected: Corrected

    @property
    def ratio(self) -> float | None:
        """Total after by total before; None where either is refused."""
        before, after = self.total_before, self.total_after
        return None if isinstance(before, Refusal) or isinstance(after, Refusal) or before == 0 else after / before


@dataclass(frozen=True, slots=True)
class AtShare:
    """An estimate if this share of true pairs had been missed for every pair of lists, and no link were false."""

    missed: float
    change: Change


def middle_pair(lists: Lists) -> float | Refusal:
    """All persons by two lists at a time (Chapman 1951), the middle of the pairs: a yardstick, not to be printed.

    It takes any two lists to be independent. Refuses when no two lists overlap.
    """
    if lists.k < 2:
        return refuse("too_few_lists", "1 list")
    sizes = [lists.on(j) for j in range(lists.k)]
    found = [
        (sizes[i] + 1) * (sizes[j] + 1) / (lists.on(i, j) + 1) - 1
        for i, j in combinations(range(lists.k), 2)
        if lists.on(i, j)
    ]
    return float(np.median(found)) if found else refuse("no_overlap")


def change(lists: Lists, rates: Rates, estimator: Estimator = middle_pair) -> Change:
    """An estimate on the counts as they are and on the corrected ones (to the nearest whole number)."""
    found = correct(lists, rates)
    places = np.arange(lists.counts.size)
    pairs = tuple(
        Pair(i, j, lists.on(i, j), float(found.counts[(places >> i & places >> j & 1).astype(bool)].sum()))
        for i, j in combinations(range(lists.k), 2)
    )
    return Change(pairs, lists.n, found.n, estimator(lists), estimator(found.rounded()), found)


def sensitivity(
    lists: Lists, estimator: Estimator = middle_pair, *, shares: Sequence[float] = SHARES
) -> tuple[AtShare, ...]:
    """The estimate at several shares of missed links, for when it is not known how many were missed."""
    return tuple(AtShare(share, change(lists, alike(lists.k, missed=exactly(share)), estimator)) for share in shares)
