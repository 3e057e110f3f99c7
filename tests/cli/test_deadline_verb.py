"""casetrail deadline: without input, for an authority, on a file of cases; JSON, pack, explain, refusals."""

from __future__ import annotations

import csv
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from acceptance.command import casetrail
from casetrail.publish import schema
from casetrail.statute import Nation, calendar

HEAD = (
    *("case_id", "Date opened", "Date closed", "limit", "clock stopped", "clock restarted", "cancelled", "reopened of"),
    *("rereferral", "recorded days"),
)
SECRET = "SECRETNAME"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """900 made-up cases and five rows that cannot be used."""
    rng = np.random.default_rng(31)
    working = calendar(Nation.ENGLAND_AND_WALES).working
    opened = np.busday_offset(
        np.datetime64("2018-04-02") + rng.integers(0, 340, 900), 0, roll="forward", busdaycal=working
    )
    days = np.ceil(rng.gamma(2.5, 12.8, 900)).astype(int)
    closed = np.busday_offset(opened, days, busdaycal=working)
    rows = [
        [f"C{i}", f"{a.item():%d/%m/%Y}", f"{b.item():%d/%m/%Y}", "45", "", "", "no", "", "", str(d)]
        for i, (a, b, d) in enumerate(zip(opened, closed, days, strict=True))
    ]
    bad = (
        [SECRET, "2018-13-45", "01/06/2018", "45", "", "", "no", "", "", ""],
        [SECRET, "01/06/2018", "01/05/2018", "45", "", "", "no", "", "", ""],
        [SECRET, "01/06/2018", "01/07/2018", SECRET, "", "", "no", "", "", ""],
        [SECRET, "01/06/2018", "01/07/2018", "45", "", "", SECRET, "", "", ""],
        [SECRET, "01/06/2018", "01/07/2018", "45", "", "", "no", "", "", SECRET],
    )
    path = tmp_path_factory.mktemp("cases") / "cases.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([HEAD, *rows, *bad])
    return path


def asked(file: Path, *more: object) -> tuple[object, ...]:
    return ("deadline", file, "--origin", "made-up", "--date-format", "%d/%m/%Y", "--as-of", "2019-12-31", *more)


def test_without_input_it_speaks_of_england() -> None:
    said = casetrail("deadline", "--json")
    assert said.code == 0
    jsonschema.validate(said.json, schema())
    assert said.json["schema"] == "casetrail/deadline/1"
    assert said.json["origin"] == "public-aggregate"
    assert said.json["answers"][0]["id"] == "deadline.england.assessments"


def test_a_figure_of_an_authority_can_be_asked_again(tmp_path: Path) -> None:
    said = casetrail("deadline", "--authority", "Haringey", "--out", tmp_path / "pack")
    assert said.code == 0
    assert "Haringey: 36.9 % of assessments" in " ".join(said.out.split())
    again = casetrail("explain", "deadline.haringey.assessments", "--pack", tmp_path / "pack", "--json")
    assert again.json["asked_again"] is True
    assert casetrail("verify-pack", tmp_path / "pack").code == 0


def test_a_file_is_read_and_nothing_is_lost_and_no_value_is_said(file: Path, tmp_path: Path) -> None:
    said = casetrail(*asked(file, "--json", "--out", tmp_path / "pack"))
    assert said.code == 0, said.err
    jsonschema.validate(said.json, schema())
    assert SECRET not in said.all
    answers = {answer["id"]: answer for answer in said.json["answers"]}
    rows = answers["deadline.records.rows"]["table"]["rows"]
    assert rows[0][1] == 900
    assert rows[-1][1] == 905
    assert sum(row[1] for row in rows[:-1]) == 905
    assert {row[2] for row in rows[1:-1]} == {f"line {n}" for n in range(902, 907)}
    assert answers["deadline.records.45.moved"]["estimate"]["n"] == 900
    assert "agree in every case" in answers["deadline.records.45.two-sources"]["sentence"]
    figure = ("explain", "deadline.records.45.moved", "--pack", tmp_path / "pack", "--json")
    assert casetrail(*figure).json["asked_again"] is None
    assert casetrail(*figure, "--table", file).json["asked_again"] is True


def test_the_seed_moves_the_interval_and_not_the_value(file: Path) -> None:
    one, other = (
        next(a["estimate"] for a in casetrail(*asked(file, "--json", "--seed", s)).json["answers"] if "estimate" in a)
        for s in (1, 2)
    )
    assert one["value"] == other["value"]
    assert one["low"] != other["low"]


def test_real_records_need_a_reason(file: Path, tmp_path: Path) -> None:
    said = casetrail("deadline", file, "--date-format", "%d/%m/%Y")
    assert said.code == 5
    assert "protection" in said.err
    (tmp_path / "inquiry.toml").write_text(
        '[inquiry]\ntitle = "t"\nas_of = 2019-12-31\n[protection]\npurpose = "p"\ncontrollers = ["c"]\n'
        'lawful_basis = "l"\nretain_until = 2199-12-31\n[[source]]\nname = "a"\nfile = "a.csv"\norigin = "real"\n',
        encoding="utf-8",
    )
    allowed = casetrail("deadline", file, "--date-format", "%d/%m/%Y", "--inquiry", tmp_path / "inquiry.toml")
    assert allowed.code == 0, allowed.err
    assert allowed.out.startswith("Internal, not for release")


@pytest.mark.parametrize(
    ("code", "arguments", "words"),
    [
        (2, ("--limit", "45"), "needs a file"),
        (2, ("{file}", "--authority", "Haringey"), "not both"),
        (2, ("{file}", "--column", "closed"), "USE=NAME"),
        (4, ("none.csv", "--origin", "made-up"), "no such file"),
        (4, ("{file}", "--origin", "made-up", "--column", "closed=Nothing"), "no column"),
        (4, ("{file}", "--origin", "made-up"), "No row of the file can be used"),
        (11, ("--authority", "Nowhere"), "No authority"),
    ],
)
def test_wrong_use(file: Path, code: int, arguments: tuple[str, ...], words: str) -> None:
    said = casetrail("deadline", *(part.format(file=file) for part in arguments))
    assert said.code == code, said.all
    assert words in " ".join(said.err.replace("│", "").split())
    assert said.out == ""


def test_a_column_can_be_named_and_a_limit_given(tmp_path: Path) -> None:
    path = tmp_path / "few.csv"
    path.write_text("ref,began,SignedOff\n1,2019-03-01,2019-04-02\n2,2019-03-01,2019-04-09\n", encoding="utf-8")
    said = casetrail(
        *("deadline", path, "--origin", "made-up", "--limit", "10", "--json"),
        *("--column", "opened=began", "--column", "closed=SignedOff"),
    )
    assert said.code == 0, said.err
    assert said.json["answers"][0]["id"] == "deadline.records.10.moved"
    assert said.json["answers"][0]["refusal"]["reason"] == "too_few_cases"
    without = casetrail("deadline", path, "--origin", "made-up", "--column", "opened=began", "--column", "closed=ref")
    assert without.code == 4
    assert "no limit" in without.err.lower()


def test_a_measure_name_stands_for_its_limit(tmp_path: Path) -> None:
    path = tmp_path / "few.csv"
    path.write_text(
        "opened,closed,measure\n2019-03-01,2019-04-02,assessment\n2019-03-01,2019-03-09,conferences\n",
        encoding="utf-8",
    )
    said = casetrail("deadline", path, "--origin", "made-up", "--json")
    assert {a["id"].split(".")[2] for a in said.json["answers"]} == {"15", "45", "rows"}


def test_a_row_that_repeats_another_is_one_case(file: Path, tmp_path: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    path = tmp_path / "twice.csv"
    path.write_text("\n".join([*lines, *lines[1:101]]) + "\n", encoding="utf-8")
    said = casetrail(*asked(path, "--json"))
    answers = {answer["id"]: answer for answer in said.json["answers"]}
    rows = answers["deadline.records.rows"]["table"]["rows"]
    assert rows[0][1] == 900
    assert any(row[1] == 100 and "repeats an earlier one" in row[0] for row in rows)


@pytest.mark.parametrize(("option", "value", "code"), [("--window", "100", 0), ("--seed", "-1", 2)])
def test_a_window_beyond_the_limit_and_a_seed_below_nought(file: Path, option: str, value: str, code: int) -> None:
    said = casetrail(*asked(file, option, value))
    assert said.code == code, said.all
