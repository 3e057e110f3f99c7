"""One stratum, or all as one, by itself: maximum likelihood of the assumed model, or the reason why there is none.

Terms of lists that share nobody run to minus infinity and leave with their patterns; what is left has a maximum unless
some direction lowers empty patterns alone, which a linear program finds: S. E. Fienberg and A. Rinaldo, "Maximum
likelihood estimation in log-linear models", Annals of Statistics 40 (2012) 996-1023. The interval is normal in the log
of the hidden number: delta method, with the chance of who is seen among those there are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog

from casetrail.demand.lists import Lists
from casetrail.demand.refusals import refuse
from casetrail.demand.strata.design import Design
from casetrail.demand.strata.likelihood import bent, hidden_per_known, log_hidden_slope
from casetrail.figures import Refusal
from casetrail.stats.intervals import normal_quantile

Floats = npt.NDArray[np.float64]
STEPS = 200
CLOSE = 1e-10


@dataclass(frozen=True, slots=True)
class Alone:
    """Hidden persons with their interval; `log_error` is the standard error of the log of `hidden`. `left_out`: persons
    the model expects with the pattern that was not used, where there is one."""

    known: int
    hidden: float
    low: float
    high: float
    log_error: float
    left_out: float | None = None


def alone(of: Lists, design: Design, *, level: float = 0.95) -> Alone | Refusal:
    """The model of `design` on these lists alone. Raises: ValueError for a level outside 0 to 1."""
    why = _why_not(of)
    if why is not None:
        return why
    slim = _without_empty_pairs(of, design)
    counts = of.counts[slim.cells].astype(np.float64)
    columns = np.column_stack([np.ones(slim.cells.size), slim.columns])
    if np.linalg.matrix_rank(columns) < columns.shape[1]:
        return refuse("not_identifiable")
    if not _has_maximum(columns, counts):
        return refuse("no_mle")
    theta = _fit(slim, counts)
    n = counts.sum()
    hidden = float(n * hidden_per_known(slim, theta)[0])
    slope = log_hidden_slope(slim, theta)[0]
    spread = slope @ np.linalg.solve(bent(slim, counts[None], theta).curve[0], slope)
    error = float(np.sqrt(spread + 1 / hidden + 1 / n))
    wide = float(np.exp(normal_quantile(level) * error))
    more = None if slim.left_out is None else hidden * float(np.exp(theta[0] @ slim.left_out))
    return Alone(of.n, hidden, hidden / wide, hidden * wide, error, more)


def _why_not(of: Lists) -> Refusal | None:
    if of.n == 0:
        return refuse("nobody")
    empty = [name for j, name in enumerate(of.names) if of.on(j) == 0]
    if empty:
        return refuse("empty_list", ", ".join(empty))
    patterns = np.flatnonzero(of.counts)
    if patterns.size == 1:
        return refuse("all_in_one_cell", of.where(int(patterns[0])))
    return refuse("no_overlap") if all(int(p).bit_count() == 1 for p in patterns) else None


def _without_empty_pairs(of: Lists, design: Design) -> Design:
    gone = [t for t in design.terms[design.mains :] if of.counts[(np.arange(of.counts.size) & t) == t].sum() == 0]
    cells = np.array([all(int(c) & t != t for t in gone) for c in design.cells])
    terms = np.array([t not in gone for t in design.terms])
    return replace(
        design,
        cells=design.cells[cells],
        terms=tuple(t for t in design.terms if t not in gone),
        columns=design.columns[np.ix_(cells, terms)],
        offset=design.offset[cells],
        left_out=None if design.left_out is None else design.left_out[terms],
    )


def _has_maximum(columns: Floats, counts: Floats) -> bool:
    """No direction leaves all patterns with persons as they are and lowers some without, raising none."""
    empty = counts == 0
    if not empty.any():
        return True
    found = linprog(
        columns[empty].sum(axis=0),
        A_ub=columns[empty],
        b_ub=np.zeros(int(empty.sum())),
        A_eq=columns[~empty],
        b_eq=np.zeros(int((~empty).sum())),
        bounds=(-1, 1),
        method="highs",
    )
    # Of full rank, so that a direction that leaves every pattern as it is cannot be.
    return bool(found.fun > -1e-9)


def _fit(design: Design, counts: Floats) -> Floats:
    """Coefficients of highest likelihood, shape (1, q): Newton's steps, halved while they do not rise."""
    theta = np.zeros((1, len(design.terms)))
    here = bent(design, counts[None], theta)
    for _ in range(STEPS):
        step = np.linalg.solve(here.curve[0], here.slope[0])
        length = 1.0
        while True:
            there = bent(design, counts[None], theta + length * step)
            if there.height[0] >= here.height[0] - CLOSE or length < CLOSE:
                break
            length /= 2
        theta, here = theta + length * step, there
        if np.abs(length * step).max() < CLOSE:
            break
    return theta
