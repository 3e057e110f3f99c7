"""The sentence, method and caveats of a series over time."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from casetrail.compare.series_words import Asked, figure, joined, lowered
from casetrail.figures import Refusal
from casetrail.stats.change_points import Change, ChangePoints
from casetrail.stats.xmr import FIRM, Stretch, Xmr
from casetrail.stats.xmr_rates import false_signal_own_limits
from casetrail.stats.xmr_rules import MAKING_DATA_COUNT

Found = Mapping[int, ChangePoints | Refusal]

METHOD = (
    "Individuals and moving range chart: limits at the mean plus and minus 2.66 mean distances of neighbouring periods "
    "(Wheeler, Understanding variation, 1993). Rules of NHS England, Making data count: a point outside; seven points "
    "on one side of the mean (the Western Electric handbook and Wheeler take eight, Nelson nine); seven points each "
    "above, or each below, the one before (Nelson takes six); two of three points in the outer third towards one "
    "limit. Limits from the counts: Laney, Quality Engineering 14, 2002, 531-537. Changes of level: the stretch that "
    "stands out most, against the same series in 999 random orders (Olshen and others, Biostatistics 5, 2004, 557-572; "
    "Bai and Perron, Econometrica 66, 1998, 47-78), best cuts by dynamic programming, and as the time of a change "
    "every period at which it is not refuted at 5 % (Worsley, Biometrika 73, 1986, 91-104); the same against a series "
    "that wanders because neighbouring periods are alike (Cox 1961)."
)

RULES = {
    "outside": ("above the upper limit", "below the lower limit"),
    "run": ("part of a run above the mean", "part of a run below the mean"),
    "near": ("two of three near the upper limit", "two of three near the lower limit"),
    "trend": ("part of a rise", "part of a fall"),
}

STEADY = (
    "A signal says that something changed, not what; and no signal does not say that nothing did. A series without a "
    "signal can be steadily bad."
)
DRIFT = "A slow drift is cut into steps: the steps are then not events, and their times mean little."


def sentence(asked: Asked, chart: Xmr, found: Found) -> str:
    """How many periods, which signals, how many by chance, and changes of level."""
    periods = asked.panel.periods
    points = int(np.isfinite(asked.values).sum())
    marked = [t for t in range(len(periods)) if chart.signals.any[t]]
    first, last = asked.span
    parts = [
        f"{asked.name}, {lowered(asked.panel.measure.title)}: {points} periods with a figure from {first} to {last}; "
        f"{_levels(asked, chart)}.",
        _signals(asked, chart, marked),
        *(_changes(asked, s, found[s.start]) for s in chart.stretches),
    ]
    return " ".join(parts)


def signal_words(chart: Xmr, point: int) -> str:
    """The rules that mark one period, in words; nothing where none does."""
    words = []
    for rule in chart.signals.at(point):
        up, down = RULES[rule]
        words.append(up if getattr(chart.signals, rule)[point] > 0 else down)
    return "; ".join(words)


def caveats(asked: Asked, chart: Xmr, found: Found, breaks: Mapping[str, str]) -> tuple[str, ...]:
    """What the length of the series, its breaks and its neighbours ask to be said."""
    said = [STEADY]
    said += [f"A new series begins with {period}: {why}." for period, why in sorted(breaks.items())]
    charted = sum(s.stop - s.start for s in chart.stretches)
    if charted < len(asked.panel.periods) and breaks:
        said.append("A series of fewer than eight figures has no limits.")
    soft = [s for s in chart.stretches if not s.firm]
    if soft:
        said.append(f"Limits from fewer than {FIRM} figures still move with each new one.")
    if any(not isinstance(f, Refusal) and f.firm is False for f in found.values()):
        said.append(
            "Neighbouring years are seldom independent. Where the change does not stand against a series that wanders, "
            "the step may be part of such wandering."
        )
    if any(not isinstance(f, Refusal) and f.changes for f in found.values()):
        said.append(DRIFT)
    return tuple(said)


def _levels(asked: Asked, chart: Xmr) -> str:
    means = []
    for s in chart.stretches:
        low, high = (figure(v) for v in asked.possible(np.array([s.low, s.high])))
        means.append(f"mean {asked.number(s.centre)} (limits {low} to {high})")
    return joined(means)


def _signals(asked: Asked, chart: Xmr, marked: list[int]) -> str:
    longest = max(s.points for s in chart.stretches)
    chance = 100 * false_signal_own_limits(longest, MAKING_DATA_COUNT)
    by_chance = f"a steady series of {longest} sets one off by chance in about {chance:.0f} of 100"
    if not marked:
        return f"No rule signals ({by_chance})."
    where = [f"{asked.panel.periods[t]} ({signal_words(chart, t)})" for t in marked[:4]]
    rest = f" and {len(marked) - 4} more periods" if len(marked) > 4 else ""
    return f"Rules signal at {', '.join(where)}{rest} ({by_chance})."


def _changes(asked: Asked, of: Stretch, found: ChangePoints | Refusal) -> str:
    if isinstance(found, Refusal):
        return f"Changes of level cannot be tested: {lowered(found.message)}"
    seen = [t for t in range(of.start, of.stop) if np.isfinite(asked.values[t])]
    if not found.changes:
        span = f"{asked.panel.periods[seen[0]]} to {asked.panel.periods[seen[-1]]}"
        return f"From {span} no change of level is shown (p = {found.p_value:.3f})."
    told = joined([_one(asked, of, c) for c in found.changes])
    sure = (
        f"this also stands against a series that wanders (p = {found.p_linked:.3f})"
        if found.firm
        else f"but a series that wanders without any change could look like this (p = {found.p_linked:.2f})"
    )
    return f"The level changed {told} (p = {found.p_value:.3f} if years are independent; {sure})."


def _one(asked: Asked, of: Stretch, change: Change) -> str:
    at, first, last = (asked.panel.periods[of.start + i] for i in (change.at, change.first, change.last))
    when = f"with {at}" if first == last else f"with {at} (some time from {first} to {last})"
    return f"{when}, from {figure(change.before)} to {asked.number(change.after)}"
