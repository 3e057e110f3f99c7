"""Every made-up sample of the reference data reads, and its rows are as many as an independent count says."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date

import pytest
from lxml import etree

from casetrail.records import look_at_return, recognised

pytestmark = pytest.mark.shared

AS_OF = date(2026, 3, 31)
CENSUS = (
    "BAR_cin_2022",
    "CIN2rows",
    "CIN_Census_2021",
    "CIN_Census_2024",
    "CIN_Census_2026",
    "referrals_only_332_children",
)
# Rows by element, for a count that knows nothing of the forms.
ROWS = {
    "Header": "Header",
    "ChildIdentifiers": "ChildIdentifiers",
    "ChildCharacteristics": "ChildCharacteristics",
    "Disabilities": "Disability",
    "CINdetails": "CINdetails",
    "Assessments": "Assessments",
    "AssessmentFactors": "AssessmentFactors",
    "Section47": "Section47",
    "ChildProtectionPlans": "ChildProtectionPlans",
    "Reviews": "CPPreviewDate",
    "CINPlanDates": "CINPlanDates",
    "PreProceedingsandFGDM": "PreProceedingsandFGDM",
}


@pytest.mark.parametrize("name", CENSUS)
def test_census_files(shared, name, read_return):
    path = shared / "records" / "samples" / "cin_census" / f"{name}.xml"
    extract = read_return(path, "cin-census", as_of=AS_OF)
    root = etree.parse(str(path))

    assert recognised(path) == "cin-census"
    tags = Counter(element.tag for element in root.iter("*"))
    assert {table.table: table.rows_in for table in extract.tables} == {
        table: tags[element] for table, element in ROWS.items() if tags[element]
    }
    assert all(table.rows_in == table.rows_good + table.rows_quarantined for table in extract.tables)
    # Each date after the extract is told, on the line where lxml has it, and no other.
    late = {
        (element.tag, element.sourceline)
        for element in root.iter("*")
        if len(element) == 0
        and (element.text or "")[:4].isdigit()
        and (element.text or "")[4:5] == "-"
        and date.fromisoformat((element.text or "")[:10]) > AS_OF
        and element.tag != "InitialCPCtarget"
    }
    told = [row for row in extract.findings.to_pylist() if row["code"] == "after_as_of"]
    assert {(row["column"], row["line"]) for row in told} == late
    if name in ("CIN_Census_2024", "CIN_Census_2026"):
        assert ("AssessmentActualStartDate", 42) in late


def test_text_between_elements_of_a_sample_is_noted(shared, read_return):
    path = shared / "records" / "samples" / "cin_census" / "CIN_Census_2026.xml"
    notes = " ".join(read_return(path, "cin-census", as_of=AS_OF).notes)
    assert "Text between elements, where none belongs: not read, 1 time, first on line 23." in notes
    assert "The table PreProceedingsandFGDM is of the forms of 2026" in notes


def dates_of(path, column):
    with path.open(newline="", encoding="utf-8") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            if row[column]:
                day, month, year = (int(part) for part in row[column].split("/"))
                yield line, date(year, month, day)


def test_looked_after_files(shared, read_return):
    folder = shared / "records" / "samples" / "ssda903"
    extract = read_return(folder, "ssda903", as_of=AS_OF)

    assert recognised(folder) == "ssda903"
    by_file = {table.file: table for table in extract.tables}
    for path in sorted(folder.glob("*.csv")):
        with path.open(newline="", encoding="utf-8") as file:
            assert by_file[path.name].rows_in == sum(1 for _ in csv.reader(file)) - 1
        assert recognised(path) == "ssda903"
    assert all(table.rows_in == table.rows_good + table.rows_quarantined for table in extract.tables)
    assert {name: by_file[name].rows_in for name in ("episodes.csv", "reviews.csv", "header.csv", "missing.csv")} == {
        "episodes.csv": 5050, "reviews.csv": 12582, "header.csv": 2675, "missing.csv": 43,
    }  # fmt: skip
    told = extract.findings.to_pylist()
    for file, table, column in (("uasc.csv", "uasc", "DUC"), ("reviews.csv", "reviews", "REVIEW")):
        late = {line for line, day in dates_of(folder / file, column) if day > AS_OF}
        assert late == {
            row["line"] for row in told if (row["table"], row["column"], row["code"]) == (table, column, "after_as_of")
        }
    assert any(day.year in (2028, 2030) for _, day in dates_of(folder / "uasc.csv", "DUC"))
    # Codes that no year has: a plain set of those in the column.
    with (folder / "placed_for_adoption.csv").open(newline="", encoding="utf-8") as file:
        dirty = {line for line, row in enumerate(csv.DictReader(file), start=2) if row["REASON_PLACED_CEASED"] == "XXX"}
    assert dirty == {row["line"] for row in told if row["table"] == "placed_adoption" and row["code"] == "unknown_code"}


def test_a_look_at_a_sample_says_what_it_cannot_answer(shared):
    look = look_at_return(shared / "records" / "samples" / "ssda903", "ssda903", as_of=AS_OF)
    assert look.form == "ssda903 2019"
    assert sum(look.events.values()) > 10_000
    assert any("no worker before the return of 2024" in line for line in look.cannot)
