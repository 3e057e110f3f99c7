"""Codes that mean the same in every format: who told, and how a thing ended."""

from casetrail.records.codes.closings import Closing, closing, closing_kinds, closings
from casetrail.records.codes.shipped import SHARED_WORDS, shared_digest
from casetrail.records.codes.who_told import Speaker, speaker, speaker_kinds, speakers

__all__ = [
    "SHARED_WORDS",
    "Closing",
    "Speaker",
    "closing",
    "closing_kinds",
    "closings",
    "shared_digest",
    "speaker",
    "speaker_kinds",
    "speakers",
]
