"""Rows of a return that are legally privileged: by a mark of their own, or by the words in which they speak."""

from __future__ import annotations

from collections.abc import Sequence

from casetrail.records.privilege import marked, worded
from casetrail.records.returns.checks import Checked
from casetrail.records.returns.findings import CANNOT


def set_privileged_aside(table: Checked, words: Sequence[str]) -> None:
    """Set aside the rows that are marked, or have one of the words in a cell that says no identity."""
    columns, form = table.held.grid.columns, table.held.form.columns
    for name, column in columns.items():
        if form[name].marks_privileged:
            table.book.mark(marked(column), "legally_privileged", CANNOT, column=name)
    spoken = [name for name in columns if not form[name].identity and form[name].kind in ("text", "code")]
    for name, rows in worded(columns, spoken, words).items():
        table.book.mark(rows, "legally_privileged", CANNOT, column=name)
