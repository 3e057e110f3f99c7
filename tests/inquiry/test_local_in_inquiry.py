"""Local extracts as sources: three records of one incident, headings of a place, a form of its own, refusals."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from casetrail.cli import main
from casetrail.errors import CasetrailError, InputError, InquiryError
from casetrail.inquiry import WorkFolder, parse, read_records
from casetrail.records import form_text

TODAY = date(2026, 1, 1)
INCIDENTS = (
    "CAD,Person ID,Received,Grade,Arrived,Closed,Result\n"
    "77,P1,01/02/2024 10:00,1,01/02/2024 10:09,01/02/2024 12:00,PPN\n"
)
AGAIN = "78,P1,05/02/2024 10:00,2,,05/02/2024 12:00,NFA\n"
CRIMES = "Crime No,CAD,Person ID,Date Reported,Offence,Outcome\nC9,77,P1,01/02/2024,ABH,15\n"
NOTICES = "PPN,CAD,Person ID,PPN Created,Risk,Date Shared,Shared With\nN5,77,P1,01/02/2024 13:00,M,02/02/2024,CSC\n"
HEAD = '[inquiry]\ntitle = "Three records"\nas_of = 2024-12-31\n'


def source(name: str, rest: str = "") -> str:
    return f'[[source]]\nname = "{name}"\nfile = "{name}.csv"\norigin = "made-up"\n{rest}\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in (("calls", INCIDENTS), ("crimes", CRIMES), ("notices", NOTICES)):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return tmp_path


def answers_of(pack: Path) -> dict[str, dict[str, Any]]:
    told = json.loads((pack / "answers.json").read_text(encoding="utf-8"))["answers"]
    return {one["id"]: one for one in told}


def inquiry(folder: Path, *sources: str) -> Path:
    path = folder / "three.toml"
    path.write_text(HEAD + "".join(sources), encoding="utf-8")
    return path


THREE = (
    source("calls", 'format = "police-incidents"'),
    source("crimes", 'format = "police-crimes"'),
    source("notices", 'format = "police-notices"'),
)


def test_three_records_of_one_incident(folder: Path) -> None:
    wanted = parse(inquiry(folder, *THREE), today=TODAY)
    read = read_records(wanted, WorkFolder(wanted.work))
    assert [(s.form, s.rows_in, s.rows_good) for s in read.sources] == [
        ("police-incidents 2024", 1, 1),
        ("police-crimes 2024", 1, 1),
        ("police-notices 2024", 1, 1),
    ]
    assert "incident" in read.mapped
    with duckdb.connect(str(read.snapshot), read_only=True) as engine:
        found = engine.execute(
            "select count(distinct source), count(distinct incident), count(distinct person), count(*) "
            "filter (where incident is null) from event_raw"
        ).fetchall()
    # Three sources, one incident, one person, and no event that forgot which incident it is about.
    assert found == [(3, 1, 1, 0)]


def test_repeats_are_answered_with_incidents_and_refused_without(folder: Path) -> None:
    (folder / "calls.csv").write_text(INCIDENTS + AGAIN, encoding="utf-8")
    assert main(["run", str(inquiry(folder, *THREE))]) == 0
    assert "table" in answers_of(folder / "three-pack")["trail.repeats"]
    mapping = '[source.columns]\nperson = "Person ID"\nactivity = "Grade"\nat = "Received"'
    plain = source("calls", f'agency = "police"\ndate_format = "%d/%m/%Y %H:%M"\n{mapping}')
    other = folder / "plain.toml"
    other.write_text(HEAD + plain, encoding="utf-8")
    assert main(["run", str(other)]) == 0
    assert answers_of(folder / "plain-pack")["trail.repeats"]["refusal"]["reason"] == "incident_not_mapped"


def test_headings_and_codes_of_a_place(folder: Path) -> None:
    (folder / "calls.csv").write_text(
        "Sache,Wer,Wann,Stufe,Ende,Closing Code\n77,P1,2024-02-01 10:00,eilig,2024-02-01 11:00,Q\n", encoding="utf-8"
    )
    rest = (
        'format = "police-incidents"\n[source.headings]\nincident = "Sache"\nperson = "Wer"\nreceived = "Wann"\n'
        'grade = "Stufe"\nclosed = "Ende"\n[source.codes.grade]\nemergency = "eilig"\n'
        '[source.codes."closing code"]\n"no further action" = ["Q"]'
    )
    wanted = parse(inquiry(folder, source("calls", rest)), today=TODAY)
    read = read_records(wanted, WorkFolder(wanted.work))
    assert (read.sources[0].rows_in, read.sources[0].rows_good) == (1, 1)
    with duckdb.connect(str(read.snapshot), read_only=True) as engine:
        rows = engine.execute("select activity, severity, closing_code from event_raw order by row_no").fetchall()
    assert rows == [("call received", "emergency", None), ("call closed", None, "no further action")]
    # Another heading is another reading.
    other = parse(inquiry(folder, source("calls", rest.replace('"eilig"', '"hastig"'))), today=TODAY)
    assert read_records(other, WorkFolder(other.work)).key != read.key


def test_a_form_of_its_own(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--form", "police-incidents"]) == 0
    text = capsys.readouterr().out
    assert text == form_text("police-incidents")
    own = text.replace('name = "police-incidents"', 'name = "ours"').replace('"call received"', '"telephone rang"')
    (folder / "ours.toml").write_text(own, encoding="utf-8")
    wanted = parse(inquiry(folder, source("calls", 'form = "ours.toml"')), today=TODAY)
    read = read_records(wanted, WorkFolder(wanted.work))
    assert read.sources[0].form == "ours 2024"
    with duckdb.connect(str(read.snapshot), read_only=True) as engine:
        assert engine.execute("select activity from event_raw order by row_no limit 1").fetchall() == [
            ("telephone rang",)
        ]
    (folder / "ours.toml").write_text(own.replace("telephone rang", "bell"), encoding="utf-8")
    again = parse(inquiry(folder, source("calls", 'form = "ours.toml"')), today=TODAY)
    assert read_records(again, WorkFolder(again.work)).key != read.key


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("year = 2024", 'year = "2024"', "`year`"),
        ('kind = "time"', 'kind = "hour"', "'hour'"),
        ('person = "person"', 'person = "somebody"', "somebody"),
        ('activity = "call received"', 'activity = "call received"\ncolour = "person"', "colour"),
        ('agency = "police"', "", "'agency'"),
        ("[coverage]", "[covered]", "covered"),
        ('title = "Police incident log"', 'title = "Police incident log', "TOML"),
        ("[tables.incidents.columns]", "[tables.incidents.colums]", "colums"),
    ],
)
def test_a_form_that_is_wrong_says_what_and_where(folder: Path, was: str, becomes: str, said: str) -> None:
    text = form_text("police-incidents")
    assert was in text
    (folder / "ours.toml").write_text(text.replace(was, becomes, 1), encoding="utf-8")
    with pytest.raises(InquiryError) as excinfo:
        parse(inquiry(folder, source("calls", 'form = "ours.toml"')), today=TODAY)
    assert said in str(excinfo.value)
    assert "ours.toml" in str(excinfo.value)
    assert excinfo.value.code == "form_wrong"


@pytest.mark.parametrize(
    ("rest", "kind", "code"),
    [
        ('form = "nowhere.toml"', InquiryError, "no_form_file"),
        ('form = "x.toml"\nformat = "csv"', InquiryError, "two_forms"),
        ('format = "police-incidents"\n[source.columns]\nperson = "x"', InquiryError, "mapped_twice"),
        ('format = "police-incidents"\n[source.headings]\npersn = "Person ID"', InquiryError, "no_such_column"),
        ('format = "police-incidents"\n[source.headings]\nperson = "Nobody"', InputError, "no_table"),
        ('format = "police-incidents"\n[source.headings]\nofficer = "Nobody"', InputError, "missing_column"),
        ('format = "police-incidents"\n[source.headings]\nperson = ""', InquiryError, "InquiryError"),
        ('format = "police-incidents"\n[source.codes.person]\nx = "y"', InquiryError, "no_codes_there"),
        ('format = "police-incidents"\n[source.codes]\ngrade = "y"', InquiryError, "wrong_type"),
        ('agency = "p"\n[source.headings]\nperson = "x"', InquiryError, "no_form"),
        ('format = "ssda903"\nprecision = "day"', InquiryError, "mapped_twice"),
        ('format = "police-crimes"', InputError, "no_table"),
    ],
)
def test_what_cannot_be_is_refused(folder: Path, rest: str, kind: type[CasetrailError], code: str) -> None:
    with pytest.raises(kind) as excinfo:
        wanted = parse(inquiry(folder, source("calls", rest)), today=TODAY)
        read_records(wanted, WorkFolder(wanted.work))
    assert excinfo.value.code == code
    assert "P1" not in str(excinfo.value)


def test_only_local_extracts_have_a_form_to_change() -> None:
    assert main(["init", "--form", "ssda903"]) == 3
    assert main(["init", "--form", "nothing"]) == 3
