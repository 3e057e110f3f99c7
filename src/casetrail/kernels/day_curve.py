"""A smooth curve through daily counts with a share of the days behind a limit moved before it: numbers in, numbers out.

Daily means are exp(terms @ effects). Behind the limit only a share exp(stay) of them is left; the rest lies in the
window before it, whose days are one sum. Fisher scoring of the Poisson likelihood; one table of counts after another.

A `design` is the terms, one row for each day, and the role of each day. A table of counts has an entry for each day and
one more: the cases later than the last day of which a share was moved as well (0 where those are untouched). Effects
are those of the terms, and `stay` as the last.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from numba import njit

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int8]
Design: TypeAlias = tuple[Floats, Codes]

OUTSIDE, WINDOW, THINNED = 0, 1, 2
STEPS, SETTLED = 60, 1e-8
# A step of more than this on a logarithmic scale is a leap into the dark: it is shortened.
LEAP = 1.0
# Enough to keep a matrix of a curve that cannot be told apart solvable; far below what a case weighs.
RIDGE = 1e-9
LEAST_MEAN = 1e-6
# Beyond this no count of cases lies, and a number would turn infinite before the steps come back.
FARTHEST = 30.0


@njit(nogil=True, cache=True)
def fit_curve(design: Design, counts: Floats, start: Floats) -> tuple[Floats, float, float, float]:
    """Effects, deviance, Pearson's sum of squares, and cases moved; a deviance of infinity when it does not settle."""
    size = len(start)
    effects = start.copy()
    for _ in range(STEPS):
        information, gradient = _sums(design, counts, effects)
        for j in range(size):
            information[j, j] += RIDGE * (1.0 + information[j, j])
        step = np.linalg.solve(information, gradient)
        longest = np.max(np.abs(step))
        if not np.isfinite(longest):
            break
        effects += step * (LEAP / longest) if longest > LEAP else step
        if longest < SETTLED:
            deviance, pearson = _misfit(design, counts, effects)
            return effects, deviance, pearson, _moved(design, counts, effects)
    return effects, np.inf, np.inf, 0.0


@njit(nogil=True, cache=True)
def fit_many(design: Design, tables: Floats, start: Floats) -> tuple[Floats, Floats]:
    """Cases moved, and natural cases of the window, of each table (a row); nan where the fit does not settle."""
    moved = np.full(len(tables), np.nan)
    natural = np.full(len(tables), np.nan)
    terms, role = design
    for i in range(len(tables)):
        effects, deviance, _, found = fit_curve(design, tables[i], start)
        if np.isfinite(deviance):
            moved[i] = found
            natural[i] = 0.0
            for d in range(len(role)):
                if role[d] == WINDOW:
                    natural[i] += _natural(terms, d, effects)
    return moved, natural


@njit(nogil=True, cache=True)
def _natural(terms: Floats, day: int, effects: Floats) -> float:
    """Mean of one day before anybody moved."""
    total = 0.0
    for j in range(terms.shape[1]):
        total += terms[day, j] * effects[j]
    return float(np.exp(min(max(total, -FARTHEST), FARTHEST)))


@njit(nogil=True, cache=True)
def _sums(design: Design, counts: Floats, effects: Floats) -> tuple[Floats, Floats]:
    """Information and gradient of the likelihood over the days outside the window and the window as one count."""
    terms, role = design
    columns = terms.shape[1]
    information = np.zeros((columns + 1, columns + 1))
    gradient, slope = np.zeros(columns + 1), np.zeros(columns + 1)
    left = float(np.exp(effects[columns]))
    mean, seen = _window(design, counts, effects, slope)
    _add(information, gradient, slope, (mean, seen))
    for d in range(len(role)):
        if role[d] != WINDOW:
            mean = _natural(terms, d, effects) * (left if role[d] == THINNED else 1.0)
            for j in range(columns):
                slope[j] = terms[d, j] * mean
            slope[columns] = mean if role[d] == THINNED else 0.0
            _add(information, gradient, slope, (mean, counts[d]))
    return information, gradient


@njit(nogil=True, cache=True)
def _add(information: Floats, gradient: Floats, slope: Floats, count: tuple[float, float]) -> None:
    """One count (its mean, and what was seen) with the slopes of its mean."""
    mean, seen = count
    weight = 1.0 / max(mean, LEAST_MEAN)
    for j in range(len(slope)):
        scaled = slope[j] * weight
        if scaled != 0.0:
            gradient[j] += scaled * (seen - mean)
            for k in range(len(slope)):
                information[j, k] += scaled * slope[k]


@njit(nogil=True, cache=True)
def _window(design: Design, counts: Floats, effects: Floats, slope: Floats) -> tuple[float, float]:
    """Mean and count of the whole window; `slope` is filled with how the mean changes with each effect."""
    terms, role = design
    columns = terms.shape[1]
    left, beyond = np.exp(effects[columns]), counts[len(role)]
    slope[:] = 0.0
    slope[columns] = -beyond / left
    mean, seen = beyond * (1.0 / left - 1.0), 0.0
    for d in range(len(role)):
        if role[d] == OUTSIDE:
            continue
        natural = _natural(terms, d, effects)
        part = natural if role[d] == WINDOW else natural * (1.0 - left)
        mean += part
        for j in range(columns):
            slope[j] += terms[d, j] * part
        if role[d] == WINDOW:
            seen += counts[d]
        else:
            slope[columns] -= natural * left
    return mean, seen


@njit(nogil=True, cache=True)
def _moved(design: Design, counts: Floats, effects: Floats) -> float:
    """Cases that left the days behind the limit: the share that went, of what would be there."""
    terms, role = design
    left = np.exp(effects[terms.shape[1]])
    total = counts[len(role)] * (1.0 / left - 1.0)
    for d in range(len(role)):
        if role[d] == THINNED:
            total += _natural(terms, d, effects) * (1.0 - left)
    return float(total)


@njit(nogil=True, cache=True)
def _misfit(design: Design, counts: Floats, effects: Floats) -> tuple[float, float]:
    """Deviance and Pearson's sum over the days outside the window and the window as a whole."""
    terms, role = design
    mean, seen = _window(design, counts, effects, np.empty(terms.shape[1] + 1))
    deviance, pearson = _one(mean, seen)
    left = float(np.exp(effects[terms.shape[1]]))
    for d in range(len(role)):
        if role[d] != WINDOW:
            a, b = _one(_natural(terms, d, effects) * (left if role[d] == THINNED else 1.0), counts[d])
            deviance += a
            pearson += b
    return deviance, pearson


@njit(nogil=True, cache=True)
def _one(mean: float, seen: float) -> tuple[float, float]:
    least = max(mean, LEAST_MEAN)
    whole = seen * np.log(seen / least) if seen > 0 else 0.0
    return 2.0 * (whole - (seen - least)), (seen - least) ** 2 / least
