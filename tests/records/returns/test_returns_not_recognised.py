"""Messages about what is no return, or is one without its header: they name the way out."""

from __future__ import annotations

from datetime import date

import pytest

from casetrail.errors import InputError
from casetrail.records import look


def test_xml_of_no_return_names_the_returns(tmp_path):
    path = tmp_path / "x.xml"
    path.write_text("<A><B>1</B></A>", encoding="utf-8")
    with pytest.raises(InputError) as excinfo:
        look(path, as_of=date(2026, 3, 31))
    assert excinfo.value.code == "unknown_format"
    assert 'format = "cin-census"' in str(excinfo.value.todo) and "ssda903" in str(excinfo.value.todo)


def test_files_without_header_are_told_as_such(tmp_path, read_return):
    (tmp_path / "episodes.csv").write_text("11,01/04/2020,S,C2,N1,U1,PR1,,\n", encoding="utf-8")
    with pytest.raises(InputError) as excinfo:
        read_return(tmp_path, "ssda903")
    assert excinfo.value.code in {"no_table", "duplicate_column", "no_header"}
    assert "header" in str(excinfo.value)
