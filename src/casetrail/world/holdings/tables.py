"""One agency's holding laid out as the tables of its files."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from casetrail.world.holdings.clock import Flags, Micros, local_days
from casetrail.world.holdings.happened import Happened
from casetrail.world.holdings.holding import Holding
from casetrail.world.holdings.identity import Identity
from casetrail.world.holdings.names import Numbers
from casetrail.world.holdings.numbers import numbered

MADE_UP = "made-up"

_SECOND = 1_000_000
_SEVERITY_DECIMALS = 2
_AS_THEY_ARE = (
    "activity", "outcome", "team", "worker", "passed_to", "reported_by_role", "told_by", "closing_code",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class EventFile:
    """The table of an agency's events, and per row the row of `Holding.events` and whether it is a copy."""

    table: pa.Table
    row: Numbers
    copy: Flags


def event_file(holding: Holding, happened: Happened, truth: Identity) -> EventFile:
    """The events an agency holds, in the order of time; a column that it never fills is not there."""
    events = holding.events
    copies = events.fates.repeated | events.fates.entered_twice
    written = np.flatnonzero(events.fates.written)
    row = np.repeat(written, 1 + copies[written])
    copy = np.zeros(len(row), dtype=np.bool_)
    copy[1:] = row[1:] == row[:-1]
    table = happened.event.take(pa.array(events.place[row]))
    record = events.record[row]
    columns = {
        "event_ref": _event_refs(holding, row, copy),
        **_who(holding, truth, record),
        "at": _time(holding, _us(table, "at_us")),
        "ended_at": _time(holding, _us(table, "end_us"), _known(table, "end_us", happened)),
        "recorded_at": _time(holding, events.fates.recorded_us[row]),
        **{name: table.column(name).combine_chunks() for name in _AS_THEY_ARE},
        "severity": _severity(table.column("severity").combine_chunks()),
        "incident_ref": holding.incidents.of(*_maybe(table, "incident")),
        "episode_ref": holding.episodes.of(*_maybe(table, "episode")),
        "family_id": holding.families.of(_us(table, "household")),
        "requested_at": _time(holding, _us(table, "asked_us"), _known(table, "asked_us", happened)),
        "started_at": _time(holding, _us(table, "started_us"), _known(table, "started_us", happened)),
        "origin": _label(len(row)),
    }
    return EventFile(_filled(columns), row, copy)


def involvement_table(holding: Holding, happened: Happened, truth: Identity) -> pa.Table:
    """The involvements an agency holds, in the order of time; an end after the extract is not known yet."""
    rows = holding.involvements
    written = np.flatnonzero(rows.fates.written)
    table = happened.involvement.take(pa.array(rows.place[written]))
    columns = {
        **_who(holding, truth, rows.record[written]),
        "role": table.column("role").combine_chunks(),
        "team": table.column("team").combine_chunks(),
        "worker": table.column("worker").combine_chunks(),
        "from": _time(holding, _us(table, "from_us")),
        "to": _time(holding, _us(table, "to_us"), _known(table, "to_us", happened)),
        "recorded_at": _time(holding, rows.fates.recorded_us[written]),
        "reason_end": _while(table.column("reason_end").combine_chunks(), _known(table, "to_us", happened)),
        "origin": _label(len(written)),
    }
    return _filled(columns)


def people_table(holding: Holding, truth: Identity) -> pa.Table:
    """The local records of an agency, in the order in which they were opened."""
    held, records = holding.held, holding.records
    columns = {
        **_who(holding, truth, np.arange(len(records.row))),
        "family_id": holding.families.of(truth.household[truth.home[records.row]]),
        "given_name": held.given,
        "surname": held.surname,
        "date_of_birth": held.born,
        "due_date": held.due,
        "sex": held.sex,
        "address": held.address,
        "town": held.town,
        "postcode": held.postcode,
        "opened_on": pa.array(local_days(records.opened_us).astype(np.int32)).cast(pa.date32()),
        "origin": _label(len(records.row)),
    }
    return pa.table(columns)


def _who(holding: Holding, truth: Identity, record: Numbers) -> dict[str, pa.Array]:
    common = truth.common_number.take(pa.array(holding.records.row[record]))
    return {
        "local_id": holding.local_id.take(pa.array(record)),
        "common_number": _while(common, holding.has_common[record]),
    }


def _event_refs(holding: Holding, row: Numbers, copy: Flags) -> pa.Array:
    """References in the order of recording; a repeated row has that of the row before it."""
    fates = holding.events.fates
    own = ~(copy & fates.repeated[row])
    entries = np.flatnonzero(own)
    number = np.empty(len(entries), dtype=np.int64)
    number[np.argsort(fates.recorded_us[row[entries]], kind="stable")] = np.arange(1, len(entries) + 1)
    of_row = number[np.cumsum(own) - 1] if len(entries) else number
    form = holding.rates.form
    return numbered(of_row, prefix=form.prefix + "E", width=form.digits)


def _us(table: pa.Table, name: str) -> Micros:
    numbers: Micros = table.column(name).fill_null(0).to_numpy().astype(np.int64, copy=False)
    return numbers


def _maybe(table: pa.Table, name: str) -> tuple[Numbers, Flags]:
    return _us(table, name), table.column(name).is_valid().to_numpy()


def _known(table: pa.Table, name: str, happened: Happened) -> Flags:
    """Where there is a time and it lies before the extract: on that day nobody knew the end of what went on."""
    known: Flags = table.column(name).is_valid().to_numpy() & (_us(table, name) <= happened.end_us)
    return known


def _time(holding: Holding, us: Micros, known: Flags | None = None) -> pa.Array:
    """Whole seconds, or local days for an agency that writes days."""
    mask = None if known is None else ~known
    if holding.rates.form.times == "day":
        return pa.array(local_days(us).astype(np.int32), mask=mask).cast(pa.date32())
    return pa.array(us // _SECOND * _SECOND, mask=mask).cast(pa.timestamp("us", "UTC"))


def _while(column: pa.Array, known: Flags) -> pa.Array:
    return pc.if_else(pa.array(known), column, pa.scalar(None, column.type))


def _severity(column: pa.Array) -> pa.Array:
    return pc.round(column, _SEVERITY_DECIMALS).cast(pa.string())


def _label(count: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, dtype=np.int32)), pa.array([MADE_UP]))


def _filled(columns: dict[str, pa.Array]) -> pa.Table:
    return pa.table({name: cells for name, cells in columns.items() if cells.null_count < len(cells) or not len(cells)})
