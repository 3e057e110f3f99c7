"""A published measure of many bodies over many periods: the shape in which rooms compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

import numpy as np
import numpy.typing as npt

from casetrail.errors import UnknownNameError
from casetrail.figures import SourceRef

Floats = npt.NDArray[np.float64]
PanelKind = Literal["proportion", "rate", "ratio", "count", "mean", "bare"]


class Why(IntEnum):
    """Why a cell is what it is. Only `PUBLISHED` is a number; nothing else may be read as zero."""

    PUBLISHED = 0
    WITHHELD = 1
    NOT_AVAILABLE = 2
    NOT_APPLICABLE = 3
    ABSENT = 4
    UNREADABLE = 5
    WITHHELD_OR_MISSING = 6
    UNRELIABLE = 7
    NOT_FIT = 8

    @property
    def words(self) -> str:
        return {
            Why.PUBLISHED: "published",
            Why.WITHHELD: "withheld by the publisher",
            Why.NOT_AVAILABLE: "not available",
            Why.NOT_APPLICABLE: "not applicable",
            Why.ABSENT: "no row for this body and period",
            Why.UNREADABLE: "not a number",
            Why.WITHHELD_OR_MISSING: "withheld or missing (the publisher's mark does not say which)",
            Why.UNRELIABLE: "held back as unreliable by the publisher",
            Why.NOT_FIT: "not fit to compare (see the gates)",
        }[self]


@dataclass(frozen=True, slots=True)
class Unit:
    """A body as the table names it: a code that stays, and a name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Measure:
    """What one panel measures. `per` turns numerator over denominator into the printed value (100, 10,000, 1).

    `kind` bare: a value without counts, of which no test can be made. `rounded_to` is what the publisher rounds counts
    to (1: not rounded). `higher_is_worse` is None where the figure points in no direction. `topic` of a shipped measure
    is procedure (was it on time) or activity (how much was there).
    """

    id: str
    title: str
    kind: PanelKind
    unit: str
    per: float = 1.0
    direction: str = ""
    definition: str = ""
    rounded_to: int = 1
    topic: str = ""
    no_denominator: str = ""
    higher_is_worse: bool | None = None


@dataclass(frozen=True, slots=True)
class Whole:
    """The row of all bodies together as the publisher printed it: arrays over periods, nan where nothing is printed."""

    name: str
    numerator: Floats
    denominator: Floats
    value: Floats


@dataclass(frozen=True, slots=True)
class Panel:
    """One measure. All arrays have the shape (units, periods); nan stands where `why` is not PUBLISHED.

    `why` speaks of the value, `why_counts` of the pair of counts: a cell can have a value and no counts. `confidence`
    holds the publisher's own mark where it prints one ("" elsewhere). Whole-nation and regional rows are never units.
    `suppression` is the rule under which cells are withheld.
    """

    measure: Measure
    units: tuple[Unit, ...]
    periods: tuple[str, ...]
    numerator: Floats
    denominator: Floats
    value: Floats
    why: npt.NDArray[np.int8]
    source: SourceRef
    confidence: npt.NDArray[np.str_] | None = None
    why_counts: npt.NDArray[np.int8] | None = None
    whole: Whole | None = None
    suppression: str = "withheld by the publisher"

    def __post_init__(self) -> None:
        shape = (len(self.units), len(self.periods))
        if any(a.shape != shape for a in (self.numerator, self.denominator, self.value, self.why)):
            raise ValueError(f"every array of a panel has the shape {shape}")

    def unit_at(self, wanted: str) -> int:
        """The row of a unit, by code or name. Raises: UnknownNameError."""
        plain = wanted.strip().casefold()
        for i, unit in enumerate(self.units):
            if plain in (unit.code.casefold(), unit.name.casefold()):
                return i
        raise UnknownNameError(
            f"No unit of '{self.measure.title}' has that name or code.",
            where=self.source.name,
            todo=f"Known are, among others: {', '.join(u.name for u in self.units[:5])}.",
        )

    def period_at(self, wanted: str) -> int:
        """The column of a period. Raises: UnknownNameError."""
        if wanted in self.periods:
            return self.periods.index(wanted)
        raise UnknownNameError(
            f"'{self.measure.title}' has no period of that name.",
            where=self.source.name,
            todo=f"Periods: {', '.join(self.periods)}.",
        )

    def counts(self, period: int) -> tuple[npt.NDArray[np.intp], Floats, Floats]:
        """Rows with both counts and a denominator above 0 in one period: their indices, numerators, denominators."""
        x, n = self.numerator[:, period], self.denominator[:, period]
        rows = np.flatnonzero(np.isfinite(x) & np.isfinite(n) & (n > 0))
        return rows, x[rows], n[rows]


def empty(units: Sequence[Unit], periods: Sequence[str]) -> tuple[Floats, npt.NDArray[np.int8]]:
    """Arrays for a panel of which nothing is known yet: nan, and the reason ABSENT."""
    shape = (len(units), len(periods))
    return np.full(shape, np.nan), np.full(shape, int(Why.ABSENT), dtype=np.int8)
