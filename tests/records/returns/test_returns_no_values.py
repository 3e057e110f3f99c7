"""A canary in every field of every form is in no finding, note, quarantine row, look, place or error."""

from __future__ import annotations

import traceback
from datetime import date
from xml.sax.saxutils import escape

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from casetrail.errors import CasetrailError
from casetrail.records import look_at_return, recognised
from casetrail.records.returns import form, form_names

CANARY = "kanarienvogel"
AS_OF = date(2026, 3, 31)
FILLED = {"id": "77", "date": "2020-01-01", "time": "2020-01-01 10:00", "number": "1", "decimal": "1.5", "text": "x"}


def good(column, about):
    if column.codes:
        return next(iter(column.codes))
    if column.dated and about.date_format:
        return "01/01/2020"
    return FILLED[column.kind]


def rows_for(table, about):
    """One good row, and for each column a row of which that cell is nothing but the canary."""
    plain = {name: good(column, about) for name, column in table.columns.items()}
    return [plain, *(plain | {name: CANARY} for name in plain), plain]


def said(extract):
    places = extract.events["source_place"].to_pylist() + extract.involvements["source_place"].to_pylist()
    spared = ("outcome", "severity", "case_type", "closing_code", "team", "passed_to", "state", "told_by", "agency")
    rows = [
        {name: cell for name, cell in row.items() if name not in (*spared, "reason_end")}
        for row in extract.events.to_pylist() + extract.involvements.to_pylist()
    ]
    return repr((extract.findings.to_pylist(), extract.quarantine.to_pylist(), extract.notes, places, rows))


def write_csv(folder, name, rows):
    lines = [list(rows[0]), *(list(row.values()) for row in rows)]
    text = "\n".join(",".join(f'"{cell}"' for cell in line) for line in lines)
    (folder / f"{name}.csv").write_text(text, encoding="utf-8")


def write_parquet(folder, name, rows):
    columns = {column: [row[column] for row in rows] for column in rows[0]}
    pq.write_table(pa.table(columns), folder / f"{name}.parquet")


def write_book(folder, name, rows):
    book = openpyxl.Workbook()
    book.active.title = name[:31]
    for line in [list(rows[0]), *(list(row.values()) for row in rows)]:
        book.active.append(line)
    book.save(folder / f"{name}.xlsx")


WRITERS = {"csv": write_csv, "parquet": write_parquet, "xlsx": write_book}
CASES = [(name, kind) for name in form_names() for kind in form(name).containers if kind != "xml"]


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_tables(tmp_path, read_return, name, kind):
    about = form(name)
    for table in about.tables.values():
        WRITERS[kind](tmp_path, table.files[0], rows_for(table, about))

    extract = read_return(tmp_path, name)

    assert {table.table for table in extract.tables} == set(about.tables)
    assert extract.rows_quarantined > (1 if about.local else 5)
    assert recognised(tmp_path) == name
    assert CANARY not in said(extract)
    assert CANARY not in repr(look_at_return(tmp_path, name, as_of=AS_OF))


def unit(about, rows):
    """All tables of the census, nested, from a row for each."""

    def cells(name):
        table = about.tables[name]
        return "".join(
            f"<{column}>{escape(rows[name][column])}</{column}>"
            for column, form_ in table.columns.items()
            if not form_.inherited and (column != "LAchildID" or name == "ChildIdentifiers")
        )

    def element(name, more=""):
        return f"<{name}>{cells(name)}{more}</{name}>"

    reviews = f"<Reviews>{cells('Reviews')}</Reviews>"
    factors = f"<FactorsIdentifiedAtAssessment>{cells('AssessmentFactors')}</FactorsIdentifiedAtAssessment>"
    inner = (
        element("Assessments", factors)
        + element("CINPlanDates")
        + element("Section47")
        + element("ChildProtectionPlans", reviews)
        + element("PreProceedingsandFGDM")
    )
    return (
        f"<Child>{element('ChildIdentifiers')}"
        f"<ChildCharacteristics>{cells('ChildCharacteristics')}<Disabilities>{cells('Disabilities')}</Disabilities>"
        f"</ChildCharacteristics>{element('CINdetails', inner)}</Child>\n"
    )


def test_census(tmp_path, read_return):
    about = form("cin-census")
    plain = {
        name: {c: good(column, about) for c, column in table.columns.items()} for name, table in about.tables.items()
    }
    units = [unit(about, plain)]
    for name, cells in plain.items():
        units += [unit(about, plain | {name: cells | {column: CANARY}}) for column in cells]
    path = tmp_path / "cin.xml"
    path.write_text(f"<Message><Children>{''.join(units)}{CANARY}</Children></Message>", encoding="utf-8")

    extract = read_return(path, "cin-census")

    assert {table.table for table in extract.tables} == set(about.tables) - {"Header"}
    assert CANARY in path.read_text(encoding="utf-8")
    assert CANARY not in said(extract)
    assert CANARY not in repr(extract.events.to_pylist())  # codes that are none stay unknown
    assert CANARY not in repr(look_at_return(path, "cin-census", as_of=AS_OF))


@pytest.mark.parametrize(
    "file",
    [
        ("cin.xml", f"<Message><Children><Child>{CANARY}</Chi"),
        ("cin.xml", f"<!DOCTYPE a [<!ENTITY b '{CANARY}'>]><Message>&b;</Message>"),
        ("cin.xml", f"<Message><Children><Child>&{CANARY};</Child></Children></Message>"),
        ("cin.xml", f"<Letter>{CANARY}</Letter>"),
        ("cin.csv", f"CHILD,CHILD\n{CANARY},{CANARY}\n"),
        ("cin.csv", f"{CANARY},{CANARY}\n"),
        ("cin.xlsx", CANARY),
        ("cin.parquet", f"PAR1{CANARY}PAR1"),
    ],
)
@pytest.mark.parametrize("form_name", form_names())
def test_errors(tmp_path, read_return, form_name, file):
    name, content = file
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    for ask in (lambda: read_return(path, form_name), lambda: recognised(path)):
        try:
            found = repr(ask())
        except CasetrailError as fault:
            found = "".join(traceback.format_exception(fault))
        assert CANARY not in found
