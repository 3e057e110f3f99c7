"""One body beside its ten statistical neighbours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from casetrail.compare.series_words import Asked, count, figure, known, lowered, slug, why_words
from casetrail.figures import Answer, Cell, Chart, Column, Refusal, Table
from casetrail.public.neighbours import Neighbour, model_for, neighbours, said_of, source
from casetrail.public.panel import Panel
from casetrail.stats.apart import Apart, apart
from casetrail.stats.counts import count_limits
from casetrail.stats.funnel import funnel
from casetrail.stats.intervals import wilson

BESIDE = "Better or worse than those most like it?"
LEVEL = 0.95

COLUMNS = (
    Column("body", "Body"),
    Column("place", "Neighbour", "count"),
    Column("closeness", "How close"),
    Column("numerator", "Numerator", "count"),
    Column("denominator", "Denominator", "count"),
    Column("value", "Value", "number", 1),
    Column("low", "95 % interval by chance alone, low", "number", 1),
    Column("high", "95 % interval by chance alone, high", "number", 1),
    Column("note", "Note"),
)

METHOD = (
    "Statistical neighbours are bodies whose population and place were like this one's by the Department's model; its "
    "order is the model's. Intervals: Wilson for shares, Byar or exact for rates. Told apart: two-sided tests of the "
    "difference of shares from each neighbour, with the factor by which all bodies of the table differ beyond chance, "
    "corrected by Holm over the neighbours at 5 %."
)
NOT_QUALITY = (
    "A neighbour is like this body in its population, not in its needs of the year, its recording or its practice. "
    "Ten bodies are few: the median of them moves by chance."
)


@dataclass(frozen=True, slots=True)
class _Row:
    """One body in the table: the one asked about has no neighbour."""

    name: str
    at: int | None
    neighbour: Neighbour | None


def neighbours_answer(panel: Panel, unit: str, period: str, *, model: str | None = None) -> Answer:
    """The value of one unit and period beside those of its ten statistical neighbours.

    `model`: 2021 or 2025; the one for the period if not named. Refuses where the model does not have the unit, or the
    unit or all neighbours have no figure. Raises: UnknownNameError for a unit, period or model that there is not.
    """
    asked = Asked(panel, panel.unit_at(unit), f"{slug(period)}.neighbours")
    column, of = panel.period_at(period), model or model_for(period)
    provenance = asked.provenance(sources=(source(),), period=period, model=of)
    rows = _bodies(asked, neighbours(asked.code, of))
    refusal = _cannot(asked, rows, column, of)
    if refusal is not None:
        return asked.refused(refusal, provenance, section=BESIDE)
    told = _told_apart(panel, rows, column)
    table = Table(COLUMNS, tuple(_cells(panel, row, column) for row in rows))
    return Answer(
        id=asked.id,
        section=BESIDE,
        title=f"{panel.measure.title}: {asked.name} and its statistical neighbours, {period}",
        sentence=_sentence(asked, rows, (column, period), told),
        body=table,
        method=METHOD,
        provenance=provenance,
        chart=_chart(asked, rows, column),
        caveats=asked.caveats(*_caveats(panel, rows, column, (of, period))),
    )


def _bodies(asked: Asked, found: tuple[Neighbour, ...]) -> tuple[_Row, ...]:
    at = {unit.code: i for i, unit in enumerate(asked.panel.units)}
    own = _Row(asked.name, asked.at, None)
    others = (_Row(asked.panel.units[at[n.code]].name if n.code in at else n.code, at.get(n.code), n) for n in found)
    return (own, *others)


def _with_value(panel: Panel, rows: tuple[_Row, ...], column: int) -> list[int]:
    """Rows of the panel of the neighbours that have a figure."""
    return [r.at for r in rows if r.neighbour and r.at is not None and np.isfinite(panel.value[r.at, column])]


def _cannot(asked: Asked, rows: tuple[_Row, ...], column: int, model: str) -> Refusal | None:
    if len(rows) == 1:
        message = f"The model of {model} has no neighbours of {asked.name}."
        return Refusal("no_neighbours", message, ("the other model", "a list of like bodies of your own"))
    if not np.isfinite(asked.panel.value[asked.at, column]):
        return Refusal(
            "no_figure", f"Its own figure is {why_words(asked.panel, asked.at, column)}.", ("another period",)
        )
    if not _with_value(asked.panel, rows, column):
        return Refusal("no_figure", "None of its neighbours has a figure in this period.", ("another period",))
    return None


def _cells(panel: Panel, row: _Row, column: int) -> tuple[Cell, ...]:
    near = row.neighbour
    head: tuple[Cell, ...] = (row.name, near.place if near else None, near.closeness if near else "asked about")
    if row.at is None:
        return (*head, None, None, None, None, None, "not a body of this table")
    x, n = panel.numerator[row.at, column], panel.denominator[row.at, column]
    low, high = _interval(panel, x, n)
    return (
        *head,
        count(x),
        count(n),
        known(panel.value[row.at, column]),
        low,
        high,
        why_words(panel, row.at, column),
    )


def _interval(panel: Panel, x: float, n: float) -> tuple[float | None, float | None]:
    """By chance alone, in the unit of the measure; None without counts."""
    kind, per = panel.measure.kind, panel.measure.per
    if kind not in ("proportion", "rate") or not (np.isfinite(x) and np.isfinite(n) and n > 0):
        return None, None
    if kind == "proportion":
        if x > n:
            return None, None
        low, high = wilson(round(x), round(n), LEVEL)
        return per * low, per * high
    low, high = count_limits(round(x), LEVEL)
    return per * low / n, per * high / n


def _told_apart(panel: Panel, rows: tuple[_Row, ...], column: int) -> Apart | None:
    """From how many neighbours the share can be told apart; None for other kinds, or without its own counts."""
    if panel.measure.kind != "proportion":
        return None
    every, x, n = panel.counts(column)
    fits = x <= n
    every, x, n = every[fits], x[fits], n[fits]
    wanted = [r.at for r in rows if r.at is not None]
    chosen = np.flatnonzero(np.isin(every, wanted))
    own = np.flatnonzero(every[chosen] == rows[0].at)
    if own.size == 0 or chosen.size < 2:
        return None
    return apart(x[chosen], n[chosen], int(own[0]), of=funnel(x, n))


def _sentence(asked: Asked, rows: tuple[_Row, ...], of: tuple[int, str], told: Apart | None) -> str:
    column, period = of
    panel = asked.panel
    values = panel.value[_with_value(panel, rows, column), column]
    own = float(panel.value[asked.at, column])
    higher, lower = int(np.sum(values > own)), int(np.sum(values < own))
    same = values.size - higher - lower
    beside = f" and {same} the same" if same else ""
    said = (
        f"{asked.name}, {lowered(panel.measure.title)}, {period}: {asked.number(own)}. Of its {values.size} "
        f"statistical neighbours with a figure {higher} have a higher one, {lower} a lower one{beside}; their median "
        f"is {figure(float(np.median(values)))}."
    )
    if told is None:
        return f"{said} Without counts of a share it cannot be said from which of them it can be told apart."
    tested = told.above + told.below + told.alike
    return (
        f"{said} It cannot be told apart from {told.alike} of the {tested} that could be tested; {told.above} lie "
        f"above it by more than chance and {told.below} below."
    )


def _caveats(panel: Panel, rows: tuple[_Row, ...], column: int, of: tuple[str, str]) -> tuple[str, ...]:
    model, period = of
    said = [said_of(model), NOT_QUALITY]
    if period[:4] != model:
        said.insert(1, f"Neighbours are those of the {model} model; in {period} others may have been nearer.")
    far = [r.name for r in rows if r.neighbour and r.neighbour.closeness in ("somewhat close", "not close")]
    if far:
        said.append(f"Not really alike by the model's own words: {', '.join(far)}.")
    missing = [r.name for r in rows if r.at is None or not np.isfinite(panel.value[r.at, column])]
    if missing:
        said.append(f"Neighbours without a figure: {', '.join(missing)}.")
    return tuple(said)


def _chart(asked: Asked, rows: tuple[_Row, ...], column: int) -> Chart:
    measure = asked.panel.measure
    x = {"field": "value", "type": "quantitative", "axis": {"title": f"{measure.title} ({measure.unit})"}}
    asked_about = "datum.closeness == 'asked about'"
    own = {"condition": {"test": asked_about, "value": "accent"}, "value": "muted"}
    shape = {"condition": {"test": asked_about, "value": "diamond"}, "value": "circle"}
    spec: dict[str, object] = {
        "encoding": {"y": {"field": "body", "type": "nominal", "sort": None, "axis": {"title": None}}},
        "layer": [
            {
                "mark": {"type": "rule", "color": "soft"},
                "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}},
            },
            {"mark": {"type": "point", "size": 80}, "encoding": {"x": x, "color": own, "shape": shape}},
        ],
    }
    values = asked.panel.value[_with_value(asked.panel, rows, column), column]
    return Chart(
        spec,
        f"Dots of {asked.name} ({asked.number(float(asked.panel.value[asked.at, column]))}) and {values.size} "
        f"statistical neighbours, nearest first, from {figure(float(values.min()))} to {figure(float(values.max()))}, "
        "with 95 % intervals by chance alone where there are counts.",
    )
