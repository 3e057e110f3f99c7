"""The two tables of a funnel: every body with its limits, and every choice of limits with what it says."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

import numpy as np

from casetrail.compare.judged import Judged
from casetrail.compare.measure import LEVELS
from casetrail.figures import Cell, Column, Table
from casetrail.public.panel import Floats
from casetrail.stats.funnel_limits import Band
from casetrail.stats.outside import controlled
from casetrail.stats.side_by_side import Choice

FALSE_SHARE = 0.05
_SHORT = {"95": "95", "998": "99.8"}
_ADJUSTMENT = {
    "none": "Chance alone",
    "multiplied": "Chance times one factor for all bodies",
    "added": "Chance plus one variance between bodies",
    "ordinary": "Chance plus a variance between bodies that a few cannot move",
}
_EXTREMES = {
    "winsorised": "the extreme tenths drawn in",
    "left out": "the extreme tenths left out",
    "kept": "all bodies counted in full",
}


def digits(judged: Judged) -> int:
    """Decimals of the value: one for shares and rates, two for ratios and means."""
    return 1 if judged.panel.measure.kind in ("proportion", "rate") else 2


def shown_in(judged: Judged) -> str:
    """The unit of the value."""
    return "times the number expected" if judged.panel.measure.kind == "count" else judged.panel.measure.unit


def choice_name(choice: Choice) -> str:
    """A choice in words."""
    said = _ADJUSTMENT[choice.adjustment]
    return said if choice.extremes is None else f"{said}; {_EXTREMES[choice.extremes]}"


def side_words(inner: int, outer: int) -> str:
    """In words, from the sides (-1, 0, 1) at 95 % and 99.8 %."""
    if not inner and not outer:
        return "within 95 % limits"
    return f"{'above' if (outer or inner) > 0 else 'below'} {'99.8' if outer else '95'} % limits"


def sides(judged: Judged, band: Band) -> list[int]:
    """-1 below the limits, 1 above, 0 on or within them."""
    shown = judged.shown
    return [int(side) for side in np.where(shown < band.low, -1, np.where(shown > band.high, 1, 0))]


def body_columns(judged: Judged) -> tuple[Column, ...]:
    """What the table of bodies has."""
    unit, of = shown_in(judged), digits(judged)
    edges = [(f"{end}{short}", end, level) for short, level in _SHORT.items() for end in ("low", "high")]
    return (
        Column("unit", "Body"),
        Column("numerator", "Numerator", "count"),
        Column("denominator", "Denominator", "number", 0),
        Column("value", f"Value from the counts ({unit})", "number", of),
        Column("printed", "Value as printed", "number", of),
        Column("p", "p, exact, against chance alone", "number", 4),
        *(Column(f"plain_{name}", f"Plain {level} % limit, {end}", "number", of) for name, end, level in edges),
        Column("plain_verdict", "Against chance alone"),
        Column("p_ordinary", "p, against chance and ordinary differences", "number", 4),
        *(Column(name, f"Adjusted {level} % limit, {end}", "number", of) for name, end, level in edges),
        Column("verdict", "Against chance and ordinary differences"),
        Column("q_ordinary", "The same p, the share of false findings controlled (Benjamini-Hochberg)", "number", 4),
        Column("holm_ordinary", "The same p, any false finding controlled (Holm)", "number", 4),
    )


def body_table(judged: Judged) -> Table:
    """All bodies by name, with plain limits and limits that allow for ordinary differences."""
    last, panel, plain, wider = judged.results[-1], judged.panel, judged.plain, judged.adjusted
    columns: tuple[Sequence[Cell], ...] = (
        [panel.units[i].name for i in judged.rows],
        _cells(panel.numerator[judged.rows, judged.period]),
        _cells(panel.denominator[judged.rows, judged.period]),
        judged.shown.tolist(),
        _cells(panel.value[judged.rows, judged.period]),
        judged.p.tolist(),
        *(_cells(edge) for band in plain for edge in (band.low, band.high)),
        list(map(side_words, *(sides(judged, band) for band in plain))),
        last.p.tolist(),
        *(_cells(edge) for band in wider for edge in (band.low, band.high)),
        list(map(side_words, *(last.side(level).tolist() for level in LEVELS))),
        controlled(last.p, "benjamini-hochberg").tolist(),
        controlled(last.p, "holm").tolist(),
    )
    return Table(body_columns(judged), tuple(sorted(zip(*columns, strict=True), key=lambda row: str(row[0]))))


CHOICE_COLUMNS = (
    Column("choice", "What the limits allow for"),
    Column("amount", "Factor, or variance on the scale of even variance", "number", 4),
    Column("below95", "Below the 95 % limits", "count"),
    Column("above95", "Above the 95 % limits", "count"),
    Column("outside95", "Outside the 95 % limits", "count"),
    Column("expected95", "Outside the 95 % limits if nobody differed by more than is allowed for", "number", 1),
    Column("below998", "Below the 99.8 % limits", "count"),
    Column("above998", "Above the 99.8 % limits", "count"),
    Column("outside998", "Outside the 99.8 % limits", "count"),
    Column("expected998", "Outside the 99.8 % limits if nobody differed by more than is allowed for", "number", 1),
    Column("after_bh", "Left when the share of false findings is held at 5 % (Benjamini-Hochberg)", "count"),
    Column("after_holm", "Left when any false finding is held at 5 % (Holm)", "count"),
    Column("p", "p of the body named", "number", 4),
    Column("verdict", "The body named"),
)


def choice_table(judged: Judged, at: int) -> Table:
    """One row for each choice; `at` is the place of the named body among the judged."""
    plain = [float(judged.chances(place).sum()) for place in range(len(LEVELS))]
    rows: list[tuple[Cell, ...]] = []
    for found in judged.results:
        of = found.choice
        expected = plain if of.adjustment == "none" else [(1 - level) * found.p.size for level in LEVELS]
        counts: list[Cell] = []
        for level, by_model in zip(LEVELS, expected, strict=True):
            below, above = found.outside(level)
            counts += [below, above, below + above, by_model]
        rows.append(
            (
                choice_name(of),
                {"none": None, "multiplied": of.factor}.get(of.adjustment, of.tau2),
                *counts,
                int(np.sum(controlled(found.p, "benjamini-hochberg") <= FALSE_SHARE)),
                int(np.sum(controlled(found.p, "holm") <= FALSE_SHARE)),
                float(found.p[at]),
                side_words(*(int(found.side(level)[at]) for level in LEVELS)),
            )
        )
    return Table(CHOICE_COLUMNS, tuple(rows))


def _cells(values: Floats) -> list[Cell]:
    """Whole numbers as such; what is not known, or not limited, as None."""
    return [(int(v) if v.is_integer() else v) if isfinite(v) else None for v in values.tolist()]
