"""Files that casetrail did not write stay; two runs at once both end well; a changed pack is told."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from casetrail.cli import main

INQUIRY = """
[inquiry]
title = "Two rows"
as_of = 2022-01-01
[[source]]
name = "rows"
file = "rows.csv"
origin = "made-up"
agency = "office"
[source.columns]
person = "id"
activity = "what"
at = "when"
"""


@pytest.fixture
def inquiry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rows.csv").write_text("id,what,when\nA,call,2021-01-02\nA,visit,2021-01-05\n", encoding="utf-8")
    file = tmp_path / "rows.toml"
    file.write_text(INQUIRY, encoding="utf-8")
    return file


def test_purge_leaves_what_casetrail_did_not_write(inquiry: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(inquiry)]) == 0
    mine = [inquiry.parent / "rows-pack" / "notes.txt", inquiry.parent / "rows.casetrail" / "vault" / "mine"]
    for path in mine:
        path.write_text("mine", encoding="utf-8")
    capsys.readouterr()
    assert main(["purge", "--yes", str(inquiry)]) == 0
    assert "Left alone: 2 files" in capsys.readouterr().out
    left = {path for path in inquiry.parent.rglob("*") if path.is_file()}
    assert left == {inquiry, inquiry.parent / "rows.csv", *mine}


def test_a_run_does_not_replace_a_pack_with_a_strangers_file(inquiry: Path) -> None:
    assert main(["run", str(inquiry)]) == 0
    note = inquiry.parent / "rows-pack" / "notes.txt"
    note.write_text("mine", encoding="utf-8")
    assert main(["run", str(inquiry)]) == 7
    assert note.read_text(encoding="utf-8") == "mine"


def test_what_a_killed_run_was_writing_is_purged_too(inquiry: Path) -> None:
    assert main(["run", str(inquiry)]) == 0
    (work,) = inquiry.parent.glob("*.casetrail")
    for name in ("quarantine.csv.123.new", "casetrail-work.json.123.new", "sources.json.9.new"):
        (work / name).write_text("half", encoding="utf-8")
    assert main(["run", str(inquiry)]) == 0
    assert main(["purge", str(inquiry), "--yes"]) == 0
    assert not work.exists()


def test_two_runs_at_once_both_end_well(inquiry: Path) -> None:
    command = [sys.executable, "-c", "from casetrail.cli import entry; entry()", "run", str(inquiry)]
    runs = [
        subprocess.Popen(
            [*command, "--out", str(inquiry.parent / name)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for name in ("one", "two")
    ]
    said = [run.communicate(timeout=120) for run in runs]
    assert [run.returncode for run in runs] == [0, 0], said


def test_sql_that_did_not_run_is_told(inquiry: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(inquiry)]) == 0
    file = inquiry.parent / "rows-pack" / "provenance.json"
    kept = json.loads(file.read_text(encoding="utf-8"))
    for run in kept["answers"]["trail.overview"]["relations"]:
        run["sql"] = "select 1"
    file.write_text(json.dumps(kept), encoding="utf-8")
    capsys.readouterr()
    assert main(["explain", "trail.overview", "--pack", str(file.parent), "--inquiry", str(inquiry)]) == 10
    assert "NOT the same figure" in capsys.readouterr().out


def test_control_characters_reach_no_page_and_no_terminal(inquiry: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = "id,what,when\nA,ver\x0btab,2021-01-02\nB,o\x1b[31mk,2021-01-03\n"
    (inquiry.parent / "rows.csv").write_text(rows, encoding="utf-8")
    assert main(["run", str(inquiry)]) == 0
    assert main(["follow", str(inquiry)]) == 0
    page = (inquiry.parent / "rows-pack" / "index.html").read_text(encoding="utf-8")
    assert not {"\x0b", "\x1b"} & set(page + capsys.readouterr().out)


@pytest.mark.parametrize(
    ("addition", "said"),
    [
        (
            '[[trail.wait]]\nstart="call"\nfinish="visit"\n[[trail.wait]]\nstart="Call"\nfinish="visit"\n',
            "ask the same",
        ),
        ('[[trail.asked]]\nrole=" "\nactivity="visit"\n', "empty"),
        ("[trail]\nrepeat_window_days = 999999999999\n", "36525"),
    ],
)
def test_what_could_not_be_answered_is_told_at_once(
    inquiry: Path, capsys: pytest.CaptureFixture[str], addition: str, said: str
) -> None:
    inquiry.write_text(INQUIRY + addition, encoding="utf-8")
    assert main(["run", str(inquiry)]) == 3
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("day", ["9999-12-31", "2022-01-01T10:00:00"])
def test_a_day_is_a_day(inquiry: Path, day: str) -> None:
    inquiry.write_text(INQUIRY.replace("2022-01-01", day), encoding="utf-8")
    assert main(["run", str(inquiry)]) == 3


def test_a_declared_encoding_that_is_not_the_files_is_told(inquiry: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inquiry.write_text(INQUIRY.replace('agency = "office"', 'agency = "office"\nencoding = "utf-16"'), encoding="utf-8")
    assert main(["run", str(inquiry)]) == 4
    assert "utf-16" in capsys.readouterr().err
