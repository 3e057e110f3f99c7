"""More persons recorded once than the law of the others allows: fits that leave ones aside, and a test.

Two readings of the extra ones lead to two numbers hidden. *Kept away*: whoever was recorded once learnt to avoid it or
was helped; they belong to the same persons, and n / (1 - p0) holds (R. T. Godwin and D. Boehning, Journal of the Royal
Statistical Society C 66 (2017) 425-448). *Besides*: the extra ones are other persons, who are never recorded twice;
only those recorded twice or more speak for the hidden (D. Boehning and H. Friedl, Statistical Methods and Applications
30 (2021) 1197-1217). Both have the same fit: the law is that of counts of 2 and more.

No test can tell extra ones from persons who are hard to record: a share of persons with a rate near 0 gives extra ones
too, and then the hidden are many more. The test asks within one law alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy.optimize import brentq
from scipy.stats import chi2

from casetrail.demand.refusals import refuse
from casetrail.demand.repeats.counts import Repeats
from casetrail.demand.repeats.families import Fitted, fitted, geometric, log_geometric, log_poisson, poisson
from casetrail.demand.repeats.hidden import Floats, Kind, by_slopes, estimate
from casetrail.figures import Refusal

Law = Literal["poisson", "geometric"]


@dataclass(frozen=True, slots=True)
class OneInflation:
    """`extra`: share of recorded persons who are ones too many; `kept_away`, `besides`: the two readings.

    `ratio`: twice the gain of the log-likelihood over the law without extra ones; `p`: chance of at least as large a
    ratio where there are none (half a chi-square with 1 degree of freedom: the share cannot be negative; S. G. Self
    and K.-Y. Liang, JASA 82 (1987) 605-610), and 1 where ones are not too many.
    """

    law: Law
    extra: float
    ratio: float
    p: float
    without: Fitted
    kept_away: Fitted
    besides: Fitted


@dataclass(frozen=True, slots=True)
class _Tail:
    """A law fitted to counts of 2 and more: parameter, its change with each number of persons, chances of 0 and 1."""

    at: float
    change: Floats
    chances: Callable[[float], tuple[float, float]]
    log_chances: Floats
    rate: float


def one_inflation(of: Repeats, law: Law, *, level: float = 0.95) -> OneInflation | Refusal:
    """Fit a law with extra ones and test for them. Refuses `no_repeats`, and `too_few_repeats` without a count of 3.

    With nobody recorded three times or more, nothing is left to tell the law from once ones are set aside.
    """
    without = poisson(of, level=level) if law == "poisson" else geometric(of, level=level)
    if isinstance(without, Refusal):
        return without
    if of.most < 3:
        return refuse("too_few_repeats", "nobody recorded three times or more")
    tail = _poisson_tail(of) if law == "poisson" else _geometric_tail(of)
    extra = _extra(of, tail)
    if extra <= 0:
        return OneInflation(law, 0.0, 0.0, 1.0, without, _same(without, "kept_away"), _same(without, "besides"))
    height = _height(of, tail, extra)
    ratio = max(2 * (height - without.log_likelihood), 0.0)
    fits = [_fit(of, tail, (law, reading), (height, extra), level=level) for reading in ("kept_away", "besides")]
    return OneInflation(law, extra, ratio, float(chi2.sf(ratio, 1)) / 2, without, *fits)


def _extra(of: Repeats, tail: _Tail) -> float:
    """Share of extra ones among those recorded at which the law expects as many ones as there are."""
    never, once = tail.chances(tail.at)
    expected = once / (1 - never)
    return (of.exactly(1) / of.n - expected) / (1 - expected)


def _height(of: Repeats, tail: _Tail, extra: float) -> float:
    never, once = tail.chances(tail.at)
    ones = of.exactly(1)
    more = of.times > 1
    rest = float(of.persons[more] @ tail.log_chances[more]) + (of.n - ones) * math.log1p(-extra)
    return rest + ones * math.log(extra + (1 - extra) * once / (1 - never))


def _fit(of: Repeats, tail: _Tail, what: tuple[Law, str], found: tuple[float, float], *, level: float) -> Fitted:
    height, extra = found
    law, reading = what
    more = (of.times > 1).astype(np.float64)
    scale = np.ones(of.times.size) if reading == "kept_away" else more

    def odds(at: float) -> float:
        never, once = tail.chances(at)
        return never / (1 - never) if reading == "kept_away" else never / (1 - never - once)

    step = 1e-5 * tail.at
    slope = (odds(tail.at + step) - odds(tail.at - step)) / (2 * step)
    base = float(scale @ of.persons)
    value = base * odds(tail.at)
    error = by_slopes(of, value, scale * odds(tail.at) + base * slope * tail.change)
    kind = Kind(f"{law}_{reading}", False)
    hidden = estimate(kind, of, (value, error), level=level, rate=tail.rate)
    return fitted(hidden, height, (("rate" if law == "poisson" else "go_on", tail.at), ("extra", extra)))


def _same(without: Fitted, reading: str) -> Fitted:
    """No extra ones: the law as it is, with one parameter more that does nothing."""
    hidden = replace(without.hidden, method=f"{without.name}_{reading}", lower_bound=False)
    return fitted(hidden, without.log_likelihood, (*without.parameters, ("extra", 0.0)))


def _poisson_tail(of: Repeats) -> _Tail:
    many, mean = _twice_or_more(of)

    def expected(rate: float) -> float:
        # Of a count of 2 or more, without loss of digits where the rate is small.
        seen, never = -math.expm1(-rate), math.exp(-rate)
        return float(rate * seen / (seen - rate * never)) if rate > 1e-4 else 2 + rate / 3

    rate = float(brentq(lambda x: expected(x) - mean, 1e-9, mean + 1, xtol=1e-14))
    step = 1e-5 * rate
    steep = (expected(rate + step) - expected(rate - step)) / (2 * step)
    change = np.where(of.times > 1, (of.times - mean) / (many * steep), 0.0)
    return _Tail(rate, change, lambda x: (math.exp(-x), x * math.exp(-x)), log_poisson(of.times, rate), rate)


def _geometric_tail(of: Repeats) -> _Tail:
    many, mean = _twice_or_more(of)
    go_on = (mean - 2) / (mean - 1)
    change = np.where(of.times > 1, (of.times - mean) / (many * (mean - 1) ** 2), 0.0)
    log_chances = log_geometric(of.times, go_on)
    return _Tail(go_on, change, lambda x: (1 - x, x * (1 - x)), log_chances, go_on / (1 - go_on))


def _twice_or_more(of: Repeats) -> tuple[int, float]:
    more = of.times > 1
    return of.repeated, float(of.times[more] @ of.persons[more]) / of.repeated
