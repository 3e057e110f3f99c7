"""The funnel of any measure as a chart: a Vega-Lite specification without data, drawn from the columns of the table."""

from __future__ import annotations

import numpy as np

from casetrail.compare.funnel_rows import digits, shown_in
from casetrail.compare.judged import Judged
from casetrail.figures import Chart, Table
from casetrail.stats.chance_laws import Normal


def panel_chart(judged: Judged, name: str, table: Table) -> Chart:
    """Points of all bodies, plain 95 % and adjusted limit lines, and the named body with its label."""
    x = {
        "field": "denominator",
        "type": "quantitative",
        # Bodies differ a hundredfold in size: on a plain scale most of them would lie on one another.
        "scale": {"type": "log", "nice": False},
        "axis": {"title": "Denominator (log scale)", "values": _ticks(judged), "format": ",d"},
    }
    y: dict[str, object] = {
        "field": "value",
        "type": "quantitative",
        "scale": {"domain": _domain(judged), "zero": False},
        "axis": {"title": f"{judged.panel.measure.title} ({shown_in(judged)})"},
    }
    spec: dict[str, object] = {
        "encoding": {"x": x},
        "layer": [
            *(_line(y, f"plain_{end}95", color="soft", dash=[1, 3]) for end in ("low", "high")),
            *(_line(y, f"{end}95", color="limit", dash=None) for end in ("low", "high")),
            *(_line(y, f"{end}998", color="limit", dash=[4, 3]) for end in ("low", "high")),
            {"mark": {"type": "point", "color": "muted", "size": 16}, "encoding": {"y": y}},
            *_named(name, y),
        ],
    }
    return Chart(spec, _alt(judged, name, table))


def _line(y: dict[str, object], field: str, *, color: str, dash: list[int] | None) -> dict[str, object]:
    mark: dict[str, object] = {"type": "line", "color": color, "clip": True}
    if dash:
        mark["strokeDash"] = dash
    return {"mark": mark, "encoding": {"y": {**y, "field": field}}}


def _named(name: str, y: dict[str, object]) -> list[dict[str, object]]:
    only = [{"filter": {"field": "unit", "equal": name}}]
    point = {"type": "point", "color": "accent", "shape": "diamond", "size": 110}
    label = {"type": "text", "color": "accent", "dy": -12, "fontWeight": "bold"}
    return [
        {"transform": only, "mark": point, "encoding": {"y": y}},
        {"transform": only, "mark": label, "encoding": {"y": y, "text": {"field": "unit"}}},
    ]


def _ticks(judged: Judged) -> list[int]:
    """1, 2 and 5 times the powers of ten, within the sizes."""
    low, high = float(judged.law.n.min()), float(judged.law.n.max())
    return [m * 10**k for k in range(9) for m in (1, 2, 5) if low <= m * 10**k <= high]


def _domain(judged: Judged) -> list[float]:
    """All values, with some room; limits of the smallest bodies may run out of it."""
    low, high = float(np.min(judged.shown)), float(np.max(judged.shown))
    if judged.panel.measure.kind == "proportion":
        return [0.0, judged.times]
    room = 0.15 * (high - low) or 1.0
    return [low - room if isinstance(judged.law, Normal) else 0.0, high + room]


def _alt(judged: Judged, name: str, table: Table) -> str:
    named = dict(zip((c.name for c in table.columns), next(r for r in table.rows if r[0] == name), strict=True))
    outside = {c: sum(v != "within 95 % limits" for v in table.column(c)) for c in ("plain_verdict", "verdict")}
    of, unit = digits(judged), shown_in(judged)
    return (
        f"Funnel chart, {judged.panel.periods[judged.period]}: {judged.panel.measure.title}. One point for each of "
        f"{len(table.rows)} bodies, value against denominator, around the common level of "
        f"{judged.times * judged.law.target:,.{of}f} {unit}. Dotted lines are the plain 95 % limits; full lines the "
        "95 % limits and broken lines the 99.8 % limits that allow for ordinary differences between bodies. "
        f"{outside['verdict']} bodies lie outside the latter 95 % limits, {outside['plain_verdict']} outside the plain "
        f"ones. {name}, marked by a diamond, has {named['value']:,.{of}f} {unit} and is {named['verdict']}."
    )
