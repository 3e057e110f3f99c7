"""Poisson counts whose rates have a gamma law: the negative binomial cut off at 0, and whether it has an estimate.

Its likelihood may go on rising as the shape goes to 0, where the number hidden is infinite (the boundary problem). A
review of such laws for the number unseen: J. Bunge and M. Fitzpatrick, Journal of the American Statistical Association
88 (1993) 364-373.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import brentq, minimize_scalar
from scipy.special import digamma, gammaln

from casetrail.demand.refusals import refuse
from casetrail.demand.repeats.counts import Repeats
from casetrail.demand.repeats.families import Fitted, fitted, log_poisson, of_equal_rates, poisson_rate
from casetrail.demand.repeats.hidden import Floats, Kind, estimate
from casetrail.figures import Refusal

KIND = Kind("gamma", False)
# Log shapes looked at: below the first the number hidden is above 1,000 times any that were recorded, above the last
# the law is a Poisson law to more digits than the counts have.
SHAPES = np.arange(-8.0, 10.01, 0.5)
STEP = 1e-4
# A gain of the log-likelihood that only rounding of log factorials makes.
ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class _Sums:
    times: Floats
    persons: Floats
    n: float
    mean: float


def gamma(of: Repeats, *, level: float = 0.95) -> Fitted | Refusal:
    """Rates of persons follow a gamma law of any shape; the most likely shape and mean are taken.

    The likelihood is climbed over the logarithm of the shape, the best mean being found for each. Refuses `no_repeats`;
    and `no_mle` where it rises all the way to a shape of 0, so that the number hidden is infinite. Where it rises all
    the way to equal rates (infinite shape), the estimate is that of the Poisson law with `shape` infinite and the
    warning `equal_rates`: counts vary no more than equal rates make them.
    """
    if of.repeated == 0:
        return refuse("no_repeats")
    sums = _Sums(of.times.astype(np.float64), of.persons.astype(np.float64), float(of.n), of.records / of.n)
    heights = np.array([_profile(s, sums) for s in SHAPES])
    # Differences below rounding of a sum over all persons are none.
    at = int(np.flatnonzero(heights >= heights.max() - 1e-12 * abs(heights.max()))[-1])
    if at == 0:
        return refuse("no_mle", "gamma rates: shape runs to 0 and the number hidden to infinity")
    if at == SHAPES.size - 1 or _no_better_than_equal(sums, heights[at]):
        return _equal(of, level=level)
    top = minimize_scalar(
        lambda s: -_profile(s, sums), bounds=(SHAPES[at - 1], SHAPES[at + 1]), method="bounded", options={"xatol": 1e-9}
    )
    return _result(of, sums, float(top.x), level=level)


def without_end(of: Repeats) -> float:
    """The log-likelihood to which the law rises as its shape goes to 0 (a logarithmic law): the number hidden there is
    infinite. Needs somebody recorded twice."""
    sums = _Sums(of.times.astype(np.float64), of.persons.astype(np.float64), float(of.n), of.records / of.n)
    return _profile(float(SHAPES[0]) - 6.0, sums)


def _no_better_than_equal(sums: _Sums, height: float) -> bool:
    rate = poisson_rate(sums.mean)
    return bool(height <= float(sums.persons @ log_poisson(sums.times, rate)) + ROUNDING)


def _equal(of: Repeats, *, level: float) -> Fitted | Refusal:
    rate = poisson_rate(of.records / of.n)
    found = estimate(KIND, of, of_equal_rates(of.n, rate), level=level, rate=rate)
    return fitted(
        replace(found, warnings=(*found.warnings, "equal_rates")),
        float(of.persons @ log_poisson(of.times, rate)),
        (("mean", rate), ("shape", math.inf)),
    )


def _log_odds(log_shape: float, sums: _Sums) -> float:
    """Log of mean / shape at which the mean of the law, cut off at 0, is the mean of the counts."""
    shape = math.exp(log_shape)

    def too_large(x: float) -> float:
        ratio = math.exp(x)
        never = math.exp(-shape * math.log1p(ratio))
        return math.log(shape) + x - math.log1p(-never) - math.log(sums.mean)

    # The mean grows with the odds, from 1 without end.
    high = math.log(sums.mean) - min(log_shape, 0.0) + 1.0
    while too_large(high) < 0:
        high += 2.0
    low = high - 2.0
    while too_large(low) > 0:
        low -= 2.0
    return float(brentq(too_large, low, high, xtol=1e-13))


def _log_likelihood(log_shape: float, x: float, sums: _Sums) -> float:
    shape = math.exp(log_shape)
    stays, goes = math.log1p(math.exp(x)), x - math.log1p(math.exp(x))
    each = gammaln(sums.times + shape) - gammaln(shape) - gammaln(sums.times + 1) - shape * stays + sums.times * goes
    return float(sums.persons @ each) - sums.n * math.log(-math.expm1(-shape * stays))


def _profile(log_shape: float, sums: _Sums) -> float:
    return _log_likelihood(log_shape, _log_odds(log_shape, sums), sums)


def _gradient(at: Floats, sums: _Sums) -> Floats:
    """Of the log-likelihood, in (log shape, log of mean / shape)."""
    shape, ratio = math.exp(at[0]), math.exp(at[1])
    stays = math.log1p(ratio)
    back = math.exp(-shape * stays) / -math.expm1(-shape * stays)
    in_shape = sums.persons @ (digamma(sums.times + shape) - digamma(shape)) - sums.n * stays * (1 + back)
    in_x = sums.n * (sums.mean - shape * ratio * (1 + back)) / (1 + ratio)
    return np.array([shape * float(in_shape), float(in_x)])


def _result(of: Repeats, sums: _Sums, log_shape: float, *, level: float) -> Fitted | Refusal:
    x = _log_odds(log_shape, sums)
    here = np.array([log_shape, x])
    columns = [(_gradient(here + side, sums) - _gradient(here - side, sums)) / (2 * STEP) for side in STEP * np.eye(2)]
    information = -(np.array(columns) + np.array(columns).T) / 2
    if np.linalg.eigvalsh(information)[0] <= 0:
        return refuse("no_mle", "gamma rates: the likelihood is flat about its top")
    shape, ratio = math.exp(log_shape), math.exp(x)
    stays = math.log1p(ratio)
    never, seen = math.exp(-shape * stays), -math.expm1(-shape * stays)
    # Change of n / (1 - never) with (log shape, log ratio).
    slope = -of.n * never / seen**2 * np.array([shape * stays, shape * ratio / (1 + ratio)])
    variance = of.n * never / seen**2 + float(slope @ np.linalg.solve(information, slope))
    found = estimate(KIND, of, (of.n * never / seen, math.sqrt(variance)), level=level, rate=shape * ratio)
    return fitted(found, _log_likelihood(log_shape, x, sums), (("mean", shape * ratio), ("shape", shape)))
