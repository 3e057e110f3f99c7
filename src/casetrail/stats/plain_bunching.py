"""Plain twins of the excess at a limit: one regression after another, to be read beside the sources."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log

import numpy as np

from casetrail.stats.bunching import Floats

SETTLED = 1e-10


def plain_bunching(
    counts: Sequence[float], at: Sequence[float], limit: float, *, degree: int, until: float = SETTLED
) -> tuple[float, float]:
    """Excess and normalised excess with the limit's own bin as window: fit, raise, fit again, until nothing changes."""
    far = max(abs(z - limit) for z in at)
    rows = [[((z - limit) / far) ** k for k in range(degree + 1)] + [float(z == limit)] for z in at]
    own, y = list(at).index(limit), list(counts)
    above = sum(c for c, z in zip(counts, at, strict=True) if z > limit)
    excess = 0.0
    for turn in range(200):
        terms = np.linalg.lstsq(np.array(rows), np.array(y), rcond=None)[0]
        curve = float(np.dot(rows[own][:-1], terms[:-1]))
        fresh = counts[own] - curve
        if turn and abs(fresh - excess) < until:
            return fresh, fresh / curve
        excess = fresh
        y = [c * (1 + excess / above) if z > limit else c for c, z in zip(counts, at, strict=True)]
    return excess, excess / curve


def plain_draws(drawn: Floats, at: Sequence[float], limit: float, *, degree: int) -> Floats:
    """Excess of many tables of counts, one regression after another: what a bootstrap without any thought does."""
    return np.array([plain_bunching(list(row), at, limit, degree=degree, until=1e-6)[0] for row in drawn])


def plain_deviance(
    terms: Sequence[Sequence[float]], roles: Sequence[int], counts: Sequence[float], *, effects: Sequence[float]
) -> tuple[float, float]:
    """Deviance of a day curve and cases moved, day by day; the last of `counts` are thinned cases beyond the days.

    Roles: 0 a day as it is, 1 a day of the window, 2 a day of which only a share exp(last effect) stayed.
    """
    stay = exp(effects[-1])
    natural = [exp(sum(t * e for t, e in zip(row, effects[:-1], strict=True))) for row in terms]
    moved = counts[-1] * (1 / stay - 1) + sum(m * (1 - stay) for m, r in zip(natural, roles, strict=True) if r == 2)
    seen = [(y, m * (stay if r == 2 else 1)) for y, m, r in zip(counts[:-1], natural, roles, strict=True) if r != 1]
    inside = [(y, m) for y, m, r in zip(counts[:-1], natural, roles, strict=True) if r == 1]
    seen.append((sum(y for y, _ in inside), moved + sum(m for _, m in inside)))
    return 2 * sum((y * log(y / m) if y else 0.0) - (y - m) for y, m in seen), moved
