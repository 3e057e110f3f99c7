"""The dry look: forms and counts, a proposal for the mapping, and what the proposal would set aside."""

from __future__ import annotations

from datetime import date

import pytest

from casetrail.records import inspect


@pytest.fixture
def look(tmp_path):
    def looking(text, name="calls.csv", **settings):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return inspect(tmp_path / name, **settings)

    return looking


def test_a_mapping_is_proposed(look):
    found = look(
        "Case ID;Activity;Event date;Date closed;Team;Note\n1;call;25/12/2007;;A;x\n2;visit;04/03/2007;05/03/2007;;y\n"
    )

    assert found.mapping == {"person": ("Case ID",), "activity": ("Activity",), "team": ("Team",)} | {
        "at": ("Event date",),
        "end": ("Date closed",),
    }
    assert (found.delimiter, found.encoding, found.format, found.rows) == (";", "utf-8", "csv", 2)
    assert len(found.sha256) == 64
    assert found.columns[2].date_format == "%d/%m/%Y"
    assert [column.filled for column in found.columns] == [1.0, 1.0, 1.0, 0.5, 0.5, 1.0]
    # The order is open in the closing date alone, so only one format is there to propose.
    assert (found.date_format, found.precision, found.quarantined) == ("%d/%m/%Y", "day", {})


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ("04/03/2007 05/06/2007", "ambiguous"),
        ("13/03/2007 03/13/2007", "ambiguous"),
        ("03/13/2007 04/03/2007", "%m/%d/%Y"),
        ("13.03.07 04.03.07", "%d.%m.%y"),
        ("2007-03-04 2007-03-05", "iso"),
        ("13/03/2007T10:00 04/03/2007T10:00", "%d/%m/%YT%H:%M"),
    ],
)
def test_date_formats_are_told_by_days_above_12(look, dates, expected):
    found = look("case,event,date\n" + "".join(f"1,a,{one}\n" for one in dates.split()))

    assert expected == found.columns[2].date_format
    if expected == "ambiguous":
        assert found.quarantined == {"ambiguous_date": 2}
        assert any("'date'" in note and "date_format" in note for note in found.notes)
    else:
        assert found.quarantined == {}


def test_what_would_be_set_aside(look):
    text = (
        "case,event,timestamp\n"
        + "1,a,2007-03-04T10:00\n" * 30
        + '1,,2007-03-04\n1,b\n2,"c,2028-01-01\n3,d,2028-01-01\n'
    )

    assert look(text, as_of=date(2010, 1, 1)).quarantined == {
        "after_as_of": 1,
        "missing_activity": 1,
        "unclosed_quote": 1,
        "wrong_cell_count": 1,
    }
    assert "after_as_of" not in look(text).quarantined


def test_no_proposal_can_be_made(look):
    found = look("a,b\nx,y\n")

    assert found.quarantined is None
    assert any("needs" in note for note in found.notes)


def test_a_first_line_that_is_a_record(look):
    found = look("17,Smith,2007-03-04\n18,Jones,2007-03-05\n")

    assert not found.has_header
    assert tuple(column.name for column in found.columns) == ("column 1", "column 2", "column 3")
    assert "Smith" not in repr(found)


def test_header_only(look):
    found = look("case,event,date\n")

    assert found.rows == 0
    assert [column.kind for column in found.columns] == ["empty"] * 3
