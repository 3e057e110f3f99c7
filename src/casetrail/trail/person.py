"""One person's trail on one page: what happened in order, who held the case, what was learnt only later."""

from __future__ import annotations

from dataclasses import replace

from casetrail.figures import Answer, Chart, Column, Table
from casetrail.schema.events import MICROSECONDS_PER_DAY
from casetrail.schema.trails import Level
from casetrail.trail.asking import Asking, Written, answer, counted, days, whole
from casetrail.trail.handle import clean
from casetrail.trail.log import local_moment, moment

SECTION = "One trail"


def _when(asking: Asking, us: object, to_the_day: object) -> str | None:
    """A date as it was recorded; an instant as the clock of the inquiry's place showed it."""
    found = moment(us)
    if found is None or to_the_day:
        return found if found is None else found[:10]
    return local_moment(us, asking.trail.zone)


def events(asking: Asking, *, person_no: int) -> Answer:
    """Every event of one person in order. Person-level: never leaves for real persons."""
    result = asking.trail.query("trail_of_person", person_no=person_no)
    columns = (
        Column("seq", "Step", "count"),
        Column("happened", "When", "date"),
        Column("activity", "What"),
        Column("agency", "Agency"),
        Column("team", "Team"),
        Column("passed_to", "Sent to"),
        Column("reported_by", "Reported by"),
        Column("outcome", "Outcome"),
        Column("until_next", "Days until the next", "days", 1),
        Column("place", "Where it is recorded"),
    )
    rows = tuple(
        (
            whole(r["seq"]),
            _when(asking, r["at_us"], r["to_the_day"]),
            clean(str(r["activity"])),
            _text(r["agency"]),
            _text(r["team"]),
            _text(r["passed_to"]) or "–",
            _text(r["reported_by_role"]) or "–",
            _text(r["closing_code"]) or _text(r["outcome"]) or "–",
            days(whole(r["until_us"]) - whole(r["at_us"])),
            f"{r['source']}: {r['source_place']}",
        )
        for r in result.rows()
    )
    words = Written(
        f"person.{person_no}.events",
        SECTION,
        "What happened, across all agencies, in order",
        f"{counted(len(rows), 'event')} from {counted(len({row[3] for row in rows if row[3]}), 'agency', 'agencies')}.",
        "All events of one person, ordered by time, then by the declared rank of the activity, then by file order.",
    )
    return _one(answer(asking, words, Table(columns, rows), [result], parameters={"person_no": person_no}))


_SPELL_COLUMNS = (
    Column("holder", "Held by"),
    Column("from_day", "From", "date"),
    Column("to_day", "To", "date"),
    Column("spell_days", "Days", "days", 1),
    Column("kind", "Kind"),
)


def spells(asking: Asking, *, person_no: int, level: Level = "agency") -> Answer:
    """Who held one person's case from when to when, with a picture."""
    result = asking.trail.query("spells_of_person", person_no=person_no)
    events_too = asking.trail.query("trail_of_person", person_no=person_no)
    found = [r for r in result.rows() if r["level"] == level]
    dates = _known_to_the_day(found, events_too.rows())
    rows = tuple(
        (
            clean(str(r["holder"])) if r["kind"] == "held" else _nobody(r),
            _when(asking, r["from_us"], r["from_us"] in dates),
            _when(asking, r["to_us"], r["to_us"] in dates),
            days(_length(r)),
            str(r["kind"]),
        )
        for r in found
    )
    limbo = sum(_length(r) for r in found if r["kind"] == "limbo")
    total = sum(_length(r) for r in found)
    words = Written(
        f"person.{person_no}.spells",
        SECTION,
        "Who held the case on each day",
        f"Of {days(total) or 0:,.0f} days, {days(limbo) or 0:,.0f} were in limbo: sent and not accepted, closed, "
        "or with nobody.",
        "Half-open intervals that add up to the time from first event to end, checked in whole microseconds.",
    )
    given: dict[str, object] = {"person_no": person_no, "level": level}
    body = Table(_SPELL_COLUMNS, rows)
    return _one(answer(asking, words, body, [result, events_too], parameters=given, chart=_timeline()))


def _length(row: dict[str, object]) -> int:
    return whole(row["to_us"]) - whole(row["from_us"])


def _known_to_the_day(spells_found: list[dict[str, object]], events_found: list[dict[str, object]]) -> set[object]:
    """Moments that are dates: of events known to the day, and midnights of recorded holders and of as_of."""
    instants = {r["at_us"] for r in events_found if not r["to_the_day"]}
    edges = {r[edge] for r in spells_found for edge in ("from_us", "to_us")}
    midnights = {edge for edge in edges if whole(edge) % MICROSECONDS_PER_DAY == 0}
    return {r["at_us"] for r in events_found if r["to_the_day"]} | (midnights - instants)


def learnt_later(asking: Asking, *, person_no: int, known_on_us: int) -> Answer:
    """What was not known on the day: printed apart, because hindsight convicts people unjustly."""
    result = asking.trail.query("learnt_later", person_no=person_no, known_on_us=known_on_us)
    columns = (
        Column("happened", "Happened", "date"),
        Column("known", "Became known", "date"),
        Column("activity", "What"),
        Column("agency", "Agency"),
        Column("team", "Team"),
    )
    rows = tuple(
        (
            _when(asking, r["at_us"], r["to_the_day"]),
            local_moment(r["recorded_us"], asking.trail.zone),
            clean(str(r["activity"])),
            _text(r["agency"]),
            _text(r["team"]),
        )
        for r in result.rows()
    )
    words = Written(
        f"person.{person_no}.learnt_later",
        SECTION,
        "Learnt only later",
        f"{counted(len(rows), 'event')} not known on the day asked about; nothing above uses them.",
        "Events that happened or were recorded after the day; an event without a recording time counts as known "
        "when it happened.",
    )
    parameters: dict[str, object] = {"person_no": person_no, "known_on_us": known_on_us}
    return _one(answer(asking, words, Table(columns, rows), [result], parameters=parameters))


def _one(made: Answer) -> Answer:
    return replace(made, person_level=True)


def _text(value: object) -> str | None:
    return None if value is None else clean(str(value))


def _nobody(row: dict[str, object]) -> str:
    return "held jointly" if row["kind"] == "joint" else f"limbo: {row['reason']}"


def _timeline() -> Chart:
    encoding = {
        "y": {"field": "holder", "type": "nominal", "title": None, "sort": None},
        "x": {"field": "from_day", "type": "temporal", "title": "Date"},
        "x2": {"field": "to_day"},
    }
    spec = {
        "layer": [
            {
                "transform": [{"filter": "datum.kind != 'limbo'"}],
                "mark": {"type": "bar", "color": "series1"},
                "encoding": encoding,
            },
            {
                "transform": [{"filter": "datum.kind == 'limbo'"}],
                "mark": {"type": "bar", "color": "missed"},
                "encoding": encoding,
            },
            {
                # A spell of less than two days would be too thin to see.
                "transform": [{"filter": "datum.spell_days < 2"}],
                "mark": {"type": "point", "color": "series1"},
                "encoding": {"y": encoding["y"], "x": encoding["x"]},
            },
        ]
    }
    return Chart(
        spec,
        "A bar for each spell from its first to its last day, one line per holder; "
        "limbo has lines of its own; a point marks a spell of less than two days.",
    )
