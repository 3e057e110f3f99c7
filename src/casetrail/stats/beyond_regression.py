"""Did a figure move after an event more than it would have moved anyway?

A figure that was unusually low is followed by a better one with nothing done at all (F. Galton, Journal of the
Anthropological Institute 15 (1886) 246-263, "regression towards mediocrity"). Bodies are looked at when their figures
are low; so a plain before and after credits the look with what would have come of itself.

Here every year of every unit without an event shows what follows a figure like that: the figure after is predicted from
the last one before, the mean of three years before, the mean of all years before, drawn to the middle where they are
few (all linear), and what moved everybody in that year. The excess is what the years with an event have beyond that.
How far such a mean strays by itself is also seen by moving each event to another year of the same unit at random.

It holds where whoever chose the year and the grade knew the figures of the past, and nothing else that foretells the
next one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, sqrt

import numpy as np
import numpy.typing as npt

from casetrail.stats.before_after_event import Events, relative_to_all
from casetrail.stats.tau_b import Floats, Whole

FEWEST, FEWEST_WINDOWS, FEWEST_QUIET, FEWEST_PLACES = 8, 60, 10, 4
RECENT = 3
DOUBTS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)


@dataclass(frozen=True, slots=True)
class Ahead:
    """Which sets of grades are asked about, and how many years after the event (1 or more)."""

    grades: Sequence[Sequence[int]]
    years: int


@dataclass(frozen=True, slots=True)
class Excess:
    """The events of one set of grades. All in the unit of the figure, relative to the median of all units.

    `naive`: figure after less figure before; `expected`: what follows such figures without an event; `excess`: the
    rest, with its interval and two-sided `p`. `p_placebo`: share of sets of moved dates whose mean strays as far from
    the mean of them all. It knows only how single units move, so it is the more easily impressed of the two.
    """

    n: int
    units: int
    naive: float
    expected: float
    excess: float
    low: float
    high: float
    p: float
    p_placebo: float


@dataclass(frozen=True, slots=True)
class Windows:
    """Each year that has the figures around it: unit, period, and `design` (last, recent, all before, one per year).

    `weights` and their `spread` (a covariance that allows for units) come from `fitted_on` years without an event.
    """

    unit: Whole
    period: Whole
    design: Floats
    after: Floats
    weights: Floats
    spread: Floats
    fitted_on: int

    @property
    def before(self) -> Floats:
        return self.design[:, 0]

    @property
    def expected(self) -> Floats:
        return self.design @ self.weights

    @property
    def rest(self) -> Floats:
        return self.after - self.expected


def excess_after_event(
    figures: Floats, events: Events, ahead: Ahead, *, rng: np.random.Generator, permutations: int = 2_000
) -> tuple[Excess | None, ...] | None:
    """For each set of grades, the excess of the year asked about, with a 95 % interval.

    `figures` has the shape (units, periods). None where there are fewer than sixty years to learn from; None for a set
    with events in fewer than eight units that have at least four years to which a placebo could be moved.
    Raises: ValueError for a year that is not after the event.
    """
    windows = windows_of(relative_to_all(figures), events, ahead.years)
    if windows is None:
        return None
    at = {(int(u), int(t)): i for i, (u, t) in enumerate(zip(windows.unit, windows.period, strict=True))}
    places = {int(u): np.flatnonzero(windows.unit == u) for u in np.unique(events.unit)}
    found: list[Excess | None] = []
    for wanted in ahead.grades:
        chosen = [
            (int(u), at[int(u), int(t)])
            for u, t, g in zip(events.unit, events.period, events.grade, strict=True)
            if g in wanted and (int(u), int(t)) in at and places[int(u)].size >= FEWEST_PLACES
        ]
        found.append(_excess(windows, chosen, places, (rng, permutations)))
    return tuple(found)


def windows_of(relative: Floats, events: Events, after: int) -> Windows | None:
    """Every year with the figure before it, one more of the two before that, and the figure `after` years later."""
    if after < 1:
        raise ValueError("a figure after an event is at least one year later")
    rows = [_known_by(relative, t, after) for t in range(2, relative.shape[1] - after)]
    table = np.concatenate(rows) if rows else np.empty((0, 7))
    quiet = ~_near(table, events)
    # What moves everybody in a year is learnt from the units without an event in that year; where there are too few of
    # them, the year is left out.
    learnt = np.bincount(table[quiet, 1].astype(np.int64), minlength=relative.shape[1]) >= FEWEST_QUIET
    kept = learnt[table[:, 1].astype(np.int64)]
    table, quiet = table[kept], quiet[kept]
    if quiet.sum() < FEWEST_WINDOWS:
        return None
    unit, period, after_it = table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 6]
    years = np.column_stack([period[:, None] == np.flatnonzero(learnt), _since(table, events)])
    # How many years say as much as being one of the units does is not known: the number that foretells best is taken.
    designs = [np.column_stack([table[:, 2:4], table[:, 4] / (table[:, 5] + doubt), years]) for doubt in DOUBTS]
    design = min(designs, key=lambda d: _missed(d[quiet], after_it[quiet]))
    weights, spread = _fitted(design[quiet], after_it[quiet], unit[quiet])
    return Windows(unit, period, design, after_it, weights, spread, int(quiet.sum()))


def _known_by(relative: Floats, t: int, after: int) -> Floats:
    """One row for each unit: unit, period, last figure, mean of up to three, sum and number of all, figure after."""
    recent, past = relative[:, max(0, t - RECENT) : t], relative[:, :t]
    known = np.isfinite(recent).sum(axis=1)
    u = np.flatnonzero(np.isfinite(relative[:, t - 1]) & np.isfinite(relative[:, t + after]) & (known >= 2))
    mean, number = np.nansum(recent[u], axis=1) / known[u], np.isfinite(past[u]).sum(axis=1)
    last, later = relative[u, t - 1], relative[u, t + after]
    return np.column_stack([u, np.full(u.size, t), last, mean, np.nansum(past[u], axis=1), number, later])


def _missed(design: Floats, after: Floats) -> float:
    """Sum of squares that least squares leaves, less that of the figures themselves."""
    own = design.T @ after
    return -float(own @ np.linalg.pinv(design.T @ design) @ own)


def _fitted(design: Floats, after: Floats, unit: Whole) -> tuple[Floats, Floats]:
    """Least squares, and the covariance of its weights with the years of a unit taken together."""
    inverse = np.linalg.pinv(design.T @ design)
    weights = inverse @ design.T @ after
    names, own = np.unique(unit, return_inverse=True)
    scores = np.zeros((names.size, design.shape[1]))
    np.add.at(scores, own, design * (after - design @ weights)[:, None])
    return weights, np.asarray(inverse @ (scores.T @ scores) @ inverse, dtype=np.float64)


def _near(table: Floats, events: Events) -> npt.NDArray[np.bool_]:
    """Windows (unit and period in the first two columns) at an event of the same unit, or a year past one.

    Those before an event stay in. Leaving them out would keep the years that did not lead to one, which is to choose by
    what came after; under no effect they are as good as any other, and under an effect they can only hide some of it.
    """
    return _any_event(table, events, 0, 1)


def _since(table: Floats, events: Events) -> npt.NDArray[np.bool_]:
    """Windows two or more years past an event: what lasts of it must not be taken for what moves everybody."""
    return _any_event(table, events, 2, inf)


def _any_event(table: Floats, events: Events, least: int, most: float) -> npt.NDArray[np.bool_]:
    """Windows at least and at most so many years past an event of the same unit."""
    found = np.zeros(len(table), dtype=np.bool_)
    for u, t in zip(events.unit, events.period, strict=True):
        past = table[:, 1] - t
        found |= (table[:, 0] == u) & (past >= least) & (past <= most)
    return found


def _excess(
    windows: Windows,
    chosen: Sequence[tuple[int, int]],
    places: dict[int, Whole],
    how: tuple[np.random.Generator, int],
) -> Excess | None:
    from scipy.stats import t as student

    if len({u for u, _ in chosen}) < FEWEST:
        return None
    own, units = np.array([i for _, i in chosen]), np.array([u for u, _ in chosen])
    rest, n = windows.rest, len(chosen)
    seen = float(rest[own].mean())
    names, of = np.unique(units, return_inverse=True)
    moved = np.bincount(of, weights=rest[own] - seen) / n
    around = windows.design[own].mean(axis=0)
    own_part = float(np.sum(moved**2)) * names.size / (names.size - 1)
    error = sqrt(own_part + float(around @ windows.spread @ around))
    half = float(student.ppf(0.975, names.size - 1)) * error
    return Excess(
        n=n,
        units=int(names.size),
        naive=float((windows.after - windows.before)[own].mean()),
        expected=float((windows.expected - windows.before)[own].mean()),
        excess=seen,
        low=seen - half,
        high=seen + half,
        p=float(2 * student.sf(abs(seen) / error, names.size - 1)),
        p_placebo=_placebo(rest, seen, [places[u] for u, _ in chosen], how),
    )


def _placebo(rest: Floats, seen: float, places: Sequence[Whole], how: tuple[np.random.Generator, int]) -> float:
    """Each event moved to a year of the same unit.

    The placebos show how far such a mean strays, not where it lies: a unit that is always low has a rest below zero in
    its ordinary years, and none on average in years that were picked by the figures before them.
    """
    rng, permutations = how
    moved = np.zeros(permutations)
    for able in places:
        moved += rest[able][rng.integers(able.size, size=permutations)] / len(places)
    return float((1 + np.sum(np.abs(moved - moved.mean()) >= abs(seen) - 1e-12)) / (permutations + 1))
