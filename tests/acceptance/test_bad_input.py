"""Bad input gets a clear error and nothing is lost: each item of the issue's list, through the command line."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
import xlsxwriter

from .command import answers, casetrail, only
from .small import COLUMNS, GOOD, inquiry, refused, set_aside, source, with_file

HEADER, *LINES = GOOD.splitlines()


def test_the_small_inquiry_is_good(tmp_path: Path) -> None:
    set_aside(tmp_path, with_file(tmp_path, GOOD), rows_in=4, codes=[])


def test_missing_column_in_the_mapping(tmp_path: Path) -> None:
    file = with_file(tmp_path, GOOD, columns={**COLUMNS, "at": "whenn"})
    refused(file, 4, "'whenn' (near: 'when')", "calls.csv", "casetrail read FILE")


def test_mapping_to_a_column_that_casetrail_does_not_have(tmp_path: Path) -> None:
    file = with_file(tmp_path, GOOD, columns={**COLUMNS, "activty": "what"})
    refused(file, 3, "'activty'", "'activity'", "calls")


def test_mapping_without_a_needed_column(tmp_path: Path) -> None:
    file = with_file(tmp_path, GOOD, columns={k: v for k, v in COLUMNS.items() if k != "at"})
    refused(file, 3, "'at'", "calls")


def test_wrong_delimiter(tmp_path: Path) -> None:
    file = with_file(tmp_path, GOOD, settings='delimiter = ";"')
    refused(file, 4, "delimiter", "calls.csv", "','")


def test_mixed_encodings_cost_their_own_line(tmp_path: Path) -> None:
    content = GOOD.replace("visit", "visite à la maison").encode() + "5,C-3,café,2007-04-01,,duty\n".encode("cp1252")
    (row,) = set_aside(tmp_path, with_file(tmp_path, content), rows_in=5, codes=["bad_encoding"])
    assert (row["record"], row["line"]) == ("5", "6")


def test_unclosed_quote_costs_its_own_line(tmp_path: Path) -> None:
    (row,) = set_aside(
        tmp_path, with_file(tmp_path, GOOD.replace("visit", '"visit')), rows_in=4, codes=["unclosed_quote"]
    )
    assert (row["record"], row["line"]) == ("2", "3")


def test_empty_file(tmp_path: Path) -> None:
    refused(with_file(tmp_path, ""), 4, "The file is empty", "calls.csv", "Export it again")


def test_header_only(tmp_path: Path) -> None:
    refused(with_file(tmp_path, HEADER + "\n"), 4, "no rows")


def test_header_only_beside_a_source_with_rows(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text(GOOD, encoding="utf-8")
    (tmp_path / "none.csv").write_text(HEADER + "\n", encoding="utf-8")
    file = inquiry(tmp_path, source("calls", "calls.csv"), source("none", "none.csv"))
    said = casetrail("read", file, "--json")
    assert [s["rows_in"] for s in said.json["sources"]] == [4, 0]
    assert any("no records" in note for note in said.json["sources"][1]["notes"])
    assert casetrail("run", file).code == 0


def test_every_row_set_aside_names_the_quarantine(tmp_path: Path) -> None:
    file = with_file(tmp_path, f"{HEADER}\n1,C-1,visit,31/02/2007,,duty\n")
    refused(file, 4, "No usable event", "quarantine.csv", "codes")
    assert (tmp_path / "work" / "quarantine.csv").is_file()


def test_duplicate_event_ids(tmp_path: Path) -> None:
    file = with_file(tmp_path, GOOD + "1,C-2,visit,2007-02-03,,duty\n")
    (row,) = set_aside(tmp_path, file, rows_in=5, codes=["duplicate_event_id"])
    assert (row["record"], row["column"]) == ("5", "ref")


def test_end_before_start(tmp_path: Path) -> None:
    file = with_file(tmp_path, GOOD + "5,C-2,visit,2007-02-03,2007-02-01,duty\n")
    (row,) = set_aside(tmp_path, file, rows_in=5, codes=["end_before_start"])
    assert (row["record"], row["column"]) == ("5", "until")


BAD_DATES = {  # what stands in the column: the code it gets
    "31/02/2007": "not_a_date",
    "2007-02-31": "not_a_date",
    "04/03/2007": "ambiguous_date",
    "2028-01-01": "after_as_of",
    "soon": "not_a_date",
    "1207-01-01": "implausible_date",
    "": "missing_time",
    "1900-01-01": "missing_time",
}


def test_dates_that_are_none(tmp_path: Path) -> None:
    bad = "".join(f"{n},C-2,visit,{text},,duty\n" for n, text in enumerate(BAD_DATES, start=5))
    found = set_aside(
        tmp_path, with_file(tmp_path, GOOD + bad), rows_in=4 + len(BAD_DATES), codes=[*BAD_DATES.values()]
    )
    assert [(row["code"], row["column"]) for row in found] == [(code, "when") for code in BAD_DATES.values()]
    assert [int(row["record"]) for row in found] == list(range(5, 5 + len(BAD_DATES)))


def test_a_declared_date_format_settles_what_was_ambiguous(tmp_path: Path) -> None:
    lines = f"{HEADER}\n1,C-1,visit,04/03/2007,,duty\n2,C-1,visit,31/02/2007,,duty\n"
    file = with_file(tmp_path, lines, settings='date_format = "%d/%m/%Y"')
    set_aside(tmp_path, file, rows_in=2, codes=["not_a_date"])
    size = only(answers(casetrail("follow", file, "--json"))["trail.overview"])
    assert size["first_event"].startswith("2007-03-04")


def workbook(folder: Path) -> None:
    with xlsxwriter.Workbook(folder / "calls.xlsx") as book:
        sheet = book.add_worksheet("log")
        for at, line in enumerate(GOOD.splitlines()):
            sheet.write_row(at, 0, line.split(","))
        sheet.write_row(5, 0, ["5", "C-3", "visit"])
        sheet.write_formula(5, 3, "=1/0", None, "#DIV/0!")
        sheet.write(6, 0, "6")
        sheet.write_number(6, 1, 123_456_789_012_345_678)
        sheet.write_row(6, 2, ["visit", "2007-03-01"])


def test_workbook_with_a_division_by_zero_and_an_identifier_of_18_digits(tmp_path: Path) -> None:
    workbook(tmp_path)
    file = inquiry(tmp_path, source("calls", "calls.xlsx"))
    found = set_aside(tmp_path, file, rows_in=6, codes=["cell_error", "id_precision_lost"])
    assert [(row["sheet"], row["record"], row["column"]) for row in found] == [
        ("log", "5", "when"),
        ("log", "6", "child"),
    ]


XES = """<?xml version="1.0" encoding="UTF-8"?>
<log xmlns="http://www.xes-standard.org/">
<trace><string key="concept:name" value="C-1"/>
<event><string key="concept:name" value="visit"><string key="why" value="asked"/></string>
<date key="time:timestamp" value="2007-01-08T10:00:00Z"/></event>
<event><string key="concept:name" value="letter"/></event>
<event><string key="concept:name" value="closed"/><date key="time:timestamp" value="2007-01-09T10:00:00Z"/></event>
</trace></log>
"""


def test_xes_with_a_missing_timestamp_and_nested_attributes(tmp_path: Path) -> None:
    file = with_file(tmp_path, XES, name="calls.xes", columns={})
    (row,) = set_aside(tmp_path, file, rows_in=3, codes=["missing_time"])
    assert (row["record"], row["column"]) == ("2", "time:timestamp")
    assert "1 attribute held further attributes" in casetrail("read", file).out


@pytest.mark.parametrize("name", ["calls.xes.gz", "calls.csv.gz"])
def test_truncated_gzip(tmp_path: Path, name: str) -> None:
    text = XES if "xes" in name else GOOD
    whole = gzip.compress((text * 50).encode())
    columns = {} if "xes" in name else COLUMNS
    refused(with_file(tmp_path, whole[: len(whole) // 2], name=name, columns=columns), 4, name)


def test_a_log_with_one_event(tmp_path: Path) -> None:
    file = with_file(tmp_path, f"{HEADER}\n{LINES[0]}\n")
    set_aside(tmp_path, file, rows_in=1, codes=[])
    found = answers(casetrail("follow", file, "--json", "--all-rows"))
    assert only(found["trail.overview"])["events"] == 1
    assert only(found["trail.duration"])["total_days"] == 0


def test_two_sources_with_the_same_name(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text(GOOD, encoding="utf-8")
    file = inquiry(tmp_path, source("calls", "calls.csv"), source("Calls", "calls.csv"))
    refused(file, 3, "same name", "numbers 1 and 2", "a name of its own")


def test_a_source_that_is_not_there_and_one_that_is_a_folder(tmp_path: Path) -> None:
    refused(inquiry(tmp_path, source("calls", "none.csv")), 4, "none.csv", "does not exist")
    (tmp_path / "folder.csv").mkdir()
    refused(inquiry(tmp_path, source("calls", "folder.csv")), 4, "folder.csv")


def test_no_such_inquiry_and_one_that_is_no_toml(tmp_path: Path) -> None:
    refused(tmp_path / "none.toml", 3, "no such inquiry file", "casetrail init")
    broken = tmp_path / "broken.toml"
    broken.write_text("[inquiry\ntitle = ", encoding="utf-8")
    refused(broken, 3, "broken.toml", "not valid TOML", "line 1")
    broken.write_bytes(b"\xff\xfe[\x00")
    refused(broken, 3, "broken.toml")


def test_a_dry_look_at_each_bad_file_stores_nothing(tmp_path: Path) -> None:
    workbook(tmp_path)
    (tmp_path / "calls.xes").write_text(XES, encoding="utf-8")
    guessable = GOOD.replace("child,what,when", "person,activity,timestamp")
    (tmp_path / "calls.csv").write_text(guessable + "5,C-3,visit,2007-02-31,,duty\n", encoding="utf-8")
    before = sorted(tmp_path.iterdir())
    said = casetrail("read", *before)
    assert said.code == 0, said.err
    assert "not_a_date" in said.out
    assert sorted(tmp_path.iterdir()) == before
