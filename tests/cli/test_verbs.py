"""The command line as a stranger meets it: help, JSON, exit codes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest

from acceptance.command import casetrail
from acceptance.small import GOOD, with_file
from casetrail import errors
from casetrail.publish import schema

VERBS = (
    "demo",
    "run",
    "init",
    "read",
    "follow",
    "show",
    "compare",
    "deadline",
    "judges",
    "explain",
    "purge",
    "verify-pack",
)


def test_help_names_every_verb_and_every_exit_code() -> None:
    said = casetrail("--help")
    assert said.code == 0
    for verb in VERBS:
        assert re.search(rf"^\W*{verb}\s", said.out, re.MULTILINE), verb
    codes = {kind.exit_code for kind in vars(errors).values() if isinstance(kind, type)} - {1}
    told = {int(code) for code in re.findall(r"\b(\d+)\s+[a-z]", said.out)}
    assert codes | {0, 2, 130} <= told


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_each_verb_has_an_example_and_explains_each_option(verb: str) -> None:
    said = casetrail(verb, "--help")
    assert said.code == 0
    assert re.search(rf"Examples?: casetrail {verb}", said.out), said.out
    for name in re.findall(r"--[a-z][a-z-]+", said.out):
        line = next(line for line in said.out.splitlines() if name in line)
        assert len(line.replace("│", "").split()) > 1, name


def test_no_argument_shows_the_help() -> None:
    said = casetrail()
    assert "demo" in said.all
    assert said.code in (0, 2)


def test_version() -> None:
    said = casetrail("--version")
    assert (said.code, said.out.startswith("casetrail ")) == (0, True)


def test_errors_have_exit_codes_of_their_own() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    codes = [kind.exit_code for kind in kinds]
    assert len(set(codes)) == len(codes)
    assert not set(codes) & {0, 2, 70, 130}


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        (2, ("nonsense",)),
        (2, ("run",)),
        (2, ("run", "x.toml", "--nonsense")),
        (2, ("follow", "x.toml", "--by", "worker")),
        (3, ("run", "none.toml")),
        (3, ("purge", "--yes", "none.toml")),
        (4, ("read", "none.csv")),
        (4, ("explain", "x", "--pack", "nowhere")),
        (4, ("verify-pack", "nowhere")),
        (11, ("compare", "--authority", "Nowhere")),
        (11, ("compare", "--year", "1066-67")),
    ],
)
def test_wrong_use_and_its_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, arguments: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    said = casetrail(*arguments)
    assert said.code == code, said.err
    assert said.out == ""
    assert said.err
    assert "Traceback" not in said.err
    assert list(tmp_path.iterdir()) == []


def test_nothing_groups_by_worker() -> None:
    assert "worker" not in casetrail("follow", "--help").out


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = with_file(tmp_path_factory.mktemp("ran"), GOOD, settings='person_scheme = "child"')
    assert casetrail("run", file).code == 0
    return file


ENVELOPES = {
    "demo": ("demo", "--out", "{folder}/demo", "--json"),
    "run": ("run", "{file}", "--json"),
    "follow": ("follow", "{file}", "--json"),
    "show": ("show", "C-1", "--scheme", "child", "--inquiry", "{file}", "--json"),
    "compare": ("compare", "--json"),
    "deadline": ("deadline", "--json"),
    "judges": ("judges", "--measure", "second-plans", "--json"),
}


@pytest.mark.parametrize("verb", ENVELOPES)
def test_json_of_each_verb_that_answers_is_the_published_envelope(ran: Path, verb: str) -> None:
    said = casetrail(*(part.format(file=ran, folder=ran.parent) for part in ENVELOPES[verb]))
    assert (said.code, said.err) == (0, "")
    jsonschema.validate(said.json, schema())
    assert said.json["schema"] == f"casetrail/{verb}/1"
    assert said.json["answers"]


def test_json_of_read(ran: Path) -> None:
    read = casetrail("read", ran, "--json").json
    assert read["schema"] == "casetrail/read/1"
    assert set(read["sources"][0]) >= {"name", "origin", "sha256", "rows_in", "rows_good", "rows_quarantined", "notes"}
    look = casetrail("read", ran.parent / "calls.csv", "--json").json
    assert look["files"][0]["file"] == "calls.csv"
    assert look["files"][0]["rows"] == 4


def test_files_of_the_pack_are_what_is_published(ran: Path) -> None:
    pack = ran.parent / "pack"
    jsonschema.validate(json.loads((pack / "answers.json").read_text(encoding="utf-8")), schema())
    jsonschema.validate(json.loads((pack / "provenance.json").read_text(encoding="utf-8")), schema("provenance"))


def test_output_is_text_that_any_terminal_takes(ran: Path) -> None:
    """No control sequences when the output is a file or a pipe."""
    for said in (casetrail("follow", ran), casetrail("run", ran), casetrail("read", ran)):
        assert "\x1b" not in said.all


@pytest.mark.parametrize("by", ["all", "agency", "team", "period", "type", "person"])
def test_every_grouping_works_on_a_small_log(ran: Path, by: str) -> None:
    said = casetrail("follow", ran, "--by", by, "--json", "--all-rows")
    assert said.code == 0, said.err
    for answer in said.json["answers"]:
        if by != "all" and answer["kind"] == "table" and "scope" in str(answer["table"]["columns"][0]["name"]):
            assert all(isinstance(row[0], str) and row[0] for row in answer["table"]["rows"])


def test_init_writes_what_run_takes(tmp_path: Path) -> None:
    text = GOOD.replace("child,what,when", "person,activity,timestamp")
    (tmp_path / "calls.csv").write_text(text, encoding="utf-8")
    file = tmp_path / "inquiry.toml"
    said = casetrail("init", "--from", tmp_path / "calls.csv", "--out", file)
    assert said.code == 0, said.err
    again = casetrail("init", "--from", tmp_path / "calls.csv", "--out", file)
    assert again.code == 7
    assert "--force" in again.err
    assert casetrail("init", "--from", tmp_path / "calls.csv", "--out", file, "--force").code == 0
    # What it cannot know (why personal records may be used) it leaves to the user, and says so.
    said = casetrail("read", file)
    assert said.code in (0, 3, 5), said.err
