"""Plain twins of measures over steps, sendings, spells and turns."""

from __future__ import annotations

from collections.abc import Sequence

from casetrail.schema.trails import HELD, JOINT, LIMBO, By, Level
from casetrail.trail.plain_log import PlainEvent, grouped
from casetrail.trail.plain_spells import body_of
from casetrail.trail.plain_trail import (
    PlainTrail,
    Row,
    Scope,
    different,
    mean,
    median,
    step_scope,
)


def _lengths(values: Sequence[int]) -> Row:
    return {"mean_us": mean(values), "median_us": median(values)}


def time_by_state(trail: PlainTrail, by: By) -> list[Row]:
    """The time after an event belongs to the state that event left the case in."""
    groups = grouped(trail.steps, lambda step: (step_scope(step, by), step.state))
    return [
        {
            "scope": scope,
            "state": state,
            "persons": different(step.person for step in steps),
            "times": len(steps),
            "total_us": sum(step.lasts_us for step in steps),
            **_lengths([step.lasts_us for step in steps if step.after is not None or step.lasts_us > 0]),
        }
        for (scope, state), steps in groups.items()
    ]


def directly_follows(trail: PlainTrail, by: By) -> list[Row]:
    """Which activity directly follows which."""
    pairs = [
        (step_scope(step, by), step.event.activity, step.after.activity, step.lasts_us)
        for step in trail.steps
        if step.after is not None
    ]
    return [
        {
            "scope": key[0],
            "activity": key[1],
            "next_activity": key[2],
            "times": len(group),
            **_lengths([p[3] for p in group]),
        }
        for key, group in grouped(pairs, lambda p: (p[0], p[1], p[2])).items()
    ]


def directly_follows_persons(trail: PlainTrail, by: By) -> list[Row]:
    """How many persons stand behind each pair of activities."""
    pairs = [
        ((step_scope(step, by), step.event.activity, step.after.activity), step.person)
        for step in trail.steps
        if step.after is not None
    ]
    return [
        {"scope": key[0], "activity": key[1], "next_activity": key[2], "persons": different(p for _, p in group)}
        for key, group in grouped(pairs, lambda pair: pair[0]).items()
    ]


def wait_between(trail: PlainTrail, level: Level, by: By) -> list[Row]:
    """The wait where one known body's event is followed by another known body's."""
    waits = []
    for step in trail.steps:
        before = body_of(step.event, level)
        after = body_of(step.after, level) if step.after is not None else None
        if before is not None and after is not None and before != after:
            waits.append((step_scope(step, by), before, after, step.person, step.lasts_us))
    return [
        {
            "scope": key[0],
            "from": key[1],
            "to": key[2],
            "persons": different(w[3] for w in group),
            "times": len(group),
            "most_us": max(w[4] for w in group),
            "total_us": sum(w[4] for w in group),
            **_lengths([w[4] for w in group]),
        }
        for key, group in grouped(waits, lambda w: (w[0], w[1], w[2])).items()
    ]


def tie(trail: PlainTrail, by: By) -> list[Row]:
    """How much of the order rests on rank or file order."""
    return [
        {
            "scope": scope,
            "steps": len(steps),
            "tied_by_file_order": sum(step.tied for step in steps),
            "same_time": sum(step.same_time for step in steps),
            "to_the_day": sum(step.event.to_the_day for step in steps),
        }
        for scope, steps in grouped(trail.steps, lambda step: step_scope(step, by)).items()
    ]


def repeat(trail: PlainTrail, by: By, *, window_us: int) -> list[Row]:
    """The k-th event of a kind inside a window looking back, and whether it names an earlier one."""
    seen: dict[str, list[PlainEvent]] = {}
    placed = []
    for step in trail.steps:
        event, earlier = step.event, seen.setdefault(step.person, [])
        kth = 1 + sum(other.activity == event.activity and event.at_us - other.at_us <= window_us for other in earlier)
        linked = None if event.incident is None else any(o.incident == event.incident for o in earlier)
        placed.append((step_scope(step, by), event.activity, kth, step.person, linked))
        earlier.append(event)
    return [
        {
            "scope": key[0],
            "activity": key[1],
            "kth": key[2],
            "persons": different(p[3] for p in group),
            "times": len(group),
            "linked": sum(p[4] is True for p in group),
            "not_linked": sum(p[4] is False for p in group),
            "link_unknown": sum(p[4] is None for p in group),
        }
        for key, group in grouped(placed, lambda p: (p[0], p[1], p[2])).items()
    ]


def sent_wait(trail: PlainTrail, by: By) -> list[Row]:
    """How long a case was on its way, by how that ended."""
    placed = []
    for send in trail.sends:
        event = send.step.event
        scopes: dict[By, Scope] = {"agency": event.agency, "period": event.month, "person": event.person}
        key = (scopes.get(by, 0), event.agency, send.to, send.status)
        placed.append((key, event.person, send.ended_us - event.at_us))
    return [
        {
            "scope": key[0],
            "from": key[1],
            "to": key[2],
            "status": key[3],
            "persons": different(p[1] for p in group),
            "times": len(group),
            "most_us": max(p[2] for p in group),
            "total_us": sum(p[2] for p in group),
            **_lengths([p[2] for p in group]),
        }
        for key, group in grouped(placed, lambda p: p[0]).items()
    ]


def held_time(trail: PlainTrail, level: Level, by: By) -> list[Row]:
    """Who held the case, for how long."""
    placed = []
    for spell in trail.spells_at(level):
        scopes: dict[By, Scope] = {"period": spell.month, "person": spell.person}
        placed.append(((scopes.get(by, 0), spell.kind, spell.reason, spell.holder), spell))
    return [
        {
            "scope": key[0],
            "kind": key[1],
            "reason": key[2],
            "holder": key[3],
            "persons": different(spell.person for _, spell in group),
            "spells": len(group),
            "total_us": sum(spell.lasts_us for _, spell in group),
            "most_us": max(spell.lasts_us for _, spell in group),
            **_lengths([spell.lasts_us for _, spell in group]),
        }
        for key, group in grouped(placed, lambda p: p[0]).items()
    ]


def identity(trail: PlainTrail, level: Level) -> list[Row]:
    """Held + joint + limbo against elapsed."""
    if not trail.elapsed:
        nothing = ("held_us", "joint_us", "limbo_us", "elapsed_us", "states_us", "persons_unequal")
        return [{"persons": 0, **dict.fromkeys(nothing)}]
    spells = trail.spells_at(level)
    kinds = {kind: sum(spell.lasts_us for spell in spells if spell.kind == kind) for kind in (HELD, JOINT, LIMBO)}
    covered = grouped(spells, lambda spell: spell.person)
    return [
        {
            "held_us": kinds[HELD],
            "joint_us": kinds[JOINT],
            "limbo_us": kinds[LIMBO],
            "elapsed_us": sum(case.lasts_us for case in trail.elapsed),
            "states_us": sum(step.lasts_us for step in trail.steps) if trail.steps else None,
            "persons": len(trail.elapsed),
            "persons_unequal": sum(
                case.lasts_us != sum(spell.lasts_us for spell in covered.get(case.person, [])) for case in trail.elapsed
            ),
        }
    ]
