"""Plain twins of measures over whole cases: overview, per case, duration, variants, spans, effort, stock."""

from __future__ import annotations

from casetrail.schema.events import MICROSECONDS_PER_DAY
from casetrail.schema.trails import By
from casetrail.trail.plain_log import grouped
from casetrail.trail.plain_steps import Elapsed, Step
from casetrail.trail.plain_trail import (
    PlainTrail,
    Row,
    case_scope,
    covered_us,
    different,
    mean,
    median,
    spread,
)


def overview(trail: PlainTrail) -> list[Row]:
    """The log in one row."""
    events = [step.event for step in trail.steps]
    times = [event.at_us for event in events]
    return [
        {
            "persons": len(trail.elapsed),
            "events": len(events),
            "activities": different(event.activity for event in events),
            "states": different(step.state for step in trail.steps),
            "agencies": different(event.agency for event in events),
            "teams": different(event.team for event in events),
            "workers": different(event.worker for event in events),
            "first_us": min(times, default=None),
            "last_us": max(times, default=None),
            "total_us": sum(case.lasts_us for case in trail.elapsed) if trail.elapsed else None,
        }
    ]


def per_case(trail: PlainTrail, by: By) -> list[Row]:
    """How many events, activities, agencies, teams and workers a case with events has."""
    own = grouped(trail.steps, lambda step: step.person)
    counted: list[tuple[object, str, int]] = []
    for case in trail.elapsed:
        events = [step.event for step in own.get(case.person, [])]
        if not events:
            continue
        counts = {
            "events": len(events),
            "different activities": different(event.activity for event in events),
            "different agencies": different(event.agency for event in events),
            "different teams": different(event.team for event in events),
            "different workers": different(event.worker for event in events),
        }
        counted += [(case_scope(case, by), measure, n) for measure, n in counts.items()]
    rows: list[Row] = []
    for (scope, measure), group in grouped(counted, lambda c: (c[0], c[1])).items():
        n = [count for _, _, count in group]
        rows.append(
            {
                "scope": scope,
                "measure": measure,
                "cases": len(n),
                "mean": mean(n),
                "sd": spread(n),
                "least": min(n),
                "most": max(n),
                "total": sum(n),
            }
        )
    return rows


def duration(trail: PlainTrail, by: By) -> list[Row]:
    """How long trails last."""
    rows: list[Row] = []
    for scope, cases in grouped(trail.elapsed, lambda case: case_scope(case, by)).items():
        lengths = [case.lasts_us for case in cases]
        rows.append(
            {
                "scope": scope,
                "persons": len(lengths),
                "mean_us": mean(lengths),
                "median_us": median(lengths),
                "sd_us": spread(lengths),
                "least_us": min(lengths),
                "most_us": max(lengths),
                "total_us": sum(lengths),
            }
        )
    return rows


def variant(trail: PlainTrail, by: By) -> list[Row]:
    """Different orders of activities; the hash is left out, two orders are equal when they are equal."""
    own = grouped(trail.steps, lambda step: step.person)
    placed = [
        (case_scope(case, by), tuple(step.event.activity for step in own[case.person]), case.person)
        for case in trail.elapsed
        if case.person in own
    ]
    return [
        {"scope": scope, "persons": len(group), "events": len(order), "example": min(p for _, _, p in group)}
        for (scope, order), group in grouped(placed, lambda p: (p[0], p[1])).items()
    ]


def blench(trail: PlainTrail, by: By) -> list[Row]:
    """Per case type: time worked against time elapsed, right first time, rework."""
    own = grouped(trail.steps, lambda step: step.person)
    cases = [case for case in trail.elapsed if case.person in own]
    rows: list[Row] = []
    for (scope, kind), group in grouped(cases, lambda c: (case_scope(c, by), case_scope(c, "type"))).items():
        walked = [own[case.person] for case in group]
        again = [len(steps) - different(s.event.activity for s in steps) for steps in walked]
        rows.append(
            {
                "scope": scope,
                "case_type": kind,
                "persons": len(group),
                "events": sum(len(steps) for steps in walked),
                "events_with_end": sum(s.end_us is not None for steps in walked for s in steps),
                "touch_us": sum(_touch(steps) for steps in walked),
                "elapsed_us": sum(case.lasts_us for case in group),
                "right_first_time": again.count(0),
                "reworked": sum(again),
            }
        )
    return rows


def _touch(own: list[Step]) -> int:
    """Time in which some event was being worked on."""
    return covered_us([(step.event.at_us, step.end_us) for step in own if step.end_us is not None])


def _fact(trail: PlainTrail, person: str, name: str, until_us: int | None = None) -> int | None:
    found = min((fact.at_us for fact in trail.facts if (fact.person, fact.name) == (person, name)), default=None)
    return None if found is None or (until_us is not None and found > until_us) else found


def span(trail: PlainTrail, by: By, *, start: str, finish: str, limit: str, until_us: int | None = None) -> list[Row]:
    """From one dated fact to another, and whether the second came within the case's own limit."""
    rows: list[Row] = []
    for scope, cases in grouped(trail.elapsed, lambda case: case_scope(case, by)).items():
        lengths, verdicts = [], []
        for case in cases:
            begun, ended = (_fact(trail, case.person, name, until_us) for name in (start, finish))
            due = _fact(trail, case.person, limit)
            if begun is not None and ended is not None:
                lengths.append(ended - begun)
            verdicts.append("unknown" if ended is None or due is None else "met" if ended <= due else "missed")
        rows.append(
            {
                "scope": scope,
                "persons": len(cases),
                "both_known": len(lengths),
                "unknown": len(cases) - len(lengths),
                "mean_us": mean(lengths),
                "median_us": median(lengths),
                "met": verdicts.count("met"),
                "missed": verdicts.count("missed"),
                "limit_unknown": verdicts.count("unknown"),
            }
        )
    return rows


def span_days(trail: PlainTrail, *, start: str, finish: str, until_us: int | None = None) -> list[Row]:
    """Completed days from one dated fact to another: how many cases for each number."""
    days = []
    for case in trail.elapsed:
        begun, ended = (_fact(trail, case.person, name, until_us) for name in (start, finish))
        if begun is not None and ended is not None:
            days.append((ended - begun) // MICROSECONDS_PER_DAY)
    return [{"whole_days": n, "persons": days.count(n)} for n in sorted(set(days))]


def open_cases(trail: PlainTrail, months: list[tuple[int, int, int]]) -> list[Row]:
    """Stock at the first moment of each (month, from, to), and what began in it."""

    def stock(case: Elapsed, moment: int) -> bool:
        return case.from_us <= moment < case.to_us

    rows: list[Row] = []
    for month, from_us, to_us in months if trail.elapsed else []:
        begun = [case.lasts_us for case in trail.elapsed if from_us <= case.from_us < to_us]
        rows.append(
            {
                "month": month,
                "open_cases": sum(stock(case, from_us) for case in trail.elapsed),
                "begun": len(begun),
                "begun_total_us": sum(begun),
            }
        )
    return rows
