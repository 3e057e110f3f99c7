"""Text that a spreadsheet would run is made harmless, and comes back as it was."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetrail.figures import Column, Table
from casetrail.publish import csv_text, guarded, sheet_cell, unguarded

SIGNS = st.text(alphabet="'=+-@\t\r\n ＝＋－＠ab1", max_size=6)


@pytest.mark.parametrize("text", ["=1+1", "+44 20", "-5", "@SUM(A1)", "\tx", "\rx", "\n=x", " =x", "＝1", "'=x", "''@"])
def test_what_would_run_is_guarded(text: str) -> None:
    assert guarded(text) == "'" + text
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("text", ["", "O'Neil", "'t Hooft", "a=1", "12", " x", "'"])
def test_other_text_is_left_alone(text: str) -> None:
    assert guarded(text) == text == unguarded(text)


@given(SIGNS)
def test_nothing_is_lost(text: str) -> None:
    safe = guarded(text)
    assert unguarded(safe) == text
    assert not safe.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n="))
    assert guarded(unguarded(safe)) == safe


def test_every_cell_of_a_table_goes_through_it() -> None:
    table = Table((Column("a", "=A"), Column("b", "B", "count")), (("@cmd", -5), ("plain", 1)))
    rows = list(csv.reader(io.StringIO(csv_text(table).removeprefix("\ufeff"))))
    assert rows == [["'=A", "B"], ["'@cmd", "-5"], ["plain", "1"]]
    assert [sheet_cell(cell) for cell in (None, -5, "-5", "x")] == ["", "-5", "'-5", "x"]
