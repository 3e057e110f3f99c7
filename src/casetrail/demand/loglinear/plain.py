"""Plain twin of models, existence and fits: the design written out, the usual reweighted least squares, a plain LP."""

from __future__ import annotations

from itertools import chain, combinations
from math import exp, inf, log

import numpy as np
from scipy.optimize import linprog

Term = frozenset[int]


def plain_models(k: int, order: int) -> set[frozenset[Term]]:
    """All hierarchical models as sets of terms, by trying every set of terms. For very few lists only."""
    lists = range(k)
    larger = [frozenset(pick) for size in range(2, order + 1) for pick in combinations(lists, size)]
    found = set()
    for chosen in chain.from_iterable(combinations(larger, size) for size in range(len(larger) + 1)):
        terms = {*chosen, *(frozenset([j]) for j in lists)}
        if all(frozenset(part) in terms for term in chosen for part in combinations(term, len(term) - 1) if part):
            found.add(frozenset(terms))
    return found


def plain_design(counts: dict[Term, int], k: int, model: set[Term]) -> tuple[np.ndarray, np.ndarray]:
    """Rows for the patterns that are left when terms that nobody has are gone, the constant first; and the counts."""
    having = {term: sum(n for pattern, n in counts.items() if term <= pattern) for term in model}
    empty = [term for term in model if having[term] == 0]
    kept = [frozenset[int](), *sorted((t for t in model if having[t] > 0), key=lambda t: (len(t), sorted(t)))]
    patterns = [frozenset(p) for size in range(1, k + 1) for p in combinations(range(k), size)]
    live = [pattern for pattern in patterns if not any(term <= pattern for term in empty)]
    rows = [[1.0 if term <= pattern else 0.0 for term in kept] for pattern in live]
    return np.array(rows), np.array([float(counts.get(pattern, 0)) for pattern in live])


def plain_of_terms(counts: dict[Term, int], k: int, model: set[Term]) -> int:
    """2 where the columns depend on each other, 1 where some term has no finite estimate, else 0.

    All terms have finite estimates when some table, all its entries above 0, has the same sums for each term as the
    counts. The largest smallest entry of such a table is looked for.
    """
    x, y = plain_design(counts, k, model)
    cells, terms = x.shape
    if np.linalg.matrix_rank(x) < terms:
        return 2
    # Unknown: an excess over the smallest entry for each pattern, and the smallest entry itself, which is wanted large.
    found = linprog(
        np.r_[np.zeros(cells), -1.0],
        A_eq=np.c_[x.T, x.sum(axis=0)],
        b_eq=x.T @ y,
        bounds=[(0.0, None)] * (cells + 1),
        method="highs",
    )
    return 0 if found.status == 0 and -found.fun > 1e-7 else 1


def plain_verdict(counts: dict[Term, int], k: int, model: set[Term]) -> int:
    """The same for the constant alone: 2 where it is not determined, 1 where it runs off, else 0.

    The constant is determined when some weights of the patterns add up to it alone: a sum of rows of the design that
    is 1 for the constant and 0 for each other term. It does not run off when such weights can be had that are nowhere
    below 0 on patterns with nobody, and others that are nowhere above 0 there.
    """
    x, y = plain_design(counts, k, model)
    constant = np.eye(x.shape[1])[0]
    if x.shape[0] == 0 or np.abs(x.T @ np.linalg.lstsq(x.T, constant, rcond=None)[0] - constant).max() > 1e-8:
        return 2
    for bound in ((0.0, None), (None, 0.0)):
        bounds = [(None, None) if n > 0 else bound for n in y]
        found = linprog(np.zeros(y.size), A_eq=x.T, b_eq=constant, bounds=bounds, method="highs")
        if found.status != 0:
            return 1
    return 0


def plain_fit(counts: dict[Term, int], k: int, model: set[Term]) -> tuple[float, float]:
    """The number on no list, and the deviance, by iteratively reweighted least squares. Only where the verdict is 0.

    Where terms run to infinity together it comes near, step by step. Raises: ArithmeticError where it does not settle.
    """
    x, y = plain_design(counts, k, model)
    mean, last = y + 0.1, inf
    for _ in range(500):
        root = np.sqrt(mean)
        beta, *_ = np.linalg.lstsq(x * root[:, None], (np.log(mean) + (y - mean) / mean) * root, rcond=None)
        mean = np.exp(np.clip(x @ beta, -700.0, 700.0))
        deviance = 2.0 * sum((a * log(a / b) if a > 0 else 0.0) - (a - b) for a, b in zip(y, mean, strict=True))
        if abs(deviance - last) < 1e-12 * (1.0 + abs(deviance)):
            return exp(beta[0]), deviance
        last = deviance
    raise ArithmeticError("the fit does not settle")
