"""A canary in every field of every format, one at a time and all at once, through the verbs: it is nowhere to be read.

The allowed places are the sources themselves, the analysis store (outcomes and the like are texts of records), and the
workbook of the quarantine, which is asked for. What the vault keeps is sealed.
"""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from casetrail.cli import main
from casetrail.records.returns import form, form_names

CANARY = "kanarienvogel"
FILLED = {"id": "77", "date": "2020-01-01", "time": "2020-01-01 10:00", "number": "1", "decimal": "1.5", "text": "x"}
OURS = ("person", "activity", "event_id", "household", "incident", "episode", "agency", "team", "worker", "state")
MORE = ("case_type", "outcome", "severity", "passed_to", "reported_by_role", "told_by", "closing_code")
TIMES = ("at", "end", "recorded")
PLAIN = [*OURS, *MORE, *TIMES]


def good(column, about):
    if column.codes:
        return next(iter(column.codes))
    if column.dated and about.date_format:
        return "01/01/2020"
    return FILLED[column.kind]


def rows_of(plain, *, whole):
    """One good row; then the canary in one field at a time, or in all at once."""
    rows = [plain, *(plain | {name: CANARY} for name in plain)] if not whole else [plain, dict.fromkeys(plain, CANARY)]
    return [{name: str(cell) for name, cell in row.items()} for row in rows]


def write(path: Path, rows) -> None:
    lines = [list(rows[0]), *(list(row.values()) for row in rows)]
    if path.suffix == ".csv":
        text = "\n".join(",".join(f'"{cell}"' for cell in line) for line in lines)
        path.write_text(f'{text}\n"{CANARY},"{CANARY}"x\n{CANARY},{CANARY}\n', encoding="utf-8")
    elif path.suffix == ".parquet":
        pq.write_table(pa.table({name: [row[name] for row in rows] for name in rows[0]}), path)
    else:
        book = openpyxl.Workbook()
        book.active.title = path.stem[:31]
        for line in lines:
            book.active.append(line)
        book.active.append([f'="{CANARY}"&1'] * len(lines[0]))
        book.save(path)


def xml(about, *, whole) -> str:
    """Units of all tables with elements, wherever an element stands: one unit for each field, or one with all."""
    tables = {
        name: {c: str(good(column, about)) for c, column in table.columns.items()}
        for name, table in about.tables.items()
        if table.tree is not None
    }
    if whole:
        units = [tables, {name: dict.fromkeys(cells, CANARY) for name, cells in tables.items()}]
    else:
        units = [tables]
        for name, cells in tables.items():
            units += [tables | {name: cells | {column: CANARY}} for column in cells]
    body = "".join(unit(about, cells) for cells in units)
    root = about.roots[0] if about.roots else "OC3"
    return f"<{root}>{body}{CANARY}</{root}>"


def unit(about, tables) -> str:
    heads = inner = ""
    for name, cells in tables.items():
        table = about.tables[name]
        leaves = "".join(
            f"<{column.tag or c}>{escape(cells[c])}</{column.tag or c}>"
            for c, column in table.columns.items()
            if not column.inherited and c not in table.inherit
        )
        element = table.tree.element
        if element == "*":
            heads += leaves
        elif element == "Header":
            heads += f"<Header>{leaves}</Header>"
        else:
            inner += f"<{element}>{leaves}</{element}>" if element else leaves
    if about.units == ("*",):
        return f"<CHILD>{heads}{inner}</CHILD>\n"
    return f"{heads}<{about.units[-1]}>{inner}</{about.units[-1]}>\n"


def sources(folder: Path, *, whole: bool) -> str:
    """Files of every format and kind, and the sources of an inquiry on them."""
    told = ""
    for name in form_names():
        about = form(name)
        # All at once, one kind of file for each form will do.
        for kind in about.containers[:1] if whole else about.containers:
            place = folder / f"{name} {kind}"
            place.mkdir()
            if kind == "xml":
                (place / "one.xml").write_text(xml(about, whole=whole), encoding="utf-8")
            else:
                for table in about.tables.values():
                    plain = {c: good(column, about) for c, column in table.columns.items()}
                    write(place / f"{table.files[0]}.{kind}", rows_of(plain, whole=whole))
            told += f'[[source]]\nname = "{place.name}"\nfile = "{place.name}"\nformat = "{name}"\norigin = "made-up"\n'
    plain = dict.fromkeys(PLAIN, "a") | dict.fromkeys(TIMES, "2020-01-01")
    mapped = "[source.columns]\n" + "".join(f'{name} = "{name}"\n' for name in PLAIN)
    for kind in ("csv", "xlsx", "parquet", "xes"):
        rows = rows_of(plain, whole=whole)
        if kind == "xes":
            events = "".join(
                "<event>" + "".join(f'<string key="{k}" value="{v}"/>' for k, v in row.items()) + "</event>"
                for row in rows
            )
            (folder / "log.xes").write_text(f"<log><trace>{events}</trace></log>", encoding="utf-8")
        else:
            write(folder / f"log.{kind}", rows)
        told += f'[[source]]\nname = "log {kind}"\nfile = "log.{kind}"\norigin = "made-up"\n{mapped}'
    return told


@pytest.fixture(params=[False, True], ids=["one at a time", "all at once"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    head = '[inquiry]\ntitle = "Canaries"\nas_of = 2026-03-31\nwork = "work"\n'
    (tmp_path / "case.toml").write_text(head + sources(tmp_path, whole=request.param), encoding="utf-8")
    return tmp_path


def test_nowhere_to_be_read(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = {path for path in place.rglob("*") if path.is_file()}
    # Dry looks at every format are in tests/records/returns/test_returns_no_values.py.
    looked = ["log.csv", "log.xes", "cin-census xml/one.xml"]
    codes = [
        main(["read", *looked]),
        main(["read", "case.toml", "--verbose"]),
        main(["read", "case.toml", "--quarantine", "aside.xlsx"]),
        main(["read", "case.toml", "--fix", "aside.xlsx", "--json"]),
        main(["init", "--from", looked[0], "--out", "guessed.toml"]),
    ]
    said = capsys.readouterr()
    assert codes == [0] * 5
    assert CANARY not in said.out
    assert CANARY not in said.err
    written = [path for path in place.rglob("*") if path.is_file() and path not in given]
    assert {"findings.csv", "quarantine.csv", "sources.json", "casetrail.log", "quarantine.sealed", "views.jsonl"} <= {
        path.name for path in written
    }
    for path in written:
        assert CANARY not in str(path.relative_to(place))
        if path.suffix not in (".duckdb", ".xlsx"):
            assert CANARY.encode() not in path.read_bytes(), path.name
    cells = [cell for sheet in openpyxl.load_workbook("aside.xlsx") for row in sheet.values for cell in row]
    assert any(CANARY in str(cell) for cell in cells)  # it was there to be seen


def test_of_an_inquiry_of_which_nothing_can_be_used(tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "log.csv", [dict.fromkeys(PLAIN, CANARY)])
    columns = "".join(f'{name} = "{name}"\n' for name in PLAIN)
    source = f'[[source]]\nname = "log"\nfile = "log.csv"\norigin = "made-up"\n[source.columns]\n{columns}'
    (tmp_path / "case.toml").write_text(f'[inquiry]\ntitle = "C"\nas_of = 2026-03-31\n{source}', encoding="utf-8")
    assert main(["run", "case.toml"]) == 4
    said = capsys.readouterr()
    assert "all were set aside" in said.err
    assert CANARY not in said.out + said.err
