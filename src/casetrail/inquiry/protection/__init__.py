"""The record of processing and the assessment of its impact, made from the forms, the inquiry and the sources."""

from __future__ import annotations

from casetrail.inquiry.protection.document import Document, Part, Rows
from casetrail.inquiry.protection.facts import Facts, SourceFacts, facts_of
from casetrail.inquiry.protection.rendering import as_html, as_json, as_markdown
from casetrail.inquiry.protection.writing import protection_document

__all__ = [
    "Document",
    "Facts",
    "Part",
    "Rows",
    "SourceFacts",
    "as_html",
    "as_json",
    "as_markdown",
    "facts_of",
    "protection_document",
]
