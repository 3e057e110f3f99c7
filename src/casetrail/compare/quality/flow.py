"""Signs in the balance of open and closed cases: is an open case open?"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from casetrail.compare.quality.sign import Fitness, Sign, levels_of
from casetrail.public.panel import Floats, Panel
from casetrail.stats.gates import balance, stock_and_flow
from casetrail.stats.robust import middle

# One blameless figure in a hundred lies beyond this by chance (one-sided, normal).
SUSPECT = 2.326347874041
# Years to clear against the middle, and starts against the period before, from which the sign is said.
SLOW = 1.5
RUSH = 1.15
# A share of the stock that came or went without a start or an end, and how far that is from what others show.
UNEXPLAINED = 0.3
HALF = 0.5
FAR = 5.0

# Which shipped flow empties and fills which shipped stock.
FLOWS = {
    "children-in-need-rate": ("children-in-need-started", "children-in-need-ended"),
    "plans-rate": ("plans-started", "plans-ended"),
}


def clearing(panel: Panel, ended: Panel, started: Panel | None = None) -> tuple[Sign, Floats, Floats]:
    """Finished work held as open; with the years to clear and their z, for the page.

    Not said of a body that clears little slower than the middle, nor where more cases started and no fewer ended than
    the period before: a stock that a rush of new cases explains.
    """
    levels = levels_of(panel)
    stock, flow = panel.numerator, ended.numerator
    people = panel.denominator if panel.measure.kind == "rate" else None
    z = stock_and_flow(stock, flow, people)
    with np.errstate(divide="ignore", invalid="ignore"):
        years = np.where(flow > 0, stock / flow, np.nan)
    slow = years > SLOW * middle(years)
    rushed = np.zeros_like(slow) if started is None else _rush(started.numerator, flow)
    z = np.where(slow & ~rushed, z, np.fmin(z, 0.0))
    levels[z > SUSPECT] = Fitness.NOT_FIT

    def words(i: int, j: int) -> str:
        return (
            f"{stock[i, j]:,.0f} were held as open and {flow[i, j]:,.0f} closed in the year: {years[i, j]:.1f} years "
            f"to clear, against {np.nanmedian(years[:, j]):.1f} in the middle authority; so many open for so few "
            "closed and so few people point to finished work held as open"
        )

    return Sign("stock-flow", levels, np.isfinite(z), words), years, z


def _rush(started: Floats, ended: Floats) -> npt.NDArray[np.bool_]:
    """Where starts rose and endings did not fall since the period before."""
    found = np.zeros(started.shape, dtype=np.bool_)
    with np.errstate(invalid="ignore"):
        found[:, 1:] = (started[:, 1:] > RUSH * started[:, :-1]) & (ended[:, 1:] >= ended[:, :-1])
    return found


def balancing(panel: Panel, started: Panel, ended: Panel) -> Sign:
    """Cases that came or went without being counted as started or ended."""
    levels = levels_of(panel)
    stock = panel.numerator
    found = balance(stock, started.numerator, ended.numerator)
    far = (np.abs(found.z) > FAR) & (np.abs(found.vanished) > UNEXPLAINED)
    levels[far] = Fitness.CAUTION
    # What vanished at the next count had stood in the count before it.
    before = np.zeros_like(far)
    before[:, :-1] = far[:, 1:] & (found.vanished[:, 1:] > 0)
    levels[before] = np.maximum(levels[before], Fitness.CAUTION)
    gone = np.zeros_like(far)
    gone[:, :-1] = before[:, :-1] & (found.vanished[:, 1:] > HALF)
    levels[gone] = Fitness.NOT_FIT

    def words(i: int, j: int) -> str:
        if before[i, j]:
            left = found.vanished[i, j + 1] * (stock[i, j] + stock[i, j + 1]) / 2
            return (
                f"some {left:,.0f} of the {stock[i, j]:,.0f} held as open had gone at the next count without being "
                "counted as ended"
            )
        left = found.vanished[i, j] * (stock[i, j - 1] + stock[i, j]) / 2
        what = "went without being counted as ended" if left > 0 else "came without being counted as started"
        return f"some {abs(left):,.0f} cases {what} since the count before (now {stock[i, j]:,.0f} open)"

    return Sign("balance", levels, np.isfinite(found.z), words)
