"""Laws of how often persons are recorded, fitted to those recorded at all by maximum likelihood.

Poisson: all persons alike. Geometric: rates spread out exponentially. Negative binomial: rates spread out by a gamma
law whose shape is estimated (see `gamma`).

The variance of n / (1 - p0) has two parts, that of the fit and that of who was recorded (P. G. M. van der Heijden,
R. Bustami, M. Cruyff, G. Engbersen and H. C. van Houwelingen, Statistical Modelling 3 (2003) 305-322).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import gammaln

from casetrail.demand.refusals import refuse
from casetrail.demand.repeats.counts import Repeats
from casetrail.demand.repeats.hidden import Floats, Hidden, Kind, estimate
from casetrail.figures import Refusal


@dataclass(frozen=True, slots=True)
class Fitted:
    """A law and what it says. `parameters`: names and values; `aic`, `bic`: smaller is better, n persons recorded."""

    hidden: Hidden
    log_likelihood: float
    parameters: tuple[tuple[str, float], ...]
    aic: float
    bic: float

    @property
    def name(self) -> str:
        """The code of the law."""
        return self.hidden.method


def fitted(hidden: Hidden, log_likelihood: float, parameters: tuple[tuple[str, float], ...]) -> Fitted:
    """With both criteria worked out from the number of parameters."""
    p, n = len(parameters), hidden.n
    return Fitted(hidden, log_likelihood, parameters, 2 * p - 2 * log_likelihood, p * math.log(n) - 2 * log_likelihood)


def poisson(of: Repeats, *, level: float = 0.95) -> Fitted | Refusal:
    """All persons have the same rate. A lower bound when they do not: the total is then too small.

    Refuses `no_repeats` when nobody was recorded twice.
    """
    if of.repeated == 0:
        return refuse("no_repeats")
    rate = poisson_rate(of.records / of.n)
    found = estimate(Kind("poisson", True), of, of_equal_rates(of.n, rate), level=level, rate=rate)
    return fitted(found, float(of.persons @ log_poisson(of.times, rate)), (("rate", rate),))


def of_equal_rates(n: int, rate: float) -> tuple[float, float]:
    """Persons hidden and the standard error, n having been recorded: the variance is N / (e^rate - 1 - rate)."""
    never, seen = math.exp(-rate), -math.expm1(-rate)
    hidden = n * never / seen
    return hidden, math.sqrt((n + hidden) * never / (seen - rate * never))


def poisson_rate(mean: float) -> float:
    """The rate of a Poisson law cut off at 0 that has this mean, which is above 1."""
    return float(brentq(lambda x: x - mean * -math.expm1(-x), max(1e-300, mean - 1), mean, xtol=1e-15, rtol=1e-14))


def log_poisson(times: Floats | np.ndarray, rate: float) -> Floats:
    """Log probabilities of so many times, given at least one."""
    return np.asarray(times * math.log(rate) - rate - gammaln(times + 1) - math.log(-math.expm1(-rate)))


def geometric(of: Repeats, *, level: float = 0.95) -> Fitted | Refusal:
    """Chances (1 - c) c^y of being recorded y times: rates of persons differ as waiting times do. No bound."""
    if of.repeated == 0:
        return refuse("no_repeats")
    go_on = (of.records - of.n) / of.records
    hidden = of.n * (1 - go_on) / go_on
    variance = hidden / go_on + of.n * ((1 - go_on) / go_on) ** 2 / go_on
    found = estimate(Kind("geometric", False), of, (hidden, math.sqrt(variance)), level=level, rate=go_on / (1 - go_on))
    return fitted(found, float(of.persons @ log_geometric(of.times, go_on)), (("go_on", go_on),))


def log_geometric(times: Floats | np.ndarray, go_on: float) -> Floats:
    """Log probabilities of so many times, given at least one."""
    return np.asarray((times - 1) * math.log(go_on) + math.log1p(-go_on))
