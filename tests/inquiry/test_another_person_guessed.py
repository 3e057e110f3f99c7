"""A heading that speaks of another person is never guessed as who the person of the row is."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

from casetrail.inquiry.starting import write_inquiry
from casetrail.records.another import of_another
from casetrail.records.guess import identity_of

ROWS = (
    "1,N7,01/03/2024 10:15,{source}Neighbour,Ada Made-Up,Immediate,01/03/2024 10:31,AIO\n"
    "2,N8,22/03/2024 11:15,{source}School,Bob Made-Up,Priority,22/03/2024 12:31,ASNT\n"
    "3,N9,23/03/2024 11:15,{source}Family,Cy Made-Up,Scheduled,23/03/2024 12:31,AIO\n"
)


def guessed(tmp_path: Path, headings: str, rows: str) -> tuple[dict, str]:
    file = tmp_path / "calls.csv"
    file.write_text(headings + "\n" + rows, encoding="utf-8", newline="\n")
    write_inquiry((file,), tmp_path / "inquiry.toml", force=True, today=date(2024, 6, 1))
    text = (tmp_path / "inquiry.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["source"][0], text


def test_the_name_of_a_caller_is_not_the_name_of_the_person(tmp_path: Path) -> None:
    headings = (
        "Incident Number,Nominal ID,Reported Date/Time,Source of call,Caller,Caller Name,Grade,Arrived,Closing code"
    )
    source, text = guessed(tmp_path, headings, ROWS.format(source="Public,"))

    assert source["format"] == "police-incidents"
    assert "full name" not in source.get("headings", {})
    assert "Caller Name" not in source.get("headings", {}).values()
    assert '# "caller name" = "Caller Name"   # by its heading' in text
    assert '# "caller type" = "Source of call"   # by its heading' in text


@pytest.mark.parametrize("name", ["Caller Name", "CALLER_NAME", "CallerName"])
def test_a_caller_and_the_name_of_the_caller_are_not_swapped(tmp_path: Path, name: str) -> None:
    headings = f"Incident Number,Nominal ID,Reported Date/Time,Caller,{name},Grade,Arrived,Closing code"
    _, text = guessed(tmp_path, headings, ROWS.format(source=""))

    assert f'"caller name" = "{name}"' in text
    assert '"caller type" = "Caller"' in text


def test_a_caller_alone_is_a_type_where_its_cells_are_types(tmp_path: Path) -> None:
    headings = "Incident Number,Nominal ID,Reported Date/Time,Caller,Remarks,Grade,Arrived,Closing code"
    source, _ = guessed(tmp_path, headings, ROWS.format(source=""))

    assert source["headings"]["caller type"] == "Caller"


@pytest.mark.parametrize(
    "heading", ["Mother DOB", "Mother's Name", "Father Name", "Carer Address", "Informant Surname"]
)
@pytest.mark.parametrize("more", ["", "Officer Name,", "Doctor name,"])
def test_no_form_takes_another_person_for_the_one_a_row_is_about(tmp_path: Path, heading: str, more: str) -> None:
    headings = f"Incident Number,Nominal ID,Reported Date/Time,{more}{heading},Grade,Arrived,Closing code"
    cell = "01/02/1980" if "DOB" in heading else "Ada Made-Up"
    rows = "".join(
        f"{n},N{n},{n + 12}/03/2024 10:15,{'Di Made-Up,' if more else ''}{cell},Immediate,{n + 12}/03/2024 10:31,AIO\n"
        for n in range(3)
    )
    source, text = guessed(tmp_path, headings, rows)

    assert source["format"] == "police-incidents"
    of_person = ("full name", "surname", "forename", "birth", "address", "postcode", "person")
    assert not {heading, more.strip(",")} & {source.get("headings", {}).get(name) for name in of_person}
    assert not [line for line in text.splitlines() if heading in line and line.startswith(('"full name"', "birth"))]


def test_a_mothers_birth_is_no_time_of_an_event_in_a_plain_mapping(tmp_path: Path) -> None:
    rows = "7,01/02/1980,visit,2024-03-01\n8,03/02/1981,visit,2024-03-02\n"
    source, text = guessed(tmp_path, "Ref,Mother DOB,Activity,Seen On", rows)

    assert source["columns"].get("at") != "Mother DOB"
    assert "birth_date" not in text


def test_headings_of_others_are_told_from_those_of_the_person() -> None:
    workers = ["Allocated Worker", "Social Worker", "Officer", "GP name", "OIC", "Seen by doctor", "SocialWorkerID"]
    thirds = ["Caller Name", "MC_DOB", "Mother", "mothersname", "Next of kin", "Grandmother DOB", "Partner name"]
    own = ["Surname", "Child DOB", "Name", "Postcode", "Home address", "Official number", "Patient name", "Date"]
    assert [of_another(one) for one in workers] == ["worker"] * len(workers)
    assert [of_another(one) for one in thirds] == ["third party"] * len(thirds)
    assert [of_another(one) for one in own] == [None] * len(own)
    assert identity_of(["Caller Name", "Mother DOB", "Officer name"]) == {}
