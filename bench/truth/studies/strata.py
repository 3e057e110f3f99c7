"""Strata where the truth is known: what does borrowing gain, and when does it fool?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from bars import Bar

from casetrail.demand.lists import Counts
from casetrail.demand.strata.alone import Alone
from casetrail.demand.strata.design import Assumed, Strata, design
from casetrail.demand.strata.likelihood import log_rates
from casetrail.demand.strata.members import Member
from casetrail.demand.strata.pooling import Pooled, pooled
from casetrail.demand.strata.side_by_side import Stratified, stratified

Floats = npt.NDArray[np.float64]

METHOD = "strata.pooled"
SAYS = "strata under one log-linear model with coefficients from one distribution (Laplace over a grid of spreads)"
CODE = (
    ("casetrail.demand.strata.design", "design"),
    ("casetrail.demand.strata.likelihood", "bent"),
    ("casetrail.demand.strata.likelihood", "height"),
    ("casetrail.demand.strata.likelihood", "hidden_per_known"),
    ("casetrail.demand.strata.likelihood", "log_hidden_slope"),
    ("casetrail.demand.strata.mode", "mode"),
    ("casetrail.demand.strata.mode", "_step"),
    ("casetrail.demand.strata.mode", "_described"),
    ("casetrail.demand.strata.spread", "draw"),
    ("casetrail.demand.strata.spread", "_grid"),
    ("casetrail.demand.strata.spread", "_row"),
    ("casetrail.demand.strata.spread", "_prior"),
    ("casetrail.demand.strata.spread", "covariance"),
    ("casetrail.demand.strata.spread", "_around"),
    ("casetrail.demand.strata.conflict", "surprises"),
    ("casetrail.demand.strata.conflict", "_doubled"),
    ("casetrail.demand.strata.members", "members"),
    ("casetrail.demand.strata.members", "own_share"),
    ("casetrail.demand.strata.members", "_member"),
    ("casetrail.demand.strata.pooling", "pooled"),
    ("casetrail.demand.strata.pooling", "hidden_draws"),
    ("casetrail.demand.strata.pooling", "_told"),
    ("casetrail.demand.strata.pooling", "_why_not"),
    ("casetrail.demand.strata.alone", "alone"),
    ("casetrail.demand.strata.alone", "_fit"),
    ("casetrail.demand.strata.side_by_side", "stratified"),
    ("casetrail.demand.strata.side_by_side", "_differ"),
)


@dataclass(frozen=True, slots=True)
class Shape:
    """Strata, persons in each (from, to), model, log odds in the middle, spreads of lists and of terms."""

    strata: int
    persons: tuple[int, int]
    assumed: Assumed
    middle: tuple[float, ...]
    spreads: tuple[float, float]


_TERM = Assumed(terms=(0b011,))
_MIDDLE = (-1.0, -1.2, -1.5, 0.7)
SHAPES = {
    "alike": Shape(8, (200, 1_500), _TERM, _MIDDLE, (0.0, 0.0)),
    "moderate": Shape(8, (200, 1_500), _TERM, _MIDDLE, (0.4, 0.3)),
    "areas": Shape(40, (60, 250), Assumed(odds_ratio=1.0), (-0.8, -1.1), (0.4, 0.0)),
    "apart": Shape(8, (200, 1_500), _TERM, _MIDDLE, (0.15, 0.1)),
    "mixed": Shape(8, (500, 1_000), Assumed(), (-0.6, -0.6, -0.6), (0.1, 0.0)),
}
WORLDS = {
    "alike": "8 strata of 200 to 1,500 persons, 3 lists of which two depend, all strata with the same chances",
    "moderate": "the same, log odds of the lists with standard deviation 0.4 between strata, of the dependence 0.3",
    "areas": "40 small areas of 60 to 250 persons, 2 independent lists, log odds with standard deviation 0.4",
    "apart": "8 nearly equal strata and a ninth of 300 persons where each list finds far fewer (log odds 1.5 lower): "
    "borrowing fools",
    "mixed": "8 strata, in half of which all lists find far fewer (log odds 2 lower): who ignores strata is fooled",
}
_CALIBRATED = "an interval of a hierarchical model is calibrated over strata where its model is right"
_APPROXIMATE = "the same; Laplace's approximation and a normal one around the mode may cost two points"
_GAIN = "mean of the squared log error of the other method less that of pooling; above 0, pooling is nearer the truth"
BARS = {
    "answered": Bar("strata that got a figure", 0.9, 1.0, "the rule for every method: 9 of 10 must answer"),
    "borrowed": Bar(
        "strata warned of as borrowed", 0.0, 0.1, "the rule for every method: where assumptions hold, 1 of 10 may warn"
    ),
    "borrowed_small": Bar(
        "small areas warned of as borrowed", None, None, "printed: small areas are what borrowing is for"
    ),
    "covers": Bar("95 % intervals that hold the hidden number of a stratum", 0.92, 0.98, _APPROXIMATE),
    "covers_total": Bar("95 % intervals that hold the hidden number of all strata", 0.92, 0.98, _APPROXIMATE),
    "covers_alone": Bar("95 % intervals of a stratum alone", None, None, "printed: for comparison"),
    "gain_alone": Bar("gain over each stratum alone", 0.0, 10.0, _GAIN),
    "gain_together": Bar("gain over one ratio for all strata, where they differ", 0.0, 10.0, _GAIN),
    "loss_alike": Bar(
        "the same where strata are all alike",
        -0.02,
        10.0,
        "one ratio for all is then right; not knowing it may cost a "
        "squared log error of 0.02, which is 14 % in the figure of a stratum",
    ),
    "false_unlike": Bar(
        "runs that call any stratum unlike the others", 0.0, 0.06, "Bonferroni's 5 %, checked by draws"
    ),
    "odd_told": Bar(
        "the stratum apart refused, or warned of", 0.8, 1.0, "no promise: the usual convention for power (Cohen, 1988)"
    ),
    "covers_odd": Bar("95 % intervals that hold the hidden number of the stratum apart", None, None, "printed: fooled"),
    "odd_bias": Bar("its figure less the truth, as a share of it", None, None, "printed: drawn towards the others"),
    "covers_others": Bar(
        "95 % intervals of the other strata", 0.92, 1.0, "the one apart widens the spread: intervals may hold more"
    ),
    "mixed_total": Bar(
        "95 % intervals that hold the hidden number of all strata", 0.9, 1.0, "two kinds of strata are no normal spread"
    ),
    "mixed_grouped": Bar(
        "the same with the two kinds given as groups", 0.92, 0.98, "the kinds are then what the model takes them to be"
    ),
    "mixed_together": Bar("the same for all as one", None, None, "printed: the naive method"),
    "mixed_told": Bar("runs warned that totals differ", 0.9, 1.0, "the rule: 9 of 10 must be warned where fooled"),
}
REPLICATES = 1_000


def replicate(world: str, rng: np.random.Generator) -> Iterator[tuple[str, bool | float]]:
    """One made-up table by stratum."""
    shape = SHAPES[world]
    hidden, of = _drawn(world, shape, rng)
    found = stratified(of, shape.assumed, seed=int(rng.integers(2**31)))
    who = int(rng.integers(shape.strata))
    drawn = found.pooled
    if not isinstance(drawn, Pooled):
        yield "answered", False
        return
    member = drawn.members[who]
    if world == "apart":
        yield from _apart(drawn, hidden, who)
        return
    if world == "mixed":
        yield "mixed_total", drawn.hidden.low <= hidden.sum() <= drawn.hidden.high
        grouped = pooled(of, design(of.k, shape.assumed), seed=1, groups=["hard", "easy"] * (shape.strata // 2))
        if isinstance(grouped, Pooled):
            yield "mixed_grouped", grouped.hidden.low <= hidden.sum() <= grouped.hidden.high
        yield "mixed_told", "totals_differ" in found.warnings
        if isinstance(found.together, Alone):
            yield "mixed_together", found.together.low <= hidden.sum() <= found.together.high
        return
    yield "answered", isinstance(member, Member)
    yield "covers_total", drawn.hidden.low <= hidden.sum() <= drawn.hidden.high
    yield "false_unlike", "unlike_others" in drawn.warnings
    if isinstance(member, Member):
        yield "covers", member.low <= hidden[who] <= member.high
        yield "borrowed_small" if world == "areas" else "borrowed", "borrowed" in member.warnings
        yield from _gains(found, member, float(hidden[who]), (who, world))


def _gains(found: Stratified, member: Member, hidden: float, what: tuple[int, str]) -> Iterator[tuple[str, float]]:
    who, world = what
    error = _error(member.hidden, hidden)
    own, together = found.each[who], found.together
    if isinstance(own, Alone):
        yield "gain_alone", _error(own.hidden, hidden) - error
        yield "covers_alone", own.low <= hidden <= own.high
    if isinstance(together, Alone):
        same = together.hidden / together.known * member.known
        yield "loss_alike" if world == "alike" else "gain_together", _error(same, hidden) - error


def _apart(drawn: Pooled, hidden: Counts, who: int) -> Iterator[tuple[str, bool | float]]:
    other, odd = drawn.members[who], drawn.members[-1]
    if isinstance(other, Member):
        yield "covers_others", other.low <= hidden[who] <= other.high
    yield "odd_told", not isinstance(odd, Member) or bool(odd.warnings)
    if isinstance(odd, Member):
        yield "covers_odd", odd.low <= hidden[-1] <= odd.high
        yield "odd_bias", odd.hidden / float(hidden[-1]) - 1


def _error(said: float, true: float) -> float:
    return float(np.log((said + 0.5) / (true + 0.5)) ** 2)


def _drawn(world: str, shape: Shape, rng: np.random.Generator) -> tuple[Counts, Strata]:
    """Hidden persons of each stratum, and the counts."""
    k = 2 if shape.assumed.odds_ratio else 3
    of = design(k, shape.assumed)
    spread = np.repeat(shape.spreads, [k, len(of.terms) - k])
    theta = np.array(shape.middle) + spread * rng.standard_normal((shape.strata, spread.size))
    persons = rng.integers(*shape.persons, shape.strata, endpoint=True)
    if world == "mixed":
        theta[::2, :k] -= 2.0
    if world == "apart":
        theta = np.vstack([theta, np.array(shape.middle) - 1.5 * (np.arange(spread.size) < k)])
        persons = np.append(persons, 300)
    weights = np.exp(np.column_stack([np.zeros(persons.size), log_rates(of, theta)]))
    share = weights / weights.sum(axis=1, keepdims=True)
    counts = np.array([rng.multinomial(n, p) for n, p in zip(persons, share, strict=True)], dtype=np.int64)
    hidden = counts[:, 0].copy()
    counts[:, 0] = 0
    labels = tuple(f"stratum {i}" for i in range(persons.size))
    return hidden, Strata(labels, tuple("abc"[:k]), counts)
