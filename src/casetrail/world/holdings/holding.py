"""Everything one agency would hold of what happened: its records, its rows, and what it never wrote down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from casetrail.world.holdings.clock import Flags, Micros
from casetrail.world.holdings.fates import Fates, event_fates, involvement_fates
from casetrail.world.holdings.faults import Held, hold
from casetrail.world.holdings.happened import Happened
from casetrail.world.holdings.identity import Identity
from casetrail.world.holdings.names import Numbers
from casetrail.world.holdings.numbers import local_numbers, numbered
from casetrail.world.holdings.parameters import AgencyFaults, Faults
from casetrail.world.holdings.records import LocalRecords, local_records

Luck = Callable[..., np.random.Generator]


@dataclass(frozen=True, slots=True)
class References:
    """An agency's own numbers for things of one kind: they say nothing about another agency's, or about the truth."""

    things: Numbers
    texts: pa.Array

    def of(self, things: Numbers, known: Flags | None = None) -> pa.Array:
        """The agency's number of each thing; null where not known."""
        places = np.searchsorted(self.things, things)
        if known is not None:
            return self.texts.take(pa.array(np.where(known, places, 0), mask=~known))
        return self.texts.take(pa.array(places))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Rows of the bundle that are one agency's, sorted by time: their numbers in the bundle, who, when, and fates.

    `record` is the local record of each row; NO_RECORD where the row is not in the files.
    """

    place: Numbers
    row: Numbers
    at_us: Micros
    fates: Fates
    record: Numbers


NO_RECORD = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """One agency's holding before it is laid out in files."""

    agency: str
    rates: AgencyFaults
    events: Rows
    involvements: Rows
    records: LocalRecords
    local_id: pa.Array
    has_common: Flags
    held: Held
    families: References
    incidents: References
    episodes: References


def make_holding(happened: Happened, truth: Identity, *, agency: str, faults: Faults, luck: Luck) -> Holding:
    """Draw one agency's holding. The draws depend on the agency's name and not on which other agencies there are."""
    rates = faults.of(agency)
    events = _rows(happened.event, truth, agency=agency, time="at_us")
    involvements = _rows(happened.involvement, truth, agency=agency, time="from_us")
    event_fate = event_fates(events[2], rates, extract_us=happened.end_us, rng=luck(agency, "rows"))
    other_fate = involvement_fates(involvements[2], rates, extract_us=happened.end_us, rng=luck(agency, "involvements"))
    kept, kept_too = event_fate.written, other_fate.written
    records = local_records(
        np.concatenate([events[1][kept], involvements[1][kept_too]]),
        np.concatenate([events[2][kept], involvements[2][kept_too]]),
        rates=rates,
        rng=luck(agency, "records"),
    )
    of_event, of_involvement = np.split(records.of_contact, [int(kept.sum())])
    rng = luck(agency, "numbers")
    form = rates.form
    local_id = local_numbers(len(records.row), prefix=form.prefix, width=form.digits, rng=rng)
    written = happened.event.take(pa.array(events[0][kept]))
    households = np.concatenate([_numbers(written, "household"), truth.household[truth.home[records.row]]])
    return Holding(
        agency=agency,
        rates=rates,
        events=_placed(events, event_fate, of_event),
        involvements=_placed(involvements, other_fate, of_involvement),
        records=records,
        local_id=local_id,
        has_common=rng.random(len(records.row)) < faults.common_number_share,
        held=hold(truth, records, agency=agency, faults=faults, rng=luck(agency, "people")),
        families=_references(households, form.prefix + "F", form.digits, rng=rng),
        incidents=_references(_numbers(written, "incident"), form.prefix + "I", form.digits, rng=rng),
        episodes=_references(_numbers(written, "episode"), form.prefix + "C", form.digits, rng=rng),
    )


def _rows(table: pa.Table, truth: Identity, *, agency: str, time: str) -> tuple[Numbers, Numbers, Micros]:
    """Places in the table, rows of persons, and times of one agency's rows, in the order of time."""
    column = table.column("agency").combine_chunks()
    names = column.dictionary.to_pylist()
    if agency not in names:
        place = np.zeros(0, dtype=np.int64)
    else:
        place = np.flatnonzero(column.indices.to_numpy() == names.index(agency))
    us = table.column(time).to_numpy()[place]
    order = np.argsort(us, kind="stable")
    place = place[order]
    return place, truth.row_of(table.column("person").to_numpy()[place].astype(np.int64)), us[order]


def _placed(rows: tuple[Numbers, Numbers, Micros], fates: Fates, record: Numbers) -> Rows:
    of_row = np.full(len(rows[0]), NO_RECORD)
    of_row[fates.written] = record
    return Rows(place=rows[0], row=rows[1], at_us=rows[2], fates=fates, record=of_row)


def _numbers(table: pa.Table, name: str) -> Numbers:
    numbers: Numbers = table.column(name).drop_null().to_numpy().astype(np.int64)
    return numbers


def _references(things: Numbers, prefix: str, width: int, *, rng: np.random.Generator) -> References:
    """Numbers in a drawn order: the true number of a thing does not show through."""
    distinct = np.unique(things)
    return References(distinct, numbered(rng.permutation(len(distinct)) + 1, prefix=prefix, width=width))
