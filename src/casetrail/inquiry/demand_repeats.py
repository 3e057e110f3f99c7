"""Repeat counts of an inquiry's own trail: how often each list has a person, and what that says of the others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from casetrail.demand.answers.every import times_answers
from casetrail.demand.answers.given import Given, Said, answer, whole
from casetrail.demand.from_trail.repeated import TOGETHER, Repeated, RepeatedLists, repeated
from casetrail.demand.lists import Lists
from casetrail.figures import Answer, Cell, Column, Range, Refusal, SourceRef, Table
from casetrail.inquiry.demand_cover import Covered, cover, not_linked, period_of
from casetrail.inquiry.demand_leaving import MIDDLE, few_times, public, taken_times, times_leaving
from casetrail.inquiry.demand_trail import check_names
from casetrail.inquiry.model import DemandAsked, Inquiry
from casetrail.inquiry.reading import end_of_day_us
from casetrail.trail import Trail, joint_origin
from casetrail.trail.listing import Period, kinds

QUESTION = "demand.repeats"
METHOD = (
    "Persons of each list by how many different incidents it recorded of them in the period; records of one incident "
    "count once, and a record that names none is of its episode. Bounds and laws as on the page of each list."
)
NOBODY = Lists(("none",), np.zeros(2, dtype=np.int64))


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailRepeats:
    """Repeat counts of lists, the days they are of, and the sources of those lists.

    `linked`: whether the sources number persons alike, so that all lists can be taken together.
    """

    counted: RepeatedLists
    since: date
    until: date
    known_on: date | None
    sources: tuple[SourceRef, ...]
    linked: bool


def trail_repeats(
    trail: Trail, inquiry: Inquiry, asked: DemandAsked, *, known_on: date | None = None
) -> TrailRepeats | Refusal:
    """Count them on a followed trail, over days that the data of every list cover.

    Refuses as `demand_trail.trail_lists` does, but sources that are not linked; and where no source names incidents.
    Raises UnknownNameError for a name that is in no record; InquiryError for days the wrong way round; StoreError.
    """
    found, _ = kinds(trail, Period(since_us=-(2**62), until_us=end_of_day_us(inquiry.as_of, inquiry.zone) + 1))
    check_names(asked.wanted, trail, inquiry, found)
    covered = cover(inquiry, asked.wanted, found)
    last = inquiry.as_of if known_on is None else min(inquiry.as_of, known_on)
    days = period_of(covered, since=asked.since, until=asked.until, last=last)
    if isinstance(days, Refusal):
        return days
    counted = repeated(
        trail,
        asked.wanted,
        since_us=end_of_day_us(days[0] - timedelta(days=1), inquiry.zone) + 1,
        until_us=end_of_day_us(days[1], inquiry.zone) + 1,
    )
    if isinstance(counted, Refusal):
        return counted
    return TrailRepeats(
        counted=counted,
        since=days[0],
        until=days[1],
        known_on=known_on,
        sources=_sources(trail, covered),
        linked=not_linked(inquiry, covered) is None,
    )


def _sources(trail: Trail, covered: Sequence[Covered]) -> tuple[SourceRef, ...]:
    used = {one.source for one in covered}
    return tuple(ref for ref in trail.sources if ref.name in used)


def repeats_answers(
    of: Given, found: TrailRepeats, *, most: int | None = None, leaving: bool = False
) -> tuple[Answer, ...]:
    """One table of all lists, then the headline, every method and the caps of each list that can say anything.

    `leaving`: for a pack, so that nothing of real persons hangs on counts of one to nine, nor on all lists together,
    from which those of one list could be taken away.
    """
    given = replace(of, sources=found.sources, origin=joint_origin([s.origin for s in found.sources]))
    given = replace(given, lists=NOBODY, notes=_notes(given, found))
    masked = leaving and not public(given.origin) and any(few_times(one.times) for one in found.counted.lists)
    lists = [one for one in found.counted.lists if (found.linked and not masked) or one.name != TOGETHER]
    ask: Callable[..., tuple[Answer, ...]] = times_leaving if masked else times_answers
    pages: list[Answer] = []
    rows: list[tuple[Cell, ...]] = []
    for one, name in zip(lists, _slugs(lists), strict=True):
        shown = replace(one, times=taken_times(one.times, MIDDLE)) if masked else one
        why = shown.why_not()
        mine = () if why else tuple(_named(one, name, ask(given, one.times, most=most)))
        pages += mine
        rows.append(_row(shown, why, mine))
    return (_overview(given, rows), *pages)


def _named(one: Repeated, name: str, found: Sequence[Answer]) -> Iterator[Answer]:
    """The pages of repeat counts under the name of a list."""
    for page in found:
        end = "" if page.id == "demand.hidden" else f".{page.id.rpartition('.')[2]}"
        figure = f"{QUESTION}.{name}{end}"
        yield replace(
            page,
            id=figure,
            title=f"{page.title}: {one.name}",
            provenance=replace(page.provenance, question=figure, relations=()),
        )


def _slugs(lists: Sequence[Repeated]) -> list[str]:
    made: list[str] = []
    for one in lists:
        plain = re.sub(r"[^a-z0-9]+", "-", one.name.casefold()).strip("-") or "list"
        made.append(plain if plain not in made else f"{plain}-{len(made) + 1}")
    return made


def _row(one: Repeated, why: Refusal | None, pages: Sequence[Answer]) -> tuple[Cell, ...]:
    repeated_persons = sum(persons for times, persons in one.times.items() if times > 1)
    counts: tuple[Cell, ...] = (one.name, one.persons, repeated_persons)
    body = why or pages[0].body
    if isinstance(body, Range):
        return (*counts, body.low, body.candidates[0].value, body.high, "")
    said = body.reason.replace("_", " ") if isinstance(body, Refusal) else ""
    return (*counts, None, None, None, f"refused: {said}" if said else "")


def _overview(of: Given, rows: Sequence[tuple[Cell, ...]]) -> Answer:
    columns = (
        Column("list", "List"),
        Column("persons", "Persons recorded", "persons"),
        Column("twice", "In two incidents or more", "persons"),
        Column("low", "At least, in all", "number", 0),
        Column("bound", "Lower bound", "number", 0),
        Column("high", "At most, by laws that fit", "number", 0),
        Column("said", "What to know"),
    )
    told = [row for row in rows if isinstance(row[3], float)]
    sentence = "; ".join(f"{row[0]}: at least {_whole(row[3])} {of.noun}" for row in told)
    said = Said(
        id=QUESTION,
        title="How often the same persons were recorded, and how many that leaves out",
        sentence=f"{sentence} in all, recorded or not (95 %)."
        if told
        else "No list has enough persons recorded again.",
        body=Table(columns, tuple(rows)),
        method=METHOD,
        caveats=(
            "Persons differ in how easily each agency finds them, so a list says most of persons like those on it.",
        ),
    )
    return answer(of, said)


def _whole(cell: Cell) -> str:
    return whole(cell) if isinstance(cell, float) else ""


def _notes(of: Given, found: TrailRepeats) -> tuple[str, ...]:
    counted = found.counted
    known = f", as known on {found.known_on.isoformat()}" if found.known_on else ""
    unknown = [f"{one.name} {of.persons(one.unknown)}" for one in counted.lists if one.unknown]
    left = [agency for agency, _ in counted.chosen.left_out]
    return (
        f"Counted: persons by their incidents from {found.since.isoformat()} to {found.until.isoformat()}{known}. What "
        f"counts: {counted.counting}.",
        *((f"Persons with no incident recorded, left out: {', '.join(unknown)}.",) if unknown else ()),
        *((f"On no list: {', '.join(left)}.",) if left else ()),
        *(() if found.linked else ("The sources are not linked, so that lists are not taken together.",)),
    )
