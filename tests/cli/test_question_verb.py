"""The verb question, as a user types it."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

from acceptance.command import casetrail
from casetrail.compare import standing
from casetrail.compare.question_file import open_questions
from casetrail.compare.questions import questions_from

VERBS = ("answer", "changed", "unchanged", "remeasured", "list")
LATER = "compare.haringey.2010-11.initial-assessments-7-days.funnel"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "questions.jsonl"
    found = questions_from(
        standing("Haringey", "2009-10"), addressee="Haringey", opened_on=date(2026, 1, 5), due=date(2026, 2, 2)
    )
    open_questions(path, found)
    return path


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_each_step_has_an_example(verb: str) -> None:
    said = casetrail("question", verb, "--help")
    assert said.code == 0
    assert re.search(rf"Example: casetrail question {verb}", said.out), said.out


def test_the_whole_way_of_a_question(file: Path) -> None:
    before = file.read_bytes()
    listed = casetrail("question", "list", file, "--json", "--on", "2026-02-03").json
    assert listed["schema"] == "casetrail/question/1"
    assert [q["overdue"] for q in listed["questions"]] == [True] * 3
    first = listed["questions"][0]["id"]
    steps = (
        ("answer", "--text", "Two teams had no manager."),
        ("changed", "--what", "Referrals are read twice a day."),
        ("remeasured", "--figure", LATER, "--value", "31.0"),
    )
    for verb, *said in steps:
        assert casetrail("question", verb, file, first[:6], *said, "--on", "2026-03-01").code == 0
    assert file.read_bytes().startswith(before)
    assert len(file.read_text(encoding="utf-8").splitlines()) == 6
    now = casetrail("question", "list", file, "--json", "--on", "2026-02-03").json["questions"]
    assert now[0]["status"] == "re-measured"
    assert now[0]["answer"] == "Two teams had no manager."
    assert now[0]["re_measured"] == {"figure": LATER, "value": 31.0}
    assert [q["overdue"] for q in now] == [False, True, True]


def test_in_words(file: Path) -> None:
    said = casetrail("question", "list", file, "--on", "2026-02-03")
    assert said.code == 0
    assert "28.8 %" in said.out
    assert "overdue" in said.out
    assert "3 questions, 3 of them overdue." in said.out


def test_a_step_that_does_not_follow_leaves_the_file_as_it_was(file: Path) -> None:
    before = file.read_bytes()
    first = json.loads(before.splitlines()[0])["question"]
    said = casetrail("question", "changed", file, first, "--what", "x")
    assert said.code == 4
    assert "answered" in said.err
    assert casetrail("question", "answer", file, "q-zzz", "--text", "x").code == 11
    assert casetrail("question", "answer", file, first, "--text", " ").code == 4
    assert casetrail("question", "list", file.parent / "none.jsonl").code == 4
    assert file.read_bytes() == before


def test_a_file_that_was_tampered_with_is_an_integrity_error(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join([*lines, lines[0]]), encoding="utf-8")
    assert casetrail("question", "list", file).code == 10
