"""From judgements one after another to spells: how long a grade stood until another was found."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import groupby
from math import inf

import numpy as np
import numpy.typing as npt

from casetrail.stats.reversal import Floats


@dataclass(frozen=True, slots=True)
class Spells:
    """The first spell of each unit, in the unit of the times given, since the judgement that began it.

    `found`: until the judgement that reversed it, or until last seen where `ended` is false. The true end lies in
    (`left`, `right`]: after the last judgement that still found the old state, by the first that did not (infinite
    where none did). `opens`: the spell begins with the first judgement that is known of its unit, so it may be older.
    `later`: how many further spells were left out, so that each unit counts once.
    """

    found: Floats
    ended: npt.NDArray[np.bool_]
    left: Floats
    right: Floats
    opens: npt.NDArray[np.bool_]
    later: int


@dataclass(frozen=True, slots=True)
class Turn:
    """A spell begins with a grade of `begins` and ends with one of `ends`; other grades neither begin nor end it."""

    begins: Collection[int]
    ends: Collection[int]

    def __post_init__(self) -> None:
        if set(self.begins) & set(self.ends):
            raise ValueError("a grade cannot both begin and end a spell")


def spells(judged: Collection[tuple[int, float, int]], turn: Turn, *, until: float) -> Spells:
    """`judged`: unit, time and grade of each judgement, in any order; `until`: the last day up to which all are known.

    Raises: ValueError for two judgements of a unit at one time, or one later than `until`.
    """
    rows: list[tuple[float, bool, float, float, bool]] = []
    later = 0
    for _, group in groupby(sorted(judged), key=lambda row: row[0]):
        own = [(when, grade) for _, when, grade in group]
        if len({when for when, _ in own}) < len(own) or own[-1][0] > until:
            raise ValueError("judgements of a unit need different times, none after the last day known")
        found = _of_unit(own, turn, until)
        rows.extend(found[:1])
        later += len(found[1:])
    table = np.array(rows, dtype=np.float64).reshape(-1, 5)
    return Spells(
        table[:, 0], table[:, 1].astype(np.bool_), table[:, 2], table[:, 3], table[:, 4].astype(np.bool_), later
    )


def _of_unit(own: list[tuple[float, int]], turn: Turn, until: float) -> list[tuple[float, bool, float, float, bool]]:
    """Found, ended, left, right and opens of each spell of one unit, in order."""
    found: list[tuple[float, bool, float, float, bool]] = []
    began: int | None = None
    for i, (when, grade) in enumerate(own):
        if began is None and grade in turn.begins:
            began = i
        elif began is not None and grade in turn.ends:
            start = own[began][0]
            found.append((when - start, True, own[i - 1][0] - start, when - start, began == 0))
            began = None
    if began is not None and until > own[began][0]:
        start = own[began][0]
        found.append((until - start, False, own[-1][0] - start, inf, began == 0))
    return found
