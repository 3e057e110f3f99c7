"""A handle on a built trail: tables stay in the store, names of bodies and words come along."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from casetrail.errors import UnknownNameError
from casetrail.figures import Origin, RelationRun, SourceRef
from casetrail.schema.trails import By
from casetrail.store import Engine, Result, load_relation, open_snapshot
from casetrail.trail.build import relation
from casetrail.trail.months import month_name

# Everything that XML 1.0 forbids, and what a terminal would take for a command.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Trail:
    """A trail ready for measures. `period` scopes are months; `bodies` and `words` map numbers to names."""

    engine: Engine
    bodies: Mapping[int, str]
    words: Mapping[int, str]
    sources: tuple[SourceRef, ...]
    origin: Origin
    mapped: frozenset[str]
    recordable: frozenset[str] = frozenset()
    known_on_us: int | None = None
    zone: str = "Europe/London"
    persons: Mapping[int, str] = field(default_factory=dict)
    parameters: tuple[tuple[str, object], ...] = ()
    built: tuple[RelationRun, ...] = field(default=())

    def query(self, name: str, **parameters: object) -> Result:
        """Run a relation of the trail."""
        return self.engine.query(relation(name), parameters)

    def body(self, number: object) -> str | None:
        """Name of an agency or team; None stays None: nobody recorded."""
        return None if number is None else self.bodies[int(str(number))]

    def word(self, number: object) -> str | None:
        """Name of an activity, state or case type."""
        return None if number is None else self.words[int(str(number))]

    def scope(self, by: By, number: object) -> str | None:
        """Name of a scope as relations return it."""
        if by in ("agency", "team"):
            return self.body(number)
        if by == "type":
            return self.word(number)
        if by == "period":
            return None if number is None else month_name(int(str(number)))
        return "whole log" if by == "all" else self.persons[int(str(number))]

    def person_no(self, pseudonym: str) -> int:
        """Number of a pseudonym. Raises UnknownNameError without repeating what was asked for."""
        found = self.query("person_by_name", person=pseudonym).rows()
        if not found:
            raise UnknownNameError(
                "Nobody in this trail has that identifier.",
                todo="Give the pseudonym as a table prints it, or the agency's own identifier with --scheme.",
            )
        return int(str(found[0]["person_no"]))

    def close(self) -> None:
        self.engine.close()


def open_trail(
    trail_file: Path, records_file: Path, *, sources: tuple[SourceRef, ...], mapped: frozenset[str]
) -> Trail:
    """Open a built trail for reading. Raises StoreError."""
    engine = open_snapshot(trail_file)
    engine.attach(records_file, "records")
    return trail_of(engine, sources=sources, mapped=mapped)


def trail_of(engine: Engine, *, sources: tuple[SourceRef, ...], mapped: frozenset[str]) -> Trail:
    """A handle on an engine that already sees the records and the trail."""
    return Trail(
        engine=engine,
        bodies={int(str(r["body_no"])): clean(str(r["body"])) for r in _names(engine, "all_bodies")},
        words={int(str(r["word_no"])): clean(str(r["word"])) for r in _names(engine, "all_words")},
        sources=sources,
        origin=joint_origin([s.origin for s in sources]),
        mapped=mapped,
    )


def with_persons(trail: Trail) -> Trail:
    """The same trail with the pseudonyms of its persons at hand, for tables that stay in the house."""
    rows = _names(trail.engine, "all_persons")
    return replace(trail, persons={int(str(r["person_no"])): str(r["person"]) for r in rows})


def _names(engine: Engine, name: str) -> list[dict[str, object]]:
    return engine.query(load_relation("casetrail.trail", name)).rows()


def clean(text: str) -> str:
    """A label with signs that no page or terminal may receive (control characters, half pairs) made visible."""
    return _CONTROL.sub("\ufffd", text)


def joint_origin(origins: list[Origin]) -> Origin:
    """The most protected origin of several: one real source makes all of it real."""
    for origin in (Origin.REAL, Origin.PUBLIC_PSEUDONYMOUS, Origin.PUBLIC_AGGREGATE):
        if origin in origins:
            return origin
    return Origin.MADE_UP
