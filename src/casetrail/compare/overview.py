"""All testable figures on one page: adjusted z of every authority, the named one among them."""

from __future__ import annotations

from collections.abc import Sequence

from casetrail.compare.measure import Place, verdict
from casetrail.compare.words import METHOD, SECTION, always, answer_id, provenance
from casetrail.figures import Answer, Cell, Chart, Column, Refusal, Table
from casetrail.public import Authority, authorities

SHORT = {
    "initial-assessments-7-days": "Initial assessments, 7 days",
    "initial-assessments-10-days": "Initial assessments, 10 days",
    "core-assessments-35-days": "Core assessments, 35 days",
    "conferences-15-days": "Conferences, 15 days",
    "plan-reviews-in-time": "Plan reviews in time",
    "second-plans": "Second or later plans",
    "re-referrals-12-months": "Re-referrals, 12 months",
}


def overview_answer(authority: Authority, year: str, found: Sequence[Place]) -> Answer:
    """A strip of adjusted z for each testable figure; a refusal when there is none."""
    tested = [p for p in found if p.test is not None]
    return Answer(
        id=answer_id(authority, year, "overview"),
        section=SECTION,
        title=f"{authority.name} among all authorities on {len(tested)} figures, {year}",
        sentence=_sentence(authority, tested),
        body=_table(tested) if tested else _NOTHING,
        method=METHOD,
        provenance=provenance(authority, year),
        chart=_chart(authority, year, tested) if tested else None,
        caveats=always(authority, year),
    )


_NOTHING = Refusal(
    reason="counts_not_published",
    message="Not one figure of this authority has published counts in this year.",
    would_help=("the authority's own numerators and denominators",),
)


def _sentence(authority: Authority, tested: Sequence[Place]) -> str:
    if not tested:
        return f"{authority.name}: no figure of this year has published counts, so none can be compared."
    lines = [f"{SHORT[p.indicator.id].lower()} {p.test.z_adjusted:+.1f}" for p in tested if p.test is not None]
    return (
        f"Distance of {authority.name} from all authorities together, as adjusted z (beyond about 2 either "
        f"way lies outside the 95 % limits): {'; '.join(lines)}."
    )


def _table(tested: Sequence[Place]) -> Table:
    """One row per authority; a cell is None where the authority's counts are withheld or missing."""
    figures = (Column(p.indicator.code, f"{SHORT[p.indicator.id]} (adjusted z)", "number", 2) for p in tested)
    columns = (Column("authority", "Authority"), *figures)
    by_figure: list[dict[int, float]] = [
        {f.authority.code: float(z) for f, z in zip(p.test.members, p.test.funnel.z_adjusted, strict=True)}
        for p in tested
        if p.test is not None
    ]
    rows: list[tuple[Cell, ...]] = [(a.name, *(figure.get(a.code) for figure in by_figure)) for a in authorities()]
    return Table(columns, tuple(rows))


def _chart(authority: Authority, year: str, tested: Sequence[Place]) -> Chart:
    short = {p.indicator.code: SHORT[p.indicator.id] for p in tested}
    y = {
        "field": "figure",
        "type": "nominal",
        "sort": list(short.values()),
        "axis": {"title": None, "labelLimit": 220},
    }
    x = {"field": "z", "type": "quantitative", "axis": {"title": "Adjusted z"}}
    only = [{"filter": {"field": "authority", "equal": authority.name}}]
    first = {"filter": {"field": "code", "equal": next(iter(short))}}
    label = {"type": "text", "color": "accent", "dy": -16, "fontWeight": "bold"}
    named = {"type": "point", "color": "accent", "shape": "diamond", "size": 110}
    spec: dict[str, object] = {
        "height": {"step": 40},
        "transform": [
            {"fold": list(short), "as": ["code", "z"]},
            {"filter": "isValid(datum.z)"},
            {"calculate": f"({short})[datum.code]", "as": "figure"},
        ],
        "encoding": {"y": y, "x": x},
        "layer": [
            {"mark": {"type": "tick", "color": "muted", "thickness": 1, "size": 14, "opacity": 0.6}},
            {"transform": only, "mark": named},
            {"transform": [*only, first], "mark": label, "encoding": {"text": {"field": "authority"}}},
        ],
    }
    return Chart(spec, _alt(authority, year, tested))


def _alt(authority: Authority, year: str, tested: Sequence[Place]) -> str:
    lines = [
        f"{p.indicator.title}: {authority.name} {p.test.z_adjusted:+.2f}, {verdict(p.test.z_adjusted)}, "
        f"among {len(p.test.members)} authorities from {min(p.test.funnel.z_adjusted):+.1f} to "
        f"{max(p.test.funnel.z_adjusted):+.1f}"
        for p in tested
        if p.test is not None
    ]
    return (
        f"Strip chart, {year}: one row per figure, one tick per authority at its adjusted z, "
        f"{authority.name} marked by a diamond. {'. '.join(lines)}."
    )
