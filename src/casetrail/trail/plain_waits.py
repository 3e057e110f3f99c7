"""Plain twins of waits for a named thing, of asking those who reported, and of what was not yet known."""

from __future__ import annotations

from collections.abc import Sequence

from casetrail.schema.trails import By
from casetrail.trail.plain_log import PlainEvent, grouped
from casetrail.trail.plain_trail import PlainTrail, Row, case_scope, mean, median


def wait_for(trail: PlainTrail, by: By, *, start: str, finish: str) -> list[Row]:
    """From each person's first asking to the next time the thing asked for happened."""
    own = grouped(trail.steps, lambda step: step.person)
    placed: list[tuple[object, int | None, int]] = []
    for case in trail.elapsed:
        walked = own.get(case.person, [])
        asked = next((step for step in walked if step.event.activity == start), None)
        if asked is None:
            continue
        came = next((s for s in walked if s.seq > asked.seq and s.event.activity == finish), None)
        so_far = case.to_us - asked.event.at_us
        waited = None if came is None else came.event.at_us - asked.event.at_us
        placed.append((case_scope(case, by), waited, so_far))
    rows: list[Row] = []
    for scope, group in grouped(placed, lambda p: p[0]).items():
        over = [waited for _, waited, _ in group if waited is not None]
        rows.append(
            {
                "scope": scope,
                "persons": len(group),
                "reached": len(over),
                "not_reached": len(group) - len(over),
                "mean_us": mean(over),
                "median_us": median(over),
                "least_us": min(over, default=None),
                "most_us": max(over, default=None),
                "waiting_us": sum(so_far for _, waited, so_far in group if waited is None),
            }
        )
    return rows


def asked(trail: PlainTrail, by: By, *, role: str, asking: str) -> list[Row]:
    """Persons about whom a role reported something, and whether that role was asked after the first report."""
    own = grouped(trail.steps, lambda step: step.person)
    placed: list[tuple[object, int, bool]] = []
    for case in trail.elapsed:
        walked = own.get(case.person, [])
        reports = [step.seq for step in walked if step.event.reported_by_role == role]
        if reports:
            was_asked = any(s.event.activity == asking and s.seq > reports[0] for s in walked)
            placed.append((case_scope(case, by), len(reports), was_asked))
    return [
        {
            "scope": scope,
            "persons": len(group),
            "reports": sum(p[1] for p in group),
            "asked": sum(p[2] for p in group),
            "not_asked": sum(not p[2] for p in group),
        }
        for scope, group in grouped(placed, lambda p: p[0]).items()
    ]


def known(events: Sequence[PlainEvent], *, known_on_us: int) -> list[Row]:
    """How many events say when they became known, and how many happened or became known after the day."""
    later = [e for e in events if max(e.at_us, e.recorded_us or e.at_us) > known_on_us]
    return [
        {
            "events": len(events),
            "with_recorded": sum(e.recorded_us is not None for e in events),
            "not_yet_known": len(later) if events else None,
        }
    ]
