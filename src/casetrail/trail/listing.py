"""Who is on which list, as counts alone: lists are made of kinds of event, and no row of a person leaves the store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from casetrail.figures import RelationRun
from casetrail.trail.asking import whole
from casetrail.trail.handle import Trail

# As many signs as a kind has in `codes`, and so as many lists as can be counted at once.
WIDTH = 12
Unit: TypeAlias = Literal["day", "incident", "event"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From `since_us` until just before `until_us`, and by what kinds of event are told apart in it."""

    since_us: int
    until_us: int
    by_outcome: bool = False
    by_severity: bool = False

    def parameters(self) -> dict[str, object]:
        return {
            "since_us": self.since_us,
            "until_us": self.until_us,
            "by_outcome": self.by_outcome,
            "by_severity": self.by_severity,
        }


@dataclass(frozen=True, slots=True)
class Kind:
    """Events that one source has of one agency and activity; None where it is not recorded. `events`: in the period."""

    source: str
    agency: str | None
    activity: str
    outcome: str | None
    severity: str | None
    events: int


@dataclass(frozen=True, slots=True)
class Listed:
    """Persons by the lists they are on (bit j: list j), and on which of these only because they were passed on.

    `patterns`: (lists, those of them passed on) -> persons. `passed`: (from list, to list), by place -> persons on both
    of whom the second came to know through the first.
    """

    patterns: Mapping[tuple[int, int], int]
    passed: Mapping[tuple[int, int], int]
    runs: tuple[RelationRun, ...]


def kinds(trail: Trail, period: Period) -> tuple[tuple[Kind, ...], RelationRun]:
    """All kinds of event up to the end of a period, in the order in which `codes` speaks of them. Raises StoreError."""
    result = trail.query("listing_kind", **period.parameters())
    found = tuple(
        Kind(
            str(row["source"]),
            trail.body(row["agency_no"]),
            trail.word(row["activity_no"]) or "",
            _text(row["outcome"]),
            _text(row["severity"]),
            whole(row["events"]),
        )
        for row in result.rows()
    )
    return found, result.run


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def codes(of: Sequence[Kind], lists: Sequence[Callable[[Kind], bool]]) -> str:
    """Which kinds put a person on which list: `WIDTH` signs for each kind. Raises ValueError for too many lists."""
    if len(lists) > WIDTH:
        raise ValueError(f"no more than {WIDTH} lists at once")
    return "".join("".join("1" if on(kind) else "0" for on in lists).ljust(WIDTH, "0") for kind in of)


def listed(trail: Trail, period: Period, coded: str, *, within_us: int | None = None) -> Listed:
    """Persons by pattern of lists. `within_us`: what was passed on longer ago does not count; None: it does.

    Raises StoreError.
    """
    patterns = patterns_of(trail, period, coded, within_us=within_us)
    passed = trail.query("listing_passed", **period.parameters(), codes=coded, within_us=within_us)
    pairs = {(_place(r["from_bit"]), _place(r["to_bit"])): whole(r["persons"]) for r in passed.rows()}
    return Listed(patterns.patterns, pairs, (*patterns.runs, passed.run))


def patterns_of(trail: Trail, period: Period, coded: str, *, within_us: int | None = None) -> Listed:
    """As `listed`, without who passed whom on to whom: half the work. Raises StoreError."""
    found = trail.query("listing_pattern", **period.parameters(), codes=coded, within_us=within_us)
    counted = {(whole(r["pattern"]), whole(r["passed_pattern"])): whole(r["persons"]) for r in found.rows()}
    return Listed(counted, {}, (found.run,))


def times(trail: Trail, period: Period, coded: str, unit: Unit) -> tuple[dict[int, dict[int, int]], RelationRun]:
    """List by place -> times -> persons on it so often; 0 times: how often cannot be known. Raises StoreError."""
    result = trail.query("listing_times", **period.parameters(), codes=coded, unit=unit)
    found: dict[int, dict[int, int]] = {}
    for row in result.rows():
        found.setdefault(_place(row["bit"]), {})[whole(row["times"])] = whole(row["persons"])
    return found, result.run


def persons_by_agency(
    trail: Trail, period: Period, of: Sequence[Kind], counts: Callable[[Kind], bool]
) -> tuple[dict[str, int], RelationRun]:
    """How many persons each agency has by the kinds that count; those with nobody are not in it. Raises StoreError."""
    result = trail.query("listing_agency", **period.parameters(), codes=codes(of, (counts,)))
    named = ((trail.body(row["agency_no"]), whole(row["persons"])) for row in result.rows())
    return {agency: persons for agency, persons in named if agency is not None}, result.run


def events_of(of: Iterable[Kind], counts: Callable[[Kind], bool]) -> int:
    """Events in the period of the kinds that count."""
    return sum(kind.events for kind in of if counts(kind))


def _place(bit: object) -> int:
    return whole(bit).bit_length() - 1
