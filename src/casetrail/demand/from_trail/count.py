"""Count lists from a trail: whole period, halves, records passed on, and how often each list has a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from casetrail.demand.from_trail.choosing import Chosen, choose
from casetrail.demand.from_trail.counted import FromTrail, InBothHalves, PassedOn
from casetrail.demand.from_trail.wanted import ListOf, Wanted
from casetrail.demand.lists import Lists
from casetrail.demand.refusals import refuse
from casetrail.figures import Refusal, RelationRun
from casetrail.schema.events import MICROSECONDS_PER_DAY
from casetrail.trail import Trail
from casetrail.trail.listing import (
    Kind,
    Listed,
    Period,
    Unit,
    codes,
    events_of,
    kinds,
    listed,
    patterns_of,
    persons_by_agency,
    times,
)

UNITS: tuple[Unit, ...] = ("day", "incident", "event")
# Beyond it a severity or outcome is free text, and every event is a kind of its own.
_MOST_KINDS = 20_000


@dataclass(frozen=True, slots=True)
class _Asked:
    """One trail, one period, its kinds of event and the lists to count."""

    trail: Trail
    period: Period
    kinds: tuple[Kind, ...]
    chosen: Chosen
    wanted: Wanted

    @property
    def on(self) -> tuple[Callable[[Kind], bool], ...]:
        return tuple(_counts(one, self.wanted) for one in self.chosen.lists.values())

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.chosen.lists)


def _counts(one: ListOf, wanted: Wanted) -> Callable[[Kind], bool]:
    return lambda kind: one.has(kind) and wanted.counting.has(kind)


def count(trail: Trail, wanted: Wanted, *, since_us: int, until_us: int) -> FromTrail | Refusal:
    """Lists of persons with an event that counts from `since_us` until just before `until_us` (microseconds, UTC).

    Only counts leave the store. What was not known on the trail's day is not in it. Refuses when nobody is on any
    list, when fewer than two lists are left and when more than six were asked for. Raises StoreError.
    """
    asked = _asked(trail, wanted, since_us=since_us, until_us=until_us)
    if isinstance(asked, Refusal):
        return asked
    whole = _listed(asked)
    if not whole.patterns:
        return refuse("nobody", wanted.counting.said())
    middle = _middle(since_us, until_us)
    halves = [_half(asked, since_us=a, until_us=b) for a, b in ((since_us, middle), (middle, until_us))]
    lists = _lists(asked.names, whole)
    parts = [_lists(asked.names, half) for half in halves]
    often, often_runs = _times(asked)
    own = _lists(asked.names, whole, leave_out_passed=True)
    return FromTrail(
        lists=lists,
        own=own,
        lost=lists.n - own.n,
        passed=_passed(lists, whole),
        halves=(parts[0], parts[1]),
        both_halves=_both(lists, parts),
        times={u: {n: {t: p for t, p in c.items() if t} for n, c in of.items()} for u, of in often.items()},
        unknown_times={n: c[0] for n, c in often["incident"].items() if c.get(0)},
        chosen=asked.chosen,
        counting=wanted.counting.said(),
        events=events_of(asked.kinds, lambda kind: any(on(kind) for on in asked.on)),
        events_unsure=events_of(asked.kinds, wanted.counting.unsure),
        events_of_nobody=events_of(asked.kinds, lambda kind: kind.agency is None and wanted.counting.has(kind)),
        activities=_activities(asked),
        runs=(*whole.runs, *halves[0].runs, *halves[1].runs, *often_runs),
    )


def _asked(trail: Trail, wanted: Wanted, *, since_us: int, until_us: int) -> _Asked | Refusal:
    by = wanted.counting
    period = Period(since_us=since_us, until_us=until_us, by_outcome=by.by_outcome, by_severity=by.by_severity)
    found, _ = kinds(trail, period)
    if len(found) > _MOST_KINDS:
        return Refusal(
            "too_many_kinds",
            f"Outcome or severity takes so many values ({len(found):,} kinds of event) that it is no scale.",
            ("stating what counts by activity", "an outcome or severity recorded in fewer steps"),
        )
    persons, _ = persons_by_agency(trail, period, found, by.has)
    chosen = choose(wanted, persons)
    if isinstance(chosen, Refusal):
        return chosen
    if len(chosen.lists) < 2:
        return (
            refuse("too_few_lists", f"{len(chosen.lists)} with an event that counts") if persons else refuse("nobody")
        )
    return _Asked(trail, period, found, chosen, wanted)


def _half(asked: _Asked, *, since_us: int, until_us: int) -> Listed:
    """The same lists in another period, whose kinds of event have numbers of their own."""
    period = replace(asked.period, since_us=since_us, until_us=until_us)
    return patterns_of(asked.trail, period, codes(kinds(asked.trail, period)[0], asked.on))


def _listed(asked: _Asked) -> Listed:
    within = asked.wanted.passed_within_days
    return listed(
        asked.trail,
        asked.period,
        codes(asked.kinds, asked.on),
        within_us=None if within is None else within * MICROSECONDS_PER_DAY,
    )


def _middle(since_us: int, until_us: int) -> int:
    """The middle in whole days from the beginning: a midnight, but for a change of the clocks."""
    return since_us + (until_us - since_us) // MICROSECONDS_PER_DAY // 2 * MICROSECONDS_PER_DAY


def _lists(names: tuple[str, ...], of: Listed, *, leave_out_passed: bool = False) -> Lists:
    counts = np.zeros(1 << len(names), dtype=np.int64)
    for (pattern, passed), persons in of.patterns.items():
        counts[pattern & ~passed if leave_out_passed else pattern] += persons
    counts[0] = 0
    return Lists(names, counts)


def _passed(lists: Lists, of: Listed) -> tuple[PassedOn, ...]:
    """Every ordered pair of lists, those with nobody passed on as well: none is known here, not unknown."""
    return tuple(
        PassedOn(lists.names[i], lists.names[j], lists.on(i, j), of.passed.get((i, j), 0))
        for i in range(lists.k)
        for j in range(lists.k)
        if i != j
    )


def _both(whole: Lists, halves: Sequence[Lists]) -> tuple[InBothHalves, ...]:
    """For all lists together and for each: who is in both halves is in the two, less those in the whole."""
    first, second = halves
    together = InBothHalves("any list", first.n, second.n, first.n + second.n - whole.n)
    each = (
        InBothHalves(name, first.on(j), second.on(j), first.on(j) + second.on(j) - whole.on(j))
        for j, name in enumerate(whole.names)
    )
    return (together, *each)


def _times(asked: _Asked) -> tuple[dict[str, dict[str, dict[int, int]]], tuple[RelationRun, ...]]:
    coded = codes(asked.kinds, asked.on)
    found: dict[str, dict[str, dict[int, int]]] = {}
    runs = []
    for unit in UNITS:
        counted, run = times(asked.trail, asked.period, coded, unit)
        found[unit] = {asked.names[j]: dict(sorted(of.items())) for j, of in sorted(counted.items())}
        runs.append(run)
    return found, tuple(runs)


def _activities(asked: _Asked) -> Mapping[str, tuple[tuple[str, int], ...]]:
    """What each list is made of: its activities with their events in the period, most first."""
    found = {}
    for name, on in zip(asked.names, asked.on, strict=True):
        events: Counter[str] = Counter()
        for kind in asked.kinds:
            if on(kind) and kind.events:
                events[kind.activity] += kind.events
        found[name] = tuple(sorted(events.items(), key=lambda item: (-item[1], item[0])))
    return found
