"""One measure in depth: everything that can be asked of one body, period and measure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from casetrail.compare.adjusted import adjusted_answer
from casetrail.compare.after_money import after_money_answer, money_association_answer
from casetrail.compare.before_after import before_after_answer
from casetrail.compare.collection import Collection
from casetrail.compare.cumulative import cumulative_answer
from casetrail.compare.funnels import choices_answer
from casetrail.compare.measure import place
from casetrail.compare.neighbours import neighbours_answer
from casetrail.compare.over_time import over_time_answer, usual_breaks
from casetrail.compare.position import position_answer
from casetrail.compare.quality import Quality, fit_only
from casetrail.compare.standing import drawn, not_fit
from casetrail.compare.words import always
from casetrail.figures import Answer, Refusal
from casetrail.public.panel import Panel
from casetrail.stats.known_truth import scored

# A population based anew and a new body begin a new series; a mere jump is what the chart is to show.
NEW_SERIES = ("rebase", "reorganised")
# The methods behind each answer, by the last word of its question.
SCORED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "funnel": ("ordinary.limits", "outside.chance"),
        "choices": ("outside.chance",),
        "position": ("ranks.sets", "shrinkage.levels"),
        "adjusted": ("adjust.ratio",),
        "over_time": ("xmr.rules", "change_points.levels"),
        "cumulative": ("cusum.alarms",),
        "before_after": ("synthetic.control",),
        "after_money": ("first_differences.together",),
        "money_association": ("first_differences.together",),
    }
)


@dataclass(frozen=True, slots=True)
class Depth:
    """What else is asked of a measure: a period since which something changed, breaks in the series, the money."""

    seed: int = 1
    since: str | None = None
    breaks: Mapping[str, str] | None = None
    money: bool = False
    higher_is_worse: bool | None = None


def in_depth(collection: Collection, measure: str, unit: str, period: str, *, depth: Depth) -> tuple[Answer, ...]:
    """The funnel, the choices of limits, the position with its set, every adjustment set, and the course over time.

    A figure that the gates call unfit is refused, and unknown in the course over time; statistical neighbours, spend
    and adjustment are known of the figures that ship alone. Raises: UnknownNameError for a period that there is not.
    """
    quality = collection.qualities[measure]
    panel = quality.panel
    at = place(quality, panel.unit_at(unit), panel.period_at(period))
    among = fit_only(quality, but=at.unit)
    found = [
        drawn(collection, at),
        choices_answer(among, unit, period),
        position_answer(among, unit, period, higher_is_worse=_worse(panel, depth), seed=depth.seed),
    ]
    if collection.shipped:
        found += [adjusted_answer(quality, unit, period), neighbours_answer(among, unit, period)]
    if not at.fit:
        found = [not_fit(answer, at) for answer in found]
    found += _course(collection, quality, unit, depth)
    return tuple(_beside(a, always(unit, period, shipped=collection.shipped)) for a in found)


def _beside(answer: Answer, said: tuple[str, ...]) -> Answer:
    """What must stand beside an answer: whose years these are not, and how its methods did where the truth is known."""
    methods = SCORED.get(answer.provenance.question.rpartition(".")[2], ())
    more = (*said, *(() if isinstance(answer.body, Refusal) else map(scored, methods)))
    return replace(answer, caveats=(*answer.caveats, *(line for line in more if line not in answer.caveats)))


def _course(collection: Collection, quality: Quality, unit: str, depth: Depth) -> list[Answer]:
    """Over all periods, with what is not fit to compare left out of it."""
    panel = fit_only(quality)
    at = panel.unit_at(unit)
    breaks = _breaks(collection, quality, at) | dict(depth.breaks or {})
    found = [over_time_answer(panel, unit, breaks=breaks, seed=depth.seed), cumulative_answer(panel, unit)]
    if depth.since is not None:
        found.append(before_after_answer(panel, unit, depth.since))
    if collection.shipped and depth.money:
        found.append(after_money_answer(panel, unit, seed=depth.seed))
        found.append(money_association_answer(panel, seed=depth.seed))
    return found


def _worse(panel: Panel, depth: Depth) -> bool | None:
    return panel.measure.higher_is_worse if depth.higher_is_worse is None else depth.higher_is_worse


def _breaks(collection: Collection, quality: Quality, at: int) -> dict[str, str]:
    """Where a new series begins for this body: what is known of the measure, and what its own figures show."""
    panel = quality.panel
    found = dict(usual_breaks(panel)) if collection.shipped else {}
    for sign in quality.signs:
        if sign.gate in NEW_SERIES:
            for j in np.flatnonzero(sign.levels[at]):
                if j > 0 and panel.periods[j] not in found:
                    found[panel.periods[j]] = sign.words(at, int(j))
    return dict(sorted(found.items()))
