"""What happened, as values: the bundle from which the agencies' files and the sealed truth are written.

Instants are int64 microseconds UTC counted from 1970-01-01. `None` in a row of the shapes below: the column may be
left out of the table, and is then unknown for every row. A column that is there must have the type named.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NoReturn

import pyarrow as pa
import pyarrow.compute as pc

from casetrail.errors import WorldError
from casetrail.schema.events import ROLES
from casetrail.world.holdings.clock import day_begins, day_ends
from casetrail.world.holdings.columns import (
    EVENT,
    INCIDENT,
    INVOLVEMENT,
    MISTAKEN,
    PERSON,
    SEXES,
    TOLD_BY,
    WAITS,
    WEEKS,
    WORKERS,
    Column,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """Everything that happened in a made-up authority, recorded or not.

    `event`: one row per thing that some agency recorded. `involvement`: who was involved, in which role, from when
    to when. `person`: everybody, with latent quantities as further float columns; null where nothing is known. `told`
    and `hidden`: the incidents of these years, each in one of them: told to somebody, or to nobody. `mistaken`:
    allegations on record behind which there is no incident. `waits`: why each case waited, causes in hours as further
    float columns; not yet served where there is no start. `workers`: who had each post. `weeks`: how busy each week
    was. `coefficients`: what was planted. `parameters`: every value of the run; `changed`: those that scenario and
    caller changed, `from` and `to`; `shape`: what was asked for. `started` and `ended` are the first and the last
    local day.
    """

    event: pa.Table
    involvement: pa.Table
    person: pa.Table
    told: pa.Table
    hidden: pa.Table
    mistaken: pa.Table
    waits: pa.Table
    workers: pa.Table
    weeks: pa.Table
    coefficients: Mapping[str, float]
    scenario: str
    seed: int
    started: date
    ended: date
    parameters: Mapping[str, Any] = field(default_factory=dict)
    changed: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    shape: Mapping[str, Any] = field(default_factory=dict)

    @property
    def begin_us(self) -> int:
        """The first microsecond of the world."""
        return day_begins(self.started)

    @property
    def end_us(self) -> int:
        """The last microsecond of the world."""
        return day_ends(self.ended)


def checked(happened: Happened) -> Happened:
    """The same bundle with every column in place and texts dictionary-encoded; nothing is changed or dropped.

    Raises WorldError when a column is missing, of another type or not full, when a number names nobody, or when a
    time lies outside the world.
    """
    if happened.started > happened.ended:
        _refuse("started", "The world ends before it begins.", "Swap the two days.")
    for name, value in happened.coefficients.items():
        if not math.isfinite(value):
            _refuse(f"coefficients, {name}", "A coefficient is not a number.", "Give a finite number.")
    _check_facts(happened)
    made = replace(
        happened,
        event=_shaped(happened.event, EVENT, name="event"),
        involvement=_shaped(happened.involvement, INVOLVEMENT, name="involvement"),
        # What is not known of a person, such as the attendance of a child never at school, is null and not zero.
        person=_shaped(happened.person, PERSON, name="person", more=Column("double", True)),
        told=_shaped(happened.told, INCIDENT, name="told"),
        hidden=_shaped(happened.hidden, INCIDENT, name="hidden"),
        mistaken=_shaped(happened.mistaken, MISTAKEN, name="mistaken"),
        waits=_shaped(happened.waits, WAITS, name="waits", more=Column("double", True, True)),
        workers=_shaped(happened.workers, WORKERS, name="workers"),
        weeks=_shaped(happened.weeks, WEEKS, name="weeks"),
    )
    _check_persons(made)
    _check_words(made)
    _check_times(made)
    _check_incidents(made)
    return made


def _check_facts(happened: Happened) -> None:
    """Every value of the run must stand in world.json as it is."""
    for name in ("parameters", "changed", "shape"):
        try:
            json.dumps(dict(getattr(happened, name)), allow_nan=False)
        except (TypeError, ValueError):
            _refuse(name, "A value cannot be written as JSON.", "Give finite numbers, texts, and lists of them.")


def _shaped(table: pa.Table, columns: Mapping[str, Column], *, name: str, more: Column | None = None) -> pa.Table:
    strange = [key for key in table.column_names if key not in columns]
    if strange and more is None:
        _refuse(f"{name}, {', '.join(strange)}", "A column is not known.", f"Known are: {', '.join(columns)}.")
    arrays = {key: _column(table, key, column=column, name=name) for key, column in columns.items()}
    arrays |= {key: _column(table, key, column=more, name=name) for key in strange if more is not None}
    return pa.table(arrays)


def _column(table: pa.Table, key: str, *, column: Column, name: str) -> pa.Array:
    where = f"{name}, {key}"
    if key not in table.column_names:
        if column.needed:
            _refuse(where, "A column is missing.", f"Add it, of type {column.kind}.")
        return pa.nulls(table.num_rows, _type(column.kind))
    array = _whole(table.column(key))
    inner = array.type.value_type if pa.types.is_dictionary(array.type) else array.type
    if column.kind == "text" and pa.types.is_string(inner):
        array = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
        if array.type.index_type != pa.int32():
            array = array.cast(_type("text"))
    elif str(array.type) != column.kind:
        _refuse(where, f"The column is of type {array.type}.", f"Give it the type {column.kind}.")
    if column.full and array.null_count:
        _refuse(where, "The column has empty cells.", "Fill them.")
    if column.kind == "double" and not pc.all(pc.is_finite(array.drop_null()), min_count=0).as_py():
        _refuse(where, "A cell is not a number.", "Use null for what is not known.")
    return array


def _whole(column: pa.ChunkedArray) -> pa.Array:
    whole = column.unify_dictionaries() if pa.types.is_dictionary(column.type) else column
    whole = whole.combine_chunks()
    return whole.combine_chunks() if isinstance(whole, pa.ChunkedArray) else whole


def _type(kind: str) -> pa.DataType:
    types = {
        "text": pa.dictionary(pa.int32(), pa.string()),
        "date32[day]": pa.date32(),
        "double": pa.float64(),
        "int32": pa.int32(),
        "int64": pa.int64(),
    }
    return types[kind]


def _check_persons(made: Happened) -> None:
    people = made.person.column("person").combine_chunks()
    if pc.count_distinct(people).as_py() != len(people):
        _refuse("person, person", "A person is listed twice.", "Give one row to each.")
    if len(people) and pc.min(people).as_py() < 0:
        _refuse("person, person", "A number of a person is below 0.", "Number persons from 0.")
    homes = made.person.column("household").combine_chunks()
    for name in ("event", "involvement", "told", "hidden", "mistaken", "waits"):
        table = getattr(made, name)
        for key, known in (("person", people), ("household", homes)):
            if key in table.column_names and not pc.all(pc.is_in(table.column(key), known), min_count=0).as_py():
                _refuse(f"{name}, {key}", "A number is not in the table of persons.", "Add the person.")


def _check_words(made: Happened) -> None:
    for name, table, key, known in (
        ("person", made.person, "sex", SEXES),
        ("involvement", made.involvement, "role", ROLES),
        ("event", made.event, "told_by", TOLD_BY),
    ):
        if any(word not in known for word in _used(table, key)):
            _refuse(f"{name}, {key}", "A word is not one of those known.", f"Use one of: {', '.join(known)}.")
    for name, table in (("event", made.event), ("involvement", made.involvement)):
        for key in ("agency", "activity"):
            if key in table.column_names and not all(word.strip() for word in _used(table, key)):
                _refuse(f"{name}, {key}", "A name is blank.", "Fill it in.")


def _used(table: pa.Table, key: str) -> list[str]:
    return [word for word in pc.unique(table.column(key).combine_chunks()).to_pylist() if word is not None]


def _check_times(made: Happened) -> None:
    event, involvement = made.event, made.involvement
    first, last = made.begin_us, made.end_us
    never_before = day_begins(date(1900, 1, 1))
    _within(event, "event, at_us", first=first, last=last)
    for key in ("asked_us", "started_us"):
        _within(event, f"event, {key}", first=never_before, last=last)
    _within(involvement, "involvement, from_us", first=never_before, last=last)
    _within(involvement, "involvement, to_us", first=first, last=None)
    for name in ("told", "hidden", "mistaken"):
        _within(getattr(made, name), f"{name}, at_us", first=first, last=last)
    for key in ("asked_us", "started_us", "ended_us"):
        _within(made.waits, f"waits, {key}", first=never_before, last=last)
    for name, table, begin, end in (
        ("event", event, "at_us", "end_us"),
        ("involvement", involvement, "from_us", "to_us"),
        ("waits", made.waits, "asked_us", "started_us"),
        ("waits", made.waits, "started_us", "ended_us"),
    ):
        if pc.any(pc.less(table.column(end), table.column(begin)), min_count=0).as_py():
            _refuse(f"{name}, {end}", "An end lies before its start.", "Swap them, or correct the one that is wrong.")


def _check_incidents(made: Happened) -> None:
    """An incident is told or not, or was none at all; no agency's row may carry the number of one told to nobody."""
    told, hidden, mistaken = (getattr(made, name).column("incident") for name in ("told", "hidden", "mistaken"))
    for one, other, where in ((hidden, told, "hidden"), (mistaken, told, "mistaken"), (mistaken, hidden, "mistaken")):
        if pc.any(pc.is_in(one, other.combine_chunks()), min_count=0).as_py():
            _refuse(f"{where}, incident", "An incident is listed in two tables.", "Keep it in the one that is right.")
    if pc.any(pc.is_in(made.event.column("incident").drop_null(), hidden.combine_chunks()), min_count=0).as_py():
        _refuse("event, incident", "A row speaks of an incident told to nobody.", "Empty the cell, or list it as told.")


def _within(table: pa.Table, where: str, *, first: int, last: int | None) -> None:
    column = table.column(where.partition(", ")[2])
    lowest, highest = pc.min_max(column).as_py().values()
    if lowest is not None and (lowest < first or (last is not None and highest > last)):
        _refuse(where, "A time lies outside the world.", "Leave such rows out, or move `started` or `ended`.")


def _refuse(where: str, what: str, todo: str) -> NoReturn:
    raise WorldError(what, where=f"what happened: {where}", todo=todo, code="happened")
