"""How many are on neither of two lists: a range over odds ratios, and a point only for an odds ratio that is stated.

Two lists say nothing of how far being on one goes with being on the other. At an odds ratio of 1 (no dependence) the
point is D. G. Chapman's (University of California Publications in Statistics 1, 1951, 131-160), which hardly errs in
the mean; at another it is that times the odds ratio: S. C. Gerritse, P. G. M. van der Heijden and B. F. M. Bakker,
"Sensitivity of population size estimation for violating parametric assumptions in log-linear models", Journal of
Official Statistics 31 (2015) 357-379.

The default range, 0.5 to 5: of 38 pairs of lists in ten public tables of persons with three lists or more, the odds
ratio among those who are on a further list lay above 1 in 35, between 1.0 and 4.5 in the middle four fifths, with a
median of 2.1, and between 0.5 and 5 in 33. (Of pairs with at least five such persons on both, and some on each alone.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from casetrail.demand.lists import Lists
from casetrail.demand.two_lists.profile import interval
from casetrail.demand.two_lists.table import PERFECT, Cells, Linkage, linked
from casetrail.figures import Refusal

Floats = npt.NDArray[np.float64]
LIKELY = (0.5, 5.0)
# Below 7 the estimate leans low: D. S. Robson and H. A. Regier, Transactions of the American Fisheries Society 93
# (1964) 215-226.
ENOUGH_ON_BOTH = 7
POINTS = 41


@dataclass(frozen=True, slots=True)
class AtOdds:
    """Hidden persons if the odds ratio were this: point and ends of the interval."""

    odds_ratio: float
    hidden: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Curve:
    """The same for many odds ratios, evenly spaced on the log scale; arrays of one length, for a chart."""

    odds_ratio: Floats
    hidden: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True)
class Seen:
    """What was counted. `counts`: on both, on the first alone, on the second alone, as found. `known`: persons on at
    least one list, corrected for `links`. Warnings: `few_on_both` (fewer than 7), `links_corrected`,
    `unusual_odds_ratio` (outside `LIKELY`)."""

    names: tuple[str, ...]
    counts: tuple[int, int, int]
    known: float
    links: Linkage
    level: float
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """Hidden persons at the odds ratio that was stated."""

    seen: Seen
    at: AtOdds

    @property
    def total(self) -> tuple[float, float, float]:
        """All persons: point, low, high."""
        return self.seen.known + self.at.hidden, self.seen.known + self.at.low, self.seen.known + self.at.high


@dataclass(frozen=True, slots=True)
class HiddenRange:
    """Hidden persons from the lowest end to the highest, errors of sampling at both included.

    `lowest`, `independent` (odds ratio 1, also where it is outside the range) and `highest` are candidates, none of
    them the answer. `doubled` is the odds ratio at which as many would be hidden as are known.
    """

    seen: Seen
    lowest: AtOdds
    independent: AtOdds
    highest: AtOdds
    low: float
    high: float
    doubled: float
    curve: Curve


@dataclass(frozen=True, slots=True)
class BreakEven:
    """The odds ratio at which the point reaches a stated hidden number. `low` and `high`: beyond them the whole
    interval lies under, or over, that number; infinite where none does."""

    hidden: float
    odds_ratio: float
    low: float
    high: float


def hidden_at(of: Lists, *, odds_ratio: float, level: float = 0.95, links: Linkage = PERFECT) -> Point | Refusal:
    """Hidden persons if the odds ratio is what is stated here; nothing in the two lists can confirm it.

    Raises: ValueError unless the odds ratio is above 0 and finite, and the level between 0 and 1.
    """
    both = linked(of, links)
    if isinstance(both, Refusal):
        return both
    curve = _curve(both, np.array([_checked(odds_ratio)]), level, links)
    return Point(_seen(of, both, links, (odds_ratio, level)), _at(curve, 0))


def hidden_range(
    of: Lists, *, odds_ratios: tuple[float, float] = LIKELY, level: float = 0.95, links: Linkage = PERFECT
) -> HiddenRange | Refusal:
    """The range that is left when the odds ratio is known no better than from one to the other.

    It holds the truth at least as often as the level says, wherever in the range the odds ratio is.
    Raises: ValueError unless 0 < lowest < highest odds ratio, and the level is between 0 and 1.
    """
    lowest, highest = (_checked(end) for end in odds_ratios)
    if lowest >= highest:
        raise ValueError("the range of odds ratios must run from a lower to a higher one")
    both = linked(of, links)
    if isinstance(both, Refusal):
        return both
    curve = _curve(both, np.geomspace(lowest, highest, POINTS), level, links)
    one = _at(_curve(both, np.array([1.0]), level, links), 0)
    seen = _seen(of, both, links, (lowest, highest, level))
    return HiddenRange(
        seen=seen,
        lowest=_at(curve, 0),
        independent=one,
        highest=_at(curve, -1),
        low=float(curve.low.min()),
        high=float(curve.high.max()),
        doubled=seen.known / one.hidden,
        curve=curve,
    )


def break_even(of: Lists, *, hidden: float, level: float = 0.95, links: Linkage = PERFECT) -> BreakEven | Refusal:
    """How strong the dependence would have to be for this many to be hidden.

    Raises: ValueError unless `hidden` is above 0 and finite.
    """
    both = linked(of, links)
    if isinstance(both, Refusal):
        return both
    ratio = _checked(hidden) / _points(both[1], np.array([1.0]))[0]
    # Ends as functions of the odds ratio, read off a fine curve that reaches far on both sides.
    curve = _curve(both, ratio * np.geomspace(1e-3, 1e3, 1201), level, links)
    reached = np.flatnonzero(curve.high >= hidden)
    under = np.flatnonzero(curve.low <= hidden)
    low = float(curve.odds_ratio[reached[0]]) if reached.size and reached[0] > 0 else 0.0
    last = int(under[-1]) if under.size else -1
    high = float(curve.odds_ratio[last]) if last < curve.low.size - 1 else float("inf")
    return BreakEven(hidden, float(ratio), low, high)


def over_links(
    of: Lists, *, odds_ratio: float, missed: Sequence[float] = (0.0, 0.05, 0.1, 0.2), level: float = 0.95
) -> tuple[Point | Refusal, ...]:
    """The estimate if such shares of the true links had been missed: fewer links found means more persons made up."""
    return tuple(hidden_at(of, odds_ratio=odds_ratio, level=level, links=Linkage(m)) for m in missed)


def _checked(number: float) -> float:
    if not 0 < number < float("inf"):
        raise ValueError("an odds ratio, and a number that may be hidden, is above 0 and finite")
    return float(number)


def _points(of: Cells, odds_ratios: Floats) -> Floats:
    return np.asarray(odds_ratios * of.first * of.second / (of.both + 1), dtype=np.float64)


def _curve(both: tuple[Cells, Cells], odds_ratios: Floats, level: float, links: Linkage) -> Curve:
    found, right = both
    low, high = interval(right, odds_ratios, level=level)
    point = _points(right, odds_ratios)
    wider = _wider(found, right, links.growth)
    with np.errstate(divide="ignore"):
        low, high = point * (low / point) ** wider, point * (high / point) ** wider
    return Curve(odds_ratios, point, low, high)


def _wider(found: Cells, right: Cells, growth: float) -> float:
    """How much wider the interval is on the log scale since links that were put back were never counted.

    Delta method: variance of log(first x second / both) of the corrected counts when the counts as found vary as
    Poisson, over what it would be if the corrected ones had been counted.
    """
    by_both = growth / right.first + growth / right.second + 1 / found.both
    really = found.first / right.first**2 + found.second / right.second**2 + found.both * by_both**2
    return float(np.sqrt(really / (1 / right.first + 1 / right.second + 1 / right.both)))


def _at(curve: Curve, i: int) -> AtOdds:
    return AtOdds(*(float(part[i]) for part in (curve.odds_ratio, curve.hidden, curve.low, curve.high)))


def _seen(of: Lists, both: tuple[Cells, Cells], links: Linkage, asked: tuple[float, ...]) -> Seen:
    found, right = both
    *ratios, level = asked
    said = {
        "few_on_both": found.both < ENOUGH_ON_BOTH,
        "links_corrected": links != PERFECT,
        "unusual_odds_ratio": min(ratios) < LIKELY[0] or max(ratios) > LIKELY[1],
    }
    first, second, on_both = (int(c) for c in of.counts[1:])
    return Seen(of.names, (on_both, first, second), right.known, links, level, tuple(c for c, on in said.items() if on))
