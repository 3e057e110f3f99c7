"""Persons' events in order: steps, spells, waits, hand-offs, loops, repeats."""

from casetrail.trail.build import (
    RECORD_RELATIONS,
    TRAIL_RELATIONS,
    RecordTables,
    TrailOptions,
    build_trail,
    relation_hashes,
    runs_of,
    store_records,
)
from casetrail.trail.handle import Trail, joint_origin, open_trail, trail_of
from casetrail.trail.questions import Wanted, answers, ask_again

__all__ = [
    "RECORD_RELATIONS",
    "TRAIL_RELATIONS",
    "RecordTables",
    "Trail",
    "TrailOptions",
    "Wanted",
    "answers",
    "ask_again",
    "build_trail",
    "joint_origin",
    "open_trail",
    "relation_hashes",
    "runs_of",
    "store_records",
    "trail_of",
]
