"""How likely are so few, or so many, events? Tails of binomial and Poisson counts, and counts at a given tail.

Both directions use the incomplete beta and gamma functions, as C. J. Clopper and E. S. Pearson, Biometrika 26 (1934)
404-413, and F. Garwood, Biometrika 28 (1936) 437-442, do for intervals. They are smooth between whole counts, so the
count at a tail is a line that can be drawn, and it agrees with the exact test at each whole count.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, gammainc, gammaincc, ndtri

Floats = npt.NDArray[np.float64]
STEPS = 80
# In deviations. A last step as short as this goes where it should but for a small part of itself.
CLOSE = 1e-4


def poisson_tails(counts: npt.ArrayLike, expected: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Chance of so few or fewer, and of so many or more, where `expected` events are expected.

    Raises: ValueError for a negative count, or an expected number below 0.
    """
    return poisson_at_most(counts, expected), poisson_at_least(counts, expected)


def poisson_at_most(counts: npt.ArrayLike, expected: npt.ArrayLike) -> Floats:
    """The first of them alone. Raises: as `poisson_tails`."""
    x, mean = _events(counts, expected)
    return np.asarray(gammaincc(x + 1.0, mean))


def poisson_at_least(counts: npt.ArrayLike, expected: npt.ArrayLike) -> Floats:
    """The second of them alone. Raises: as `poisson_tails`."""
    x, mean = _events(counts, expected)
    return np.where(x > 0, gammainc(np.where(x > 0, x, 1.0), mean), 1.0)


def binomial_tails(counts: npt.ArrayLike, cases: npt.ArrayLike, share: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Chance of so few or fewer, and of so many or more, among `cases` of which each has the chance `share`.

    Raises: ValueError unless 0 <= count <= cases and 0 <= share <= 1.
    """
    return binomial_at_most(counts, cases, share), binomial_at_least(counts, cases, share)


def binomial_at_most(counts: npt.ArrayLike, cases: npt.ArrayLike, share: npt.ArrayLike) -> Floats:
    """The first of them alone. Raises: as `binomial_tails`."""
    x, n, p = _cases(counts, cases, share)
    return np.where(x < n, betainc(np.where(x < n, n - x, 1.0), x + 1.0, 1.0 - p), 1.0)


def binomial_at_least(counts: npt.ArrayLike, cases: npt.ArrayLike, share: npt.ArrayLike) -> Floats:
    """The second of them alone. Raises: as `binomial_tails`."""
    x, n, p = _cases(counts, cases, share)
    return np.where(x > 0, betainc(np.where(x > 0, x, 1.0), n - x + 1.0, p), 1.0)


def poisson_counts(tail: float, expected: npt.ArrayLike) -> tuple[Floats, Floats]:
    """The counts below and above which less than `tail` lies, at each expected number; 0 where no count is so few.

    Raises: ValueError for an expected number below 0, or a tail outside (0, 0.5).
    """
    given = np.asarray(expected, dtype=np.float64)
    if bool(np.any(given < 0)):
        raise ValueError("an expected number is 0 or more")
    mean = np.atleast_1d(given)
    q = _quantile(tail)
    # Where even none is not few, there is nothing to solve: an expected number stands in under which there is.
    few = np.exp(-mean) < tail
    some = np.where(few, mean, 2.0 - np.log(tail))
    guess, slope = _about(some, some, 1.0, -q)
    low = _solve(lambda k: ndtri(gammaincc(k + 1.0, some)) + q, guess - 0.5, slope, (0.0, some))
    some = np.where(mean > 0, mean, 1.0)
    # So many that hardly anything can lie above, also where next to nothing is expected.
    top = some + (q + 3.0) * np.sqrt(some) + (q + 3.0) ** 2
    guess, slope = _about(some, some, 1.0, q)
    high = _solve(lambda k: -q - ndtri(gammainc(k, some)), guess + 0.5, slope, (0.0, top))
    low, high = np.where(few, low, 0.0), np.where(mean > 0, high, 0.0)
    return low.reshape(given.shape), high.reshape(given.shape)


def binomial_counts(tail: float, cases: npt.ArrayLike, share: npt.ArrayLike) -> tuple[Floats, Floats]:
    """The counts below and above which less than `tail` lies: 0 where no count is so few, all cases where none so many.

    Raises: ValueError for negative cases, a share outside 0 and 1, or a tail outside (0, 0.5).
    """
    n, p = np.broadcast_arrays(np.asarray(cases, dtype=np.float64), np.asarray(share, dtype=np.float64))
    if bool(np.any(n < 0) or np.any(p < 0) or np.any(p > 1)):
        raise ValueError("a binomial needs cases of 0 or more and a share within 0 and 1")
    # Few of those that have it, and few of those that have it not: one solution for both sides.
    low, few_without = _few(tail, np.stack([n, n]), np.stack([p, 1.0 - p]))
    return np.asarray(low), np.asarray(n - few_without)


def _events(counts: npt.ArrayLike, expected: npt.ArrayLike) -> tuple[Floats, Floats]:
    x, mean = (np.asarray(a, dtype=np.float64) for a in (counts, expected))
    if bool(np.any(x < 0) or np.any(mean < 0)):
        raise ValueError("counts and expected numbers are 0 or more")
    return x, mean


def _cases(counts: npt.ArrayLike, cases: npt.ArrayLike, share: npt.ArrayLike) -> tuple[Floats, Floats, Floats]:
    x, n, p = np.broadcast_arrays(*(np.asarray(a, dtype=np.float64) for a in (counts, cases, share)))
    if bool(np.any(x < 0) or np.any(x > n) or np.any(p < 0) or np.any(p > 1)):
        raise ValueError("a binomial needs 0 <= count <= cases and a share within 0 and 1")
    return x, n, p


def _few(tail: float, n: Floats, p: Floats) -> Floats:
    q = _quantile(tail)
    varies = (n > 0) & (p > 0) & (p < 1)
    few = varies & (n * np.log1p(-np.where(p < 1, p, 0.0)) < np.log(tail))
    # Where even none is not few, there is nothing to solve: cases stand in under which there is.
    some, at = np.where(few, n, 3.0 - 2.0 * np.log(tail)), np.where(few, p, 0.5)
    mean, variance = some * at, some * at * (1.0 - at)
    guess, slope = _about(mean, variance, 1.0 - 2.0 * at, -q)
    low = _solve(lambda k: ndtri(betainc(some - k, k + 1.0, 1.0 - at)) + q, guess - 0.5, slope, (0.0, mean))
    return np.where(few, low, np.where(varies, 0.0, n * p))


def _about(mean: Floats, variance: Floats, bend: Floats | float, q: float) -> tuple[Floats, Floats]:
    """About where a count lies `q` deviations out, and how many deviations a further count is.

    From the first four moments (E. A. Cornish and R. A. Fisher, Revue de l'Institut International de Statistique 5,
    1938, 307-320). `bend` is the third moment over the variance: 1 for Poisson counts, 1 - 2 p for binomial ones.
    """
    deviation = np.sqrt(variance)
    skew = bend / deviation
    # The fourth cumulant over the squared variance; for binomial counts 1 - 6 p (1 - p) is (3 bend² - 1) / 2.
    tails = (3.0 * bend * bend - 1.0) / 2.0 / variance
    shift = skew * (q * q - 1.0) / 6.0 + tails * (q**3 - 3.0 * q) / 24.0 - skew**2 * (2.0 * q**3 - 5.0 * q) / 36.0
    wider = 1.0 + skew * q / 3.0 + tails * (q * q - 1.0) / 8.0 - skew**2 * (6.0 * q * q - 5.0) / 36.0
    return mean + deviation * (q + shift), 1.0 / (deviation * np.maximum(wider, 0.2))


def _quantile(tail: float) -> float:
    if not 0.0 < tail < 0.5:
        raise ValueError("a tail lies strictly between 0 and 0.5")
    return -float(ndtri(tail))


def _solve(rising: Callable[[Floats], Floats], guess: Floats, slope: Floats, within: tuple[float, Floats]) -> Floats:
    """Where a rising function is 0, to about 1e-7 of a count: secant steps, and halving where they leave the ends."""
    low, high = np.full_like(guess, within[0]), within[1]
    at = np.clip(guess, low + 1e-3 * (high - low), high - 1e-3 * (high - low))
    before, last = at, np.zeros_like(at)
    for step in range(STEPS):
        value = np.clip(rising(at), -1e3, 1e3)
        low, high = np.where(value < 0, at, low), np.where(value > 0, at, high)
        if step:
            # A step lost in rounding says nothing about the slope.
            moved = np.abs(at - before) * slope > 1e-6
            risen = np.divide(value - last, at - before, out=slope.copy(), where=moved)
            slope = np.where(risen > 0, risen, slope)
        before, last = at, value
        stepped = at - value / slope
        settled = (np.abs(value) <= CLOSE) | ((high - low) * slope <= CLOSE)
        # A step outside the ends is worth less than the middle between them.
        at = np.where(settled | ((stepped > low) & (stepped < high)), stepped, 0.5 * (low + high))
        if bool(np.all(settled)):
            return at
    raise ArithmeticError("no count was found at this tail")
