"""What the plain twins read: events, involvements and facts as a reader would write them down, with names."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from casetrail.schema.trails import OpenEnds

Row = TypeVar("Row")
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainEvent:
    """One event. `month` is its local month, year * 12 + month - 1; `incident` may also be an episode."""

    row_no: int
    person: str
    activity: str
    at_us: int
    month: int
    rank: int = 0
    agency: str | None = None
    team: str | None = None
    worker: str | None = None
    state: str | None = None
    case_type: str | None = None
    end_us: int | None = None
    to_the_day: bool = False
    passed_to: str | None = None
    recorded_us: int | None = None
    incident: str | None = None
    reported_by_role: str | None = None
    closing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainInvolvement:
    """One record that somebody had a role in a person's case; without `to_us` it goes on."""

    person: str
    role: str
    from_us: int
    to_us: int | None = None
    agency: str | None = None
    team: str | None = None
    recorded_us: int | None = None


@dataclass(frozen=True, slots=True)
class PlainFact:
    """A date that belongs to a whole case."""

    person: str
    name: str
    at_us: int


@dataclass(frozen=True, slots=True)
class PlainOptions:
    """As `TrailOptions`: the end of the inquiry, the day of knowing, and what ends an open trail."""

    as_of_us: int
    known_on_us: int | None = None
    open_ends: OpenEnds = "last_event"

    @property
    def end_us(self) -> int:
        """Nothing is known after the inquiry's end, nor after the day of knowing."""
        return self.as_of_us if self.known_on_us is None else min(self.as_of_us, self.known_on_us)

    def knew(self, happened_us: int, recorded_us: int | None) -> bool:
        """Whether this could be known on the day; without a record of when, from the day it happened."""
        if self.known_on_us is None:
            return True
        learnt_us = happened_us if recorded_us is None else recorded_us
        return happened_us <= self.known_on_us and learnt_us <= self.known_on_us


def grouped(rows: Iterable[Row], key: Callable[[Row], Key]) -> dict[Key, list[Row]]:
    """Rows by key, each group in the order of the rows."""
    groups: dict[Key, list[Row]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return groups
