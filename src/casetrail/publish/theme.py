"""From a room's bare chart specification to a complete one: data, named colours, the pack's look.

The conventions are in docs/pack.md. What a room may not write is refused here, because data that did
not come through `protect` must not reach a drawing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casetrail.errors import OutputError
from casetrail.figures import Answer, Cell, Suppressed, Table
from casetrail.publish.cells import is_unknown
from casetrail.publish.colours import SENTINEL

WIDTH = 720
HEIGHT = 340
ROW = 26
TEXT = 13
LABEL = 12

# Metric-compatible everywhere: text measured where the pack is made fits where it is read.
FONT = "Arial, Liberation Sans, Helvetica, sans-serif"

_FORBIDDEN = {"data", "datasets", "url", "href", "config", "$schema", "usermeta", "params", "projection"}
_FORBIDDEN_MARKS = {"image", "geoshape"}
_COLOUR_KEYS = {"color", "fill", "stroke"}


def chart_rows(table: Table) -> tuple[list[dict[str, object]], int]:
    """The rows to draw, keyed by column name, and how many were left out for a withheld cell."""
    rows: list[dict[str, object]] = []
    for i, row in enumerate(table.rows):
        if any(isinstance(cell, Suppressed) for cell in row):
            continue
        record: dict[str, object] = {c.name: _datum(cell, c.kind) for c, cell in zip(table.columns, row, strict=True)}
        rows.append(record | {"_margin": i in table.margins})
    return rows, len(table.rows) - len(rows)


def undrawn(spec: Mapping[str, object], rows: list[dict[str, object]]) -> int:
    """How many rows have no mark because a value that places it is unknown."""
    fields = _placing(spec)
    return sum(any(name in row and row[name] is None for name in fields) for row in rows)


def _placing(node: object) -> set[str]:
    if isinstance(node, Mapping):
        own = {
            str(channel["field"])
            for axis in ("x", "y")
            if isinstance(channel := node.get(axis), Mapping) and "field" in channel
        }
        return own.union(*map(_placing, node.values()))
    if isinstance(node, list | tuple):
        return set().union(*map(_placing, node))
    return set()


def _datum(cell: Cell, kind: str) -> object:
    if is_unknown(cell):
        return None
    if kind == "date" and isinstance(cell, str) and "T" in cell and "+" not in cell and not cell.endswith("Z"):
        return cell + "Z"  # else the drawing would depend on the machine's time zone
    return cell


def full_spec(answer: Answer, rows: list[dict[str, object]]) -> dict[str, Any]:
    """The answer's specification with data, theme and sentinel colours.

    Raises: OutputError when the specification breaks a convention of docs/pack.md.
    """
    if answer.chart is None:
        raise ValueError(f"answer {answer.id} has no chart")
    spec = _walk(answer.chart.spec, answer.id, colour=False)
    if not isinstance(spec, dict):
        raise OutputError("A chart specification is not a mapping.", where=f"answer {answer.id}")
    _marks(spec, answer.id, described=False)
    single = "mark" in spec or "layer" in spec
    if single:
        spec.setdefault("width", WIDTH)
        spec.setdefault("autosize", {"type": "fit-x", "contains": "padding"})
        if "height" not in spec:
            spec["height"] = {"step": ROW} if _discrete_y(spec) else HEIGHT
    return spec | {"data": {"values": rows}, "config": _config()}


def _refuse(what: str, answer_id: str) -> OutputError:
    return OutputError(what, where=f"chart of answer {answer_id}", todo="See 'how to write a chart' in docs/pack.md.")


def _walk(node: object, answer_id: str, *, colour: bool) -> Any:
    """A deep copy with colour names made sentinels and times made UTC; refuses what must not be there."""
    if isinstance(node, Mapping):
        copy: dict[str, Any] = {}
        for key, value in node.items():
            if key in _FORBIDDEN:
                raise _refuse(f"A chart specification may not say '{key}'.", answer_id)
            names = key in _COLOUR_KEYS or str(key).endswith("Color")
            named = names or (colour and key in {"value", "range", "condition", "scale"})
            copy[key] = _walk(value, answer_id, colour=named)
        if copy.get("type") == "temporal" and copy.get("scale", {}) is not None:
            copy["scale"] = {"type": "utc"} | copy.get("scale", {})
        return copy
    if isinstance(node, list | tuple):
        return [_walk(item, answer_id, colour=colour) for item in node]
    if colour and isinstance(node, str) and node not in {"none", "transparent"}:
        if node not in SENTINEL:
            raise _refuse(f"'{node}' is not a colour of the pack.", answer_id)
        return SENTINEL[node]
    return node


def _marks(view: dict[str, Any], answer_id: str, *, described: bool) -> None:
    """Make each mark a mapping that is named for a reader only where the room gave a description."""
    described = described or "description" in view.get("encoding", {})
    if "mark" in view:
        mark = view["mark"] if isinstance(view["mark"], dict) else {"type": view["mark"]}
        if mark.get("type") in _FORBIDDEN_MARKS:
            raise _refuse(f"A chart may not use the mark '{mark.get('type')}'.", answer_id)
        view["mark"] = mark | {"aria": described}
    for key in ("layer", "hconcat", "vconcat", "concat"):
        for inner in view.get(key, ()):
            _marks(inner, answer_id, described=described)
    if isinstance(view.get("spec"), dict):
        _marks(view["spec"], answer_id, described=described)


def _discrete_y(spec: Mapping[str, Any]) -> bool:
    views = [spec, *spec.get("layer", ())]
    channels = [v["encoding"]["y"] for v in views if "y" in v.get("encoding", {})]
    return any(c.get("type") in {"nominal", "ordinal"} for c in channels)


def _config() -> dict[str, Any]:
    s = SENTINEL
    text = {"labelFontSize": LABEL, "titleFontSize": TEXT, "labelColor": s["soft"], "titleColor": s["ink"]}
    return {
        "background": None,
        "font": FONT,
        "padding": 6,
        **_axes(text),
        "view": {"stroke": None, "step": ROW},
        "legend": text
        | {
            "orient": "top",
            "title": None,
            "symbolSize": 90,
            "labelLimit": 260,
            "symbolBaseFillColor": s["soft"],
            "symbolBaseStrokeColor": s["soft"],
        },
        "title": {"anchor": "start", "fontSize": TEXT + 1, "color": s["ink"]},
        "header": text,
        # An unknown value has no mark, but its row keeps its place on the axis.
        "mark": {"color": s["series1"], "invalid": "break-paths-show-domains"},
        "point": {"filled": True, "size": 36, "opacity": 0.75},
        "line": {"strokeWidth": 1.75},
        "rule": {"color": s["soft"], "strokeWidth": 1.25},
        "area": {"color": s["band"]},
        "bar": {"discreteBandSize": {"band": 0.72}},
        "tick": {"thickness": 1.5},
        "text": {"fontSize": TEXT, "color": s["ink"]},
        "range": {
            "category": [s[f"series{i}"] for i in range(1, 5)],
            "ordinal": [s[f"series{i}"] for i in range(1, 5)],
        },
    }


def _axes(text: Mapping[str, object]) -> dict[str, Any]:
    s = SENTINEL
    return {
        "axis": {
            **text,
            "domain": False,
            "ticks": False,
            "gridColor": s["grid"],
            "domainColor": s["soft"],
            "tickColor": s["soft"],
            "labelPadding": 7,
            "labelLimit": 380,
            "titlePadding": 12,
            "titleFontWeight": "normal",
            "tickCount": 6,
        },
        "axisX": {"domain": True},
        "axisTemporal": {"format": "%-d %b %Y", "tickCount": 5, "labelFlush": False},
        "axisDiscrete": {"grid": False},
        "axisBand": {"grid": False},
    }
