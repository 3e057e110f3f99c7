"""The statutory returns: many tables in one file, folder or workbook, described by data and read by one engine."""

from __future__ import annotations

from casetrail.records.returns.again import told_once
from casetrail.records.returns.choosing import chosen_digest, has_form, own_form
from casetrail.records.returns.forms import ColumnForm, Form, TableForm
from casetrail.records.returns.library import form, form_digest, form_names, form_text, form_years
from casetrail.records.returns.look import ReturnLook, look_at_return, look_by
from casetrail.records.returns.proposing import Proposal, propose
from casetrail.records.returns.reading import read_return
from casetrail.records.returns.recognise import recognised

__all__ = [
    "ColumnForm",
    "Form",
    "Proposal",
    "ReturnLook",
    "TableForm",
    "chosen_digest",
    "form",
    "form_digest",
    "form_names",
    "form_text",
    "form_years",
    "has_form",
    "look_at_return",
    "look_by",
    "own_form",
    "propose",
    "read_return",
    "recognised",
    "told_once",
]
