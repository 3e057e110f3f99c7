"""A guessed inquiry keeps who persons are out of the store: no birth date becomes an event or a date of the case."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

from casetrail.inquiry import WorkFolder, parse, read_records
from casetrail.inquiry.starting import write_inquiry
from casetrail.records import inspect
from casetrail.records.guess import identity_of

DAY = date(2022, 1, 1)


def test_columns_of_identity_are_found_by_their_headings_and_feed_nothing(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text(
        "child_id,activity,DOB,Surname,First Name,Post-code,NHS number,opened\n"
        "7,call,2001-02-03,Ahn,Zoë,N1,943,2021-01-01\n",
        encoding="utf-8",
    )
    found = inspect(path)
    who = {name: kind for kind, names in found.identity.items() for name in names}
    assert who["DOB"] == "birth_date"
    assert (who["Surname"], who["First Name"]) == ("family_name", "given_names")
    assert not {"DOB", "Surname", "First Name"} & {name for names in found.mapping.values() for name in names}
    assert found.mapping["at"] == ("opened",)
    assert "DOB" not in found.dates.values()


def test_a_birth_date_alone_is_no_time_of_an_event(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text("child_id,activity,dob\n7,call,2001-02-03\n", encoding="utf-8")
    assert "at" not in inspect(path).mapping


def test_of_a_log_a_birth_date_of_the_case_is_no_date_of_the_case() -> None:
    assert identity_of(["case:dob", "case:deadline", "concept:name"]) == {"case:dob": "birth_date"}


@pytest.mark.parametrize("opened", [False, True])
def test_the_file_that_init_writes_reads_as_it_is_and_with_the_vault_opened(tmp_path: Path, opened: bool) -> None:
    path = tmp_path / "calls.csv"
    path.write_text(
        "child_id,activity,date,surname,forename,dob\n7,call,2021-01-01,Quillfeather,Zebedia,2001-02-03\n",
        encoding="utf-8",
    )
    out = tmp_path / "inquiry.toml"
    write_inquiry((path,), out, force=False, today=DAY)
    text = out.read_text(encoding="utf-8").replace('"real"', '"made-up"', 1)
    if opened:
        import pyrage

        key = pyrage.x25519.Identity.generate().to_public()
        text = text.replace('# [vault]\n# recipients = ["age1…"]', f'[vault]\nrecipients = ["{key}"]')
        at = text.index("# [source.identity]")
        block = text[at:].splitlines()[:4]
        assert len(block) == 4
        text = text[:at] + "\n".join(line.removeprefix("# ") for line in block) + "\n"
        assert set(tomllib.loads(text)["source"][0]["identity"]) == {"family_name", "given_names", "birth_date"}
    out.write_text(text, encoding="utf-8")
    wanted = parse(out, today=DAY)
    work = WorkFolder(wanted.work)
    assert read_records(wanted, work).sources[0].rows_good == 1
    assert bool(list(work.vault_folder.glob("*.age"))) is opened
    for file in work.root.rglob("*"):
        if file.is_file():
            assert b"Quillfeather" not in file.read_bytes()
