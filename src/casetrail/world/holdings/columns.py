"""The columns of the tables of a bundle of what happened: their types, and which must be there and full."""

from __future__ import annotations

from dataclasses import dataclass

SEXES = ("female", "male")
TOLD_BY = ("saw", "heard", "told")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: its type ("text": plain or dictionary-encoded), whether it must be there, and full."""

    kind: str
    needed: bool = False
    full: bool = False


def _columns(**kinds: str) -> dict[str, Column]:
    """`!` = must be there and full, `+` = must be there, nothing = may be left out."""
    return {
        name: Column(kind.rstrip("!+"), kind.endswith(("!", "+")), kind.endswith("!")) for name, kind in kinds.items()
    }


EVENT = _columns(
    at_us="int64!",
    end_us="int64",
    person="int32!",
    household="int32!",
    incident="int64+",  # the same number for all persons of one incident
    episode="int64+",
    agency="text!",
    team="text",
    worker="text",
    activity="text!",
    outcome="text",
    severity="double",  # that agency's own
    passed_to="text",
    reported_by_role="text",
    told_by="text",
    closing_code="text",
    asked_us="int64",
    started_us="int64",
)
INVOLVEMENT = _columns(
    person="int32!",
    agency="text!",
    team="text",
    worker="text",
    role="text!",
    from_us="int64!",
    to_us="int64",
    reason_end="text",
)
PERSON = _columns(
    person="int32!",
    household="int32!",
    born="date32[day]!",
    sex="text!",
    died="date32[day]",
    left="date32[day]",
)
INCIDENT = _columns(person="int32!", incident="int64!", at_us="int64!", kind="text!", harm="double!")
MISTAKEN = _columns(person="int32!", incident="int64!", at_us="int64!")
WAITS = _columns(person="int32!", node="text!", asked_us="int64!", started_us="int64", ended_us="int64")
WORKERS = _columns(
    worker="text!",  # as in the agencies' files
    agency="text!",
    team="text",
    pool="text!",
    post="int32!",
    generation="int32!",  # how often the post had been filled before
    leniency="double",
    full_time_share="double",
    slots="int32",
)
WEEKS = _columns(authority="int32!", first_day="date32[day]!", from_us="int64!", season="double!", log_rate="double!")
TABLES = ("event", "involvement", "person", "told", "hidden", "mistaken", "waits", "workers", "weeks")
