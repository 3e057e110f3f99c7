"""Spend and a measure of the same bodies in the same years, and their changes from one year to the next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from casetrail.public.panel import Floats, Panel

# More than half up, or a third down, in one year is more likely another heading than another sum.
BOOKED = 1.5
# A change of spend is counted in steps of 10 %.
STEP = np.log(1.1)


@dataclass(frozen=True, slots=True)
class MoneyBeside:
    """Both panels on the same bodies and years: `spend` in logarithms of pounds per child, `value` of the measure."""

    codes: tuple[str, ...]
    years: tuple[str, ...]
    spend: Floats
    value: Floats

    def changes(self, *, later: int, plausible: bool) -> tuple[Floats, Floats]:
        """From one year to the next: of spend in steps of 10 %, of the value `later` years after."""
        steps = [
            (a, a + later)
            for a in range(len(self.years) - 1)
            if _next(self.years, a) and a + later + 1 < len(self.years) and _next(self.years, a + later)
        ]
        x = np.stack([self.spend[:, a + 1] - self.spend[:, a] for a, _ in steps], axis=1)
        y = np.stack([self.value[:, b + 1] - self.value[:, b] for _, b in steps], axis=1)
        if plausible:
            x = np.where(np.abs(x) > np.log(BOOKED), np.nan, x)
        return x / STEP, y


def money_beside(panel: Panel, money: Panel) -> MoneyBeside:
    """Bodies of both tables by code, and the years of the spend; a year that the measure does not have is unknown."""
    at = {u.code: i for i, u in enumerate(panel.units)}
    rows = [(i, at[u.code]) for i, u in enumerate(money.units) if u.code in at]
    years = money.periods
    with np.errstate(divide="ignore", invalid="ignore"):
        spend = np.log(money.value[[i for i, _ in rows]])
    value = np.full((len(rows), len(years)), np.nan)
    for t, year in enumerate(years):
        if year in panel.periods:
            value[:, t] = panel.value[[j for _, j in rows], panel.periods.index(year)]
    codes = tuple(money.units[i].code for i, _ in rows)
    return MoneyBeside(codes, years, np.where(np.isfinite(spend), spend, np.nan), value)


def _next(years: tuple[str, ...], at: int) -> bool:
    """Whether the year after this one is the next column: 2013-14 is missing."""
    return int(years[at + 1][:4]) == int(years[at][:4]) + 1
