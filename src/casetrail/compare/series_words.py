"""What answers over time share: names of figures, numbers in words, how a series is asked for again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from casetrail.compare.words import NO_PERSON, SECTION, TIMELINESS
from casetrail.figures import Answer, Cell, Provenance, Refusal, SourceRef
from casetrail.public.panel import Floats, Panel, Why

OVER_TIME = "Did it change, and was that more than chance?"


@dataclass(frozen=True, slots=True)
class Asked:
    """One unit of one panel, and under which name the answer stands."""

    panel: Panel
    at: int
    what: str

    @property
    def name(self) -> str:
        return self.panel.units[self.at].name

    @property
    def code(self) -> str:
        return self.panel.units[self.at].code

    @property
    def values(self) -> Floats:
        """The series of this unit, nan where unknown."""
        return np.asarray(self.panel.value[self.at], dtype=np.float64)

    @property
    def span(self) -> tuple[str, str]:
        """The first and last period with a figure; those of the table where there is none."""
        at = np.flatnonzero(np.isfinite(self.values))
        periods = self.panel.periods
        return (periods[at[0]], periods[at[-1]]) if at.size else (periods[0], periods[-1])

    def possible(self, values: Floats) -> Floats:
        """Values cut off where the measure ends: a share at 0 and at all, a rate or count at 0."""
        kind, per = self.panel.measure.kind, self.panel.measure.per
        if kind not in ("proportion", "rate", "count", "ratio"):
            return values
        return np.clip(values, 0.0, per if kind == "proportion" else np.inf)

    @property
    def id(self) -> str:
        """Such as `compare.haringey.conferences-15-days.over-time`."""
        return f"compare.{slug(self.name)}.{slug(self.panel.measure.id)}.{self.what}"

    def provenance(
        self, *, sources: Sequence[SourceRef] = (), seed: int | None = None, **parameters: object
    ) -> Provenance:
        """The table by hash, and all that is needed to ask again."""
        asked: tuple[tuple[str, object], ...] = (("measure", self.panel.measure.id), ("unit", self.code))
        return Provenance(
            question=f"compare.{self.what.rsplit('.')[-1].replace('-', '_')}",
            origin=self.panel.source.origin,
            sources=(self.panel.source, *sources),
            parameters=asked + tuple(sorted(parameters.items())),
            seed=seed,
        )

    def refused(self, refusal: Refusal, provenance: Provenance, *, section: str = SECTION) -> Answer:
        """No answer, and why."""
        return Answer(
            id=self.id,
            section=section,
            title=f"{self.panel.measure.title}: {self.name}, no answer",
            sentence=f"{self.name}, {lowered(self.panel.measure.title)}: {lowered(refusal.message)}",
            body=refusal,
            method="None: the figures do not allow one.",
            provenance=provenance,
            caveats=(NO_PERSON,),
        )

    def caveats(self, *more: str) -> tuple[str, ...]:
        """What the measure asks to be said, then what the answer does."""
        measure = self.panel.measure
        timely = (TIMELINESS,) if measure.topic == "procedure" else ()
        return (*filter(None, (measure.direction,)), *more, *timely, NO_PERSON)

    def number(self, value: float, *, signed: bool = False) -> str:
        """A value of the measure for a sentence, with its unit."""
        return f"{figure(value, signed=signed)} {self.panel.measure.unit}".strip()


def figure(value: float, *, signed: bool = False) -> str:
    """A number with as many decimals as its size asks for, and a true minus sign."""
    digits = 0 if abs(value) >= 1000 else 1 if abs(value) >= 1 or value == 0 else 2
    text = f"{value:+,.{digits}f}" if signed else f"{value:,.{digits}f}"
    return text.replace("-", "−")


def known(value: float) -> float | None:
    """A cell of a table: None, which is unknown, for nan."""
    return float(value) if np.isfinite(value) else None


def count(value: float) -> Cell:
    """A published count; None where it is not known."""
    return round(float(value)) if np.isfinite(value) else None


def why_words(panel: Panel, at: int, period: int) -> str:
    """Why a cell has no value; nothing where it has one."""
    why = Why(int(panel.why[at, period]))
    return "" if why is Why.PUBLISHED else why.words


def slug(name: str) -> str:
    """A name as it stands in the id of a figure."""
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")


def lowered(text: str) -> str:
    """A title or sentence inside another one: only its first letter changes."""
    return text[:1].lower() + text[1:]


def joined(parts: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
