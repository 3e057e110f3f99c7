"""The lists as they came, and how every answer on them says where it comes from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from casetrail.demand.lists import Lists
from casetrail.figures import Answer, Body, Chart, Origin, Provenance, SourceRef

# The least count of real persons that is said.
LEAST = 10
SECTION = "How much was never recorded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Lists, where they come from, and what must be known to ask again: `request`, as a provenance keeps it.

    `chosen`: how it is known that these are lists: columns of 0 and 1 that were found, columns that were named, or
    agencies. `noun`: what is counted, such as `persons`. `notes` are caveats of the reading: who was
    counted and who was not.
    """

    lists: Lists
    sources: tuple[SourceRef, ...]
    origin: Origin
    request: Mapping[str, object]
    seed: int
    noun: str = "persons"
    notes: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    chosen: Literal["by look", "by name", "agencies"] = "by name"

    @property
    def named(self) -> tuple[str, ...]:
        """The sources by name, as an estimate cites them."""
        return tuple(source.name for source in self.sources)

    @property
    def guarded(self) -> bool:
        """Whether these are persons of whom no count under ten may leave."""
        return self.origin.is_real and self.origin is not Origin.PUBLIC_AGGREGATE

    def persons(self, count: int) -> str:
        """A count of persons for a sentence, which is not looked through for small counts as a table is."""
        return "fewer than 10" if self.guarded and count < LEAST else f"{count:,}"

    def provenance(self, question: str, **parameters: object) -> Provenance:
        """Where one answer comes from. `parameters` are its own; those of the request come with every answer."""
        own = tuple(sorted(parameters.items()))
        return Provenance(
            question=question,
            origin=self.origin,
            sources=self.sources,
            parameters=(*own, ("request", dict(self.request))),
            seed=self.seed,
            parents=self.parents,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one answer says, before it is told where it comes from."""

    id: str
    title: str
    sentence: str
    body: Body
    method: str
    chart: Chart | None = None
    caveats: tuple[str, ...] = ()


def answer(of: Given, said: Said, **parameters: object) -> Answer:
    """The answer of what was said of these lists."""
    return Answer(
        id=said.id,
        section=SECTION,
        title=said.title,
        sentence=said.sentence,
        body=said.body,
        method=said.method,
        chart=said.chart,
        caveats=(*said.caveats, *of.notes),
        provenance=of.provenance(said.id, **parameters),
    )


def whole(number: float, least: float = 0.0) -> str:
    """An estimated number of persons as it is read, to three significant digits: 23,000, and 927; never below `least`.

    More digits would say more than is known; the exact number stands in the body. `least`: those who were counted.
    """
    size = abs(number)
    step = 10 ** max(0, math.floor(math.log10(size)) - 2) if size >= 1 else 1
    rounded = round(number / step) * step
    return f"{rounded if rounded >= least else math.ceil(number):,.0f}"


def percent(share: float) -> str:
    """A share as a whole percentage; small ones with a decimal."""
    return f"{100 * share:.0f} %" if share >= 0.1 or share == 0 else f"{100 * share:.1f} %"


def chance(p: float, redraws: int | None = None) -> str:
    """A p-value as it is read: `p 0.03`, `p < 0.001`; no p from `redraws` can be told from one redraw in so many."""
    if redraws and p <= (1 + 1e-9) / (redraws + 1):
        return f"p <= 1/{redraws + 1:,}"
    return "p < 0.001" if p < 0.001 else f"p {p:.2g}"
