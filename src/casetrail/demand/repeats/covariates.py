"""Persons recorded so often, with what is known of them: groups of equal persons, and whether a fit exists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Known:
    """`persons[i]` persons with the covariates `design[i]` were recorded `times[i]` times each.

    `design` has shape (rows, columns), a column of ones (or one of each group) among them; `names` name the columns;
    `times` (rows,) are whole and 1 or above, `persons` (rows,) whole and 0 or above.
    """

    names: tuple[str, ...]
    design: Floats
    times: Counts
    persons: Counts

    def __post_init__(self) -> None:
        rows = self.times.size
        if self.design.shape != (rows, len(self.names)) or self.persons.shape != (rows,):
            raise ValueError("one row of covariates, one number of times and one of persons for each group")
        if self.times.dtype != np.int64 or self.persons.dtype != np.int64:
            raise ValueError("times and persons are whole numbers")
        if bool((self.times < 1).any()) or bool((self.persons < 0).any()):
            raise ValueError("times are 1 or above, persons 0 or above")
        if not bool(np.isfinite(self.design).all()):
            raise ValueError(
                "a covariate is not a number: leave those persons out, or give unknown a column of its own"
            )
        if rows and not _holds_a_constant(self.design):
            raise ValueError("the covariates need a constant: a column of ones, or one column for each group")

    @property
    def n(self) -> int:
        """Persons recorded at least once."""
        return int(self.persons.sum())


def _holds_a_constant(design: Floats) -> bool:
    ones = np.ones(design.shape[0])
    return bool(np.allclose(design @ np.linalg.lstsq(design, ones, rcond=None)[0], ones, atol=1e-8))


def known(names: Sequence[str], design: npt.ArrayLike, times: npt.ArrayLike, persons: npt.ArrayLike) -> Known:
    """Groups from array-likes. Raises: ValueError as `Known` does, and for times or persons that are not whole."""
    counts = []
    for given in (times, persons):
        held = np.asarray(given)
        if not np.issubdtype(held.dtype, np.integer):
            raise ValueError("times and persons are whole numbers")
        counts.append(held.astype(np.int64))
    return Known(tuple(names), np.asarray(design, dtype=np.float64), counts[0], counts[1])


def independent_columns(design: Floats) -> bool:
    """Whether no column is a sum of others on these rows."""
    return bool(design.shape[0] > 0 and np.linalg.matrix_rank(design) == design.shape[1])


def runs_off(down: Floats, level: Floats) -> bool:
    """Whether coefficients can go on for ever with a likelihood that never falls and somewhere rises.

    `down`: rows whose linear part may fall and must not rise; `level`: rows where it must stay. Both of shape
    (rows, columns). A direction that moves a row of `down` and nothing else is looked for by a linear program (HiGHS).
    Source: S. E. Fienberg and A. Rinaldo, Annals of Statistics 40 (2012) 996-1023.
    """
    if not down.shape[0] or (level.shape[0] and independent_columns(level)):
        return False
    kept, zero = (level, np.zeros(level.shape[0])) if level.shape[0] else (None, None)
    found = linprog(
        down.sum(axis=0), A_ub=down, b_ub=np.zeros(down.shape[0]), A_eq=kept, b_eq=zero, bounds=(-1, 1), method="highs"
    )
    return bool(found.fun < -1e-9)
