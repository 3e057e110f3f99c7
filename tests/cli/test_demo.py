"""`casetrail demo`: needs no input, says where the pack is, and its made-up authority stands beside its truth."""

from __future__ import annotations

import shlex
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from acceptance.command import Answer, Said, answers, by, casetrail, only

pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("empty")


@pytest.fixture(scope="module")
def said(folder: Path) -> Said:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return casetrail("demo")


@pytest.fixture(scope="module")
def found(said: Said, folder: Path) -> dict[str, Answer]:
    return answers(casetrail("demo", "--out", folder / "casetrail-demo", "--json"))


def test_it_works_in_an_empty_folder_and_says_where(said: Said, folder: Path) -> None:
    assert (said.code, said.err) == (0, "")
    assert [path.name for path in folder.iterdir()] == ["casetrail-demo"]
    for place in ("pack/index.html", "pack.zip"):
        path = (folder / "casetrail-demo" / place).resolve()
        assert path.is_file()
        assert str(path) in said.out
    assert "Real: published statistics" in said.out
    assert "Made-up: nobody in it exists" in said.out
    assert "Release" in said.out


def test_its_advice_works(said: Said, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    (line,) = [line for line in said.out.splitlines() if "casetrail explain" in line]
    command = line[line.index("explain") :].split()
    assert casetrail(*command).code == 0
    (line,) = [line for line in said.out.splitlines() if "casetrail show" in line]
    shown = casetrail(*shlex.split(line[line.index("show") :]))
    assert shown.code == 0
    assert "Who held the case on each day" in shown.out


def test_it_can_be_run_again_and_purged(said: Said, folder: Path, found: dict[str, Answer]) -> None:
    demo = folder / "casetrail-demo"
    assert casetrail("verify-pack", demo / "pack").code == 0
    index = (demo / "pack" / "index.html").read_bytes()
    assert casetrail("demo", "--out", demo).code == 0
    assert (demo / "pack" / "index.html").read_bytes() == index


def test_a_folder_of_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    said = casetrail("demo", "--out", tmp_path)
    assert said.code == 7
    assert "left alone" in said.err
    assert "--out" in said.err
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_folder_with_an_inquiry_of_the_users_own_is_left_alone(tmp_path: Path) -> None:
    mine = tmp_path / "inquiry.toml"
    mine.write_text('[inquiry]\ntitle = "My own"\nas_of = 2007-12-31\n', encoding="utf-8")
    (tmp_path / "police.csv").write_text("mine", encoding="utf-8")
    said = casetrail("demo", "--out", tmp_path)
    assert said.code == 7, "an inquiry of the user's own was written over"
    assert "My own" in mine.read_text(encoding="utf-8")
    assert (tmp_path / "police.csv").read_text(encoding="utf-8") == "mine"


def test_a_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("mine", encoding="utf-8")
    said = casetrail("demo", "--out", tmp_path / "demo")
    assert said.code == 7, said.err
    assert (tmp_path / "demo").read_text(encoding="utf-8") == "mine"


def test_the_truth_stands_beside_the_records(found: dict[str, Answer], folder: Path) -> None:
    """Counted anew from the sealed truth's own tables."""
    truth = folder / "casetrail-demo" / "authority" / "truth"
    events, told, hidden = (pq.read_table(truth / f"{name}.parquet") for name in ("events", "told", "hidden"))
    beside = by(found["world.truth"], "measure")
    assert beside["things done about them"]["truth"] == events.num_rows
    assert beside["incidents"]["truth"] == told.num_rows + hidden.num_rows
    assert f"{hidden.num_rows / (told.num_rows + hidden.num_rows):.0%}" in found["world.truth"]["sentence"]
    suffered = {*told.column("person").to_pylist(), *hidden.column("person").to_pylist()}
    assert beside["persons to whom something happened"]["truth"] == len(suffered)
    assert beside["incidents"]["records"] is None
    done = beside["persons an agency did something about"]
    assert done["truth"] == len(set(events.column("person").to_pylist())) >= done["records"]
    assert done["records"] == only(found["trail.overview"])["persons"]


def test_cases_go_round_in_it(found: dict[str, Answer]) -> None:
    handed = only(found["trail.hand_offs.agency"])
    assert handed["loops"] > 100


def test_the_page_is_small_enough_to_send(said: Said, folder: Path) -> None:
    page = folder / "casetrail-demo" / "pack" / "index.html"
    assert page.stat().st_size <= 400_000


def test_how_many_were_hidden_is_estimated_and_stands_beside_the_truth(found: dict[str, Answer], folder: Path) -> None:
    """Persons to whom something happened, counted anew from the sealed truth; the days are all those of the world."""
    truth = folder / "casetrail-demo" / "authority" / "truth"
    told, hidden = (pq.read_table(truth / f"{name}.parquet") for name in ("told", "hidden"))
    suffered = {*told.column("person").to_pylist(), *hidden.column("person").to_pylist()}
    beside = by(found["world.hidden"], "measure")["persons to whom something happened"]
    assert beside["truth"] == len(suffered)
    assert found["demand.hidden"]["kind"] == "range", "agencies' lists of children in need depend on each other"
    assert (beside["low"], beside["high"]) == tuple(found["demand.hidden"]["range"][end] for end in ("low", "high"))
    assert found["demand.hidden"]["origin"] == "made-up"
