"""Build the trail once, sorted by person and time, so that every measure is a scan."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from casetrail.figures import RelationRun
from casetrail.schema.trails import LEVELS, OpenEnds
from casetrail.store import Engine, Relation, load_relation, planned_run
from casetrail.trail.months import month_table, with_month
from casetrail.trail.words_known import ending_table, speaker_table

# The order of building; changing a relation changes the stamp of every snapshot.
RECORD_RELATIONS = ("person", "body", "word", "thing", "event", "involvement", "fact")
TRAIL_RELATIONS = ("step", "send", "holding", "elapsed", "spell_of_events", "spell_of_involvements", "tenure")
# Relation, and the table that holds its rows of every level: one level at a time sorts a third faster than both.
BY_LEVEL = (("spell_of_events", "spell"), ("spell_of_involvements", "spell"), ("tenure", "tenure"))


@dataclass(frozen=True, slots=True)
class RecordTables:
    """What `records` hands over, all sources together: shapes as in `schema.events`."""

    events: pa.Table
    involvements: pa.Table
    facts: pa.Table
    sources: pa.Table
    quarantine: pa.Table
    zones: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TrailOptions:
    """`as_of_us` ends open spells; with `known_on_us` only what was recorded by then is used."""

    as_of_us: int
    known_on_us: int | None = None
    open_ends: OpenEnds = "last_event"

    def parameters(self) -> dict[str, object]:
        end = self.as_of_us if self.known_on_us is None else min(self.as_of_us, self.known_on_us)
        return {"known_on_us": self.known_on_us, "as_of_us": end, "open_ends": self.open_ends == "as_of"}


def relation(name: str) -> Relation:
    """A relation of the trail by name."""
    return load_relation("casetrail.trail", name)


def relation_hashes(names: Sequence[str]) -> list[str]:
    """Hashes of relations, for the stamp of a snapshot."""
    return [relation(name).sha256 for name in names]


def store_records(
    engine: Engine, tables: RecordTables, progress: Callable[[str], None] | None = None
) -> tuple[RelationRun, ...]:
    """Store what was read, and the numbered event table. Raises StoreError, OutputError."""
    engine.load("event_raw", with_month(tables.events, tables.zones))
    engine.load("involvement_raw", tables.involvements)
    engine.load("fact_raw", tables.facts)
    engine.load("source", tables.sources)
    engine.load("quarantine", tables.quarantine)
    engine.load("month", _months(tables))
    engine.load("speaker", speaker_table(tables.events))
    engine.load("ending", ending_table(tables.events))
    return _materialise(engine, RECORD_RELATIONS, {}, progress)


def _months(tables: RecordTables) -> pa.Table:
    bounds: list[int] = []
    for column in (
        tables.events["at_us"],
        tables.events["end_us"],
        tables.involvements["from_us"],
        tables.involvements["to_us"],
    ):
        found = pc.min_max(column).as_py()
        bounds += [edge for edge in (found["min"], found["max"]) if edge is not None]
    if not bounds:
        return month_table(0, 0).slice(0, 0)
    return month_table(min(bounds), max(bounds))


def build_trail(
    engine: Engine, options: TrailOptions, progress: Callable[[str], None] | None = None
) -> tuple[RelationRun, ...]:
    """Build step, send, spell and tenure from the records that `engine` sees. Raises StoreError, OutputError."""
    given = options.parameters()
    engine.store_quickly()
    runs = list(_materialise(engine, ("step", "send", "holding", "elapsed"), given, progress))
    filled: set[str] = set()
    for name, table in BY_LEVEL:
        for level in LEVELS:
            if progress is not None:
                progress(f"{name} by {level}")
            runs.append(engine.materialise(relation(name), {"level": level}, name=table, append=table in filled))
            filled.add(table)
    return tuple(runs)


def runs_of(options: TrailOptions) -> tuple[RelationRun, ...]:
    """What `build_trail` runs, in order, without running it: the same for a snapshot that stands already."""
    given = options.parameters()
    runs = [planned_run(relation(name), {}) for name in RECORD_RELATIONS]
    for name in ("step", "send", "holding", "elapsed"):
        chosen = relation(name)
        runs.append(planned_run(chosen, {key: given[key] for key in chosen.parameters}))
    for name, _ in BY_LEVEL:
        runs += [planned_run(relation(name), {"level": level}) for level in LEVELS]
    return tuple(runs)


def _materialise(
    engine: Engine,
    names: Sequence[str],
    given: Mapping[str, object],
    progress: Callable[[str], None] | None,
) -> tuple[RelationRun, ...]:
    runs = []
    for name in names:
        if progress is not None:
            progress(name)
        chosen = relation(name)
        runs.append(engine.materialise(chosen, {key: given[key] for key in chosen.parameters}))
    return tuple(runs)
