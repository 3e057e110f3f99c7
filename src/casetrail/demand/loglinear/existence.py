"""Does a model have a maximum likelihood estimate on these counts? Of every model, the simplest among them.

Fitted by extended maximum likelihood (S. E. Fienberg and A. Rinaldo, Annals of Statistics 40 (2012) 996-1023): a term
whose lists share nobody runs to minus infinity and takes its patterns with it; terms may run to infinity together, too,
such as those of a list that lies inside another. What is asked is whether the *number hidden* has one finite estimate.
It depends on which patterns have somebody, not on how many; what exists for a model exists for those nested in it.

L. Chan, B. W. Silverman and K. Vincent, Journal of the American Statistical Association 116 (2021) 1297-1306, ask that
all terms have finite estimates once those that share nobody are gone: `of_terms`. On two-way models the two agree
wherever each list has somebody who is on no other. Where they do not, their rule passes over the very models that can
tell how such lists depend on each other, and what is left to choose from may be far off.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog

from casetrail.demand.loglinear.models import Model
from casetrail.kernels.loglinear import support, tables
from casetrail.kernels.loglinear.lattice import NOT_SETTLED

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int8]
SURE = 1e-7


def verdict(counts: npt.NDArray[np.int64], model: Model) -> int:
    """The verdict on the number hidden under one model, as `fits.Status`; `counts` (2**k,), place 0 never read.

    A model with both faults is not identifiable. Raises: ArithmeticError where it cannot be decided.
    """
    return _verdicts(counts, model)[0]


def of_terms(counts: npt.NDArray[np.int64], model: Model) -> int:
    """The verdict of Chan, Silverman & Vincent, who ask for finite estimates of all terms; else as `verdict`."""
    return _verdicts(counts, model)[1]


def fitted_on(counts: npt.NDArray[np.int64], model: Model) -> tuple[int, Ints, Ints]:
    """The verdict on the number hidden, and the terms (the constant, 0, in front) and patterns that a fit rests on.

    Left out are terms that run to infinity and the patterns they take with them, whose expected count is 0; and of
    terms that the other patterns cannot tell apart all but one. On these the design has full rank, and all is finite.
    Raises: ArithmeticError where it cannot be decided which those are.
    """
    y = np.array(counts, dtype=np.float64)
    y[0] = 0.0
    kept, live = np.zeros(len(model) + 1, dtype=np.int64), np.zeros(y.size, dtype=np.bool_)
    n = tables.split(np.array(model, dtype=np.int64), tables.margins(y), kept, live)
    said, n, _ = support.exists(y, kept, n, live)
    if said == support.UNDECIDED:
        raise ArithmeticError("which terms of the model have an estimate could not be decided")
    return int(support.FINE if said == support.NARROWED else said), kept[:n], np.flatnonzero(live)


def _verdicts(counts: npt.NDArray[np.int64], model: Model) -> tuple[int, int]:
    y = np.array(counts, dtype=np.float64)
    y[0] = 0.0
    kept, live = np.zeros(len(model) + 1, dtype=np.int64), np.zeros(y.size, dtype=np.bool_)
    n = tables.split(np.array(model, dtype=np.int64), tables.margins(y), kept, live)
    hidden, _, terms = support.exists(y, kept, n, live)
    if support.UNDECIDED in (hidden, terms):
        hidden, terms = by_linear_program(y, model)
    return int(support.FINE if hidden == support.NARROWED else hidden), int(terms)


def decided(y: Floats, models: Sequence[Model], status: Codes) -> Codes:
    """Statuses in which those that were left open are decided by linear programs over the whole design.

    Where only the number hidden has a finite estimate, NOT_SETTLED: which places to drop was not found either.
    """
    out = status.copy()
    for m in np.flatnonzero(status == support.UNDECIDED).tolist():
        hidden, terms = by_linear_program(y, models[m])
        out[m] = NOT_SETTLED if hidden == support.FINE and terms != support.FINE else hidden
    return out


def by_linear_program(y: Floats, model: Model) -> tuple[int, int]:
    """Both verdicts, on the number hidden and on all terms, by linear programs (HiGHS) over the design, written out.

    Directions are looked for that are 0 on patterns with somebody and nowhere above 0 on others: with the largest fall,
    and with the largest and the smallest constant. Raises: ArithmeticError where one is not solved.
    """
    margin = tables.margins(y)
    empty = [term for term in model if margin[term] == 0]
    kept = np.array([0, *(term for term in model if margin[term] > 0)])
    places = np.array([c for c in range(1, y.size) if not any(c & term == term for term in empty)], dtype=np.int64)
    design = ((places[:, None] & kept) == kept).astype(np.float64)
    none = y[places] == 0
    constant = np.eye(kept.size)[0]
    rank = int(np.linalg.matrix_rank(design)) if places.size else 0
    terms, hidden = support.FINE, support.FINE
    if rank < kept.size:
        terms = support.NOT_IDENTIFIABLE
    elif _lowest(design[none].sum(axis=0), design, none) < -SURE:
        terms = support.NO_MLE
    if int(np.linalg.matrix_rank(np.vstack([design, constant]))) > rank:
        hidden = support.NOT_IDENTIFIABLE
    elif min(_lowest(constant, design, none), _lowest(-constant, design, none)) < -SURE:
        hidden = support.NO_MLE
    return hidden, terms


def _lowest(of: Floats, design: Floats, none: npt.NDArray[np.bool_]) -> float:
    found = linprog(
        of,
        A_ub=design[none],
        b_ub=np.zeros(int(none.sum())),
        A_eq=design[~none],
        b_eq=np.zeros(int((~none).sum())),
        bounds=(-1.0, 1.0),
        method="highs",
    )
    if found.status != 0:
        raise ArithmeticError(f"the linear program of a model was not solved: {found.message}")
    return float(found.fun)
