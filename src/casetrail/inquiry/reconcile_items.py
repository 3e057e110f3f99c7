"""From the events of a source to what a measure counts: persons, days, and whether each counts in the window."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from casetrail.inquiry.reconcile_measures import Measure
from casetrail.schema.events import MICROSECONDS_PER_DAY

_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a measure may count: of a person, on a day (since 1970). `counts`: it is in the figure."""

    person: str
    day: int
    counts: bool
    place: str


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of one source, as far as counting needs it."""

    person: str
    day: int
    activity: str
    outcome: str | None
    place: str


@dataclass(frozen=True, slots=True)
class Window:
    """First and last day of what was submitted."""

    first: date
    last: date

    @property
    def days(self) -> tuple[int, int]:
        """The two days, counted from 1970."""
        return self.first.toordinal() - _EPOCH, self.last.toordinal() - _EPOCH


def day_of(number: int) -> date:
    """The date of a day counted from 1970."""
    return date.fromordinal(number + _EPOCH)


def happened(events: pa.Table, zone: str, *, activities: Collection[str]) -> tuple[Happened, ...]:
    """The events of a source that any measure speaks of, with their local days."""
    own = events.filter(pc.is_in(events["activity"], pa.array(sorted(activities), pa.string())))
    columns = [
        own[name].to_pylist() for name in ("person", "activity", "outcome", "source_place", "at_us", "precision")
    ]
    where = ZoneInfo(zone)
    return tuple(
        Happened(person, _day(at_us, precision, where), activity, outcome, place)
        for person, activity, outcome, place, at_us, precision in zip(*columns, strict=True)
    )


def _day(at_us: int, precision: str, zone: ZoneInfo) -> int:
    """A day-precision date is stored as its own midnight; an instant is put on the clock of its zone."""
    if precision == "day":
        return at_us // MICROSECONDS_PER_DAY
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at_us)
    return moment.astimezone(zone).date().toordinal() - _EPOCH


def items(events: Iterable[Happened], measure: Measure, window: Window) -> list[Item]:
    """What one source has of a measure, in and outside the window; several activities of a child and day are one."""
    told = [one for one in events if measure.takes(one.activity, one.outcome)]
    wanted = [one for one in told if one.activity in measure.activities]
    by_activity: dict[tuple[str, int], dict[str, list[Happened]]] = defaultdict(lambda: defaultdict(list))
    for one in wanted:
        by_activity[one.person, one.day][one.activity].append(one)
    kept = [one for of_day in by_activity.values() for one in max(of_day.values(), key=len)]
    if measure.counts == "open":
        return _open(kept, [one for one in told if one.activity in measure.ends], window)
    if measure.counts == "state":
        return _in_state(kept, [one for one in told if one.activity in measure.ends], window)
    return _dated(kept, measure, window)


def _dated(kept: Sequence[Happened], measure: Measure, window: Window) -> list[Item]:
    first, last = window.days
    days: dict[str, set[int]] = defaultdict(set)
    for one in kept:
        days[one.person].add(one.day)
    found = []
    for one in kept:
        counts = first <= one.day <= last
        if measure.counts == "again":
            counts = counts and any(0 < one.day - other <= measure.days for other in days[one.person])
        found.append(Item(one.person, one.day, counts, one.place))
    return found


def _open(starts: Sequence[Happened], ends: Sequence[Happened], window: Window) -> list[Item]:
    """Each start with the first end of that person not before it that no earlier start has taken."""
    _, last = window.days
    free: dict[str, list[int]] = defaultdict(list)
    for end in sorted(ends, key=lambda one: one.day):
        free[end.person].append(end.day)
    found = []
    for one in sorted(starts, key=lambda start: (start.day, start.place)):
        own = free[one.person]
        at = next((place for place, day in enumerate(own) if day >= one.day), None)
        end_day = None if at is None else own.pop(at)
        counts = one.day <= last and (end_day is None or end_day > last)
        found.append(Item(one.person, one.day, counts, one.place))
    return found


def _in_state(starts: Sequence[Happened], ends: Sequence[Happened], window: Window) -> list[Item]:
    """Each person who is in the state on the last day, once, as of that day: where it began may be told differently."""
    _, last = window.days
    begun: dict[str, list[Happened]] = defaultdict(list)
    for one in sorted(starts, key=lambda start: start.day):
        if one.day <= last:
            begun[one.person].append(one)
    ended: dict[str, list[int]] = defaultdict(list)
    for end in ends:
        if end.day <= last:
            ended[end.person].append(end.day)
    return [
        Item(person, last, True, own[-1].place)
        for person, own in begun.items()
        if _still([one.day for one in own], ended[person])
    ]


def _still(starts: Sequence[int], ends: Sequence[int]) -> bool:
    """Whether it goes on. Of one day: what was open ends before it begins again, what was not begins before it ends."""
    inside = False
    for day in sorted({*starts, *ends}):
        begins, over = day in starts, day in ends
        inside = (begins if over else True) if inside else begins and not over
    return inside


def together(by_source: Mapping[str, Sequence[Item]]) -> list[Item]:
    """Several sources as one: the same person and day, told by two sources, is one; twice in one source it is two."""
    most: dict[tuple[str, int], list[Item]] = {}
    for found in by_source.values():
        own: dict[tuple[str, int], list[Item]] = defaultdict(list)
        for one in found:
            own[one.person, one.day].append(one)
        for key, same in own.items():
            best = most.get(key, [])
            if (len(same), sum(one.counts for one in same)) > (len(best), sum(one.counts for one in best)):
                most[key] = same
    return [one for same in most.values() for one in same]
