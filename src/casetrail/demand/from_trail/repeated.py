"""How often each list has a person in a period, by different incidents: one source's repeat counts, from a trail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from casetrail.demand.from_trail.choosing import Chosen, choose
from casetrail.demand.from_trail.wanted import Wanted
from casetrail.demand.refusals import refuse
from casetrail.figures import Refusal, RelationRun
from casetrail.trail import Trail
from casetrail.trail.listing import Kind, Period, codes, kinds, persons_by_agency, times

TOGETHER = "all lists together"
# Where of more persons than this share no record names its incident, counts of the rest are of another population.
MOST_UNKNOWN = 0.2


@dataclass(frozen=True, slots=True)
class Repeated:
    """A list, its persons by how many incidents it recorded of them, and persons of whom no record names one."""

    name: str
    times: Mapping[int, int]
    unknown: int

    @property
    def persons(self) -> int:
        """Persons with at least one incident."""
        return sum(self.times.values())

    def why_not(self) -> Refusal | None:
        """Why these counts would mean nothing, if they would not."""
        if not self.persons:
            return refuse("nobody", self.name)
        share = self.unknown / (self.unknown + self.persons)
        if share <= MOST_UNKNOWN:
            return None
        return Refusal(
            "incident_unknown",
            f"Of {100 * share:.0f} % of the persons on {self.name} no record says which incident it is about, so how "
            "often they were recorded cannot be known.",
            ("a column `incident` in every source of that list", "a list of those sources alone that have one"),
        )


@dataclass(frozen=True, slots=True)
class RepeatedLists:
    """Every list, and all together where there are several."""

    lists: tuple[Repeated, ...]
    chosen: Chosen
    counting: str
    runs: tuple[RelationRun, ...]


def repeated(trail: Trail, wanted: Wanted, *, since_us: int, until_us: int) -> RepeatedLists | Refusal:
    """Times by incident, from `since_us` until just before `until_us`, of every list that is wanted; one is enough.

    Refuses `incident_not_mapped`: without a column of incidents a call, the crime and the notice of one matter would
    count as three. Refuses as `choosing.choose` does, and `nobody`. Raises StoreError.
    """
    if "incident" not in trail.mapped:
        return Refusal(
            "incident_not_mapped",
            "No source says which records are about one incident: a call, the crime and the notice of one matter would "
            "count as three.",
            ("a column `incident` in the sources of the lists, with the number that records of one incident share",),
        )
    by = wanted.counting
    period = Period(since_us=since_us, until_us=until_us, by_outcome=by.by_outcome, by_severity=by.by_severity)
    found, kind_run = kinds(trail, period)
    persons, run = persons_by_agency(trail, period, found, by.has)
    chosen = choose(wanted, persons)
    if isinstance(chosen, Refusal):
        return chosen
    if not chosen.lists:
        return refuse("nobody", by.said())
    ones = tuple(chosen.lists.values())

    def on_any(kind: Kind) -> bool:
        return by.has(kind) and any(one.has(kind) for one in ones)

    on = [lambda kind, one=one: one.has(kind) and by.has(kind) for one in ones]
    counted, times_run = times(trail, period, codes(found, (*on, on_any)), "incident")
    names = (*chosen.lists, TOGETHER)
    lists = tuple(_of(name, counted.get(j, {})) for j, name in enumerate(names))
    return RepeatedLists(lists if len(ones) > 1 else lists[:1], chosen, by.said(), (kind_run, run, times_run))


def _of(name: str, counted: Mapping[int, int]) -> Repeated:
    return Repeated(name, {t: p for t, p in sorted(counted.items()) if t}, counted.get(0, 0))
