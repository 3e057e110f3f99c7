"""Do raters of one file agree? Percent agreement, Cohen's kappa, Gwet's AC1 and AC2.

Sources: J. Cohen, Educational and Psychological Measurement 20 (1960) 37-46 and, weighted, Psychological Bulletin 70
(1968) 213-220; its standard error: J. L. Fleiss, J. Cohen and B. S. Everitt, Psychological Bulletin 72 (1969) 323-327.
K. L. Gwet, British Journal of Mathematical and Statistical Psychology 61 (2008) 29-48, and "Handbook of inter-rater
reliability" (4th ed. 2014) ch. 3-5 for several raters, missing ratings and the standard error. Where nearly all files
get one grade kappa falls to 0 however well raters agree: the paradox of A. R. Feinstein and D. V. Cicchetti, Journal of
Clinical Epidemiology 43 (1990) 543-549; AC1 does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from casetrail.stats.intervals import normal_quantile, wilson

Floats = npt.NDArray[np.float64]
Weights = Literal["same", "linear", "quadratic"]


@dataclass(frozen=True, slots=True)
class Agreement:
    """A coefficient with its interval (None where none can be given), and the files it rests on.

    1 is perfect agreement, 0 what chance alone would give; `dropped` files had fewer than two known ratings.
    """

    value: float
    low: float | None
    high: float | None
    files: int
    dropped: int = 0


def agreement_weights(grades: int, weights: Weights) -> Floats:
    """How much of an agreement two grades are: 1 for the same; for neighbours more, the more grades there are."""
    apart = np.abs(np.subtract.outer(np.arange(grades), np.arange(grades))) / max(grades - 1, 1)
    if weights == "same":
        return np.eye(grades)
    return np.asarray(1 - (apart if weights == "linear" else apart**2), dtype=np.float64)


def cross_table(one: npt.ArrayLike, other: npt.ArrayLike, grades: int) -> tuple[Floats, int]:
    """Counts of pairs of grades (numbers from 0; nan: unknown) of two raters, and how many pairs were dropped.

    Raises: ValueError on different lengths or a grade outside the scale.
    """
    a, b = (np.asarray(x, dtype=np.float64) for x in (one, other))
    if a.ndim != 1 or a.shape != b.shape:
        raise ValueError("two raters need equally many grades")
    known = np.isfinite(a) & np.isfinite(b)
    i, j = a[known].astype(np.int64), b[known].astype(np.int64)
    if bool(np.any((i < 0) | (i >= grades) | (j < 0) | (j >= grades))):
        raise ValueError("a grade lies outside the scale")
    table = np.zeros((grades, grades))
    np.add.at(table, (i, j), 1.0)
    return table, int(a.size - known.sum())


def kappa(
    table: npt.ArrayLike, weights: Weights = "same", *, level: float = 0.95, dropped: int = 0
) -> Agreement | None:
    """Cohen's kappa of a square table of counts; None where chance alone would agree always (one grade, or no file).

    Raises: ValueError for a table that is not square, or a count below 0.
    """
    counts = np.asarray(table, dtype=np.float64)
    n = float(counts.sum())
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or bool(np.any(counts < 0)):
        raise ValueError("kappa needs a square table of counts")
    if n == 0:
        return None
    p, w = counts / n, agreement_weights(counts.shape[0], weights)
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    seen, chance = float(np.sum(w * p)), float(rows @ w @ columns)
    if chance >= 1 - 1e-12:
        return None
    value = (seen - chance) / (1 - chance)
    beside = (w @ columns)[:, None] + (rows @ w)[None, :]
    inner = float(np.sum(p * (w * (1 - chance) - beside * (1 - seen)) ** 2))
    variance = (inner - (seen * chance - 2 * chance + seen) ** 2) / (n * (1 - chance) ** 4)
    half = normal_quantile(level) * sqrt(max(variance, 0.0))
    low = _all_agree(int(n), chance, level) if seen >= 1 - 1e-12 else value - half
    return Agreement(value, max(-1.0, low), min(1.0, value + half), int(n), dropped)


def rating_counts(file: npt.ArrayLike, grade: npt.ArrayLike, grades: int) -> Floats:
    """How many raters gave each file each grade, (files, grades), from one entry per rating; nan: unknown.

    Raises: ValueError as `cross_table` does.
    """
    files, given = np.asarray(file), np.asarray(grade, dtype=np.float64)
    if files.ndim != 1 or files.shape != given.shape:
        raise ValueError("each rating needs a file and a grade")
    at = np.unique(files, return_inverse=True)[1]
    known = np.isfinite(given)
    of = given[known].astype(np.int64)
    if bool(np.any((of < 0) | (of >= grades))):
        raise ValueError("a grade lies outside the scale")
    counts = np.zeros((int(at.max()) + 1 if at.size else 0, grades))
    np.add.at(counts, (at[known], of), 1.0)
    return counts


def percent(counts: npt.ArrayLike, weights: Weights = "same", *, level: float = 0.95) -> Agreement | None:
    """Share of pairs of ratings of one file that agree; None where no file has two.

    Where each file agrees or does not, the interval is Wilson's; with weights or several raters it is Student's.
    """
    r = np.asarray(counts, dtype=np.float64)
    each = _each(r, agreement_weights(r.shape[1], weights))
    if each.size == 0:
        return None
    value = float(each.mean())
    if bool(np.all((each == 0) | (each == 1))):
        return Agreement(value, *wilson(int(each.sum()), each.size, level), each.size, _dropped(r, each))
    low, high = _by_t(value, each, level)
    return Agreement(value, None if low is None else max(0.0, low), high, each.size, _dropped(r, each))


def gwet(counts: npt.ArrayLike, weights: Weights = "same", *, level: float = 0.95) -> Agreement | None:
    """Gwet's AC1, or AC2 with weights for ordered grades; None where no file has two ratings, or there is one grade.

    `counts` is (files, grades); a file with one rating counts for how often grades occur, as in the source.
    """
    r = np.asarray(counts, dtype=np.float64)
    w = agreement_weights(r.shape[1], weights)
    each = _each(r, w)
    if each.size == 0 or r.shape[1] < 2:
        return None
    some = r[r.sum(axis=1) > 0]
    part = some / some.sum(axis=1, keepdims=True)
    usual = part.mean(axis=0)
    scale = float(w.sum()) / (r.shape[1] * (r.shape[1] - 1))
    chance = scale * float(np.sum(usual * (1 - usual)))
    value = (float(each.mean()) - chance) / (1 - chance)
    own = np.zeros(some.shape[0])
    own[some.sum(axis=1) > 1] = (each - chance) / (1 - chance) * some.shape[0] / each.size
    # What each file adds through the chance agreement.
    own -= 2 * (1 - value) * (scale * (part @ (1 - usual)) - chance) / (1 - chance)
    low, high = _by_t(value, own, level)
    if bool(np.all(each == 1)):
        low = _all_agree(each.size, chance, level)
    return Agreement(value, None if low is None else max(-1.0, low), high, each.size, _dropped(r, each))


def _all_agree(files: int, chance: float, level: float) -> float:
    """Lower limit where all ratings agree: a sample without a disagreement leaves room for some, by Wilson's limit."""
    return (wilson(files, files, level)[0] - chance) / (1 - chance)


def _each(r: Floats, w: Floats) -> Floats:
    """Agreement within each file that has two ratings or more."""
    twice = r[r.sum(axis=1) > 1]
    many = twice.sum(axis=1)
    return np.asarray(np.sum(twice * (twice @ w - 1), axis=1) / (many * (many - 1)), dtype=np.float64)


def _dropped(r: Floats, each: Floats) -> int:
    return int(r.shape[0] - each.size)


def _by_t(value: float, own: Floats, level: float) -> tuple[float | None, float | None]:
    """Interval from what single files add, by Student's t; none from fewer than two files."""
    normal_quantile(level)
    if own.size < 2:
        return None, None
    half = float(stdtrit(own.size - 1, 0.5 + level / 2)) * float(own.std(ddof=1)) / sqrt(own.size)
    return value - half, min(1.0, value + half)
