"""Counts of patterns as they would be without errors of linking, given how often linking errs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import optimize

from casetrail.demand.linkage.rates import Rates
from casetrail.demand.linkage.splitting import splitting
from casetrail.demand.lists import Counts, Lists

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
# Rounds of the search for the false links; each takes off what the last one left of the difference.
_ROUNDS = 200
_CLOSE = 1e-9
# How heavily the length of each list weighs against single cells where not everything can be met.
_HOLD = 1e4


@dataclass(frozen=True, slots=True)
class Corrected:
    """Counts without errors of linking: expected numbers, shape (2**k,), place 0 being 0.

    `joined`: persons put together wrongly, `split`: records of one person taken for several, both expected numbers.
    `limited`: the exact solution had numbers below 0, so the nearest without was taken that keeps each list's length;
    `misfit`: the sum of squares by which it does not give the counts back, in standard deviations of Poisson counts.
    `unmet`: false links that the stated shares ask for and no joining of parts gives (or gives too many), by pairs: the
    shares of the pairs contradict each other. `settled`: the search for false links came to an end.
    """

    names: tuple[str, ...]
    counts: Floats
    joined: float
    split: float
    limited: bool
    misfit: float
    unmet: float
    settled: bool

    @property
    def n(self) -> float:
        """Persons on at least one list."""
        return float(self.counts.sum())

    @property
    def warnings(self) -> tuple[str, ...]:
        """Codes: `limited`, `does_not_fit` (misfit above the 95 % point), `contradictory_shares`, `not_settled`."""
        free = max(self.counts.size - 1 - len(self.names), 1)
        bad = self.limited and self.misfit > free + 1.645 * np.sqrt(2 * free)
        return tuple(
            code
            for code, said in (
                ("limited", self.limited),
                ("does_not_fit", bad),
                ("contradictory_shares", self.unmet > max(1.0, 0.05 * self.joined)),
                ("not_settled", not self.settled),
            )
            if said
        )

    def rounded(self) -> Lists:
        """The nearest whole numbers, for methods that take counts."""
        return Lists(self.names, np.rint(self.counts).astype(np.int64))


def correct(lists: Lists, rates: Rates) -> Corrected:
    """Correct the counts for missed and false links at the shares of `rates`.

    What linking does is taken in two steps. Missed links split persons (`splitting`). Then false links join parts of
    different persons that share no list, pairs of parts at random in proportion to their numbers and to the rate of
    each pair of lists, so that of the persons found on two lists the stated share is false. Both are undone, from last
    to first; expected numbers, so that counts by chance above or below them are not. For two lists this is `two_lists`.
    Generalises Di Consiglio & Tuoto (2018, Journal of Official Statistics 34:889-908, three lists, equal rates), in the
    manner of Zult, de Wolf, Bakker & van der Heijden (2021, 37:673-697): they link lists one after another, here any
    two lists may be linked.

    Raises ValueError when every link of a pair is said to be missed.
    """
    missed, false = rates.shares(lists.k)
    return at_shares(lists.names, lists.counts, missed, false)


def at_shares(names: tuple[str, ...], counts: Counts | Floats, missed: Floats, false: Floats) -> Corrected:
    """As `correct`, at shares given as tables (k, k)."""
    if float(missed.max(initial=0.0)) >= 1 or float(false.max(initial=0.0)) >= 1:
        raise ValueError("a share of errors is from 0 to less than 1")
    observed = np.asarray(counts, dtype=np.float64)
    undone = _unjoined(observed, false)
    parts = undone.parts
    matrix = splitting(missed)[1:, 1:]
    exact = np.linalg.solve(matrix, parts[1:])
    limited = bool((exact < -_CLOSE * max(1.0, observed.sum())).any())
    found = _nearest(matrix, parts[1:], len(names)) if limited else np.maximum(exact, 0.0)
    left = matrix @ found - parts[1:]
    whole = np.concatenate([[0.0], found])
    misfit = float(np.sum(left**2 / (matrix @ found + 1.0)))
    return Corrected(
        names=names,
        counts=whole,
        joined=undone.joined,
        split=float(parts.sum() - whole.sum()),
        limited=limited,
        misfit=misfit,
        unmet=undone.unmet,
        settled=undone.settled,
    )


def _nearest(matrix: Floats, parts: Floats, k: int) -> Floats:
    """Numbers of 0 or more whose parts are nearest, in standard deviations, and whose lists are as long."""
    places = np.arange(1, parts.size + 1)
    on = np.array([(places >> j & 1) for j in range(k)], dtype=np.float64)
    weight = 1.0 / np.sqrt(np.maximum(parts, 0.0) + 1.0)
    scale = _HOLD / np.sqrt(np.maximum(on @ parts, 1.0))
    rows = np.vstack([matrix * weight[:, None], on * scale[:, None]])
    found, _ = optimize.nnls(rows, np.concatenate([parts * weight, (on @ parts) * scale]))
    return np.asarray(found)


@dataclass(frozen=True, slots=True)
class _Unjoined:
    """Counts of parts before false links joined them, and how the search for these went."""

    parts: Floats
    joined: float
    unmet: float
    settled: bool


def _unjoined(observed: Floats, false: Floats) -> _Unjoined:
    """Undo false links: the numbers of joins and of parts are found in turns, until neither changes."""
    k = false.shape[0]
    one, other = _disjoint(k)
    pairs = [(i, j) for i in range(k) for j in range(i + 1, k)]
    wanted = np.array([false[i, j] * _on(observed, 1 << i | 1 << j) for i, j in pairs])
    if not wanted.any():
        return _Unjoined(observed, 0.0, 0.0, True)
    # [join, pair]: 1 where joining these two parts makes a person seem to be on both lists of the pair.
    made = np.array([_makes(one, other, i, j) for i, j in pairs], dtype=np.float64).T
    parts, joined, unmet = observed.copy(), 0.0, 0.0
    for _ in range(_ROUNDS):
        weight = np.maximum(parts[one], 0.0) * np.maximum(parts[other], 0.0)
        rate, unmet = optimize.nnls((made * weight[:, None]).T @ made, wanted)
        joins = weight * (made @ rate)
        joined = float(joins.sum())
        new = observed.copy()
        np.add.at(new, one, joins)
        np.add.at(new, other, joins)
        np.add.at(new, one | other, -joins)
        done = float(np.abs(new - parts).max()) <= _CLOSE * max(1.0, float(observed.sum()))
        parts = new
        if done:
            return _Unjoined(parts, joined, float(unmet), True)
    return _Unjoined(parts, joined, float(unmet), False)


@lru_cache(maxsize=16)
def _disjoint(k: int) -> tuple[Ints, Ints]:
    """All unordered pairs of patterns that share no list."""
    size = 1 << k
    found = [(y, z) for y in range(1, size) for z in range(y + 1, size) if not y & z]
    made = np.array(found, dtype=np.int64).reshape(-1, 2)
    return made[:, 0], made[:, 1]


def _makes(one: Ints, other: Ints, i: int, j: int) -> npt.NDArray[np.bool_]:
    return np.asarray(((one >> i & 1) & (other >> j & 1) | (one >> j & 1) & (other >> i & 1)).astype(bool))


def _on(counts: Floats, mask: int) -> float:
    return float(counts[(np.arange(counts.size) & mask) == mask].sum())
