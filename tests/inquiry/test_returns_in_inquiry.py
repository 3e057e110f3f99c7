"""A statutory return as a source: read in, told cell by cell, covered on a page, asked again, purged."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import pytest

from casetrail.cli import main
from casetrail.errors import InquiryError
from casetrail.inquiry import WorkFolder, parse, read_records

CANARY = "kanarienvogel"
HEADER = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n7,M,05/05/2012,WBRI,A1,,\n"
MISSING = (
    "CHILD,DOB,MISSING,MIS_START,MIS_END\n7,05/05/2012,M,01/03/2021,03/03/2021\n7,05/05/2012,Q,01/05/2021,\n"
    f"7,05/05/2012,M,{CANARY},\n{CANARY},{CANARY},{CANARY},01/06/2021,{CANARY}\n"
)
INQUIRY = """
[inquiry]
title = "A return and a log"
as_of = 2022-01-01
[[source]]
name = "care"
file = "903"
format = "ssda903"
origin = "made-up"
[[source]]
name = "police"
file = "calls.csv"
origin = "made-up"
agency = "police"
person_scheme = "la-child-id"
[source.columns]
person = "id"
activity = "what"
at = "when"
"""


@pytest.fixture
def inquiry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "903").mkdir()
    (tmp_path / "903" / "header.csv").write_text(HEADER, encoding="utf-8")
    (tmp_path / "903" / "missing.csv").write_text(MISSING, encoding="utf-8")
    (tmp_path / "calls.csv").write_text("id,what,when\n7,call,2021-03-02\n", encoding="utf-8")
    file = tmp_path / "care.toml"
    file.write_text(INQUIRY, encoding="utf-8")
    return file


def test_read_in_and_taken_again_from_the_snapshot(inquiry: Path) -> None:
    wanted = parse(inquiry, today=date(2022, 1, 1))
    work = WorkFolder(wanted.work)
    first = read_records(wanted, work)
    again = read_records(wanted, work)

    assert first == again
    care = first.sources[0]
    assert (care.form, care.rows_in, care.rows_good, care.rows_quarantined) == ("ssda903 2026", 5, 4, 1)
    assert {(table.table, table.rows_in) for table in care.tables} == {("header", 1), ("missing", 4)}
    assert "outcome" in care.mapped
    # What is read by another form is not taken from the snapshot.
    other = INQUIRY.replace('format = "ssda903"', 'format = "ssda903"\nyear = 2017')
    inquiry.write_text(other, encoding="utf-8")
    assert read_records(parse(inquiry, today=date(2022, 1, 1)), work).sources[0].form == "ssda903 2017"


def test_findings_are_written_with_their_places(inquiry: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", str(inquiry)]) == 0
    said = capsys.readouterr()
    work = inquiry.parent / "care.casetrail"
    with (work / "findings.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    told = {(row["file"], row["line"], row["column"], row["severity"], row["code"]) for row in rows}
    assert ("missing.csv", "4", "MIS_START", "cannot be used", "not_a_date") in told
    assert ("missing.csv", "3", "MISSING", "suspicious", "unknown_code") in told
    assert ("missing.csv", "5", "MIS_END", "suspicious", "not_a_date") in told
    assert all(row["stamp"] for row in rows)
    files = [path.read_text(encoding="utf-8-sig") for path in work.glob("*.csv")]
    assert CANARY not in "".join(files) + said.out + said.err + (work / "sources.json").read_text(encoding="utf-8")


def test_run_explain_and_purge(inquiry: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(inquiry)]) == 0
    pack = inquiry.parent / "care-pack"
    answers = json.loads((pack / "answers.json").read_text(encoding="utf-8"))["answers"]
    (page,) = (answer for answer in answers if answer["id"] == "records.coverage")
    rows = page["table"]["rows"]
    assert ["care", "ssda903 2026", "no"] in [row[:3] for row in rows]
    assert ["police", "own mapping", "no", "in which role somebody told"] in rows
    capsys.readouterr()
    assert main(["explain", "records.coverage", "--pack", str(pack), "--inquiry", str(inquiry)]) == 0
    assert "the same figure" in capsys.readouterr().out
    assert main(["purge", "--yes", str(inquiry)]) == 0
    assert not (inquiry.parent / "care.casetrail").exists()
    assert (inquiry.parent / "903" / "header.csv").is_file()


def test_an_inquiry_without_returns_has_no_such_page(inquiry: Path) -> None:
    head, _, police = INQUIRY.split("[[source]]")
    inquiry.write_text(f"{head}[[source]]{police}", encoding="utf-8")
    assert main(["run", str(inquiry)]) == 0
    assert "records.coverage" not in (inquiry.parent / "care-pack" / "answers.json").read_text(encoding="utf-8")
    assert not (inquiry.parent / "care.casetrail" / "findings.csv").exists()


@pytest.mark.parametrize(
    ("was", "becomes", "code"),
    [
        ('format = "ssda903"', 'format = "ssda904"', "wrong_choice"),
        ('format = "ssda903"', 'format = "ssda903"\nkind = "involvements"', "mapped_twice"),
        ('format = "ssda903"', 'format = "ssda903"\nsheet = "x"', "mapped_twice"),
        ('format = "ssda903"', 'format = "ssda903"\nyear = 1066', "InquiryError"),
        ('format = "ssda903"', 'format = "ssda903"\nyear = "2020"', "wrong_type"),
        ('agency = "police"', 'agency = "police"\nyear = 2020', "year_of_no_return"),
    ],
)
def test_settings_that_cannot_be(inquiry: Path, was: str, becomes: str, code: str) -> None:
    inquiry.write_text(INQUIRY.replace(was, becomes), encoding="utf-8")
    with pytest.raises(InquiryError) as excinfo:
        parse(inquiry, today=date(2022, 1, 1))
    assert excinfo.value.code == code


def test_a_look_recognises_a_return(inquiry: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = inquiry.parent / "903"
    assert main(["read", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "Children looked after (SSDA903): ssda903 2026; 5 rows" in said
    assert "missing: MIS_START: 1 not_a_date, first missing.csv, record 3, line 4" in said
    assert "cannot say  hours: every date is a day" in said
    assert main(["read", str(folder), str(inquiry.parent / "calls.csv"), "--json"]) == 0
    out = capsys.readouterr().out
    found = json.loads(out)["files"]
    assert [one["file"] for one in found] == ["903", "calls.csv"]
    assert found[0]["form"] == "ssda903 2026"
    assert CANARY not in said + out


def test_init_writes_a_source_for_a_return(inquiry: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written = inquiry.parent / "new.toml"
    assert main(["init", "--from", str(inquiry.parent / "903"), "--out", str(written)]) == 0
    assert "1 statutory return was recognised." in capsys.readouterr().out
    text = written.read_text(encoding="utf-8").replace('origin = "real"', 'origin = "made-up"')
    written.write_text(text, encoding="utf-8")
    (source,) = parse(written, today=date(2022, 1, 1)).sources
    assert source.format == "ssda903"
    assert source.path.resolve() == inquiry.parent / "903"
