"""All of a pack or nothing, whatever stops the work."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path

import pytest

from casetrail.errors import OutputError
from casetrail.publish import publish, verify_pack
from casetrail.publish.folder import write_pack

from . import sample

STAMP = b'{"schema": "casetrail/pack/1", "files": {"index.html": "", "csv/a.csv": ""}}'
OLD = {"index.html": b"old", "provenance.json": STAMP}
NEW = {"index.html": b"new", "csv/a.csv": b"x", "provenance.json": STAMP}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_pack(OLD, tmp_path / "pack")
    return tmp_path / "pack"


def state(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder.parent).as_posix(): p.read_bytes() for p in folder.parent.rglob("*") if p.is_file()}


def test_a_pack_replaces_an_earlier_pack(folder: Path) -> None:
    write_pack(NEW, folder)
    assert {"pack/index.html", "pack/csv/a.csv", "pack/provenance.json", "pack.zip"} == state(folder).keys()
    assert (folder / "index.html").read_bytes() == b"new"


def test_missing_parents_are_made_and_an_empty_folder_is_taken(tmp_path: Path) -> None:
    place = tmp_path / "deep" / "er" / "pack"
    place.mkdir(parents=True)
    write_pack(NEW, place)
    write_pack(NEW, tmp_path / "other" / "pack")
    assert (place / "index.html").read_bytes() == b"new"


@pytest.mark.parametrize("stamp", [None, b"not json", b"[]", b'{"schema": "other"}'])
def test_what_is_not_a_pack_is_left_alone(tmp_path: Path, stamp: bytes | None) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years", encoding="utf-8")
    if stamp is not None:
        (tmp_path / "mine" / "provenance.json").write_bytes(stamp)
    before = state(tmp_path / "mine")
    with pytest.raises(OutputError, match="did not write"):
        write_pack(NEW, tmp_path / "mine")
    assert before == state(tmp_path / "mine")


def test_a_file_in_the_place_and_a_foreign_zip_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "pack").write_text("a file", encoding="utf-8")
    with pytest.raises(OutputError, match="is a file"):
        write_pack(NEW, tmp_path / "pack")
    (tmp_path / "other.zip").write_bytes(b"mine")
    with pytest.raises(OutputError, match="zip"):
        write_pack(NEW, tmp_path / "other")
    assert {"pack", "other.zip"} == {p.name for p in tmp_path.iterdir()}


@pytest.mark.parametrize("on", ["pack", "building/pack", "pack.zip"])
@pytest.mark.parametrize("fault", [PermissionError(errno.EACCES, "in use"), KeyboardInterrupt()])
def test_a_rename_that_fails_puts_everything_back(
    folder: Path, monkeypatch: pytest.MonkeyPatch, on: str, fault: BaseException
) -> None:
    before = state(folder)
    real, failed = Path.replace, []

    def act(self: Path, target: Path) -> Path:
        if on in self.as_posix() and not failed:
            failed.append(self)
            raise fault
        return real(self, target)

    monkeypatch.setattr(Path, "replace", act)
    expected = OutputError if isinstance(fault, OSError) else KeyboardInterrupt
    with pytest.raises(expected) as caught:
        write_pack(NEW, folder)
    assert failed
    assert before == state(folder)
    assert sorted(p.name for p in folder.parent.iterdir()) == ["pack", "pack.zip"]
    if expected is OutputError:
        assert "open elsewhere" in str(caught.value)
        assert "Close the pack in Excel" in str(caught.value)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "disc is full"),
        (PermissionError(errno.EACCES, "Permission denied"), "permission denied"),
        (OSError(errno.EIO, "Input/output error"), "Input/output error"),
        (KeyboardInterrupt(), "^$"),
    ],
)
def test_a_write_that_fails_leaves_the_earlier_pack(
    folder: Path, monkeypatch: pytest.MonkeyPatch, fault: BaseException, words: str
) -> None:
    before = state(folder)
    real = Path.write_bytes

    def act(self: Path, data: bytes) -> int:
        if self.name == "index.html":
            real(self, data[:1])
            raise fault
        return real(self, data)

    monkeypatch.setattr(Path, "write_bytes", act)
    with pytest.raises((OutputError, KeyboardInterrupt), match=words):
        write_pack(NEW, folder)
    monkeypatch.undo()
    assert before == state(folder)
    assert sorted(p.name for p in folder.parent.iterdir()) == ["pack", "pack.zip"]


def test_ctrl_c_while_the_page_is_made_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object, **__: object) -> Iterator[str]:
        raise KeyboardInterrupt

    monkeypatch.setattr("casetrail.publish.page.draw", stop)
    with pytest.raises(KeyboardInterrupt):
        publish([sample.bars()], tmp_path / "p", title="t", version="0", as_of="2011-03-31")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_put_right(folder: Path) -> None:
    parent = folder.parent
    folder.replace(parent / ".pack.old")
    (parent / ".pack.building").mkdir()
    (parent / ".pack.building" / "half").write_text("x", encoding="utf-8")
    write_pack(NEW, folder)
    assert sorted(p.name for p in parent.iterdir()) == ["pack", "pack.zip"]
    assert (folder / "index.html").read_bytes() == b"new"


def test_a_real_pack_is_replaced_by_the_next(tmp_path: Path) -> None:
    for title in ("first", "second"):
        out = publish([sample.bars()], tmp_path / "p", title=title, version="0", as_of="2011-03-31")
    assert verify_pack(out.folder).whole
    assert "second" in (out.folder / "index.html").read_text(encoding="utf-8")
