"""A trail built in memory from a random log, its rows read back with names in place of numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from casetrail.store import open_snapshot
from casetrail.store.relation import parse_relation
from casetrail.trail.build import TrailOptions, build_trail, store_records
from casetrail.trail.handle import Trail, trail_of
from casetrail.trail.plain_log import PlainOptions

from .logs import Log, tables

Row = dict[str, object]

BODIES = (
    "agency",
    "next_agency",
    "team",
    "next_team",
    "passed_to",
    "from",
    "to",
    "holder",
    "prev_holder",
    "before_holder",
    "first_agency",
    "first_team",
)
WORDS = ("activity", "next_activity", "state", "case_type", "first_type")
NEVER_ENDED = 2147483647


@dataclass(frozen=True)
class Built:
    """A trail and the names behind its numbers."""

    trail: Trail
    persons: dict[int, str]
    things: dict[int, str]

    def rows(self, name: str, **parameters: object) -> list[Row]:
        """Rows of a relation, with names."""
        by = str(parameters.get("by", "all"))
        return [self._named(row, by) for row in self.trail.query(name, **parameters).rows()]

    def word_no(self, word: str) -> int:
        """Number of a word; one that no event uses gets a number that no event has."""
        return next((number for number, name in self.trail.words.items() if name == word), -1)

    def table(self, name: str) -> list[Row]:
        """All rows of a stored table, with names."""
        return [self._named(row, "all") for row in _stored(self.trail, name)]

    def _named(self, row: Row, by: str) -> Row:
        return dict(self._cell(key, value, by) for key, value in row.items())

    def _cell(self, column: str, value: object, by: str) -> tuple[str, object]:
        name = column.removesuffix("_no")
        if name == column or value is None:
            return name, value
        if name in ("person", "example") or (name == "scope" and by == "person"):
            value = self.persons[int(str(value))]
        elif name in ("incident", "worker"):
            value = self.things[int(str(value))]
        elif name in WORDS or (name == "scope" and by == "type"):
            value = self.trail.word(value)
        elif name in BODIES or (name == "scope" and by in ("agency", "team")):
            value = self.trail.body(value)
        return name, value


def _stored(trail: Trail, name: str) -> list[Row]:
    """Every column of a stored table, read through the store as any relation is."""
    found = parse_relation(
        name,
        "\n".join(
            (
                f"-- relation: all of {name}",
                f"-- in: {name}",
                f"-- out: {', '.join(_columns(name))}",
                "-- parameters: none",
                "-- source: test",
                f"select * from {name}",
            )
        ),
    )
    return trail.engine.query(found).rows()


def _columns(name: str) -> tuple[str, ...]:
    from casetrail.trail.build import relation

    if name == "month":
        return ("month_no", "from_us", "to_us")
    return relation("spell_of_events" if name == "spell" else name).columns


@contextmanager
def built(log: Log, options: PlainOptions, zone: str = "UTC") -> Iterator[Built]:
    """Build the trail of a log in memory."""
    with open_snapshot(None) as engine:
        engine.limit(threads=1)
        store_records(engine, tables(log, zone))
        build_trail(engine, TrailOptions(options.as_of_us, options.known_on_us, options.open_ends))
        trail = trail_of(engine, sources=(), mapped=frozenset())
        persons = {int(str(r["person_no"])): str(r["person"]) for r in _stored(trail, "person")}
        things = {int(str(r["thing_no"])): str(r["thing"]) for r in _stored(trail, "thing")}
        yield Built(trail, persons, things)


def sorted_rows(rows: list[Row]) -> list[tuple[tuple[str, object], ...]]:
    """Rows in an order of their own: what a relation says does not depend on its `order by`."""
    return sorted((tuple(sorted(row.items())) for row in rows), key=_place)


def _place(row: tuple[tuple[str, object], ...]) -> list[tuple[bool, str]]:
    # Means may differ in the last bit between engine and twin: they must not decide the order.
    return [(value is None, str(value)) for _, value in row if not isinstance(value, float)]


def difference(expected: list[Row], actual: list[Row]) -> str:
    """Empty when the rows agree, else the first rows that do not. Whole numbers agree exactly."""
    left, right = sorted_rows(expected), sorted_rows(actual)
    if len(left) != len(right):
        return f"{len(left)} rows expected, {len(right)} found\n{left}\n{right}"
    for one, other in zip(left, right, strict=True):
        if not _agree(dict(one), dict(other)):
            return f"expected {one}\nfound    {other}"
    return ""


def _agree(expected: Row, actual: Row) -> bool:
    # A small spread around a large mean loses digits: twelve digits of the largest mean or spread of the row.
    scale = max((abs(value) for value in expected.values() if isinstance(value, float)), default=1.0)
    return expected.keys() == actual.keys() and all(
        abs(value - found) <= 1e-12 * max(scale, 1.0)
        if isinstance(value, float) and isinstance(found := actual[column], float)
        else value == actual[column]
        for column, value in expected.items()
    )
