"""An estimate of those never recorded, with its interval, and whether it is a lower bound."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from casetrail.demand.repeats.counts import Repeats
from casetrail.stats.intervals import normal_quantile

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Hidden:
    """`hidden` persons were never recorded, beside `n` who were.

    `error` is the standard error of the total (and of `hidden`); `low` and `high` are the log-normal interval of the
    *total* at `level`; `high` is nan where the estimate is that nobody is hidden, which no count of persons can show.
    `rate`: the mean times recorded of a person, never recorded ones included, nan where the method has none.
    `lower_bound`: in large numbers the estimate is at or below the truth even where persons differ in how often they
    are recorded. It is no bound where somebody was kept from being recorded again (see `one_inflation`), or where one
    record makes the next more likely.
    """

    method: str
    n: int
    hidden: float
    error: float
    low: float
    high: float
    level: float
    lower_bound: bool
    rate: float = math.nan
    warnings: tuple[str, ...] = ()

    @property
    def total(self) -> float:
        """All persons, recorded or not."""
        return self.n + self.hidden

    @property
    def symmetric(self) -> tuple[float, float]:
        """The interval of the total as papers before Chao gave it: estimate plus and minus errors; may go below n."""
        half = normal_quantile(self.level) * self.error
        return self.total - half, self.total + half


def log_normal(n: float, hidden: float, error: float, level: float) -> tuple[float, float]:
    """Interval of the total when the logarithm of the number hidden is taken to be normal; never below n.

    Source: A. Chao, Biometrics 43 (1987) 783-791, equation 12. Nan above where nobody is estimated to be hidden.
    """
    if not hidden > 0 or not math.isfinite(error):
        return float(n), math.nan
    # By logarithms: a number hidden far below one person has a relative error whose square is too large to write.
    ratio = 2 * math.log(error / hidden) if error > 0 else -math.inf
    factor = math.exp(normal_quantile(level) * math.sqrt(float(np.logaddexp(0.0, ratio))))
    return n + hidden / factor, n + hidden * factor


def by_slopes(of: Repeats, hidden: float, slopes: Floats) -> float:
    """Standard error of the total from how the estimate changes with each number of persons; `slopes` of shape (m,).

    Numbers of persons are multinomial among all persons, hidden ones included. For an estimate that doubles when all
    numbers double, the delta method then gives hidden + sum of slope squared times persons, of which the formulas of
    Chao (1987) and of Boehning (2008, Statistical Methodology 5, 410-423, for Zelterman) are special cases.
    """
    return math.sqrt(max(hidden, 0.0) + float(slopes**2 @ of.persons))


@dataclass(frozen=True, slots=True)
class Kind:
    """What is said of an estimator whatever the data: its code, and whether it is a lower bound."""

    method: str
    lower_bound: bool


def estimate(kind: Kind, of: Repeats, figures: tuple[float, float], *, level: float, rate: float = math.nan) -> Hidden:
    """A result from the figures (persons hidden, standard error), with its interval."""
    value, error = figures
    low, high = log_normal(of.n, value, error, level)
    known = value > 0
    return Hidden(
        method=kind.method,
        n=of.n,
        hidden=max(value, 0.0),
        error=error if known else math.nan,
        low=low,
        high=high,
        level=level,
        lower_bound=kind.lower_bound,
        rate=rate,
        warnings=() if known else ("nobody_hidden",),
    )
