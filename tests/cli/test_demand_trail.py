"""casetrail demand on an inquiry: lists from its own trail, the truth of a made-up authority beside, refusals."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from acceptance.command import Said, casetrail

LISTS = ("--list", "police=police", "--list", "health=health")


@pytest.fixture(scope="module")
def inquiry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world") / "made"
    said = casetrail("world", "--scenario", "fair", "--children", "600", "--years", "2", "--seed", "5", "--out", folder)
    assert said.code == 0, said.err
    return folder / "inquiry.toml"


@pytest.fixture(scope="module")
def said(inquiry: Path) -> Said:
    return casetrail("demand", inquiry, *LISTS, "--out", inquiry.parent.parent / "pack", "--json")


def _ids(said: Said) -> set[str]:
    return {answer["id"] for answer in said.json["answers"]}


def test_two_agencies_give_a_range_beside_the_truth(said: Said) -> None:
    assert said.code == 0, said.err
    assert said.json["origin"] == "made-up"
    assert {"demand.hidden", "demand.lists", "demand.odds", "demand.links", "world.hidden"} <= _ids(said)
    headline = next(a for a in said.json["answers"] if a["id"] == "demand.hidden")
    assert headline["kind"] in ("range", "refusal")
    assert any(note.startswith("Counted: persons with an event from") for note in headline["caveats"])


@pytest.mark.parametrize("figure", ["demand.hidden", "world.hidden"])
def test_a_figure_is_asked_again_from_the_inquiry(said: Said, inquiry: Path, figure: str) -> None:
    pack = inquiry.parent.parent / "pack"
    assert "Asked again: the same figure." in casetrail("explain", figure, "--pack", pack, "--inquiry", inquiry).out


def test_without_the_inquiry_it_says_what_is_missing(said: Said, inquiry: Path, tmp_path: Path) -> None:
    alone = tmp_path / "pack"
    shutil.copytree(inquiry.parent.parent / "pack", alone)
    assert "--inquiry" in casetrail("explain", "demand.hidden", "--pack", alone).out


def test_an_agency_that_is_nowhere_and_a_list_without_a_name_are_told(inquiry: Path) -> None:
    nowhere = casetrail("demand", inquiry, "--list", "police=police", "--list", "x=coastguard")
    assert nowhere.code == 11
    assert "coastguard" in nowhere.err
    assert casetrail("demand", inquiry, "--list", "police").code == 3


def test_days_beyond_what_the_agencies_cover_are_refused(inquiry: Path) -> None:
    beyond = casetrail("demand", inquiry, *LISTS, "--from", "2010-01-01", "--to", "2010-12-31", "--json")
    assert beyond.code == 0, beyond.err
    assert {a["refusal"]["reason"] for a in beyond.json["answers"]} == {"not_covered"}


def test_options_of_tables_are_refused(inquiry: Path) -> None:
    assert casetrail("demand", inquiry, "--by", "area").code == 2


def test_errors_of_linking_stated_in_the_inquiry_are_corrected(inquiry: Path, tmp_path: Path) -> None:
    """Of 60 true pairs looked at 6 were not linked: the overlap grows by 1 / (1 - 6.5 / 61), Jeffreys' mean."""
    stated = inquiry.with_name("stated.toml")
    stated.write_text(
        inquiry.read_text(encoding="utf-8") + '\n[demand.linkage]\nmissed = "6/60"\n', encoding="utf-8", newline="\n"
    )
    pack = tmp_path / "pack"
    said = casetrail("demand", stated, *LISTS, "--out", pack, "--json")
    assert said.code == 0, said.err
    found = next(a for a in said.json["answers"] if a["id"] == "demand.linkage")
    row = next(row for row in found["table"]["rows"] if row[0] == "on both police and health")
    assert row[2] == pytest.approx(row[1] / (1 - 6.5 / 61))
    again = casetrail("explain", "demand.linkage", "--pack", pack, "--inquiry", stated)
    assert "Asked again: the same figure." in again.out, again.out
