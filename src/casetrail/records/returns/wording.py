"""The words of a heading: what stays of it in capitals, in one word, shortened, or turned round."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias

from casetrail.records.returns.forms import ColumnForm

Words: TypeAlias = frozenset[str]

_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SIGNS = re.compile(r"[\W_]+")
_FILLERS = frozenset(
    ["the", "of", "and", "on", "at", "in", "a", "an", "was", "is", "initial", "value", "local", "hrs", "gmt"]
)
_LOCAL_NAMES = ("a&e", "a & e", "a and e")
# One word for each that means the same in headings; an identifier is a number, whatever a place calls it.
_SAME: Mapping[str, str] = {
    **dict.fromkeys(("dt", "dte", "dat", "day"), "date"),
    **dict.fromkeys(("tm", "tme", "hour"), "time"),
    **dict.fromkeys(
        ("no", "num", "nbr", "nr", "number", "ref", "reference", "urn", "id", "identifier", "key"), "number"
    ),
    **dict.fromkeys(("1st",), "first"),
    **dict.fromkeys(("rcvd", "recd", "receipt", "rec", "recieved"), "received"),
    **dict.fromkeys(("inc", "incdt", "incident", "incidents"), "incident"),
    **dict.fromkeys(("created", "create", "creation", "crtd"), "created"),
    **dict.fromkeys(("recorded", "record", "entered", "entry", "input"), "recorded"),
    **dict.fromkeys(("reported", "report", "rptd", "rpt", "rep"), "reported"),
    **dict.fromkeys(("graded", "grading", "grade", "grd"), "grade"),
    **dict.fromkeys(("despatched", "despatch", "dispatch", "dispatched", "disp"), "dispatched"),
    **dict.fromkeys(("deployed", "deployment", "deploy"), "deployed"),
    **dict.fromkeys(("assigned", "assign", "allocated", "alloc"), "assigned"),
    **dict.fromkeys(("arrived", "arrival", "arrive", "arr", "arrvd"), "arrived"),
    **dict.fromkeys(("attended", "attend"), "attended"),
    **dict.fromkeys(("closed", "close", "closing", "closure", "clsd"), "closed"),
    **dict.fromkeys(("resulted", "result", "results"), "result"),
    **dict.fromkeys(("finalised", "finalized", "finalisation"), "finalised"),
    **dict.fromkeys(("cat", "category", "categories"), "category"),
    **dict.fromkeys(("type", "typ", "classification", "class"), "type"),
    **dict.fromkeys(("code", "cd", "codes"), "code"),
    **dict.fromkeys(("off", "offcr", "ofcr", "officer"), "officer"),
    **dict.fromkeys(("pers", "person", "persons"), "person"),
    **dict.fromkeys(("nom", "nominal"), "nominal"),
    **dict.fromkeys(("pupil", "student", "learner"), "pupil"),
    **dict.fromkeys(("patient", "pat", "pt"), "patient"),
    **dict.fromkeys(("dept", "department"), "department"),
    **dict.fromkeys(("addr", "address"), "address"),
    **dict.fromkeys(("desc", "description"), "description"),
    **dict.fromkeys(("org", "organisation", "organization"), "organisation"),
    **dict.fromkeys(("ref'd", "referred", "referral", "refer"), "referred"),
    **dict.fromkeys(("hearing", "hrg", "hearings"), "hearing"),
    **dict.fromkeys(("adjourned", "adjournment", "adj", "adjd"), "adjourned"),
    **dict.fromkeys(("application", "app", "appl", "applied"), "application"),
    **dict.fromkeys(("meeting", "mtg", "meetings"), "meeting"),
    **dict.fromkeys(("status", "stat"), "status"),
    **dict.fromkeys(("discharge", "discharged", "disch"), "discharge"),
    **dict.fromkeys(("destination", "dest"), "destination"),
    **dict.fromkeys(("attendance", "attendances", "att"), "attendance"),
    **dict.fromkeys(("action", "actions", "actn"), "action"),
    **dict.fromkeys(("concern", "concerns"), "concern"),
    **dict.fromkeys(("rsn", "reason", "reasons"), "reason"),
    **dict.fromkeys(("flag", "indicator", "ind", "yn"), "flag"),
    **dict.fromkeys(("rpt'd", "repeated", "repeat", "rpts"), "repeat"),
    **dict.fromkeys(("dob",), "birth"),
    **dict.fromkeys(("forename", "forenames", "fname", "firstname"), "forename"),
    **dict.fromkeys(("surname", "sname", "lastname"), "surname"),
}
_TWO: Mapping[str, tuple[str, ...]] = {
    "datetime": ("date", "time"),
    "timestamp": ("date", "time"),
    "dttm": ("date", "time"),
    "dtm": ("date", "time"),
    "postcode": ("post", "code"),
    "pcode": ("post", "code"),
}
_WHEN = frozenset(("date", "time"))
# A word that says no more than the column's kind, so that it may be there or not.
_IDLE: Mapping[str, Words] = {
    "id": frozenset(("number", "code")),
    "code": frozenset(("code", "description", "name", "type")),
    "number": frozenset(("number", "count")),
    "decimal": frozenset(("number", "count")),
    "time": _WHEN,
    "date": _WHEN,
}


@lru_cache(maxsize=16384)
def words_of(text: str) -> Words:
    """The words of a heading, each in one form, without those that say nothing."""
    low = text
    for name in _LOCAL_NAMES:
        low = re.sub(re.escape(name), "ED", low, flags=re.IGNORECASE)
    found: list[str] = []
    for word in _SIGNS.split(_HUMPS.sub(" ", low).casefold()):
        found += _TWO.get(word, (_SAME.get(word, word),))
    return frozenset(word for word in found if word and word not in _FILLERS)


def core_of(text: str, kind: str) -> Words:
    """The words of a heading without those that any column of the kind may bear."""
    return words_of(text) - _IDLE.get(kind, frozenset())


@lru_cache(maxsize=4096)
def _cores(names: tuple[str, ...], kind: str) -> frozenset[Words]:
    return frozenset(core for name in names if (core := core_of(name, kind)))


def squeezed(text: str) -> str:
    """A heading in small letters without any sign or space."""
    return _SIGNS.sub("", text.casefold())


def means(heading: str, form: ColumnForm) -> bool:
    """Whether a heading is one of those of a column in other words."""
    core = core_of(heading, form.kind)
    return bool(core) and core in _cores((form.name, *form.names), form.kind)


def halves(headings: Iterable[str], form: ColumnForm) -> tuple[str, str] | None:
    """Of headings that mean a column of times: the one of the day, and the one of the time of day, where they are two.

    They differ in nothing but the words date and time.
    """
    days: list[str] = []
    clocks: list[str] = []
    for heading in headings:
        words = words_of(heading) & _WHEN
        if words == {"time"}:
            clocks.append(heading)
        elif words != _WHEN:
            days.append(heading)
    for clock in clocks:
        core = core_of(clock, form.kind)
        for day in days:
            if core_of(day, form.kind) == core:
                return day, clock
    return None


def nearest(heading: str, forms: Sequence[ColumnForm]) -> ColumnForm | None:
    """The column whose headings share most words with one that means none; None when no word is shared, or two tie."""
    words = words_of(heading)
    scores = []
    for form in forms:
        idle = _IDLE.get(form.kind, frozenset())
        best = max((_alike(words - idle, core) for core in _cores((form.name, *form.names), form.kind)), default=0.0)
        scores.append((best, form.name, form))
    scores.sort(key=lambda score: (-score[0], score[1]))
    if not scores or scores[0][0] < 0.5 or (len(scores) > 1 and scores[1][0] == scores[0][0]):
        return None
    return scores[0][2]


def _alike(some: Words, other: Words) -> float:
    return len(some & other) / len(some | other) if some | other else 0.0
