"""The interval of the number on neither list, for stated odds ratios: by profile likelihood, many at once.

The four cells are multinomial; two margins are free and the odds ratio is given. Cut where twice the log likelihood has
fallen by the quantile of chi-square with one degree of freedom. Source: R. M. Cormack, "Interval estimation for
mark-recapture studies of closed populations", Biometrics 48 (1992) 567-576. On made-up data with 3 to 60 persons on
both lists its two tails were nearer to 2.5 % each than those of the log-normal intervals around Chapman's estimate.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import digamma, gammaln

from casetrail.demand.two_lists.table import Cells
from casetrail.stats.intervals import normal_quantile

Floats = npt.NDArray[np.float64]

# Below it a number of persons is nobody; halvings that bring an end to about 1e-12 of itself.
NOBODY = 1e-6
HALVINGS = 60


def interval(of: Cells, odds_ratios: Floats, *, level: float = 0.95) -> tuple[Floats, Floats]:
    """Ends, shape as `odds_ratios`, of the number of persons on neither list.

    All three counts must be above 0; they need not be whole. Raises: ValueError for a level outside 0 to 1.
    """
    drop = normal_quantile(level) ** 2 / 2
    middle = _halve(of, odds_ratios, np.full_like(odds_ratios, NOBODY), _far(of, odds_ratios), target=None)
    top = _log_likelihood(of, odds_ratios, middle) - drop
    low = _halve(of, odds_ratios, np.full_like(odds_ratios, NOBODY), middle, target=top)
    high = _halve(of, odds_ratios, middle, _far_below(of, odds_ratios, middle, top), target=top)
    return np.where(low <= 2 * NOBODY, 0.0, low), high


def _halve(of: Cells, odds_ratios: Floats, low: Floats, high: Floats, *, target: Floats | None) -> Floats:
    """Where the log likelihood crosses `target` between the two numbers, or where it is highest without a target.

    With a target one of the two numbers is the highest place, and which one shows whether it rises or falls.
    """
    a, b = np.log(low), np.log(high)
    rising = target is not None and bool((_log_likelihood(of, odds_ratios, high) >= target).all())
    for _ in range(HALVINGS):
        at = (a + b) / 2
        if target is None:
            up = _slope(of, odds_ratios, np.exp(at)) > 0
        else:
            above = _log_likelihood(of, odds_ratios, np.exp(at)) > target
            up = ~above if rising else above
        a, b = np.where(up, at, a), np.where(up, b, at)
    return np.asarray(np.exp((a + b) / 2), dtype=np.float64)


def _far(of: Cells, odds_ratios: Floats) -> Floats:
    return np.maximum(10.0, 10 * odds_ratios * of.first * of.second / of.both)


def _far_below(of: Cells, odds_ratios: Floats, middle: Floats, target: Floats) -> Floats:
    """A number so large that the likelihood is below the target everywhere."""
    far = np.maximum(10.0, 2 * middle)
    while True:
        inside = _log_likelihood(of, odds_ratios, far) > target
        if not inside.any():
            return np.asarray(far, dtype=np.float64)
        far = np.where(inside, 2 * far, far)


def _both_expected(of: Cells, odds_ratios: Floats, hidden: Floats) -> Floats:
    """Expected persons on both lists, from the margins and the odds ratio: the root of a quadratic."""
    row, column = of.both + of.first, of.both + of.second
    a, c = 1 - odds_ratios, -odds_ratios * row * column
    b = of.known + hidden - row - column + odds_ratios * (row + column)
    # This form of the root needs no division by `a`, which is 0 at an odds ratio of 1.
    return np.asarray(-2 * c / (b + np.sqrt(b * b - 4 * a * c)), dtype=np.float64)


def _log_likelihood(of: Cells, odds_ratios: Floats, hidden: Floats) -> Floats:
    """Highest log likelihood of all four counts, up to a constant."""
    x = _both_expected(of, odds_ratios, hidden)
    n, first, second = of.known + hidden, of.both + of.first - x, of.both + of.second - x
    seen = of.both * np.log(x / n) + of.first * np.log(first / n) + of.second * np.log(second / n)
    rest = hidden - of.both + x
    return np.asarray(gammaln(n + 1) - gammaln(hidden + 1) + seen + hidden * np.log(rest / n), dtype=np.float64)


def _slope(of: Cells, odds_ratios: Floats, hidden: Floats) -> Floats:
    """By how much it grows with the hidden number: the margins are at their best, so they do not count."""
    n = of.known + hidden
    rest = hidden - of.both + _both_expected(of, odds_ratios, hidden)
    return np.asarray(digamma(n + 1) - digamma(hidden + 1) + np.log(rest / n), dtype=np.float64)
