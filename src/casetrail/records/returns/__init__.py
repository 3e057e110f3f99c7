"""The statutory returns: many tables in one file, folder or workbook, described by data and read by one engine."""

from __future__ import annotations

from casetrail.records.returns.again import told_once
from casetrail.records.returns.forms import ColumnForm, Form, TableForm
from casetrail.records.returns.library import form, form_digest, form_names, form_years
from casetrail.records.returns.look import ReturnLook, look_at_return
from casetrail.records.returns.reading import read_return
from casetrail.records.returns.recognise import recognised

__all__ = [
    "ColumnForm",
    "Form",
    "ReturnLook",
    "TableForm",
    "form",
    "form_digest",
    "form_names",
    "form_years",
    "look_at_return",
    "read_return",
    "recognised",
    "told_once",
]
