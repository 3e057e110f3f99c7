"""What is said of money and timeliness: associations, never effects."""

from __future__ import annotations

import numpy as np

from casetrail.compare.series_words import Asked, figure, lowered
from casetrail.figures import Refusal
from casetrail.public.panel import Floats, Panel
from casetrail.public.spend import caveats as about_spend
from casetrail.stats.first_differences import Together

METHOD = (
    "Spend: Section 251 outturn, sums of lines that keep their scope. Across all bodies: changes from one year to the "
    "next (2013-14 is missing and not bridged), spend in steps of 10 %, each less the mean change of all bodies in "
    "that year, so that neither lasting differences nor what moved for all (prices, national programmes) play a part; "
    "least squares; interval from 1,999 draws of whole bodies (Cameron, Gelbach and Miller, Review of Economics and "
    "Statistics 90, 2008, 414-427); p from giving each body the spend of another."
)
NOT_AN_EFFECT = (
    "An association of changes is not an effect. Money follows trouble: an authority that has just failed is often "
    "given more, and rises from its worst also without it. And no association does not show that money does nothing: "
    "returns are noisy, which draws a slope towards 0."
)
SEVERAL_LOOKS = (
    "The same question is asked in several ways: that one of them lies outside chance is not rare by chance itself. "
    "What does not hold in all of them is not shown."
)


def own_words(asked: Asked, years: tuple[str, ...], of: tuple[Floats, Floats]) -> str:
    """First and last year with both figures."""
    spend, value = of
    at = np.flatnonzero(np.isfinite(spend) & np.isfinite(value))
    title = lowered(asked.panel.measure.title)
    if at.size < 2:
        return f"{asked.name} has no two years with both spend per child and {title}."
    a, b = int(at[0]), int(at[-1])
    change = 100 * (float(spend[b]) / float(spend[a]) - 1)
    return (
        f"From {years[a]} to {years[b]} spend per child of {asked.name} went from {spend[a]:,.0f} to {spend[b]:,.0f} "
        f"pounds ({figure(change, signed=True)} %, not allowing for prices), and {title} from "
        f"{figure(float(value[a]))} to {asked.number(float(value[b]))}."
    )


def association_words(panel: Panel, found: Together | Refusal) -> str:
    """Across all bodies, in one sentence."""
    if isinstance(found, Refusal):
        return f"Across all authorities no association can be reckoned: {lowered(found.message)}"
    unit = "percentage points" if panel.measure.unit == "%" else panel.measure.unit
    shown = "" if found.low > 0 or found.high < 0 else ", which cannot be told from none"
    return (
        f"Across {found.units} authorities and {found.pairs:,} yearly changes, {figure(found.slope, signed=True)} "
        f"{unit} went together with 10 % more spend in the same year (95 % interval {figure(found.low, signed=True)} "
        f"to {figure(found.high, signed=True)}){shown}. This is an association, not an effect."
    )


def choice_words(later: int, plausible: bool) -> str:
    """One row of the table of choices."""
    when = "value in the year after" if later else "value in the same year"
    return f"{when}; {'without changes that are more likely booking' if plausible else 'all changes of spend'}"


def caveats(money: Panel) -> tuple[str, ...]:
    """What stands beside every figure of money."""
    return (NOT_AN_EFFECT, SEVERAL_LOOKS, *about_spend(), f"Spend: {money.measure.definition}")
