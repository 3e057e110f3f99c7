"""A funnel of any published measure: does one body lie outside what chance, and ordinary differences, explain?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from casetrail.compare.funnel_rows import body_table, choice_table
from casetrail.compare.funnel_words import choices_sentence, funnel_caveats, funnel_sentence, method_words
from casetrail.compare.judged import Judged
from casetrail.compare.judging import Within, judge, why_not
from casetrail.compare.panel_chart import panel_chart
from casetrail.compare.words import SECTION, answer_id, lowered, slug
from casetrail.figures import Answer, Provenance, Refusal
from casetrail.public.panel import Panel

ON_CHOICES = (
    "No choice is right by itself. A body that is outside under one and inside under another shows no more than that "
    "the choice decides; one that is outside under all of them does not rest on it."
)


def funnel_of(panel: Panel, unit: str, period: str, *, limits: str = "auto", within: Within = None) -> Answer:
    """Every body of one measure and period with its limits, and where the named one lies; or why there is no funnel.

    `limits`: auto or exact, score (normal), byar (rates and ratios), or "two counts" for a ratio whose denominator is
    itself subject to chance, which auto takes a ratio over whole numbers to be. `within`, for means: the standard
    deviation of the values inside a body, one number or one for each unit of the panel.
    Raises: UnknownNameError for a unit, a period or limits that there are not; ValueError for a spread not above 0.
    """
    asked = _Asked(panel, panel.unit_at(unit), panel.period_at(period), "funnel", limits, within)
    judged = judge(panel, asked.column, limits=limits, within=within)
    if isinstance(judged, Refusal):
        return asked.refused(judged)
    refusal = why_not(judged, asked.at)
    if refusal is not None:
        return asked.refused(refusal)
    table = body_table(judged)
    return Answer(
        id=asked.id,
        section=SECTION,
        title=f"{panel.measure.title}: {asked.name} among all bodies, {period}",
        sentence=funnel_sentence(judged, asked.place(judged)),
        body=table,
        method=method_words(judged),
        provenance=asked.provenance,
        chart=panel_chart(judged, asked.name, table),
        caveats=funnel_caveats(judged),
    )


def choices_answer(panel: Panel, unit: str, period: str, *, limits: str = "auto", within: Within = None) -> Answer:
    """How many bodies lie outside under each choice of limits, and whether the named one does; or why there is none.

    Raises: as `funnel_of`. Limits of chance alone are exact here, whatever `limits` says beside "two counts".
    """
    asked = _Asked(panel, panel.unit_at(unit), panel.period_at(period), "choices", limits, within)
    judged = judge(panel, asked.column, limits=limits, within=within)
    if isinstance(judged, Refusal):
        return asked.refused(judged)
    refusal = why_not(judged, asked.at)
    if refusal is not None:
        return asked.refused(refusal)
    place = asked.place(judged)
    return Answer(
        id=asked.id,
        section=SECTION,
        title=f"{panel.measure.title}: how much the choice of limits decides, {period}",
        sentence=choices_sentence(judged, place),
        body=choice_table(judged, place),
        method=method_words(judged),
        provenance=asked.provenance,
        caveats=(ON_CHOICES, *funnel_caveats(judged)),
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """One question on one body: the names under which it is answered, and can be asked again."""

    panel: Panel
    at: int
    column: int
    what: str
    limits: str
    within: Within

    @property
    def name(self) -> str:
        return self.panel.units[self.at].name

    @property
    def period(self) -> str:
        return self.panel.periods[self.column]

    @property
    def id(self) -> str:
        """Such as `compare.haringey.2009-10.core-assessments-35-days.funnel`."""
        return answer_id(self.name, self.period, f"{slug(self.panel.measure.id)}.{self.what}")

    @property
    def provenance(self) -> Provenance:
        asked: tuple[tuple[str, object], ...] = (
            ("measure", self.panel.measure.id),
            ("unit", self.name),
            ("period", self.period),
            ("limits", self.limits),
        )
        if self.within is not None:
            asked += (("within", tuple(np.asarray(self.within, dtype=np.float64).ravel().tolist())),)
        source = self.panel.source
        return Provenance(f"compare.{self.what}", source.origin, (source,), asked)

    def place(self, judged: Judged) -> int:
        """Of the body among those judged."""
        return int(np.flatnonzero(judged.rows == self.at)[0])

    def refused(self, refusal: Refusal) -> Answer:
        """No funnel, and why."""
        return Answer(
            id=self.id,
            section=SECTION,
            title=f"{self.panel.measure.title}: {self.name}, {self.period}: no comparison",
            sentence=f"{self.name}, {self.period}, {self.panel.measure.title}: {lowered(refusal.message)}",
            body=refusal,
            method="None: the counts do not allow one.",
            provenance=self.provenance,
        )
