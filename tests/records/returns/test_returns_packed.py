"""Cells of JSON in the Standard Safeguarding Dataset: parts checked one by one, hostile ones told, no value said."""

from __future__ import annotations

import csv
import json
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casetrail.records.cells import ColumnBuilder, Grid
from casetrail.records.returns import form
from casetrail.records.returns.findings import TableBook
from casetrail.records.returns.packed import check_packed

FACTORS = ("ssd_assessment_factors", "cinf_assessment_factors_json")
CONTACT = ("ssd_contacts", "cont_contact_outcome_json")
CANARY = "kanarienvogel"


def told(texts, where=FACTORS):
    """Code, record and part of each finding; never a value of a cell."""
    builder = ColumnBuilder()
    builder.extend(texts)
    column = builder.finish()
    record = range(1, len(texts) + 1)
    grid = Grid(file="x.csv", format="csv", columns={}, names=(), record=np.array(record))
    book = TableBook(grid)
    check_packed(column, form("ssd").tables[where[0]].columns[where[1]], book)
    rows = [row for table in book.tables_of("s") for row in table.to_pylist()]
    assert CANARY not in json.dumps(rows)
    return sorted(
        (row["record"], row["code"], (re.findall(r"Part (\w+)\.", row["message"]) or [""])[0]) for row in rows
    )


def test_both_shapes_of_assessment_factors():
    """An array of what holds, or an object that says yes or no; 1A and 24A are codes of the census, 99Z is none."""
    good = ['["1A", "24A"]', '{"1A": "Yes", "2B": "No", "3A": ""}', "[]", "{}", None]
    assert told(good) == []
    assert told(['["1A", "99Z"]', '["1a"]', f'{{"1A": "{CANARY}"}}', f'["{CANARY}"]']) == [
        (1, "unknown_code", ""),
        (2, "code_spelt_otherwise", ""),
        (3, "unknown_code", ""),
        (4, "unknown_code", ""),
    ]


def test_parts_of_an_outcome():
    good = '{"NEW_REFERRAL_FLAG": "Y", "NFA_FLAG": "", "NUMBER_OF_OUTCOMES": 1, "COMMENTS": "any\\nwords"}'
    texts = [
        good,
        f'{{"NFA_FLAG": "{CANARY}", "ADVICE_FLAG": "yes"}}',
        f'{{"{CANARY}": "Y"}}',
        '["NFA_FLAG"]',
        '{"NFA_FLAG": null}',
    ]
    assert told(texts, CONTACT) == [
        (2, "code_spelt_otherwise", "ADVICE_FLAG"),
        (2, "unknown_code", "NFA_FLAG"),
        (3, "unknown_part", ""),
        (4, "unknown_part", ""),
    ]


@pytest.mark.parametrize(
    "text",
    [
        CANARY,
        '{"NFA_FLAG": "Y"',
        '{"NFA_FLAG": NaN}',
        '{"NFA_FLAG": -Infinity}',
        '{"NFA_FLAG": {"NFA_FLAG": "Y"}}',
        '{"NFA_FLAG": "Y", "NFA_FLAG": "N"}',
        "[" * 19_000,
        "[" * 9_000 + "]" * 9_000,
        '{"COMMENTS": "' + "x" * 30_000 + '"}',
        "1",
        '"Y"',
        "null",
    ],
)
def test_what_is_no_packed_cell(text):
    assert told([text], CONTACT) == [(1, "not_packed", "")]


def test_a_number_of_many_digits_is_only_text():
    assert told(['{"NUMBER_OF_OUTCOMES": ' + "9" * 10_000 + "}"], CONTACT) == []


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.text() | st.integers(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_no_json_breaks_the_check(value):
    """Flat objects and arrays are read, all else is told as not packed; nothing is raised."""
    items = list(value.values()) if isinstance(value, dict) else value
    flat = isinstance(items, list) and not any(isinstance(item, list | dict) for item in items)
    codes = {code for _, code, _ in told([json.dumps(value)], CONTACT)}
    assert ("not_packed" not in codes) == flat


@pytest.mark.shared
def test_parts_that_the_specification_names(shared):
    """Those before its guidance breaks off: {NAME: "" ...}; the plans of care stand as NAME - words."""
    named = 0
    with (shared / "records" / "spec" / "ssd_columns.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if not row["column"].endswith("_json"):
                continue
            packed = form("ssd").tables[row["table"]].columns[row["column"]].packed
            assert packed is not None
            parts = set(re.findall(r'([A-Z_0-9]+): "', row["guidance"]))
            parts |= set(re.findall(r"\b(RE[A-Z0-9]{6}) - ", row["guidance"]))
            named += len(parts)
            assert parts <= set(packed.parts)
    assert named >= 20


def test_read_with_place(tmp_path, read_return):
    lines = ["cinf_table_id,cinf_assessment_id,cinf_assessment_factors_json", '1,a1,"[""1A""]"', "2,a2,[[", ""]
    (tmp_path / "ssd_assessment_factors.csv").write_text("\n".join(lines), encoding="utf-8", newline="\n")
    extract = read_return(tmp_path, "ssd")
    found = [row for row in extract.findings.to_pylist() if row["column"] == FACTORS[1]]
    assert [(row["code"], row["record"], row["line"], row["severity"]) for row in found] == [
        ("not_packed", 2, 3, "suspicious")
    ]
    assert extract.rows_quarantined == 0
