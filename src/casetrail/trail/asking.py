"""What every answer of this room is made with: the trail, the grouping, and how a row becomes a table row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from casetrail.figures import Answer, Body, Cell, Chart, Column, Provenance, Refusal, Table
from casetrail.schema.events import MICROSECONDS_PER_DAY
from casetrail.schema.trails import By, Level
from casetrail.store import Result
from casetrail.trail.handle import Trail

PERSONS = Column("persons", "Persons", "persons")


@dataclass(frozen=True, slots=True)
class Asking:
    """One question as asked: of which trail, in which groups, how many rows at most (None = all)."""

    trail: Trail
    by: By = "all"
    limit: int | None = 25

    @property
    def suffix(self) -> str:
        return "" if self.by == "all" else f".by-{self.by}"

    def scope_columns(self) -> tuple[Column, ...]:
        """A leading column that names the group, unless the whole log is one group."""
        titles = {"agency": "Agency", "team": "Team", "period": "Month", "type": "Case type", "person": "Person"}
        return () if self.by == "all" else (Column("scope", titles[self.by]),)

    def scope_cells(self, row: dict[str, object]) -> tuple[Cell, ...]:
        return () if self.by == "all" else (self.trail.scope(self.by, row["scope_no"]) or "unknown",)

    def cut(self, rows: Sequence[dict[str, object]]) -> list[dict[str, object]]:
        return list(rows if self.limit is None else rows[: self.limit])

    def cut_note(self, rows: Sequence[object]) -> tuple[str, ...]:
        if self.limit is None or len(rows) <= self.limit:
            return ()
        return (f"The first {self.limit} of {len(rows):,} rows; `casetrail follow --all-rows` gives all.",)


@dataclass(frozen=True, slots=True)
class Written:
    """The words of an answer."""

    name: str
    section: str
    title: str
    sentence: str
    method: str
    caveats: tuple[str, ...] = ()


def number(value: object) -> float | None:
    """A number from a row, or None: unknown stays unknown."""
    return None if value is None else float(str(value))


def steady(value: object) -> float | None:
    """A spread to 12 significant digits: the engine adds in parallel, and its last digits differ from run to run."""
    found = number(value)
    return None if found is None else float(f"{found:.12g}")


def whole(value: object) -> int:
    """A count from a row; a count is never unknown."""
    return int(str(value))


def days(value: object) -> float | None:
    """Microseconds as days of 24 hours."""
    found = number(value)
    return None if found is None else found / MICROSECONDS_PER_DAY


def share(part: object, of: object) -> float | None:
    """A part of a whole, or None when the whole is empty."""
    return None if whole(of) == 0 else whole(part) / whole(of)


def counted(number_of: int, one: str, many: str = "") -> str:
    """A number and its noun: "1 case", "2 cases"."""
    return f"{number_of:,} {one if number_of == 1 else many or one + 's'}"


def answer(
    asking: Asking,
    words: Written,
    body: Body,
    results: Sequence[Result],
    *,
    parameters: dict[str, object] | None = None,
    chart: Chart | None = None,
) -> Answer:
    """Put an answer together with its provenance; the question's name is how `explain` runs it again."""
    asked = {"by": asking.by, "rows": asking.limit, **(parameters or {})}
    empty = isinstance(body, Table) and not body.rows
    return Answer(
        id=f"trail.{words.name}{asking.suffix}",
        section=words.section,
        title=words.title,
        sentence="No record in this log bears on the question." if empty else words.sentence,
        body=Refusal("no_rows", "Not one event or case of the kind asked about is in the records.") if empty else body,
        method=words.method,
        chart=None if empty else chart,
        caveats=words.caveats,
        person_level=asking.by == "person",
        provenance=Provenance(
            question=f"trail.{words.name}",
            origin=asking.trail.origin,
            sources=asking.trail.sources,
            parameters=(*asking.trail.parameters, *sorted(asked.items())),
            relations=(*asking.trail.built, *(result.run for result in results)),
        ),
    )


def bars(category: str, value: str, titles: tuple[str, str], alt: str) -> Chart:
    """A bar for each row, longest first."""
    spec = {
        "transform": [{"filter": "!datum._margin"}],
        "mark": {"type": "bar", "color": "series1"},
        "encoding": {
            "y": {"field": category, "type": "nominal", "sort": "-x", "title": titles[0]},
            "x": {"field": value, "type": "quantitative", "title": titles[1]},
        },
    }
    return Chart(spec, alt)


def level_title(level: Level) -> str:
    return "Agency" if level == "agency" else "Team"
