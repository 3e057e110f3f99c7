"""Charts of a response to a deadline: specifications without data, drawn from the columns of the tables."""

from __future__ import annotations

from casetrail.compare.deadline.published import YearSeen
from casetrail.compare.deadline.words import percent
from casetrail.figures import Chart
from casetrail.public.deadline_bins import TimedWork
from casetrail.stats.bunching_days import Moved


def series_chart(work: TimedWork, area: str, years: tuple[YearSeen, ...]) -> Chart:
    """The share finished in the last five days before the limit and in the first five after it, over the years."""
    x = {"field": "when", "type": "quantitative", "scale": {"zero": False, "nice": False}}
    spec: dict[str, object] = {
        "transform": [{"calculate": "toNumber(datum.year)", "as": "when"}],
        "encoding": {"x": {**x, "axis": {"title": "Year to 31 March", "format": "d"}}},
        "layer": [
            *_line("share_before", "accent", shape="diamond", dash=None),
            *_line("share_after", "muted", shape="circle", dash=[5, 3]),
        ],
    }
    return Chart(spec, _series_alt(work, area, years))


def _line(field: str, color: str, *, shape: str, dash: list[int] | None) -> list[dict[str, object]]:
    y = {"field": field, "type": "quantitative", "axis": {"title": "Share of all", "format": "%"}}
    line: dict[str, object] = {"type": "line", "color": color}
    if dash:
        line["strokeDash"] = dash
    said = "last 5 days up to the limit" if field == "share_before" else "first 5 days after it"
    label = {"type": "text", "color": color, "align": "right", "dy": -10, "fontWeight": "bold"}
    last = [{"window": [{"op": "rank", "as": "newest"}], "sort": [{"field": "when", "order": "descending"}]}]
    return [
        {"mark": line, "encoding": {"y": y}},
        {"mark": {"type": "point", "color": color, "shape": shape, "size": 70}, "encoding": {"y": y}},
        {
            "transform": [*last, {"filter": "datum.newest == 1"}, {"calculate": f"'{said}'", "as": "said"}],
            "mark": label,
            "encoding": {"y": y, "text": {"field": "said"}},
        },
    ]


def _series_alt(work: TimedWork, area: str, years: tuple[YearSeen, ...]) -> str:
    said = []
    for year in (years[0], years[-1]):
        before, total = year.row.counts[work.before], year.row.total
        if isinstance(before, int) and isinstance(total, int) and total:
            said.append(f"{percent(before / total)} in {year.row.year}")
    return (
        f"Two lines over the years, {area}: the share of {work.noun} {work.verb} in the last five working days up to "
        f"the limit of {work.limit}, and in the first five after it. The first was {' and '.join(said) or 'withheld'}."
    )


def days_chart(found: Moved, limit: int) -> Chart:
    """Cases finished on each day as bars, those up to the limit marked, and the curve without a response as a line."""
    x = {"field": "day", "type": "quantitative", "axis": {"title": "Working days"}}
    y = {"type": "quantitative", "axis": {"title": "Cases finished"}}
    spec: dict[str, object] = {
        "encoding": {"x": x},
        "layer": [
            {"mark": {"type": "bar", "color": "muted", "size": 5}, "encoding": {"y": {**y, "field": "finished"}}},
            {
                "transform": [{"filter": "datum.window == 'up to the limit'"}],
                "mark": {"type": "bar", "color": "accent", "size": 5},
                "encoding": {"y": {**y, "field": "finished"}},
            },
            {"mark": {"type": "line", "color": "limit"}, "encoding": {"y": {**y, "field": "without"}}},
        ],
    }
    return Chart(spec, _days_alt(found, limit))


def _days_alt(found: Moved, limit: int) -> str:
    return (
        f"Bars of the cases finished on each working day, those of the last days up to the limit of {limit} marked, "
        "and a line with the curve that would be expected had nobody worked to the limit. Moved to before the limit: "
        f"{percent(found.share)} of all cases."
    )
