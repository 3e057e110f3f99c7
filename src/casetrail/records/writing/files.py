"""Write the tables of a return as the files that it comes in, the same bytes for the same tables."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from casetrail.records.returns.forms import Form, TableForm
from casetrail.records.writing.rows import Laid, Written
from casetrail.records.writing.rules import Rules
from casetrail.records.writing.text import plain, text_of
from casetrail.records.writing.tree import tree_text

_MADE = datetime(2000, 1, 1)  # noqa: DTZ001 - Excel knows no zone; the same day in every workbook
_DATE = "dd/mm/yyyy"
_WIDTH = 16


def write_xml(form: Form, rules: Rules, laid: Laid, *, place: Path) -> None:
    """One file with all tables."""
    with place.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(tree_text(form, rules, laid))


def write_csvs(form: Form, rules: Rules, laid: Laid, *, place: Path) -> None:
    """A folder with a file for each table; a table without rows is there with its headings."""
    for table in laid.tables.values():
        about = form.tables[table.name]
        kept = [at for at, name in enumerate(table.columns) if not about.columns[name].xml_only]
        made = io.StringIO(newline="")
        lines = csv.writer(made, lineterminator="\n")
        lines.writerow([table.columns[at] for at in kept])
        for row in table.rows:
            lines.writerow([plain(text_of(row.cells[at], rules.dates)) for at in kept])
        (place / f"{file_name(rules, about)}.csv").write_bytes(made.getvalue().encode("utf-8"))


def file_name(rules: Rules, about: TableForm) -> str:
    """The name of the file or sheet of a table."""
    return rules.tables[about.name].file or about.files[0]


def write_parquets(form: Form, rules: Rules, laid: Laid, *, place: Path) -> None:
    """A folder with a Parquet file for each table; days are dates, numbers whole numbers, all else text."""
    for table in laid.tables.values():
        about = form.tables[table.name]
        columns = {name: _column(table, at, about.columns[name].kind) for at, name in enumerate(table.columns)}
        whole = pa.table(columns).replace_schema_metadata({"origin": "made-up"})
        pq.write_table(whole, place / f"{file_name(rules, about)}.parquet", use_dictionary=False)


def _column(table: Written, at: int, kind: str) -> pa.Array:
    cells = [row.cells[at] if row.cells[at] != "" else None for row in table.rows]
    if kind == "date":
        return pa.array(cells, pa.date32())
    if kind in ("number", "decimal"):
        return pa.array(cells, pa.int64())
    return pa.array([None if cell is None else plain(str(cell)) for cell in cells], pa.string())


def write_workbook(form: Form, rules: Rules, laid: Laid, *, place: Path) -> None:
    """One workbook with a sheet for each table; days are dates of Excel."""
    with xlsxwriter.Workbook(str(place), _PLAIN) as book:
        book.set_properties({"created": _MADE, "comments": "made-up: nobody in it exists"})
        for table in laid.tables.values():
            _sheet(book, file_name(rules, form.tables[table.name]), table)


def write_workbooks(form: Form, rules: Rules, laid: Laid, *, place: Path) -> None:
    """A folder with a workbook for each table."""
    for table in laid.tables.values():
        name = file_name(rules, form.tables[table.name])
        with xlsxwriter.Workbook(str(place / f"{name}.xlsx"), _PLAIN) as book:
            book.set_properties({"created": _MADE, "comments": "made-up: nobody in it exists"})
            _sheet(book, name, table)


_PLAIN = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def _sheet(book: xlsxwriter.Workbook, name: str, table: Written) -> None:
    sheet = book.add_worksheet(name)
    bold, dated = book.add_format({"bold": True}), book.add_format({"num_format": _DATE})
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, max(0, len(table.columns) - 1), _WIDTH)
    for at, heading in enumerate(table.columns):
        sheet.write_string(0, at, heading, bold)
    for line, row in enumerate(table.rows, start=1):
        for at, cell in enumerate(row.cells):
            if isinstance(cell, date):
                sheet.write_datetime(line, at, datetime(cell.year, cell.month, cell.day), dated)  # noqa: DTZ001
            elif isinstance(cell, int):
                sheet.write_number(line, at, cell)
            elif cell:
                sheet.write_string(line, at, plain(cell))


def texts(lines: Iterable[str]) -> str:
    """All lines as one text."""
    return "".join(lines)
