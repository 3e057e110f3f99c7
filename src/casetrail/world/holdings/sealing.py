"""The tables of the sealed truth: who is who, what was planted, and what became of every row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from casetrail.world.holdings.clock import Flags, Micros
from casetrail.world.holdings.fates import NEVER_RECORDED, STATUS
from casetrail.world.holdings.happened import Happened
from casetrail.world.holdings.holding import NO_RECORD, Holding, Rows
from casetrail.world.holdings.identity import ALWAYS, NONE, Identity, Spells
from casetrail.world.holdings.names import Numbers
from casetrail.world.holdings.places import address_text, postcode_text, town_text
from casetrail.world.holdings.tables import EventFile

_INSTANT = pa.timestamp("us", "UTC")


def person_tables(happened: Happened, truth: Identity) -> dict[str, pa.Table]:
    """Everybody with latent quantities, their true names and the true homes of their households over time."""
    people = happened.person.sort_by("person").append_column("common_number", truth.common_number)
    people = people.append_column("given_name", _text(truth, truth.given))
    name, second = truth.surname.values
    pool = pa.array(truth.surnames.full, pa.string())
    both = pc.binary_join_element_wise(pool.take(pa.array(name)), pool.take(pa.array(np.maximum(second, 0))), "-")
    names = {
        "person": pa.array(truth.person[truth.surname.owner].astype(np.int32)),
        "from": _since(truth.surname),
        "surname": pc.if_else(pa.array(second == NONE), pool.take(pa.array(name)), both),
    }
    (dwelling,) = truth.dwelling.values
    homes = {
        "household": pa.array(truth.household[truth.dwelling.owner].astype(np.int32)),
        "from": _since(truth.dwelling),
        "address": address_text(truth.places, dwelling),
        "town": town_text(truth.places, dwelling),
        "postcode": postcode_text(truth.places, dwelling),
    }
    return {"people": people, "names": pa.table(names), "homes": pa.table(homes)}


def _text(truth: Identity, given: Numbers) -> pa.Array:
    return pa.array(truth.given_names.full, pa.string()).take(pa.array(given))


def _since(spells: Spells) -> pa.Array:
    return pa.array(np.where(spells.from_us == ALWAYS, 0, spells.from_us), mask=spells.from_us == ALWAYS).cast(_INSTANT)


def who_is_who(holding: Holding, truth: Identity) -> pa.Table:
    """Each local record of an agency and the person it is of."""
    records = holding.records
    return pa.table(
        {
            "agency": _word(holding.agency, len(records.row)),
            "local_id": holding.local_id,
            "person": pa.array(truth.person[records.row].astype(np.int32)),
            "household": pa.array(truth.household[truth.home[records.row]].astype(np.int32)),
            "second_record": pa.array(records.second),
            "opened": pa.array(records.opened_us).cast(_INSTANT),
            "last_contact": pa.array(records.last_us).cast(_INSTANT),
            "carries_common_number": pa.array(holding.has_common),
        }
    )


def planted(holding: Holding) -> pa.Table:
    """One row per fault in an agency's records of people."""
    flags = holding.held.planted
    places = {name: np.flatnonzero(flags[name]) for name in flags}
    where = np.concatenate(list(places.values()))
    which = np.repeat(np.arange(len(places)), [len(found) for found in places.values()]).astype(np.int32)
    return pa.table(
        {
            "agency": _word(holding.agency, len(where)),
            "local_id": holding.local_id.take(pa.array(where)),
            "fault": pa.DictionaryArray.from_arrays(pa.array(which), pa.array(list(places))),
        }
    )


def event_fates_table(holding: Holding, happened: Happened, written: EventFile) -> pa.Table:
    """What became of each event of the bundle that is this agency's; `bundle_row` counts from 0."""
    rows = holding.events
    refs = written.table.column("event_ref").combine_chunks()
    place = np.full(len(rows.place), NO_RECORD)
    again = np.full(len(rows.place), NO_RECORD)
    at = np.arange(len(written.row))
    place[written.row[~written.copy]] = at[~written.copy]
    again[written.row[written.copy]] = at[written.copy]
    true = happened.event.take(pa.array(rows.place)).select(["household", "incident", "episode", "at_us"])
    made = _fates_table(holding, rows, happened.event)
    for name in true.column_names:
        made = made.append_column(name, true.column(name))
    made = made.append_column("event_ref", _taken(refs, place))
    second = np.where(rows.fates.entered_twice, again, NO_RECORD)
    made = made.append_column("repeated", pa.array(rows.fates.repeated))
    return made.append_column("second_event_ref", _taken(refs, second))


def involvement_fates_table(holding: Holding, happened: Happened) -> pa.Table:
    """What became of each involvement of the bundle that is this agency's."""
    rows = holding.involvements
    true = happened.involvement.take(pa.array(rows.place)).select(["role", "from_us", "to_us"])
    made = _fates_table(holding, rows, happened.involvement)
    for name in true.column_names:
        made = made.append_column(name, true.column(name))
    return made


def _fates_table(holding: Holding, rows: Rows, source: pa.Table) -> pa.Table:
    fates = rows.fates
    recorded = fates.status != NEVER_RECORDED
    return pa.table(
        {
            "agency": _word(holding.agency, len(rows.place)),
            "bundle_row": pa.array(rows.place),
            "person": source.column("person").take(pa.array(rows.place)),
            "local_id": _taken(holding.local_id, rows.record),
            "status": pa.DictionaryArray.from_arrays(pa.array(fates.status.astype(np.int32)), pa.array(STATUS)),
            "chance_of_missing": pa.array(fates.chance),
            "recorded": _instants(fates.recorded_us, recorded),
            "late": pa.array(fates.late & recorded),
        }
    )


def _taken(values: pa.Array, place: Numbers) -> pa.Array:
    return values.take(pa.array(np.maximum(place, 0), mask=place == NO_RECORD))


def _instants(us: Micros, known: Flags) -> pa.Array:
    return pa.array(np.where(known, us, 0), mask=~known).cast(_INSTANT)


def _word(word: str, count: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, dtype=np.int32)), pa.array([word]))


def joined(tables: Sequence[pa.Table]) -> pa.Table:
    """Tables of one shape one below the other, with one list of words for each column of words."""
    whole = pa.concat_tables(tables)
    return whole.unify_dictionaries().combine_chunks()
