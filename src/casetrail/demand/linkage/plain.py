"""Plain twins: every graph of links, one after the other."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def splitting(missed: Floats) -> Floats:
    """As `splitting.splitting`, by going through all graphs of links on each pattern."""
    k = missed.shape[0]
    out = np.zeros((1 << k, 1 << k))
    for x in range(1, 1 << k):
        lists = [j for j in range(k) if x >> j & 1]
        pairs = list(combinations(lists, 2))
        for found in product((False, True), repeat=len(pairs)):
            chance = 1.0
            for (i, j), link in zip(pairs, found, strict=True):
                chance *= 1 - missed[i, j] if link else missed[i, j]
            for part in parts(lists, [pair for pair, link in zip(pairs, found, strict=True) if link]):
                out[part, x] += chance
    return out


def parts(lists: list[int], links: list[tuple[int, int]]) -> list[int]:
    """The connected parts of a graph, each as a pattern."""
    part = {j: j for j in lists}
    for i, j in links:
        old, new = part[j], part[i]
        part = {of: new if at == old else at for of, at in part.items()}
    return [sum(1 << of for of, at in part.items() if at == name) for name in sorted(set(part.values()))]
