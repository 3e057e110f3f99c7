"""How many cases were finished just before a limit in days that would otherwise have been finished after it?

The excess mass of Saez (2010) and Chetty and others (2011), for durations in whole days. The count of each day is
Poisson about a smooth curve on the logarithmic scale, so that no day is below zero. Behind the limit only a share of
that curve is left; what is gone lies in the window of days up to and including the limit (the integration constraint).
Where it is gone from (all later days, or only the first few) is asked of the data. Days of a working week and round
numbers have factors of their own, seen on the other days: a limit of 45 days is a multiple of 5 and of 9 weeks.
How smooth the curve is, is chosen by H. Akaike's criterion (IEEE Transactions on Automatic Control 19, 1974, 716-723).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np
import numpy.typing as npt

from casetrail.kernels.day_curve import OUTSIDE, THINNED, WINDOW, Design, fit_curve, fit_many

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Scale = Literal["log days", "days"]

DEGREES = (3, 5, 7, 9, 11, 13)
SCALES: tuple[Scale, ...] = ("log days", "days")
REACHES = (5, 10, 15, 20, 30)
# Without it the first days, of which there are few, would take up most of a logarithmic scale.
OFFSET = 3.0
LEAST_CASES, LEAST_AFTER = 300, 30
# The curve goes so far beyond the limit, and stops earlier where hardly a case is left.
BEYOND, LEFT_AT_END = 30, 10
DAYS_PER_TERM = 3
WEEK = 5
LEAST_DRAWS = 100


@dataclass(frozen=True, slots=True)
class Curve:
    """Polynomial of a degree on a scale; `reach`: moved cases came from so many days behind the limit (None: all)."""

    scale: Scale
    degree: int
    reach: int | None


@dataclass(frozen=True, slots=True)
class Days:
    """What is asked: days of the window up to the limit, curve (None: chosen), multiples with factors, draws, level."""

    window: int = 5
    curve: Curve | None = None
    multiples: tuple[int, ...] = (5, 10)
    draws: int = 500
    level: float = 0.95


@dataclass(frozen=True, slots=True)
class Moved:
    """`share` of all cases moved to before the limit with its interval, and the same as days' worth of the curve.

    `normalised` (b) is the excess over the natural count of one day of the window. `misfit` is Pearson's sum over its
    degrees of freedom: 1 where only chance is left, and intervals are wider by its root. `natural` has the curve of
    each of `days`, with all factors, before anybody moved; `seen` the counts.
    """

    share: float
    low: float
    high: float
    normalised: float
    normalised_low: float
    normalised_high: float
    level: float
    cases: int
    after: int
    misfit: float
    curve: Curve
    days: Ints
    seen: Floats
    natural: Floats


@dataclass(frozen=True, slots=True)
class _Table:
    """Daily counts about the limit: `beyond` cases are later than the last day; `total` has all, those of day 0 too."""

    days: Ints
    counts: Floats
    beyond: float
    total: int
    limit: int

    @property
    def after(self) -> int:
        return int(self.counts[self.days > self.limit].sum() + self.beyond)


@dataclass(frozen=True, slots=True)
class _Fitted:
    """One curve on one table: the score by which it is chosen, and what it says."""

    curve: Curve
    design: Design
    effects: Floats
    score: float
    misfit: float
    moved: float


def moved_before(
    durations: npt.ArrayLike, limit: int, *, rng: np.random.Generator, asked: Days | None = None
) -> Moved | None:
    """Share of finished cases moved to the last days before a limit, from their durations in whole days.

    None when fewer than 300 cases were finished, fewer than 30 after the limit, or no curve can be fitted: then there
    is too little to draw a curve through. Raises: ValueError for a limit that is not at least twice the window, or for
    durations below 0 or that are no whole days.
    """
    want = asked or Days()
    table = _table(durations, limit, want.window)
    if table.total < LEAST_CASES or table.after < LEAST_AFTER:
        return None
    fits = list(_fits(table, want))
    return _said(table, min(fits, key=lambda found: found.score), want, rng) if fits else None


def _table(durations: npt.ArrayLike, limit: int, window: int) -> _Table:
    found = np.asarray(durations)
    if limit < 2 * window or window < 1:
        raise ValueError("the limit must be at least twice the window")
    if found.ndim != 1 or not np.issubdtype(found.dtype, np.integer) or bool(np.any(found < 0)):
        raise ValueError("durations are whole days of 0 or more")
    last = limit + max(limit, BEYOND)
    counts = np.bincount(np.minimum(found, last + 1), minlength=last + 2).astype(np.float64)
    # Where hardly a case is left, days say little and pull a polynomial far down: the curve ends before.
    left = np.cumsum(counts[::-1])[::-1]
    last = min(last, max(limit + 1, int(np.max(np.flatnonzero(left >= LEFT_AT_END), initial=0))))
    return _Table(np.arange(1, last + 1), counts[1 : last + 1], float(counts[last + 1 :].sum()), found.size, limit)


def _fits(table: _Table, want: Days) -> Iterator[_Fitted]:
    """Every curve asked for that has days enough and settles."""
    days, limit = table.days, table.limit
    role = np.where(days > limit, THINNED, np.where(days > limit - want.window, WINDOW, OUTSIDE)).astype(np.int8)
    kept = role != WINDOW
    for scale, degree in product(SCALES, DEGREES) if want.curve is None else [(want.curve.scale, want.curve.degree)]:
        terms = _terms(days, scale, degree, want.multiples)
        # A multiple that no day outside the window has cannot be told from the limit itself.
        terms = np.ascontiguousarray(terms[:, (np.ptp(terms[kept], axis=0) > 0) | (np.arange(terms.shape[1]) == 0)])
        if np.count_nonzero(kept) < DAYS_PER_TERM * (terms.shape[1] + 1):
            continue
        start = np.linalg.lstsq(terms[kept], np.log(table.counts[kept] + 0.5), rcond=None)[0]
        for reach in (None, *REACHES) if want.curve is None else (want.curve.reach,):
            if reach is None or reach <= int(days[-1]) - limit - want.window:
                there = role.copy()
                there[days > limit + (reach or BEYOND * limit)] = OUTSIDE
                found = _fit(table, Curve(scale, degree, reach), (terms, there), np.append(start, 0.0))
                if found is not None:
                    yield found


def _fit(table: _Table, curve: Curve, design: Design, start: Floats) -> _Fitted | None:
    """One curve; None when it does not settle."""
    beyond = table.beyond if curve.reach is None else 0.0
    effects, deviance, pearson, moved = fit_curve(design, np.append(table.counts, beyond), start)
    if not np.isfinite(deviance):
        return None
    # A reach is taken only for a reason: where nobody moved, all reaches fit alike, and the luckiest would be taken.
    price = 0.0 if curve.reach is None else float(np.log(table.total))
    spare = int(np.count_nonzero(design[1] != WINDOW)) + 1 - start.size
    return _Fitted(curve, design, effects, deviance + 2 * start.size + price, pearson / spare, moved)


def _terms(days: Ints, scale: Scale, degree: int, multiples: tuple[int, ...]) -> Floats:
    """Chebyshev polynomials over the days, factors of the days of a week (multiples of 5), and of other multiples."""
    x = np.log(days + OFFSET) if scale == "log days" else days.astype(np.float64)
    columns = [np.polynomial.chebyshev.chebvander(2 * (x - x[0]) / (x[-1] - x[0]) - 1, degree)]
    for multiple in multiples:
        rests = range(4) if multiple == WEEK else (0,)
        columns += [((days % multiple == rest) - 1 / multiple)[:, None] for rest in rests]
    return np.hstack(columns)


def _said(table: _Table, best: _Fitted, want: Days, rng: np.random.Generator) -> Moved:
    terms, role = best.design
    natural = np.exp(terms @ best.effects[:-1])
    window = role == WINDOW
    share, normalised = best.moved / table.total, best.moved / float(natural[window].mean())
    low = high = b_low = b_high = np.nan
    if want.draws:
        moved, whole = _draws(table, best, want.draws, rng)
        wider = float(np.sqrt(max(best.misfit, 1.0)))
        low, high = _around(share, moved / table.total, wider, want.level)
        b_low, b_high = _around(normalised, moved * np.count_nonzero(window) / whole, wider, want.level)
    return Moved(
        share=share,
        low=low,
        high=high,
        normalised=normalised,
        normalised_low=b_low,
        normalised_high=b_high,
        level=want.level,
        cases=table.total,
        after=table.after,
        misfit=best.misfit,
        curve=best.curve,
        days=table.days,
        seen=table.counts,
        natural=natural,
    )


def _draws(table: _Table, best: _Fitted, draws: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Cases moved, and natural cases of the window, with cases drawn anew and the same curve fitted to them."""
    other = table.total - table.counts.sum() - table.beyond
    chances = np.append(table.counts, (table.beyond, other)) / table.total
    drawn = rng.multinomial(table.total, chances, size=draws).astype(np.float64)[:, :-1]
    if best.curve.reach is not None:
        drawn[:, -1] = 0.0
    moved, whole = fit_many(best.design, np.ascontiguousarray(drawn), best.effects)
    settled = np.isfinite(moved)
    return moved[settled], whole[settled]


def _around(value: float, drawn: Floats, wider: float, level: float) -> tuple[float, float]:
    if drawn.size < LEAST_DRAWS:
        return np.nan, np.nan
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return value + wider * (float(low) - value), value + wider * (float(high) - value)
