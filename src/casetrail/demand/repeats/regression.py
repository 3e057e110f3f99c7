"""How often persons are recorded may depend on what is known of them: two regressions, and those hidden by group.

Truncated Poisson regression: P. G. M. van der Heijden, R. Bustami, M. Cruyff, G. Engbersen and H. C. van Houwelingen,
Statistical Modelling 3 (2003) 305-322. Generalised Zelterman: D. Boehning and P. G. M. van der Heijden, Annals of
Applied Statistics 3 (2009) 595-610; it looks at persons recorded once or twice alone. Both then count each person
recorded as 1 / (chance of being recorded), with a variance of two parts: of the coefficients, and of who was recorded.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from casetrail.demand.refusals import refuse
from casetrail.demand.repeats.climb import Rows, climb, truncated, twice_or_once
from casetrail.demand.repeats.counts import FEWEST_REPEATED
from casetrail.demand.repeats.covariates import Floats, Known, independent_columns, runs_off
from casetrail.demand.repeats.hidden import Hidden, log_normal
from casetrail.figures import Refusal


@dataclass(frozen=True, slots=True)
class Regression:
    """`coefficients` of the log rate and their `errors`, (columns,); `covariance`, (columns, columns).

    `by_row`: persons hidden that each row of the input stands for, (rows,): sums over rows give groups (with
    `group`). `of_fit`, `of_who`: the two parts of the variance of the total. `aic`, `bic`: over the rows used.
    """

    names: tuple[str, ...]
    coefficients: Floats
    errors: Floats
    covariance: Floats
    hidden: Hidden
    by_row: Floats
    of_fit: float
    of_who: float
    log_likelihood: float
    aic: float
    bic: float


def poisson_regression(of: Known, *, level: float = 0.95) -> Regression | Refusal:
    """Log rates linear in the covariates, fitted to counts cut off at 0. A lower bound where rates vary beyond them.

    Refuses `nobody`, `no_repeats`, `too_few_repeats` (fewer than 10 recorded twice or more), `not_identifiable`
    (a column is a sum of others) and `no_mle` (a group nobody of which was recorded twice: its rate runs to 0).
    """
    held = of.persons > 0
    once, more = held & (of.times == 1), held & (of.times > 1)
    stands_in_the_way = _why_not(of, held, int(of.persons[more].sum()))
    if stands_in_the_way is None and runs_off(of.design[once], of.design[more]):
        stands_in_the_way = refuse("no_mle", "a group of persons of whom none was recorded twice")
    if stands_in_the_way is not None:
        return stands_in_the_way
    start = _constant(of.design, math.log(max(_mean(of) - 1, 0.01)))
    return _result(of, held, ("poisson_regression", True), (truncated, start, 0.0), level=level)


def zelterman_regression(of: Known, *, level: float = 0.95) -> Regression | Refusal:
    """Log rates linear in the covariates, fitted to who of those recorded once or twice was recorded twice. No bound.

    Refuses as `poisson_regression` does; `no_mle` where the covariates tell ones and twos apart entirely.
    """
    held = of.persons > 0
    once, twice = held & (of.times == 1), held & (of.times == 2)
    used = once | twice
    stands_in_the_way = _why_not(of, used, int(of.persons[twice].sum()))
    signed = np.concatenate((of.design[once], -of.design[twice]))
    if stands_in_the_way is None and runs_off(signed, np.zeros((0, len(of.names)))):
        stands_in_the_way = refuse("no_mle", "what is known of persons tells ones and twos apart entirely")
    if stands_in_the_way is not None:
        return stands_in_the_way
    start = np.zeros(len(of.names))
    # The rate is twice the odds of having been recorded twice.
    return _result(of, used, ("zelterman_regression", False), (twice_or_once, start, math.log(2)), level=level)


def group(fit: Regression, of: Known, rows: Floats, *, level: float = 0.95) -> Hidden:
    """Those hidden among the rows for which `rows`, (rows,), is true. Numbers of several groups add up to the whole."""
    return _hidden(fit.coefficients, fit.covariance, (of, np.asarray(rows, dtype=np.bool_), fit.hidden), level)[0]


def _why_not(of: Known, used: np.ndarray, repeated: int) -> Refusal | None:
    if of.n == 0:
        return refuse("nobody")
    if repeated == 0:
        return refuse("no_repeats")
    if repeated < FEWEST_REPEATED:
        return refuse("too_few_repeats", f"{repeated} where {FEWEST_REPEATED} are needed")
    if not independent_columns(of.design[used]):
        return refuse("not_identifiable", "a covariate is the sum of others")
    return None


def _mean(of: Known) -> float:
    return float(of.times @ of.persons) / of.n


def _constant(design: Floats, value: float) -> Floats:
    return np.asarray(np.linalg.lstsq(design, np.full(design.shape[0], value), rcond=None)[0])


def _result(
    of: Known, used: np.ndarray, kind: tuple[str, bool], law: tuple[Rows, Floats, float], *, level: float
) -> Regression | Refusal:
    rows, start, added = law
    found = climb(
        of.design[used], (of.times[used].astype(np.float64), of.persons[used].astype(np.float64)), rows, start
    )
    if found is None:
        return refuse("no_mle", "the steps to the most likely coefficients did not come to rest")
    beta, information, height = found
    covariance = np.asarray(np.linalg.inv(information))
    shifted = beta + _constant(of.design[used], added) if added else beta
    blank = Hidden(kind[0], of.n, 0.0, 0.0, 0.0, 0.0, level, kind[1])
    whole, by_row, parts = _hidden(shifted, covariance, (of, np.ones(of.times.size, dtype=np.bool_), blank), level)
    p, n = beta.size, float(of.persons[used].sum())
    return Regression(
        names=of.names,
        coefficients=shifted,
        errors=np.sqrt(np.diag(covariance)),
        covariance=covariance,
        hidden=whole,
        by_row=by_row,
        of_fit=parts[0],
        of_who=parts[1],
        log_likelihood=height,
        aic=2 * p - 2 * height,
        bic=p * math.log(n) - 2 * height,
    )


def _hidden(
    beta: Floats, covariance: Floats, what: tuple[Known, np.ndarray, Hidden], level: float
) -> tuple[Hidden, Floats, tuple[float, float]]:
    of, rows, kind = what
    rate = np.exp(of.design @ beta)
    persons = of.persons * rows
    odds = 1 / np.expm1(rate)
    # d/d(rate) of 1 / (e^rate - 1), times the rate.
    slope = -(persons * rate * odds * (1 + odds)) @ of.design
    of_fit, of_who = float(slope @ covariance @ slope), float(persons @ (odds * (1 + odds)))
    by_row, n = np.asarray(persons * odds), int(persons.sum())
    value, error = float(by_row.sum()), math.sqrt(of_fit + of_who)
    mean = float((persons * (1 + odds)) @ rate) / (n + value) if n else math.nan
    low, high = log_normal(n, value, error, level)
    return Hidden(kind.method, n, value, error, low, high, level, kind.lower_bound, mean), by_row, (of_fit, of_who)
