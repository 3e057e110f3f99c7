"""One row for each set of adjusters: observed, expected, their ratio, and the limits that allow for what."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, isfinite, sqrt

from casetrail.compare.adjustment_basis import Basis
from casetrail.compare.adjustment_sets import Under
from casetrail.compare.measure import verdict
from casetrail.figures import Cell, Column, Table


def adjusted_table(base: Basis, found: Sequence[Under]) -> Table:
    """The results of one body. A set that could not be reckoned has its reason in the last column."""
    return Table(_columns(base), tuple(_row(base, u) for u in found))


def _columns(base: Basis) -> tuple[Column, ...]:
    odds = base.asked.family == "binomial"
    return (
        Column("adjusted_for", "Adjusted for"),
        Column("ethnicity", "Ethnicity mix"),
        Column("observed", "Observed", "count"),
        Column("expected", "Expected, from all others", "number", 1),
        Column("ratio", "Odds, times those expected" if odds else "Observed over expected", "number", 2),
        Column("low95", "95 % limit with ordinary differences, low", "number", 2),
        Column("high95", "95 % limit with ordinary differences, high", "number", 2),
        Column("chance_low95", "95 % limit by chance and doubt alone, low", "number", 2),
        Column("chance_high95", "95 % limit by chance and doubt alone, high", "number", 2),
        Column("z", "z against ordinary differences", "number", 2),
        Column("verdict", "Against limits that allow for ordinary differences"),
        Column("ordinary", "Ordinary differences: one deviation is a factor of", "number", 2),
        Column("expected_plain", "Expected, plain fit with the body in it", "number", 1),
        Column("dispersion", "Dispersion of the plain fit (1: chance alone)", "number", 1),
        Column("bodies", "Bodies", "count"),
        Column("not_reckoned", "Why not reckoned"),
    )


def _row(base: Basis, u: Under) -> tuple[Cell, ...]:
    at = base.at
    observed = base.asked.panel.numerator[base.asked.unit, base.asked.period]
    head: tuple[Cell, ...] = (u.label, "with" if u.with_ethnicity else "without", int(observed))
    if u.result is None:
        return (*head, *(None,) * 11, len(base.rows), u.why_none)
    limits = (*u.result.limits(0.95), *u.result.limits(0.95, ordinary=False))
    z = float(u.result.z[at])
    return (
        *head,
        float(u.result.expected[at]),
        *(_known(float(v[at])) for v in (u.result.ratio, *limits)),
        z,
        verdict(z),
        exp(sqrt(u.result.tau2)),
        float(u.result.fit.expected[at]),
        u.result.fit.dispersion,
        len(base.rows),
        None,
    )


def _known(value: float) -> float | None:
    """Odds without end, where every case may have been counted, are not a number to print."""
    return value if isfinite(value) else None
