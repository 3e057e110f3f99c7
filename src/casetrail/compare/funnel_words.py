"""What a funnel of any measure says in words: sentence, method, caveats."""

from __future__ import annotations

import numpy as np

from casetrail.compare.funnel_rows import FALSE_SHARE, digits, shown_in, side_words, sides
from casetrail.compare.judged import Judged
from casetrail.compare.measure import LEVELS
from casetrail.compare.words import NO_PERSON
from casetrail.stats.chance_laws import Binomial, Normal, TwoCounts
from casetrail.stats.outside import ByChance, controlled

_WITHIN = side_words(0, 0)
_LIMITS = {
    "exact": "exact limits at half of what is left on each side",
    "score": "score limits, where Wilson's interval of the body just touches the common level",
    "byar": "Byar's approximate limits",
}
POOLED = "The common level is that of all bodies with counts together, the one named among them."


def funnel_sentence(judged: Judged, at: int) -> str:
    """Where the body lies, how many lie outside, and how many would by chance alone; `at` is its place among them."""
    panel, last = judged.panel, judged.results[-1]
    name, total = panel.units[judged.rows[at]].name, judged.rows.size
    apart = [sides(judged, band) for band in judged.plain]
    allowing = side_words(*(int(last.side(level)[at]) for level in LEVELS))
    said = [
        f"{name}, {panel.periods[judged.period]}: {_own(judged, at)}; all {total} bodies with counts together "
        f"{_level(judged)}.",
        f"Beside chance alone it lies {side_words(*(side[at] for side in apart))}; beside chance and ordinary "
        f"differences between bodies it lies {allowing}.",
        f"{chance_words(judged.by_chance)}; {sum(map(abs, apart[0]))} do.",
    ]
    if allowing != _WITHIN:
        left = controlled(last.p, "benjamini-hochberg")[at] <= FALSE_SHARE
        said.append(
            f"Where {total} bodies are looked at some stand out by luck: with that allowed for, it "
            f"{'still stands out' if left else 'does not stand out'}."
        )
    return " ".join(said)


def choices_sentence(judged: Judged, at: int) -> str:
    """Fewest and most outside, and under how many choices the named body is."""
    panel, results = judged.panel, judged.results
    name, total = panel.units[judged.rows[at]].name, judged.rows.size
    outside = [sum(found.outside(LEVELS[0])) for found in results]
    there = sum(int(found.side(LEVELS[0])[at] != 0) for found in results)
    between = f"{outside[0]}" if min(outside) == max(outside) else f"between {min(outside)} and {max(outside)}"
    whatever = ", whatever the choice" if there in (0, len(results)) else ""
    return (
        f"{panel.measure.title}, {panel.periods[judged.period]}: depending on what the limits allow for, {between} of "
        f"{total} bodies lie outside the 95 % limits. {name} lies outside under {there} of {len(results)} "
        f"choices{whatever}. {chance_words(judged.by_chance)}."
    )


def chance_words(by: ByChance) -> str:
    """How many would be outside by chance alone, and between what numbers that moves."""
    return (
        f"By chance alone {by.expected:.1f} of {by.units} would lie outside the plain 95 % limits "
        f"({by.low} to {by.high} in {100 * by.level:.0f} of 100 such tables)"
    )


def method_words(judged: Judged) -> str:
    """Law, limits, adjustment and control, with their sources."""
    law = judged.law
    if isinstance(law, Binomial):
        chance = "binomial chance around the share of all bodies together"
    elif isinstance(law, TwoCounts):
        chance = "the first count is binomial given the sum of both (Przyborowski and Wilenski 1940)"
    elif isinstance(law, Normal):
        chance = "normal chance around the mean of all bodies together, with the spread within a body as given"
    else:
        chance = "Poisson chance around the number expected at the level of all bodies together"
    limits = "normal limits" if isinstance(law, Normal) else _LIMITS[law.way]
    return (
        f"Plain limits: {chance}; {limits} (Spiegelhalter, Statistics in Medicine 24, 2005, 1185-1202). Adjusted "
        "limits: on a scale on which chance is even, its variance plus one between bodies, the one under which the "
        "winsorised z are as wide as normal ones (Paule and Mandel 1982, made robust). Number outside by chance: "
        "Poisson-binomial, each body with the probability that its own count allows (Hong 2013). Control for many "
        "looks: Benjamini and Hochberg 1995; Holm 1979."
    )


def funnel_caveats(judged: Judged) -> tuple[str, ...]:
    """What must stand beside the figures."""
    said = [judged.panel.measure.direction] if judged.panel.measure.direction else []
    said += [POOLED, *_about_law(judged), *_about_rounding(judged), *_about_missing(judged)]
    return (*said, NO_PERSON)


def _about_law(judged: Judged) -> tuple[str, ...]:
    if isinstance(judged.law, TwoCounts):
        return ("Both counts of the ratio are taken to be subject to chance; a denominator that is fixed has none.",)
    if isinstance(judged.law, Normal):
        return ()
    return ("Chance here means cases one by one: where one family brings several, chance is wider than plain limits.",)


def _about_rounding(judged: Judged) -> tuple[str, ...]:
    step = judged.law.rounded_to
    if step == 1:
        return ()
    low, high = (judged.times * side.x.sum() / side.n.sum() for side in (judged.highest, judged.lowest))
    of = digits(judged)
    return (
        f"The publisher rounds counts to {step}. Limits are as wide as that asks: a body lies outside only if it does "
        "for every count that the rounding leaves open, and p is the largest of these. The common level is taken from "
        f"the counts as printed; were all rounded the same way, it could be from {low:,.{of}f} to {high:,.{of}f}.",
    )


def _about_missing(judged: Judged) -> tuple[str, ...]:
    panel, said = judged.panel, []
    without = int(np.sum(np.isfinite(panel.value[:, judged.period]))) - judged.rows.size - judged.impossible.size
    if without > 0:
        said.append(f"Bodies with a printed value but without both counts, so neither in table nor chart: {without}.")
    if judged.impossible.size:
        names = ", ".join(panel.units[i].name for i in judged.impossible)
        said.append(f"Left out because the printed counts contradict each other: {names}.")
    return tuple(said)


def _own(judged: Judged, at: int) -> str:
    row, kind = judged.rows[at], judged.panel.measure.kind
    x, n = judged.panel.numerator[row, judged.period], judged.panel.denominator[row, judged.period]
    value = f"{judged.shown[at]:,.{digits(judged)}f} {shown_in(judged)}"
    if kind == "mean":
        return f"{value}, a mean of {n:,.0f} values"
    if kind == "proportion":
        return f"{x:,.0f} of {n:,.0f} ({value})"
    if kind == "count":
        return f"{x:,.0f} where {judged.law.target * n:,.1f} would be expected ({value})"
    between = "among" if kind == "rate" else "over"
    return f"{x:,.0f} {between} {n:,.{0 if float(n).is_integer() else 1}f} ({value})"


def _level(judged: Judged) -> str:
    return f"{judged.times * judged.law.target:,.{digits(judged)}f} {shown_in(judged)}"
