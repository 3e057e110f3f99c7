"""Plain twins of hand-offs: how often, between whom, in circles, and what cases several held lasted."""

from __future__ import annotations

from casetrail.schema.trails import LIMBO, By, Level
from casetrail.trail.plain_log import grouped
from casetrail.trail.plain_spells import Turn
from casetrail.trail.plain_trail import PlainTrail, Row, Scope, case_scope, covered_us, different, mean, median


def hand_off(trail: PlainTrail, level: Level, by: By) -> list[Row]:
    """Hand-offs, returns, A-B-A loops and the time inside them, per person and then together."""
    placed = []
    for person, own in grouped(trail.turns_at(level), lambda turn: turn.person).items():
        scopes: dict[By, Scope] = {"agency": own[0].holder, "period": own[0].month, "person": person}
        returns = len(own) - different(turn.holder for turn in own)
        loops = sum(turn.loops_back for turn in own)
        placed.append((scopes.get(by, 0), len(own), returns, loops, _loop_us(own)))
    return [
        {
            "scope": scope,
            "persons": len(group),
            "turns": sum(p[1] for p in group),
            "hand_offs": sum(p[1] - 1 for p in group),
            "persons_handed": sum(p[1] > 1 for p in group),
            "returns": sum(p[2] for p in group),
            "persons_returned": sum(p[2] > 0 for p in group),
            "loops": sum(p[3] for p in group),
            "persons_looped": sum(p[3] > 0 for p in group),
            "most_turns": max(p[1] for p in group),
            "loop_us": sum(p[4] for p in group),
        }
        for scope, group in grouped(placed, lambda p: p[0]).items()
    ]


def _loop_us(own: list[Turn]) -> int:
    """Time between leaving a holder and coming straight back; where two loops overlap it passes once."""
    inside: list[tuple[int, int]] = []
    for turn in own:
        if turn.loops_back and turn.before is not None and turn.before.before is not None:
            inside.append((turn.before.before.left_us, turn.from_us))
    return covered_us(inside)


def hand_off_pair(trail: PlainTrail, level: Level, by: By) -> list[Row]:
    """From whom to whom, how often, and the gap in which neither held it."""
    placed = []
    for turn in trail.turns_at(level):
        if turn.before is None:
            continue
        scopes: dict[By, Scope] = {"period": turn.month, "person": turn.person}
        key = (scopes.get(by, 0), turn.before.holder, turn.holder)
        placed.append((key, turn.person, turn.from_us - turn.before.left_us))
    rows: list[Row] = []
    for (scope, before, after), group in grouped(placed, lambda p: p[0]).items():
        gaps = [p[2] for p in group]
        rows.append(
            {
                "scope": scope,
                "from": before,
                "to": after,
                "persons": different(p[1] for p in group),
                "hand_offs": len(gaps),
                "mean_gap_us": mean(gaps),
                "median_gap_us": median(gaps),
                "total_gap_us": sum(gaps),
            }
        )
    return rows


def held_by_how_many(trail: PlainTrail, level: Level, by: By) -> list[Row]:
    """Length of cases one body held against those several held, in turn or jointly; nobody's are left out."""
    held = grouped((s for s in trail.spells_at(level) if s.kind != LIMBO), lambda spell: spell.person)
    placed = []
    for case in trail.elapsed:
        if case.person in held:
            several = len(frozenset().union(*(spell.holders for spell in held[case.person]))) > 1
            placed.append(((case_scope(case, by), several), case.lasts_us))
    return [
        {
            "scope": scope,
            "several": several,
            "persons": len(group),
            "mean_us": mean([p[1] for p in group]),
            "median_us": median([p[1] for p in group]),
        }
        for (scope, several), group in grouped(placed, lambda p: p[0]).items()
    ]
