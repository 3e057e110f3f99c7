"""Identifiers that a spreadsheet rounded before it saved them as text, and dates written in two ways."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetrail.records import texts
from casetrail.records.columns import MANY
from casetrail.records.texts import rounded, rounded_text

# What Excel, LibreOffice and common libraries leave of 123456789012345678 (and of 10**17) in a text file.
ROUNDED = ["1.23457E+17", "1.23457e+17", "1,23457E+17", "1E+17", "1.2345678901234568E17", "-1.23E+17", " 1.23457E+17 "]
# Written by somebody: numbers of houses, units, pupils, and numbers with a point.
WHOLE = ["12E3", "1E5", "E12", "A123456789012", "123456789012345678", "1.5", "1.2E+", "x1.2E+17", "2E+1234", "1E+17/2"]


def test_what_a_spreadsheet_leaves_is_told_from_numbers_with_letters():
    assert [rounded_text(text) for text in ROUNDED + WHOLE] == [True] * len(ROUNDED) + [False] * len(WHOLE)


@given(st.lists(st.one_of(st.sampled_from(ROUNDED + WHOLE), st.text("0159.,eE+- ", max_size=8)), max_size=30))
def test_many_at_once_and_one_by_one_come_to_the_same(cells):
    assert rounded(pa.array(cells, pa.string())).tolist() == [texts.rounded_text(cell) for cell in cells]


@pytest.mark.parametrize("more", [0, MANY], ids=["few texts", "many texts"])
def test_a_rounded_person_cannot_be_used(read, faults, more):
    lines = ["1.23457E+17,a,2007-03-04", "1.23457E+17,b,2007-03-05", "12E3,c,2007-03-06"]
    lines += [f"{n},d,2007-03-07" for n in range(more)]
    extract = read("who,what,when\n" + "\n".join(lines) + "\n")

    assert faults(extract) == [(1, 2, "who", "id_precision_lost"), (2, 3, "who", "id_precision_lost")]
    assert extract.rows_good == 1 + more


def test_every_identifier_and_every_part_of_one(read, faults):
    columns = {
        "person": ("area", "who"),
        "activity": ("what",),
        "at": ("when",),
        "worker": ("by",),
        "event_id": ("id",),
    }
    text = (
        "area,who,by,id,what,when\n"
        "N,1.23457E+17,w,1,a,2007-03-04\n"
        "N,1,2.1E+16,2,a,2007-03-04\n"
        "N,1,w,3.1E+16,a,2007-03-04\n"
        "N,1,w,4,1.23457E+17,2007-03-04\n"
    )
    found = faults(read(text, columns=columns))

    assert [(line, code) for _, line, _, code in found] == [(line, "id_precision_lost") for line in (2, 3, 4)]


@pytest.mark.parametrize("order", [("%d/%m/%Y", "%Y-%m-%d"), ("%Y-%m-%d", "%d/%m/%Y")])
def test_a_year_in_front_stands_beside_days_first(read, order):
    text = "who,what,when\n1,a,04/03/2007\n1,b,2007-03-04\n"
    extract = read(text, date_format=order[0], more_date_formats=order[1:])
    assert len(set(extract.events["at_us"].to_pylist())) == 1 and extract.rows_good == 2
