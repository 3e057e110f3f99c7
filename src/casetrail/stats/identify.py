"""What a regression of counts cannot answer, said before it is tried.

Columns that say the same: the condition index of the scaled columns, D. A. Belsley, E. Kuh and R. E. Welsch,
"Regression diagnostics" (1980) 100-105, who call more than 30 harmful. Estimates that do not exist: A. Albert and
J. A. Anderson, Biometrika 71 (1984) 1-10, looked for by linear programming as in K. Konis, "Linear programming
algorithms for detecting separated data in binary logistic regression models" (thesis, Oxford, 2007); for Poisson
counts S. Correia, P. Guimarães and T. Zylkin, "Verifying the existence of maximum likelihood estimates for generalized
linear models" (2019). Ten units for each coefficient: F. E. Harrell, "Regression modeling strategies" (2001) 61.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from casetrail.stats.count_fit import Cases

Floats = npt.NDArray[np.float64]
PER_COEFFICIENT = 10
HARMFUL = 30.0


class NotFit(ValueError):
    """The data cannot give these coefficients. `reason` is stable, the message is for a reader."""

    def __init__(self, reason: str, message: str) -> None:
        self.reason = reason
        super().__init__(message)


def check(of: Cases, design: Floats) -> None:
    """Raise NotFit with reason too_few_units, no_events, constant, collinear or separation; else nothing."""
    units, coefficients = design.shape
    if units < PER_COEFFICIENT * coefficients:
        raise NotFit("too_few_units", f"{units} units for {coefficients} coefficients; at least ten for each")
    seen = float(of.observed.sum())
    if seen == 0 or (of.family == "binomial" and seen == float(of.size.sum())):
        raise NotFit("no_events", "no case was counted, or every case was: there is nothing to explain")
    if bool(np.any(np.ptp(of.columns, axis=0) <= 1e-12 * np.abs(of.columns).max(axis=0, initial=0.0))):
        raise NotFit("constant", "a column is the same for all units: it cannot explain how they differ")
    if condition(design) > HARMFUL:
        raise NotFit("collinear", "the columns say so much the same that their effects cannot be told apart")
    if separated(of, design):
        raise NotFit("separation", "a combination of columns splits the units with events from those without")


def condition(design: Floats) -> float:
    """Largest over smallest singular value of the standardised columns; 1 when they are unrelated or single."""
    if design.shape[1] < 3:
        return 1.0
    values = np.linalg.svd(design[:, 1:] / np.sqrt(design.shape[0]), compute_uv=False)
    return float(values[0] / values[-1]) if values[-1] > 0 else float("inf")


def separated(of: Cases, design: Floats) -> bool:
    """Whether some direction raises no likelihood but that of units without (or with only) events, without end."""
    none = of.observed == 0
    full = (of.observed == of.size) if of.family == "binomial" else np.zeros_like(none)
    inner = design[~(none | full)]
    # Units with some events and some without pin down every direction they span.
    if np.linalg.matrix_rank(inner) == design.shape[1]:
        return False
    from scipy.optimize import linprog

    edge = np.vstack([design[none], -design[full]])
    found = linprog(
        edge.sum(axis=0),
        A_ub=edge,
        b_ub=np.zeros(edge.shape[0]),
        A_eq=inner if inner.size else None,
        b_eq=np.zeros(inner.shape[0]) if inner.size else None,
        bounds=(-1.0, 1.0),
    )
    return bool(found.status != 0 or found.fun < -1e-6)
