"""Two shares set against each other: of two groups, and of two records of the same cases.

Groups: the difference with the interval of R. G. Newcombe, Statistics in Medicine 17 (1998) 873-890, method 10. Same
cases: the exact form of Q. McNemar's test, Psychometrika 12 (1947) 153-157, on the cases on which the records disagree.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from casetrail.stats.intervals import exact, wilson


@dataclass(frozen=True, slots=True)
class Difference:
    """First share less the second, with its interval."""

    first: float
    second: float
    value: float
    low: float
    high: float
    level: float


@dataclass(frozen=True, slots=True)
class Discordance:
    """Cases with the attribute in the first record alone, and in the second alone.

    `p_value` is that of both being equally likely; `first_share` the share of disagreements in which the first record
    has it, with its exact interval. All None when there is no disagreement.
    """

    only_first: int
    only_second: int
    p_value: float | None
    first_share: float | None
    low: float | None
    high: float | None


def difference(first: tuple[int, int], second: tuple[int, int], level: float = 0.95) -> Difference:
    """Of two groups, each with how many have the attribute and how many there are.

    Raises: ValueError unless 0 <= numerator <= denominator and denominator > 0 in both.
    """
    (l1, u1), (l2, u2) = wilson(*first, level), wilson(*second, level)
    p1, p2 = first[0] / first[1], second[0] / second[1]
    value = p1 - p2
    low = value - sqrt((p1 - l1) ** 2 + (u2 - p2) ** 2)
    high = value + sqrt((u1 - p1) ** 2 + (p2 - l2) ** 2)
    return Difference(p1, p2, value, low, high, level)


def discordance(only_first: int, only_second: int, level: float = 0.95) -> Discordance:
    """Exact two-sided test of whether disagreements go one way. Raises: ValueError for a count below 0."""
    from scipy.stats import binom

    if only_first < 0 or only_second < 0:
        raise ValueError("counts are 0 or more")
    total = only_first + only_second
    if total == 0:
        return Discordance(0, 0, None, None, None, None)
    p_value = min(1.0, 2 * float(binom.cdf(min(only_first, only_second), total, 0.5)))
    low, high = exact(only_first, total, level)
    return Discordance(only_first, only_second, p_value, only_first / total, low, high)
