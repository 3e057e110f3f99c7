"""Did the figure of one body change over the years, by more than chance moves it?"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from casetrail.compare.over_time_chart import over_time_chart
from casetrail.compare.over_time_words import METHOD, caveats, sentence, signal_words
from casetrail.compare.series_words import OVER_TIME, Asked, count, known, why_words
from casetrail.errors import UnknownNameError
from casetrail.figures import Answer, Cell, Column, Refusal, Table
from casetrail.public.panel import Floats, Panel, PanelKind
from casetrail.stats.change_points import ChangePoints, change_points
from casetrail.stats.laney import Attributes, Kind, attributes
from casetrail.stats.xmr import Xmr, xmr

COLUMNS = (
    Column("period", "Period"),
    Column("value", "Value", "number", 1),
    Column("numerator", "Numerator", "count"),
    Column("denominator", "Denominator", "count"),
    Column("moved", "Distance from the period before", "number", 1),
    Column("centre", "Mean", "number", 1),
    Column("low", "Lower limit", "number", 1),
    Column("high", "Upper limit", "number", 1),
    Column("low_counts", "Lower limit from the counts (Laney)", "number", 1),
    Column("high_counts", "Upper limit from the counts (Laney)", "number", 1),
    Column("signals", "Signals of the rules"),
    Column("level", "Level between changes", "number", 1),
    Column("stretch", "Series"),
    Column("note", "Note"),
)
KINDS: dict[PanelKind, Kind] = {"proportion": "share", "rate": "rate"}


def over_time_answer(panel: Panel, unit: str, *, breaks: Mapping[str, str] | None = None, seed: int = 0) -> Answer:
    """A control chart of one unit with its rules, and changes of level with the time at which they may have come.

    `breaks`: first period of a new series and why it is new (definition, population base, reorganisation): limits,
    runs and levels do not go across. `usual_breaks` names those that the shipped measures have.
    Raises: UnknownNameError for a unit or period that there is not.
    """
    asked = Asked(panel, panel.unit_at(unit), "over-time")
    marked = dict(breaks or {})
    starts = tuple(sorted(_place(panel, period) for period in marked))
    provenance = asked.provenance(seed=seed, breaks=tuple(sorted(marked.items())))
    chart = xmr(asked.values, breaks=starts)
    if isinstance(chart, Refusal):
        return asked.refused(chart, provenance, section=OVER_TIME)
    rng = np.random.default_rng(seed)
    found = {s.start: change_points(asked.values[s.start : s.stop], rng=rng) for s in chart.stretches}
    table = Table(COLUMNS, _rows(asked, chart, found, marked))
    return Answer(
        id=asked.id,
        section=OVER_TIME,
        title=f"{panel.measure.title}: {asked.name}, {panel.periods[0]} to {panel.periods[-1]}",
        sentence=sentence(asked, chart, found),
        body=table,
        method=METHOD,
        provenance=provenance,
        chart=over_time_chart(asked, chart, marked),
        caveats=asked.caveats(*caveats(asked, chart, found, marked)),
    )


def usual_breaks(panel: Panel) -> dict[str, str]:
    """Breaks of the shipped measures that are known: rates per child stand on another population from 2011-12 on."""
    if panel.measure.kind != "rate" or "2011-12" not in panel.periods[1:]:
        return {}
    return {"2011-12": "the child population was rebased to the Census of 2011"}


def _place(panel: Panel, period: str) -> int:
    at = panel.period_at(period)
    if at == 0:
        raise UnknownNameError(
            "A break cannot come with the first period of the table.",
            where=panel.source.name,
            todo="Name the first period of the new series, not of the first one.",
            code="break_at_start",
        )
    return at


def _rows(
    asked: Asked, chart: Xmr, found: Mapping[int, ChangePoints | Refusal], breaks: Mapping[str, str]
) -> tuple[tuple[Cell, ...], ...]:
    panel, counted = asked.panel, _counted(asked, chart)
    levels = _levels(asked, chart, found)
    low, high = asked.possible(chart.low), asked.possible(chart.high)
    edges = [0, *sorted(panel.period_at(p) for p in breaks), len(panel.periods)]
    series = np.repeat(np.arange(len(edges) - 1), [b - a for a, b in pairwise(edges)])
    per = panel.measure.per
    rows: list[tuple[Cell, ...]] = []
    for t, period in enumerate(panel.periods):
        limits = (None, None) if counted is None else (known(per * counted.low[t]), known(per * counted.high[t]))
        rows.append(
            (
                period,
                known(asked.values[t]),
                count(panel.numerator[asked.at, t]),
                count(panel.denominator[asked.at, t]),
                known(chart.ranges[t]),
                known(chart.centre[t]),
                known(low[t]),
                known(high[t]),
                *limits,
                signal_words(chart, t),
                known(levels[t]),
                f"{series[t] + 1}",
                breaks.get(period, "") or why_words(panel, asked.at, t),
            )
        )
    return tuple(rows)


def _counted(asked: Asked, chart: Xmr) -> Attributes | None:
    """The chart of the counts, where there are counts of cases; None where they do not allow one."""
    panel = asked.panel
    if panel.measure.kind not in KINDS:
        return None
    x, n = panel.numerator[asked.at], panel.denominator[asked.at]
    possible = np.isfinite(x) & np.isfinite(n) & (n > 0) & (x >= 0)
    if panel.measure.kind == "proportion":
        possible &= x <= n
    starts = [s.start for s in chart.stretches if s.start > 0]
    ends = [s.stop for s in chart.stretches if s.stop < len(panel.periods)]
    made = attributes(
        np.where(possible, x, np.nan),
        np.where(possible, n, np.nan),
        kind=KINDS[panel.measure.kind],
        breaks=sorted({*starts, *ends}),
    )
    return None if isinstance(made, Refusal) else made


def _levels(asked: Asked, chart: Xmr, found: Mapping[int, ChangePoints | Refusal]) -> Floats:
    """The level of each period between the changes that were found, nan where none was looked for."""
    levels = np.full(len(asked.panel.periods), np.nan)
    for s in chart.stretches:
        seen = found[s.start]
        if isinstance(seen, Refusal):
            continue
        edges = (0, *(c.at for c in seen.changes), s.stop - s.start)
        for (a, b), level in zip(pairwise(edges), seen.levels, strict=True):
            levels[s.start + a : s.start + b] = level
    return levels
