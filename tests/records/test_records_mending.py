"""Mends laid over the cells of a file: as if the file had been written so, and only where it still reads as before."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetrail.figures import Origin
from casetrail.records import Keys, Mend, SourceSpec, read_source, remedy
from casetrail.records.cells import NATIVE
from casetrail.records.faults import MESSAGES as OF_RECORDS
from casetrail.records.remedies import REMEDIES
from casetrail.records.returns.findings import MESSAGES

AS_OF = date(2026, 3, 31)
KEYS = Keys(bytes(range(32)))
KEYED = {"person": ("who",), "activity": ("what",), "at": ("when",)}


def read(path: Path, *mends: Mend, **settings):
    settings = {"name": "police", "origin": Origin.MADE_UP, "columns": KEYED} | settings
    return read_source(SourceSpec(path=path, **settings), keys=KEYS, as_of=AS_OF, mends=mends)


def made(extract):
    """All that comes out, but for notes, hashes and workers' codes."""
    tables = [extract.events, extract.involvements, extract.facts, extract.quarantine, extract.findings]
    return [[{k: v for k, v in row.items() if k != "worker"} for row in table.to_pylist()] for table in tables], (
        extract.rows_in,
        extract.rows_good,
        extract.rows_quarantined,
    )


LINES = ("7,call,2021-03-02", "8,visit,04/03/2021", ",call,2021-03-05", "9,call,2021-03-06,d", "9,letter,1066-10-14")
GOOD = ("7", "call", "2021-03-02")


@given(st.sets(st.sampled_from(range(5)), min_size=1))
def test_a_mend_is_as_if_the_file_had_been_written_so(
    tmp_path_factory: pytest.TempPathFactory, which: set[int]
) -> None:
    folder = tmp_path_factory.mktemp("mends")
    names = ("who", "what", "when")
    (folder / "calls.csv").write_text("\n".join(["who,what,when", *LINES]), encoding="utf-8")
    raw = {3: LINES[3]}
    mends = []
    for at in which:
        was = {} if at in raw else {k: v or None for k, v in zip(names, LINES[at].split(","), strict=True)}
        mends.append(
            Mend(file="calls.csv", record=at + 1, cells=dict(zip(names, GOOD, strict=True)), was=was, raw=raw.get(at))
        )
    found = read(folder / "calls.csv", *mends)
    lines = [",".join(GOOD) if at in which else line for at, line in enumerate(LINES)]
    (folder / "calls.csv").write_text("\n".join(["who,what,when", *lines]), encoding="utf-8")
    assert made(found) == made(read(folder / "calls.csv"))
    assert found.rows_mended == len(which)


def test_a_mend_of_what_is_there_no_more_is_left_out_and_told(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text("\n".join(["who,what,when", *LINES]), encoding="utf-8")
    plain = read(path)
    wrong = [
        Mend(file="calls.csv", record=2, cells={"when": "2021-03-04"}, was={"when": "05/03/2021"}),
        Mend(file="calls.csv", record=4, cells={"who": "9"}, was={}, raw="another line"),
        Mend(file="calls.csv", record=1, cells={"who": "9"}, was={}, raw="no broken line"),
        Mend(file="calls.csv", record=99, cells={"who": "9"}, was={}),
    ]
    found = read(path, *wrong, Mend(file="other.csv", record=2, cells={"when": "2021-03-04"}, was={}))
    assert made(found) == made(plain)
    assert found.rows_mended == 0
    assert found.notes[-1] == "4 mends left out: the file is read otherwise than when they were made."


def test_originals_have_all_that_is_aside_and_nothing_of_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    text = "\n".join(["who,what,when,name", *(f"{line},Kanarienvögel" for line in LINES)])
    path.write_bytes(text.encode() + b"\n7,call,\xff\xe9,x\n" + b'7,"call,2021-01-01,x\n')
    found = read(path)
    rows = found.originals.to_pylist()
    assert [(row["record"], row["line"], row["raw"]) for row in rows] == [
        (2, 3, None),
        (3, 4, None),
        (4, 5, "9,call,2021-03-06,d,Kanarienvögel"),
        (5, 6, None),
        (6, 7, "7,call,\\xff\\xe9,x"),
        (7, 8, '7,"call,2021-01-01,x'),
    ]
    assert dict(rows[0]["cells"]) == {"who": "8", "what": "visit", "when": "04/03/2021"}
    assert dict(rows[1]["cells"]) == {"who": None, "what": "call", "when": "2021-03-05"}
    assert all(row["aside"] and not row["mended"] for row in rows)
    assert len(rows) == found.rows_quarantined == found.rows_in - found.rows_good


def test_workbooks_parquet_and_event_logs(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (("who", "what", "when"), ("7", "call", date(2030, 1, 2)), ("7", "call", date(2021, 1, 2))):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    was = {"when": f"{NATIVE}2030-01-02"}
    mend = Mend(file="a.xlsx", sheet="Sheet", record=1, cells={"when": f"{NATIVE}2020-01-02"}, was=was)
    plain = read(tmp_path / "a.xlsx")
    assert (plain.rows_good, read(tmp_path / "a.xlsx", mend, date_format="%d/%m/%Y").rows_good) == (1, 2)

    pq.write_table(
        pa.table({"who": ["7", None], "what": ["a", "b"], "when": ["2021-01-02"] * 2}), tmp_path / "a.parquet"
    )
    mend = Mend(file="a.parquet", record=2, cells={"who": "8"}, was={"who": None})
    assert (read(tmp_path / "a.parquet").rows_good, read(tmp_path / "a.parquet", mend).rows_good) == (1, 2)

    event = '<event><string key="concept:name" value="{0}"/><date key="time:timestamp" value="{1}"/></event>'
    log = f"<log><trace>{event.format('a', '2021-01-02')}{event.format('b', 'never')}</trace></log>"
    (tmp_path / "a.xes").write_text(log, encoding="utf-8")
    plain = read(tmp_path / "a.xes", columns={})
    assert (plain.rows_good, plain.rows_quarantined) == (0, 2)
    key = "case:concept:name"
    assert dict(plain.originals.to_pylist()[0]["cells"])[key] is None
    mends = [
        Mend(file="a.xes", record=1, cells={key: "7"}, was={key: None}),
        Mend(file="a.xes", record=2, cells={key: "7", "time:timestamp": "2021-01-03"}, was={}),
    ]
    assert read(tmp_path / "a.xes", *mends, columns={}).rows_good == 2


CENSUS = """<Message><Header><CollectionDetails><Collection>CIN</Collection><Year>2024</Year>
<ReferenceDate>2024-03-31</ReferenceDate></CollectionDetails></Header><Children><Child><ChildIdentifiers>
<LAchildID>{id}</LAchildID><PersonBirthDate>2015-01-01</PersonBirthDate><Sex>F</Sex></ChildIdentifiers>
<ChildCharacteristics><Ethnicity>WBRI</Ethnicity></ChildCharacteristics><CINdetails>
<CINreferralDate>2023-05-02</CINreferralDate><ReferralSource>1A</ReferralSource><PrimaryNeedCode>N1</PrimaryNeedCode>
<Assessments><AssessmentActualStartDate>2023-05-03</AssessmentActualStartDate></Assessments></CINdetails></Child>
</Children></Message>"""


def test_in_xml_what_rows_take_from_a_mended_one_follows_it(tmp_path: Path) -> None:
    path = tmp_path / "cin.xml"
    path.write_text(CENSUS.format(id=""), encoding="utf-8")
    settings = {"columns": {}, "format": "cin-census"}
    plain = read(path, **settings)
    rows = plain.originals.to_pylist()
    assert [row["table"] for row in rows] == ["ChildIdentifiers", "ChildCharacteristics", "CINdetails", "Assessments"]
    assert {row["reasons"][0]["code"] for row in rows} == {"missing_required"}
    assert plain.events.num_rows == 0
    mend = Mend(file="cin.xml", table="ChildIdentifiers", record=1, cells={"LAchildID": "7"}, was={"LAchildID": None})
    found = read(path, mend, **settings)
    path.write_text(CENSUS.format(id="7"), encoding="utf-8")
    whole = read(path, **settings)
    assert whole.events.num_rows >= 2
    assert made(found) == made(whole)


def test_lines_and_cells_that_speak_of_legal_advice_are_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    lines = ["who,what,when", "7,call,2021-03-02", "7,call,counsel’s view", "7,legal  planning,x,y", "7,call,soon"]
    path.write_text("\n".join(lines), encoding="utf-8")
    rows = read(path, privileged_words=("counsel", "legal planning")).originals.to_pylist()
    assert [(row["record"], row["shut"], row["raw"]) for row in rows] == [
        (2, True, None),
        (3, True, None),
        (4, False, None),
    ]
    assert [dict(row["cells"])["when"] for row in rows] == [None, None, "soon"]


def test_every_code_of_a_row_set_aside_has_a_remedy() -> None:
    codes = {*OF_RECORDS, "missing_required", "stands_for_unknown", "duplicate_row"}
    assert codes <= set(REMEDIES)
    assert set(REMEDIES) <= set(MESSAGES)
    assert all(remedy(code).endswith(".") for code in MESSAGES)
