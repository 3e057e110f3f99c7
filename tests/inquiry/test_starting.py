"""A made-up authority's own files are read by a guessed inquiry as by its own, with no hand edits."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from casetrail.cli import main
from casetrail.inquiry import WorkFolder, parse, read_records
from casetrail.inquiry.worldmaking import make_world
from casetrail.world import World

TODAY = date(2026, 11, 1)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("start") / "made"
    make_world(World(scenario="fair", children=400, years=1.0, seed=3), place)
    return place


def counted(file: Path) -> list[tuple[object, ...]]:
    wanted = parse(file, today=TODAY)
    read = read_records(wanted, WorkFolder(wanted.work))
    rows: list[tuple[object, ...]] = [("rows", *(sum(n) for n in zip(*(
        (s.rows_in, s.rows_good, s.rows_quarantined) for s in read.sources), strict=True)))]  # fmt: skip
    with duckdb.connect(str(read.snapshot), read_only=True) as engine:
        for name in ("person", "household", "incident", "episode", "worker", "event_id"):
            rows += engine.execute(f"select '{name}', count(distinct {name}), count({name}) from event_raw").fetchall()
        rows += engine.execute(
            "select agency, activity, precision, outcome, severity, passed_to, closing_code, reported_by_role, "
            "count(*), sum(at_us % 1000000007), sum(end_us % 1000000007), sum(recorded_us % 1000000007) "
            "from event_raw group by all order by all"
        ).fetchall()
        rows += engine.execute(
            "select agency, role, reason_end, count(*), count(distinct person), sum(from_us % 1000000007), "
            "sum(to_us % 1000000007) from involvement_raw group by all order by all"
        ).fetchall()
    return rows


def test_the_files_of_a_made_up_authority_are_read_without_an_edit(made: Path) -> None:
    files = sorted(str(path) for path in made.glob("*.csv"))
    guessed = made / "guessed.toml"
    assert main(["init", "--from", *files, "--out", str(guessed)]) == 0
    text = guessed.read_text(encoding="utf-8")
    assert 'origin = "made-up"' in text
    assert 'origin = "real"' not in text
    assert 'agency = "parents\' service"' in text
    # Files of who persons are become no source.
    assert text.count("[[source]]") == len([file for file in files if not file.endswith("_people.csv")])
    own = counted(made / "inquiry.toml")
    assert counted(guessed) == own
    assert own[0][1] > 500


def test_the_guessed_inquiry_runs(made: Path) -> None:
    guessed = made / "guessed.toml"
    if not guessed.exists():
        assert main(["init", "--from", *sorted(str(path) for path in made.glob("*.csv")), "--out", str(guessed)]) == 0
    assert main(["run", str(guessed)]) == 0


def test_local_numbers_of_two_agencies_are_not_taken_for_one(tmp_path: Path) -> None:
    """Both call their column local_id and begin at one: nothing says that their persons are the same."""
    for agency in ("police", "health"):
        rows = "".join(f"{number},{agency} seen,2024-01-0{number}\n" for number in range(1, 6))
        (tmp_path / f"{agency}_events.csv").write_text(f"local_id,activity,at\n{rows}", encoding="utf-8")
    out = tmp_path / "i.toml"
    files = [str(tmp_path / "police_events.csv"), str(tmp_path / "health_events.csv")]
    assert main(["init", "--from", *files, "--out", str(out)]) == 0
    text = out.read_text(encoding="utf-8")
    assert 'person_scheme = "police"' in text
    assert 'person_scheme = "health"' in text
    assert "as_of = 2024-01-05" in text


def test_an_extract_with_headings_of_its_own_is_read_by_what_is_guessed(tmp_path: Path) -> None:
    """The month first, headings that say little: `init` finds form, columns and dates by the cells."""
    text = (
        "Vorgang,Customer key,Opened on,Urgency,On-scene,Completed on,How it ended,Who rang,Run\n"
        "1001,P7,2/25/2024 09:15,Grade 1 - Immediate,2/25/2024 09:31,2/25/2024 11:00,AIO,Neighbour,a\n"
        "1002,P7,3/02/2024 22:40,Priority,,3/02/2024 23:10,ASNT,Anon,a\n"
        "1002,P8,3/02/2024 22:40,G2,,3/03/2024 10:00,Area search - no trace,MOP,a\n"
    )
    (tmp_path / "odd.csv").write_text(text, encoding="utf-8")
    out = tmp_path / "i.toml"
    assert main(["init", "--from", str(tmp_path / "odd.csv"), "--out", str(out)]) == 0
    written = out.read_text(encoding="utf-8")
    assert 'format = "police-incidents"' in written
    assert 'person = "Customer key"' in written
    assert '# not used: "Vorgang", "Run"' in written
    out.write_text(written.replace('origin = "real"', 'origin = "made-up"'), encoding="utf-8")
    wanted = parse(out, today=TODAY)
    read = read_records(wanted, WorkFolder(wanted.work))
    assert (read.sources[0].rows_in, read.sources[0].rows_good) == (3, 3)
    with duckdb.connect(str(read.snapshot), read_only=True) as engine:
        rows = engine.execute(
            "select make_timestamp(at_us), severity from event_raw where activity = 'call received' order by row_no"
        ).fetchall()
    assert [(str(at), grade) for at, grade in rows] == [
        ("2024-02-25 09:15:00", "emergency"),
        ("2024-03-02 22:40:00", "priority"),
        ("2024-03-02 22:40:00", "priority"),
    ]
