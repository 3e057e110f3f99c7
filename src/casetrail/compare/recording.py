"""Is an open case open? A sign of recording, from the published counts alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from casetrail.compare.collection import Collection
from casetrail.compare.quality.flow import FLOWS, SUSPECT, clearing
from casetrail.compare.words import HARINGEY, SECTION, always, answer_id, provenance
from casetrail.figures import Answer, Cell, Column, Refusal, Table
from casetrail.public.panel import Floats, Panel

STOCK = "children-in-need-rate"
COLUMNS = (
    Column("body", "Body"),
    Column("open", "Open at 31 March", "count"),
    Column("ended", "Ended in the year", "count"),
    Column("years", "Years to clear", "number", 1),
    Column("z", "z of the sign (suspect beyond 2.33)", "number", 1),
)
METHOD = (
    "Years to clear = cases open at the end of the year / cases ended in the year: how long the open cases would take "
    "to close at the year's pace. The sign z puts together, on the log scale and as distances from the middle body "
    "(median and median absolute deviation), how many are open for those closed, how many for the children there are, "
    "and how that differs from the same authority's other years. Work left open moves all three up by one step; z is "
    "their linear combination that tells such a step most surely, with or without the own years, whichever is larger."
)


def recording_answer(collection: Collection, unit: str, period: str) -> tuple[Answer, ...]:
    """The sign for children in need, as an answer of its own; none where the table has no such stock and flow."""
    known = {p.measure.id: p for p in collection.panels}
    if STOCK not in known or FLOWS[STOCK][1] not in known:
        return ()
    stock, ended = known[STOCK], known[FLOWS[STOCK][1]]
    i, j = stock.unit_at(unit), stock.periods.index(period)
    name, code = stock.units[i].name, stock.units[i].code
    _, years, z = clearing(stock, ended, known.get(FLOWS[STOCK][0]))
    seen = _Seen(stock, ended, (i, j), years, z)
    answered = bool(np.isfinite(years[i, j]) and np.isfinite(z[i, j]))
    return (
        Answer(
            id=answer_id(name, period, "recording"),
            section=SECTION,
            title=f"Is an open case open? {name}, {period}",
            sentence=_sentence(seen) if answered else _unknown(name, period),
            body=_table(seen) if answered else _NOT_PUBLISHED,
            method=METHOD,
            provenance=provenance(collection, name, period, suspect_above=SUSPECT),
            caveats=(
                *always(code, period, shipped=collection.shipped),
                "A sign, not a proof: it says where to look at the records before the figure is used.",
            ),
        ),
    )


_NOT_PUBLISHED = Refusal(
    reason="counts_not_published",
    message="The number of children in need at 31 March or of episodes ended is withheld or not published.",
    would_help=("the authority's own counts of open and closed cases",),
)


def _unknown(name: str, period: str) -> str:
    return f"Whether open cases of {name} in {period} were really open cannot be checked: no counts."


@dataclass(frozen=True, slots=True)
class _Seen:
    """Stock and flow of one body in one period, with the sign of all bodies."""

    stock: Panel
    ended: Panel
    at: tuple[int, int]
    years: Floats
    z: Floats


def _sentence(of: _Seen) -> str:
    stock, ended, at, years, z = of.stock, of.ended, of.at, of.years, of.z
    name, period = stock.units[at[0]].name, stock.periods[at[1]]
    compared = (
        f"{name} recorded {stock.numerator[at]:,.0f} children in need at 31 March and closed "
        f"{ended.numerator[at]:,.0f} in {period}: {years[at]:.1f} years to clear, against "
        f"{_nation(stock, ended, at[1]):.1f} in England and {np.nanmedian(years[:, at[1]]):.1f} in the middle."
    )
    if z[at] > SUSPECT:
        return f"{compared} {_reading(stock.units[at[0]].code)}."
    return f"{compared} That is not far enough from others for this one sign to show anything."


def _reading(code: str) -> str:
    """How far the sign may be read: for Haringey the council's own later minutes say the same."""
    if code == HARINGEY:
        return "Very likely a recording artefact, closed work held as open, as the council's own minutes of 2012 say"
    return "A sign of a recording artefact, closed work held as open; this one ratio does not prove it"


def _nation(stock: Panel, ended: Panel, period: int) -> float:
    if stock.whole is None or ended.whole is None:
        return float("nan")
    return float(stock.whole.numerator[period] / ended.whole.numerator[period])


def _table(of: _Seen) -> Table:
    stock, ended, at = of.stock, of.ended, of.at
    counts = int(stock.numerator[at]), int(ended.numerator[at])
    rows: list[tuple[Cell, ...]] = [(stock.units[at[0]].name, *counts, float(of.years[at]), float(of.z[at]))]
    if stock.whole is not None and ended.whole is not None:
        held, closed = stock.whole.numerator[at[1]], ended.whole.numerator[at[1]]
        if np.isfinite(held) and np.isfinite(closed):
            rows.append((stock.whole.name, int(held), int(closed), float(held / closed), None))
    return Table(COLUMNS, tuple(rows))
