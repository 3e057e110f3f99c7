"""The values that rooms hand to each other: frozen, and without input or output.

A figure is never a bare number. Unknown is `None` and never zero. A suppressed cell cannot be added
up, compared as a number or read as false.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, NoReturn, TypeAlias


class Origin(StrEnum):
    """What kind of world a record or figure comes from; printed on every page, chart and file."""

    REAL = "real"
    PUBLIC_PSEUDONYMOUS = "public-pseudonymous"
    PUBLIC_AGGREGATE = "public-aggregate"
    MADE_UP = "made-up"

    @property
    def is_real(self) -> bool:
        return self is not Origin.MADE_UP

    @property
    def label(self) -> str:
        """The words a reader sees: always starts with *Real* or *Made-up*."""
        return {
            Origin.REAL: "Real: personal records",
            Origin.PUBLIC_PSEUDONYMOUS: "Real: published pseudonymous records",
            Origin.PUBLIC_AGGREGATE: "Real: published statistics",
            Origin.MADE_UP: "Made-up: nobody in it exists",
        }[self]


class Verdict(StrEnum):
    """Three answers, not two: not recorded is not done, and is not 'not done' either."""

    MET = "met"
    MISSED = "missed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A cell withheld to protect persons. It is a value that cannot be added up."""

    rule: str

    def _refuse(self, *_: object) -> NoReturn:
        raise TypeError(f"a suppressed cell ({self.rule}) is not a number")

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _refuse
    __truediv__ = __rtruediv__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __float__ = __int__ = __index__ = __bool__ = _refuse

    def __str__(self) -> str:
        return "withheld"


Cell: TypeAlias = str | int | float | Suppressed | None
ColumnKind: TypeAlias = Literal[
    "text", "persons", "events", "count", "days", "hours", "seconds", "share", "rate", "number", "date"
]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a Table. `kind` gives the unit; `persons` counts persons and is protected."""

    name: str
    title: str
    kind: ColumnKind = "text"
    digits: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells. `margins` are the indices of rows that total other rows.

    A column of kind `persons` says how many persons stand behind the whole row.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    margins: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        wrong = [i for i, row in enumerate(self.rows) if len(row) != len(self.columns)]
        if wrong:
            raise ValueError(f"row {wrong[0]} does not have {len(self.columns)} cells")

    @property
    def suppressed(self) -> int:
        """How many cells are withheld."""
        return sum(isinstance(cell, Suppressed) for row in self.rows for cell in row)

    def column(self, name: str) -> tuple[Cell, ...]:
        """All cells of one column. Raises KeyError when there is no such column."""
        names = [c.name for c in self.columns]
        if name not in names:
            raise KeyError(name)
        at = names.index(name)
        return tuple(row[at] for row in self.rows)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its interval, unit, method, assumptions, size and sources."""

    value: float
    low: float | None
    high: float | None
    level: float | None
    unit: str
    method: str
    assumptions: tuple[str, ...] = ()
    n: int | None = None
    sources: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Range:
    """Several defensible estimates and no ground to choose one. `high` None: no upper end can be known."""

    candidates: tuple[Estimate, ...]
    low: float
    high: float | None
    why_no_point: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """The data cannot answer. A result in its own right, with what would make it answerable."""

    reason: str
    message: str
    would_help: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule applied to one person: what was due, what was done, and on what evidence."""

    rule: str
    person: str
    holder: str | None
    due: str | None
    done: str | None
    verdict: Verdict
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in pounds with the year whose prices it is in; different years do not add."""

    amount: float
    price_year: int

    def __add__(self, other: Money) -> Money:
        if other.price_year != self.price_year:
            raise ValueError("amounts in prices of different years do not add: uplift one first")
        return Money(self.amount + other.amount, self.price_year)


@dataclass(frozen=True, slots=True)
class SourceRef:
    """A source as a figure cites it: enough to find and check the very bytes."""

    name: str
    sha256: str
    origin: Origin
    made_by: str = ""
    judged_by_it: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class RelationRun:
    """One relation as it ran: its text, the hash of the text, its inputs and its parameters."""

    name: str
    sha256: str
    sql: str
    inputs: tuple[str, ...]
    parameters: tuple[tuple[str, object], ...]


@dataclass(frozen=True, slots=True)
class Provenance:
    """How a figure came about; `explain` prints it and runs it again."""

    question: str
    origin: Origin
    sources: tuple[SourceRef, ...]
    parameters: tuple[tuple[str, object], ...] = ()
    relations: tuple[RelationRun, ...] = ()
    seed: int | None = None
    version: str = ""
    parents: tuple[str, ...] = ()


Body: TypeAlias = Estimate | Range | Refusal | Table


@dataclass(frozen=True, slots=True)
class Chart:
    """A Vega-Lite specification without data: it is drawn from the answer's own table.

    Fields of the specification are column names of that table. `alt` says in words what is seen.
    """

    spec: Mapping[str, object]
    alt: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One answered question, ready for the door: a sentence, a body, and where it comes from."""

    id: str
    section: str
    title: str
    sentence: str
    body: Body
    method: str
    provenance: Provenance
    chart: Chart | None = None
    caveats: tuple[str, ...] = ()
    person_level: bool = field(default=False)

    @property
    def origin(self) -> Origin:
        return self.provenance.origin
