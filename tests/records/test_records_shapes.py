"""Cells in the shapes in which they come: each written by hand, with what must come out of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import openpyxl
import pytest
import xlsxwriter

from casetrail.records.cells import ERROR, LOSSY, NATIVE
from casetrail.records.workbook import read_workbook

DAY = datetime.fromisoformat("2007-03-04")
QUARTER = datetime.fromisoformat("2007-03-04T10:15")
# name, how it is written, format of the cell, what comes out (None: blank), whether it is told as a formula
SHAPES = [
    ("a date", DAY, "dd/mm/yyyy", NATIVE + "2007-03-04", False),
    (
        "a date and time",
        datetime.fromisoformat("2007-03-04T10:15"),
        "dd/mm/yyyy hh:mm",
        NATIVE + "2007-03-04 10:15:00",
        False,
    ),
    ("a share", 0.25, "0%", "0.25", False),
    ("money", 12.5, "£#,##0.00", "12.5", False),
    ("more than a day of hours", timedelta(hours=30, minutes=30), "[h]:mm:ss", "109800.000000 s", False),
    ("a date before 1900, as text", "01/01/1850", None, "01/01/1850", False),
    ("a whole number", 17.0, None, "17", False),
    ("a number of 18 digits", 123456789012345678, None, LOSSY + "1.234567890123457e+17", False),
    ("18 digits as text", "123456789012345678", None, "123456789012345678", False),
    ("a yes", True, None, "true", False),
    ("spaces", "   ", None, None, False),
    ("a formula", ("=1+1", 2), None, "2", True),
    ("a formula without a stored value", ("=1+1", ""), None, None, True),
    ("a formula with an error", ("=1/0", "#DIV/0!"), None, ERROR, True),
]


def written(path, options, shapes):
    with xlsxwriter.Workbook(str(path), options) as book:
        page = book.add_worksheet()
        for at, (name, cell, form, _, _) in enumerate([("key", "k", None, "k", False), *shapes]):
            style = book.add_format({"num_format": form}) if form else None
            page.write(0, at, name)
            match cell:
                case (formula, value):
                    page.write_formula(1, at, formula, style, value)
                case str():
                    page.write_string(1, at, cell, style)
                case _:
                    page.write(1, at, cell, style)


@pytest.mark.parametrize("options", [{}, {"date_1904": True}, {"use_shared_strings": False}])
def test_cells_of_a_workbook(tmp_path, options):
    path = tmp_path / "shapes.xlsx"
    # A duration as xlsxwriter takes it is one in the system of 1900 only.
    shapes = [shape for shape in SHAPES if not (options.get("date_1904") and isinstance(shape[1], timedelta))]
    written(path, options, shapes)
    grid = read_workbook(path, sheet=None, mapped=(), wanted=None, progress=None)
    found = {name: column.values[0] if column.codes[0] >= 0 else None for name, column in grid.columns.items()}
    assert found == {"key": "k"} | {name: wanted for name, _, _, wanted, _ in shapes}
    assert set(grid.formulas) == {name for name, _, _, _, formula in shapes if formula}


def test_rich_text_is_one_text(tmp_path):
    with xlsxwriter.Workbook(str(tmp_path / "rich.xlsx")) as book:
        page = book.add_worksheet()
        page.write(0, 0, "said")
        page.write_rich_string(1, 0, "no ", book.add_format({"bold": True}), "further", " action")
    grid = read_workbook(tmp_path / "rich.xlsx", sheet=None, mapped=(), wanted=None, progress=None)
    assert list(grid.columns["said"].values) == ["no further action"]


def test_openpyxl_reads_the_same_dates_in_both_systems(tmp_path):
    for system in ({}, {"date_1904": True}):
        written(tmp_path / "days.xlsx", system, SHAPES[:2])
        cells = [cell.value for cell in openpyxl.load_workbook(tmp_path / "days.xlsx").active[2]]
        assert cells[1].date() == date(2007, 3, 4)
        assert cells[2] == datetime.fromisoformat("2007-03-04T10:15")
