"""Match what was submitted with what the other sources have, row by row, and name every difference.

Each row that counts on one side lands in one part; parts have an effect of +1, −1 or 0 on submitted less recounted, so
that the effects add up to the difference, whatever the matching does.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from casetrail.inquiry.reconcile_items import Item

Part: TypeAlias = Literal[
    "agrees",
    "other day",
    "other day, submitted alone counts",
    "other day, others alone count",
    "same day, submitted alone counts",
    "same day, others alone count",
    "twice in the submission",
    "twice in the others",
    "near in the others",
    "near in the submission",
    "set aside in the others",
    "set aside in the submission",
    "no date in the others",
    "no date in the submission",
    "person not in the others",
    "person not in the submission",
    "not in the others",
    "not in the submission",
]
# How each part changes submitted less recounted.
EFFECT: Mapping[Part, int] = {
    "agrees": 0,
    "other day": 0,
    "other day, submitted alone counts": 1,
    "other day, others alone count": -1,
    "same day, submitted alone counts": 1,
    "same day, others alone count": -1,
    "twice in the submission": 1,
    "twice in the others": -1,
    "near in the others": 1,
    "near in the submission": -1,
    "set aside in the others": 1,
    "set aside in the submission": -1,
    "no date in the others": 1,
    "no date in the submission": -1,
    "person not in the others": 1,
    "person not in the submission": -1,
    "not in the others": 1,
    "not in the submission": -1,
}


@dataclass(frozen=True, slots=True)
class Told:
    """One row, or a pair of rows, and the part it lands in."""

    part: Part
    person: str
    submitted: Item | None
    recounted: Item | None


@dataclass(frozen=True, slots=True)
class Side:
    """What one side has beside the counted rows: its persons, rows that gave nothing, and days of what stands near."""

    persons: frozenset[str]
    aside: Mapping[str, int] = field(default_factory=dict)
    undated: Mapping[str, int] = field(default_factory=dict)
    near: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


def match(
    submitted: Sequence[Item], recounted: Sequence[Item], *, sides: tuple[Side, Side], tolerance: int
) -> tuple[Told, ...]:
    """Every row that counts on either side, in one part each. `sides`: the submission, and the other sources.

    Rows of one person match on the same day first, then on the nearest day within `tolerance` days.
    """
    mine, theirs = _by_person(submitted), _by_person(recounted)
    told: list[Told] = []
    left: tuple[list[Item], list[Item]] = ([], [])
    for person in sorted({*mine, *theirs}):
        found = _of_person(mine.get(person, []), theirs.get(person, []), tolerance)
        told += found.told
        left[0].extend(found.left[0])
        left[1].extend(found.left[1])
    told += _reasons(left[0], sides[1], tolerance, submitted=True)
    told += _reasons(left[1], sides[0], tolerance, submitted=False)
    return tuple(told)


@dataclass(slots=True)
class _Matched:
    told: list[Told]
    left: tuple[list[Item], list[Item]]


def _by_person(found: Iterable[Item]) -> dict[str, list[Item]]:
    by: dict[str, list[Item]] = defaultdict(list)
    for one in sorted(found, key=lambda item: (item.day, not item.counts, item.place)):
        by[one.person].append(one)
    return by


def _of_person(mine: list[Item], theirs: list[Item], tolerance: int) -> _Matched:
    found = _Matched([], ([], []))
    open_: tuple[list[Item], list[Item]] = ([], [])
    for day in sorted({one.day for one in (*mine, *theirs)}):
        own, other = [o for o in mine if o.day == day], [o for o in theirs if o.day == day]
        pairs = min(len(own), len(other))
        found.told += [_pair(a, b) for a, b in zip(own, other, strict=False) if a.counts or b.counts]
        for at, rows in enumerate((own, other)):
            # Without a partner on the day the first may still have one on another; further copies have none.
            first = pairs or min(1, len(rows))
            if not pairs:
                open_[at].extend(rows[:1])
            found.told += [_copy(one, at == 0) for one in rows[first:] if one.counts]
    _nearest(open_, tolerance, found)
    return found


def _nearest(open_: tuple[list[Item], list[Item]], tolerance: int, found: _Matched) -> None:
    gaps = sorted(
        (abs(a.day - b.day), a.day, b.day, i, j)
        for i, a in enumerate(open_[0])
        for j, b in enumerate(open_[1])
        if abs(a.day - b.day) <= tolerance
    )
    taken: tuple[set[int], set[int]] = (set(), set())
    for _, _, _, i, j in gaps:
        if i in taken[0] or j in taken[1]:
            continue
        taken[0].add(i)
        taken[1].add(j)
        if open_[0][i].counts or open_[1][j].counts:
            found.told.append(_pair(open_[0][i], open_[1][j]))
    for at in (0, 1):
        found.left[at].extend(one for i, one in enumerate(open_[at]) if i not in taken[at] and one.counts)


def _pair(mine: Item, theirs: Item) -> Told:
    same = mine.day == theirs.day
    if mine.counts and theirs.counts:
        part: Part = "agrees" if same else "other day"
    elif mine.counts:
        part = "same day, submitted alone counts" if same else "other day, submitted alone counts"
    else:
        part = "same day, others alone count" if same else "other day, others alone count"
    return Told(part, mine.person, mine, theirs)


def _copy(one: Item, submitted: bool) -> Told:
    if submitted:
        return Told("twice in the submission", one.person, one, None)
    return Told("twice in the others", one.person, None, one)


def _reasons(left: Sequence[Item], other: Side, tolerance: int, *, submitted: bool) -> list[Told]:
    """Why a row has no partner: each row of the other side that may be it is used once."""
    aside, undated = Counter(other.aside), Counter(other.undated)
    near = {person: list(days) for person, days in other.near.items()}
    told = []
    for one in left:
        part = _reason(one, other, (near, undated, aside), tolerance=tolerance, submitted=submitted)
        told.append(Told(part, one.person, one if submitted else None, None if submitted else one))
    return told


def _reason(
    one: Item,
    other: Side,
    held: tuple[dict[str, list[int]], Counter[str], Counter[str]],
    *,
    tolerance: int,
    submitted: bool,
) -> Part:
    near, undated, aside = held
    days = [day for day in near.get(one.person, ()) if abs(day - one.day) <= tolerance]
    if days:
        near[one.person].remove(min(days, key=lambda day: (abs(day - one.day), day)))
        return "near in the others" if submitted else "near in the submission"
    if undated[one.person]:
        undated[one.person] -= 1
        return "no date in the others" if submitted else "no date in the submission"
    if aside[one.person]:
        aside[one.person] -= 1
        return "set aside in the others" if submitted else "set aside in the submission"
    if one.person not in other.persons:
        return "person not in the others" if submitted else "person not in the submission"
    return "not in the others" if submitted else "not in the submission"
