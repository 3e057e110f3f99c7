"""The lists as they came, and how every answer on them says where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from casetrail.demand.lists import Lists
from casetrail.figures import Answer, Body, Chart, Origin, Provenance, SourceRef

SECTION = "How much was never recorded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Lists, where they come from, and what must be known to ask again: `request`, as a provenance keeps it.

    `noun`: what is counted, such as `persons`. `notes` are caveats of the reading: who was counted and who was not.
    """

    lists: Lists
    sources: tuple[SourceRef, ...]
    origin: Origin
    request: Mapping[str, object]
    seed: int
    noun: str = "persons"
    notes: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()

    @property
    def named(self) -> tuple[str, ...]:
        """The sources by name, as an estimate cites them."""
        return tuple(source.name for source in self.sources)

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


def whole(number: float) -> str:
    """A number of persons as it is read: 22,991."""
    return f"{number:,.0f}"


def percent(share: float) -> str:
    """A share as a whole percentage; small ones with a decimal."""
    return f"{100 * share:.0f} %" if share >= 0.1 or share == 0 else f"{100 * share:.1f} %"
