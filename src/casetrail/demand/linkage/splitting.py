"""What missed links do to a person: into which patterns of lists a person's records fall apart."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def splitting(missed: Floats) -> Floats:
    """Expected number of linked groups with pattern y that come from one person with pattern x: [y, x], (2**k, 2**k).

    `missed` (k, k), symmetric: chance that two records of one person are not linked directly, pair by pair and
    independently. Records hang together when a chain of links joins them, so that a person with records in lists x
    becomes the connected parts of a random graph on x. A part is y when y hangs together and no link leads from it to
    the rest: `T[y, x] = C(y) * prod(missed[i, j] for i in y, j in x but not y)`, where C(y) follows from the same for
    all smaller parts that hold one given list (Gilbert 1959, Annals of Mathematical Statistics 30:1141-1144). For two
    lists it is the model of Ding & Fienberg (1994, Survey Methodology 20:149-158) without false links. Each list's
    records are kept: over the y that hold a list of x, the column adds up to 1. Place 0 is nobody and stays 0.
    """
    k = missed.shape[0]
    together = _together(missed, k)
    out = np.zeros((1 << k, 1 << k))
    for x in range(1, 1 << k):
        y = x
        while y:
            out[y, x] = together[y] * _apart(missed, y, x & ~y)
            y = (y - 1) & x
    return out


def _together(missed: Floats, k: int) -> Floats:
    """Chance that the records of each pattern hang together."""
    found = np.zeros(1 << k)
    for x in range(1, 1 << k):
        first = x & -x
        rest = x & ~first
        chance = 1.0
        # Every part that holds the first list and is not the whole: then the records do not hang together.
        z = rest
        while z:
            z = (z - 1) & rest
            chance -= found[z | first] * _apart(missed, z | first, rest & ~z)
        found[x] = max(chance, 0.0)
    return found


def _apart(missed: Floats, one: int, other: int) -> float:
    """Chance that no link joins two parts."""
    chance = 1.0
    for i in range(missed.shape[0]):
        if one >> i & 1:
            for j in range(missed.shape[0]):
                if other >> j & 1:
                    chance *= float(missed[i, j])
    return chance
