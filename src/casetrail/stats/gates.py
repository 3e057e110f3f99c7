"""Do the figures themselves say that they were recorded badly? Signs that need no other evidence than the table.

All arrays have the shape (units, periods); nan is unknown. Nothing here says that a figure is good: only that one of
these signs was, or was not, seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import bdtrc
from scipy.stats import mannwhitneyu, rankdata

from casetrail.stats.robust import Floats, distance, middle, own_middle_elsewhere, width

FEWEST_COUNTS = 12
LARGE_ENOUGH = 50


def stock_and_flow(stock: Floats, ended: Floats, people: Floats | None = None) -> Floats:
    """z of the sign that finished cases are held as open: many open for so few closed, so few people, for this body.

    Three distances on the log scale, each from the middle of the year: open over closed; open over people (if given);
    open over closed against the same body in other periods (where it has three). Work left open moves all of them up
    together by the same step: z is the best linear combination against that step (generalised least squares), with
    correlations from ranks. The larger of two z: with and without the body's own history, since work left open for
    years is in the history too. One-sided: high is suspect.
    Raises: ValueError on different shapes.
    """
    if stock.shape != ended.shape or (people is not None and people.shape != stock.shape):
        raise ValueError("stock, flow and people must have one shape")
    pace, chance = _log_ratio(stock, ended), _inverse(stock) + _inverse(ended)
    features = [(pace, chance)]
    if people is not None:
        features.append((_log_ratio(stock, people), _inverse(stock)))
    first = _along(features)
    own = pace - own_middle_elsewhere(pace - middle(pace)) - middle(pace)
    return np.asarray(np.fmax(first, _along([*features, (own, chance)])), dtype=np.float64)


def _along(features: Sequence[tuple[Floats, Floats]]) -> Floats:
    """The best linear combination of distances against one step common to all features on their own scale."""
    x = np.stack([distance(value, chance) for value, chance in features])
    known = np.isfinite(x).all(axis=0)
    if int(known.sum()) < FEWEST_COUNTS:
        return np.full(x.shape[1:], np.nan)
    step = np.stack([np.broadcast_to(1.0 / width(value), value.shape) for value, _ in features])
    ranks = np.stack([rankdata(one[known]) for one in x])
    correlation = np.atleast_2d(2.0 * np.sin(np.pi * np.corrcoef(ranks) / 6.0))
    weights = np.einsum("kl,lij->kij", np.linalg.pinv(correlation), step)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.sum(weights * x, axis=0) / np.sqrt(np.sum(weights * step, axis=0)), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Balance:
    """Open before + started - ended - open after, as a share of the mean stock, and its distance from that of others.

    Both stand at the later period; positive where cases left the stock without being counted as ended.
    """

    vanished: Floats
    z: Floats


def balance(stock: Floats, started: Floats, ended: Floats) -> Balance:
    """Does what was open follow from what was open before, what started and what ended?"""
    vanished = np.full_like(stock, np.nan)
    left = stock[:, :-1] + started[:, 1:] - ended[:, 1:] - stock[:, 1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        vanished[:, 1:] = 2.0 * left / (stock[:, :-1] + stock[:, 1:])
    return Balance(vanished, distance(vanished))


@dataclass(frozen=True, slots=True)
class Jumps:
    """Change since the period before: as a factor (log scale, less the change of the middle unit), and its z."""

    change: Floats
    z: Floats


def jumps(value: Floats, chance: Floats | None = None) -> Jumps:
    """Changes from one period to the next that hardly any other unit had. `value` is on a scale of differences.

    A log rate, a log odds. `chance` is the variance of each value by chance. A unit that always moves more than others
    is measured by its own moves. The first period has no change (nan).
    """
    change = np.full_like(value, np.nan)
    change[:, 1:] = np.diff(value, axis=1)
    change -= middle(change)
    noise = None
    if chance is not None:
        noise = np.full_like(value, np.nan)
        noise[:, 1:] = chance[:, 1:] + chance[:, :-1]
    z = distance(change, noise)
    usual = own_middle_elsewhere(np.abs(z)) * 1.482602218505602
    return Jumps(change, z / np.fmax(1.0, np.where(np.isfinite(usual), usual, 1.0)))


def heaping(counts: Sequence[Floats]) -> tuple[Floats, Floats]:
    """Share of last digits 0 or 5 among the large counts of each row, and the chance of so many or more.

    `counts` are arrays with the same rows, of which each distinct large count of a row is taken once. Digits of large
    counts are even (a fifth are 0 or 5). nan with fewer than twelve counts.
    """
    together = np.concatenate([np.asarray(c, dtype=np.float64) for c in counts], axis=1)
    share, p = np.full(together.shape[0], np.nan), np.full(together.shape[0], np.nan)
    for i, row in enumerate(together):
        large = np.unique(row[np.isfinite(row) & (row >= LARGE_ENOUGH)])
        if large.size < FEWEST_COUNTS:
            continue
        round_ones = int(np.count_nonzero(np.mod(large, 5) == 0))
        share[i] = round_ones / large.size
        p[i] = 1.0 if round_ones == 0 else float(bdtrc(round_ones - 1, large.size, 0.2))
    return share, p


def missing_by_value(value: Floats, fewest: int = 5) -> Floats:
    """For each period: p that units without a value had other values in other periods than those with one.

    Ranks within each other period are averaged over them, then the two groups are compared (H. B. Mann and
    D. R. Whitney, Annals of Mathematical Statistics 18 (1947) 50-60). nan where either group has fewer than `fewest`.
    """
    known = np.isfinite(value)
    rank = np.full_like(value, np.nan)
    for j in range(value.shape[1]):
        if known[:, j].any():
            rank[known[:, j], j] = rankdata(value[known[:, j], j]) / known[:, j].sum()
    usual = own_middle_elsewhere(rank, fewest=1)
    p = np.full(value.shape[1], np.nan)
    for j in range(value.shape[1]):
        seen, unseen = usual[known[:, j], j], usual[~known[:, j], j]
        seen, unseen = seen[np.isfinite(seen)], unseen[np.isfinite(unseen)]
        if min(seen.size, unseen.size) >= fewest:
            p[j] = float(mannwhitneyu(seen, unseen, method="asymptotic").pvalue)
    return p


def _log_ratio(top: Floats, bottom: Floats) -> Floats:
    """nan where either is unknown or 0: no ratio of nothing is far from anything."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((top > 0) & (bottom > 0), np.log(top / bottom), np.nan)


def _inverse(count: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(count > 0, 1.0 / count, np.nan)
