"""A work folder is one inquiry's, and the key of its pseudonyms is never made anew where something hangs on it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from casetrail.errors import InputError, OutputError
from casetrail.inquiry import WorkFolder, parse, read_records
from casetrail.inquiry.ending import purge
from casetrail.inquiry.quarantine_kept import decisions
from casetrail.inquiry.work_folder import STAMP
from casetrail.records import Keys

TODAY = date(2022, 1, 1)
CALLS = "id,what,when\n7,call,2021-03-02\n,visit,2021-03-04\n8,call,2021-03-08\n"
INQUIRY = """
[inquiry]
title = "{title}"
as_of = 2022-01-01
work = "work"
[[source]]
name = "police"
file = "calls.csv"
origin = "made-up"
agency = "police"
[source.columns]
person = "id"
activity = "what"
at = "when"
"""


def written(folder: Path, name: str, title: str) -> Path:
    (folder / "calls.csv").write_text(CALLS, encoding="utf-8", newline="\n")
    file = folder / name
    file.write_text(INQUIRY.format(title=title), encoding="utf-8", newline="\n")
    return file


def read(file: Path) -> WorkFolder:
    wanted = parse(file, today=TODAY)
    work = WorkFolder(wanted.work)
    read_records(wanted, work)
    return work


def test_a_lost_key_is_not_replaced_and_one_put_back_is_as_before(tmp_path: Path) -> None:
    file = written(tmp_path, "a.toml", "A")
    work = read(file)
    key = work.key_file.read_bytes()
    work.key_file.unlink()

    with pytest.raises(InputError, match="snapshots, rows set aside") as caught:
        read(file)
    assert caught.value.code == "key_missing"
    assert "Put the key file back" in caught.value.todo and "purge" in caught.value.todo
    assert not work.key_file.exists()

    work.key_file.write_bytes(key)
    assert read(file).key_file.read_bytes() == key
    work.key_file.unlink()
    purge(file)
    assert read(file).key_file.read_bytes() != key


@pytest.mark.parametrize("name", ["views.jsonl", "vault/mended.sealed", "vault/quarantine.sealed"])
def test_each_thing_made_with_the_key_keeps_it_from_being_made_anew(tmp_path: Path, name: str) -> None:
    file = written(tmp_path, "a.toml", "A")
    work = WorkFolder(parse(file, today=TODAY).work)
    work.prepare()
    (work.root / name).write_bytes(b"{}\n")

    with pytest.raises(InputError) as caught:
        read(file)
    assert caught.value.code == "key_missing"


def test_mends_under_another_key_name_the_key(tmp_path: Path) -> None:
    work = read(written(tmp_path, "a.toml", "A"))
    (work.vault_folder / "mended.sealed").write_bytes((work.vault_folder / "quarantine.sealed").read_bytes())

    with pytest.raises(InputError, match=r"pseudonym\.key") as caught:
        decisions(work, Keys(b"k" * 32))
    assert caught.value.code == "quarantine_damaged"
    assert "pseudonym.key" in caught.value.todo


def test_another_inquiry_is_refused_reading_and_purging(tmp_path: Path) -> None:
    work = read(written(tmp_path, "a.toml", "A"))
    other = written(tmp_path, "b.toml", "B")
    before = sorted(path for path in work.root.rglob("*"))

    for act in (read, purge):
        with pytest.raises(OutputError, match=r"\.\./a\.toml") as caught:
            act(other)
        assert caught.value.code == "other_inquiry"
        assert "`work`" in caught.value.todo
    assert sorted(path for path in work.root.rglob("*")) == before


def test_a_new_title_or_a_new_file_name_locks_nobody_out_nor_both_in_turn(tmp_path: Path) -> None:
    first = written(tmp_path, "a.toml", "A")
    read(first)
    read(written(tmp_path, "a.toml", "B"))
    read(first.rename(tmp_path / "b.toml"))
    work = read(written(tmp_path, "b.toml", "C"))

    assert json.loads((work.root / STAMP).read_text(encoding="utf-8"))["inquiry"]["file"] == "../b.toml"
    with pytest.raises(OutputError):
        read(written(tmp_path, "a.toml", "A"))


def test_an_old_folder_without_the_note_is_taken_over(tmp_path: Path) -> None:
    file = written(tmp_path, "a.toml", "A")
    work = read(file)
    work.note_written(tmp_path / "pack")
    told = json.loads((work.root / STAMP).read_text(encoding="utf-8"))
    assert told.pop("inquiry")["file"] == "../a.toml"
    (work.root / STAMP).write_text(json.dumps(told), encoding="utf-8", newline="\n")

    read(written(tmp_path, "b.toml", "B"))
    again = json.loads((work.root / STAMP).read_text(encoding="utf-8"))
    assert again["inquiry"]["file"] == "../b.toml"
    assert again["written"] == told["written"]
