"""Case by case beside all others: the cumulative difference of one body, and when it became more than ordinary."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from casetrail.compare.over_time_chart import y_of
from casetrail.compare.series_words import OVER_TIME, Asked, count, figure, joined, known, lowered
from casetrail.figures import Answer, Cell, Chart, Column, Refusal, Table
from casetrail.public.panel import Floats, Panel
from casetrail.stats.cusum import Cusum, Vlad, cusum, normal_scores, vlad
from casetrail.stats.cusum_threshold import normal_jumps, threshold_for_chance
from casetrail.stats.ordinary import ordinary

# The size of a lasting difference that the sum is to find, in ordinary standard deviations; a convention.
SHIFT = 1.0
FALSE_ALARM = 0.05
FEWEST = 5

COLUMNS = (
    Column("period", "Period"),
    Column("numerator", "Numerator", "count"),
    Column("denominator", "Denominator", "count"),
    Column("expected", "Expected at the level of all others", "number", 1),
    Column("difference", "Difference", "number", 1),
    Column("cumulative", "Cumulative difference", "number", 1),
    Column("z", "z beside chance and ordinary differences", "number", 2),
    Column("above", "Sum for higher", "number", 2),
    Column("below", "Sum for lower", "number", 2),
    Column("alarm", "Alarm"),
)

METHOD = (
    "Expected: the denominator times the level of all other bodies together in the same period. Cumulative difference: "
    "observed less expected, added up (variable life-adjusted display: Lovegrove and others, Lancet 350, 1997, "
    "1128-1130). Alarm: sums of log-likelihood scores, reset at 0 (Steiner and others, Biostatistics 1, 2000, "
    "441-452), of z beside chance and the variance between bodies (Paule and Mandel 1982, made robust; a lasting "
    "difference of one such standard deviation, to either side), with the threshold that sets off a false alarm in 5 "
    "of 100 bodies over these periods (Markov chain: Brook and Evans, Biometrika 59, 1972, 539-549)."
)
STEADY_DISTANCE = (
    "The sums grow also where a body lies at one and the same distance from the others all along: an alarm says that "
    "it differs, not that it changed. z of one body in neighbouring years are alike, so false alarms are more frequent "
    "than stated."
)


def cumulative_answer(panel: Panel, unit: str) -> Answer:
    """Observed less expected of one unit, added up over the periods, with alarms that allow for ordinary differences.

    For proportions and rates with counts. Raises: UnknownNameError for a unit that there is not.
    """
    asked = Asked(panel, panel.unit_at(unit), "cumulative")
    provenance = asked.provenance(shift=SHIFT, false_alarm=FALSE_ALARM)
    if panel.measure.kind not in ("proportion", "rate"):
        refusal = Refusal("no_counts", "Sums over cases need counts of cases.", ("numerators and denominators",))
        return asked.refused(refusal, provenance, section=OVER_TIME)
    expected, variance, z = _beside_others(asked)
    used = int(np.count_nonzero(np.isfinite(z)))
    if used < FEWEST:
        message = f"{used} periods with counts of this body and others: at least {FEWEST} are needed."
        refusal = Refusal("too_few_periods", message, ("counts of more periods",))
        return asked.refused(refusal, provenance, section=OVER_TIME)
    display = vlad(panel.numerator[asked.at], expected, np.where(np.isfinite(variance), variance, 0.0))
    limit = _threshold(used)
    above, below = (cusum(normal_scores(z, shift=side * SHIFT), threshold=limit) for side in (1, -1))
    table = Table(COLUMNS, _rows(asked, (expected, z), display, (above, below)))
    return Answer(
        id=asked.id,
        section=OVER_TIME,
        title=f"{panel.measure.title}: {asked.name} beside all others, added up",
        sentence=_sentence(asked, display, (above, below)),
        body=table,
        method=METHOD,
        provenance=provenance,
        chart=_chart(asked, display),
        caveats=asked.caveats(STEADY_DISTANCE),
    )


@lru_cache(maxsize=64)
def _threshold(periods: int) -> float:
    """For each of the two sums: half of the false alarms."""
    return threshold_for_chance(normal_jumps(shift=SHIFT), FALSE_ALARM / 2, cases=periods)


def _beside_others(asked: Asked) -> tuple[Floats, Floats, Floats]:
    """Of each period: expected events, their variance by chance, z beside ordinary differences; nan where unknown."""
    panel, share = asked.panel, asked.panel.measure.kind == "proportion"
    expected, variance, z = (np.full(len(panel.periods), np.nan) for _ in range(3))
    for t in range(len(panel.periods)):
        rows, x, n = panel.counts(t)
        fits = (x <= n) if share else np.ones(x.size, dtype=np.bool_)
        rows, x, n = rows[fits], x[fits], n[fits]
        own = np.flatnonzero(rows == asked.at)
        others = rows != asked.at
        if own.size == 0 or not bool(others.any()):
            continue
        level = float(x[others].sum() / n[others].sum())
        found = ordinary(x, n if share else n * level, scale="share" if share else "root ratio") if level > 0 else None
        if found is None:
            continue
        expected[t] = n[own[0]] * level
        variance[t] = expected[t] * ((1 - level) if share else 1.0)
        z[t] = found.z[own[0]]
    return expected, variance, z


def _rows(
    asked: Asked, by: tuple[Floats, Floats], display: Vlad, sums: tuple[Cusum, Cusum]
) -> tuple[tuple[Cell, ...], ...]:
    expected, z = by
    above, below = sums
    panel, rows = asked.panel, []
    for t, period in enumerate(panel.periods):
        x = panel.numerator[asked.at, t]
        alarms = [word for word, one in (("higher", above), ("lower", below)) if t in one.alarms]
        cells: tuple[Cell, ...] = (
            period,
            count(x),
            count(panel.denominator[asked.at, t]),
            known(expected[t]),
            known(x - expected[t]),
            known(display.path[t]) if np.isfinite(expected[t]) else None,
            known(z[t]),
            known(above.path[t]) if np.isfinite(z[t]) else None,
            known(below.path[t]) if np.isfinite(z[t]) else None,
            "; ".join(alarms),
        )
        rows.append(cells)
    return tuple(rows)


def _sentence(asked: Asked, display: Vlad, sums: tuple[Cusum, Cusum]) -> str:
    periods = asked.panel.periods
    total = float(display.path[-1])
    told = f"{figure(abs(total))} {'more' if total > 0 else 'fewer'}"
    alarms = sorted((t, word) for word, one in zip(("higher", "lower"), sums, strict=True) for t in one.alarms)
    when = [f"{periods[t]} ({word})" for t, word in alarms]
    said = (
        f"It lay higher or lower than others by more than ordinary differences explain: alarms at {joined(when)}"
        if alarms
        else "The sums signal no lasting difference beyond ordinary ones"
    )
    return (
        f"{asked.name}, {lowered(asked.panel.measure.title)}: {told} cases than at the level of all others in the same "
        f"periods. {said}."
    )


def _chart(asked: Asked, display: Vlad) -> Chart:
    axis = y_of(asked, "cumulative") | {
        "scale": {"zero": True},
        "axis": {"title": "Observed less expected, added up (cases)"},
    }
    spec: dict[str, object] = {
        "encoding": {"x": {"field": "period", "type": "ordinal", "axis": {"title": None, "labelAngle": -45}}},
        "layer": [
            {"mark": {"type": "rule", "color": "soft"}, "encoding": {"y": {"datum": 0}, "x": None}},
            {"mark": {"type": "line", "color": "accent", "point": {"color": "accent"}}, "encoding": {"y": axis}},
        ],
    }
    return Chart(
        spec,
        f"Line of observed less expected cases of {asked.name}, added up over the periods; it ends at "
        f"{figure(float(display.path[-1]), signed=True)} cases.",
    )
