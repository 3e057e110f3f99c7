"""What a return is written from, as plain values: persons, what happened to them, who held them.

Days are whole numbers counted from 1970-01-01, local to the authority.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody as the authority knows them; "" or None: not known. `sex` is female or male."""

    key: str
    born: int | None = None
    died: int | None = None
    sex: str = ""
    given_name: str = ""
    surname: str = ""
    postcode: str = ""
    family: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One thing that was done or came in, in the order in which the sequence has it. `person` is a place in the list.

    `activity` is written "agency/activity" where it is not of the agency whose return is written. `time` and `end_time`
    are local times with their offset (ISO 8601) where the return has minutes; `thread` is a number of ours for what
    belongs together.
    """

    person: int
    day: int
    activity: str
    end_day: int | None = None
    outcome: str = ""
    role: str = ""
    closing_code: str = ""
    passed_to: str = ""
    team: str = ""
    worker: str = ""
    time: str = ""
    end_time: str = ""
    thread: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """Who held a person in which role, from a day to a day (None: still)."""

    person: int
    role: str
    from_day: int
    to_day: int | None = None
    team: str = ""
    worker: str = ""
    reason_end: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chronicle:
    """All that an authority knows. `happenings` stand in order of time, also within a day."""

    persons: Sequence[Person]
    happenings: Sequence[Happening]
    holdings: Sequence[Holding]


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """One return: of which year and authority, made on the last day that is known. `authority` has three digits."""

    known_to: date
    year: int | None = None
    authority: str = "999"
