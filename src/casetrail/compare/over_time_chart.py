"""The series of one body with its limits: a Vega-Lite specification without data."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from casetrail.compare.series_words import Asked, figure
from casetrail.figures import Chart
from casetrail.stats.xmr import Xmr

LABELS = (("high", "upper limit"), ("low", "lower limit"), ("centre", "mean"))


def over_time_chart(asked: Asked, chart: Xmr, breaks: Mapping[str, str]) -> Chart:
    """Line and points of the value, mean and limits of each series, and a mark on each point with a signal."""
    x: dict[str, object] = {
        "field": "period",
        "type": "ordinal",
        "axis": {"title": None, "labelAngle": -45},
    }
    last = asked.panel.periods[chart.stretches[-1].stop - 1]
    spec: dict[str, object] = {
        "encoding": {"x": x},
        "layer": [
            *(_line(asked, field, "limit", dash=[4, 3]) for field in ("low", "high")),
            _line(asked, "centre", "soft", dash=None),
            _line(asked, "level", "series2", dash=[1, 2]),
            *(label(asked, field, word, last) for field, word in LABELS),
            {"mark": {"type": "line", "color": "accent"}, "encoding": {"y": y_of(asked), "detail": _series()}},
            {"mark": {"type": "point", "color": "accent", "size": 50}, "encoding": {"y": y_of(asked)}},
            {
                "transform": [{"filter": "datum.signals != ''"}],
                "mark": {"type": "point", "color": "ink", "shape": "diamond", "size": 140, "filled": False},
                "encoding": {"y": y_of(asked)},
            },
        ],
    }
    return Chart(spec, _alt(asked, chart, breaks))


def y_of(asked: Asked, field: str = "value") -> dict[str, object]:
    """The axis of the measure: from 0 to 100 for a share, else around the values."""
    scale: dict[str, object] = {"zero": False}
    if asked.panel.measure.kind == "proportion" and asked.panel.measure.per == 100:
        scale = {"domain": [0, 100], "clamp": True}
    title = f"{asked.panel.measure.title} ({asked.panel.measure.unit})"
    return {"field": field, "type": "quantitative", "scale": scale, "axis": {"title": title}}


def _line(asked: Asked, field: str, color: str, *, dash: list[int] | None) -> dict[str, object]:
    # A level holds for its periods; a slope from one to the next would show what nobody saw.
    mark: dict[str, object] = {"type": "line", "color": color, "clip": True, "interpolate": "step"}
    if dash:
        mark["strokeDash"] = dash
    return {"mark": mark, "encoding": {"y": y_of(asked, field), "detail": _series()}}


def label(asked: Asked, field: str, word: str, period: str) -> dict[str, object]:
    """A word above a line, at one period."""
    return {
        "transform": [{"filter": {"field": "period", "equal": period}}],
        "mark": {"type": "text", "align": "right", "dy": -7, "color": "soft"},
        "encoding": {"y": y_of(asked, field), "text": {"value": word}},
    }


def _series() -> dict[str, object]:
    """Lines end where a series ends."""
    return {"field": "stretch", "type": "nominal"}


def _alt(asked: Asked, chart: Xmr, breaks: Mapping[str, str]) -> str:
    values = asked.values[np.isfinite(asked.values)]
    signals = int(np.count_nonzero(chart.signals.any))
    broken = f" The series begins anew with {', '.join(sorted(breaks))}." if breaks else ""
    return (
        f"Line chart of {asked.panel.measure.title}, {asked.name}, {asked.panel.periods[0]} to "
        f"{asked.panel.periods[-1]}: values from {figure(float(values.min()))} to {figure(float(values.max()))} "
        f"{asked.panel.measure.unit}, with the mean as a full line, limits as broken lines and the level between "
        f"changes dotted. {signals} periods are marked by a diamond because a rule signals.{broken}"
    )
