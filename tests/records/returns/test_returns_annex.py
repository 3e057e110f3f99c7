"""Annex A: a workbook or a file per list, headings and codes as they come, formulas and errors told by cell."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date, datetime

import numpy as np
import openpyxl
import pytest
import xlsxwriter

from casetrail.records import recognised
from casetrail.records.cells import ColumnBuilder, Grid
from casetrail.records.returns import form
from casetrail.records.returns.checks import _codes
from casetrail.records.returns.findings import TableBook

CONTACTS = ["Child Unique ID", "Gender", "Ethnicity", "Date of Birth", "Age", "Date of Contact", "Contact Source"]
REFERRALS = [
    *CONTACTS[:5], "Date of Referral", "Referral Source", "Referral NFA?", "Number of Referrals in Last 12 Months",
    "Allocated Team", "Allocated Worker",
]  # fmt: skip


def contact(who="1", when=date(2025, 9, 1), source="b) 1B: Individual", gender="a) Male"):
    return [who, gender, "a) WBRI", date(2015, 5, 5), 10, when, source]


@pytest.fixture
def book(tmp_path, read_return):
    """Write sheets (name -> rows) to a workbook and read it."""

    def reading(**sheets):
        made = openpyxl.Workbook()
        made.remove(made.active)
        for name, rows in sheets.items():
            page = made.create_sheet(name.replace("_", " "))
            for row in rows:
                page.append(row)
        made.save(tmp_path / "annex.xlsx")
        return read_return(tmp_path / "annex.xlsx", "annex-a")

    return reading


def test_contacts_with_who_told(book):
    spelt = [
        "b) 1B: Individual",
        "1A - Individual - family",
        "Parent / Carer",
        "q) 6: Police",
        "3B",
        "POL",
        "Gran next door",
    ]
    extract = book(List_1=[CONTACTS, *(contact(str(at), source=source) for at, source in enumerate(spelt))])

    assert extract.events["reported_by_role"].to_pylist() == [
        "individual: acquaintance, neighbour or child minder",
        "individual: family member, relative or carer",
        "individual",
        "police",
        "health: health visitor",
        "police",
        None,
    ]
    told = sorted((row["line"], row["severity"], row["code"]) for row in extract.findings.to_pylist())
    spelt_otherwise = [(line, "note", "code_spelt_otherwise") for line in (3, 4, 7)]
    assert told == sorted([*spelt_otherwise, (8, "suspicious", "unknown_code")])
    assert "Gran" not in repr(extract.events.to_pylist())


def test_headings_in_practice_and_rows_above_them(book):
    headings = [
        "Unique ID of the child",
        "gender ",
        "ETHNICITY",
        "Date of  birth",
        "age",
        "date of contact",
        "contact source",
    ]
    extract = book(
        Front=[["Council of Nowhere"], ["read me"]],
        List_1=[["List 1: contacts"], [None, "months: six"], headings, contact(), contact("2")],
        Notes=[["a", "b"], ["c", "d"]],
    )

    assert [(table.table, table.sheet, table.rows_in) for table in extract.tables] == [("list_1", "List 1", 2)]
    notes = " ".join(extract.notes)
    assert "2 rows with content above the header" in notes
    assert "sheet 'Front': its columns are those of no table of 'annex-a'" in notes
    assert "Council" not in notes
    assert extract.events["source_place"][0].as_py() == "annex.xlsx, sheet List 1, record 1, row 4"


def test_lists_that_look_alike_are_told_apart(book):
    extract = book(
        A=[CONTACTS, contact()],
        B=[REFERRALS, [*contact()[:5], date(2025, 9, 2), "e) 2A: Schools", "No", 1, "Team", "Worker"]],
    )

    assert {table.table for table in extract.tables} == {"list_1", "list_3"}
    assert extract.events["outcome"].to_pylist() == [None, "accepted"]
    assert extract.events["worker"].null_count == 2  # the worker of the day of the extract did not take the referral


def test_cells_of_every_kind(book):
    extract = book(
        List_1=[
            CONTACTS,
            contact("1", "2025-09-01"),
            contact("2", "01/09/2025"),
            contact("3", "09/31/2025"),
            contact("4", 45901),
            contact("5", None),
            contact("6", date(2028, 1, 1)),
            contact("7", date(1900, 1, 1)),
            contact(123456789012345678),
            contact("8", datetime.fromisoformat("2025-09-01T00:00")),
        ]
    )

    told = {(row["line"], row["code"]) for row in extract.findings.to_pylist() if row["severity"] == "cannot be used"}
    assert told == {
        (4, "not_a_date"),
        (5, "not_a_date"),
        (6, "missing_required"),
        (7, "after_as_of"),
        (8, "stands_for_unknown"),
        (9, "id_precision_lost"),
    }
    assert (2, "date_written_otherwise") in {(row["line"], row["code"]) for row in extract.findings.to_pylist()}
    assert (extract.rows_in, extract.rows_good) == (9, 3)
    assert len(set(extract.events["at_us"].to_pylist())) == 1


def test_formulas_and_errors_by_cell(tmp_path, read_return):
    with xlsxwriter.Workbook(str(tmp_path / "annex.xlsx")) as made:
        page = made.add_worksheet("List 1")
        day = made.add_format({"num_format": "dd/mm/yyyy"})
        page.write_row(0, 0, CONTACTS)
        for at in (1, 2, 3):
            page.write_row(at, 0, [str(at), "a) Male", "a) WBRI", 42000, 10, 45901, "q) 6: Police"])
            page.write(at, 5, 45901, day)
            page.write(at, 3, 42000, day)
        page.write_formula(1, 5, "=D2+3901", day, 45901)
        page.write_formula(2, 5, "=D3/0", day, "#DIV/0!")
        page.write_formula(3, 5, "=D4&E4", day, "")
    extract = read_return(tmp_path / "annex.xlsx", "annex-a")

    told = {(row["line"], row["column"], row["severity"], row["code"]) for row in extract.findings.to_pylist()}
    assert (2, "Date of Contact", "note", "formula") in told
    assert (3, "Date of Contact", "cannot be used", "cell_error") in told
    assert (4, "Date of Contact", "suspicious", "formula_without_value") in told
    assert (4, "Date of Contact", "cannot be used", "missing_required") in told
    assert extract.events.num_rows == 1


def test_one_file_for_each_list(tmp_path, read_return):
    place = tmp_path / "lists"
    place.mkdir()
    text = "\r\n".join([",".join(CONTACTS), "1,a) Male,a) WBRI,05/05/2015,10,01/09/2025,b) 1B: Individual", ""])
    (place / "annexa_contacts.csv").write_bytes(b"\xef\xbb\xbf" + text.encode())
    (place / "refs.csv").write_bytes(
        ";".join(REFERRALS).encode("cp1252") + b"\n1;Male;WBRI;05/05/2015;10;02/09/2025;6;Yes;0;Caf\xe9;W\n"
    )
    extract = read_return(place, "annex-a")

    assert recognised(place) == "annex-a"
    assert {table.table: table.file for table in extract.tables} == {
        "list_1": "annexa_contacts.csv",
        "list_3": "refs.csv",
    }
    assert extract.events["reported_by_role"].to_pylist()[1] == "police"
    assert any("Windows-1252" in note for note in extract.notes)


@pytest.mark.shared
def test_the_sample_workbook(shared, read_return):
    """Rows as openpyxl counts them; each formula and error cell of the sheets in its place, and no other."""
    path = shared / "records" / "samples" / "annex_a" / "Annex_A_2024_Jan.xlsx"
    extract = read_return(path, "annex-a")

    assert recognised(path) == "annex-a"
    rows, formulas, errors = Counter(), set(), set()
    made = openpyxl.load_workbook(path)
    for page in made:
        rows[page.title] = sum(
            any(cell is not None for cell in row) for row in page.iter_rows(min_row=2, values_only=True)
        )
        for line in page.iter_rows(min_row=2):
            for cell in line:
                if cell.data_type == "f":
                    formulas.add((page.title, cell.row))
                elif cell.data_type == "e":
                    errors.add((page.title, cell.row))
    assert {table.sheet: table.rows_in for table in extract.tables} == dict(rows)
    assert {table.table for table in extract.tables} == {f"list_{at}" for at in range(1, 12)}
    assert all(table.rows_in == table.rows_good + table.rows_quarantined for table in extract.tables)
    told = extract.findings.to_pylist()
    found = Counter((row["sheet"], row["line"]) for row in told if row["code"] == "formula")
    assert set(found) == formulas
    assert sum(found.values()) == sum(
        cell.data_type == "f" for page in made for line in page.iter_rows() for cell in line
    )
    # =G2+13, the second cell of the adopters' row.
    assert made["List 11"]["H2"].value == "=G2+13"
    assert ("List 11", 2, "Date Stage 1 started", "formula") in {
        (row["sheet"], row["line"], row["column"], row["code"]) for row in told
    }
    assert {(row["sheet"], row["line"]) for row in told if row["code"] == "cell_error"} == errors
    assert ("List 6", "Primary Need Code", 2) in {
        (row["sheet"], row["column"], row["line"]) for row in told if row["code"] == "unknown_code"
    }


@pytest.mark.shared
def test_columns_headings_and_spellings_of_the_lists(shared):
    """Against spec/annex_a_columns.csv and annex_a_codes.csv: every column there; nearly every spelling understood."""
    about = form("annex-a")
    with (shared / "records" / "spec" / "annex_a_columns.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            column = about.tables[row["list"]].columns[row["column"]]
            assert (column.kind == "date") == (row["type"] == "date")
    seen = understood = 0
    with (shared / "records" / "spec" / "annex_a_codes.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            column = about.tables[row["list"]].columns[row["column"]]
            if not column.codes or row["code"].startswith("zz") or row["column"] == "Activity Status":
                continue
            texts = row["also_written_as"].split(" | ")[: -1 if len(row["also_written_as"]) >= 400 else None]
            builder = ColumnBuilder()
            builder.extend(texts)
            cells = builder.finish()
            grid = Grid(file="", format="csv", columns={}, names=(), record=np.arange(1, len(cells) + 1))
            understood += int((~_codes(cells, column, TableBook(grid)).blank).sum())
            seen += int((~cells.blank).sum())
    assert seen > 3_000
    assert understood / seen > 0.98


def test_an_age_with_decimals_is_no_finding(tmp_path, read_return):
    ages = ["6", "6.138", "6.", "six", "-1"]
    rows = [f"{n},F,White British,01/06/2019,{age},01/09/2025,1A: Individual" for n, age in enumerate(ages, start=1)]
    heads = "Child Unique ID,Gender,Ethnicity,Date of Birth,Age of Child (Years),Date of Contact,Contact Source"
    path = tmp_path / "list 1.csv"
    path.write_text("\n".join([heads, *rows]) + "\n", encoding="utf-8", newline="\n")
    found = read_return(path, "annex-a").findings.to_pylist()
    assert [row["line"] for row in found if row["code"] == "not_a_number"] == [4, 5, 6]
