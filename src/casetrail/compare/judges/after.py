"""Did a figure move after a judgement more than such figures move anyway?"""

from __future__ import annotations

from casetrail.compare.judges.words import (
    AFTER_METHOD,
    NOT_AN_EFFECT,
    SECTION,
    beside,
    figure,
    p_words,
    part,
    provenance,
    short,
)
from casetrail.compare.judges.years import GROUPS, Beside, asked_again, too_few
from casetrail.figures import Answer, Cell, Column, Refusal, Table
from casetrail.public.panel import Panel
from casetrail.stats.beyond_regression import Excess

AFTER_COLUMNS = (
    Column("grades", "Judged"),
    Column("bodies", "Bodies", "count"),
    Column("naive", "Year after less year before", "number", 2),
    Column("expected", "What follows such figures anyway", "number", 2),
    Column("excess", "Beyond that", "number", 2),
    Column("low", "95 % interval, low", "number", 2),
    Column("high", "95 % interval, high", "number", 2),
    Column("p", "p", "number", 3),
    Column("p_placebo", "Share of moved dates that stray as far", "number", 3),
    Column("note", "Note"),
)


def after_answer(found: Beside) -> Answer:
    """Did the figure move after the inspection more than it would have moved anyway?"""
    measure = found.panel.measure
    rows = tuple(
        _after_row(name, one) for (name, _), one in zip(GROUPS, found.after or (None,) * len(GROUPS), strict=True)
    )
    answered = found.after is not None and any(found.after)
    return Answer(
        id=f"{found.id}.after",
        section=SECTION,
        title=f"{measure.title}: did it move after the judgement? {part(found.series)}",
        sentence=_after_sentence(found),
        body=Table(AFTER_COLUMNS, rows) if answered else too_few(found),
        method=AFTER_METHOD,
        provenance=asked_again("after", found),
        caveats=(NOT_AN_EFFECT, *beside(found.series, found.panel)),
    )


def _after_sentence(found: Beside) -> str:
    title = found.panel.measure.title
    low = found.after[1] if found.after else None
    if low is None:
        return f"{title}: too few bodies judged below good have figures before and after to say whether they moved."
    unit = "percentage points" if found.panel.measure.unit == "%" else found.panel.measure.unit
    moved = (
        f"{title}: in {low.units} bodies judged below good it moved by {figure(low.naive)} {unit} relative to all from "
        f"the year before to the year after. Figures like theirs move by {figure(low.expected)} with no inspection at "
        f"all; {figure(low.excess)} is beyond that ({figure(low.low)} to {figure(low.high)})"
    )
    shown = min(1.0, low.p * found.looks) <= 0.05
    return f"{moved}, {p_words(low.p)}{' for this figure alone' if found.looks > 1 else ''}." + (
        "" if shown else " That cannot be told from nothing."
    )


def _after_row(name: str, one: Excess | None) -> tuple[Cell, ...]:
    if one is None:
        return (name, *(None,) * 8, "fewer than 8 bodies with figures on both sides, or too few years to learn from")
    return (name, one.units, one.naive, one.expected, one.excess, one.low, one.high, one.p, one.p_placebo, "")


def not_years_answer(panel: Panel) -> Answer:
    """An inspection falls into a reporting year; other periods cannot be put beside it."""
    return Answer(
        id=f"judges.{short(panel.measure.id)}.refusal",
        section=SECTION,
        title=f"{panel.measure.title} beside inspections: no answer",
        sentence=f"{panel.measure.title}: its periods cannot be put beside the days of inspections.",
        body=Refusal(
            "periods_not_years",
            "The periods of this table are not reporting years such as 2009-10, one after the other.",
            ("the same figures by year from April to March",),
        ),
        method="None: the periods do not allow one.",
        provenance=provenance("years", None, (panel,)),
    )
