"""All bodies with their positions, by name, and the same as a chart without names but one."""

from __future__ import annotations

import numpy as np

from casetrail.compare.position_counts import Positions
from casetrail.figures import Cell, Chart, Column, Table
from casetrail.stats.ranks import RankSets

NO_COUNTS = "without counts: any position"


def digits(found: Positions) -> int:
    """Decimals of the value: one for shares and rates, two for ratios and counts over the number expected."""
    return 1 if found.counted.panel.measure.kind in ("proportion", "rate") else 2


def shown_in(found: Positions) -> str:
    """The unit of the value."""
    measure = found.counted.panel.measure
    return "times the number expected" if measure.kind == "count" else measure.unit


def body_table(found: Positions, higher_is_worse: bool | None) -> Table:
    """One row for each body, by name: an order of merit is what the sets rule out."""
    counted = found.counted
    low, high = found.levels.interval()
    facts: list[list[Cell]] = [
        [*(counted.times * counted.x / counted.n).tolist()],
        found.levels.shrunken.tolist(),
        low.tolist(),
        high.tolist(),
    ]
    if higher_is_worse is not None:
        facts += [
            found.levels.worse_than_median(higher_is_worse=higher_is_worse).tolist(),
            found.levels.in_worst_tenth(higher_is_worse=higher_is_worse).tolist(),
        ]
    names = [unit.name for unit in counted.panel.units]
    rows: list[tuple[Cell, ...]] = []
    for at, row in enumerate(counted.rows):
        rows.append((names[row], *(fact[at] for fact in facts), *_sets(found, at), ""))
    for row in counted.without:
        value = float(counted.panel.value[row, counted.period])
        known: list[Cell] = [value if np.isfinite(value) else None, *[None] * (len(facts) - 1)]
        anywhere = (1, counted.total, 1, counted.total, counted.total - 1, 1, counted.total, counted.total - 1)
        rows.append((names[row], *known, *anywhere, NO_COUNTS))
    return Table(_columns(found, higher_is_worse), tuple(sorted(rows, key=lambda row: str(row[0]).casefold())))


def _sets(found: Positions, at: int) -> tuple[int, ...]:
    """First and last of the three sets of one body, and from how many it cannot be told apart."""

    def ends(sets: RankSets) -> tuple[int, int]:
        return found.among_all(sets, at).positions

    alike = found.among_all(found.alone, at).alike
    return (
        *ends(found.alone),
        *ends(found.together),
        alike,
        *ends(found.lasting),
        found.among_all(found.lasting, at).alike,
    )


def _columns(found: Positions, higher_is_worse: bool | None) -> tuple[Column, ...]:
    unit, of = shown_in(found), digits(found)
    worse = (
        Column("worse_than_median", "Probability that its level is worse than the median", "share", 0),
        Column("worst_tenth", f"Probability of being among the worst {found.levels.tenth}", "share", 0),
    )
    return (
        Column("unit", "Body"),
        Column("value", f"Value from the counts ({unit})", "number", of),
        Column("shrunken", "Level, drawn towards the others", "number", of),
        Column("shrunken_low", "Level, 95 % from", "number", of),
        Column("shrunken_high", "Level, 95 % to", "number", of),
        *(() if higher_is_worse is None else worse),
        Column("alone_from", "Positions possible, this body alone: from", "count"),
        Column("alone_to", "Positions possible, this body alone: to", "count"),
        Column("together_from", "Positions possible, all bodies at once: from", "count"),
        Column("together_to", "Positions possible, all bodies at once: to", "count"),
        Column("alike", "Cannot be told apart from", "count"),
        Column("lasting_from", "Positions possible, lasting level, this body alone: from", "count"),
        Column("lasting_to", "Positions possible, lasting level, this body alone: to", "count"),
        Column("lasting_alike", "Cannot be told apart from, lasting level", "count"),
        Column("note", "Note"),
    )


def body_chart(found: Positions, name: str) -> Chart:
    """One upright line for each body, from the lower to the upper end of its level, the lowest level on the left."""
    y: dict[str, object] = {
        "field": "shrunken_low",
        "type": "quantitative",
        "scale": {"zero": False},
        "axis": {"title": _title(found)},
    }
    upright = {"y": y, "y2": {"field": "shrunken_high"}}
    middle = {"y": {**y, "field": "shrunken"}}
    only = [{"filter": {"field": "unit", "equal": name}}]
    label = {"type": "text", "color": "accent", "fontWeight": "bold", "dy": -10, "baseline": "bottom"}
    spec: dict[str, object] = {
        "transform": [
            {"filter": "isValid(datum.shrunken)"},
            {"window": [{"op": "row_number", "as": "place"}], "sort": [{"field": "shrunken"}]},
        ],
        "encoding": {"x": {"field": "place", "type": "quantitative", "axis": None, "scale": {"nice": False}}},
        "layer": [
            {"mark": {"type": "rule", "color": "muted", "opacity": 0.55}, "encoding": upright},
            {"mark": {"type": "point", "color": "muted", "size": 12}, "encoding": middle},
            {"mark": {"type": "rule", "color": "limit"}, "encoding": _median(y)},
            {"transform": only, "mark": {"type": "rule", "color": "accent", "strokeWidth": 2.5}, "encoding": upright},
            {
                "transform": only,
                "mark": {"type": "point", "color": "accent", "shape": "diamond", "size": 110},
                "encoding": middle,
            },
            {
                "transform": only,
                "mark": label,
                "encoding": {"y": {**y, "field": "shrunken_high"}, "text": {"field": "unit"}},
            },
        ],
    }
    return Chart(spec, _alt(found, name))


def _median(y: dict[str, object]) -> dict[str, object]:
    """One line across: no place of its own."""
    return {"x": None, "y": {**y, "field": "shrunken", "aggregate": "median"}}


def _title(found: Positions) -> str:
    return f"{found.counted.panel.measure.title} ({shown_in(found)})"


def _alt(found: Positions, name: str) -> str:
    counted = found.counted
    at = [counted.panel.units[row].name for row in counted.rows].index(name)
    low, high = found.levels.interval()
    of = digits(found)
    own = f"{found.levels.shrunken[at]:,.{of}f} ({low[at]:,.{of}f} to {high[at]:,.{of}f})"
    across = int(np.sum((low <= high[at]) & (high >= low[at]))) - 1
    return (
        f"Interval chart, {counted.panel.periods[counted.period]}: {counted.panel.measure.title}. One upright line for "
        f"each of {counted.rows.size} bodies, from the lower to the upper 95 % end of its level in {shown_in(found)}, "
        f"the lowest level on the left; a line across at the median. {name}, marked by a diamond, has {own}; the lines "
        f"of {across} others overlap with its own."
    )
