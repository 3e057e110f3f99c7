"""Dates and times: one case per line, as a person would write them down."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from casetrail.errors import InquiryError
from casetrail.schema.events import MICROSECONDS_PER_DAY


def us(text: str) -> int:
    """Microseconds since 1970 of an ISO time in UTC."""
    whole = datetime.fromisoformat(text).replace(tzinfo=UTC)
    return (whole - datetime(1970, 1, 1, tzinfo=UTC)) // (datetime.resolution)


def one(read, when, **settings):
    return read(f'who,what,when\n1,call,"{when}"\n', **settings)


@pytest.mark.parametrize(
    ("written", "stored", "precision"),
    [
        ("2007-03-04", "2007-03-04", "day"),
        ("2007/03/04", "2007-03-04", "day"),
        ("2007-07-04", "2007-07-04", "day"),  # a day is not moved to UTC
        ("2007-07-04T10:00", "2007-07-04T09:00", "minute"),  # London summer
        ("2007-03-04 10:00:30", "2007-03-04T10:00:30", "minute"),
        ("2007/03/04 10:00:30.250", "2007-03-04T10:00:30.250", "minute"),
        ("2007-03-04T10:00:30.123456789Z", "2007-03-04T10:00:30.123456", "minute"),
        ("2007-03-04T10:00:30+02:00", "2007-03-04T08:00:30", "minute"),
        ("2007-03-04T10:00:30-0330", "2007-03-04T13:30:30", "minute"),
        (" 2007-03-04 ", "2007-03-04", "day"),
    ],
)
def test_iso_dates_need_no_format(read, written, stored, precision):
    events = one(read, written).events

    assert [us(stored)] == events["at_us"].to_pylist()
    assert [precision] == events["precision"].to_pylist()


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("04/03/2007", "ambiguous_date"),
        ("25/12/2007", "ambiguous_date"),
        ("04/03/07", "ambiguous_date"),
        ("4.3.2007 10:00", "ambiguous_date"),
        ("31/02/2007", "not_a_date"),
        ("2007-02-31", "not_a_date"),
        ("2007-03-04T25:00", "not_a_date"),
        ("2007-03-04T10:00+99:00", "not_a_date"),
        ("soon", "not_a_date"),
        ("39145", "not_a_date"),
        ("20070304", "not_a_date"),
        ("2028-01-01", "after_as_of"),
        ("2011-01-01", "after_as_of"),
        ("1823-05-06", "implausible_date"),
        ("1900-01-01", "missing_time"),
        ("1899-12-30", "missing_time"),
        ("9999-12-31", "missing_time"),
        ("9999-12-31 23:59:59", "missing_time"),
        ("", "missing_time"),
    ],
)
def test_what_is_no_date(read, faults, written, code):
    assert [(1, 2, "when", code)] == faults(one(read, written))


def test_the_last_day_counts_to_its_local_end(read):
    summer = date(2010, 6, 30)

    assert one(read, "2010-06-30T23:59:59", as_of=summer).rows_good == 1
    assert one(read, "2010-06-30", as_of=summer).rows_good == 1
    assert one(read, "2010-06-30T22:59:59Z", as_of=summer).rows_good == 1
    assert one(read, "2010-06-30T23:00:00Z", as_of=summer).rows_good == 0  # midnight in London


@pytest.mark.parametrize(
    ("date_format", "written", "stored"),
    [
        ("%d/%m/%Y", "04/03/2007", "2007-03-04"),
        ("%m/%d/%Y", "04/03/2007", "2007-04-03"),
        ("%d/%m/%Y", "4/3/2007", "2007-03-04"),
        ("%d/%m/%y", "04/03/07", "2007-03-04"),
        ("%d/%m/%y", "04/03/11", "1911-03-04"),
        ("%d %b %Y", "4 MAR 2007", "2007-03-04"),
        ("%d %B %Y", "4 March 2007", "2007-03-04"),
        ("%Y%m%d", "20070304", "2007-03-04"),
        ("%d/%m/%Y %H:%M", "04/07/2007 10:00", "2007-07-04T09:00"),
        ("%d/%m/%Y %I:%M %p", "04/03/2007 12:30 am", "2007-03-04T00:30"),
        ("%d/%m/%Y %I:%M %p", "04/03/2007 1:30 PM", "2007-03-04T13:30"),
        ("%d.%m.%Y %H:%M:%S.%f%z", "04.03.2007 10:00:00.5+01:00", "2007-03-04T09:00:00.5"),
    ],
)
def test_declared_formats(read, date_format, written, stored):
    assert [us(stored)] == one(read, written, date_format=date_format).events["at_us"].to_pylist()


@pytest.mark.parametrize("written", ["31/02/2007", "2007-03-04", "04/03/2007 10:00", "04-03-2007", "13/13/2007"])
def test_a_declared_format_is_kept_to(read, faults, written):
    assert [fault[3] for fault in faults(one(read, written, date_format="%d/%m/%Y"))] == ["not_a_date"]


@pytest.mark.parametrize(
    "bad", ["%d/%m", "%Y-%Q-%d", "%d/%m/%Y %I:%M", "%d/%m/%Y %M", "%d/%d/%m/%Y", "%", "dd/mm/yyyy"]
)
def test_a_format_that_is_none(read, bad):
    with pytest.raises(InquiryError) as excinfo:
        one(read, "04/03/2007", date_format=bad)
    assert excinfo.value.code == "bad_date_format"


def test_an_unknown_zone(read):
    with pytest.raises(InquiryError) as excinfo:
        one(read, "2007-03-04", zone="Europe/Nowhere")
    assert excinfo.value.code == "unknown_zone"


def test_a_forced_day_is_the_local_day_as_written(read):
    events = one(read, "2014-05-20T01:00:00+03:00", precision="day", as_of=date(2015, 1, 1)).events

    assert [us("2014-05-20")] == events["at_us"].to_pylist()
    assert events["precision"].to_pylist() == ["day"]
    assert events["at_us"].to_pylist()[0] % MICROSECONDS_PER_DAY == 0


def test_a_declared_minute_makes_a_bare_day_its_local_midnight(read):
    events = one(read, "2007-07-04", precision="minute").events

    assert [us("2007-07-03T23:00")] == events["at_us"].to_pylist()
    assert events["precision"].to_pylist() == ["minute"]


def test_clocks_going_back_and_forward_are_told(read):
    text = "who,what,when\n1,a,2007-10-28T01:30\n1,a,2007-03-25T01:30\n"

    extract = read(text)

    assert [us("2007-10-28T00:30"), us("2007-03-25T01:30")] == extract.events["at_us"].to_pylist()
    assert "1 time in 'at' happened twice (clocks went back): the first was taken." in extract.notes
    assert "1 time in 'at' never happened (clocks went forward): read with the offset before." in extract.notes


def test_only_midnights_are_told(read):
    extract = read("who,what,when\n1,a,2007-10-01T00:00\n1,a,2007-03-02T00:00\n")

    assert any('precision = "day"' in note for note in extract.notes)


TIMES = {"person": ("who",), "activity": ("what",), "at": ("from",), "end": ("to",), "recorded": ("known",)}


def test_end_before_start_and_sentinel_ends(read, faults):
    extract = read(
        "who,what,from,to,known\n"
        "1,a,2007-03-04,2007-03-03,\n"
        "1,a,2007-03-04,1900-01-01,2007-03-05\n"
        "1,a,2007-03-04,2007-03-04,2028-01-01\n"
        "1,a,2007-03-04,oops,\n",
        columns=TIMES,
    )

    assert faults(extract) == [
        (1, 2, "to", "end_before_start"),
        (3, 4, "known", "after_as_of"),
        (4, 5, "to", "not_a_date"),
    ]
    assert extract.events["end_us"].to_pylist() == [None]
    assert [us("2007-03-05")] == extract.events["recorded_us"].to_pylist()
    assert "1 date in 'end' stood for 'unknown' and became unknown." in extract.notes


def test_a_record_has_one_precision(read):
    extract = read("who,what,from,to,known\n1,a,2007-07-04T10:00,2007-07-04,\n", columns=TIMES)

    assert extract.events["precision"].to_pylist() == ["day"]
    assert extract.events["at_us"].to_pylist() == extract.events["end_us"].to_pylist() == [us("2007-07-04")]
    assert any("kept as days" in note for note in extract.notes)


def test_date_and_time_in_two_columns(read):
    extract = read(
        "who,what,on,at\n1,a,04/03/2007,10:15\n1,b,04/03/2007,10:20\n",
        columns={"person": ("who",), "activity": ("what",), "at": ("on", "at")},
        date_format="%d/%m/%Y %H:%M",
    )

    assert [us("2007-03-04T10:15"), us("2007-03-04T10:20")] == extract.events["at_us"].to_pylist()


def test_outside_coverage(read, faults):
    extract = read(
        "who,what,when\n1,a,2006-12-31\n1,a,2007-01-01\n1,a,2007-06-30T23:30\n1,a,2007-07-01\n",
        covers_from=date(2007, 1, 1),
        covers_to=date(2007, 6, 30),
    )

    assert faults(extract) == [(1, 2, "when", "outside_coverage"), (4, 5, "when", "outside_coverage")]


def test_unknown_dates_can_be_declared(read, faults):
    extract = read(
        "who,what,when\n1,a,2000-01-01\n1,a,2000-01-01T14:00\n1,a,1900-01-01\n",
        unknown_dates=(date(2000, 1, 1),),
    )

    assert faults(extract) == [(1, 2, "when", "missing_time")]
