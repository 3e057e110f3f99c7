"""Signs in the course of a series: a jump that nobody else had, another population, another body."""

from __future__ import annotations

import re
from math import exp, log

import numpy as np

from casetrail.compare.quality.sign import Fitness, Sign, levels_of
from casetrail.public.panel import Floats, Panel
from casetrail.public.reorganised import Reorganisation, reorganisation_of
from casetrail.stats.gates import jumps
from casetrail.stats.robust import middle

# Beyond this z one figure in some hundred thousand lies by chance; the factor keeps small but sure changes out.
FAR = 4.5
LARGE = log(1.5)
REBASED = 0.05
# So few people move by that much of themselves.
PEOPLE = 2_000


def jumped(panel: Panel) -> Sign:
    """The figure changed in a period as hardly any other did: ask whether the system or the definition changed."""
    levels = levels_of(panel)
    value, chance = on_scale(panel)
    found = jumps(value, chance)
    far = (np.abs(found.z) > FAR) & (np.abs(found.change) > LARGE)
    levels[far] = Fitness.CAUTION

    def words(i: int, j: int) -> str:
        before, now = panel.value[i, j - 1], panel.value[i, j]
        return (
            f"it went from {before:,.1f} to {now:,.1f} in one period, as hardly any other did: ask whether the case "
            "system, the definition or the way of counting changed"
        )

    return Sign("jump", levels, np.isfinite(found.z), words)


def on_scale(panel: Panel) -> tuple[Floats, Floats | None]:
    """Log odds of shares, logarithms of rates and of positive values, else values; and their variance by chance."""
    x, n, kind = panel.numerator, panel.denominator, panel.measure.kind
    with np.errstate(divide="ignore", invalid="ignore"):
        if kind == "proportion":
            rest = np.where(n >= x, n - x, np.nan)
            return np.log((x + 0.5) / (rest + 0.5)), 1 / (x + 0.5) + 1 / (rest + 0.5)
        if kind in ("rate", "ratio", "count") and np.isfinite(x).any():
            return np.log((x + 0.5) / n) if np.isfinite(n).any() else np.log(x + 0.5), 1 / (x + 0.5)
        known = panel.value[np.isfinite(panel.value)]
        if known.size and known.min() > 0:
            return np.log(panel.value), None
    return panel.value.copy(), None


def rebased(panel: Panel) -> Sign:
    """The population under a rate is another one than the year before: no comparison with earlier periods."""
    levels = levels_of(panel)
    change = np.full(levels.shape, np.nan)
    if panel.measure.kind == "rate":
        with np.errstate(divide="ignore", invalid="ignore"):
            change[:, 1:] = np.diff(np.log(panel.denominator), axis=1)
        change -= middle(change)
    levels[np.isfinite(panel.value) & (np.abs(change) > REBASED) & (panel.denominator >= PEOPLE)] = Fitness.CAUTION

    def words(i: int, j: int) -> str:
        before, now = panel.denominator[i, j - 1], panel.denominator[i, j]
        return (
            f"the population under it went from {before:,.0f} to {now:,.0f} ({now / before - 1:+.0%}): it was based "
            "anew, and rates before and after cannot be compared"
        )

    return Sign("rebase", levels, np.isfinite(change), words)


def odd_denominator(panel: Panel) -> Sign:
    """The number of cases under a share is far from the body's own of the period before."""
    levels = levels_of(panel)
    cases = panel.denominator if panel.measure.kind == "proportion" else np.full(levels.shape, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = jumps(np.where(cases > 0, np.log(cases), np.nan), 1.0 / cases)
    levels[(np.abs(found.z) > FAR) & (np.abs(found.change) > log(2.0))] = Fitness.CAUTION

    def words(i: int, j: int) -> str:
        return (
            f"the cases under it went from {cases[i, j - 1]:,.0f} to {cases[i, j]:,.0f} "
            f"({exp(found.change[i, j]):.1f} times, the change of others set aside)"
        )

    return Sign("denominator", levels, np.isfinite(found.z), words)


def reorganised(panel: Panel) -> Sign:
    """A body in its first year: no earlier figure is its own. Known for English authorities by their numbers."""
    levels = levels_of(panel)
    said: dict[tuple[int, int], str] = {}
    years = [_first_year(p) for p in panel.periods]
    for i, unit in enumerate(panel.units):
        for change in reorganisation_of(int(unit.code)) if unit.code.isdecimal() else ():
            for j, year in enumerate(years):
                if year == _began(change) and int(unit.code) in change.after and np.isfinite(panel.value[i, j]):
                    levels[i, j] = Fitness.CAUTION
                    said[i, j] = f"it is the first year of a new body: {change.words(int(unit.code))}"
    return Sign("reorganised", levels, np.isfinite(panel.value), lambda i, j: said[i, j], from_data=False)


def _began(change: Reorganisation) -> int:
    return change.on.year


def _first_year(period: str) -> int | None:
    """The calendar year in which a year of account begins: 2009-10 and 2009/10 begin in 2009, 2010 in 2009."""
    if re.fullmatch(r"(\d{4})[-/](\d{2}|\d{4})", period):
        return int(period[:4])
    return int(period) - 1 if re.fullmatch(r"\d{4}", period) else None
