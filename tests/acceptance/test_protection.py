"""Protection from the first day: no basis no use, and no value of a record comes out where it must not."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from .command import Said, answers, casetrail, rows
from .real import CANARY, PROTECTION, real_inquiry
from .small import refused

pytestmark = pytest.mark.xdist_group("protection")  # one worker makes the used folder once
VERBS = ("read", "run", "follow")


def test_real_records_without_a_purpose_are_refused(tmp_path: Path) -> None:
    file = real_inquiry(tmp_path, protection="")
    refused(file, 5, "does not say why", "[protection]", "retain_until", "inquiry.toml")
    assert not (tmp_path / "work").exists()


@pytest.mark.parametrize("key", ["purpose", "controllers", "lawful_basis", "retain_until"])
def test_each_answer_of_the_purpose_block_is_needed(tmp_path: Path, key: str) -> None:
    lines = [line for line in PROTECTION.splitlines(keepends=True) if not line.startswith(key)]
    said = casetrail("run", real_inquiry(tmp_path, protection="".join(lines)))
    assert said.code in (3, 5), said.err
    assert key in said.err or "empty answer" in said.err
    assert not (tmp_path / "work").exists()


@pytest.mark.parametrize("key", ["purpose", "controllers", "lawful_basis"])
def test_a_blank_answer_is_none(tmp_path: Path, key: str) -> None:
    blank = '[" "]' if key == "controllers" else '" "'
    lines = [f"{key} = {blank}" if line.startswith(key) else line for line in PROTECTION.splitlines()]
    refused(real_inquiry(tmp_path, protection="\n".join(lines) + "\n"), 5, "empty answer")


def test_records_kept_too_long_are_refused_and_can_still_be_purged(tmp_path: Path) -> None:
    file = real_inquiry(tmp_path)
    assert casetrail("read", file).code == 0
    yesterday = (date.today() - timedelta(days=1)).isoformat()  # noqa: DTZ011  the user's own calendar day
    real_inquiry(tmp_path, protection=PROTECTION.replace("2099-12-31", yesterday))
    refused(file, 5, "is over", "retain_until", "casetrail purge")
    assert casetrail("show", "P", "--inquiry", file, "--reason", "because").code == 5
    assert casetrail("purge", "--yes", file).code == 0
    assert not (tmp_path / "work").exists()


@pytest.mark.parametrize("origin", ["public-pseudonymous", "public-aggregate", "made-up"])
def test_published_and_made_up_records_need_no_purpose(tmp_path: Path, origin: str) -> None:
    file = real_inquiry(tmp_path, protection="")
    file.write_text(file.read_text(encoding="utf-8").replace('"real"', f'"{origin}"'), encoding="utf-8")
    assert casetrail("read", file).code == 0


@dataclass
class Used:
    """A folder in which every verb was used on real records, and all that was said."""

    folder: Path
    file: Path
    said: dict[str, Said]


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Used]:
    folder = tmp_path_factory.mktemp("used")
    file = real_inquiry(folder)
    before = Path.cwd()
    os.chdir(folder)  # casetrail.log is written into the current folder
    commands = {
        "look": ("read", "calls.csv", "letters.csv", "--verbose"),
        "look json": ("read", "calls.csv", "--json"),
        "read": ("read", file, "--verbose"),
        "read json": ("read", file, "--json"),
        "run": ("run", file, "--verbose"),
        "run json": ("run", file, "--json", "--out", folder / "elsewhere" / "pack"),
        "follow": ("follow", file, "--all-rows", "--verbose"),
        "follow json": ("follow", file, "--json", "--all-rows", "--out", "followed"),
        "follow by person": ("follow", file, "--all-rows", "--by", "person"),
        "follow by period": ("follow", file, "--all-rows", "--by", "period", "--json"),
        "known on": ("follow", file, "--known-on", "2007-01-15", "--json"),
        "explain": ("explain", "trail.overview", "--pack", "pack"),
        "explain json": ("explain", "trail.repeats", "--pack", "pack", "--json"),
        "show without reason": ("show", f"{CANARY}-child-1", "--scheme", "child"),
        "show": ("show", f"{CANARY}-child-1", "--scheme", "child", "--reason", "to test"),
        "show nobody": ("show", f"{CANARY}-child-99", "--scheme", "child", "--reason", "to test"),
        "init": ("init", "--from", "calls.csv", "--out", "guessed.toml"),
    }
    try:
        yield Used(folder, file, {name: casetrail(*command) for name, command in commands.items()})
    finally:
        os.chdir(before)


def test_every_verb_was_used(used: Used) -> None:
    expected = dict.fromkeys(used.said, 0) | {"show without reason": 5, "show nobody": 11}
    assert expected == {name: said.code for name, said in used.said.items()}


def test_no_canary_is_said(used: Used) -> None:
    for name, said in used.said.items():
        assert CANARY not in said.err, name
        if name != "show":  # the page of one person shows what came of each event
            assert CANARY not in said.out, name
    shown = answers(casetrail("show", f"{CANARY}-child-1", "--scheme", "child", "--reason", "to test", "--json"))
    for answer in shown.values():
        told = json.dumps([{k: v for k, v in row.items() if k != "outcome"} for row in rows(answer)])
        assert CANARY not in told


def test_no_canary_is_written_but_into_the_store(used: Used) -> None:
    written = [p for p in used.folder.rglob("*") if p.is_file() and p.name not in ("calls.csv", "letters.csv")]
    assert {"casetrail.log", "quarantine.csv", "views.jsonl", "index.html", "guessed.toml"} <= {p.name for p in written}
    for path in written:
        assert CANARY not in str(path.relative_to(used.folder))
        if path.suffix != ".duckdb":
            assert CANARY.encode() not in path.read_bytes(), path.name


def test_the_store_holds_no_identifier(used: Used) -> None:
    """What tells who (person, home, incident, episode, event, worker) is keyed; free text is not taken in."""
    held = ""
    for path in (used.folder / "work" / "snapshots").glob("*.duckdb"):
        with duckdb.connect(str(path), read_only=True) as store:
            for (table,) in store.execute("select table_name from duckdb_tables()").fetchall():
                held += str(store.execute(f"from {table}").fetchall())
    assert f"{CANARY}1-outcome" in held  # the scan sees what is there
    for kind in ("child", "ref", "home", "incident", "episode", "worker", "free text", "no-date"):
        assert f"-{kind}" not in held, kind


def test_rows_that_were_set_aside_are_told_by_place_alone(used: Used) -> None:
    sources = used.said["read json"].json["sources"]
    assert [(s["rows_in"], s["rows_good"], s["rows_quarantined"]) for s in sources] == [(73, 60, 13), (3, 1, 2)]


def test_the_log_tells_stages_and_no_row(used: Used) -> None:
    log = (used.folder / "casetrail.log").read_text(encoding="utf-8")
    assert "reading calls" in log
    assert "building step" in log
    assert CANARY not in log


def test_a_look_at_one_person_needs_a_reason_and_is_logged(used: Used) -> None:
    assert "--reason" in used.said["show without reason"].err
    lines = (used.folder / "work" / "views.jsonl").read_text(encoding="utf-8").splitlines()
    views = [json.loads(line) for line in lines]
    assert [view["reason"] for view in views] == ["to test"] * len(views)
    assert len(views) >= 1
    assert all(view["person"].startswith("P") and view["on"] == date.today().isoformat() for view in views)  # noqa: DTZ011


def test_what_is_for_inside_the_house_says_so(used: Used) -> None:
    for name in ("follow", "show", "run"):
        assert "Internal, not for release" in used.said[name].out, name
    assert used.said["follow json"].json["stamp"] == "Internal, not for release"


@pytest.mark.parametrize("pack", ["pack", "elsewhere/pack", "followed"])
def test_the_pack_of_real_records_is_stamped_and_counts_nobody_under_ten(used: Used, pack: str) -> None:
    folder = used.folder / pack
    assert "Internal, not for release" in (folder / "index.html").read_text(encoding="utf-8")
    assert json.loads((folder / "provenance.json").read_text(encoding="utf-8"))["stamp"] == "Internal, not for release"
    found = json.loads((folder / "answers.json").read_text(encoding="utf-8"))["answers"]
    withheld = 0
    for answer in (a for a in found if a["kind"] == "table"):
        assert answer["origin"] == "real"
        columns = [c["name"] for c in answer["table"]["columns"] if c["kind"] == "persons"]
        for row in rows(answer):
            cells = [row[name] for name in columns]
            withheld += sum(isinstance(cell, dict) for cell in cells)
            assert all(cell is None or isinstance(cell, dict) or cell >= 10 for cell in cells), answer["id"]
        if answer["table"]["suppressed"]:
            assert answer["table"]["margins"] == [], answer["id"]
    assert withheld > 0


def test_no_answer_about_one_person_leaves(used: Used) -> None:
    ids = {answer["id"] for answer in used.said["run json"].json["answers"]}
    assert not [name for name in ids if name.startswith("trail.person.") or "by-person" in name]


def test_a_fault_that_nobody_foresaw_does_not_quote_the_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = real_inquiry(tmp_path)

    def broken(*_: object, **__: object) -> None:
        raise ValueError(f"could not convert {CANARY}")

    monkeypatch.setattr("casetrail.inquiry.reading.read_source", broken)
    for verb in VERBS:
        said = casetrail(verb, file)
        assert said.code == 70
        assert "ValueError" in said.err
        assert CANARY not in said.all


def test_an_extract_without_a_header_does_not_quote_its_first_record(tmp_path: Path) -> None:
    file = real_inquiry(tmp_path)
    lines = (tmp_path / "calls.csv").read_bytes().splitlines(keepends=True)
    (tmp_path / "calls.csv").write_bytes(b"".join(lines[1:]))
    for verb in VERBS:
        said = casetrail(verb, file)
        assert said.code == 4
        assert CANARY not in said.all
    assert CANARY not in casetrail("read", tmp_path / "calls.csv").all


def keys_and_pseudonyms(work: Path) -> list[bytes]:
    """What must be in no file at all after a purge."""
    key = (work / "vault" / "pseudonym.key").read_text(encoding="ascii").splitlines()[1]
    found = [key.encode(), bytes.fromhex(key)]
    (records,) = work.glob("snapshots/records-*.duckdb")
    with duckdb.connect(str(records), read_only=True) as store:
        for column in ("person", "incident", "event_id", "episode", "household", "worker"):
            names = store.execute(f"select distinct {column} from event_raw limit 5").fetchall()
            found += [str(name).encode() for (name,) in names]
    assert len(found) > 20
    return found


def test_after_purge_nothing_of_the_inquiry_is_left(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    file = real_inquiry(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    assert casetrail("run", file, "--verbose").code == 0
    assert casetrail("run", file, "--out", elsewhere / "pack", "--known-on", "2007-01-20").code == 0
    assert casetrail("follow", file, "--out", elsewhere / "followed").code == 0
    assert casetrail("show", f"{CANARY}-child-1", "--scheme", "child", "--reason", "to test").code == 0
    secrets = keys_and_pseudonyms(tmp_path / "work")
    said = casetrail("purge", "--yes", file)
    assert said.code == 0, said.err
    left = {path: path.read_bytes() for path in tmp_path.rglob("*")}
    assert left == before  # the user's own files, as they were; so no row is left but there
    assert list(elsewhere.rglob("*")) == []
    assert [name for name, content in left.items() if any(secret in content for secret in secrets)] == []
    assert casetrail("purge", "--yes", file).code == 3


def test_purge_asks_and_can_be_declined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = real_inquiry(tmp_path)
    assert casetrail("read", file).code == 0
    monkeypatch.setattr("typer.confirm", lambda *_, **__: (_ for _ in ()).throw(SystemExit(1)))
    assert casetrail("purge", file).code == 1
    assert (tmp_path / "work" / "vault" / "pseudonym.key").is_file()
