"""A pattern whose count is only an upper bound, such as persons on one list alone that also lists former cases.

Three answers, and the range over them: the count as it is, as if nobody had belonged there, and not used at all (then
the model says how many belong there; their number is not let past the count). Source of the question and data: A. M.
Overstall, R. King, S. M. Bird, S. J. Hutchinson and G. Hay, "Incomplete contingency tables with censored cells with
application to estimating the number of people who inject drugs in Scotland", Statistics in Medicine 33 (2014)
1564-1579, who treat the count as censored inside a Bayesian model average.
"""

from __future__ import annotations

from dataclasses import dataclass

from casetrail.demand.refusals import refuse
from casetrail.demand.strata.alone import Alone, alone
from casetrail.demand.strata.design import Assumed, Design, Strata, design
from casetrail.demand.strata.pooling import FEWEST, Pooled, pooled
from casetrail.figures import Refusal


@dataclass(frozen=True, slots=True)
class Total:
    """All persons of all strata, hidden and known, under one reading of the count; `belong` of it are among them."""

    total: float
    low: float
    high: float
    belong: float


@dataclass(frozen=True, slots=True)
class Bounded:
    """Totals of all persons. `pattern`: of the bound, as a bitmask; `count`: persons counted there.

    `as_given`, `at_zero`, `unused`: the three readings; `low` to `high` covers all that answered, with their ends.
    Warnings: `bound_exceeded` (the model expects more than the count there, so that count and model do not fit each
    other), `reading_refused` (one of the three gave no estimate).
    """

    pattern: int
    count: int
    as_given: Total | Refusal
    at_zero: Total | Refusal
    unused: Total | Refusal
    low: float
    high: float
    warnings: tuple[str, ...]


def bounded(of: Strata, assumed: Assumed, *, pattern: int, seed: int, level: float = 0.95) -> Bounded | Refusal:
    """The range over what the count may really be; with fewer than three strata all are taken as one.

    Raises: ValueError for a pattern that is none of the lists', or terms that are no model of what is left.
    """
    if not 0 < pattern < of.counts.shape[1]:
        raise ValueError("the pattern must be one of the lists'")
    count = int(of.counts[:, pattern].sum())
    none = of.with_count(pattern, 0)
    whole, part = design(of.k, assumed), design(of.k, assumed, without=pattern)
    as_given = _total(_estimate(of, whole, seed, level), float(count))
    at_zero = _total(_estimate(none, whole, seed, level), 0.0)
    unused, expected = _unused(_estimate(none, part, seed, level), float(count))
    answered = [t for t in (as_given, at_zero, unused) if isinstance(t, Total)]
    if not answered:
        return as_given if isinstance(as_given, Refusal) else refuse("not_identifiable")
    codes = {"bound_exceeded": expected > count, "reading_refused": len(answered) < 3}
    return Bounded(
        pattern=pattern,
        count=count,
        as_given=as_given,
        at_zero=at_zero,
        unused=unused,
        low=min(t.low for t in answered),
        high=max(t.high for t in answered),
        warnings=tuple(code for code, on in codes.items() if on),
    )


def _estimate(of: Strata, model: Design, seed: int, level: float) -> Pooled | Alone | Refusal:
    if int((of.known > 0).sum()) < FEWEST:
        return alone(of.together, model, level=level)
    return pooled(of, model, seed=seed, level=level)


def _hidden(of: Pooled | Alone) -> tuple[float, float, float]:
    if isinstance(of, Alone):
        return of.hidden, of.low, of.high
    return of.hidden.middle, of.hidden.low, of.hidden.high


def _total(found: Pooled | Alone | Refusal, belong: float) -> Total | Refusal:
    if isinstance(found, Refusal):
        return found
    point, low, high = (found.known + h for h in _hidden(found))
    return Total(point, low, high, belong)


def _unused(found: Pooled | Alone | Refusal, count: float) -> tuple[Total | Refusal, float]:
    """The third reading, and how many the model expects with the pattern."""
    if isinstance(found, Refusal):
        return found, 0.0
    hidden = _hidden(found)
    if isinstance(found, Pooled):
        there = found.left_out
        most = (0.0, 0.0, 0.0) if there is None else (there.middle, there.low, there.high)
    else:
        # As many times the hidden ones at the ends as in the middle.
        more = (found.left_out or 0.0) / found.hidden
        most = hidden[0] * more, hidden[1] * more, hidden[2] * more
    point, low, high = (found.known + h + min(m, count) for h, m in zip(hidden, most, strict=True))
    return Total(point, low, high, min(most[0], count)), most[0]
