"""Whose file could be drawn: persons of a followed trail, each with the body that held it longest, and the period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from casetrail.compare.audit import Frame
from casetrail.inquiry.reading import end_of_day_us
from casetrail.schema.trails import Level
from casetrail.store import load_relation
from casetrail.trail import Trail
from casetrail.trail.handle import with_persons

Periods = Literal["none", "year", "quarter"]


@dataclass(frozen=True, slots=True)
class FrameAsked:
    """By which body, in which periods, and between which days (both included)."""

    by: Level = "team"
    periods: Periods = "none"
    since: date | None = None
    until: date | None = None


def audit_frame(trail: Trail, asked: FrameAsked) -> Frame:
    """One row per person who was held by one body alone for some time between the two days.

    A person held by several belongs to the one that held longest, and to the period in which it began to.
    """
    edges = {
        "since_us": None if asked.since is None else end_of_day_us(asked.since - timedelta(days=1), trail.zone) + 1,
        "until_us": None if asked.until is None else end_of_day_us(asked.until, trail.zone) + 1,
    }
    result = trail.engine.query(load_relation("casetrail.inquiry", "audit_frame"), {"level": asked.by, **edges})
    longest: dict[int, tuple[int, str, int]] = {}
    for row in result.rows():
        person, held = int(str(row["person_no"])), int(str(row["held_us"]))
        body, month = trail.body(row["holder_no"]) or "unknown", int(str(row["from_month_no"]))
        # Equally long: the first name in the alphabet, so that a draw comes again.
        if person not in longest or (-held, body) < (-longest[person][0], longest[person][1]):
            longest[person] = (held, body, month)
    names = with_persons(trail).persons
    everybody = int(str(trail.query("overview").rows()[0]["persons"]))
    people = sorted(longest)
    return Frame(
        keys=tuple(names[person] for person in people),
        bodies=tuple(longest[person][1] for person in people),
        periods=tuple(_period(longest[person][2], asked.periods) for person in people),
        sources=trail.sources,
        origin=trail.origin,
        left_out=_left_out(everybody - len(people), asked),
        parameters=(
            *trail.parameters,
            ("by", asked.by),
            ("periods", asked.periods),
            ("since", None if asked.since is None else asked.since.isoformat()),
            ("until", None if asked.until is None else asked.until.isoformat()),
        ),
        relations=(*trail.built, result.run),
    )


def _period(month: int, periods: Periods) -> str:
    if periods == "none":
        return ""
    year, within = divmod(month, 12)
    return f"{year}" if periods == "year" else f"{year} Q{within // 3 + 1}"


def _left_out(count: int, asked: FrameAsked) -> tuple[str, ...]:
    if not count:
        return ()
    time = " in this time" if asked.since or asked.until else ""
    return (
        f"Not in the frame, so that nothing can be said of their files: persons whom no {asked.by} held alone{time} "
        f"({count:,}).",
    )
