"""Do casetrail and the comparator find the same? Counts must be equal, means and deviations to nine digits."""

from __future__ import annotations

import math
from typing import Any

DIGITS = 1e-9
MICROSECONDS = 1e6

Pairs = dict[tuple[str, str], Any]


def _pairs(rows: list[list[Any]]) -> Pairs:
    return {(row[0][0], row[0][1]): row[1] for row in rows}


def _near(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=DIGITS, abs_tol=1e-6)


def disagreements(ours: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    """What differs, in words; nothing when all agree."""
    checks = (
        ("directly-follows counts", _counts(_pairs(ours["directly_follows"]), _pairs(theirs["directly_follows"]))),
        ("directly-follows means", _means(_pairs(ours["directly_follows"]), _pairs(theirs["directly_follows_time"]))),
        ("hand-over shares", _shares(_pairs(ours["hand_over"]), _pairs(theirs["hand_over"]))),
        ("temporal profile", _profiles(_pairs(ours["temporal_profile"]), _pairs(theirs["temporal_profile"]))),
    )
    return [f"{name} ({wrong} of the pairs)" for name, wrong in checks if wrong]


def _counts(ours: Pairs, theirs: Pairs) -> int:
    return sum(ours.get(pair, [0])[0] != theirs.get(pair, 0) for pair in ours.keys() | theirs.keys())


def _means(ours: Pairs, theirs: Pairs) -> int:
    wrong = len(ours.keys() ^ theirs.keys())
    for pair in ours.keys() & theirs.keys():
        _, mean, median = ours[pair]
        same = _near(mean / MICROSECONDS, theirs[pair]["mean"]) and _near(median / MICROSECONDS, theirs[pair]["median"])
        wrong += not same
    return wrong


def _shares(ours: Pairs, theirs: Pairs) -> int:
    """pm4py divides by all pairs, those that stay included; between different agencies the shares must agree."""
    moved = {pair: share for pair, share in theirs.items() if pair[0] != pair[1] and share}
    total, all_share = sum(ours.values()), sum(moved.values())
    wrong = len(ours.keys() ^ moved.keys())
    return wrong + sum(not _near(ours[p] / total, moved[p] / all_share) for p in ours.keys() & moved.keys())


def _profiles(ours: Pairs, theirs: Pairs) -> int:
    wrong = len(ours.keys() ^ theirs.keys())
    for pair in ours.keys() & theirs.keys():
        _, mean, deviation = ours[pair]
        # pm4py calls the deviation of a single time 0; here it is not known.
        same = _near(mean / MICROSECONDS, theirs[pair][0]) and _near((deviation or 0.0) / MICROSECONDS, theirs[pair][1])
        wrong += not same
    return wrong
