"""A bundle that does not hold together is refused by name; nothing in it is corrected in silence."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetrail.errors import WorldError
from casetrail.world.holdings import Happened
from casetrail.world.holdings.clock import day_begins, day_ends, day_text, instant_text
from casetrail.world.holdings.columns import TABLES
from casetrail.world.holdings.happened import checked

from .bundle import DAY, ENDED, STARTED, happened, with_column

LONDON = ZoneInfo("Europe/London")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _put(table: str, name: str, row: int, value: Any) -> Happened:
    made = happened(60)
    column = getattr(made, table).column(name)
    cells = column.to_pylist()
    cells[row] = value
    return with_column(made, table, name, pa.array(cells, column.type))


def _changed(table: str, change: Any) -> Happened:
    made = happened(60)
    return replace(made, **{table: change(getattr(made, table))})


def _cast(table: pa.Table, name: str, kind: pa.DataType) -> pa.Table:
    return table.set_column(table.column_names.index(name), name, table.column(name).cast(kind))


def _twice() -> Happened:
    made = happened(60)
    return replace(made, person=pa.concat_tables([made.person, made.person.slice(0, 1)]))


def test_a_good_bundle_comes_back_with_its_values_and_every_column() -> None:
    made = happened(60)
    good = checked(made)
    for table in TABLES:
        for name in getattr(made, table).column_names:
            assert getattr(good, table).column(name).to_pylist() == getattr(made, table).column(name).to_pylist()
    assert good.event.column("passed_to").null_count == made.event.num_rows
    assert good.person.column("died").type == pa.date32()


def test_texts_may_be_plain_or_dictionary_encoded_in_one_piece_or_many() -> None:
    made = happened(60)
    event = made.event
    for name in ("agency", "activity"):
        place = event.column_names.index(name)
        halves = [event.column(name).slice(0, 300).combine_chunks(), event.column(name).slice(300).combine_chunks()]
        coded = pa.chunked_array([half.dictionary_encode() for half in halves])
        event = event.set_column(place, name, coded)
    good = checked(replace(made, event=event))
    assert good.event.equals(checked(made).event)


BEFORE = day_begins(STARTED) - 1
AFTER = day_ends(ENDED) + 1


@pytest.mark.parametrize(
    ("made", "where"),
    [
        (lambda: _put("event", "at_us", 3, BEFORE), "event, at_us"),
        (lambda: _put("event", "at_us", 3, AFTER), "event, at_us"),
        (lambda: _put("event", "at_us", 3, None), "event, at_us"),
        (lambda: _put("event", "end_us", 3, 0), "event, end_us"),
        (lambda: _put("event", "asked_us", 3, AFTER), "event, asked_us"),
        (lambda: _put("event", "asked_us", 3, -(2**62)), "event, asked_us"),
        (lambda: _put("event", "person", 3, 99_999), "event, person"),
        (lambda: _put("event", "household", 3, 99_999), "event, household"),
        (lambda: _put("event", "agency", 3, None), "event, agency"),
        (lambda: _put("event", "agency", 3, " "), "event, agency"),
        (lambda: _put("event", "activity", 3, ""), "event, activity"),
        (lambda: _put("event", "told_by", 3, "guessed"), "event, told_by"),
        (lambda: _put("event", "severity", 3, float("nan")), "event, severity"),
        (lambda: _put("involvement", "role", 3, "boss"), "involvement, role"),
        (lambda: _put("involvement", "from_us", 3, AFTER), "involvement, from_us"),
        (lambda: _put("involvement", "to_us", 3, BEFORE), "involvement, to_us"),
        (lambda: _put("person", "sex", 3, "F"), "person, sex"),
        (lambda: _put("person", "born", 3, None), "person, born"),
        (lambda: _put("person", "need_at_start", 3, float("inf")), "person, need_at_start"),
        (lambda: _put("hidden", "person", 3, 99_999), "hidden, person"),
        (lambda: _put("hidden", "at_us", 3, BEFORE), "hidden, at_us"),
        (lambda: _put("hidden", "incident", 3, 2_000_000), "hidden, incident"),
        (lambda: _put("mistaken", "incident", 1, 2_000_000), "mistaken, incident"),
        (lambda: _put("event", "incident", 3, 1_000_003), "event, incident"),
        (lambda: _put("told", "at_us", 3, AFTER), "told, at_us"),
        (lambda: _put("waits", "started_us", 3, BEFORE), "waits, started_us"),
        (lambda: _put("waits", "ended_us", 3, AFTER), "waits, ended_us"),
        (lambda: _put("waits", "no_worker", 3, None), "waits, no_worker"),
        (lambda: _put("workers", "worker", 1, None), "workers, worker"),
        (lambda: _put("weeks", "season", 0, None), "weeks, season"),
        (lambda: _put("waits", "person", 3, 99_999), "waits, person"),
        (_twice, "person, person"),
        (lambda: _changed("event", lambda t: t.drop_columns(["incident"])), "event, incident"),
        (lambda: _changed("event", lambda t: t.append_column("need", t.column("at_us"))), "event, need"),
        (lambda: _changed("event", lambda t: _cast(t, "person", pa.int64())), "event, person"),
        (lambda: _changed("person", lambda t: t.append_column("note", pa.array(["x"] * t.num_rows))), "person, note"),
        (lambda: replace(happened(60), started=ENDED, ended=STARTED), "started"),
        (lambda: replace(happened(60), coefficients={"load": float("nan")}), "coefficients, load"),
        (lambda: replace(happened(60), parameters={"load": float("inf")}), "parameters"),
        (lambda: replace(happened(60), shape={"started": STARTED}), "shape"),
    ],
)
def test_what_does_not_hold_together_is_named(made: Any, where: str) -> None:
    with pytest.raises(WorldError) as told:
        checked(made())
    assert where in told.value.where
    assert told.value.todo


def test_what_is_not_known_of_a_person_or_a_wait_is_null_and_stays_so() -> None:
    assert checked(_put("person", "need_at_start", 3, None)).person.column("need_at_start")[3].as_py() is None
    waits = checked(_put("waits", "ended_us", 3, None)).waits
    assert waits.column("ended_us")[3].as_py() is None
    assert waits.column("started_us").null_count == 0


def test_no_message_quotes_a_value() -> None:
    with pytest.raises(WorldError) as told:
        checked(_put("event", "told_by", 3, "SECRET"))
    assert "SECRET" not in str(told.value)


@given(st.lists(st.integers(day_begins(date(1980, 1, 1)), day_begins(date(2090, 1, 1))), min_size=1, max_size=20))
def test_local_times_are_those_of_the_standard_library(instants: list[int]) -> None:
    texts = instant_text(np.array(instants)).to_pylist()
    for us, text in zip(instants, texts, strict=True):
        local = (EPOCH + timedelta(seconds=us // 1_000_000)).astimezone(LONDON)
        assert text == local.isoformat()


def test_every_hour_of_a_year_of_two_changes_is_right() -> None:
    hours = np.arange(day_begins(date(2020, 1, 1)), day_begins(date(2021, 1, 1)), 1_800_000_000)
    expected = [(EPOCH + timedelta(microseconds=int(us))).astimezone(LONDON).isoformat() for us in hours]
    assert instant_text(hours).to_pylist() == expected


def test_what_is_not_known_stays_unknown() -> None:
    known = np.array([True, False, True])
    us = np.array([0, 2**62, DAY])
    assert instant_text(us, known).to_pylist() == ["1970-01-01T01:00:00+01:00", None, "1970-01-02T01:00:00+01:00"]
    assert day_text(np.array([0, 2**40, -25567]), known).to_pylist() == ["1970-01-01", None, "1900-01-01"]
    assert instant_text(np.zeros(0, dtype=np.int64)).to_pylist() == []
