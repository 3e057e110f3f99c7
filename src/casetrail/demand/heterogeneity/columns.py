"""Columns of the families: how many lists a person is on, which, and how far persons differ from each other.

A person's chance of being on each list is moved by one amount that is the person's own. Which law that amount has over
persons comes out as a convex column f(i) of the number i of lists: i^2 / 2 for a normal law among those on no list
(Darroch), 2^i - 1 for a Poisson law, log 3.5 - log(3.5 + i) for a gamma law; J. N. Darroch, S. E. Fienberg, G. F. V.
Glonek and B. W. Junker, JASA 88 (1993) 1137-1148; L.-P. Rivest and S. Baillargeon, Biometrics 63 (2007) 999-1006.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
LAWS: dict[str, Callable[[Floats], Floats]] = {
    "Poisson2": lambda i: np.asarray(2.0**i - 1),
    "Darroch": lambda i: np.asarray(i**2 / 2),
    "Gamma3.5": lambda i: np.asarray(np.log(3.5) - np.log(3.5 + i)),
}


def on(k: int) -> Floats:
    """1 where a pattern has a list: shape (2**k - 1, k), patterns 1, 2, 3 ... as bitmasks."""
    return ((np.arange(1, 1 << k)[:, None] >> np.arange(k)) & 1).astype(np.float64)


def base(k: int, *, lists_differ: bool) -> Floats:
    """A constant and the lists: each with a chance of its own (`lists_differ`), or all with the same."""
    lists = on(k)
    return np.column_stack((np.ones(len(lists)), lists if lists_differ else lists.sum(axis=1)))


def etas(k: int) -> Floats:
    """Chao's columns: max(i - j, 0) for j = 2 ... k - 1, of i lists; shape (2**k - 1, k - 2)."""
    many = on(k).sum(axis=1)
    return np.asarray(np.maximum(many[:, None] - np.arange(2, k), 0.0))
