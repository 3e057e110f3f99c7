"""Signs that stand in the table as printed: the publisher's marks, counts that contradict, few cases, gaps."""

from __future__ import annotations

import numpy as np

from casetrail.compare.quality.sign import Fitness, Sign, levels_of
from casetrail.public.panel import Panel, Why
from casetrail.stats.gates import missing_by_value

FEW_CASES = 10
FEW_EVENTS = 5
# Printed digits and counts differ by rounding; beyond the first they contradict, beyond the second one is wrong.
# A population is often printed rounded or revised later, so values over one are compared in parts of themselves.
POINTS = (0.1, 1.0)
PARTS = (0.01, 0.05)
MISSING_P = 0.001
HALF = 0.5

MARKED = {
    "1": "the publisher itself marks it with low confidence",
    "A": "the publisher marks it as a total sent without records",
    "P": "the publisher marks it as counted in another way than elsewhere (a pilot)",
}


def marked(panel: Panel) -> Sign:
    """The publisher's own mark of confidence."""
    levels = levels_of(panel)
    marks = panel.confidence
    if marks is None:
        return Sign("mark", levels, np.zeros(levels.shape, dtype=np.bool_), lambda _i, _j: "", from_data=False)
    levels[np.isin(marks, list(MARKED))] = Fitness.CAUTION
    held = panel.why == int(Why.UNRELIABLE)
    levels[held] = Fitness.NOT_FIT

    def words(i: int, j: int) -> str:
        return MARKED.get(str(marks[i, j]), "the publisher holds it back as unreliable")

    return Sign("mark", levels, (marks != "") | held, words, from_data=False)


def contradictions(panel: Panel) -> Sign:
    """More cases with the attribute than cases; a printed value that does not follow from the printed counts."""
    levels = levels_of(panel)
    x, n, per = panel.numerator, panel.denominator, panel.measure.per
    known = np.isfinite(x) & np.isfinite(n) & (n > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        computed = per * x / n
    gap = np.abs(computed - panel.value)
    if panel.measure.kind != "proportion":
        gap = np.where(gap > POINTS[0], gap / np.maximum(np.abs(panel.value), POINTS[0]), 0.0)
        # A population printed in hundreds can be fifty away, which is much for a very small body.
        gap = np.maximum(0.0, gap - np.where(np.mod(n, 100) == 0, 50 / np.maximum(n, 1.0), 0.0))
    some, much = POINTS if panel.measure.kind == "proportion" else PARTS
    levels[known & (gap > some)] = Fitness.CAUTION
    levels[known & (gap > much)] = Fitness.NOT_FIT
    over = known & (x > n) & (panel.measure.kind == "proportion")
    levels[over] = Fitness.NOT_FIT

    def words(i: int, j: int) -> str:
        if over[i, j]:
            return f"{x[i, j]:,.0f} of {n[i, j]:,.0f} is more than all"
        return f"{panel.value[i, j]:,.1f} is printed, but its counts give {computed[i, j]:,.1f}"

    return Sign("contradiction", levels, known, words)


def few(panel: Panel) -> Sign:
    """So few cases or events that one child changes the figure."""
    levels = levels_of(panel)
    share = panel.measure.kind == "proportion"
    counted = panel.denominator if share else panel.numerator
    known = np.isfinite(counted) & np.isfinite(panel.value)
    if panel.measure.kind in ("mean", "bare"):
        known = np.zeros(levels.shape, dtype=np.bool_)
    levels[known & (counted < (FEW_CASES if share else FEW_EVENTS))] = Fitness.CAUTION
    noun = "cases" if share else "events"
    return Sign(
        "few", levels, known, lambda i, j: f"it rests on no more than {counted[i, j]:,.0f} {noun}", from_data=False
    )


def gaps(panel: Panel) -> Sign:
    """Periods in which those without a figure are not like those with one, or are more than half."""
    levels = levels_of(panel)
    published = np.isfinite(panel.value)
    ever = published.any(axis=1)
    share = published[ever].mean(axis=0) if ever.any() else np.zeros(levels.shape[1])
    p = missing_by_value(panel.value)
    dependent, sparse = p < MISSING_P, (share < HALF) & (share > 0)
    levels[published & (dependent | sparse)] = Fitness.CAUTION
    absent = ever.sum() - published.sum(axis=0)

    def words(_: int, j: int) -> str:
        if sparse[j]:
            return f"only {share[j]:.0%} of authorities have a figure in this period"
        return f"the {absent[j]} authorities without a figure had other values in other periods (p = {p[j]:.2g})"

    return Sign("gaps", levels, published, words)
