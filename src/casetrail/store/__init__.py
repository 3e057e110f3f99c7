"""The only room that speaks to a database engine."""

from casetrail.store.engine import Engine, Result, exclusive, open_snapshot, planned_run
from casetrail.store.relation import Relation, load_relation
from casetrail.store.snapshot import SnapshotFolder

__all__ = [
    "Engine",
    "Relation",
    "Result",
    "SnapshotFolder",
    "exclusive",
    "load_relation",
    "open_snapshot",
    "planned_run",
]
