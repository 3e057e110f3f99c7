"""A canary in every column and every kind of cell is in no message, note, quarantine row or inspection."""

from __future__ import annotations

import gzip
import traceback
from datetime import date
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from casetrail.errors import CasetrailError
from casetrail.records import inspect
from casetrail.records.mapping import EVENT_IDS, EVENT_TEXTS, EVENT_TIMES

CANARY = "kanarienvogel"
EVERY = (*EVENT_IDS, *EVENT_TEXTS, *EVENT_TIMES, "privileged")
COLUMNS = {name: (f"c_{name}",) for name in EVERY}
FILLED = {"at": "2007-03-04", "end": "2007-03-05", "recorded": "2007-03-05", "privileged": "", "due": "2007-05-01"}
HEADER = [f"c_{name}" for name in EVERY] + ["due"]


def row(**cells):
    values = {name: name for name in EVERY} | FILLED | cells
    return [values[name] for name in (*EVERY, "due")]


def dirty_rows():
    """One good row, and for each column a row whose cell there is nothing but the canary."""
    yield row()
    for name in (*EVERY, "due"):
        yield row(**({"event_id": f"id {name}", "person": f"of {name}"} | {name: CANARY}))
    yield row(event_id="late", at="2028-01-01", outcome=CANARY)
    yield row(event_id="twice", outcome=CANARY)
    yield row(event_id="twice", outcome=CANARY)
    yield row(event_id="back", end="2007-03-01", outcome=CANARY)


def said(extract) -> str:
    ids = extract.events.select([*EVENT_IDS, "source_place"]).to_pylist()
    return repr((extract.quarantine.to_pylist(), extract.notes, extract.facts.to_pylist(), ids))


def settings():
    return {"columns": COLUMNS, "dates": {"due": "due"}, "covers_from": date(2007, 1, 1)}


def lines(rows) -> str:
    return "\n".join(",".join(map(str, cells)) for cells in rows)


def check(extract, path: Path) -> None:
    assert extract.rows_quarantined > 5
    assert CANARY not in said(extract)
    assert CANARY not in repr(extract.spec)
    assert CANARY not in repr(inspect(path))
    assert CANARY in repr(extract.events["outcome"].to_pylist())  # it was there to be seen


def test_text_files(read, tmp_path):
    broken = f'\n{CANARY},x\n"{CANARY},{CANARY}\n"{CANARY}"{CANARY},y\n'.encode() + CANARY.encode() + b"\xff,\n"
    content = (lines([HEADER, *dirty_rows()]) + "\n,é,").encode() + broken

    check(read(content, **settings()), tmp_path / "calls.csv")


def test_workbooks(read, tmp_path):
    book = openpyxl.Workbook()
    for cells in [HEADER, *dirty_rows()]:
        book.active.append(cells)
    book.active.append(row(person=f'="{CANARY}"&1'))
    book.active.append(row(at=f"={CANARY}"))
    book.save(tmp_path / "calls.xlsx")

    check(read(name="calls.xlsx", **settings()), tmp_path / "calls.xlsx")


def test_parquet(read, tmp_path):
    columns = dict(zip(HEADER, zip(*dirty_rows(), strict=True), strict=True))
    pq.write_table(pa.table({name: list(cells) for name, cells in columns.items()}), tmp_path / "calls.parquet")

    check(read(name="calls.parquet", **settings()), tmp_path / "calls.parquet")


def xes(rows) -> str:
    traces = []
    for cells in rows:
        named = dict(zip(HEADER, cells, strict=True))
        due = named.pop("due")
        inside = "".join(f'<string key="{key}" value="{value}"/>' for key, value in named.items() if value)
        traces.append(f'<trace><string key="due" value="{due}"/><event>{inside}</event></trace>\n')
    return f"<log>{''.join(traces)}</log>"


def test_xes(read, tmp_path):
    extract = read(xes(dirty_rows()), name="log.xes", **(settings() | {"dates": {"due": "case:due"}}))

    check(extract, tmp_path / "log.xes")


HEAD = lines([HEADER])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("calls.csv", lines([row(person=CANARY, team=CANARY)])),  # no header: values stand for names
        ("calls.csv", f"{CANARY},{CANARY}\n1,2\n"),
        ("calls.csv", f'"{CANARY},b\n1,2\n'),
        ("calls.csv", (HEAD + f"\n{CANARY}").encode("utf-16-le")),
        ("calls.csv.gz", gzip.compress((HEAD + f"\n{CANARY}" * 500).encode())[:-9]),
        ("log.xes", f"<log><trace><event><string key='{CANARY}' value='{CANARY}'/></trace></log>"),
        ("log.xes", f"<log><trace><event><string key='a' value='{CANARY}</event></trace></log>"),
        ("log.xes", f"<!DOCTYPE log [<!ENTITY a '{CANARY}'>]><log>&a;</log>"),
        ("log.xes", f"<log><trace>&{CANARY};</trace></log>"),
        ("log.xes", f"<{CANARY}/>"),
        ("calls.xlsx", CANARY),
        ("calls.parquet", f"PAR1{CANARY}PAR1"),
    ],
)
def test_errors(read, tmp_path, name, content):
    with pytest.raises(CasetrailError) as excinfo:
        read(content, name=name, **settings())
    assert CANARY not in "".join(traceback.format_exception(excinfo.value))
    try:
        found = repr(inspect(tmp_path / name))
    except CasetrailError as fault:
        found = "".join(traceback.format_exception(fault))
    if content != f"{CANARY},{CANARY}\n1,2\n":
        assert CANARY not in found


def test_parquet_of_bytes_that_are_no_text(read, tmp_path):
    raw = pa.array([CANARY.encode() + b"\xff"], pa.binary())
    column = pa.Array.from_buffers(pa.string(), 1, raw.buffers())
    pq.write_table(pa.table({"who": column, "what": ["a"], "when": ["2007-03-04"]}), tmp_path / "a.parquet")

    with pytest.raises(CasetrailError) as excinfo:
        read(name="a.parquet")
    assert CANARY not in "".join(traceback.format_exception(excinfo.value))
