"""Strata side by side: each alone, their sum, all as one, and partial pooling.

Persons who are easy to find are on more lists, so that lists look dependent when kinds of persons are mixed who are
found more and less easily, and the total of all as one is then too low, or too high: each stratum under its own model
is the remedy (C. C. Sekar and W. E. Deming, Journal of the American Statistical Association 44 (1949) 101-115).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from casetrail.demand.strata.alone import Alone, alone
from casetrail.demand.strata.design import Assumed, Strata, design
from casetrail.demand.strata.pooling import Pooled, pooled
from casetrail.figures import Refusal
from casetrail.stats.intervals import normal_quantile

# How far two totals may lie apart before neither is called the answer: the rule of hidden demand.
APART = 1.5


@dataclass(frozen=True, slots=True)
class Summed:
    """The sum over strata that have an estimate of their own. `missing`: labels of those that have none; while there
    are any, the sum is of a part. Ends: log-normal, with the strata's errors independent."""

    hidden: float
    low: float
    high: float
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stratified:
    """All four. `each` in the order of `strata.labels`. Warnings: `sum_of_part`, `totals_differ` (all as one and the
    pooled strata, in all persons, by more than 1.5 times or each outside the other's interval)."""

    strata: Strata
    assumed: Assumed
    each: tuple[Alone | Refusal, ...]
    summed: Summed | None
    together: Alone | Refusal
    pooled: Pooled | Refusal
    level: float
    warnings: tuple[str, ...]


def stratified(
    of: Strata, assumed: Assumed, *, seed: int, groups: Sequence[str] | None = None, level: float = 0.95
) -> Stratified:
    """All estimates under one stated model. Raises: ValueError for terms that are no model of these lists."""
    model = design(of.k, assumed)
    each = tuple(alone(of.one(i), model, level=level) for i in range(len(of.labels)))
    summed = add(of, each, level=level)
    together = alone(of.together, model, level=level)
    drawn = pooled(of, model, seed=seed, groups=groups, level=level)
    codes = {
        "sum_of_part": summed is not None and bool(summed.missing),
        "totals_differ": _differ(together, drawn),
    }
    return Stratified(
        of, assumed, each, summed, together, drawn, level, tuple(code for code, on in codes.items() if on)
    )


def add(of: Strata, each: Sequence[Alone | Refusal], *, level: float = 0.95) -> Summed | None:
    """The sum of those that answered, or None where none did."""
    found = [a for a in each if isinstance(a, Alone)]
    if not found:
        return None
    hidden = sum(a.hidden for a in found)
    error = float(np.sqrt(sum((a.hidden * a.log_error) ** 2 for a in found))) / hidden
    wide = float(np.exp(normal_quantile(level) * error))
    missing = tuple(label for label, a in zip(of.labels, each, strict=True) if isinstance(a, Refusal))
    return Summed(hidden, hidden / wide, hidden * wide, missing)


def _differ(together: Alone | Refusal, drawn: Pooled | Refusal) -> bool:
    if isinstance(together, Refusal) or isinstance(drawn, Refusal):
        return False
    one, many = together.known + together.hidden, drawn.known + drawn.hidden.middle
    inside = drawn.hidden.low <= together.hidden <= drawn.hidden.high
    inside = inside or together.low <= drawn.hidden.middle <= together.high
    return not inside or max(one / many, many / one) > APART
