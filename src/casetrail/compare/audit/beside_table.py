"""Each unit's discordance: its indicator looks better than its audits, or the other way round."""

from __future__ import annotations

from casetrail.compare.audit.matched import Both
from casetrail.compare.audit.rated import Indicators, Rated
from casetrail.compare.audit.words import NO_LEAGUE, NO_WORKER, PAPER, SECTION, known_truth
from casetrail.figures import Answer, Cell, Chart, Column, Provenance, Refusal, Table

METHOD = (
    "Gap: both true levels in standard deviations over units, the indicator's less the audits': posterior of the joint "
    "model, with what is not known of correlation, spreads and raters mixed in. Better of the two is up: an "
    "indicator of which less is better is turned round."
)
MANY = (
    "With {units} units about {wrong:.0f} would be told apart wrongly if each were looked at alone with no discordance."
)
COLUMNS = (
    Column("unit", "Unit"),
    Column("files", "Files audited", "persons"),
    Column("indicator", "Indicator (%)", "number", 1),
    Column("audit", "Audits", "number", 1),
    Column("gap", "Gap (SD)", "number", 2),
    Column("low", "From", "number", 2),
    Column("high", "To", "number", 2),
    Column("higher", "P(indicator better)", "share", 2),
    Column("says", "Can be told"),
)


def gaps_answer(both: Both, rated: Rated, indicator: Indicators, came: Provenance) -> Answer:
    """One row per unit in the order of names; a refusal where the joint model says nothing."""
    refused = both.why or (Refusal("no_differences", "All units are alike.") if both.joint is None else None)
    table = None if refused else _table(both, rated)
    return Answer(
        id="audit.beside.units",
        section=SECTION,
        title="Where indicator and audits part",
        sentence=refused.message if refused else _sentence(table),
        body=refused or table or Refusal("no_differences", "All units are alike."),
        method=METHOD,
        provenance=came,
        chart=None if table is None else _chart(rated, indicator, table),
        caveats=(
            MANY.format(units=len(both.units), wrong=0.05 * len(both.units)),
            NO_LEAGUE,
            PAPER,
            NO_WORKER,
            known_truth("audit_model.joint"),
        ),
    )


def _says(low: float, high: float) -> str:
    if low > 0:
        return "indicator looks better"
    return "audits look better" if high < 0 else "not told apart"


def _table(both: Both, rated: Rated) -> Table:
    assert both.joint is not None
    gaps = both.joint.gaps
    times = 100.0 if rated.adequate is not None else 1.0
    rows: list[tuple[Cell, ...]] = []
    for i, unit in enumerate(both.units):
        low, high = float(gaps.low[i]), float(gaps.high[i])
        rows.append(
            (
                unit,
                int(both.audit.files[i]),
                100 * both.share[i],
                times * float(both.audit.level[i]),
                float(gaps.value[i]),
                low,
                high,
                float(gaps.higher[i]),
                _says(low, high),
            )
        )
    return Table(COLUMNS, tuple(rows))


def _sentence(table: Table | None) -> str:
    says = [] if table is None else [str(cell) for cell in table.column("says")]
    better, worse = says.count("indicator looks better"), says.count("audits look better")
    if not better and not worse:
        return f"In none of {len(says)} units can indicator and audits be told apart."
    return (
        f"Of {len(says)} units the indicator looks better than the audits in {better}, and the audits look better in "
        f"{worse}; in the others they cannot be told apart."
    )


def _chart(rated: Rated, indicator: Indicators, table: Table) -> Chart:
    audit = "Adequate in audits (%)" if rated.adequate is not None else "Mean grade in audits (0 is worst)"
    worse = " (less is better)" if indicator.lower_is_better else ""
    spec: dict[str, object] = {
        "encoding": {
            "x": _axis("indicator", f"Indicator (%){worse}"),
            "y": _axis("audit", audit),
        },
        "layer": [
            {
                "transform": [{"filter": "datum.says == 'not told apart'"}],
                "mark": {"type": "point", "color": "muted", "size": 24},
            },
            {
                "transform": [{"filter": "datum.says != 'not told apart'"}],
                "mark": {"type": "point", "color": "accent", "shape": "diamond", "size": 80},
            },
        ],
    }
    told = sum(cell != "not told apart" for cell in table.column("says"))
    alt = (
        f"One point for each of {len(table.rows)} units: its indicator across, its audits upwards. {told} units whose "
        "indicator and audits can be told apart are marked by diamonds."
    )
    return Chart(spec, alt)


def _axis(field: str, title: str) -> dict[str, object]:
    return {"field": field, "type": "quantitative", "scale": {"zero": False}, "axis": {"title": title}}
