"""The dated list of bodies and terms as an answer: one name, one day, or all of it."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from importlib import resources

from casetrail.errors import UnknownNameError
from casetrail.figures import Answer, Column, Origin, Provenance, SourceRef, Table
from casetrail.inquiry.stamping import stamped
from casetrail.statute import Entry, about, entries, in_place_of

QUESTION = "glossary.bodies"
_COLUMNS = (
    Column("name", "Body or term"),
    Column("also", "Also called"),
    Column("nation", "Of"),
    Column("first", "From", "date"),
    Column("last", "To", "date"),
    Column("before", "In the place of"),
    Column("after", "After it came"),
    Column("checked", "Checked days"),
    Column("source", "Law or other source"),
    Column("note", "Note"),
)


def glossary(term: str | None, on: date | None) -> tuple[Answer, ...]:
    """What a name means, and with a day what stood for it then; without a name everything, or everything of a day.

    Raises UnknownNameError for a name that is nowhere, with names like it.
    """
    found = tuple(entries().values()) if term is None else about(term)
    if not found:
        names = [name for one in entries().values() for name in (one.id, *one.also)]
        near = difflib.get_close_matches((term or "").casefold(), names, n=3)
        raise UnknownNameError(
            "The glossary does not have that name.",
            todo=f"Perhaps: {', '.join(near)}." if near else "`casetrail glossary` prints all of it.",
        )
    shown = found if on is None else _on(found, on, every=term is None)
    return stamped([_answer(shown, term, on)])


def _on(found: Sequence[Entry], day: date, *, every: bool) -> tuple[Entry, ...]:
    if every:
        return tuple(one for one in found if one.on(day))
    return tuple(dict.fromkeys(held for one in found for held in in_place_of(one, day)))


def _answer(shown: Sequence[Entry], term: str | None, on: date | None) -> Answer:
    unchecked = sum(len(_days_of(one)) - len(one.checked) for one in shown)
    said = f"{len(shown)} {'entry' if len(shown) == 1 else 'entries'}"
    when = "" if on is None else f" that stood on {on.isoformat()}"
    if on is not None and not shown:
        sentence = f"Nothing is known here that stood for it on {on.isoformat()}."
    else:
        sentence = f"{said}{when}; {unchecked} of their days are from memory and unchecked."
    text = (resources.files("casetrail.statute") / "data" / "bodies.toml").read_bytes()
    ref = SourceRef("bodies and terms", sha256(text).hexdigest(), Origin.PUBLIC_AGGREGATE)
    return Answer(
        id=QUESTION,
        section="Bodies and terms, with their days",
        title="Names and what they stood for" if term is None else f"{term}: what it is, and what came after",
        sentence=sentence,
        body=Table(_COLUMNS, tuple(_row(one) for one in shown)),
        method="A list that ships with casetrail. Each day has a law or another source; a day that was read there is "
        "checked, any other is from memory. A day known to the year alone is shown as the year.",
        provenance=Provenance(
            QUESTION,
            Origin.PUBLIC_AGGREGATE,
            (ref,),
            (("request", {"term": term, "on": None if on is None else on.isoformat()}),),
        ),
    )


def _row(one: Entry) -> tuple[str, ...]:
    before = [other.id for other in entries().values() if one.id in other.after]
    return (
        one.id,
        ", ".join(one.also) or "–",
        one.nation,
        _said(one.first, "from" in one.year_only),
        "goes on" if one.last is None else _said(one.last, "to" in one.year_only),
        ", ".join(before) or "–",
        ", ".join(one.after) or "–",
        _checked(one),
        one.source,
        one.note or "–",
    )


def _said(day: date, year_only: bool) -> str:
    return str(day.year) if year_only else day.isoformat()


def _days_of(one: Entry) -> tuple[str, ...]:
    return ("from",) if one.last is None else ("from", "to")


def _checked(one: Entry) -> str:
    if not one.checked:
        return "unchecked"
    left = [day for day in _days_of(one) if day not in one.checked]
    return "checked" if not left else f"{' and '.join(one.checked)} checked, {' and '.join(left)} unchecked"
