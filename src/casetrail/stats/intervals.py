"""Intervals for a proportion."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist


def normal_quantile(level: float) -> float:
    """The two-sided standard normal quantile: 1.959964 for a level of 0.95.

    Raises: ValueError when the level is not strictly between 0 and 1.
    """
    if not 0 < level < 1:
        raise ValueError("the level must lie strictly between 0 and 1")
    return NormalDist().inv_cdf(0.5 + level / 2)


def wilson(numerator: int, denominator: int, level: float = 0.95) -> tuple[float, float]:
    """The score interval of a proportion, as two proportions.

    Source: E. B. Wilson, Journal of the American Statistical Association 22 (1927) 209-212.
    Raises: ValueError unless 0 <= numerator <= denominator and denominator > 0.
    """
    _check(numerator, denominator)
    q = normal_quantile(level)
    share = numerator / denominator
    middle = share + q * q / (2 * denominator)
    half = q * sqrt(share * (1 - share) / denominator + q * q / (4 * denominator**2))
    scale = 1 + q * q / denominator
    # At the ends the score interval meets 0 and 1 exactly; rounding must not carry it past them.
    low = 0.0 if numerator == 0 else (middle - half) / scale
    high = 1.0 if numerator == denominator else (middle + half) / scale
    return low, high


def exact(numerator: int, denominator: int, level: float = 0.95) -> tuple[float, float]:
    """The exact binomial interval of a proportion, as two proportions.

    Source: C. J. Clopper and E. S. Pearson, Biometrika 26 (1934) 404-413.
    Raises: ValueError unless 0 <= numerator <= denominator and denominator > 0.
    """
    from scipy.special import betaincinv

    _check(numerator, denominator)
    normal_quantile(level)
    tail = (1 - level) / 2
    rest = denominator - numerator
    low = 0.0 if numerator == 0 else float(betaincinv(numerator, rest + 1, tail))
    high = 1.0 if rest == 0 else float(betaincinv(numerator + 1, rest, 1 - tail))
    return low, high


def _check(numerator: int, denominator: int) -> None:
    if denominator <= 0 or not 0 <= numerator <= denominator:
        raise ValueError("a proportion needs 0 <= numerator <= denominator and a denominator above 0")
