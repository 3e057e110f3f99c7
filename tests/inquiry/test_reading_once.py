"""Unchanged inputs are not read again; changed bytes, a changed mapping or another day are."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from acceptance.command import casetrail
from acceptance.small import GOOD, with_file
from casetrail.errors import IntegrityError
from casetrail.inquiry import followed, parse


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the sources that were really read, in order."""
    from casetrail.inquiry import reading

    done: list[str] = []
    really = reading.read_source

    def counted(spec, **terms):  # type: ignore[no-untyped-def]
        done.append(spec.name)
        return really(spec, **terms)

    monkeypatch.setattr(reading, "read_source", counted)
    return done


def snapshots(folder: Path) -> set[str]:
    return {path.name for path in (folder / "work" / "snapshots").glob("*.duckdb")}


def test_unchanged_inputs_are_not_read_again(tmp_path: Path, reads: list[str]) -> None:
    file = with_file(tmp_path, GOOD)
    assert casetrail("run", file).code == 0
    first = snapshots(tmp_path)
    for verb in ("read", "follow", "run"):
        assert casetrail(verb, file).code == 0
    assert reads == ["calls"]
    assert snapshots(tmp_path) == first


def test_another_day_makes_another_trail_of_the_same_records(tmp_path: Path, reads: list[str]) -> None:
    file = with_file(tmp_path, GOOD)
    assert casetrail("follow", file).code == 0
    first = snapshots(tmp_path)
    for _ in range(2):
        assert casetrail("follow", file, "--known-on", "2007-01-31").code == 0
    assert reads == ["calls"]
    assert first < snapshots(tmp_path)
    assert len(snapshots(tmp_path)) == 3


def test_changed_bytes_are_read_again_even_when_size_and_time_are_the_same(tmp_path: Path, reads: list[str]) -> None:
    file = with_file(tmp_path, GOOD)
    before = casetrail("follow", file, "--json")
    calls = tmp_path / "calls.csv"
    times = calls.stat()
    calls.write_bytes(GOOD.replace("visit", "VISIT").encode())
    os.utime(calls, ns=(times.st_atime_ns, times.st_mtime_ns))
    after = casetrail("follow", file, "--json")
    assert reads == ["calls", "calls"]
    assert "VISIT" in after.out
    assert "VISIT" not in before.out
    assert len(snapshots(tmp_path)) == 2  # what is superseded is swept away


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('agency = "social care"', 'agency = "police"'),
        ('team = "team"', 'episode = "team"'),
        ("as_of = 2007-12-31", "as_of = 2007-12-30"),
    ],
)
def test_a_changed_declaration_is_read_again(tmp_path: Path, reads: list[str], old: str, new: str) -> None:
    file = with_file(tmp_path, GOOD)
    assert casetrail("read", file).code == 0
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    assert casetrail("read", file).code == 0
    assert reads == ["calls", "calls"]


def test_a_changed_title_is_not(tmp_path: Path, reads: list[str]) -> None:
    file = with_file(tmp_path, GOOD)
    assert casetrail("read", file).code == 0
    file.write_text(file.read_text(encoding="utf-8").replace('"Small"', '"Other"'), encoding="utf-8")
    assert casetrail("run", file).code == 0
    assert reads == ["calls"]
    assert "Other" in (tmp_path / "pack" / "index.html").read_text(encoding="utf-8")


def test_a_failed_reading_leaves_no_snapshot_behind_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = with_file(tmp_path, GOOD)

    def broken(*_: object) -> None:
        raise IntegrityError("rows got lost")

    with monkeypatch.context() as patch:
        patch.setattr("casetrail.inquiry.reading.store_records", broken)
        assert casetrail("read", file).code == 10
    assert not list((tmp_path / "work" / "snapshots").glob("*"))
    assert casetrail("read", file).code == 0


def test_two_readers_at_once(tmp_path: Path) -> None:
    wanted = parse(with_file(tmp_path, GOOD), today=date(2026, 1, 1))
    with followed(wanted) as (one, _), followed(wanted) as (two, _):
        assert one.query("overview").rows() == two.query("overview").rows()
