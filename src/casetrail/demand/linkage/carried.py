"""All persons on corrected counts: at the stated shares, over what is not known of them, and over a grid of shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from casetrail.demand.choosing.bootstrap import GIVE_UP, Chooser
from casetrail.demand.linkage.correct import Corrected, Floats, correct
from casetrail.demand.linkage.rates import Rates, alike, exactly
from casetrail.demand.linkage.replicates import replicates
from casetrail.demand.lists import Counts, Lists

LEVEL = 0.95
# Sets of counts drawn; each costs one correction.
MOST_DRAWS = 400
# With more lists a table has too many patterns for a grid of corrections.
MOST_LISTS = 6
MISSED, FALSE = (0.0, 0.02, 0.05, 0.10, 0.20), (0.0, 0.01, 0.02, 0.05)


@dataclass(frozen=True, slots=True)
class Carried:
    """`as_linked`, `total`: all persons before and after correction, None without an estimate. `low` to `high`: over
    counts drawn anew at shares drawn from what is known of them; None where a fifth or more have no estimate."""

    corrected: Corrected
    as_linked: float | None
    total: float | None
    low: float | None
    high: float | None
    draws: int


@dataclass(frozen=True, slots=True)
class AtShares:
    """All persons if these shares held for every pair of lists; `fits`: whether such shares fit the counts at all."""

    missed: float
    false: float
    total: float | None
    fits: bool


def two_lists(odds_ratio: float) -> Chooser:
    """Chapman's (1951) number times a stated odds ratio, added to those known."""

    def total(tables: Counts) -> Floats:
        first, second, both = (tables[:, place].astype(np.float64) for place in (1, 2, 3))
        all_persons = first + second + both + odds_ratio * first * second / (both + 1)
        return np.where(both > 0, all_persons, np.nan)

    return total


def carried(lists: Lists, rates: Rates, choose: Chooser, rng: np.random.Generator, *, draws: int) -> Carried:
    """The estimate of `choose` before and after, and its interval (percentiles of `draws` sets of counts)."""
    found = correct(lists, rates)
    drawn = replicates(lists, rates, rng, draws=min(draws, MOST_DRAWS))
    totals = choose(drawn.whole)
    held = totals[np.isfinite(totals)]
    low = high = None
    if held.size and held.size >= (1 - GIVE_UP) * totals.size:
        low, high = (float(end) for end in np.quantile(held, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]))
    before, after = (_one(choose, of) for of in (lists, found.rounded()))
    return Carried(found, before, after, low, high, int(totals.size))


def grid(lists: Lists, choose: Chooser, *, stated: Sequence[tuple[float, float]] = ()) -> tuple[AtShares, ...]:
    """Over plausible shares, and those `stated` (missed, false), alike for all pairs and taken as known."""
    wanted = sorted({*((m, f) for m in MISSED for f in FALSE), *stated})
    out = []
    for missed, false in wanted:
        found = correct(lists, alike(lists.k, missed=exactly(missed), false=exactly(false)))
        fits = not {"does_not_fit", "contradictory_shares", "not_settled"} & {*found.warnings}
        out.append(AtShares(missed, false, _one(choose, found.rounded()), fits))
    return tuple(out)


def _one(choose: Chooser, lists: Lists) -> float | None:
    total = float(choose(lists.counts[None])[0]) if lists.n else float("nan")
    return total if np.isfinite(total) else None
