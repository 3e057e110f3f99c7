"""Did it get better after the money? Spend per child beside timeliness, of one body and across all.

What is found across all is an association of changes. Money also goes where things have just gone wrong, so it is not
an effect, and a missing association does not show that money does nothing.
"""

from __future__ import annotations

import numpy as np

from casetrail.compare.after_money_words import METHOD, association_words, caveats, choice_words, own_words
from casetrail.compare.money_series import BOOKED, MoneyBeside, money_beside
from casetrail.compare.over_time_chart import y_of
from casetrail.compare.series_words import Asked, figure, known, lowered, slug, why_words
from casetrail.figures import Answer, Cell, Chart, Column, Provenance, Refusal, Table
from casetrail.public.panel import Panel
from casetrail.public.spend import Basis, spend_panel
from casetrail.stats.first_differences import Together, changes_together

MONEY = "Did it get better after the money?"

OWN_COLUMNS = (
    Column("period", "Period"),
    Column("spend", "Spend per child (pounds of the year)", "number", 0),
    Column("spend_change", "Change of spend (%)", "number", 1),
    Column("value", "Value", "number", 1),
    Column("value_change", "Change of value", "number", 1),
    Column("note", "Note"),
)
ALL_COLUMNS = (
    Column("choice", "Which changes"),
    Column("slope", "Change of value for 10 % more spend", "number", 2),
    Column("low", "95 % interval, low", "number", 2),
    Column("high", "95 % interval, high", "number", 2),
    Column("p", "p of no association", "number", 3),
    Column("correlation", "Correlation of changes", "number", 2),
    Column("bodies", "Bodies", "count"),
    Column("pairs", "Pairs of changes", "count"),
    Column("note", "Note"),
)


def after_money_answer(panel: Panel, unit: str, *, line: str = "core", basis: Basis = "gross", seed: int = 0) -> Answer:
    """Spend per child of one unit beside its figure, year by year, and the association of changes across all units.

    `line`: one of `spend_lines`. Raises: UnknownNameError for a unit or line that there is not.
    """
    asked = Asked(panel, panel.unit_at(unit), f"money-{slug(line)}")
    money = spend_panel(line, basis)
    provenance = _provenance(asked, money, line, (basis, seed))
    both = money_beside(panel, money)
    if asked.code not in both.codes or not bool(np.isfinite(both.spend[both.codes.index(asked.code)]).any()):
        message = f"No spend per child of {asked.name} is in the table of Section 251."
        refusal = Refusal("no_spend", message, ("the authority's own accounts on the same headings",))
        return asked.refused(refusal, provenance, section=MONEY)
    own = both.codes.index(asked.code)
    found = changes_together(*both.changes(later=0, plausible=True), rng=np.random.default_rng(seed))
    return Answer(
        id=asked.id,
        section=MONEY,
        title=f"{panel.measure.title} and {lowered(money.measure.title)}: {asked.name}",
        sentence=f"{own_words(asked, both.years, (np.exp(both.spend[own]), both.value[own]))} "
        f"{association_words(panel, found)}",
        body=Table(OWN_COLUMNS, _own_rows(asked, both, own)),
        method=METHOD,
        provenance=provenance,
        chart=_chart(asked, both.years),
        caveats=asked.caveats(*caveats(money)),
    )


def money_association_answer(panel: Panel, *, line: str = "core", basis: Basis = "gross", seed: int = 0) -> Answer:
    """The association across all units, under every choice of which changes count. Raises: UnknownNameError."""
    money = spend_panel(line, basis)
    both = money_beside(panel, money)
    rng = np.random.default_rng(seed)
    choices = [(later, plausible) for later in (0, 1) for plausible in (True, False)]
    found = {
        (later, plausible): changes_together(*both.changes(later=later, plausible=plausible), rng=rng)
        for later, plausible in choices
    }
    first = found[0, True]
    what = f"money-{slug(line)}"
    return Answer(
        id=f"compare.all.{slug(panel.measure.id)}.{what}",
        section=MONEY,
        title=f"{panel.measure.title} and {lowered(money.measure.title)}: all authorities",
        sentence=association_words(panel, first),
        body=Table(ALL_COLUMNS, tuple(_choice(choice_words(*c), f) for c, f in found.items())),
        method=METHOD,
        provenance=Provenance(
            question="compare.money_association",
            origin=panel.source.origin,
            sources=(panel.source, money.source),
            parameters=(("measure", panel.measure.id), ("line", line), ("basis", basis)),
            seed=seed,
        ),
        caveats=caveats(money),
    )


def _provenance(asked: Asked, money: Panel, line: str, how: tuple[Basis, int]) -> Provenance:
    basis, seed = how
    return Provenance(
        question="compare.after_money",
        origin=asked.panel.source.origin,
        sources=(asked.panel.source, money.source),
        parameters=(("measure", asked.panel.measure.id), ("unit", asked.code), ("line", line), ("basis", basis)),
        seed=seed,
    )


def _own_rows(asked: Asked, both: MoneyBeside, own: int) -> tuple[tuple[Cell, ...], ...]:
    """One row for each year from the first to the last of the spend, also for the one that is missing."""
    spend = dict(zip(both.years, np.exp(both.spend[own]).tolist(), strict=True))
    first, last = int(both.years[0][:4]), int(both.years[-1][:4])
    years = [f"{y}-{(y + 1) % 100:02d}" for y in range(first, last + 1)]
    rows: list[tuple[Cell, ...]] = []
    before_spend = before_value = np.nan
    for year in years:
        now, value = spend.get(year, np.nan), _value(asked, year)
        more = 100 * (now / before_spend - 1)
        note = _note(asked, year) if year in spend else "no table of spend was found for this year"
        if np.isfinite(more) and abs(np.log1p(more / 100)) > np.log(BOOKED):
            note = "; ".join(filter(None, (note, "a change of spend that is more likely booking")))
        rows.append((year, known(now), known(more), known(value), known(value - before_value), note))
        before_spend, before_value = now, value
    return tuple(rows)


def _value(asked: Asked, year: str) -> float:
    periods = asked.panel.periods
    return float(asked.values[periods.index(year)]) if year in periods else float("nan")


def _note(asked: Asked, year: str) -> str:
    periods = asked.panel.periods
    if year not in periods:
        return "the measure does not have this year"
    return why_words(asked.panel, asked.at, periods.index(year))


def _choice(words: str, found: Together | Refusal) -> tuple[Cell, ...]:
    if isinstance(found, Refusal):
        return (words, None, None, None, None, None, None, None, lowered(found.message))
    return (
        words,
        found.slope,
        found.low,
        found.high,
        found.p_value,
        found.correlation,
        found.units,
        found.pairs,
        "",
    )


def _chart(asked: Asked, years: tuple[str, ...]) -> Chart:
    """Money above, the measure below: two scales in one picture would invite a false reading."""
    x: dict[str, object] = {"field": "period", "type": "ordinal", "axis": {"title": None, "labelAngle": -45}}
    money = {"field": "spend", "type": "quantitative", "axis": {"title": "Pounds per child (cash)"}}
    value = y_of(asked) | {"axis": {"title": asked.panel.measure.unit}}
    mark = {"type": "line", "point": {"color": "accent"}, "color": "accent"}
    size = {"width": 600, "height": 150}
    bars = {"type": "bar", "color": "muted"}
    spec: dict[str, object] = {
        "vconcat": [
            {**size, "title": "Spend", "mark": bars, "encoding": {"x": x, "y": money}},
            {**size, "title": asked.panel.measure.title, "mark": mark, "encoding": {"x": x, "y": value}},
        ]
    }
    return Chart(
        spec,
        f"Above: spend per child of {asked.name}, {years[0]} to {years[-1]}, as bars. Below: "
        f"{lowered(asked.panel.measure.title)} in the same years, as a line, up to "
        f"{figure(float(np.nanmax(asked.values)))} {asked.panel.measure.unit}."
        if bool(np.isfinite(asked.values).any())
        else f"Spend per child of {asked.name}, {years[0]} to {years[-1]}; the measure has no figure.",
    )
