"""The funnel chart: a Vega-Lite specification without data, drawn from the columns of the table."""

from __future__ import annotations

from casetrail.compare.measure import Comparison, Place, verdict
from casetrail.figures import Chart
from casetrail.public import Authority

TICKS = (10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000)


def funnel_chart(authority: Authority, year: str, place: Place, test: Comparison) -> Chart:
    """Points of all authorities, four adjusted limit lines, and the named authority with its label."""
    x = {
        "field": "denominator",
        "type": "quantitative",
        # Authorities differ a hundredfold in size: on a plain scale most of them would lie on one another.
        "scale": {"type": "log", "nice": False},
        "axis": {"title": "Denominator (log scale)", "values": list(TICKS), "format": ",d"},
    }
    spec: dict[str, object] = {
        "encoding": {"x": x},
        "layer": [
            *[_limit(field, dashed=field.endswith("998")) for field in ("low95", "high95", "low998", "high998")],
            {"mark": {"type": "point", "color": "muted", "size": 16}, "encoding": {"y": _y()}},
            *_named(authority),
        ],
    }
    return Chart(spec, _alt(authority, year, place, test))


def _y() -> dict[str, object]:
    return {
        "field": "value",
        "type": "quantitative",
        "scale": {"domain": [0, 100]},
        "axis": {"title": "Share (%)"},
    }


def _limit(field: str, *, dashed: bool) -> dict[str, object]:
    mark: dict[str, object] = {"type": "line", "color": "limit"}
    if dashed:
        mark["strokeDash"] = [4, 3]
    return {"mark": mark, "encoding": {"y": {**_y(), "field": field}}}


def _named(authority: Authority) -> list[dict[str, object]]:
    only = [{"filter": {"field": "authority", "equal": authority.name}}]
    label = {"type": "text", "color": "accent", "dy": -12, "fontWeight": "bold"}
    return [
        {
            "transform": only,
            "mark": {"type": "point", "color": "accent", "shape": "diamond", "size": 110},
            "encoding": {"y": _y()},
        },
        {"transform": only, "mark": label, "encoding": {"y": _y(), "text": {"field": "authority"}}},
    ]


def _alt(authority: Authority, year: str, place: Place, test: Comparison) -> str:
    outside = sum(verdict(float(z)) != verdict(0.0) for z in test.funnel.z_adjusted)
    plain = sum(verdict(float(z)) != verdict(0.0) for z in test.funnel.z)
    share = 100 * test.numerators[test.at] / test.denominators[test.at]
    return (
        f"Funnel chart, {year}: {place.indicator.title}. One point for each of {len(test.members)} "
        f"authorities, share against denominator, around the pooled share of "
        f"{100 * test.funnel.pooled:.1f} %. Full lines are the 95 % limits and broken lines "
        f"the 99.8 % limits, both adjusted for overdispersion. {outside} authorities lie outside the "
        f"adjusted 95 % limits, {plain} outside the plain ones. {authority.name}, marked by a diamond, "
        f"has {share:.1f} % and is {verdict(test.z_adjusted)}."
    )
