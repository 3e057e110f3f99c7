"""Parse the inquiry file, run the stages, compose the rooms, hand Answers to publish."""

from casetrail.inquiry.explaining import Explained, explain, find_pack
from casetrail.inquiry.following import followed
from casetrail.inquiry.mending import Fixed, export_quarantine, fix
from casetrail.inquiry.model import Inquiry, Standing
from casetrail.inquiry.parse import parse
from casetrail.inquiry.reading import RecordsRead, SourceRead, read_records
from casetrail.inquiry.running import DEMO_AUTHORITY, Run, Watching, compare_answers, demo, run, trail_answers
from casetrail.inquiry.showing import show
from casetrail.inquiry.work_folder import WorkFolder

__all__ = [
    "DEMO_AUTHORITY",
    "Explained",
    "Fixed",
    "Inquiry",
    "RecordsRead",
    "Run",
    "SourceRead",
    "Standing",
    "Watching",
    "WorkFolder",
    "compare_answers",
    "demo",
    "explain",
    "export_quarantine",
    "find_pack",
    "fix",
    "followed",
    "parse",
    "read_records",
    "run",
    "show",
    "trail_answers",
]
