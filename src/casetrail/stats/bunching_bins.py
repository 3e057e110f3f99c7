"""What do a few published bins say about a limit? Bounds over all smooth shapes, and a refusal where they say nothing.

A bin just below a limit can be full because work was moved into it, or because most cases take about that long. Bins
cannot tell a sharp edge from a steep but smooth fall, so it must be said how steep is still natural. Here: the natural
durations are any mixture whatever of normal bumps with a standard deviation of at least `bump` days, so nothing in them
is narrower. (A wider bump is a mixture of narrower ones, so one width covers all above it.) Over that class and over
the chance of the counts, linear programming gives the least and the largest share of cases that can have been moved
from the bins behind the limit into the one before it. Bounds instead of one answer: C. F. Manski, "Partial
identification of probability distributions" (2003); for excess mass at a limit: M. Bertanha, A. H. McCallum and
N. Seegert, Journal of Econometrics 237 (2023) 105512. Chance: exact binomial limits of each bin, with Bonferroni's
correction over the bins, so that in a smooth world the least share is above zero in at most 5 % of cases.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Reason = Literal["limit_between_bins", "bins_too_wide", "counts_withheld", "too_few_cases", "no_smooth_shape"]

# A bin that holds nearly all of the narrowest bump cannot be told from one that was filled.
WIDEST = 2.0
LEAST_CASES, LEAST_BESIDE = 200, 10
# Bumps stand this close, in their own width: closer ones change no bin by a thousandth.
SPACING = 0.25
# Below this a share is the tolerance of the solver and not a finding.
SOLVED = 1e-6
_TAIL, _NARROWEST, _HALVINGS = 60.0, 0.25, 12


@dataclass(frozen=True, slots=True)
class Bins:
    """Durations in whole days: `first` and `last` day of each bin, both included (`last` None: open), in order.

    `counts` are nan where withheld; all of these together hold what `all_cases`, the published total, leaves for them,
    and each can hold all of it. Counts are rounded to `rounded_to` (1: not rounded).
    """

    first: tuple[int, ...]
    last: tuple[int | None, ...]
    counts: tuple[float, ...]
    rounded_to: int = 1
    all_cases: int | None = None

    def __post_init__(self) -> None:
        ends = [-1 if last is None else last for last in self.last[:-1]]
        if not len(self.first) == len(self.last) == len(self.counts) or len(self.first) < 3:
            raise ValueError("at least three bins, each with a first day, a last day and a count")
        if any(end + 1 != start for end, start in zip(ends, self.first[1:], strict=True)):
            raise ValueError("bins must follow each other without a gap, only the last without an end")

    @property
    def withheld(self) -> float:
        """Cases in withheld bins; 0 without any, nan when the total is not known either."""
        if not np.any(np.isnan(self.counts)):
            return 0.0
        return np.nan if self.all_cases is None else max(float(self.all_cases - np.nansum(self.counts)), 0.0)

    @property
    def total(self) -> float:
        """All cases: the published counts and what is withheld."""
        return float(np.nansum(self.counts)) + self.withheld

    def before(self, limit: int) -> int | None:
        """Index of the bin that ends with the limit; None when there is none, or none behind it."""
        return self.last.index(limit) if limit in self.last[:-1] else None


@dataclass(frozen=True, slots=True)
class Beside:
    """Cases per day in the bins just before and just after the limit, and the ratio with its interval.

    `share` of all cases lies in the bin before. Intervals allow for chance and for rounding.
    """

    before: float
    after: float
    ratio: float
    ratio_low: float
    ratio_high: float
    share: float
    share_low: float
    share_high: float
    level: float


@dataclass(frozen=True, slots=True)
class Bounds:
    """Least and largest share of all cases that can have been moved before the limit, natural bumps no narrower than
    `bump` days; `narrowest` is how narrow a bump would have to be for nobody to have been moved.

    A least share above 0 rejects, at `level`, that the bins come from any smooth shape of this class alone.
    """

    least: float
    largest: float
    bump: float
    narrowest: float
    level: float


@dataclass(frozen=True, slots=True)
class CannotTell:
    """Why the bins allow no bounds; `narrowest` as in `Bounds`, None where not even that can be said."""

    reason: Reason
    narrowest: float | None = None


def beside(bins: Bins, limit: int, level: float = 0.95) -> Beside | CannotTell:
    """The two bins beside the limit, as they are: no curve and no assumption."""
    at = bins.before(limit)
    if at is None or bins.last[at + 1] is None:
        return CannotTell("limit_between_bins")
    x, y = bins.counts[at], bins.counts[at + 1]
    if not np.isfinite(x + y + bins.total):
        return CannotTell("counts_withheld")
    if min(x, y) < LEAST_BESIDE or bins.total < LEAST_CASES:
        return CannotTell("too_few_cases")
    from casetrail.stats.intervals import normal_quantile, wilson

    d1, d2 = _width(bins, at), _width(bins, at + 1)
    off = 0.0 if bins.rounded_to == 1 else bins.rounded_to / 2
    half = normal_quantile(level) * float(np.sqrt(1 / x + 1 / y))
    ratio = (x / d1) / (y / d2)
    total = round(bins.total)
    return Beside(
        before=x / d1,
        after=y / d2,
        ratio=ratio,
        ratio_low=float(ratio * (x - off) / x * y / (y + off) * np.exp(-half)),
        ratio_high=float(ratio * (x + off) / x * y / (y - off) * np.exp(half)),
        share=x / total,
        share_low=wilson(int(x - off), total, level)[0],
        share_high=wilson(min(int(x + off), total), total, level)[1],
        level=level,
    )


def moved_bounds(bins: Bins, limit: int, *, bump: float, level: float = 0.95) -> Bounds | CannotTell:
    """Bounds of the share moved into the bin that ends with the limit, from any of the bins behind it.

    Raises: ValueError unless `bump` is above 0.
    """
    if not bump > 0:
        raise ValueError("a bump has a width above 0 days")
    at = bins.before(limit)
    if at is None:
        return CannotTell("limit_between_bins")
    if not np.isfinite(bins.counts[at] + bins.counts[at + 1] + bins.total):
        return CannotTell("counts_withheld")
    if bins.total < LEAST_CASES or min(bins.counts[at], bins.counts[at + 1]) < LEAST_BESIDE:
        return CannotTell("too_few_cases")
    low, high = _limits(bins, level)
    narrowest = _narrowest(bins, low, high)
    if _width(bins, at) > WIDEST * bump:
        return CannotTell("bins_too_wide", narrowest)
    least, largest = (_programme(bins, (low, high), bump, moved=(at, sense)) for sense in (1.0, -1.0))
    if least is None or largest is None:
        return CannotTell("no_smooth_shape", narrowest)
    return Bounds(least, largest, bump, narrowest, level)


def _width(bins: Bins, at: int) -> int:
    last = bins.last[at]
    return (last if last is not None else bins.first[at]) - bins.first[at] + 1


def _limits(bins: Bins, level: float) -> tuple[Floats, Floats]:
    """Simultaneous limits of the share of each bin: chance, rounding, and what a withheld count can be."""
    from scipy.special import betaincinv

    counts = np.array(bins.counts, dtype=np.float64)
    off = 0.0 if bins.rounded_to == 1 else bins.rounded_to / 2
    hidden = np.isnan(counts)
    x0 = np.where(hidden, 0.0, np.maximum(counts - off, 0.0))
    x1 = np.where(hidden, bins.withheld, counts + off)
    total = np.maximum(bins.total, x1)
    tail = (1 - level) / counts.size / 2
    low = np.where(x0 > 0, betaincinv(np.maximum(x0, 0.5), total - x0 + 1, tail), 0.0)
    high = np.where(x1 < total, betaincinv(x1 + 1, np.maximum(total - x1, 0.5), 1 - tail), 1.0)
    return low, high


@lru_cache(maxsize=64)
def _bumps(first: tuple[int, ...], last: tuple[int | None, ...], bump: float) -> Floats:
    """Share of each bump (a column) in each bin (a row). Day d holds durations above d - 1 up to d; no day is below 0.

    Nothing is asked of day 0 when it has a bin of its own: what is closed at once is another kind of work.
    """
    from scipy.special import ndtr

    top = first[-1] + _TAIL
    middle = np.arange(-3 * bump, top + 6 * bump, SPACING * bump)
    rows = []
    for start, end in zip(first, last, strict=True):
        above = np.ones_like(middle) if end is None else ndtr((end - middle) / bump)
        below = ndtr((max(start, 0) - 1 - middle) / bump)
        rows.append(above - below)
    found = np.array(rows)
    if last[0] == 0:
        found[0] = 0.0
        found = np.column_stack([found, np.eye(len(first))[:, 0]])
    return found


def _programme(
    bins: Bins, limits: tuple[Floats, Floats], bump: float, *, moved: tuple[int, float] | None
) -> float | None:
    """Least (sense 1) or largest (-1) share moved into the bin at an index; 0 for nobody moved; None: no shape fits."""
    from scipy.optimize import linprog

    low, high = limits
    shapes = _bumps(bins.first, bins.last, bump)
    cost = np.zeros(shapes.shape[1])
    if moved is not None:
        at, sense = moved
        behind = np.arange(at + 1, low.size)
        flows = np.zeros((low.size, behind.size))
        flows[behind, np.arange(behind.size)] = -1.0
        flows[at] = 1.0
        shapes = np.column_stack([shapes, flows])
        cost = np.append(cost, np.full(behind.size, sense))
    found = linprog(
        cost,
        A_ub=np.vstack([shapes, -shapes]),
        b_ub=np.append(high, -low),
        A_eq=np.ones((1, shapes.shape[0])) @ shapes,
        b_eq=[1.0],
        bounds=(0, None),
        method="highs",
    )
    if found.status != 0:
        return None
    share = abs(float(found.fun))
    return share if share > SOLVED else 0.0


def _narrowest(bins: Bins, low: Floats, high: Floats) -> float:
    """The widest narrowest bump (days, at most the span of the bins) with which a shape fits and nobody was moved."""
    narrow, wide = _NARROWEST, float(bins.first[-1])
    if _programme(bins, (low, high), wide, moved=None) is not None:
        return wide
    for _ in range(_HALVINGS):
        middle = float(np.sqrt(narrow * wide))
        if _programme(bins, (low, high), middle, moved=None) is None:
            wide = middle
        else:
            narrow = middle
    return narrow


def suggested_bump(limit: int) -> float:
    """A ninth of the limit: five working days, one week, for a limit of nine weeks (45)."""
    return limit / 9


def sensitivity(
    bins: Bins, limit: int, *, bumps: Sequence[float], level: float = 0.95
) -> tuple[tuple[float, Bounds | CannotTell], ...]:
    """The bounds under several widths of the narrowest natural bump: no single one decides."""
    return tuple((bump, moved_bounds(bins, limit, bump=bump, level=level)) for bump in bumps)
