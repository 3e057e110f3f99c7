"""How long does a state last, when it is looked at only now and then?

Two questions. How long until it was *found* to have ended: a time that is known to the day, or still running (E. L.
Kaplan and P. Meier, Journal of the American Statistical Association 53 (1958) 457-481; limits on the scale of
log(-log), with the variance of M. Greenwood, 1926: J. D. Kalbfleisch and R. L. Prentice, "The statistical analysis of
failure time data" (1980) 15). How long until it *did* end: some time after the last look that still found it and by the
first that did not (B. W. Turnbull, Journal of the Royal Statistical Society B 38 (1976) 290-295).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import exp, log, sqrt

import numpy as np
import numpy.typing as npt

from casetrail.stats.intervals import normal_quantile

Floats = npt.NDArray[np.float64]
SETTLED, ROUGHLY, STEPS = 1e-9, 1e-4, 100_000


@dataclass(frozen=True, slots=True)
class Lasting:
    """Share that still lasts after each time at which one ended, with limits; `at_risk` just before, `ended` at it."""

    time: Floats
    at_risk: npt.NDArray[np.int64]
    ended: npt.NDArray[np.int64]
    share: Floats
    low: Floats
    high: Floats
    last_seen: float

    def at(self, time: float) -> tuple[float, float, float] | None:
        """Share and limits at a time; None past the last one seen, of which nothing is known."""
        if time > self.last_seen:
            return None
        i = int(np.searchsorted(self.time, time, side="right")) - 1
        return (1.0, 1.0, 1.0) if i < 0 else (float(self.share[i]), float(self.low[i]), float(self.high[i]))

    @property
    def median(self) -> tuple[float | None, float | None, float | None]:
        """The time by which half had ended, and its limits; None where the share never falls that low."""
        return _first(self.time, self.share), _first(self.time, self.low), _first(self.time, self.high)


@dataclass(frozen=True, slots=True)
class Between:
    """Where the ends lie: `mass` of them in each interval, open on the left, closed on the right.

    Within an interval nothing can be known, so the share that still lasts has a lowest and a highest value.
    """

    left: Floats
    right: Floats
    mass: Floats
    n: int

    def at(self, time: float) -> tuple[float, float]:
        """Lowest and highest share that may still last at a time, by what the looks leave open; no sampling error."""
        return float(self.mass[self.left >= time].sum()), float(self.mass[self.right > time].sum())


def lasting(times: npt.ArrayLike, ended: npt.ArrayLike, *, level: float = 0.95) -> Lasting | None:
    """Kaplan-Meier. `times` since the start, 0 or more; `ended` false for one that still ran when last seen.

    None without a single spell. Raises: ValueError on different lengths, or a time that is negative or unknown.
    """
    t, d = np.asarray(times, dtype=np.float64), np.asarray(ended, dtype=np.bool_)
    if t.ndim != 1 or t.shape != d.shape or not bool(np.all(t >= 0)):
        raise ValueError("times and ends must be equally long, and every time 0 or more")
    if t.size == 0:
        return None
    when = np.unique(t[d])
    ordered = np.sort(t)
    at_risk = t.size - np.searchsorted(ordered, when, side="left")
    count = np.searchsorted(np.sort(t[d]), when, side="right") - np.searchsorted(np.sort(t[d]), when, side="left")
    share = np.asarray(np.cumprod(1.0 - count / at_risk), dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.cumsum(count / (at_risk * (at_risk - count)))
    limits = np.array([_log_log(s, v, level) for s, v in zip(share, variance, strict=True)]).reshape(-1, 2)
    return Lasting(
        when, at_risk.astype(np.int64), count.astype(np.int64), share, limits[:, 0], limits[:, 1], float(t.max())
    )


def _log_log(share: float, variance: float, level: float) -> tuple[float, float]:
    """Once all have ended, Greenwood's variance is not known: from 0 to 1 says so."""
    if share <= 0.0:
        return 0.0, 1.0
    if share >= 1.0:
        return 1.0, 1.0
    half = normal_quantile(level) * sqrt(variance) / abs(log(share))
    return exp(log(share) * exp(half)), exp(log(share) * exp(-half))


def _first(time: Floats, share: Floats) -> float | None:
    below = np.flatnonzero(share <= 0.5)
    return float(time[below[0]]) if below.size else None


def between(left: npt.ArrayLike, right: npt.ArrayLike, *, settled: float = SETTLED) -> Between | None:
    """Turnbull's estimate. Each end lies in (left, right]; `right` is infinite where none was seen.

    It is improved in steps until none moves a mass by more than `settled`. None without a single spell.
    Raises: ValueError on different lengths, or unless 0 <= left < right.
    """
    low, high = np.asarray(left, dtype=np.float64), np.asarray(right, dtype=np.float64)
    if low.ndim != 1 or low.shape != high.shape or not bool(np.all((low >= 0) & (low < high))):
        raise ValueError("each end needs 0 <= left < right")
    if low.size == 0:
        return None
    inner = _innermost(low, high)
    alike, times = np.unique(np.column_stack([low, high]), axis=0, return_counts=True)
    inside = ((alike[:, :1] <= inner[:, 0]) & (inner[:, 1] <= alike[:, 1:])).astype(np.float64)
    weight = times / low.size
    mass = np.full(len(inner), 1.0 / len(inner))
    for _ in range(STEPS):
        fresh = mass * ((weight / (inside @ mass)) @ inside)
        moved = float(np.abs(fresh - mass).max())
        mass = fresh
        if moved < settled:
            break
    return Between(inner[:, 0], inner[:, 1], mass, int(low.size))


def _innermost(low: Floats, high: Floats) -> Floats:
    """Intervals from a left end to the next right end with no other end between: only there can mass lie."""
    # A closed right end comes before an open left one at the same time.
    ends = sorted([(float(x), 1) for x in np.unique(low)] + [(float(x), 0) for x in np.unique(high)])
    pairs = pairwise(ends)
    return np.array([(a[0], b[0]) for a, b in pairs if a[1] == 1 and b[1] == 0 and b[0] > a[0]])


def between_limits(
    left: npt.ArrayLike, right: npt.ArrayLike, times: npt.ArrayLike, *, rng: np.random.Generator, draws: int = 500
) -> Floats:
    """Limits of 95 % of the share that still lasts at each time: shape (times, 2).

    The variance of the share comes from drawing spells anew; it is put as a number of spells seen in full, of which a
    score interval is taken: from the lowest share that the looks leave open downwards, from the highest upwards. It is
    never of more spells than were looked at again. Spells must be of different units.
    Raises: ValueError as `between`, or without a single spell that was looked at again.
    """
    low, high = np.asarray(left, dtype=np.float64), np.asarray(right, dtype=np.float64)
    wanted = [float(t) for t in np.asarray(times, dtype=np.float64)]
    seen, looked_at = between(low, high), int(np.sum((low > 0) | np.isfinite(high)))
    if seen is None or looked_at == 0:
        raise ValueError("no spell that was looked at again")
    drawn = np.empty((draws, len(wanted), 2))
    for b in range(draws):
        rows = rng.integers(low.size, size=low.size)
        found = between(low[rows], high[rows], settled=ROUGHLY)
        assert found is not None
        drawn[b] = [found.at(t) for t in wanted]
    variance = np.var(drawn, axis=0, ddof=1)
    limits = []
    for t, (under, over) in zip(wanted, variance, strict=True):
        lowest, highest = seen.at(t)
        limits.append((_score(lowest, float(under), looked_at)[0], _score(highest, float(over), looked_at)[1]))
    return np.array(limits).reshape(-1, 2)


def _score(share: float, variance: float, spells: int) -> tuple[float, float]:
    """The interval of E. B. Wilson (1927) for a share that varies like one of so many spells, at most all."""
    n = min(float(spells), share * (1 - share) / variance) if variance > 0 and 0 < share < 1 else float(spells)
    q = normal_quantile(0.95)
    middle, scale = share + q * q / (2 * n), 1 + q * q / n
    half = q * sqrt(share * (1 - share) / n + q * q / (4 * n * n))
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)
