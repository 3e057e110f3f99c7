"""A submission beside other sources: every kind of difference planted, refusals, figures, the pack, a made-up world."""

from __future__ import annotations

import csv
import json
import re
from datetime import date
from pathlib import Path

import pytest

from casetrail.cli import main
from casetrail.errors import InputError, InquiryError, ProtectionError
from casetrail.figures import Refusal, Table
from casetrail.inquiry import parse
from casetrail.inquiry.reconciling import reconcile

TODAY = date(2024, 6, 30)
INQUIRY = """
[inquiry]
title = "Reconciled"
as_of = 2024-06-30
[[source]]
name = "local"
file = "local.csv"
origin = "made-up"
agency = "children's social care"
person_scheme = "la-child-id"
[source.columns]
person = "id"
activity = "what"
at = "when"
[[reconcile]]
name = "Census 2024"
file = "census.xml"
format = "cin-census"
origin = "made-up"
from = 2023-04-01
to = 2024-03-31
"""
SUBMITTED = {
    "A": ["2023-05-01"],  # agrees
    "B": ["2023-05-02"],  # two days later in the local extract
    "C": ["2024-03-30"],  # outside the window there
    "D": ["2023-03-30"],  # outside the window here
    "E": ["2023-06-01", "2023-06-01"],  # sent twice
    "F": ["2023-07-01"],  # a contact there
    "G": ["2023-08-01"],  # not there
    "H": ["2023-09-01"],  # nor the person
    "I": ["2023-10-01"],  # without a date there
    "J": ["2023-11-01"],  # agrees; a second one stands there alone
}
LOCAL = (
    "id,what,when",
    "A,referral,2023-05-01", "B,referral,2023-05-04", "C,referral,2024-04-02", "D,referral,2023-04-02",
    "E,referral,2023-06-01", "G,referral,2022-01-01", "I,referral,sometime", "J,referral,2023-11-01",
    "J,referral,2024-01-15", "K,referral,2024-02-01", "F,contact received,2023-07-01",
)  # fmt: skip
PARTS = {
    "the same day on both sides": (3, 0),  # A, E, J
    "another day within the tolerance; both count": (1, 0),
    "another day, by which only the submission counts it": (1, 1),
    "another day, by which only the other sources count it": (1, -1),
    "counted twice in the submission": (1, 1),
    "in the other sources under another definition": (1, 1),
    "only in the submission": (1, 1),
    "of a person whom the other sources do not have": (1, 1),
    "a row of that person in the other sources has no date that can be read": (1, 1),
    "only in the other sources": (1, -1),
    "of a person whom the submission does not have": (1, -1),
}


def census(children):
    head = "<Header><CollectionDetails><Collection>CIN</Collection><Year>2024</Year></CollectionDetails></Header>"
    made = [f"<Message>{head}<Children>"]
    for child, days in children.items():
        made.append(
            f"<Child><ChildIdentifiers><LAchildID>{child}</LAchildID><PersonBirthDate>2012-01-01</PersonBirthDate>"
            "</ChildIdentifiers>"
        )
        made += [
            f"<CINdetails><CINreferralDate>{day}</CINreferralDate><ReferralSource>1A</ReferralSource>"
            "<ReferralNFA>0</ReferralNFA></CINdetails>"
            for day in days
        ]
        made.append("</Child>")
    return "".join([*made, "</Children></Message>"])


@pytest.fixture
def inquiry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "census.xml").write_text(census(SUBMITTED), encoding="utf-8")
    (tmp_path / "local.csv").write_text("\n".join(LOCAL), encoding="utf-8")
    file = tmp_path / "a.toml"
    file.write_text(INQUIRY, encoding="utf-8")
    return file


def asked(file: Path, text: str = INQUIRY):
    file.write_text(text, encoding="utf-8")
    return {answer.id: answer for answer in reconcile(parse(file, today=TODAY))}


def rows(answer):
    assert isinstance(answer.body, Table)
    return answer.body.rows


def test_every_difference_is_named_and_they_add_up(inquiry: Path) -> None:
    found = asked(inquiry)

    # Sent: 11 referrals, D outside the window. In the local extract: A, B, D, E, J twice, K inside it.
    assert rows(found["reconcile.census-2024"])[0][:4] == ("Referrals", 10, 7, 3)
    parts = {row[1]: row[2:4] for row in rows(found["reconcile.census-2024.parts"]) if row[0] == "Referrals"}
    assert parts == PARTS
    assert sum(effect for _, effect in parts.values()) == 3
    # The local extract records no conference: not zero, but not known.
    assert ("Initial child protection conferences", 0, None, None, 0) in rows(found["reconcile.census-2024"])


def test_the_list_for_inside_the_house(inquiry: Path) -> None:
    asked(inquiry)
    text = (inquiry.parent / "a.casetrail" / "reconciled-census-2024.csv").read_text(encoding="utf-8-sig")
    listed = [row for row in csv.DictReader(text.splitlines()) if row["measure"] == "referrals"]

    assert len(listed) == sum(times for part, (times, _) in PARTS.items() if part != "the same day on both sides")
    assert all(re.fullmatch(r"P[A-Z2-7]{20}", row["person"]) for row in listed)
    assert {row["stamp"] for row in listed} == {"Internal, not for release"}
    (moved,) = (row for row in listed if row["part"].endswith("both count"))
    assert (moved["day_submitted"], moved["day_in_others"]) == ("2023-05-02", "2023-05-04")
    assert moved["place_in_others"] == "local.csv, record 2, line 3"


def test_a_row_set_aside_is_named_and_a_privileged_one_is_nobodys(inquiry: Path) -> None:
    text = INQUIRY.replace('at = "when"', 'at = "when"\nprivileged = "counsel"')
    lines = (
        "id,what,when,counsel",
        "A,referral,2023-05-01,no",
        "H,referral,2023-09-01,yes",
        "G,referral,2030-08-01,no",
    )
    (inquiry.parent / "local.csv").write_text("\n".join(lines), encoding="utf-8")
    parts = {row[1]: row[2] for row in rows(asked(inquiry, text)["reconcile.census-2024.parts"])}
    # G's row lies in the future and is set aside; H's is privileged: nothing of it is told, not even that it is there.
    assert parts["a row of that person was set aside in the other sources"] == 1
    # B, C, E, F, I, J and H
    assert parts["of a person whom the other sources do not have"] == 7
    listed = (inquiry.parent / "a.casetrail" / "reconciled-census-2024.csv").read_text(encoding="utf-8-sig")
    assert "record 2" not in [row["place_in_others"] for row in csv.DictReader(listed.splitlines())]


def test_verb_pack_explain_and_purge(inquiry: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reconcile", str(inquiry), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["schema"] == "casetrail/reconcile/1"
    assert main(["run", str(inquiry)]) == 0
    pack = inquiry.parent / "a-pack"
    ids = [answer["id"] for answer in json.loads((pack / "answers.json").read_text(encoding="utf-8"))["answers"]]
    assert {"reconcile.census-2024", "reconcile.census-2024.parts"} <= set(ids)
    capsys.readouterr()
    assert main(["explain", "reconcile.census-2024.parts", "--pack", str(pack), "--inquiry", str(inquiry)]) == 0
    assert "the same figure" in capsys.readouterr().out
    assert main(["purge", "--yes", str(inquiry)]) == 0
    assert not (inquiry.parent / "a.casetrail").exists()


def test_few_real_persons_are_withheld_in_the_pack_with_all_parts_of_their_measure(inquiry: Path) -> None:
    protection = '[protection]\npurpose = "p"\ncontrollers = ["c"]\nlawful_basis = "b"\nretain_until = 2099-01-01\n'
    text = INQUIRY.replace("made-up", "real")
    with pytest.raises(ProtectionError):
        asked(inquiry, text)
    inquiry.write_text(text + protection, encoding="utf-8")
    assert main(["run", str(inquiry)]) == 0
    kept = (inquiry.parent / "a-pack" / "answers.json").read_text(encoding="utf-8")
    (parts,) = (a for a in json.loads(kept)["answers"] if a["id"] == "reconcile.census-2024.parts")
    figures = {json.dumps(cell) for row in parts["table"]["rows"] for cell in row[2:]}
    assert figures == {json.dumps({"withheld": "fewer than 10 persons"})}
    assert "PA" not in [cell for row in parts["table"]["rows"] for cell in row]


@pytest.mark.parametrize(
    ("was", "becomes", "reason"),
    [
        ('person_scheme = "la-child-id"', 'person_scheme = "local"', "other_numbering"),
        ("from = 2023-04-01\nto = 2024-03-31", "from = 2019-04-01\nto = 2020-03-31", "no_overlap"),
    ],
)
def test_what_cannot_be_set_side_by_side_is_refused(inquiry: Path, was: str, becomes: str, reason: str) -> None:
    (found,) = asked(inquiry, INQUIRY.replace(was, becomes)).values()
    assert isinstance(found.body, Refusal)
    assert found.body.reason == reason
    assert found.body.would_help


def test_nobody_in_common_is_refused(inquiry: Path) -> None:
    (inquiry.parent / "local.csv").write_text("id,what,when\nzz,referral,2023-05-01\n", encoding="utf-8")
    (found,) = asked(inquiry).values()
    assert isinstance(found.body, Refusal)
    assert found.body.reason == "no_common_person"


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("to = 2024-03-31", ""),
        ("to = 2024-03-31", "to = 2022-03-31"),
        ("to = 2024-03-31", 'to = 2024-03-31\nagainst = ["nobody"]'),
        ("to = 2024-03-31", "to = 2024-03-31\ntolerance_days = -1"),
        ("to = 2024-03-31", 'to = 2024-03-31\n[reconcile.activities]\nmarriages = ["x"]'),
        ('format = "cin-census"', 'format = "csv"'),
    ],
)
def test_settings_that_cannot_be(inquiry: Path, was: str, becomes: str) -> None:
    inquiry.write_text(INQUIRY.replace(was, becomes), encoding="utf-8")
    with pytest.raises(InquiryError):
        parse(inquiry, today=TODAY)


def test_an_inquiry_without_submission_says_so(inquiry: Path) -> None:
    with pytest.raises(InquiryError) as excinfo:
        asked(inquiry, INQUIRY.partition("[[reconcile]]")[0])
    assert excinfo.value.code == "nothing_submitted"


def test_counts_that_the_return_writes_itself(inquiry: Path) -> None:
    # Previous plans as sent: A none, B one, C one although there is only this, D five, H one.
    sent = {"A": ("0",), "B": ("1",), "C": ("1",), "D": ("5",), "H": ("1",), "I": ("many",)}
    made = census({child: ["2023-04-03"] for child in sent})
    for child, (number,) in sent.items():
        plan = (
            "<ChildProtectionPlans><CPPstartDate>2023-05-01</CPPstartDate><NumberOfPreviousCPP>"
            f"{number}</NumberOfPreviousCPP></ChildProtectionPlans></CINdetails></Child>"
        )
        at = made.index("</CINdetails></Child>", made.index(f"<LAchildID>{child}<"))
        made = made[:at] + plan + made[at + len("</CINdetails></Child>") :]
    (inquiry.parent / "census.xml").write_text(made, encoding="utf-8")
    plans = [f"{child},child protection plan began,2023-05-01" for child in "ABCD"]
    lines = ["id,what,when", *plans, "B,child protection plan began,2015-02-03"]
    (inquiry.parent / "local.csv").write_text("\n".join(lines), encoding="utf-8")
    (row,) = rows(asked(inquiry)["reconcile.census-2024.own"])
    # Five numbers: C counts this plan with them, A and B do not, D is neither, H is unknown to the local extract.
    assert row == ("NumberOfPreviousCPP", 5, 1, 2, 1, 1, 1)


FIGURES = INQUIRY.partition("[[reconcile]]")[0] + (
    '[[reconcile]]\nname = "Published"\nfile = "published.csv"\nformat = "counts"\norigin = "made-up"\n'
)


def test_figures_alone(inquiry: Path) -> None:
    # In the window: A, B, D, E, J twice, K: seven referrals of six children.
    lines = ("measure,period,count", "referrals,2023-24,7", "Referrals,2023-04-01/2024-03-31,6", "missing,2023-24,4")
    (inquiry.parent / "published.csv").write_text("\n".join([*lines[:2], lines[3]]), encoding="utf-8")
    found = rows(asked(inquiry, FIGURES)["reconcile.published.figures"])
    assert found[0] == ("Referrals", "2023-04-01", "2024-03-31", 7, 7, 0, "–", 6)
    assert found[1][3:] == (4, None, None, "no source records it", None)
    (inquiry.parent / "published.csv").write_text("\n".join([lines[0], lines[2]]), encoding="utf-8")
    (other,) = rows(asked(inquiry, FIGURES)["reconcile.published.figures"])
    assert other[3:7] == (6, 7, -1, "different persons")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "what,when,how many\nreferrals,2023-24,7",
        "measure,period,count\n",
        "measure,period,count\nmarriages,2023-24,7",
        "measure,period,count\nreferrals,2023-25,7",
        "measure,period,count\nreferrals,last year,7",
        "measure,period,count\nreferrals,2023-24,c",
        "measure,period,count\nreferrals,2023-24,7\nReferrals,2023-24,8",
    ],
)
def test_figures_that_cannot_be_read_are_refused_without_a_value(inquiry: Path, text: str) -> None:
    (inquiry.parent / "published.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as excinfo:
        asked(inquiry, FIGURES)
    assert "last year" not in str(excinfo.value)
    assert "marriages" not in str(excinfo.value)


REFERRAL = re.compile(r"<CINreferralDate>(\d{4}-\d{2}-\d{2})</CINreferralDate>")


def test_a_world_and_its_own_return_with_faults_planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    asking = ["world", "--children", "500", "--years", "2", "--seed", "3", "--returns", "cin-census", "--out", "w"]
    assert main(asking) == 0
    true = (tmp_path / "w" / "returns" / "cin_census_2020.xml").read_text(encoding="utf-8")
    inside = [hit for hit in REFERRAL.finditer(true) if "2019-04-01" <= hit[1] <= "2020-03-31"]
    head = INQUIRY.partition("[[source]]")[0].replace("2024-06-30", "2021-03-31")
    text = head + (
        '[[source]]\nname = "census"\nfile = "true.xml"\nformat = "cin-census"\norigin = "made-up"\n'
        '[[reconcile]]\nname = "Sent"\nfile = "sent.xml"\nformat = "cin-census"\norigin = "made-up"\n'
        "from = 2019-04-01\nto = 2020-03-31\ntolerance_days = 3\n"
    )
    (tmp_path / "true.xml").write_text(true, encoding="utf-8")
    # One referral goes to a person nobody knows; one lies two days earlier; the others are as they were.
    first = inside[2]
    second = next(hit for hit in inside[3:] if "2019-06-01" <= hit[1] <= "2020-02-01")
    day = date.fromisoformat(second[1]).toordinal() - 2
    sent = true[: second.start(1)] + date.fromordinal(day).isoformat() + true[second.end(1) :]
    child = sent.rfind("<LAchildID>", 0, first.start()) + len("<LAchildID>")
    sent = sent[:child] + "STRANGER" + sent[sent.index("<", child) :]
    (tmp_path / "sent.xml").write_text(true, encoding="utf-8")
    same = asked(tmp_path / "a.toml", text)
    assert {row[3] for row in rows(same["reconcile.sent"])} == {0}
    assert {row[1] for row in rows(same["reconcile.sent.parts"])} == {"the same day on both sides"}
    (tmp_path / "sent.xml").write_text(sent, encoding="utf-8")
    other = asked(tmp_path / "a.toml", text)
    parts = {row[1]: row[2] for row in rows(other["reconcile.sent.parts"]) if row[0] == "Referrals"}
    assert parts == {
        "the same day on both sides": len(inside) - 2,
        "another day within the tolerance; both count": 1,
        "of a person whom the other sources do not have": 1,
        "of a person whom the submission does not have": 1,
    }


FOUR = """
[inquiry]
title = "Returns of one world"
as_of = 2021-03-31
[[source]]
name = "dataset"
file = "w/returns/ssd"
format = "ssd"
origin = "made-up"
person_scheme = "common number"
"""
SENT = """
[[reconcile]]
name = "{0}"
file = "w/returns/{1}"
format = "{2}"
origin = "made-up"
person_scheme = "common number"
"""
DAYS = "from = 2019-04-01\nto = 2020-03-31\n"


def test_returns_of_one_world_agree_where_their_definitions_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    asking = ["world", "--children", "600", "--years", "2", "--seed", "5", "--returns", "all", "--out", "w"]
    assert main(asking) == 0
    text = FOUR + SENT.format("Census", "cin_census_2020.xml", "cin-census") + DAYS
    text += SENT.format("Care", "ssda903_2020", "ssda903") + DAYS
    found = asked(tmp_path / "a.toml", text)
    counts = {str(row[0]): row[1:4] for name in ("census", "care") for row in rows(found[f"reconcile.{name}"])}
    # A census has no referral of an earlier year that was closed in it: that alone may differ, and is named so.
    again = counts.pop("Referrals within 12 months of an earlier one")
    assert len(counts) == 13
    assert {name: row for name, row in counts.items() if row[2] != 0} == {}
    assert sum(int(str(row[0])) for row in counts.values()) > 50
    parts = {row[1] for row in rows(found["reconcile.census.parts"]) if str(row[0]).startswith("Referrals within")}
    assert parts <= {
        "the same day on both sides",
        "the same day, but the others alone count it (end or earlier one)",
    }
    assert int(str(again[2])) <= 0


def test_words_that_are_not_known_are_not_called_absent_and_those_of_a_world_are_known(inquiry: Path) -> None:
    more = (
        "<Assessments><AssessmentActualStartDate>2023-05-02</AssessmentActualStartDate>"
        "<AssessmentAuthorisationDate>2023-06-10</AssessmentAuthorisationDate></Assessments>"
        "<ChildProtectionPlans><CPPstartDate>2023-06-20</CPPstartDate></ChildProtectionPlans></CINdetails></Child>"
    )
    submission = inquiry.parent / "census.xml"
    submission.write_text(census({"A": ["2023-05-01"]}).replace("</CINdetails></Child>", more), encoding="utf-8")
    local = "id,what,when\nA,referral,2023-05-01\nA,assessment completed,2023-06-10\nA,plan made,2023-06-20\n"
    (inquiry.parent / "local.csv").write_text(local, encoding="utf-8")
    named = INQUIRY + '[reconcile.activities]\nplans-started = ["plan made"]\n'

    def counts(text: str):
        found = next(one for one in asked(inquiry, text).values() if one.title.endswith("submitted and recounted"))
        return found.sentence, {row[0]: row[1:4] for row in rows(found)}

    sentence, found = counts(INQUIRY)
    assert found["Assessments completed"] == (1, 1, 0)
    assert found["Child protection plans started"] == (1, None, None)
    assert "No other source has a word that is known" in sentence
    assert "plans-started" in sentence and "[reconcile.activities]" in sentence
    assert counts(named)[1]["Child protection plans started"] == (1, 1, 0)
    starts = local.replace("plan made", "child protection plan starts")
    (inquiry.parent / "local.csv").write_text(starts, encoding="utf-8")
    assert counts(INQUIRY)[1]["Child protection plans started"] == (1, 1, 0)
