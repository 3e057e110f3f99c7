"""Read each agency's extract as it is; set aside what cannot be read; nothing is lost."""

from __future__ import annotations

from casetrail.records.extract import Extract
from casetrail.records.inspection import ColumnLook, Inspection, inspect
from casetrail.records.keys import Keys
from casetrail.records.read import read_source
from casetrail.records.spec import SourceSpec

__all__ = ["ColumnLook", "Extract", "Inspection", "Keys", "SourceSpec", "inspect", "read_source"]
