"""Police extracts as a place writes them: three records of three kinds, times to the minute, nothing lost."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import openpyxl
import pytest

from casetrail.errors import InputError
from casetrail.records import recognised
from casetrail.records.returns import form

INCIDENTS = """\
INC_REF,Nominal URN,Subject DOB,Date Rcvd,Time Rcvd,Response Grade,First Deployed,1st On Scene,Date/Time Closed,\
Initial Type,Result Code,Rpt Caller,Informant Type,Referred To,Oddity
1001,P7,01/02/2015,01/03/2024,09:15,Grade 1 - Immediate,01/03/2024 09:17,01/03/2024 09:31,01/03/2024 11:00,\
Domestic Incident,AIO,Y,Neighbour,MASH,x
1002,P7,01/02/2015,02/07/2024,22:40,4,,,02/07/2024 23:10,Concern for welfare,ASNT,N,Anon,,x
1002,P8,01/02/2016,02/07/2024,22:40,G2,,,45475.9652777778,Concern for welfare,Area search - no trace,N,MOP,,x
1003,,01/02/2016,02/07/2024,,R,,,,,,,,,
1004,P9,01/02/2016,31/02/2024,10:10,R,,,,,,,,,
"""


def naive(*parts):
    return datetime(*parts)  # noqa: DTZ001  # a cell of a workbook has no zone


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def write(path, text):
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def at(us):
    return EPOCH + timedelta(microseconds=us)


@pytest.fixture
def log(tmp_path):
    return write(tmp_path / "extract.csv", INCIDENTS)


def test_an_incident_log_with_headings_of_its_own(log, read_return, told):
    assert recognised(log) == "police-incidents"
    extract = read_return(log, "police-incidents")

    assert (extract.rows_in, extract.rows_good, extract.rows_quarantined) == (5, 3, 2)
    calls = [row for row in extract.events.to_pylist() if row["activity"] == "call received"]
    # 09:15 in March is Greenwich time; 22:40 in July is an hour ahead of it.
    assert [at(row["at_us"]) for row in calls] == [
        datetime(2024, 3, 1, 9, 15, tzinfo=UTC),
        datetime(2024, 7, 2, 21, 40, tzinfo=UTC),
        datetime(2024, 7, 2, 21, 40, tzinfo=UTC),
    ]
    assert [row["precision"] for row in calls] == ["minute"] * 3
    assert [row["severity"] for row in calls] == ["emergency", None, "priority"]
    assert [row["reported_by_role"] for row in calls] == ["neighbour", "anonymous", "member of the public"]
    assert calls[1]["incident"] == calls[2]["incident"] != calls[0]["incident"]
    assert len({row["person"] for row in calls}) == 2
    closed = [row for row in extract.events.to_pylist() if row["closing_code"]]
    assert [(row["activity"], row["closing_code"]) for row in closed] == [
        ("call closed without attendance", "area search no trace"),
        ("call closed without attendance", "area search no trace"),
        ("call closed", "all in order"),
    ]
    # 45475.9652777778 days from the end of 1899 are 2 July 2024, 23:10.
    assert at(closed[1]["at_us"]) == datetime(2024, 7, 2, 22, 10, tzinfo=UTC)
    passed = [(row["activity"], row["passed_to"]) for row in extract.events.to_pylist() if row["passed_to"]]
    assert passed == [("matter passed on", "children's social care")]
    assert [row["outcome"] for row in extract.events.to_pylist() if row["activity"] == "marked as a repeat"] == [
        "repeat caller"
    ]
    found = told(extract)
    assert ("incidents", 5, "person", "cannot be used", "missing_required") in found
    assert ("incidents", 6, "received", "cannot be used", "not_a_date") in found
    assert ("incidents", 3, "grade", "suspicious", "unknown_code") in found
    assert ("incidents", 4, "closed", "note", "date_written_otherwise") in found
    assert any("'Oddity'" in note for note in extract.notes)


CRIMES = """\
Crime No,CAD Ref,Victim URN,Date Reported,Recorded,Date Finalised,Offence,Outcome
C1,1001,P7,01/03/2024,02/03/2024 10:00,01/05/2024,ABH,15
C2,,P8,05/03/2024 08:00,05/03/2024 07:00,,Child neglect,
C3,,P8,05/03/2024,06/03/2024,07/03/2024,Cruelty to children/young persons,Outcome 16 - victim does not support
C4,,P8,05/03/2024,06/03/2024,07/03/2024,Witchcraft,23
"""
NOTICES = """\
PPN Ref,Log Number,Vulnerable Person ID,PPN Created,PPN Type,BRAG,MASH Decision,Date Sent,Sent To
N1,1001,P7,01/03/2024 12:00,CCN,Amber,Share,04/03/2024 16:00,Social Services
N2,1002,P8,03/07/2024 01:00,Child concern,G,Retained,,
N3,1002,P9,03/07/2024 01:00,Child concern,purple,Share,02/07/2024 23:00,N/A
"""


def test_a_crime_record_is_another_thing(tmp_path, read_return, told):
    path = write(tmp_path / "x.csv", CRIMES)
    assert recognised(path) == "police-crimes"
    extract = read_return(path, "police-crimes")

    rows = extract.events.to_pylist()
    finalised = [(row["closing_code"], row["precision"]) for row in rows if row["activity"] == "crime finalised"]
    assert finalised == [
        ("evidential difficulties: suspect identified, victim supports action", "day"),
        ("evidential difficulties: suspect identified, victim does not support action", "day"),
        ("not stated or not understood", "day"),
    ]
    reported = [(row["case_type"], row["precision"]) for row in rows if row["activity"] == "crime reported"]
    assert reported == [
        ("violence with injury", "day"),
        ("cruelty to or neglect of children", "minute"),
        ("cruelty to or neglect of children", "day"),
        (None, "day"),
    ]
    assert rows[0]["recorded_us"] is not None
    assert ("crimes", 3, "recorded", "suspicious", "dates_out_of_order") in told(extract)
    assert ("crimes", 5, "outcome", "suspicious", "unknown_code") in told(extract)
    assert extract.rows_quarantined == 0


def test_a_protection_notice_is_a_third(tmp_path, read_return, told):
    path = write(tmp_path / "x.csv", NOTICES)
    assert recognised(path) == "police-notices"
    extract = read_return(path, "police-notices")

    rows = extract.events.to_pylist()
    sent = [(row["passed_to"], row["severity"]) for row in rows if row["activity"] == "notification sent"]
    assert sent == [("children's social care", "amber")]
    kept = [row["closing_code"] for row in rows if row["activity"] == "protection notice not shared"]
    # A decision without a day of review makes no event: nothing says when.
    assert kept == []
    assert ("notices", 4, "shared", "suspicious", "dates_out_of_order") in told(extract)
    assert ("notices", 4, "risk", "suspicious", "unknown_code") in told(extract)


def test_the_outcome_types_are_one_to_twenty_two():
    # Crime outcomes in England and Wales, technical annex: twenty-two types.
    outcome = form("police-crimes").tables["crimes"].columns["outcome"]
    assert list(outcome.codes) == [str(number) for number in range(1, 23)]


def test_a_workbook_with_times_of_its_own_type(tmp_path, read_return):
    """Dates and times of day in cells of their own types, a title above, two more sheets that are no log."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Log"
    sheet.append(["Force control room: extract"])
    sheet.append(["CAD Number", "Nominal ID", "Incident Date", "Incident Time", "Grade", "Attended", "Closing Code"])
    sheet.append([17, "P1", naive(2024, 1, 5), time(14, 5), "E", naive(2024, 1, 5, 14, 20), "NFA"])
    sheet.append([18, "P1", naive(2024, 1, 6), None, "S", None, "Advice given"])
    book.create_sheet("Notes").append(["Read me"])
    path = tmp_path / "log.xlsx"
    book.save(path)

    assert recognised(path) == "police-incidents"
    extract = read_return(path, "police-incidents")
    calls = [row for row in extract.events.to_pylist() if row["activity"] == "call received"]
    assert [(at(row["at_us"]), row["precision"]) for row in calls] == [
        (datetime(2024, 1, 5, 14, 5, tzinfo=UTC), "minute"),
        (datetime(2024, 1, 6, tzinfo=UTC), "day"),
    ]
    assert [row["source_place"] for row in calls] == [
        "log.xlsx, sheet Log, record 1, row 3",
        "log.xlsx, sheet Log, record 2, row 4",
    ]
    assert read_return(path, "police-incidents", sheet="Log").rows_in == 2
    with pytest.raises(InputError):
        read_return(path, "police-incidents", sheet="Notes")


def test_a_file_that_lacks_what_is_needed_says_what_it_has(tmp_path, read_return):
    path = write(tmp_path / "x.csv", "Log,Wer,Received,Grade,Arrived\n1,P1,01/02/2024,1,\n")
    with pytest.raises(InputError) as excinfo:
        read_return(path, "police-incidents")
    assert "'person'" in str(excinfo.value)
    assert "'Wer'" in str(excinfo.value)
    assert excinfo.value.code == "no_table"
    extract = read_return(path, "police-incidents", headings={"person": ("Wer",)})
    assert extract.rows_good == 1


def test_numbers_that_start_anew_each_day_are_joined_with_the_day(tmp_path, read_return):
    text = (
        "Log No,Log Day,Person ID,Received,Grade,Arrived\n5,01/02/2024,P1,01/02/2024 10:00,1,\n"
        "5,02/02/2024,P1,02/02/2024 10:00,1,\n"
    )
    path = write(tmp_path / "x.csv", text)
    apart = read_return(path, "police-incidents", headings={"incident": ("Log No", "Log Day")})
    assert len(set(apart.events["incident"].to_pylist())) == 2
    assert len(set(read_return(path, "police-incidents").events["incident"].to_pylist())) == 1


def test_codes_of_a_place_are_laid_over(tmp_path, read_return, told):
    text = "CAD,Person ID,Received,Grade,Arrived,Closed,Closing Code\n5,P1,01/02/2024 10:00,4,,01/02/2024 11:00,S\n"
    path = write(tmp_path / "x.csv", text)
    codes = {"grade": {"no attendance": ("4",)}, "closing code": {"sent to another place": ("S",)}}
    extract = read_return(path, "police-incidents", codes=codes)
    rows = extract.events.to_pylist()
    assert rows[0]["severity"] == "no attendance"
    assert [row["closing_code"] for row in rows if row["closing_code"]] == ["sent to another place"]
    assert {code for *_, code in told(extract)} == {"code_spelt_otherwise"}


def test_a_grade_that_lost_digits_is_told(tmp_path, read_return, told):
    book = openpyxl.Workbook()
    book.active.append(["CAD", "Person ID", "Received", "Grade", "Arrived"])
    book.active.append([5, "P1", "01/02/2024 10:00", 10480710000001030, ""])
    book.save(tmp_path / "x.xlsx")
    assert ("incidents", 2, "grade", "suspicious", "id_precision_lost") in told(
        read_return(tmp_path / "x.xlsx", "police-incidents")
    )


def test_a_rounded_person_of_a_local_extract(tmp_path, read_return, told):
    text = "CAD,Person ID,Received,Grade,Arrived\n5,1.23457E+17,01/02/2024 10:00,,\n6,1.23457E+17,01/02/2024 11:00,,\n"
    extract = read_return(write(tmp_path / "x.csv", text), "police-incidents")
    assert {row[1:3] for row in told(extract) if row[-1] == "id_precision_lost"} == {(2, "person"), (3, "person")}
    assert not extract.events.num_rows or extract.events["person"].null_count == extract.events.num_rows
