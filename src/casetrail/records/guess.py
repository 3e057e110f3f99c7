"""Guess what a column is for, from its name and the kind of its cells. Never from a single value.

A guess is a proposal for the inquiry file, which a person confirms; nothing is read by a guess.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from casetrail.records.cells import ERROR, LOSSY, NATIVE, Coded
from casetrail.records.mapping import TRACE as _TRACE
from casetrail.records.moments import ISO
from casetrail.schema.identity import IdentityField

Kind: TypeAlias = Literal["empty", "date", "number", "text"]
Holds: TypeAlias = Literal["events", "involvements", "people"]

# Names seen in the extracts of councils, police forces, hospitals and in published event logs.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "event_id": (
        "event id",
        "event ref",
        "record ref",
        "record id",
        "activity instance id",
        "contact id",
        "referral id",
    ),
    "person": (
        "case concept name",
        *("common number", "nhs number", "upn", "unique pupil number"),
        *("local id", "person ref", "client ref", "child ref"),
        *("person id", "person", "child id", "child", "client id", "client", "pupil id", "patient id"),
        *("case id", "caseid", "case", "case number", "case ref"),
    ),
    "household": ("household id", "household", "family id", "family", "household ref", "family ref"),
    "incident": ("incident id", "incident", "incident number", "incident ref", "crime number"),
    "episode": ("episode id", "episode", "episode ref"),
    "activity": (
        "concept name",
        *("activity", "activity name", "event", "event type", "event name", "action", "step", "task", "what happened"),
    ),
    "at": (
        "time timestamp",
        *("happened at", "happened", "at", "timestamp", "complete timestamp", "event date", "date of event"),
        *(
            "when",
            "event time",
            "date time",
            "datetime",
            "date",
            "start timestamp",
            "start date",
            "start time",
            "start",
        ),
    ),
    "end": ("ended at", "end timestamp", "end date", "end time", "end", "finished at", "date closed"),
    "recorded": ("recorded at", "recorded", "date recorded", "entered at", "date entered", "created at"),
    "agency": ("agency", "organisation", "organization", "organization involved", "service", "body"),
    "team": ("org group", "team", "team name", "group", "unit", "ward", "office"),
    "worker": ("org resource", "resource", "worker", "allocated worker", "social worker", "user", "officer"),
    "case_type": ("case type", "category"),
    "outcome": ("outcome", "result", "disposal"),
    "severity": ("severity", "priority", "risk level", "impact"),
    "passed_to": ("passed to", "referred to", "sent to", "transferred to"),
    "reported_by_role": ("reported by", "reported by role", "referrer type", "source of referral"),
    "told_by": ("told by", "how known"),
    "closing_code": ("closing code", "closure reason", "reason closed", "reason for closure"),
    "privileged": ("privileged", "legally privileged", "legal privilege"),
}
_OF_INVOLVEMENTS: Mapping[str, tuple[str, ...]] = {
    "person": _NAMES["person"],
    "role": ("role", "involvement role", "involvement", "involvement type"),
    "from": ("from", "from date", "start", "start date", "started at", "since", "allocated on"),
    "to": ("to", "to date", "end", "end date", "ended at", "until"),
    "recorded": _NAMES["recorded"],
    "agency": _NAMES["agency"],
    "team": _NAMES["team"],
    "worker": _NAMES["worker"],
    "reason_end": ("reason end", "reason ended", "end reason", "reason for end", "reason closed"),
}
_WHO: tuple[frozenset[str], ...] = (
    frozenset(("surname", "family name", "last name")),
    frozenset(("given name", "given names", "forename", "forenames", "first name")),
    frozenset(("date of birth", "dob", "birth date")),
    frozenset(("address", "postcode")),
)
# Headings of who a person is. They feed no event: a date of birth must not become the time of one.
_IDENTITY: Mapping[IdentityField, tuple[str, ...]] = {
    "family_name": ("surname", "family name", "last name", "lastname", "child surname", "pupil surname"),
    "given_names": (
        *("forename", "forenames", "first name", "firstname", "given name", "given names", "middle name"),
        *("middle names", "child forename", "pupil forename"),
    ),
    "full_name": ("full name", "name", "child name", "person name", "pupil name", "patient name", "name of child"),
    "birth_date": ("date of birth", "dob", "d o b", "birth date", "birthdate", "child dob", "pupil dob", "patient dob"),
    "address": ("address", "home address", "address line 1", "address line 2", "address line 3", "street"),
    "postcode": ("postcode", "post code", "home postcode"),
    "identifier": (
        *(
            "nhs number",
            "nhs no",
            "upn",
            "unique pupil number",
            "uln",
            "unique learner number",
            "national insurance number",
        ),
        *("common number", "local id", "legacy id"),
    ),
}
# Whosever birth it is: a mother's date of birth is not when something happened either.
_BIRTH = re.compile(r"d\.?o\.?b(?![a-z])|birth", re.IGNORECASE)
_TIMES = ("at", "end", "recorded", "from", "to")
_WORD = re.compile(r"[^a-z0-9]+")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})([/.\-])(\d{1,2})\2(\d{4}|\d\d)(?:([ T])(\d{1,2}):(\d\d)(:\d\d)?)?", re.ASCII)
_MOST = 0.9  # a column of dates may hold some dirt and still be one


@dataclass(frozen=True, slots=True)
class DateLook:
    """How the dates of a column are written: "iso", "native", "ambiguous", or a date_format."""

    format: str
    precision: Literal["day", "minute"]


def kind_of(column: Coded) -> Kind:
    """What most cells of a column are."""
    values = column.values
    if not values:
        return "empty"
    if date_look(values) is not None:
        return "date"
    numbers = sum(_NUMBER.fullmatch(value.strip(LOSSY)) is not None for value in values)
    return "number" if numbers >= _MOST * len(values) else "text"


def date_look(values: Sequence[str]) -> DateLook | None:
    """How the distinct texts of a column write dates; None when most of them are no dates."""
    plain = [value.strip() for value in values if not value.startswith(ERROR)]
    native = [value[1:] for value in plain if value.startswith(NATIVE)]
    if plain and len(native) >= _MOST * len(plain):
        return DateLook("native", _precision([ISO.fullmatch(value) for value in native]))
    iso = [hit for value in plain if (hit := ISO.fullmatch(value))]
    if plain and len(iso) >= _MOST * len(plain):
        return DateLook("iso", _precision(iso))
    last = [hit for value in plain if (hit := _YEAR_LAST.fullmatch(value))]
    if plain and len(last) >= _MOST * len(plain):
        return _year_last(last)
    return None


def _precision(hits: Sequence[re.Match[str] | None]) -> Literal["day", "minute"]:
    """Days, when no time is written, or every time is midnight."""
    with_time = [hit for hit in hits if hit and any(int(hit[group] or 0) for group in (5, 6, 7))]
    return "minute" if with_time else "day"


def _year_last(hits: Sequence[re.Match[str]]) -> DateLook:
    """Only a part above 12 tells which one is the day; without such a part the order stays open."""
    day_first = any(int(hit[1]) > 12 for hit in hits)
    month_first = any(int(hit[3]) > 12 for hit in hits)
    timed = any(hit[6] is not None for hit in hits)
    shape = {(hit[2], len(hit[4]), hit[5], hit[8] is not None) for hit in hits}
    precision: Literal["day", "minute"] = "minute" if timed else "day"
    if day_first == month_first or len(shape) != 1:
        return DateLook("ambiguous", precision)
    (mark, digits, gap, seconds) = shape.pop()
    first, second = ("%d", "%m") if day_first else ("%m", "%d")
    written = f"{first}{mark}{second}{mark}{'%Y' if digits == 4 else '%y'}"
    if gap:
        written += f"{gap}%H:%M" + (":%S" if seconds else "")
    return DateLook(written, precision)


def holds(names: Sequence[str]) -> Holds:
    """What the rows of a file are, from its columns: events, involvements, or who somebody is."""
    folded = {_WORD.sub(" ", name.casefold()).strip() for name in names}
    if folded & set(_NAMES["activity"]):
        return "events"
    if folded & set(_OF_INVOLVEMENTS["role"]) and folded & set(_OF_INVOLVEMENTS["from"]):
        return "involvements"
    return "people" if sum(bool(folded & some) for some in _WHO) >= 3 else "events"


def roles_of(kinds: Mapping[str, Kind], *, of: Holds = "events", gaps: Collection[str] = ()) -> dict[str, str]:
    """Our column for each source column whose name tells; times only for columns of dates.

    Where no name tells the time of the event, it is the first column of dates that has no other use. `gaps` are columns
    that some row leaves blank: another one that says who it is about goes before them.
    """
    folded = {_WORD.sub(" ", name.casefold()).strip(): name for name in reversed(list(kinds))}
    roles: dict[str, str] = {}
    for ours, names in (_OF_INVOLVEMENTS if of == "involvements" else _NAMES).items():
        known = [found for name in names if (found := folded.get(name)) is not None]
        if ours == "person":
            known.sort(key=lambda found: found in gaps)
        for found in known:
            if found in roles or (kinds[found] == "date") != (ours in _TIMES):
                continue
            roles[found] = ours
            break
    if of != "events":
        return roles
    who = identity_of(kinds)
    spare = [
        name
        for name, kind in kinds.items()
        if kind == "date" and name not in roles and name not in who and not _BIRTH.search(name)
    ]
    if spare and "at" not in roles.values():
        roles[spare[0]] = "at"
    return roles


def identity_of(names: Iterable[str]) -> dict[str, IdentityField]:
    """For each column whose heading says that it tells who a person is: which field of the vault it would be."""
    fields: dict[str, IdentityField] = {spelt: field for field, all_ in _IDENTITY.items() for spelt in all_}
    found = {name: fields.get(_WORD.sub(" ", name.removeprefix(_TRACE).casefold()).strip()) for name in names}
    return {name: field for name, field in found.items() if field is not None}


def looks_like_a_record(names: Sequence[str]) -> bool:
    """Whether the first line holds values and not names: a number or a date stands in it."""
    given = [name.strip() for name in names if name.strip()]
    return any(_NUMBER.fullmatch(name) or ISO.fullmatch(name) or _YEAR_LAST.fullmatch(name) for name in given)
