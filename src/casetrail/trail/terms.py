"""Which dated bodies and terms the records speak of, and whether they were used in their own days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from casetrail.figures import Answer, Column, Table
from casetrail.statute import Entry, in_place_of, named, spoken_of
from casetrail.trail.asking import PERSONS, Asking, Written, answer, counted, whole
from casetrail.trail.handle import clean
from casetrail.trail.log import SECTION

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_COLUMNS = (
    Column("word", "In the records"),
    Column("term", "Body or term"),
    Column("nation", "Of"),
    Column("first", "First used", "date"),
    Column("last", "Last used", "date"),
    Column("being", "Its days"),
    Column("verdict", "Used in them"),
    Column("later", "What stands for it on the last of these days"),
    PERSONS,
    Column("times", "Times", "count"),
)


def terms(asking: Asking) -> Answer:
    """Each activity or agency that names a dated body or term, with the days of both."""
    result = asking.trail.query("term_use")
    found = [(r, entry) for r in result.rows() for entry in _meant(str(r["word"]), r["used_as"])]
    shown = found if asking.limit is None else found[: asking.limit]
    rows = tuple(_row(r, entry, asking.trail.zone) for r, entry in shown)
    outside = sum(row[6] != "yes" for row in rows)
    words = Written(
        "terms",
        SECTION,
        "Old and new names in the records",
        f"The records use {counted(len(rows), 'name')} of bodies or terms that began or ended on a day; {outside:,} of "
        "them outside their own days, wholly or in part.",
        "Names are looked for in activities and agencies, in a dated list of bodies and terms that ships with its "
        "sources (`casetrail glossary`). A name outside its days is not an error: it may be habit, or an old record. "
        "What was meant should be asked.",
        ("Some days in that list are from memory and are marked unchecked there.", *asking.cut_note(found)),
    )
    return answer(asking, words, Table(_COLUMNS, rows), [result])


def _meant(word: str, used_as: object) -> tuple[Entry, ...]:
    """Short forms stand for a body where an agency bears one; as an activity they may be anything."""
    return spoken_of(word) or (named(word) if used_as == "agency" else ())


def _row(row: dict[str, object], entry: Entry, zone: str) -> tuple[str | int, ...]:
    first, last = (_day(row[name], zone) for name in ("first_us", "last_us"))
    then = in_place_of(entry, last)
    return (
        clean(str(row["word"])),
        entry.id,
        entry.nation,
        first.isoformat(),
        last.isoformat(),
        f"{entry.first.isoformat()} to {entry.last.isoformat() if entry.last else 'now'}",
        _verdict(entry, first, last),
        ", ".join(one.id for one in then) or "not known",
        whole(row["persons"]),
        whole(row["times"]),
    )


def _verdict(entry: Entry, first: date, last: date) -> str:
    if entry.on(first) and entry.on(last):
        return "yes"
    if entry.last is not None and first > entry.last:
        return "no: it had ended"
    if last < entry.first:
        return "no: it had not begun"
    return "in part"


def _day(us: object, zone: str) -> date:
    return (_EPOCH + timedelta(microseconds=whole(us))).astimezone(ZoneInfo(zone)).date()
