"""Excess mass at a kink: how many more cases lie at a limit than a smooth curve through the rest would put there?

Method: E. Saez, "Do taxpayers bunch at kink points?", American Economic Journal: Economic Policy 2 (2010) 180-212, with
the polynomial and the integration constraint of R. Chetty, J. N. Friedman, T. Olsen and L. Pistaferri, Quarterly
Journal of Economics 126 (2011) 749-804: the excess came from somewhere, so bins above the limit are raised in
proportion until the raised curve holds as many cases as the counts. Round numbers: H. J. Kleven, Annual Review of
Economics 8 (2016) 435-464.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
MOST_PASSES = 200


@dataclass(frozen=True, slots=True)
class Fit:
    """How the counterfactual is drawn.

    `left` and `right`: bins beside the limit's own bin that belong to the window. `round_to`: multiples that draw cases
    to themselves, each with a step of its own. `until`: None solves the integration constraint exactly; a number stops
    the published iteration once the excess changes by less than so many cases.
    """

    degree: int = 9
    left: int = 0
    right: int = 0
    round_to: tuple[float, ...] = ()
    integrate: bool = True
    until: float | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What of a fit does not depend on the counts: one row or weight for each bin.

    `draw` gives the counterfactual of all bins from the counts of the bins outside the window (`kept`, as indices);
    `weights` is the sum of its rows in the window, so that their product is the counterfactual of the whole window.
    """

    at: Floats
    window: Flags
    above: Flags
    kept: npt.NDArray[np.intp]
    draw: Floats
    weights: Floats


@dataclass(frozen=True, slots=True)
class Bunching:
    """`excess` cases in the window (B), and `normalised` by the counterfactual of one bin (b).

    `counterfactual` has one value for each bin, before anybody moved; `passes` counts iterations, 0 for the exact
    solution.
    """

    excess: float
    normalised: float
    counterfactual: Floats
    plan: Plan
    passes: int


def plan(at: npt.ArrayLike, limit: float, fit: Fit) -> Plan:
    """Prepare a fit for bins at equally spaced places, one of which is the limit.

    Raises: ValueError when the limit is no bin, spaces differ, the window leaves fewer bins than the curve has terms,
    or a round number is seen only inside the window.
    """
    places = np.asarray(at, dtype=np.float64)
    _check_spacing(places)
    own = np.flatnonzero(np.isclose(places, limit))
    if own.size != 1:
        raise ValueError("the limit must be one of the bins")
    index = np.arange(places.size)
    window = (index >= own[0] - fit.left) & (index <= own[0] + fit.right)
    kept = np.flatnonzero(~window)
    terms = _terms(places, limit, fit)
    if kept.size <= terms.shape[1] or np.linalg.matrix_rank(terms[kept]) < terms.shape[1]:
        raise ValueError("too few bins outside the window for this curve and these round numbers")
    draw = terms @ np.linalg.pinv(terms[kept])
    return Plan(places, window, index > own[0], kept, draw, draw[window].sum(axis=0))


def bunching(counts: npt.ArrayLike, at: npt.ArrayLike, limit: float, *, fit: Fit | None = None) -> Bunching:
    """Excess at the limit of counts in bins at `at`. Raises: ValueError as `plan` does, or for counts below 0."""
    asked = fit or Fit()
    ready = plan(at, limit, asked)
    c = np.asarray(counts, dtype=np.float64)
    if c.shape != ready.at.shape or not np.all(np.isfinite(c)) or bool(np.any(c < 0)):
        raise ValueError("each bin needs a count of 0 or more")
    first, back = parts(c, ready, integrate=asked.integrate)
    excess, passes = first / (1 + back), 0
    if asked.integrate and asked.until is not None:
        excess, passes = _iterated(first, back, asked.until)
    curve = ready.draw @ raised(c, ready, excess if asked.integrate else 0.0)[ready.kept]
    if passes:
        # The published iteration reports the excess of its last curve, which was raised by the one before.
        curve = ready.draw @ raised(c, ready, (first - excess) / back if back else 0.0)[ready.kept]
    return Bunching(excess, excess / float(curve[ready.window].mean()), curve, ready, passes)


def parts(c: Floats, ready: Plan, *, integrate: bool) -> tuple[float, float]:
    """Excess over the unraised curve, and by how much the curve in the window rises for each case moved."""
    first = float(c[ready.window].sum() - ready.weights @ c[ready.kept])
    total = c[ready.above].sum()
    if not integrate or total <= 0:
        return first, 0.0
    there = ready.above[ready.kept]
    return first, float(ready.weights[there] @ c[ready.kept][there] / total)


def raised(c: Floats, ready: Plan, moved: float) -> Floats:
    """Counts as they would be had `moved` cases above the limit stayed there, in proportion to what is seen."""
    total = c[ready.above].sum()
    return np.where(ready.above, c * (1 + moved / total), c) if total > 0 else c


def elasticity(normalised: float, *, width: float, limit: float, before: float, after: float) -> float:
    """Response to a kink: the relative move over the relative change of the net-of-tax rate at it (Saez 2010).

    `before` and `after` are the marginal rates on both sides. Raises: ValueError for rates outside 0 to 1, or equal.
    """
    if not (0 <= before < 1 and 0 <= after < 1) or before == after or limit == 0:
        raise ValueError("two different rates from 0 to below 1 and a limit that is not 0 are needed")
    return normalised * width / limit * (1 - before) / (after - before)


def binned(values: npt.ArrayLike, limit: float, *, width: float, left: int, right: int) -> tuple[Floats, Floats]:
    """Places and counts of bins of one width, the limit in the middle of its own bin; values beyond are left out.

    Each bin holds its lower edge and not its upper one.
    """
    at = limit + width * np.arange(-left, right + 1, dtype=np.float64)
    edges = np.append(at - width / 2, at[-1] + width / 2)
    found = np.asarray(values, dtype=np.float64)
    inside = found[(found >= edges[0]) & (found < edges[-1])]
    return at, np.bincount(np.searchsorted(edges, inside, side="right") - 1, minlength=at.size).astype(np.float64)


def _iterated(first: float, back: float, until: float) -> tuple[float, int]:
    excess = first
    for done in range(1, MOST_PASSES + 1):
        fresh = first - back * excess
        if abs(fresh - excess) < until:
            return fresh, done
        excess = fresh
    raise ValueError("the iteration does not settle: solve it exactly with until=None")


def _check_spacing(places: Floats) -> None:
    gaps = np.diff(places)
    if places.ndim != 1 or gaps.size == 0 or not np.allclose(gaps, gaps[0]) or gaps[0] <= 0:
        raise ValueError("bins must be equally spaced and in order")


def _terms(places: Floats, limit: float, fit: Fit) -> Floats:
    """A polynomial on a scale within -1 and 1, where its powers stay apart, and a step for each round number."""
    far = float(np.max(np.abs(places - limit)))
    powers = np.polynomial.chebyshev.chebvander((places - limit) / far, fit.degree)
    steps = [np.abs(places / multiple - np.round(places / multiple)) < 1e-9 for multiple in fit.round_to]
    return np.column_stack([powers, *[step.astype(np.float64) for step in steps]])
