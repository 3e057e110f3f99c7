"""Occasions in time order: being found once may change the chance of being found again.

Mb: one chance for those never found yet, another for those found before. Mbh: the first occasion has a chance of its
own, as when persons differ and the easily found go first. Both estimate from first findings alone, by how fast they
dwindle: K. H. Pollock and M. C. Otto, Biometrics 39 (1983) 1035-1049; S. Baillargeon and L.-P. Rivest (2007).
"""

from __future__ import annotations

import math

import numpy as np

from casetrail.demand.heterogeneity.columns import on
from casetrail.demand.heterogeneity.fit import Family, Floats, Shape, Solved, family, solve


def behaviour(counts: Floats, k: int, *, first_apart: bool, level: float) -> Family | str:
    """Mb, or with `first_apart` Mbh; list 0 is the first occasion. `no_mle` where first findings do not dwindle."""
    design = _design(k, first_apart=first_apart)
    solved = solve(design, counts)
    if isinstance(solved, str):
        return solved
    again = 1 / (1 + math.exp(-solved.beta[2]))
    # Chance of not being found, for those never found yet.
    missed = math.exp(solved.beta[1]) * (1 - again)
    if missed >= 1:
        return "no_mle"
    name = "Mbh" if first_apart else "Mb"
    return family(Shape(name, level), counts, solved, _hidden(solved, k))


def _design(k: int, *, first_apart: bool) -> Floats:
    lists = on(k)
    before = np.argmax(lists, axis=1).astype(np.float64)
    columns = [np.ones(len(lists)), before, lists.sum(axis=1) - 1]
    if first_apart:
        columns.append((before == 0).astype(np.float64))
    return np.column_stack(columns)


def _hidden(solved: Solved, k: int) -> tuple[float, Floats]:
    """Those never found: the first findings of all occasions to come, a falling geometric row."""

    def value(beta: Floats) -> float:
        log_stays = -math.log1p(math.exp(beta[2]))
        log_missed = beta[1] + log_stays
        # First findings on occasion j + 1 are exp(beta0) missed^j over (1 - again)^(k - 1).
        return math.exp(beta[0] - (k - 1) * log_stays + k * log_missed) / -math.expm1(log_missed)

    slope = np.zeros(solved.beta.size)
    for i in range(3):
        step = np.zeros(solved.beta.size)
        step[i] = 1e-6
        slope[i] = (value(solved.beta + step) - value(solved.beta - step)) / 2e-6
    return value(solved.beta), slope
