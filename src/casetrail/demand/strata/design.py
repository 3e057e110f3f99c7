"""Lists by stratum as one array, and the log-linear model that is assumed within each stratum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from casetrail.demand.lists import Counts, Lists

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Strata:
    """`counts`, shape (strata, 2**k): persons by pattern, one row for each of `labels`; see `Lists`."""

    labels: tuple[str, ...]
    names: tuple[str, ...]
    counts: Counts

    @property
    def k(self) -> int:
        """How many lists."""
        return len(self.names)

    @property
    def known(self) -> Counts:
        """Persons on at least one list, by stratum."""
        return np.asarray(self.counts.sum(axis=1), dtype=np.int64)

    def one(self, i: int) -> Lists:
        """The lists of one stratum."""
        return Lists(self.names, self.counts[i])

    @property
    def together(self) -> Lists:
        """The lists of all, as if there were no strata."""
        return Lists(self.names, np.asarray(self.counts.sum(axis=0), dtype=np.int64))

    def with_count(self, pattern: int, counts: Counts | int) -> Strata:
        """The same with other counts of one pattern."""
        changed = self.counts.copy()
        changed[:, pattern] = counts
        return Strata(self.labels, self.names, changed)


def strata(of: Mapping[str, Lists]) -> Strata:
    """All strata in the order of the mapping. Raises: ValueError for none, or for strata with different lists."""
    if not of:
        raise ValueError("there is no stratum")
    names = {lists.names for lists in of.values()}
    if len(names) > 1:
        raise ValueError("all strata must have the same lists in the same order")
    return Strata(tuple(of), names.pop(), np.stack([lists.counts for lists in of.values()]))


@dataclass(frozen=True, slots=True)
class Assumed:
    """What makes the hidden number identifiable, stated by the user.

    `terms`: two-list terms, and higher ones, that the model has beside the lists themselves, as bitmasks of lists (0b11
    is the first with the second); its sub-terms must be named too. No other dependence within a stratum. With two lists
    there can be no term, and `odds_ratio`, above 0, must be stated instead: 1 for none.
    """

    terms: tuple[int, ...] = ()
    odds_ratio: float | None = None


@dataclass(frozen=True, slots=True)
class Design:
    """Columns of the model over patterns that can be seen; nobody's pattern has the log rate 0.

    `cells` (c,): the patterns. `terms` (q,): bitmasks, of single lists first. `columns` (c, q): 1 where the pattern has
    all lists of the term. `offset` (c,): log odds ratio where both of two lists are, else 0. `mains`: how many lists.
    `left_out`: the column row and offset of a pattern that is not used though it could be seen, if any.
    """

    cells: Ints
    terms: tuple[int, ...]
    columns: Floats
    offset: Floats
    mains: int
    left_out: Floats | None = None


def design(k: int, assumed: Assumed, *, without: int | None = None) -> Design:
    """The design for k lists; `without` is a pattern whose count is not used.

    Raises: ValueError for terms that are not a model of these lists, or for two lists without an odds ratio above 0.
    """
    singles = tuple(1 << j for j in range(k))
    extra = tuple(sorted(assumed.terms, key=lambda t: (t.bit_count(), t)))
    _check(k, extra, assumed.odds_ratio)
    terms = singles + extra
    cells = np.array([c for c in range(1, 1 << k) if c != without], dtype=np.int64)
    columns = _columns(cells, terms)
    offset = np.zeros(cells.size)
    if assumed.odds_ratio is not None:
        offset[cells == 3] = np.log(assumed.odds_ratio)
    if np.linalg.matrix_rank(np.column_stack([np.ones(cells.size), columns])) <= len(terms):
        raise ValueError("the model has as many terms as patterns, so that nothing is left to estimate from")
    left_out = None if without is None else _columns(np.array([without]), terms)[0]
    return Design(cells, terms, columns, offset, k, left_out)


def _columns(cells: Ints, terms: tuple[int, ...]) -> Floats:
    of = np.array(terms, dtype=np.int64)
    return np.asarray((cells[:, None] & of) == of, dtype=np.float64)


def _check(k: int, extra: tuple[int, ...], odds_ratio: float | None) -> None:
    if k < 2:
        raise ValueError("one list alone says nothing of those who are not on it")
    if (k == 2) != (odds_ratio is not None):
        raise ValueError("two lists need a stated odds ratio, and more lists take terms instead of one")
    if odds_ratio is not None and not 0 < odds_ratio < float("inf"):
        raise ValueError("an odds ratio is above 0 and finite")
    have = set(extra)
    if len(have) < len(extra) or any(t.bit_count() < 2 or not 0 < t < 1 << k for t in extra):
        raise ValueError("a term is named twice, or is not one of two or more of these lists")
    for term in extra:
        parts = {term & ~(1 << j) for j in range(k) if term >> j & 1}
        if any(p.bit_count() > 1 and p not in have for p in parts):
            raise ValueError("a term of three lists or more needs all terms of its lists")
