"""The only room that speaks to a database engine."""

from casetrail.store.engine import Engine, Result, open_snapshot, planned_run
from casetrail.store.relation import Relation, load_relation
from casetrail.store.snapshot import SnapshotFolder

__all__ = ["Engine", "Relation", "Result", "SnapshotFolder", "load_relation", "open_snapshot", "planned_run"]
