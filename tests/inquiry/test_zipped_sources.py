"""A zip archive as the source of an inquiry: read within the work folder, of which nothing of it stays."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

import pytest

from casetrail.cli import main

ROWS = "child,what,on\n1,referral,2024-01-01\n1,closed,2024-02-01\n2,referral,never\n"
INQUIRY = """[inquiry]
title = "Rows"
as_of = 2024-12-31

[[source]]
name = "records"
file = "x.zip"
origin = "made-up"
agency = "Council"
columns = { person = "child", activity = "what", at = "on" }
"""


@pytest.fixture
def inquiry(tmp_path: Path) -> Path:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("export/rows.csv", ROWS)
    (tmp_path / "rows.toml").write_text(INQUIRY, encoding="utf-8", newline="\n")
    return tmp_path / "rows.toml"


def left_unpacked(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.name == "rows.csv" or "unpacked" in path.name]


def test_read_in_swept_and_purged(inquiry: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Three rows by eye, of which one has no date."""
    assert main(["read", str(inquiry), "--json"]) == 0
    (source,) = json.loads(capsys.readouterr().out)["sources"]
    assert (source["rows_in"], source["rows_good"], source["rows_quarantined"]) == (3, 2, 1)
    work = inquiry.parent / "rows.casetrail"
    assert "x.zip / rows.csv" in (work / "quarantine.csv").read_text(encoding="utf-8")
    known = json.loads((work / "sources.json").read_text(encoding="utf-8"))["sources"][0]
    assert known["sha256"] == hashlib.sha256((inquiry.parent / "x.zip").read_bytes()).hexdigest()
    assert left_unpacked(inquiry.parent) == []
    killed = work / "unpacked" / "casetrail-unpacked-0" / "x.zip"
    killed.mkdir(parents=True)
    (killed / "rows.csv").write_text(ROWS, encoding="utf-8")
    assert main(["read", str(inquiry)]) == 0
    assert left_unpacked(inquiry.parent) == []
    killed.mkdir(parents=True)
    (killed / "rows.csv").write_text(ROWS, encoding="utf-8")
    assert main(["purge", "--yes", str(inquiry)]) == 0
    assert not work.exists()


def test_a_look_and_a_start_from_an_archive(inquiry: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", str(inquiry.parent / "x.zip")]) == 0
    assert "x.zip / rows.csv" in capsys.readouterr().out
    assert main(["init", "--from", str(inquiry.parent / "x.zip"), "--out", str(inquiry.parent / "new.toml")]) == 0
    assert 'file = "x.zip"' in (inquiry.parent / "new.toml").read_text(encoding="utf-8")
