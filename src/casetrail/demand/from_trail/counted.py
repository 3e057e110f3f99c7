"""Lists counted from a trail, with all that must be known before an estimate on them is believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from casetrail.demand.from_trail.choosing import Chosen
from casetrail.demand.lists import Lists
from casetrail.figures import RelationRun


@dataclass(frozen=True, slots=True)
class PassedOn:
    """Of the persons on two lists, of how many did the second come to know by being sent the case from the first."""

    first: str
    second: str
    overlap: int
    passed: int

    @property
    def share(self) -> float | None:
        """Share of the overlap; None where nobody is on both."""
        return None if self.overlap == 0 else self.passed / self.overlap


@dataclass(frozen=True, slots=True)
class InBothHalves:
    """Persons with events that count in the first half of the period, in the second, and in both.

    A small share says that lists of the whole period are not of one unchanging population: persons came and went, or
    the matter was over. Estimates on the halves and on the whole then ask for different numbers.
    """

    name: str
    first: int
    second: int
    both: int

    @property
    def share(self) -> float | None:
        """Of all persons seen, the share seen in both halves."""
        seen = self.first + self.second - self.both
        return None if seen == 0 else self.both / seen


@dataclass(frozen=True, slots=True, kw_only=True)
class FromTrail:
    """What a trail says of who is known to whom in a period, as counts alone.

    `lists`: all records. `own`: the same without records that a list has only because another list's agency sent it
    the case. Being told makes lists alike, so that `lists` leads to too few hidden; leaving out whom a list might have
    found by itself makes them unlike, so that `own` leads to too many. `lost`: persons on no list of `own`, for each
    agency had been told by the other. `halves`: lists of the two halves of the period. `times`: unit (day, incident,
    event) -> list -> times -> persons, and `unknown_times`: persons of the list with no incident recorded.
    """

    lists: Lists
    own: Lists
    lost: int
    passed: tuple[PassedOn, ...]
    halves: tuple[Lists, Lists]
    both_halves: tuple[InBothHalves, ...]
    times: Mapping[str, Mapping[str, Mapping[int, int]]]
    unknown_times: Mapping[str, int]
    chosen: Chosen
    counting: str
    events: int
    events_unsure: int
    events_of_nobody: int
    activities: Mapping[str, tuple[tuple[str, int], ...]]
    runs: tuple[RelationRun, ...]
