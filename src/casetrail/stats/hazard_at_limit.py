"""Of the cases still open on the morning of a day, which share is finished on it: before a limit, and after?

The discrete hazard and the curve of E. L. Kaplan and P. Meier, Journal of the American Statistical Association 53
(1958) 457-481; cases still open when the records end are at risk as long as they are known to be open. Hazards of
different days are uncorrelated (O. Aalen, Annals of Statistics 6, 1978, 701-726), so cases finished on days before and
after the limit compare as sums of binomial counts; their ratio gets its interval on the logarithmic scale.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np
import numpy.typing as npt

from casetrail.stats.intervals import normal_quantile, wilson

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
LEAST = 5


@dataclass(frozen=True, slots=True)
class Hazard:
    """One entry for each of `days`, from 0 on: cases `at_risk` at its beginning and `finished` on it.

    `still_open` is the Kaplan-Meier share still open at the end of the day.
    """

    days: Ints
    at_risk: Ints
    finished: Ints
    still_open: Floats

    @property
    def hazard(self) -> Floats:
        """Finished over at risk; nan on days on which nobody was at risk."""
        share = np.full(self.days.size, np.nan)
        np.divide(self.finished, self.at_risk, out=share, where=self.at_risk > 0)
        return share

    def interval(self, day: int, level: float = 0.95) -> tuple[float, float]:
        """Wilson's interval of the hazard of one day. Raises: ValueError when nobody was at risk on it."""
        return wilson(int(self.finished[day]), int(self.at_risk[day]), level)


@dataclass(frozen=True, slots=True)
class Jump:
    """Hazard of a day over the last days up to the limit, and over as many after it; their ratio with its interval.

    Below 1 the work slackened when the limit was behind it. `*_finished` are cases, `*_at_risk` case-days.
    """

    before: float
    after: float
    ratio: float
    low: float
    high: float
    level: float
    before_finished: int
    before_at_risk: int
    after_finished: int
    after_at_risk: int


def hazard(durations: npt.ArrayLike, finished: npt.ArrayLike, *, last: int | None = None) -> Hazard:
    """Daily hazards from whole days until a case was finished, or until it was last known to be open.

    A case open on its last known day counts as at risk on that day. `last`: the last day of the table (the longest
    duration, when None). Raises: ValueError for durations that are no whole days of 0 or more, or unequal lengths.
    """
    days = np.asarray(durations)
    done = np.asarray(finished, dtype=np.bool_)
    if days.ndim != 1 or days.shape != done.shape or days.size == 0:
        raise ValueError("durations and their ends must be equally many and not none")
    if not np.issubdtype(days.dtype, np.integer) or bool(np.any(days < 0)):
        raise ValueError("durations are whole days of 0 or more")
    end = int(days.max()) if last is None else last
    clipped = np.minimum(days, end + 1)
    leaving = np.bincount(clipped, minlength=end + 2)
    # At risk on a day: everybody whose last day is this one or a later one.
    at_risk = np.cumsum(leaving[::-1])[::-1][: end + 1]
    ended = np.bincount(clipped[done], minlength=end + 2)[: end + 1]
    share = np.divide(ended, at_risk, out=np.zeros(end + 1), where=at_risk > 0)
    return Hazard(np.arange(end + 1), at_risk, ended, np.cumprod(1 - share))


def jump(of: Hazard, limit: int, *, width: int = 5, level: float = 0.95) -> Jump | None:
    """Hazard over the `width` days up to and including the limit, against the `width` days after it.

    None and raises: as `compared`.
    """
    before, after = (limit - width + 1, limit), (limit + 1, limit + width)
    return compared(of, before, after, level=level)


def compared(of: Hazard, before: tuple[int, int], after: tuple[int, int], *, level: float = 0.95) -> Jump | None:
    """Hazard over two spans of days, each with its first and last day, both included.

    None when fewer than five cases were finished in either: then the ratio says nothing. Raises: ValueError when a span
    is empty or not within the table.
    """
    if any(not 0 <= first <= last <= int(of.days[-1]) for first, last in (before, after)):
        raise ValueError("the table must hold both spans of days")
    spans = [slice(first, last + 1) for first, last in (before, after)]
    (d1, n1), (d2, n2) = ((int(of.finished[span].sum()), int(of.at_risk[span].sum())) for span in spans)
    if min(d1, d2) < LEAST:
        return None
    ratio = (d2 / n2) / (d1 / n1)
    half = normal_quantile(level) * sqrt(sum(_variance(of, s) / d**2 for s, d in zip(spans, (d1, d2), strict=True)))
    low, high = exp(log(ratio) - half), exp(log(ratio) + half)
    return Jump(d1 / n1, d2 / n2, ratio, low, high, level, d1, n1, d2, n2)


def _variance(of: Hazard, days: slice) -> float:
    """Of the cases finished on these days, given who was at risk."""
    d, n = of.finished[days], of.at_risk[days]
    return float(np.sum(d * (1 - d / np.maximum(n, 1))))
