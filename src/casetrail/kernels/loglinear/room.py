"""What all fits to one table share, and the working memory of one fit."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from casetrail.kernels.loglinear.tables import inner, over_supersets

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class Table(NamedTuple):
    """Counts (2**k,), how many have all bits of each place (2**k,), and the log likelihood if all were fitted."""

    counts: Floats
    margin: Floats
    full: float


class Room(NamedTuple):
    """Working memory of one fit: places (2**k,), terms (p,), and the information (p, p)."""

    live: Flags
    kept: Ints
    eta: Floats
    mean: Floats
    above: Floats
    beta: Floats
    trial: Floats
    step: Floats
    slope: Floats
    info: Floats


def room(places: int, terms: int) -> Room:
    """Room for a table of so many places and models of at most so many terms, the constant among them."""
    return Room(
        np.zeros(places, dtype=np.bool_),
        np.zeros(terms, dtype=np.int64),
        np.zeros(places),
        np.zeros(places),
        np.zeros(places),
        np.zeros(terms),
        np.zeros(terms),
        np.zeros(terms),
        np.zeros(terms),
        np.zeros((terms, terms)),
    )


@inner
def table(counts: Floats) -> Table:
    """What all fits to one table share."""
    margin = counts.copy()
    over_supersets(margin)
    full = 0.0
    for y in counts:
        if y > 0:
            full += y * np.log(y) - y
    return Table(counts, margin, full)
