"""What is said of a figure under every set of adjusters, and what stands beside it."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from casetrail.compare.adjustment_basis import Basis
from casetrail.compare.adjustment_sets import Under
from casetrail.compare.measure import verdict
from casetrail.compare.words import NO_PERSON, after_the_tenure, lowered
from casetrail.public.adjusters import ADJUSTERS

METHOD = (
    "Indirect standardisation: the count that all other bodies lead to expect of this one, from a Poisson regression "
    "(shares: binomial, log odds) on the adjusters of each set; the body itself has no part in it. Line and ordinary "
    "differences (a variance on the scale of logarithms, Breslow 1984; Williams 1982) are Huber's, clipped at 1.5 "
    "deviations, so that a few bodies far out move neither. Limits hold chance, ordinary differences and the doubt of "
    "the expectation. Sets: every combination with at most one measure of each kind (deprivation, age, ethnicity, "
    "prior harm). The plain fit with the body in it, and its Pearson dispersion, stand beside it. What the authority "
    "controls is never adjusted for; prior harm only from records that others make."
)
HIDES = (
    "Adjusting can hide unequal treatment: where services treat families of one group otherwise than their need would "
    "have it, adjusting for the share of that group makes that treatment the expectation. So each set stands here with "
    "and without ethnicity mix."
)
AREAS = (
    "The adjusters describe areas, not the children counted. What goes together between areas need not go together in "
    "any child (the ecological fallacy: W. S. Robinson, American Sociological Review 15, 1950, 351-357)."
)
STRAIGHT = (
    "Each adjuster is taken to act along a straight line on the scale of logarithms. Where need bends, the expectation "
    "of the bodies furthest out, the poorest and the richest, is the least sure."
)
NEED_ONLY = (
    "Within what would be expected of a body with such need is not the same as good: all may do badly. Above or below "
    "it is a question to the body, not a finding against it."
)
NEVER = "Never adjusted for, since the authority decides them or writes them down itself: {}."
SAME_LIMIT = (
    "The time limit is the same everywhere. What an area's need explains of lateness is an explanation, not an excuse: "
    "read the row without adjusters first."
)
LISTED = 6
SIDES = {1: "above", 0: "within", -1: "below"}


def side(found: Under, at: int) -> int | None:
    """1 above the 95 % limits, -1 below, 0 within; None where nothing could be reckoned."""
    if found.result is None:
        return None
    said = verdict(float(found.result.z[at]))
    return 1 if said.startswith("above") else -1 if said.startswith("below") else 0


def sentence(base: Basis, found: Sequence[Under]) -> str:
    """The answer in plain words: the same under all sets, or not to be said."""
    asked = base.asked
    told = [(u, s) for u in found if (s := side(u, base.at)) is not None]
    sides = [s for _, s in told]
    head, name = f"{asked.panel.measure.title}, {asked.year}:", asked.name
    under = f"under all {len(told)} adjustment sets"
    if len(told) < len(found):
        under = f"under all {len(told)} of {len(found)} adjustment sets that could be reckoned"
    if len(set(sides)) == 1:
        where = "within what chance and ordinary differences explain"
        if sides[0]:
            where = f"{SIDES[sides[0]]} what chance and ordinary differences explain (95 % limits)"
        return f"{head} {under} {name} lay {where}, {_times(base, found)}."
    counts = ", ".join(f"{SIDES[s]} under {sides.count(s)}" for s in (1, 0, -1) if s in sides)
    return (
        f"{head} the verdict on {name} depends on the adjustment set ({counts} of {len(told)}), so it cannot be said "
        f"whether it lay outside what chance and ordinary differences explain. {_turns_on(told)}"
    )


def _turns_on(told: Sequence[tuple[Under, int]]) -> str:
    """What the verdict depends on, where one thing alone does it; else what it is without adjusters."""
    without = {s for u, s in told if not u.with_ethnicity}
    including = {s for u, s in told if u.with_ethnicity}
    if len(without) == 1 and len(including) == 1 and without != including:
        first, second = SIDES[without.pop()], SIDES[including.pop()]
        return f"It turns on the ethnicity mix alone: {first} without it, {second} with it."
    bare = next((s for u, s in told if not u.readings), None)
    return "" if bare is None else f"Without any adjuster it lay {SIDES[bare]}."


def _times(base: Basis, found: Sequence[Under]) -> str:
    ratios = [float(u.result.ratio[base.at]) for u in found if u.result is not None]
    what = "the odds" if base.asked.family == "binomial" else "the number"
    if not all(map(isfinite, ratios)):
        return "with every case on one side, which has no odds"
    low, high = f"{min(ratios):.2f}", f"{max(ratios):.2f}"
    return f"at {low if low == high else f'{low} to {high}'} times {what} to be expected of it"


def caveats(base: Basis, found: Sequence[Under]) -> tuple[str, ...]:
    """What stands beside every result."""
    measure, unit = base.asked.panel.measure, base.asked.panel.units[base.asked.unit]
    said = [measure.direction, SAME_LIMIT if measure.topic == "procedure" else "", NEED_ONLY]
    said += [
        HIDES if any(u.with_ethnicity for u in found) else "",
        AREAS,
        STRAIGHT,
        *_ages(base),
        *_not_used(base),
        *_left_out(base),
    ]
    never = "; ".join(lowered(a.title) for a in ADJUSTERS.values() if not a.allowed)
    said += [NEVER.format(never), *_counts(base), *after_the_tenure(unit.code, base.asked.year)]
    if base.asked.quality is None:
        said.append("Whether the figures are fit to compare at all was not asked here.")
    return (*(words for words in said if words), NO_PERSON)


def _ages(base: Basis) -> tuple[str, ...]:
    """Figures of another year than the period."""
    apart = [f"{lowered(r.adjuster.title)} is of {r.year}" for r in base.readings if r.apart]
    return (f"Figures taken outside the period: {'; '.join(apart)}.",) if apart else ()


def _not_used(base: Basis) -> tuple[str, ...]:
    """What could not be adjusted for here: no table for the period, or not known of this body or of too many."""
    used = {r.adjuster.id for r in base.readings}
    why = {a.id: reason for a, reason in base.not_used}
    other = "no figures for this period" if base.asked.sets is None else "not asked for, or no figures for this period"
    listed = [
        f"{lowered(a.title)} ({why.get(a.id, other)})" for a in ADJUSTERS.values() if a.allowed and a.id not in used
    ]
    return (f"Not adjusted for, though it may matter: {'; '.join(listed)}.",) if listed else ()


def _left_out(base: Basis) -> tuple[str, ...]:
    """Bodies that do not shape the expectation, counted and named."""
    said = []
    for names, why in ((base.without_figure, "an adjuster is not known of them"), (base.unfit, "not fit to compare")):
        if names:
            listed = ", ".join(names[:LISTED]) + (" and others" if len(names) > LISTED else "")
            said.append(
                f"Bodies with counts that were left out, since {why}: {len(names)} ({listed}). None was filled in."
            )
    return tuple(said)


def _counts(base: Basis) -> tuple[str, ...]:
    measure = base.asked.panel.measure
    said = []
    if measure.rounded_to > 1:
        said.append(f"Counts are rounded to {measure.rounded_to} by the publisher; the limits allow for that.")
    if measure.kind == "ratio":
        said.append("The denominator is taken as fixed, though it may be a count that chance moves as well.")
    return tuple(said)
