"""The record of processing and impact assessment: what is in the sources, what the code does, and open questions."""

from __future__ import annotations

import csv
import re
from html.parser import HTMLParser
from pathlib import Path

import pyrage
import pytest

from casetrail.inquiry.protection.kinds import becomes, kind_of
from casetrail.records.extract import ColumnHeld

from .command import casetrail
from .real import CANARY, real_inquiry

HEADINGS = ("30(1)(a)", "30(1)(b)", "30(1)(c)", "30(1)(d)", "30(1)(e)", "30(1)(f)", "30(1)(g)")
ASSESSMENT = ("35(1)", "35(7)(a)", "35(7)(b)", "35(7)(c)", "35(7)(d)", "35(2)", "35(9)", "35(11)", "Article 36")


def test_every_heading_of_both_articles_is_there_and_nothing_is_stored(tmp_path: Path) -> None:
    file = real_inquiry(tmp_path)
    said = casetrail("protection", file)
    assert said.code == 0, said.err
    for heading in (*HEADINGS, *ASSESSMENT):
        assert heading in said.out
    assert "**Internal, not for release**" in said.out
    for line in ("A Council", "Purpose: learning from one case", "Lawful basis: public task", "Kept until 2099-12-31"):
        assert line in said.out
    assert not (tmp_path / "work").exists()
    assert CANARY not in said.all


def _columns(said: object) -> dict[tuple[str, str], tuple[str, str, str]]:
    parts = [part for part in said["parts"] if part["heading"].startswith("Categories of data")]  # type: ignore[index]
    return {(row[0], row[1]): tuple(row[2:]) for part in parts for row in part["rows"]["rows"]}


def test_categories_are_those_of_the_files_by_an_independent_count(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text(
        "child,what,when,surname,dob,ethnicity,worker,outcome,spare\n"
        "1,call,2007-01-02,Ahn,2001-02-03,WBRI,w1,,x\n"
        "2,call,2007-01-03,Bale,,WBRI,w2,seen,\n"
        "3,counsel's advice,2007-01-03,Cole,,WBRI,w2,seen,\n"
        "4,call,no date,Dee,2001-02-03,WBRI,,seen,\n",
        encoding="utf-8",
    )
    key = pyrage.x25519.Identity.generate().to_public()
    file = tmp_path / "inquiry.toml"
    file.write_text(
        f'[inquiry]\ntitle = "One | *case*"\nas_of = 2007-12-31\n[vault]\nrecipients = ["{key}"]\n'
        '[[source]]\nname = "calls"\nfile = "calls.csv"\norigin = "made-up"\nagency = "police"\n'
        'privileged_words = ["counsel"]\n[source.columns]\nperson = "child"\nactivity = "what"\nat = "when"\n'
        'worker = "worker"\noutcome = "outcome"\ncase_type = "ethnicity"\n'
        '[source.identity]\nfamily_name = "surname"\nbirth_date = "dob"\n',
        encoding="utf-8",
    )
    said = casetrail("protection", file, "--json").json
    found = _columns(said)
    with (tmp_path / "calls.csv").open(encoding="utf-8", newline="") as lines:
        good = [row for row in csv.DictReader(lines) if row["child"] in ("1", "2")]
    for name in ("child", "what", "when", "surname", "dob", "ethnicity", "worker", "outcome"):
        assert found["calls.csv", name][0] == str(sum(bool(row[name]) for row in good)), name
    assert found["calls.csv", "surname"][1:] == ("family name", "identity vault, encrypted")
    assert found["calls.csv", "child"][2] == "identity vault, encrypted; keyed pseudonym (person)"
    assert found["calls.csv", "worker"][2] == "code of a worker, keyed anew in each run"
    assert found["calls.csv", "ethnicity"][1] == "ethnic origin (special category, Article 9)"
    assert found["calls.csv", "ethnicity"][2] == "analysis store, as it is (case_type)"
    assert ("calls.csv", "spare") not in found
    (persons,) = [
        part["rows"]["rows"][0] for part in said["parts"] if part["heading"].startswith("Categories of persons")
    ]
    assert persons == ["calls", "police", "2", "4", "2", "1", "workers (codes keyed anew in each run)"]
    (unread,) = [line for part in said["parts"] for line in part["said"] if "are not read" in line]
    assert unread == "1 columns of the file are not read: spare."
    risks = next(part["rows"]["rows"] for part in said["parts"] if part["heading"].startswith("Risks"))
    names = {row[0] for row in risks}
    assert "The identity vault is opened without need" in names
    assert "A worker is singled out" in names
    assert "Special categories and criminal offences are used beyond what is needed" in names
    assert "Records of two persons are taken for one, or one person's for two" not in names  # one source


def test_risks_follow_what_is_there(tmp_path: Path) -> None:
    said = casetrail("protection", real_inquiry(tmp_path), "--json").json
    names = {row[0] for part in said["parts"] if part["heading"].startswith("Risks") for row in part["rows"]["rows"]}
    assert "The identity vault is opened without need" not in names
    assert "Records of two persons are taken for one, or one person's for two" in names
    assert "Records are kept for longer than needed" in names


def test_a_return_is_told_table_by_table(tmp_path: Path) -> None:
    (tmp_path / "header.csv").write_text(
        "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n7,M,05/05/2012,WBRI,A1,,\n", encoding="utf-8"
    )
    (tmp_path / "inquiry.toml").write_text(
        '[inquiry]\ntitle = "Care"\nas_of = 2022-01-01\n'
        '[[source]]\nname = "care"\nfile = "header.csv"\nformat = "ssda903"\norigin = "made-up"\n',
        encoding="utf-8",
    )
    found = _columns(casetrail("protection", tmp_path / "inquiry.toml", "--json").json)
    assert found["header", "DOB"] == ("1", "date of birth", "not kept as it is: no vault")
    assert found["header", "ETHNIC"][1] == "ethnic origin (special category, Article 9)"
    assert found["header", "ETHNIC"][2] == "read, and not kept"


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_as_markdown_and_html_with_words_that_are_markup(tmp_path: Path) -> None:
    file = real_inquiry(tmp_path)
    wild = "<script>alert(1)</script> | [x](http://y) # *z* `q`"
    text = file.read_text(encoding="utf-8").replace("learning from one case", wild).replace("One case", wild)
    file.write_text(text, encoding="utf-8")
    for name in ("p.html", "p.md"):
        said = casetrail("protection", file, "--out", tmp_path / name)
        assert said.code == 0, said.err
        count = int(re.search(r"(\d+) questions", said.out)[1])  # type: ignore[index]
        assert count > 15
    page = (tmp_path / "p.html").read_text(encoding="utf-8")
    parser = _Page()
    parser.feed(page)
    assert parser.open == []
    assert "script" not in parser.tags
    assert not re.search(r"(src|href)=", page)
    assert page.count('class="question"') == count
    markdown = (tmp_path / "p.md").read_text(encoding="utf-8")
    assert "<script>" not in markdown
    assert re.search(r"(?<!\\)\]\(http", markdown) is None
    assert markdown.count("Answer: ___") == count
    rows = [line for line in markdown.splitlines() if line.startswith("|")]
    for at, line in enumerate(rows):
        if set(line) <= set("|-"):
            assert len(re.findall(r"(?<!\\)\|", rows[at - 1])) == len(re.findall(r"(?<!\\)\|", rows[at + 1]))


def test_another_ending_and_no_protection_are_refused(tmp_path: Path) -> None:
    file = real_inquiry(tmp_path)
    assert casetrail("protection", file, "--out", tmp_path / "p.docx").code == 7
    assert casetrail("protection", real_inquiry(tmp_path, protection="")).code == 5


def test_a_made_up_inquiry_says_so_and_what_is_not_said(tmp_path: Path) -> None:
    file = real_inquiry(tmp_path, protection="")
    file.write_text(file.read_text(encoding="utf-8").replace('"real"', '"made-up"'), encoding="utf-8")
    said = casetrail("protection", file)
    assert said.code == 0, said.err
    assert "nobody in them exists, and this document is an exercise" in said.out
    assert "Purpose: not said in the inquiry" in said.out


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("ETHNIC", "ethnic origin"),
        ("Disability", "health"),
        ("clah_health_check_date", "health"),
        ("clac_conviction_date", "criminal offences"),
        ("GenderCurrent", "sex or gender"),
        ("Sex", "sex or gender"),
        ("SDQ_SCORE", "health"),
        ("UASC status", "nationality"),
        ("Referral date", "about the case"),
    ],
)
def test_kinds_by_heading(heading: str, kind: str) -> None:
    assert kind_of(ColumnHeld(table="t", column=heading, filled=1)).startswith(kind)


def test_what_becomes_of_a_hidden_column() -> None:
    column = ColumnHeld(table="t", column="Allocated Worker", filled=1, identity="hidden", feeds=("worker",))
    assert becomes(column, vault=True) == "code of a worker, keyed anew in each run"
    assert becomes(ColumnHeld(table="t", column="x", filled=1), vault=True) == "read, and not kept"


def held(name: str, identity: str = "hidden", feeds: tuple[str, ...] = ()) -> ColumnHeld:
    return ColumnHeld(table="t", column=name, filled=1, identity=identity, feeds=feeds)


def test_columns_that_hold_others_and_free_text_are_called_what_they_are() -> None:
    assert kind_of(held("MC_DOB")) == "dates of birth of another person"
    assert kind_of(held("caller name")) == "names of third parties"
    assert kind_of(held("Allocated Worker")) == "names or codes of workers"
    assert kind_of(held("text")).startswith("free narrative: special categories (Article 9)")
    assert "Article 10" in kind_of(held("closing code", "", ("closing_code",)), police=True)
    assert "Article 10" in kind_of(held("incident", "hidden", ("incident",)), police=True)
    assert "Article 10" not in kind_of(held("incident", "hidden", ("incident",)))
    for name in ("Initial Category of Abuse", "LS", "Legal Status"):
        assert "Article 9" in kind_of(held(name, "")) and "Article 10" in kind_of(held(name, ""))
    assert kind_of(held("Surname", "family_name")) == "family name"


def test_an_incident_log_speaks_of_callers_officers_and_offences(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(
        "Incident Number,Nominal ID,Reported Date/Time,Source of call,Caller Name,Officer,Remarks,Grade,Closing code\n"
        "1,N7,2024-03-01 10:15,Neighbour,Ada Made-Up,C1,she said,Immediate,AIO\n",
        encoding="utf-8",
    )
    (tmp_path / "inquiry.toml").write_text(
        '[inquiry]\ntitle = "Calls"\nas_of = 2024-06-01\n[[source]]\nname = "log"\nfile = "log.csv"\n'
        'format = "police-incidents"\norigin = "made-up"\n',
        encoding="utf-8",
    )
    said = casetrail("protection", tmp_path / "inquiry.toml", "--json").json
    (persons,) = [p["rows"]["rows"][0] for p in said["parts"] if p["heading"].startswith("Categories of persons")]
    for who in ("names of third parties", "workers (codes keyed anew in each run)", "whoever is named in free text"):
        assert who in persons[-1]
    (why,) = [p["said"] for p in said["parts"] if p["heading"].startswith("Why an assessment")]
    assert any("criminal offences (Article 10)" in line for line in why)
    risks = next(p["rows"]["rows"] for p in said["parts"] if p["heading"].startswith("Risks"))
    assert any("criminal offences" in row[0] for row in risks)
