"""Do two things change together, across many units, from one period to the next?

Changes, not levels, so that lasting differences between units play no part; less the mean change of each period, so
that what moved for all plays none either. The slope is that of least squares over all changes; its interval draws whole
units anew, since changes of one unit are not independent (A. C. Cameron, J. B. Gelbach and D. L. Miller, Review of
Economics and Statistics 90 (2008) 414-427); its p-value gives each unit the changes of another.
It says whether they move together. It does not say that one moves the other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from casetrail.figures import Refusal

Floats = npt.NDArray[np.float64]

FEWEST_UNITS = 20
DRAWS = 1999


@dataclass(frozen=True, slots=True)
class Together:
    """`slope`: change of y for a change of 1 in x, with its interval. `correlation` of the changes, freed of periods.

    `units` have at least one pair of changes, `pairs` is their number in all.
    """

    slope: float
    low: float
    high: float
    correlation: float
    p_value: float
    units: int
    pairs: int
    level: float


def changes_together(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    rng: np.random.Generator,
    level: float = 0.95,
    draws: int = DRAWS,
) -> Together | Refusal:
    """The slope of changes of `y` on changes of `x`; both (units, changes), nan where a change is not known.

    Refuses below twenty units with a pair of changes, or where x does not change differently between units.
    Raises: ValueError on different shapes.
    """
    a, b = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if a.ndim != 2 or a.shape != b.shape:
        raise ValueError("changes must be two tables of the same shape, units by periods")
    both = np.isfinite(a) & np.isfinite(b)
    kept = both.any(axis=1)
    a, b, both = a[kept], b[kept], both[kept]
    if a.shape[0] < FEWEST_UNITS:
        return _too_few(a.shape[0])
    xx, xy, yy = (float(s[0]) for s in _sums(a, b, both, np.ones((1, a.shape[0]))))
    if xx <= 0 or yy <= 0:
        return Refusal(
            "nothing_varies", "The changes are the same for all units, so there is nothing to set side by side."
        )
    again_xx, again_xy, _ = _sums(a, b, both, _drawn(a.shape[0], draws, rng))
    low, high = (float(q) for q in np.quantile(again_xy / again_xx, [(1 - level) / 2, (1 + level) / 2]))
    return Together(
        slope=xy / xx,
        low=low,
        high=high,
        correlation=xy / float(np.sqrt(xx * yy)),
        p_value=_exchanged(a, b, rng, draws),
        units=int(a.shape[0]),
        pairs=int(both.sum()),
        level=level,
    )


def _too_few(units: int) -> Refusal:
    return Refusal(
        "too_few_units",
        f"{units} units with changes of both: at least {FEWEST_UNITS} are needed.",
        ("more units, or more years in which both are published",),
    )


def _sums(a: Floats, b: Floats, both: npt.NDArray[np.bool_], weights: Floats) -> tuple[Floats, Floats, Floats]:
    """Sums of squares and products within periods, for each row of weights of the units."""
    x, y, m = np.where(both, a, 0.0), np.where(both, b, 0.0), both.astype(np.float64)
    # One product of tables for all sums: many small ones would spend their time on starting.
    n, sx, sy, xx, xy, yy = np.split(weights @ np.concatenate([m, x, y, x * x, x * y, y * y], axis=1), 6, axis=1)
    n = np.maximum(n, 1.0)
    return (xx - sx * sx / n).sum(axis=1), (xy - sx * sy / n).sum(axis=1), (yy - sy * sy / n).sum(axis=1)


def _drawn(units: int, draws: int, rng: np.random.Generator) -> Floats:
    """How often each unit is drawn, with replacement, in each of the draws."""
    chosen = rng.integers(units, size=(draws, units)) + units * np.arange(draws)[:, None]
    return np.bincount(chosen.ravel(), minlength=units * draws).reshape(draws, units).astype(np.float64)


def _exchanged(a: Floats, b: Floats, rng: np.random.Generator, draws: int) -> float:
    """p of no connection: the sum of products when each unit has the changes of x of another unit.

    Changes are less the mean of their period over all units that have one, and count 0 where unknown: both stay as they
    are when units are exchanged, so that one table of products of all units with all holds every draw.
    """
    products = _centred(a) @ _centred(b).T
    units = a.shape[0]
    order = rng.permuted(np.broadcast_to(np.arange(units), (draws, units)), axis=1)
    drawn = np.abs(products.ravel().take(order * units + np.arange(units)).sum(axis=1))
    seen = abs(float(np.trace(products)))
    return float((1 + np.count_nonzero(drawn >= seen * (1 - 1e-9))) / (1 + draws))


def _centred(a: Floats) -> Floats:
    known = np.isfinite(a)
    filled = np.where(known, a, 0.0)
    mean = filled.sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return np.asarray(np.where(known, a - mean, 0.0), dtype=np.float64)
