"""Which position can a body have among all, and from how many others can it not be told apart?"""

from __future__ import annotations

import numpy as np

from casetrail.compare.position_counts import counted, placed, why_not_placed
from casetrail.compare.position_table import body_chart, body_table
from casetrail.compare.position_words import METHOD, position_caveats, position_sentence
from casetrail.compare.words import SECTION, answer_id, lowered, slug
from casetrail.figures import Answer, Provenance, Refusal
from casetrail.public.panel import Panel

QUESTION = "compare.position"


def position_answer(panel: Panel, unit: str, period: str, *, higher_is_worse: bool | None, seed: int) -> Answer:
    """All bodies of one measure and period with their levels and sets of positions, and where the named one stands.

    `higher_is_worse` says in which direction the measure is bad; with None nothing is said of better or worse. `seed`
    starts the draws. A refusal stands where the values have no counts, where fewer than five bodies have, where the
    body's own are withheld or contradict each other, and where nobody or everybody has it.
    Raises: UnknownNameError for a unit or period that the panel does not have.
    """
    at, column = panel.unit_at(unit), panel.period_at(period)
    name = panel.units[at].name
    asked: tuple[tuple[str, object], ...] = (
        ("measure", panel.measure.id),
        ("unit", name),
        ("period", period),
        ("higher_is_worse", higher_is_worse),
    )
    provenance = Provenance(QUESTION, panel.source.origin, (panel.source,), asked, seed=seed)
    identity = answer_id(name, period, f"{slug(panel.measure.id)}.position")
    about = f"{name}, {period}, {panel.measure.title}"
    found = counted(panel, column)
    if isinstance(found, Refusal):
        return _refused(found, identity, provenance, about)
    refusal = why_not_placed(found, at)
    if refusal is not None:
        return _refused(refusal, identity, provenance, about)
    known = placed(found, np.random.default_rng(seed))
    return Answer(
        id=identity,
        section=SECTION,
        title=f"{panel.measure.title}: positions that are possible for {name}, {period}",
        sentence=position_sentence(known, int(np.flatnonzero(found.rows == at)[0]), higher_is_worse),
        body=body_table(known, higher_is_worse),
        method=METHOD,
        provenance=provenance,
        chart=body_chart(known, name),
        caveats=position_caveats(known),
    )


def _refused(refusal: Refusal, identity: str, provenance: Provenance, about: str) -> Answer:
    """No position, and why."""
    return Answer(
        id=identity,
        section=SECTION,
        title=f"{about}: no position",
        sentence=f"{about}: {lowered(refusal.message)}",
        body=refusal,
        method="None: the counts do not allow one.",
        provenance=provenance,
    )
