"""Extracts of health, schools, courts and risk conferences, each as a place writes them, told row by row."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta

import pytest

from casetrail.records import look_at_return, recognised
from casetrail.records.returns import form, form_names
from casetrail.records.returns.headings import fitting, folded

AS_OF = date(2026, 3, 31)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LOCAL = [name for name in form_names() if form(name).local]

HEALTH = """\
NHS No,Attendance ID,DOB,Arr_Dt_Time,Arrival Mode,Triage Time,Acuity,Seen By Clinician,Departure,Discharge Status,\
Safeguarding Flag,Referred To,Referral Date,Chief Complaint
9,A1,02/03/2019,05/01/2024 18:40,1048031000000100,05/01/2024 18:55,2 - Very urgent,05/01/2024 19:30,\
05/01/2024 22:10,Treatment complete,Y,MASH,06/01/2024,arm
9,A2,02/03/2019,09/01/2024 20:00,Walk in,,,,09/01/2024 21:15,DNW,N,,,arm
9,A3,02/03/2019,10/01/2024 20:00,Balloon,,,,09/01/2024 21:15,DNW,?,None,10/01/2024,arm
"""
SCHOOL = """\
Pupil UPN,Incident ID,Incident Date,Date Added,Time Added,Category,Role of Reporter,Action Taken,Date Actioned,\
Agency Involved,Referral Date,Status,Details
U1,7,03/02/2024,03/02/2024,09:05,Bruising,TA,MASH Referral,03/02/2024 11:00,Social Services,03/02/2024 12:30,Open,x
U2,8,,04/02/2024,,Persistent Absence,Form tutor,Juggling,04/02/2024,,,Resolved,x
U2,9,05/02/2024,04/02/2024,25:00,Neglect,TA,,,,,,x
"""
ATTENDANCE = """\
UPN,Week commencing,Week ending,Possible,Sessions attended,Attendance band
U1,01/01/2024,05/01/2024,10,4,Severe absence
U2,01/01/2024,05/01/2024,10,9,90% or more
"""
COURT = """\
Case No,Child ID,Application Type,Issue Date,Hearing Type,Date Listed,Hearing Date,Hearing Outcome,\
Reason for Adjournment,Adjourned to,Order Made,Order Date,Legal Advice
ZE1,C1,Care Order,02/01/2024,CMH,04/01/2024,16/01/2024 10:30,Effective,,,Directions,16/01/2024,secret
ZE1,C1,Care Order,,IRH,16/01/2024,03/06/2024 10:00,Adjourned on the day,Late LA evidence,01/07/2024,,,secret
ZE1,C1,Care Order,,FH,16/01/2024,01/07/2026 10:00,Listed,,,,,secret
ZE1,C1,Care Order,,Final Hearing,16/01/2024,01/07/2024 10:00,Heard,,,Care and Placement Order,01/07/2024,secret
"""
MARAC = """\
Marac Ref,Victim ID,Referring Agency,Referral Date,Marac Date,Criteria,DASH Score,Repeat (12 months),No of Children,\
Agreed Action,Action Owner,Heard
M1,V1,Police,02/05/2024,15/05/2024,High,16,Y,2,Refer to children's social care,MASH,Yes
M2,V2,Midwife,03/05/2024,15/05/2024,PJ,9,New,0,,,Deferred
M3,V3,Moon,03/05/2024,01/05/2024,PJ,9,No,many,NFA,,Discussed
"""


def at(us):
    return EPOCH + timedelta(microseconds=us)


def events(extract, *names):
    return [tuple(row[name] for name in names) for row in extract.events.to_pylist()]


@pytest.fixture
def reads(tmp_path, read_return):
    def reading(text, name):
        path = tmp_path / "x.csv"
        path.write_text(text, encoding="utf-8", newline="\n")
        assert recognised(path) == name
        return read_return(path, name)

    return reading


def test_attendances(reads, told):
    extract = reads(HEALTH, "health-attendances")

    assert (extract.rows_in, extract.rows_good) == (3, 3)
    arrivals = [row for row in extract.events.to_pylist() if row["activity"] == "attended emergency department"]
    assert [(at(row["at_us"]), row["outcome"], row["severity"]) for row in arrivals] == [
        (datetime(2024, 1, 5, 18, 40, tzinfo=UTC), "emergency ambulance", "2"),
        (datetime(2024, 1, 9, 20, 0, tzinfo=UTC), "own transport", None),
    ]
    assert ("safeguarding concern noted", None) in events(extract, "activity", "passed_to")
    left = [row for row in events(extract, "activity", "closing_code") if row[1] is not None]
    assert left == [
        ("left before being seen", "left before initial assessment"),
        ("left before being seen", "left before initial assessment"),
        ("left emergency department", "treatment completed"),
    ]
    assert [row for row in events(extract, "activity", "passed_to") if row[1]] == [
        ("referral sent", "children's social care")
    ]
    found = told(extract)
    # The third leaves before it arrived: the end is told, and that arrival makes no event.
    assert ("attendances", 4, "departed", "suspicious", "dates_out_of_order") in found
    assert ("attendances", 4, "arrived", "suspicious", "event_not_made") in found
    assert ("attendances", 4, "arrival mode", "suspicious", "unknown_code") in found


def test_school_concerns_and_attendance(reads, told):
    extract = reads(SCHOOL, "school-concerns")

    assert (extract.rows_in, extract.rows_good, extract.rows_quarantined) == (3, 2, 1)
    logged = [row for row in extract.events.to_pylist() if row["activity"] == "concern logged"]
    assert [(at(row["at_us"]), row["precision"], row["case_type"], row["reported_by_role"]) for row in logged] == [
        (datetime(2024, 2, 4, tzinfo=UTC), "day", "attendance", "teacher"),
        (datetime(2024, 2, 3, 9, 5, tzinfo=UTC), "minute", "physical abuse", "teaching assistant"),
    ][::-1]
    acted = [row[1] for row in events(extract, "activity", "outcome") if row[0] == "concern acted on"]
    assert acted == ["referred to children's social care", None]
    found = told(extract)
    assert ("concerns", 3, "action", "suspicious", "unknown_code") in found
    assert ("concerns", 4, "logged", "cannot be used", "not_a_date") in found

    attendance = reads(ATTENDANCE, "school-concerns")
    assert [table.table for table in attendance.tables] == ["attendance"]
    assert events(attendance, "activity", "outcome") == [
        ("attendance recorded", "below 50 % of sessions"),
        ("attendance recorded", "90 % of sessions or more"),
    ]


def test_hearings(reads, told):
    extract = reads(COURT, "court-hearings")

    assert extract.rows_good == 4
    assert sorted(events(extract, "activity", "outcome"), key=str) == sorted(
        [
            ("application for a care order", None),
            *[("hearing listed", None)] * 4,
            ("case management hearing", "directions"),
            ("hearing adjourned", "local authority evidence late"),
            ("final hearing", "placement order"),
            ("placement order", "placement order"),
        ],
        key=str,
    )
    assert ("hearings", 4, "hearing date", "note", "after_as_of") in told(extract)
    assert any("legally privileged" in note for note in extract.notes)
    assert "legal advice" not in " ".join(extract.columns_found)


def test_risk_conferences(reads, told):
    extract = reads(MARAC, "marac-lists")

    rows = events(extract, "activity", "severity", "outcome", "passed_to", "reported_by_role")
    assert ("referred to risk conference", "visible high risk", None, None, "police") in rows
    assert ("risk conference", "visible high risk", "repeat within twelve months", None, None) in rows
    assert ("action agreed", None, "children", "children's social care", None) in rows
    assert ("risk conference deferred", None, None, None, None) in rows
    assert sum(row[0] == "action agreed" for row in rows) == 1
    found = told(extract)
    assert ("cases", 4, "referral source", "suspicious", "unknown_code") in found
    assert ("cases", 4, "meeting", "suspicious", "dates_out_of_order") in found
    assert ("cases", 4, "children", "suspicious", "not_a_number") in found


@pytest.mark.parametrize("name", LOCAL)
def test_a_canary_in_every_column(tmp_path, read_return, name):
    """Only a team's name, which is no person's, goes through as text."""
    canary = "kanarienvogel"
    table = next(iter(form(name).tables.values()))
    needed = {column: about for column, about in table.columns.items() if about.required}
    plain = dict.fromkeys(table.columns, "")
    plain |= {column: "P1" if about.kind == "id" else "01/02/2024 10:00" for column, about in needed.items()}
    rows = [plain | {column: canary} for column in table.columns] + [dict.fromkeys(table.columns, canary)]
    path = tmp_path / "x.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(table.columns))
        writer.writeheader()
        writer.writerows(rows)

    extract = read_return(path, name)
    look = look_at_return(path, name, as_of=AS_OF)
    assert extract.rows_in == len(table.columns) + 1 == extract.rows_good + extract.rows_quarantined
    told = [{key: cell for key, cell in row.items() if key != "team"} for row in extract.events.to_pylist()]
    said = (told, extract.quarantine.to_pylist(), extract.findings.to_pylist(), extract.notes, look)
    assert canary not in repr(said).casefold()


@pytest.mark.parametrize("name", LOCAL)
def test_no_spelling_means_two_codes_and_no_heading_two_columns(name):
    for table in form(name).tables.values():
        columns: dict[str, str] = {}
        for column, about in table.columns.items():
            codes: dict[str, str] = {}
            for code, others in about.codes.items():
                for text in (code, *others):
                    assert folded(text), (column, code)
                    assert codes.setdefault(folded(text), code) == code, (column, text)
            for heading in (column, *about.names):
                assert columns.setdefault(folded(heading), column) == column, heading


@pytest.mark.parametrize("name", LOCAL)
def test_every_column_is_read_by_each_of_its_headings(name):
    """Headings as they are, in capitals with underscores, and as one word."""
    about = form(name)
    for table in about.tables.values():
        needed = [column for column, form_ in table.columns.items() if form_.required]
        for column, form_ in table.columns.items():
            base = [other for other in (*needed, *table.telling[:3]) if other != column]
            for heading in form_.names:
                for written in (heading, heading.upper().replace(" ", "_"), heading.title().replace(" ", "")):
                    fit = fitting([*base, written], about)
                    assert fit is not None, written
                    assert fit.columns.get(written) == column, (table.name, written)
