"""All testable figures on one page: adjusted z of every body, the named one among them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from casetrail.compare.collection import Collection
from casetrail.compare.measure import Place, verdict
from casetrail.compare.words import METHOD, SECTION, always, answer_id, lowered, provenance
from casetrail.figures import Answer, Cell, Chart, Column, Refusal, Table

FULL = 44


def overview_answer(collection: Collection, found: Sequence[Place], period: str) -> Answer:
    """A strip of adjusted z for each testable figure; a refusal when there is none."""
    tested = [p for p in found if p.test is not None]
    of = found[0]
    return Answer(
        id=answer_id(of.name, period, "overview"),
        section=SECTION,
        title=f"{of.name} among all on {len(tested)} figures, {period}",
        sentence=_sentence(of.name, tested),
        body=_table(tested) if tested else _NOTHING,
        method=METHOD,
        provenance=provenance(collection, of.name, period),
        chart=_chart(of.name, period, tested) if tested else None,
        caveats=always(of.panel.units[of.unit].code, period, shipped=collection.shipped),
    )


_NOTHING = Refusal(
    reason="counts_not_published",
    message="Not one figure of this body has published counts and is fit to compare in this period.",
    would_help=("the body's own numerators and denominators",),
)


def _short(p: Place) -> str:
    """A title that fits beside a chart."""
    title = p.measure.title
    return title if len(title) <= FULL else f"{title[: FULL - 1].rstrip()}…"


def _sentence(name: str, tested: Sequence[Place]) -> str:
    if not tested:
        return f"{name}: no figure of this period can be compared."
    lines = [f"{lowered(p.measure.title)} {p.test.z_adjusted:+.1f}" for p in tested if p.test is not None]
    return (
        f"Distance of {name} from all together, as adjusted z (beyond about 2 either "
        f"way lies outside the 95 % limits): {'; '.join(lines)}."
    )


def _table(tested: Sequence[Place]) -> Table:
    """One row per body; a cell is None where its counts are withheld or missing."""
    figures = (Column(_field(k), f"{_short(p)} (adjusted z)", "number", 2) for k, p in enumerate(tested))
    columns = (Column("authority", "Authority"), *figures)
    by_figure: list[dict[str, float]] = []
    for p in tested:
        if p.test is not None:
            names = [p.panel.units[i].name for i in p.test.members]
            by_figure.append(dict(zip(names, p.test.funnel.z_adjusted.tolist(), strict=True)))
    every = sorted({name for figure in by_figure for name in figure})
    rows: list[tuple[Cell, ...]] = [(name, *(figure.get(name) for figure in by_figure)) for name in every]
    return Table(columns, tuple(rows))


def _field(k: int) -> str:
    """Names of measures can hold signs that a chart reads as its own."""
    return f"z{k + 1}"


def _chart(name: str, period: str, tested: Sequence[Place]) -> Chart:
    short = {_field(k): _short(p) for k, p in enumerate(tested)}
    y = {
        "field": "figure",
        "type": "nominal",
        "sort": list(short.values()),
        "axis": {"title": None, "labelLimit": 260},
    }
    x = {"field": "z", "type": "quantitative", "axis": {"title": "Adjusted z"}}
    only = [{"filter": {"field": "authority", "equal": name}}]
    first = {"filter": {"field": "code", "equal": next(iter(short))}}
    label = {"type": "text", "color": "accent", "dy": -16, "fontWeight": "bold"}
    named = {"type": "point", "color": "accent", "shape": "diamond", "size": 110}
    spec: dict[str, object] = {
        "height": {"step": 40},
        "transform": [
            {"fold": list(short), "as": ["code", "z"]},
            {"filter": "isValid(datum.z)"},
            {"calculate": f"({json.dumps(short)})[datum.code]", "as": "figure"},
        ],
        "encoding": {"y": y, "x": x},
        "layer": [
            {"mark": {"type": "tick", "color": "muted", "thickness": 1, "size": 14, "opacity": 0.6}},
            {"transform": only, "mark": named},
            {"transform": [*only, first], "mark": label, "encoding": {"text": {"field": "authority"}}},
        ],
    }
    return Chart(spec, _alt(name, period, tested))


def _alt(name: str, period: str, tested: Sequence[Place]) -> str:
    lines = [
        f"{p.measure.title}: {name} {p.test.z_adjusted:+.2f}, {verdict(p.test.z_adjusted)}, "
        f"among {len(p.test.members)} from {min(p.test.funnel.z_adjusted):+.1f} to "
        f"{max(p.test.funnel.z_adjusted):+.1f}"
        for p in tested
        if p.test is not None
    ]
    return (
        f"Strip chart, {period}: one row per figure, one tick per body at its adjusted z, "
        f"{name} marked by a diamond. {'. '.join(lines)}."
    )
