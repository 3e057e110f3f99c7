"""Did it get better after a given year, compared with a mix of others that had gone the same way before?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from casetrail.compare.over_time_chart import label, y_of
from casetrail.compare.series_words import Asked, figure, joined, lowered
from casetrail.figures import Answer, Cell, Chart, Column, Refusal, Table
from casetrail.public.neighbours import model_for, neighbours
from casetrail.public.panel import Floats, Panel
from casetrail.stats.synthetic import Synthetic, mix_of, synthetic

SINCE = "Did it get better afterwards?"
FEWEST_NEIGHBOURS = 4

COLUMNS = (
    Column("period", "Period"),
    Column("value", "Value", "number", 1),
    Column("mix", "Mix of others", "number", 1),
    Column("gap", "Difference", "number", 1),
    Column("side", "Before or since"),
)

METHOD = (
    "A mix of other bodies, with weights of 0 and more that add up to 1, that comes closest before (Abadie, Diamond "
    "and Hainmueller, Journal of the American Statistical Association 105, 2010, 493-505; values before are the only "
    "predictors, and each mix is made of the 40 nearest). The same is done to each other body as if it had been the "
    "one; p is the share of bodies with as large a mean difference since, in units of how far their mix misses a "
    "period that it was not fitted to, and the interval holds every difference that this test does not refute (Firpo "
    "and Possebom, Journal of Causal Inference 6, 2018)."
)
NOT_THE_CAUSE = (
    "A difference says that this body went another way than those like it. It does not say why: whatever else happened "
    "to it and not to them is part of the difference."
)
PICKED = (
    "If the year was chosen because the figure had just been at its worst, part of any rise is the return to the "
    "ordinary: the mix takes out only what others like it went through as well."
)


@dataclass(frozen=True, slots=True)
class _Window:
    """Periods and bodies with every value: columns and rows of the panel, the asked body among the rows."""

    columns: npt.NDArray[np.intp]
    rows: npt.NDArray[np.intp]
    at: int
    before: int


def before_after_answer(panel: Panel, unit: str, since: str, *, without: Sequence[str] = ()) -> Answer:
    """The mean difference of one unit since a period, against a mix of others; or why there is no comparison.

    The window is the longest run of periods around `since` in which the unit has a figure; the others are those with a
    figure in all of it. `without`: units to leave out of the others, as something of the kind happened to them too.
    Raises: UnknownNameError for a unit or period that there is not.
    """
    asked = Asked(panel, panel.unit_at(unit), "before-after")
    start = panel.period_at(since)
    left_out = tuple(panel.unit_at(name) for name in without)
    provenance = asked.provenance(since=since, without=tuple(panel.units[i].code for i in left_out))
    window = _window(asked, start, left_out)
    if window is None:
        refusal = Refusal("no_figure", f"It has no figure for {since} or the period before.", ("another period",))
        return asked.refused(refusal, provenance, section=SINCE)
    found = synthetic(panel.value[np.ix_(window.rows, window.columns)], window.at, before=window.before)
    if isinstance(found, Refusal):
        return asked.refused(found, provenance, section=SINCE)
    return Answer(
        id=asked.id,
        section=SINCE,
        title=f"{panel.measure.title}: {asked.name} before and since {since}",
        sentence=_sentence(asked, since, window, found),
        body=Table(COLUMNS, _rows(asked, window, found)),
        method=METHOD,
        provenance=provenance,
        chart=_chart(asked, since, window, found),
        caveats=asked.caveats(*_caveats(asked, since, window, found)),
    )


def _window(asked: Asked, start: int, left_out: tuple[int, ...]) -> _Window | None:
    known = np.isfinite(asked.values)
    if start == 0 or not known[start] or not known[start - 1]:
        return None
    first, last = start, start
    while first > 0 and known[first - 1]:
        first -= 1
    while last + 1 < known.size and known[last + 1]:
        last += 1
    columns = np.arange(first, last + 1)
    kept = np.array([i == asked.at or i not in left_out for i in range(len(asked.panel.units))])
    rows = np.flatnonzero(kept & np.all(np.isfinite(asked.panel.value[:, columns]), axis=1))
    return _Window(columns, rows, int(np.flatnonzero(rows == asked.at)[0]), start - first)


def _rows(asked: Asked, window: _Window, found: Synthetic) -> tuple[tuple[Cell, ...], ...]:
    rows: list[tuple[Cell, ...]] = []
    for i, t in enumerate(window.columns):
        value = float(asked.values[t])
        side = "before" if i < window.before else "since"
        rows.append((asked.panel.periods[t], value, value - float(found.gaps[i]), float(found.gaps[i]), side))
    return tuple(rows)


def _sentence(asked: Asked, since: str, window: _Window, found: Synthetic) -> str:
    values = asked.values[window.columns]
    before, after = float(values[: window.before].mean()), float(values[window.before :].mean())
    others = window.rows.size - 1
    verdict = (
        "That is more than differences of this kind among others"
        if found.low > 0 or found.high < 0
        else "That cannot be told from no difference"
    )
    return (
        f"{asked.name}, {lowered(asked.panel.measure.title)}: {figure(before)} on average before {since}, "
        f"{asked.number(after)} since. Against a mix of others that had gone the same way, the difference since is "
        f"{figure(found.effect, signed=True)} (95 % interval {figure(found.low, signed=True)} to "
        f"{figure(found.high, signed=True)}; p = {found.p_value:.3f} among {others} others). {verdict}."
    )


def _caveats(asked: Asked, since: str, window: _Window, found: Synthetic) -> tuple[str, ...]:
    low, high = found.without_one
    heavy = np.argsort(-found.mix.weights)[:5]
    parts = [
        f"{asked.panel.units[window.rows[i]].name} {100 * found.mix.weights[i]:.0f} %"
        for i in heavy
        if found.mix.weights[i] > 0.01
    ]
    said = [
        NOT_THE_CAUSE,
        PICKED,
        f"The mix: {joined(parts)}. Without any one of its bodies the difference is from "
        f"{figure(low, signed=True)} to {figure(high, signed=True)}.",
        f"Before, the mix misses by {figure(found.mix.fit)} (root mean square), and a period that it is not fitted to "
        f"by {figure(found.mix.miss)}. By the ratio of root mean square differences since and before, p = "
        f"{found.p_ratio:.3f}.",
    ]
    if found.earlier is not None:
        said.append(
            "An event that did not happen, in the middle of the periods before, would have shown a difference of "
            f"{figure(found.earlier, signed=True)}."
        )
    near = _neighbours_only(asked, since, window)
    if near is not None:
        effect, members = near
        said.append(
            f"With its {members} statistical neighbours alone in the mix the difference is "
            f"{figure(effect, signed=True)}; they are too few for a test."
        )
    return tuple(said)


def _neighbours_only(asked: Asked, since: str, window: _Window) -> tuple[float, int] | None:
    codes = {n.code for n in neighbours(asked.code, model_for(since))}
    kept = [i for i, row in enumerate(window.rows) if asked.panel.units[row].code in codes]
    if len(kept) < FEWEST_NEIGHBOURS:
        return None
    y: Floats = asked.panel.value[np.ix_(window.rows[[window.at, *kept]], window.columns)]
    mix = mix_of(y, 0, before=window.before)
    return float((y[0] - mix.course)[window.before :].mean()), len(kept)


def _chart(asked: Asked, since: str, window: _Window, found: Synthetic) -> Chart:
    last = asked.panel.periods[window.columns[-1]]
    spec: dict[str, object] = {
        "encoding": {"x": {"field": "period", "type": "ordinal", "axis": {"title": None, "labelAngle": -45}}},
        "layer": [
            {"mark": {"type": "line", "color": "muted", "strokeDash": [4, 3]}, "encoding": {"y": y_of(asked, "mix")}},
            {"mark": {"type": "line", "color": "accent"}, "encoding": {"y": y_of(asked)}},
            label(asked, "mix", "mix of others", last),
            label(asked, "value", asked.name, last),
            {
                "mark": {"type": "point", "color": "accent", "size": 60},
                "encoding": {"y": y_of(asked), "shape": {"field": "side", "type": "nominal"}},
            },
        ],
    }
    return Chart(
        spec,
        f"Full line: {asked.panel.measure.title} of {asked.name}; broken line: the mix of others. Before {since} they "
        f"are {figure(found.mix.fit)} apart (root mean square), since then {figure(found.effect, signed=True)} on "
        "average.",
    )
