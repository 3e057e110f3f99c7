"""Whatever stops the work, nothing is half-written, and the same command again gives the undisturbed answers."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from .command import answers, casetrail, process
from .small import GOOD, inquiry, source, with_file

ROWS = 16_000
pytestmark = pytest.mark.xdist_group("interrupted")  # one worker makes the undisturbed run once

MAPPING = {"person": "child", "activity": "what", "at": "when", "team": "team"}


@pytest.fixture(scope="module")
def biggish(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that takes long enough to be interrupted in every stage."""
    file = tmp_path_factory.mktemp("biggish") / "calls.csv"
    start = datetime(2000, 1, 1)  # noqa: DTZ001  local times, as an agency writes them
    lines = [
        f"C-{n // 4},{'abcdefgh'[n * 7 % 8]},{(start + timedelta(minutes=n)).isoformat()},{'xyz'[n * 5 % 3]}"
        for n in range(ROWS)
    ]
    file.write_text("child,what,when,team\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return file


def on(folder: Path, file: Path) -> Path:
    return inquiry(folder, source("calls", file.as_posix(), columns=MAPPING))


def figures(file: Path) -> dict[str, Any]:
    """Every answer but for how it came about, as `run` gives it."""
    found = answers(casetrail("run", file, "--json"))
    return {name: {k: v for k, v in answer.items() if k != "provenance"} for name, answer in found.items()}


@pytest.fixture(scope="module")
def undisturbed(biggish: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return figures(on(tmp_path_factory.mktemp("undisturbed"), biggish))


def half_written(folder: Path) -> list[str]:
    """Files that only an unfinished run leaves."""
    marks = (".making", ".lock", ".wal", ".new", ".part", ".building", ".old")
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.name.endswith(marks) or "spill-" in p.name)


STAGES = {
    "reading": "work/vault/pseudonym.key",
    "storing the records": "work/snapshots/records-*.making",
    "building the trail": "work/snapshots/trail-*.making",
    "writing the pack": ".pack.building",
}


def stop_at(stage: str, file: Path, how: signal.Signals) -> subprocess.Popen[str]:
    """Start `run`, wait until the stage's file appears, send the signal."""
    running = process("run", file.name, folder=file.parent)
    until = time.monotonic() + 60
    while not any(file.parent.glob(STAGES[stage])):
        assert running.poll() is None, (stage, running.communicate())
        assert time.monotonic() < until, stage
        time.sleep(0.002)
    os.killpg(running.pid, how)
    return running


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("stage", ["reading", "storing the records", "building the trail", "writing the pack"])
def test_killed_half_way_and_run_again(tmp_path: Path, biggish: Path, undisturbed: dict[str, Any], stage: str) -> None:
    file = on(tmp_path, biggish)
    running = stop_at(stage, file, signal.SIGKILL)
    running.communicate()
    assert running.returncode == -signal.SIGKILL
    assert figures(file) == undisturbed
    assert half_written(tmp_path) == []
    assert casetrail("verify-pack", tmp_path / "pack").code == 0


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("stage", ["reading", "building the trail"])
def test_ctrl_c_leaves_nothing_half_written(
    tmp_path: Path, biggish: Path, undisturbed: dict[str, Any], stage: str
) -> None:
    file = on(tmp_path, biggish)
    running = stop_at(stage, file, signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert running.returncode == 130, (out, err)
    assert "Nothing is half-written; run the same command again" in err
    assert "Traceback" not in err
    assert half_written(tmp_path) == []
    assert not (tmp_path / "pack").exists()
    assert figures(file) == undisturbed


def test_ctrl_c_keeps_the_earlier_pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = with_file(tmp_path, GOOD)
    assert casetrail("run", file).code == 0
    before = (tmp_path / "pack" / "index.html").read_bytes()
    (tmp_path / "calls.csv").write_text(GOOD + "5,C-3,visit,2007-04-01,,duty\n", encoding="utf-8")

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("casetrail.publish.folder._swap", stopped)
        assert casetrail("run", file).code == 130
    assert (tmp_path / "pack" / "index.html").read_bytes() == before
    assert half_written(tmp_path) == []
    assert casetrail("run", file).code == 0
    assert (tmp_path / "pack" / "index.html").read_bytes() != before


@pytest.fixture
def small_disc(tmp_path: Path) -> Iterator[Path]:
    """A disc in memory that can be made too small. Needs the right to mount."""
    disc = tmp_path / "disc"
    disc.mkdir()
    try:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", disc], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("a small disc cannot be mounted here (needs root on Linux)")
    try:
        yield disc
    finally:
        subprocess.run(["umount", disc], check=True)


# The disc fills up at the key, at the quarantine, while records are loaded, while they are stored, in the trail.
@pytest.mark.parametrize("kilobytes", [4, 8, 600, 5000, 7500])
def test_disc_full(small_disc: Path, biggish: Path, kilobytes: int) -> None:
    file = on(small_disc.parent, biggish)
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"work"', '"disc/work"').replace('"pack"', '"disc/pack"'), encoding="utf-8")
    subprocess.run(["mount", "-o", f"remount,size={kilobytes}k", small_disc], check=True)
    said = casetrail("run", file)
    assert said.code == 7, said.err
    assert "disc is full" in said.err or "No space left" in said.err
    assert "What to do" in said.err
    assert "Traceback" not in said.err
    assert half_written(small_disc) == []
    subprocess.run(["mount", "-o", "remount,size=64m", small_disc], check=True)
    again = casetrail("run", file)
    assert again.code == 0, again.err


def test_disc_full_where_none_can_be_mounted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = with_file(tmp_path, GOOD)
    _refuse_replace(monkeypatch, OSError(errno.ENOSPC, "No space left on device"))
    said = casetrail("run", file)
    assert said.code == 7
    assert "disc is full" in said.err or "No space left" in said.err
    monkeypatch.undo()
    assert casetrail("run", file).code == 0
    assert half_written(tmp_path) == []


def _refuse_replace(monkeypatch: pytest.MonkeyPatch, failure: OSError) -> None:
    def refuse(self: Path, target: object) -> Path:
        raise failure

    monkeypatch.setattr(Path, "replace", refuse)


def test_a_file_open_in_excel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows refuses to replace a file that Excel holds open: PermissionError."""
    file = with_file(tmp_path, GOOD)
    assert casetrail("run", file).code == 0
    (tmp_path / "calls.csv").write_text(GOOD + "5,C-3,visit,2007-04-01,,duty\n", encoding="utf-8")
    before = (tmp_path / "pack" / "index.html").read_bytes()
    _refuse_replace(monkeypatch, PermissionError(errno.EACCES, "Permission denied"))
    for verb in ("run", "read"):
        said = casetrail(verb, file)
        assert said.code == 7, said.err
        assert "Excel" in said.err
    monkeypatch.undo()
    assert (tmp_path / "pack" / "index.html").read_bytes() == before
    assert half_written(tmp_path) == []
    assert casetrail("run", file).code == 0


@pytest.mark.parametrize("place", ["pack", "pack.zip", "work"])
def test_a_file_in_the_place_of_a_folder_is_left_alone(tmp_path: Path, place: str) -> None:
    file = with_file(tmp_path, GOOD)
    (tmp_path / place).write_text("mine", encoding="utf-8")
    said = casetrail("run", file)
    assert said.code == 7, said.err
    assert str(tmp_path / place) in said.err
    assert "What to do" in said.err
    assert (tmp_path / place).read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("place", ["pack", "work"])
def test_a_folder_of_other_files_is_left_alone(tmp_path: Path, place: str) -> None:
    file = with_file(tmp_path, GOOD)
    (tmp_path / place).mkdir()
    (tmp_path / place / "thesis.txt").write_text("mine", encoding="utf-8")
    said = casetrail("run", file)
    assert said.code == 7, said.err
    assert "did not write" in said.err
    assert [p.name for p in (tmp_path / place).iterdir()] == ["thesis.txt"]


def test_a_folder_that_may_not_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For root no folder is closed, so the refusal of the system is played."""
    file = with_file(tmp_path, GOOD)
    made = Path.mkdir

    def refuse(self: Path, *args: Any, **kwargs: Any) -> None:
        if self.name in ("work", "vault"):
            raise PermissionError(errno.EACCES, "Permission denied", str(self))
        made(self, *args, **kwargs)

    monkeypatch.setattr(Path, "mkdir", refuse)
    said = casetrail("run", file)
    assert said.code == 7, said.err
    assert "may write" in said.err
