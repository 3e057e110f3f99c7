"""Estimates from the persons recorded a few times: no law is assumed of those recorded often.

Sources: A. Chao, Biometrics 43 (1987) 783-791 (lower bound, its bias-corrected form, log-normal interval);
D. Zelterman, Journal of Statistical Planning and Inference 18 (1988) 225-237; D. Boehning, Statistical Methodology 5
(2008) 410-423 (variance of Zelterman); I. J. Good, Biometrika 40 (1953) 237-264 (Turing's coverage); D. Boehning,
P. Kaskasamkul and P. G. M. van der Heijden, Metrika 82 (2019) 361-384 (twos and threes in place of ones and twos).
"""

from __future__ import annotations

import math

import numpy as np

from casetrail.demand.refusals import refuse
from casetrail.demand.repeats.counts import Repeats
from casetrail.demand.repeats.hidden import Floats, Hidden, Kind, by_slopes, estimate
from casetrail.figures import Refusal

CHAO = Kind("chao", True)
CHAO_CORRECTED = Kind("chao_corrected", True)
ZELTERMAN = Kind("zelterman", False)
TURING = Kind("turing", True)
CHAO_WITHOUT_ONES = Kind("chao_without_ones", True)
CHAO_WITHOUT_ONES_CORRECTED = Kind("chao_without_ones_corrected", True)
ZELTERMAN_WITHOUT_ONES = Kind("zelterman_without_ones", False)


def chao(of: Repeats, *, level: float = 0.95) -> Hidden | Refusal:
    """At least f1^2 / (2 f2) were never recorded: exact for Poisson counts with one rate, a bound for any mixture."""
    f1, f2 = of.exactly(1), of.exactly(2)
    if f2 == 0:
        return refuse("too_few_repeats", "nobody recorded exactly twice")
    slopes = _slopes(of, {1: f1 / f2, 2: -(f1**2) / (2 * f2**2)})
    value = f1**2 / (2 * f2)
    return estimate(CHAO, of, (value, by_slopes(of, value, slopes)), level=level)


def chao_corrected(of: Repeats, *, level: float = 0.95) -> Hidden:
    """The same by f1 (f1 - 1) / (2 (f2 + 1)): less biased in small numbers, and defined when nobody came twice."""
    f1, f2 = of.exactly(1), of.exactly(2)
    value = f1 * (f1 - 1) / (2 * (f2 + 1))
    slopes = _slopes(of, {1: (2 * f1 - 1) / (2 * (f2 + 1)), 2: -f1 * (f1 - 1) / (2 * (f2 + 1) ** 2)})
    return estimate(CHAO_CORRECTED, of, (value, by_slopes(of, value, slopes)), level=level)


def zelterman(of: Repeats, *, level: float = 0.95) -> Hidden | Refusal:
    """n / (1 - exp(-2 f2 / f1)): the rate of those recorded once or twice, taken for the rate of all. No bound."""
    f1, f2 = of.exactly(1), of.exactly(2)
    if f2 == 0:
        return refuse("too_few_repeats", "nobody recorded exactly twice")
    if f1 == 0:
        return estimate(ZELTERMAN, of, (0.0, math.nan), level=level)
    rate = 2 * f2 / f1
    return _of_all(ZELTERMAN, of, rate, _slopes(of, {1: -rate / f1, 2: rate / f2}), level=level)


def turing(of: Repeats, *, level: float = 0.95) -> Hidden | Refusal:
    """n / (1 - f1 / S), S records in all: the share of records that belong to persons seen once is the share unseen.

    A lower bound under any mixture of Poisson counts (seldom recorded persons have few of the records).
    """
    f1, records = of.exactly(1), of.records
    if f1 == records:
        return refuse("no_repeats")
    share = f1 / records
    change = (of.times == 1) / records - f1 * of.times / records**2
    slopes = share / (1 - share) + of.n / (1 - share) ** 2 * change
    value = of.n * share / (1 - share)
    rate = -math.log(share) if share > 0 else math.inf
    return estimate(TURING, of, (value, by_slopes(of, value, slopes)), level=level, rate=rate)


def chao_without_ones(of: Repeats, *, level: float = 0.95) -> Hidden | Refusal:
    """At least (2 / 9) f2^3 / f3^2, from those recorded two and three times: extra ones do not move it."""
    f2, f3 = of.exactly(2), of.exactly(3)
    if f3 == 0:
        return refuse("too_few_repeats", "nobody recorded exactly three times")
    value = 2 * f2**3 / (9 * f3**2)
    slopes = _slopes(of, {2: 2 * f2**2 / (3 * f3**2), 3: -4 * f2**3 / (9 * f3**3)})
    return estimate(CHAO_WITHOUT_ONES, of, (value, by_slopes(of, value, slopes)), level=level)


def chao_without_ones_corrected(of: Repeats, *, level: float = 0.95) -> Hidden:
    """The same, less biased in small numbers: f2^3 and 1 / f3^2 by factorial moments of a Poisson count."""
    f2, f3 = of.exactly(2), of.exactly(3)
    top, below = f2 * (f2 - 1) * (f2 - 2), (f3 + 1) * (f3 + 2)
    value = 2 * top / (9 * below)
    in_f2, in_f3 = 2 * (3 * f2**2 - 6 * f2 + 2) / (9 * below), -2 * top * (2 * f3 + 3) / (9 * below**2)
    error = by_slopes(of, value, _slopes(of, {2: in_f2, 3: in_f3}))
    return estimate(CHAO_WITHOUT_ONES_CORRECTED, of, (value, error), level=level)


def zelterman_without_ones(of: Repeats, *, level: float = 0.95) -> Hidden | Refusal:
    """n / (1 - exp(-3 f3 / f2)): Zelterman's estimate from twos and threes. No bound."""
    f2, f3 = of.exactly(2), of.exactly(3)
    if f3 == 0:
        return refuse("too_few_repeats", "nobody recorded exactly three times")
    if f2 == 0:
        return estimate(ZELTERMAN_WITHOUT_ONES, of, (0.0, math.nan), level=level)
    rate = 3 * f3 / f2
    return _of_all(ZELTERMAN_WITHOUT_ONES, of, rate, _slopes(of, {2: -rate / f2, 3: rate / f3}), level=level)


def _slopes(of: Repeats, at: dict[int, float]) -> Floats:
    out = np.zeros(of.times.size)
    for times, slope in at.items():
        out[of.times == times] = slope
    return out


def _of_all(kind: Kind, of: Repeats, rate: float, change: Floats, *, level: float) -> Hidden:
    """n / (1 - exp(-rate)), the rate changing by `change` with each number of persons."""
    seen = -math.expm1(-rate)
    value = of.n * math.exp(-rate) / seen
    slopes = math.exp(-rate) / seen - of.n * math.exp(-rate) / seen**2 * change
    return estimate(kind, of, (value, by_slopes(of, value, slopes)), level=level, rate=rate)
