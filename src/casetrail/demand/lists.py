"""Several lists of the same persons, as counts of each pattern of being listed. Nothing of a person is in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]

# Beyond it a table of all patterns no longer fits a laptop, and no published method is meant for it.
MOST = 12


@dataclass(frozen=True, slots=True)
class Lists:
    """`names` of k lists, and how many persons have each pattern of being on them.

    `counts`, shape (2**k,), whole numbers of persons: bit j of the place is 1 for persons on list j, so that
    `counts[0b101]` are those on lists 0 and 2 alone. Place 0 is nobody's pattern: those on no list are what is asked
    for; it is 0 here and is never read.
    """

    names: tuple[str, ...]
    counts: Counts

    def __post_init__(self) -> None:
        if self.counts.shape != (1 << len(self.names),) or self.counts.dtype != np.int64:
            raise ValueError("counts must be whole numbers, one for each pattern of the lists")
        if int(self.counts[0]) != 0 or bool((self.counts < 0).any()):
            raise ValueError("a count is below 0, or somebody is counted who is on no list")

    @property
    def k(self) -> int:
        """How many lists."""
        return len(self.names)

    @property
    def n(self) -> int:
        """Persons on at least one list."""
        return int(self.counts.sum())

    def on(self, *lists: int) -> int:
        """Persons on all of these lists (places, not names)."""
        mask = sum(1 << j for j in lists)
        return int(self.counts[(np.arange(self.counts.size) & mask) == mask].sum())

    def of_only(self, keep: Sequence[int]) -> Lists:
        """The same persons seen by these lists alone; whoever is on none of them is not counted any more."""
        places = np.arange(self.counts.size)
        to = sum(((places >> j) & 1) << i for i, j in enumerate(keep))
        counts = np.bincount(np.asarray(to), weights=self.counts, minlength=1 << len(keep)).astype(np.int64)
        counts[0] = 0
        return Lists(tuple(self.names[j] for j in keep), counts)

    def where(self, pattern: int) -> str:
        """The lists of a pattern by name, such as `police + health`."""
        return " + ".join(name for j, name in enumerate(self.names) if pattern >> j & 1)


def lists(names: Sequence[str], patterns: Iterable[tuple[Sequence[int], int]]) -> Lists:
    """Lists from patterns (0 or 1 for each list) and their counts; patterns that are not named have nobody.

    Raises: ValueError for a pattern named twice, one of no list, or one of another length. Files are read by
    `inquiry.demand_lists`, which says where in the file a fault is.
    """
    counts = np.zeros(1 << len(names), dtype=np.int64)
    seen: set[int] = set()
    for pattern, count in patterns:
        if len(pattern) != len(names) or any(b not in (0, 1) for b in pattern):
            raise ValueError("a pattern has one 0 or 1 for each list")
        place = sum(b << j for j, b in enumerate(pattern))
        if place == 0 or place in seen:
            raise ValueError("a pattern is named twice, or is that of no list")
        seen.add(place)
        counts[place] = count
    return Lists(tuple(names), counts)
