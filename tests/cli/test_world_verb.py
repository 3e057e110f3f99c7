"""`casetrail world` as a stranger meets it: what --set takes, what is refused, and what a stop leaves behind."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from acceptance.command import Said, answers, casetrail, process, rows
from casetrail.cli.worldly import _changes
from casetrail.publish import schema
from casetrail.world import scenario, scenario_names

SMALL = ("--children", "60", "--years", "0.25")


def world(folder: Path, *arguments: str) -> Said:
    return casetrail("world", *SMALL, "--out", folder / "made", *arguments)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1", 1),
        ("0.25", 0.25),
        (" 1e-3 ", 0.001),
        (".5", 0.5),
        ("rota", "rota"),
        ("least loaded", "least loaded"),
        ("'least loaded'", "least loaded"),
        ("[0.5, 0.5]", [0.5, 0.5]),
        ("{median=4000}", {"median": 4000}),
        ('{ dist = "constant", a = 3 }', {"dist": "constant", "a": 3}),
        ("true", True),
        ("", ""),
        ("[0.5", "[0.5"),
        ("1\ny = 2", "1\ny = 2"),
        ("[" * 5000, "[" * 5000),
        ("a=b", "a=b"),
    ],
)
def test_what_is_typed_after_the_name_is_read_as_toml_or_taken_as_words(typed: str, value: Any) -> None:
    made = _changes([f"a.b ={typed}"])["a.b"]
    assert made == value
    assert type(made) is type(value)


def test_lists_distributions_words_and_numbers_can_be_set(tmp_path: Path) -> None:
    typed = (
        "people.household_sizes=[0.5, 0.5]",
        "wait.court={median=4000}",
        "staff.screeners.rule=rota",
        "need.back=.5",
    )
    said = world(tmp_path, "--json", *(part for text in typed for part in ("--set", text)))
    assert (said.code, said.err) == (0, "")
    parameters = said.json["answers"][0]["provenance"]["parameters"]
    assert parameters["set people.household_sizes"] == "[0.5, 0.5]"
    assert parameters["set wait.court"] == "{'median': 4000}"
    assert parameters["set staff.screeners.rule"] == "rota"


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("--set", "people.household_share=2"), 12, "from 0 to 1"),
        (("--set", "people.household_share=nan"), 12, "from 0 to 1"),
        (("--set", "incident.rate=inf"), 12, "from 0 to 100"),
        (("--set", "records.busy_loss=-5"), 12, "records.busy_loss"),
        (("--set", "people.twins=yes"), 12, "a number"),
        (("--set", "people.twins="), 12, "a number"),
        (("--set", "people.household_sizes=[0.5"), 12, "a list"),
        (("--set", "wait.court=4000"), 12, "{median = "),
        (("--set", "need.back={median=4000}"), 12, "no distribution"),
        (("--set", "staff.courts.per_1000=0"), 12, "cannot be empty"),
        (("--set", "people.twins"), 2, "name=value"),
        (("--started", "1990-06-01"), 12, "--started 1990-06-01"),
        (("--started", "2027-12-01"), 12, "1990 to 2027"),
        (("--started", "9999-12-31"), 12, "1990 to 2027"),
        (("--threads", "-3"), 2, "--threads"),
        (("--years", "nan"), 12, "--years"),
        (("--children", "49"), 12, "--children"),
    ],
)
def test_what_cannot_be_made_is_refused_in_words(
    tmp_path: Path, arguments: tuple[str, ...], code: int, says: str
) -> None:
    said = world(tmp_path, *arguments)
    assert said.code == code, said.err
    assert said.out == ""
    assert says in said.err
    assert "Traceback" not in said.err and "Warning" not in said.err
    assert list(tmp_path.iterdir()) == []


def test_the_help_shows_a_list_and_a_distribution() -> None:
    said = " ".join(casetrail("world", "--help").out.replace("│", " ").split())
    assert "'people.household_sizes=[0.5, 0.5]'" in said
    assert "'wait.court={median = 4000}'" in said


def test_scenarios_as_json_are_a_table_in_the_published_envelope() -> None:
    said = casetrail("world", "--list", "--json")
    jsonschema.validate(said.json, schema())
    assert said.json["schema"] == "casetrail/world/1"
    listed = rows(answers(said)["world.scenarios"])
    assert [row["scenario"] for row in listed] == list(scenario_names())
    assert listed[0]["about"] == scenario(scenario_names()[0]).about
    assert all(row["signature"] for row in listed)


def test_scenarios_as_text_are_one_line_each() -> None:
    said = casetrail("world", "--list")
    assert (said.code, len(said.out.splitlines())) == (0, len(scenario_names()))


def test_the_seed_stands_in_the_provenance_of_each_answer(tmp_path: Path) -> None:
    said = world(tmp_path, "--seed", "9007199254740993", "--json")
    jsonschema.validate(said.json, schema())
    for answer in said.json["answers"]:
        assert answer["provenance"]["parameters"]["seed"] == 9007199254740993


def test_a_file_in_the_place_of_the_folder_is_called_a_file_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "made").write_text("mine", encoding="utf-8")
    said = world(tmp_path)
    assert said.code == 7
    assert "There is a file of that name" in said.err
    assert "not empty" not in said.err
    assert [p.name for p in tmp_path.iterdir()] == ["made"]
    assert (tmp_path / "made").read_text(encoding="utf-8") == "mine"


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "thesis.txt").write_text("mine", encoding="utf-8")
    said = world(tmp_path)
    assert said.code == 7
    assert "not empty" in said.err


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize(("how", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_whoever_stops_it_while_it_writes_finds_nothing_half_written(
    tmp_path: Path, how: signal.Signals, code: int
) -> None:
    running = process("world", "--children", "4000", "--years", "3", "--out", "made", folder=tmp_path)
    until = time.monotonic() + 120
    while not any(tmp_path.glob("made.making-*")):
        assert running.poll() is None, running.communicate()
        assert time.monotonic() < until
        time.sleep(0.002)
    os.killpg(running.pid, how)
    _, err = running.communicate(timeout=60)
    assert running.returncode == code, err
    assert "Nothing is half-written" in err
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_a_stop_just_after_the_folder_was_made_removes_it_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The narrowest moment: the folder stands, and nothing has been written in it."""
    real = Path.mkdir

    def made_and_stopped(path: Path, *args: Any, **kwargs: Any) -> None:
        real(path, *args, **kwargs)
        if ".making-" in path.name:
            raise KeyboardInterrupt

    monkeypatch.setattr(Path, "mkdir", made_and_stopped)
    said = world(tmp_path)
    assert said.code == 130
    assert "Nothing is half-written" in said.err
    assert list(tmp_path.iterdir()) == []


def test_the_years_in_other_threads_end_soon_after_a_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A signal reaches the main thread alone: the others look for the flag that it sets, every quarter of a year."""
    told = threading.Event()
    told.set()
    monkeypatch.setattr("casetrail.cli.stopping", told)
    said = world(tmp_path)
    assert said.code == 130
    assert "Nothing is half-written" in said.err
    assert list(tmp_path.iterdir()) == []
