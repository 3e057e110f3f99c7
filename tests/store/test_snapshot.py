"""Snapshots are whole or not there: after a fault, a full disc, or a kill in the middle."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from casetrail.errors import OutputError, StoreError
from casetrail.store import Engine, SnapshotFolder, open_snapshot
from casetrail.store.engine import is_in_use
from casetrail.store.relation import parse_relation
from casetrail.store.snapshot import snapshot_key

COUNT = parse_relation(
    "count",
    "-- relation: the number\n-- in: t\n-- out: n\n-- parameters: none\n-- source: test\nselect n from t",
)
# Builds, says so, and never comes to an end by itself.
SLOW_BUILDER = textwrap.dedent(
    """
    import sys, time
    from pathlib import Path
    import pyarrow as pa
    from casetrail.store import SnapshotFolder

    def make(engine):
        engine.load("t", pa.table({"n": list(range(200_000))}))
        print("building", flush=True)
        time.sleep(600)

    SnapshotFolder(Path(sys.argv[1])).build("trail", "k" * 32, make)
    """
)


def number(n: int) -> object:
    """What makes a snapshot with one number in it."""
    return lambda engine: engine.load("t", pa.table({"n": [n]}))


def read(engine: Engine) -> int:
    return int(str(engine.query(COUNT).rows()[0]["n"]))


def names(folder: SnapshotFolder) -> list[str]:
    return sorted(path.name for path in folder.root.iterdir())


@pytest.fixture
def folder(tmp_path: Path) -> SnapshotFolder:
    return SnapshotFolder(tmp_path / "work folder")  # a blank, as in "My Documents"


@pytest.fixture
def slow(folder: SnapshotFolder) -> Iterator[subprocess.Popen[str]]:
    """Another process in the middle of building into the same folder."""
    folder.root.mkdir(parents=True, exist_ok=True)
    with subprocess.Popen(
        [sys.executable, "-c", SLOW_BUILDER, str(folder.root)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "building\n"
        yield process
        process.kill()


def test_a_build_is_found_by_its_label_and_key(folder: SnapshotFolder) -> None:
    assert folder.find("trail", "a" * 32) is None
    path = folder.build("trail", "a" * 32, number(1))
    assert folder.find("trail", "a" * 32) == path
    assert folder.find("records", "a" * 32) is None
    with folder.open(path) as engine:
        assert read(engine) == 1
    assert names(folder) == [path.name, "trail.pointer.json"]


def test_another_key_is_built_anew_and_the_old_swept(folder: SnapshotFolder) -> None:
    old = folder.build("trail", "a" * 32, number(1))
    assert folder.find("trail", "b" * 32) is None
    new = folder.build("trail", "b" * 32, number(2))
    assert folder.find("trail", "a" * 32) is None
    assert folder.find("trail", "b" * 32) == new
    assert not old.exists()


def test_the_key_covers_every_part() -> None:
    parts = {"inputs": ["x"], "as_of": 1}
    assert snapshot_key(parts) == snapshot_key(dict(reversed(parts.items())))
    assert snapshot_key(parts) != snapshot_key({**parts, "as_of": 2})
    assert len(snapshot_key({})) == 32


def test_labels_do_not_disturb_each_other(folder: SnapshotFolder) -> None:
    records = folder.build("records", "a" * 32, number(1))
    trail = folder.build("trail-2008-01-01", "a" * 32, number(2))
    assert folder.find("records", "a" * 32) == records
    assert folder.find("trail-2008-01-01", "a" * 32) == trail


@pytest.mark.parametrize("fault", [ValueError("x"), KeyboardInterrupt(), StoreError("x")])
def test_a_fault_in_the_middle_leaves_the_old_snapshot_and_nothing_else(
    folder: SnapshotFolder, fault: BaseException
) -> None:
    path = folder.build("trail", "a" * 32, number(1))

    def make(engine: Engine) -> None:
        engine.load("t", pa.table({"n": [2]}))
        raise fault

    with pytest.raises(type(fault)):
        folder.build("trail", "b" * 32, make)
    assert names(folder) == [path.name, "trail.pointer.json"]
    assert folder.find("trail", "a" * 32) == path


def test_leftovers_of_a_dead_build_are_swept(folder: SnapshotFolder) -> None:
    folder.root.mkdir(parents=True)
    for left in ("trail-aaaaaaaaaaaa-01234567.making", "trail-aaaaaaaaaaaa-01234567.making.wal"):
        (folder.root / left).write_bytes(b"half a file")
    (folder.root / "spill-01234567").mkdir()
    (folder.root / "spill-01234567" / "block").write_bytes(b"spilt")
    path = folder.build("trail", "a" * 32, number(1))
    assert names(folder) == [path.name, "trail.pointer.json"]


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"key": "a", "file": "gone.duckdb"}'])
def test_a_damaged_pointer_means_build_it(folder: SnapshotFolder, text: str) -> None:
    folder.root.mkdir(parents=True)
    (folder.root / "trail.pointer.json").write_text(text, encoding="utf-8")
    assert folder.find("trail", "a") is None
    path = folder.build("trail", "a", number(1))
    assert folder.find("trail", "a") == path


def test_a_reader_keeps_the_old_snapshot_while_a_new_one_is_built(folder: SnapshotFolder) -> None:
    old = folder.build("trail", "a" * 32, number(1))
    with folder.open(old) as reader:
        seen: list[int] = []

        def make(engine: Engine) -> None:
            engine.load("t", pa.table({"n": [2]}))
            found = folder.find("trail", "a" * 32)
            assert found is not None
            with folder.open(found) as second:  # a reader who comes while we write does not wait either
                seen.append(read(second))

        new = folder.build("trail", "b" * 32, make)
        assert read(reader) == 1
    assert seen == [1]
    with folder.open(new) as engine:
        assert read(engine) == 2


def test_a_killed_build_is_swept_and_built_again(folder: SnapshotFolder, slow: subprocess.Popen[str]) -> None:
    slow.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))
    slow.wait(timeout=30)
    assert any(name.endswith(".making") for name in names(folder))
    assert folder.find("trail", "k" * 32) is None
    path = folder.build("trail", "k" * 32, number(3))
    assert names(folder) == [path.name, "trail.pointer.json"]
    with folder.open(path) as engine:
        assert read(engine) == 3


def test_a_running_build_of_another_process_is_left_alone(folder: SnapshotFolder, slow: subprocess.Popen[str]) -> None:
    making = [name for name in names(folder) if name.endswith(".making")]
    assert len(making) == 1
    assert is_in_use(folder.root / making[0])
    folder.sweep()
    folder.build("records", "a" * 32, number(1))
    assert making == [name for name in names(folder) if name.endswith(".making")]
    assert slow.poll() is None


def test_opening_a_snapshot_that_has_gone(folder: SnapshotFolder) -> None:
    with pytest.raises(StoreError, match="has gone"):
        folder.open(folder.root / "gone.duckdb")


def test_a_file_that_is_no_snapshot_says_nothing_of_its_content(tmp_path: Path) -> None:
    path = tmp_path / "bad.duckdb"
    path.write_bytes(b"CANARY-7f3a" * 1000)
    with pytest.raises(StoreError) as caught:
        open_snapshot(path)
    assert "CANARY" not in str(caught.value)


def test_a_work_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(OutputError) as caught:
        SnapshotFolder(tmp_path / "file").build("trail", "a" * 32, number(1))
    assert caught.value.code == "work_folder"


def test_a_snapshot_attached_is_seen_without_a_prefix(folder: SnapshotFolder) -> None:
    records = folder.build("records", "a" * 32, number(5))
    with open_snapshot(None) as engine:
        engine.attach(records, "records")
        assert read(engine) == 5


def test_the_pointer_is_swapped_whole(folder: SnapshotFolder) -> None:
    path = folder.build("trail", "a" * 32, number(1))
    stamp = json.loads((folder.root / "trail.pointer.json").read_text(encoding="utf-8"))
    assert stamp == {"key": "a" * 32, "file": path.name}


@pytest.fixture
def tiny_disc(tmp_path: Path) -> Iterator[Path]:
    """A file system of two megabytes, where this machine lets us mount one."""
    place = tmp_path / "tiny"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)]
    try:
        done = subprocess.run(mount, capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("no mount command here")
    if done.returncode:
        pytest.skip("this user may not mount a small file system")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disc_is_said_as_such_and_leaves_nothing(tiny_disc: Path) -> None:
    folder = SnapshotFolder(tiny_disc)
    noise = os.urandom(8_000_000)  # noise, because the engine would pack anything else
    many = pa.table({"n": [noise[i : i + 40] for i in range(0, len(noise), 40)]})
    with pytest.raises(OutputError) as caught:
        folder.build("trail", "a" * 32, lambda engine: engine.load("t", many))
    assert caught.value.exit_code == 7
    assert not names(folder)


@pytest.mark.parametrize("words", ["No space left on device", "database or disk is full", "max_temp_directory_size"])
def test_the_engines_words_for_a_full_disc(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def register(self, *_: object) -> None:
            raise duckdb.IOException(f"Could not write CANARY: {words}")

    with pytest.raises(OutputError) as caught:
        Engine(Full()).load("t", pa.table({"n": [1]}))  # type: ignore[arg-type]
    assert caught.value.code == "disc_full"
    assert "CANARY" not in str(caught.value)


def test_a_running_build_of_this_process_is_left_alone(folder: SnapshotFolder) -> None:
    def outer(engine: Engine) -> None:
        engine.load("t", pa.table({"n": [1]}))
        folder.build("records", "a" * 32, number(2))

    trail = folder.build("trail", "a" * 32, outer)
    assert folder.find("trail", "a" * 32) == trail
    with folder.open(trail) as engine:
        assert read(engine) == 1


def test_a_finished_build_whose_pointer_is_not_yet_swapped_is_left_alone(
    folder: SnapshotFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    swap = SnapshotFolder._swap

    def another_process_sweeps_first(self: SnapshotFolder, label: str, key: str, done: Path) -> None:
        SnapshotFolder(self.root).sweep()
        swap(self, label, key, done)

    monkeypatch.setattr(SnapshotFolder, "_swap", another_process_sweeps_first)
    path = folder.build("trail", "a" * 32, number(1))
    assert path.is_file()
