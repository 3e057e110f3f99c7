"""The verb glossary, as a user types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from casetrail.cli import main


def rows(capsys: pytest.CaptureFixture[str], *words: str) -> list[list[object]]:
    assert main(["glossary", *words, "--json"]) == 0
    (answer,) = json.loads(capsys.readouterr().out)["answers"]
    return list(answer["table"]["rows"]) if "table" in answer else []


def test_a_name_a_day_and_all_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    (board,) = rows(capsys, "LSCB")
    assert board[0] == "local safeguarding children board"
    assert board[3:8] == [
        "2006-04-01", "2019-09-28", "area child protection committee", "safeguarding partners",
        "from checked, to unchecked",
    ]  # fmt: skip
    assert {row[0] for row in rows(capsys, "CQC", "--on", "2008-06-01")} == {
        "commission for social care inspection",
        "healthcare commission",
    }
    on_the_day = {row[0] for row in rows(capsys, "--on", "2007-08-03")}
    assert {"core assessment", "child protection register", "local safeguarding children board"} <= on_the_day
    assert not {"child protection plan", "care quality commission", "area child protection committee"} & on_the_day
    assert len(rows(capsys)) > 60


def test_a_name_that_is_nowhere_and_a_day_that_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["glossary", "childrens gardian"]) == 11
    assert "children's guardian" in capsys.readouterr().err
    assert main(["glossary", "LSCB", "--on", "soon"]) == 2


def test_a_pack_of_it_can_be_asked_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["glossary", "PCT", "--on", "2023-01-01", "--out", str(tmp_path / "pack")]) == 0
    assert main(["explain", "glossary.bodies", "--pack", str(tmp_path / "pack")]) == 0
    assert "the same figure" in capsys.readouterr().out
