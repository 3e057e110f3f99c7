"""Cumulative sums: small lasting changes that no single point shows, with each case's own expectation.

Sources: S. H. Steiner, R. J. Cook, V. T. Farewell and T. Treasure, "Monitoring surgical performance using
risk-adjusted cumulative sum charts", Biostatistics 1 (2000) 441-452 (log-likelihood scores, reset at 0); J. Lovegrove,
O. Valencia, T. Treasure, C. Sherlaw-Johnson and S. Gallivan, "Monitoring the results of cardiac surgery by variable
life-adjusted display", Lancet 350 (1997) 1128-1130 (expected less observed). Thresholds are in `cusum_threshold`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cusum:
    """`path[i]` is the sum after case i, before a restart; `alarms` the cases at which it passed the threshold.

    After an alarm the sum begins again at 0. `unknown` cases have no score and leave the sum as it is.
    """

    path: Floats
    alarms: tuple[int, ...]
    unknown: int


@dataclass(frozen=True, slots=True)
class Vlad:
    """Observed less expected events, added up: above 0 there were more than expected.

    `deviation` is the standard deviation of `path` at each case if events happen as expected, by chance alone. A band
    of it holds for one case looked at, not for a path watched all along. Unknown cases add neither to observed nor to
    expected.
    """

    path: Floats
    deviation: Floats
    unknown: int


def bernoulli_scores(outcomes: npt.ArrayLike, risks: npt.ArrayLike, *, odds_ratio: float) -> Floats:
    """Log-likelihood score of each case: odds of the event multiplied by `odds_ratio`, against as expected.

    `outcomes` 0, 1 or nan (unknown); `risks` the expected probabilities. A ratio above 1 looks for more events, below 1
    for fewer. Raises: ValueError on different lengths, other outcomes, risks not within 0 and 1, or a ratio of 1.
    """
    y, p = _pair(outcomes, risks)
    _ratio(odds_ratio)
    if bool(np.any(np.isfinite(y) & (y != 0) & (y != 1)) or np.any((p <= 0) | (p >= 1))):
        raise ValueError("outcomes are 0 or 1, and risks lie strictly between 0 and 1")
    return np.asarray(y * np.log(odds_ratio) - np.log1p(p * (odds_ratio - 1)), dtype=np.float64)


def poisson_scores(counts: npt.ArrayLike, expected: npt.ArrayLike, *, ratio: float) -> Floats:
    """Log-likelihood score of each count: a mean of `ratio` times the expected one, against as expected.

    Raises: ValueError on different lengths, counts below 0, an expected count not above 0, or a ratio of 1.
    """
    y, e = _pair(counts, expected)
    _ratio(ratio)
    if bool(np.any(y < 0) or np.any(e <= 0)):
        raise ValueError("counts are 0 or more and expected counts above 0")
    return np.asarray(y * np.log(ratio) - e * (ratio - 1), dtype=np.float64)


def normal_scores(z: npt.ArrayLike, *, shift: float) -> Floats:
    """Log-likelihood score of standardised values: a mean moved by `shift` standard deviations, against 0.

    Raises: ValueError on a shift of 0.
    """
    if shift == 0:
        raise ValueError("a shift of 0 is no change to look for")
    y = np.asarray(z, dtype=np.float64)
    return np.asarray(shift * y - shift**2 / 2, dtype=np.float64)


def cusum(scores: npt.ArrayLike, *, threshold: float | None = None) -> Cusum:
    """The sum of scores, never below 0; with a threshold, alarms where the sum reaches it.

    Raises: ValueError unless the threshold is above 0.
    """
    if threshold is not None and threshold <= 0:
        raise ValueError("the threshold must be above 0")
    w = np.asarray(scores, dtype=np.float64)
    known = np.isfinite(w)
    total = np.cumsum(np.where(known, w, 0.0))
    path = np.empty(w.size)
    alarms: list[int] = []
    start, base = 0, 0.0
    while start < w.size:
        # A sum that may not fall below 0 is the plain sum less its own lowest value so far.
        part = total[start:] - base
        part = part - np.minimum.accumulate(np.minimum(part, 0.0))
        over = np.flatnonzero(part >= threshold) if threshold is not None else np.empty(0, dtype=np.intp)
        stop = start + int(over[0]) + 1 if over.size else w.size
        path[start:stop] = part[: stop - start]
        if over.size:
            alarms.append(stop - 1)
        start, base = stop, float(total[stop - 1])
    return Cusum(path, tuple(alarms), int(np.count_nonzero(~known)))


def vlad(observed: npt.ArrayLike, expected: npt.ArrayLike, variances: npt.ArrayLike) -> Vlad:
    """Observed less expected, added up. `variances`: those of each observed by chance: p (1 - p), n p (1 - p), or e.

    Raises: ValueError on different lengths or a variance below 0.
    """
    y, e = _pair(observed, expected)
    v = np.asarray(variances, dtype=np.float64)
    if v.shape != y.shape or bool(np.any(v < 0)):
        raise ValueError("variances must be as many as the cases, and not below 0")
    known = np.isfinite(y) & np.isfinite(e)
    path = np.cumsum(np.where(known, y - e, 0.0))
    return Vlad(path, np.sqrt(np.cumsum(np.where(known, v, 0.0))), int(np.count_nonzero(~known)))


def _pair(first: npt.ArrayLike, second: npt.ArrayLike) -> tuple[Floats, Floats]:
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if a.ndim != 1 or a.shape != b.shape:
        raise ValueError("observed and expected must be equally long")
    return a, b


def _ratio(ratio: float) -> None:
    if not ratio > 0 or ratio == 1:
        raise ValueError("the ratio to look for is above 0 and not 1")
