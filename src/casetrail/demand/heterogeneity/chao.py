"""Chao's lower bound over lists: persons may differ by any law at all, and at least so many are hidden.

The columns for persons on three lists and more take any convex form: coefficients (etas) that are 0 or above, as the
moments of any mixture make them. Those that would be negative are held at 0: this is the most likely fit under that
constraint, found by letting in the eta whose slope is steepest and putting out those that fall below 0 (the conditions
of Kuhn and Tucker; the log-likelihood is concave). L.-P. Rivest and S. Baillargeon, Biometrics 63 (2007) 999-1006.
"""

from __future__ import annotations

import numpy as np

from casetrail.demand.heterogeneity.columns import etas
from casetrail.demand.heterogeneity.fit import Floats, Solved, solve

TURNS = 200


def constrained(base: Floats, k: int, counts: Floats) -> tuple[Solved, tuple[int, ...]] | str:
    """The fit, and the etas held at 0 (by the number of lists, 3 ... k, from which they work).

    Or `no_mle` or `not_identifiable`, as the model without any eta has it.
    """
    columns = etas(k)
    many, enough = columns.shape[1], 1e-7 * (1 + float(counts.sum()))
    inside: list[int] = []
    solved = solve(base, counts)
    for _ in range(TURNS):
        if isinstance(solved, str):
            return solved
        slopes = columns.T @ (counts - solved.mean) * ~np.isin(np.arange(many), inside)
        if not bool((slopes > enough).any()):
            return solved, tuple(e + 3 for e in range(many) if e not in inside)
        # In units of its own spread, so that a column of large numbers has no advantage.
        inside.append(int(np.argmax(slopes / np.sqrt(solved.mean @ columns**2))))
        solved = _within(base, columns, counts, inside)
    return "no_mle"


def _within(base: Floats, columns: Floats, counts: Floats, inside: list[int]) -> Solved | str:
    """Fit with these etas; those that come out at 0 or below are put out, one after the other."""
    while True:
        solved = solve(np.column_stack((base, columns[:, inside])), counts)
        if isinstance(solved, str):
            return solved
        values = solved.beta[base.shape[1] :]
        if not values.size or float(values.min()) > 0:
            return solved
        inside.pop(int(np.argmin(values)))
