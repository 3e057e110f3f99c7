"""What the mixture kernels work on: a table of patterns, a prior, a place, and room to work in."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Table(NamedTuple):
    """Patterns as a tree: pattern i is its parent with one more column that is 1, its highest; place 0 is the pattern
    of no 1 at all, which nobody sees.

    `parent` and `column` (patterns,) with every parent before its children; `counts` (patterns,) rows of each, 0 for
    those that only join others to the tree; `columns` how many columns, `n` all rows.
    """

    parent: Ints
    column: Ints
    counts: Floats
    columns: int
    n: float


class Prior(NamedTuple):
    """`classes` of the mixture; concentration ~ Gamma(shape, rate); chance of a 1 ~ Beta(one, zero) in each class."""

    classes: int
    shape: float
    rate: float
    one: float
    zero: float


class Room(NamedTuple):
    """Arrays that are written over at each evaluation: nothing in them is kept."""

    chance: Floats  # (classes, columns) chance of a 1
    odds: Floats  # (classes, columns) chance of a 1 over that of a 0
    mass: Floats  # (classes, patterns) chance of each pattern within a class
    seen: Floats  # (classes,) chance of at least one 1
    share: Floats  # (classes,) weight of the class
    length: Floats  # (classes,) minus the log of what a break leaves of the stick
    weight: Floats  # (patterns,) chance of each pattern, and then what one row of it pulls
    part: Floats  # (patterns,)
    held: Floats  # (classes, columns + 1) rows of each class with a 1 in each column, and all
    log_share: Floats  # (classes,)


At = tuple[Table, Prior, Room]


def table(counts: Ints) -> Table:
    """From counts by bitmask, shape (2**columns,); place 0 is not read."""
    columns = counts.size.bit_length() - 1
    # A pattern without its highest columns, one after the other, is below it in value: parents come first.
    kept = sorted({int(i) & ((1 << j) - 1) for i in np.flatnonzero(counts) for j in range(columns + 1)} | {0})
    place = {pattern: at for at, pattern in enumerate(kept)}
    column = [pattern.bit_length() - 1 for pattern in kept]
    parent = [place[pattern & ~(1 << c)] if pattern else 0 for pattern, c in zip(kept, column, strict=True)]
    seen = counts[kept].astype(np.float64)
    seen[0] = 0.0
    return Table(np.array(parent), np.array([max(c, 0) for c in column]), seen, columns, float(seen.sum()))


def size(data: Table, prior: Prior) -> int:
    """Coordinates of a place: the logits of all chances, then the breaks of the stick."""
    return prior.classes * data.columns + prior.classes - 1


def room(data: Table, prior: Prior) -> Room:
    """Room for one chain."""
    k, patterns = prior.classes, data.counts.size
    return Room(
        np.empty((k, data.columns)),
        np.empty((k, data.columns)),
        np.empty((k, patterns)),
        np.empty(k),
        np.empty(k),
        np.empty(k),
        np.empty(patterns),
        np.empty(patterns),
        np.empty((k, data.columns + 1)),
        np.empty(k),
    )
