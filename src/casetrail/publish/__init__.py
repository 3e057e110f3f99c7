"""The only door out: disclosure control, then the evidence pack. See docs/pack.md."""

from casetrail.publish.envelope import envelope, schema
from casetrail.publish.pack import Release, publish
from casetrail.publish.protect import protect
from casetrail.publish.sheet import csv_text, guarded, sheet_cell, unguarded
from casetrail.publish.verify import PackCheck, verify_pack

__all__ = [
    "PackCheck",
    "Release",
    "csv_text",
    "envelope",
    "guarded",
    "protect",
    "publish",
    "schema",
    "sheet_cell",
    "unguarded",
    "verify_pack",
]
