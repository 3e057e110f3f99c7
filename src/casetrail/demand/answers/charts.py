"""Charts of hidden numbers: specifications without data, drawn from the columns of the tables."""

from __future__ import annotations

from collections.abc import Mapping

Spec = dict[str, object]


def scale(log: bool) -> Spec:
    """A scale of numbers of persons; wide ranges are read on a logarithmic one."""
    return {"type": "log", "nice": True} if log else {"zero": False, "nice": True}


def intervals(label: str, title: str, *, log: bool, known: bool = False, step: int = 26) -> Spec:
    """A point (`total`) with a line (`low` to `high`) for each row; `known`: a diamond where the truth is known."""
    y = {"field": label, "type": "nominal", "sort": None, "axis": {"title": None, "labelLimit": 260}}
    x: Spec = {"type": "quantitative", "axis": {"title": title}, "scale": scale(log)}
    layers: list[Spec] = [
        {
            "mark": {"type": "rule", "color": "limit", "strokeWidth": 2},
            "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}},
        },
        {"mark": {"type": "point", "color": "limit", "filled": True, "size": 70}, "encoding": {"x": _of(x, "total")}},
    ]
    if known:
        mark = {"type": "point", "color": "accent", "shape": "diamond", "filled": True, "size": 90}
        layers.append({"mark": mark, "encoding": {"x": _of(x, "known")}})
    return {"height": {"step": step}, "encoding": {"y": y}, "layer": layers}


def spread(x_title: str, y_title: str, *, log: bool) -> Spec:
    """Near-best models as points: how much worse they fit (`worse`) against what they say (`total`)."""
    x = {"field": "total", "type": "quantitative", "axis": {"title": x_title}, "scale": scale(log)}
    y = {"field": "worse", "type": "quantitative", "axis": {"title": y_title}, "scale": {"reverse": True}}
    best = [{"filter": "datum.worse == 0"}]
    point: Spec = {"type": "point", "filled": True}
    layers: list[Spec] = [
        {"mark": {**point, "color": "limit", "opacity": 0.6, "size": 45}},
        {"transform": best, "mark": {**point, "color": "accent", "shape": "diamond", "size": 120}},
    ]
    return {"encoding": {"x": x, "y": y}, "layer": layers}


def steps(title: str, *, log: bool) -> Spec:
    """The estimate (`total`, with `low` and `high` where known) after each step (`step`), as a line with points."""
    x = {"field": "step", "type": "ordinal", "sort": None, "axis": {"title": None, "labelAngle": -40}}
    y = {"field": "total", "type": "quantitative", "axis": {"title": title}, "scale": scale(log)}
    return {
        "encoding": {"x": x, "y": y},
        "layer": [
            {"mark": {"type": "line", "color": "limit"}},
            {"mark": {"type": "point", "color": "accent", "filled": True, "size": 60}},
        ],
    }


def bars(x_field: str, x_title: str, y_field: str, y_title: str) -> Spec:
    """A histogram from rows that are bins already."""
    x = {"field": x_field, "type": "ordinal", "sort": None, "axis": {"title": x_title, "labelAngle": -40}}
    y = {"field": y_field, "type": "quantitative", "axis": {"title": y_title}}
    return {"mark": {"type": "bar", "color": "limit"}, "encoding": {"x": x, "y": y}}


def curve(x_field: str, x_title: str, y_title: str, *, log: bool) -> Spec:
    """A line (`total`) with its band (`low` to `high`) over something that is assumed, such as an odds ratio."""
    x = {"field": x_field, "type": "quantitative", "axis": {"title": x_title}, "scale": {"type": "log", "nice": False}}
    y = {"type": "quantitative", "axis": {"title": y_title}, "scale": scale(log)}
    return {
        "encoding": {"x": x},
        "layer": [
            {
                "mark": {"type": "area", "color": "band", "opacity": 0.9},
                "encoding": {"y": {**y, "field": "low"}, "y2": {"field": "high"}},
            },
            {"mark": {"type": "line", "color": "limit", "strokeWidth": 2}, "encoding": {"y": _of(y, "total")}},
        ],
    }


def _of(channel: Mapping[str, object], field: str) -> Spec:
    return {**channel, "field": field}
