"""Plain twins of the lists: slow, obvious, person by person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from casetrail.schema.events import MICROSECONDS_PER_DAY
from casetrail.trail.listing import Unit
from casetrail.trail.plain_log import grouped
from casetrail.trail.plain_steps import Step

# Which lists (by place) an event puts its person on.
On = Callable[[Step], frozenset[int]]


def patterns(
    steps: Sequence[Step], on: On, *, since_us: int, until_us: int, within_us: int | None = None
) -> tuple[dict[tuple[int, int], int], dict[tuple[int, int], int]]:
    """As `listing.listed`: persons by (lists, those passed on), and by (from list, to list)."""
    early = [step for step in steps if step.event.at_us < until_us]
    senders = {(step.event.agency, j) for step in early for j in on(step) if step.event.agency is not None}
    by_pattern: Counter[tuple[int, int]] = Counter()
    by_pair: Counter[tuple[int, int]] = Counter()
    for person, own in grouped(early, lambda step: step.person).items():
        everything = [step for step in steps if step.person == person]
        lists = {j for step in own if step.event.at_us >= since_us for j in on(step)}
        pairs = {
            (i, j)
            for j in lists
            for i in lists - {j}
            if _told(everything, _first(own, on, j), {agency for agency, k in senders if k == i}, within_us)
        }
        if lists:
            passed = {j for _, j in pairs}
            by_pattern[sum(1 << j for j in lists), sum(1 << j for j in passed)] += 1
        by_pair.update(pairs)
    return dict(by_pattern), dict(by_pair)


def _first(own: Sequence[Step], on: On, place: int) -> Step:
    """The first record ever that a list has of a person."""
    return min((step for step in own if place in on(step)), key=lambda step: step.seq)


def _told(everything: Sequence[Step], first: Step, senders: set[str | None], within_us: int | None) -> bool:
    """Whether one of these agencies had sent the case to whoever made the first record, by the time of it."""
    heard = first.event
    last_us = heard.at_us + (MICROSECONDS_PER_DAY - 1 if heard.to_the_day else 0)
    return any(
        step.event.passed_to is not None
        and step.event.passed_to in (heard.agency, heard.team)
        and step.event.agency != heard.agency
        and step.event.agency in senders
        and step.event.at_us <= last_us
        and (within_us is None or heard.at_us - step.event.at_us <= within_us)
        for step in everything
    )


def times(steps: Sequence[Step], on: On, unit: Unit, *, since_us: int, until_us: int) -> dict[int, dict[int, int]]:
    """As `listing.times`: list -> times -> persons."""
    different: dict[tuple[int, str], set[object]] = {}
    for step in steps:
        for j in on(step) if since_us <= step.event.at_us < until_us else ():
            different.setdefault((j, step.person), set()).add(_what(step, unit))
    found: dict[int, Counter[int]] = {}
    for (j, _), things in different.items():
        found.setdefault(j, Counter())[len(things - {None})] += 1
    return {j: dict(counted) for j, counted in found.items()}


def _what(step: Step, unit: Unit) -> object:
    if unit == "day":
        return step.event.at_us // MICROSECONDS_PER_DAY
    return step.event.incident if unit == "incident" else step.seq
