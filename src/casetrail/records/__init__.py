"""Read each agency's extract as it is; set aside what cannot be read; nothing is lost."""

from __future__ import annotations

from casetrail.records.extract import Extract, TableCounts
from casetrail.records.inspection import ColumnLook, Inspection, cells_of, inspect
from casetrail.records.keys import Keys
from casetrail.records.looking import look, within
from casetrail.records.mending import Mend
from casetrail.records.read import read_source
from casetrail.records.remedies import remedy
from casetrail.records.returns import (
    Proposal,
    ReturnLook,
    chosen_digest,
    form,
    form_digest,
    form_names,
    form_text,
    has_form,
    look_at_return,
    look_by,
    own_form,
    propose,
    recognised,
    told_once,
)
from casetrail.records.spec import SourceSpec

__all__ = [
    "ColumnLook",
    "Extract",
    "Inspection",
    "Keys",
    "Mend",
    "Proposal",
    "ReturnLook",
    "SourceSpec",
    "TableCounts",
    "cells_of",
    "chosen_digest",
    "form",
    "form_digest",
    "form_names",
    "form_text",
    "has_form",
    "inspect",
    "look",
    "look_at_return",
    "look_by",
    "own_form",
    "propose",
    "read_source",
    "recognised",
    "remedy",
    "told_once",
    "within",
]
