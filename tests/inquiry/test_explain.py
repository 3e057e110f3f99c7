"""How a figure came about, and that asking again gives the same figure: for every figure of the demo's pack."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from acceptance.command import casetrail
from acceptance.small import GOOD, with_file

pytestmark = pytest.mark.xdist_group("explain")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "casetrail-demo"
    said = casetrail("demo", "--out", folder)
    assert said.code == 0, said.err
    return folder


def test_every_figure_of_the_demo_asked_again_is_the_same(demo: Path) -> None:
    pack = demo / "pack"
    ids = [answer["id"] for answer in json.loads((pack / "answers.json").read_text(encoding="utf-8"))["answers"]]
    assert len(ids) > 25
    again = {name: casetrail("explain", name, "--pack", pack, "--json").json["asked_again"] for name in ids}
    assert [name for name, same in again.items() if same is not True] == []


def test_sources_parameters_and_relations_are_told(demo: Path) -> None:
    said = casetrail("explain", "trail.hand_offs.agency", "--pack", demo / "pack", "--json")
    assert said.code == 0, said.err
    found = said.json
    sources = {source["name"]: source for source in found["provenance"]["sources"]}
    for name, file in {"police": "police_events.csv", "health": "health_events.csv"}.items():
        assert sources[name]["sha256"] == hashlib.sha256((demo / "authority" / file).read_bytes()).hexdigest()
    assert found["provenance"]["parameters"]["level"] == "agency"
    ran = {run["name"]: run for run in found["relations"]}
    assert {"event", "step", "spell_of_events", "tenure", "hand_off"} <= ran.keys()
    assert "-- relation:" in ran["hand_off"]["sql"]
    assert ran["hand_off"]["parameters"] == {"by": "all", "level": "agency"}


def test_it_is_told_in_words_too(demo: Path) -> None:
    said = casetrail("explain", "trail.hand_offs.agency", "--pack", demo / "pack")
    assert said.code == 0
    for words in ("sha256", "level = agency", "-- relation: hand-offs", "Asked again: the same figure."):
        assert words in said.out


def test_a_figure_that_is_not_there(demo: Path) -> None:
    said = casetrail("explain", "trail.nothing", "--pack", demo / "pack")
    assert said.code == 11
    assert "trail.overview" in said.err


def test_a_folder_without_a_pack(tmp_path: Path) -> None:
    said = casetrail("explain", "trail.overview", "--pack", tmp_path)
    assert said.code == 4
    assert "--pack" in said.err


def test_changed_sources_are_told(tmp_path: Path) -> None:
    file = with_file(tmp_path, GOOD)
    assert casetrail("run", file).code == 0
    (tmp_path / "calls.csv").write_text(GOOD + "5,C-3,visit,2007-04-01,,duty\n", encoding="utf-8")
    said = casetrail("explain", "trail.overview", "--pack", tmp_path / "pack", "--json")
    assert (said.code, said.json["asked_again"]) == (10, False)


def test_a_changed_figure_is_told(tmp_path: Path) -> None:
    file = with_file(tmp_path, GOOD)
    assert casetrail("run", file).code == 0
    answers = tmp_path / "pack" / "answers.json"
    text = answers.read_text(encoding="utf-8")
    found = json.loads(text)
    next(a for a in found["answers"] if a["id"] == "trail.overview")["table"]["rows"][0][0] = 77
    answers.write_text(json.dumps(found), encoding="utf-8")
    said = casetrail("explain", "trail.overview", "--pack", tmp_path / "pack", "--json")
    assert (said.code, said.json["asked_again"]) == (10, False)
    assert casetrail("verify-pack", tmp_path / "pack").code == 10


def test_without_the_inquiry_it_is_told_why_it_was_not_asked_again(tmp_path: Path) -> None:
    file = with_file(tmp_path, GOOD)
    assert casetrail("run", file).code == 0
    file.unlink()
    said = casetrail("explain", "trail.overview", "--pack", tmp_path / "pack", "--json")
    assert said.code == 0
    assert said.json["asked_again"] is None
    assert "--inquiry" in said.json["why_not_asked_again"]
