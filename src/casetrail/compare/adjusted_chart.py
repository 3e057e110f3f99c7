"""One interval for each set of adjusters: a Vega-Lite specification without data, drawn from the table."""

from __future__ import annotations

from casetrail.figures import Chart, Table


def adjusted_chart(table: Table, name: str, what: str) -> Chart:
    """Limits as bars, ratios as points, and the line at 1; sets with ethnicity mix have their own mark."""
    at = {c.name: i for i, c in enumerate(table.columns)}
    labels = [row[at["adjusted_for"]] for row in table.rows]
    axis = {"title": None, "labelLimit": 440}
    y: dict[str, object] = {"field": "adjusted_for", "type": "nominal", "sort": labels, "axis": axis}
    ends = {"y": y, "x": _x("low95", what), "x2": {"field": "high95"}}
    spec: dict[str, object] = {
        "height": {"step": 24},
        "transform": [{"filter": "isValid(datum.ratio) && isValid(datum.high95)"}],
        "layer": [
            # Without a y of its own the line runs through all rows.
            {"mark": {"type": "rule", "color": "soft", "strokeDash": [4, 3]}, "encoding": {"x": {"datum": 1}}},
            {"mark": {"type": "rule", "color": "limit", "strokeWidth": 2}, "encoding": ends},
            _points("without", "circle", y),
            _points("with", "diamond", y),
        ],
    }
    return Chart(spec, _alt(table, name, what))


def _x(field: str, what: str) -> dict[str, object]:
    axis = {"title": f"{what} observed, times those expected, with 95 % limits"}
    return {"field": field, "type": "quantitative", "scale": {"zero": False}, "axis": axis}


def _points(ethnicity: str, shape: str, y: dict[str, object]) -> dict[str, object]:
    return {
        "transform": [{"filter": {"field": "ethnicity", "equal": ethnicity}}],
        "mark": {"type": "point", "color": "accent", "filled": True, "shape": shape, "size": 90},
        "encoding": {"y": y, "x": {"field": "ratio", "type": "quantitative"}},
    }


def _alt(table: Table, name: str, what: str) -> str:
    at = {c.name: i for i, c in enumerate(table.columns)}
    lines = [
        f"{row[at['adjusted_for']]}: {row[at['ratio']]:.2f}, from {row[at['low95']]:.2f} to {row[at['high95']]:.2f}, "
        f"{row[at['verdict']]}"
        for row in table.rows
        if all(isinstance(row[at[c]], float) for c in ("ratio", "low95", "high95"))
    ]
    return (
        f"One row for each adjustment set: {what.lower()} observed of {name}, times those expected, as a point with "
        f"a bar for the 95 % limits and a dashed line at 1; a diamond where the set has ethnicity mix. "
        f"{'. '.join(lines)}."
    )
