"""The heterogeneity graph as numbers: does the share of persons on i lists fall more slowly than equal persons make it?

Under M0 log(f_i / choose(k, i)), f_i persons on exactly i lists, falls on a straight line in i; persons who differ
bend it upwards (convex). First findings u_i on list i, in the order given, fall on a line by log u_i under M0 too.
Source: S. Baillargeon and L.-P. Rivest, Journal of Statistical Software 19(5) (2007), section 3.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from casetrail.demand.heterogeneity.columns import on
from casetrail.demand.lists import Lists


@dataclass(frozen=True, slots=True)
class Graph:
    """For i = 1 ... k: persons on exactly i lists, first found by list i, last found by list i, found by list i.

    `log_f`: log(f_i / choose(k, i)); `log_u`: log u_i; both None where the count is 0: its place is unknown, and it is
    not on the line. `bends`: for i = 2 ... k - 1, log_f[i-1] - 2 log_f[i] + log_f[i+1], above 0 where the line bends
    upwards, None where a place is unknown; `bend_errors`: standard errors of these, of multinomial counts.
    """

    on_exactly: tuple[int, ...]
    first: tuple[int, ...]
    last: tuple[int, ...]
    on: tuple[int, ...]
    log_f: tuple[float | None, ...]
    log_u: tuple[float | None, ...]
    bends: tuple[float | None, ...]
    bend_errors: tuple[float | None, ...]

    @property
    def convex(self) -> bool | None:
        """Whether every known bend is upwards; None where none is known."""
        known = [b for b in self.bends if b is not None]
        return all(b > 0 for b in known) if known else None


def graph(of: Lists) -> Graph:
    """The numbers of the graph, lists in their order (which means something for u_i alone). Any number of lists."""
    patterns, counts, k = on(of.k), of.counts[1:], of.k
    many = patterns.sum(axis=1).astype(np.int64)
    f = np.bincount(many, weights=counts, minlength=k + 1)[1:].astype(np.int64)
    u = np.bincount(np.argmax(patterns, axis=1), weights=counts, minlength=k).astype(np.int64)
    last = k - 1 - np.argmax(patterns[:, ::-1], axis=1)
    log_f = [_log(int(n), math.comb(k, i)) for i, n in enumerate(f, start=1)]
    bends = [_bend(log_f[i - 1], log_f[i], log_f[i + 1]) for i in range(1, k - 1)]
    errors = [
        None if bend is None else math.sqrt(1 / f[i - 1] + 4 / f[i] + 1 / f[i + 1])
        for i, bend in zip(range(1, k - 1), bends, strict=True)
    ]
    return Graph(
        tuple(f.tolist()),
        tuple(u.tolist()),
        tuple(np.bincount(last, weights=counts, minlength=k).astype(np.int64).tolist()),
        tuple((counts @ patterns).astype(np.int64).tolist()),
        tuple(log_f),
        tuple(_log(int(n), 1) for n in u),
        tuple(bends),
        tuple(errors),
    )


def _log(n: int, among: int) -> float | None:
    return math.log(n / among) if n else None


def _bend(before: float | None, at: float | None, after: float | None) -> float | None:
    return None if before is None or at is None or after is None else before - 2 * at + after
