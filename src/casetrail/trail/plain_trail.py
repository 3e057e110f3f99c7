"""The plain trail: everything the plain measures read, built in one go."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from casetrail.schema.trails import LEVELS, By, Level
from casetrail.trail.plain_log import PlainEvent, PlainFact, PlainInvolvement, PlainOptions
from casetrail.trail.plain_spells import Spell, Turn, spells, turns
from casetrail.trail.plain_steps import Elapsed, Holding, Send, Step, elapsed, holdings, sends, steps

Scope = str | int | None
Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class PlainTrail:
    """Steps, sendings, spells and turns of a small log."""

    steps: Sequence[Step]
    sends: Sequence[Send]
    holdings: Sequence[Holding]
    elapsed: Sequence[Elapsed]
    spells: Sequence[Spell]
    turns: Sequence[Turn]
    facts: Sequence[PlainFact]

    def spells_at(self, level: Level) -> list[Spell]:
        return [spell for spell in self.spells if spell.level == level]

    def turns_at(self, level: Level) -> list[Turn]:
        return [turn for turn in self.turns if turn.level == level]


def plain_trail(
    events: Sequence[PlainEvent],
    involvements: Sequence[PlainInvolvement],
    facts: Sequence[PlainFact],
    options: PlainOptions,
) -> PlainTrail:
    """Build the plain trail of a log."""
    walked = steps(events, options)
    sent = sends(walked)
    held = holdings(involvements, options)
    trails = elapsed(walked, held)
    spelt = [spell for level in LEVELS for spell in spells(level, walked, sent, held=held, trails=trails)]
    return PlainTrail(walked, sent, held, trails, spelt, turns(spelt), facts)


def step_scope(step: Step, by: By) -> Scope:
    """Where a measure of steps counts a step: by what the event itself says."""
    event = step.event
    scopes: dict[By, Scope] = {
        "agency": event.agency,
        "team": event.team,
        "period": event.month,
        "person": event.person,
    }
    return scopes.get(by, 0)


def case_scope(trail: Elapsed, by: By) -> Scope:
    """Where a measure of whole cases counts a case: by its first event, which may be unknown."""
    if by == "person":
        return trail.person
    if by == "all" or trail.first is None:
        return 0 if by == "all" else None
    first = trail.first
    scopes: dict[By, Scope] = {
        "agency": first.agency,
        "team": first.team,
        "period": first.month,
        "type": first.case_type,
    }
    return scopes[by]


def mean(values: Sequence[int]) -> float | None:
    return sum(values) / len(values) if values else None


def median(values: Sequence[int]) -> float | None:
    return float(statistics.median(values)) if values else None


def spread(values: Sequence[int]) -> float | None:
    """Standard deviation with n - 1; unknown for one value."""
    return statistics.stdev(values) if len(values) > 1 else None


def different(values: Iterable[object]) -> int:
    """How many different known values."""
    return len({value for value in values if value is not None})


def covered_us(stretches: Sequence[tuple[int, int]]) -> int:
    """Length of the union of stretches: cut time at every edge, and add the pieces that some stretch covers."""
    edges = sorted({edge for stretch in stretches for edge in stretch})
    return sum(
        after - before
        for before, after in pairwise(edges)
        if any(start <= before and after <= end for start, end in stretches)
    )
