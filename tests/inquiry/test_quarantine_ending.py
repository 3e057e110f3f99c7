"""What a workbook of the quarantine may be called, and what the help of reconcile names."""

from __future__ import annotations

from datetime import date

import pytest
from typer.testing import CliRunner

from casetrail.cli.app import app
from casetrail.errors import OutputError
from casetrail.inquiry.quarantine_sheet import write_quarantine


@pytest.mark.parametrize("name", ["q.csv", "q", "q.xlsx.txt", "q.xls"])
def test_another_ending_than_that_of_a_workbook_is_refused(tmp_path, name):
    with pytest.raises(OutputError) as excinfo:
        write_quarantine(tmp_path / name, (), title="made up", on=date(2026, 3, 31))
    assert excinfo.value.code == "quarantine_ending"
    assert not list(tmp_path.iterdir())


def test_the_help_of_reconcile_names_its_tables():
    assert "[[reconcile]]" in CliRunner().invoke(app, ["reconcile", "--help"]).output
