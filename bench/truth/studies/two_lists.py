"""Two lists where the truth is known: does the range hold it, and what does a wrong odds ratio cost?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from bars import Bar

from casetrail.demand.lists import Lists
from casetrail.demand.two_lists.odds import AtOdds, HiddenRange, Point, hidden_at, hidden_range
from casetrail.demand.two_lists.table import Linkage
from casetrail.figures import Refusal

METHOD = "two_lists.range"
SAYS = "two lists: Chapman's estimate times a stated odds ratio, profile likelihood, and the range over odds ratios"
CODE = (
    ("casetrail.demand.two_lists.odds", "hidden_at"),
    ("casetrail.demand.two_lists.odds", "hidden_range"),
    ("casetrail.demand.two_lists.odds", "_curve"),
    ("casetrail.demand.two_lists.odds", "_points"),
    ("casetrail.demand.two_lists.odds", "_wider"),
    ("casetrail.demand.two_lists.profile", "interval"),
    ("casetrail.demand.two_lists.profile", "_halve"),
    ("casetrail.demand.two_lists.profile", "_far"),
    ("casetrail.demand.two_lists.profile", "_far_below"),
    ("casetrail.demand.two_lists.profile", "_both_expected"),
    ("casetrail.demand.two_lists.profile", "_log_likelihood"),
    ("casetrail.demand.two_lists.profile", "_slope"),
    ("casetrail.demand.two_lists.table", "Linkage"),
    ("casetrail.demand.two_lists.table", "Cells"),
    ("casetrail.demand.two_lists.table", "linked"),
)
# Persons, chances of being on each list, odds ratio, share of links missed.
SHAPES = {
    "independent": (1_000, 0.3, 0.2, 1.0, 0.0),
    "dependent": (1_000, 0.3, 0.2, 3.0, 0.0),
    "edge": (1_000, 0.3, 0.2, 5.0, 0.0),
    "sparse": (300, 0.15, 0.15, 1.0, 0.0),
    "links": (1_000, 0.3, 0.2, 1.0, 0.15),
    "barely": (100, 0.1, 0.1, 1.0, 0.0),
}
WORLDS = {
    "independent": "1,000 persons, lists find 30 % and 20 %, independently",
    "dependent": "the same, but who is on one is more often on the other: odds ratio 3; fools who assumes none",
    "edge": "the same at odds ratio 5, the end of the default range",
    "sparse": "300 persons, both lists find 15 %: about 7 persons on both",
    "links": "as the first, and 15 % of those on both are not linked: fools who takes all links as found",
    "barely": "100 persons, both lists find 10 %: often nobody on both",
}
_EXACT = "a 95 % interval by profile likelihood; counts are whole, which may move it two points"
_RANGE = "the range promises at least 95 % wherever within it the odds ratio lies"
BARS = {
    "answered": Bar("runs that answered", 0.9, 1.0, "the rule for every method: 9 of 10 must answer"),
    "covers_stated": Bar("95 % intervals at the true odds ratio that hold the hidden number", 0.93, 0.97, _EXACT),
    "covers_sparse": Bar(
        "the same with about 7 on both", 0.93, 0.98, "few on both: counts are coarse, so the interval may hold more"
    ),
    "covers_range": Bar("ranges over the default odds ratios that hold the hidden number", 0.95, 1.0, _RANGE),
    "bias": Bar(
        "estimate at the true odds ratio less the truth, as a share of it",
        -0.02,
        0.02,
        "the estimate is all but without bias where 7 or more are on both",
    ),
    "naive_covers": Bar("95 % intervals that assume independence and perfect links", None, None, "printed: the naive"),
    "told_few": Bar("runs warned of few on both", None, None, "printed: right in about half the runs of this world"),
    "none_refused": Bar("runs with nobody on both that were refused", 1.0, 1.0, "nothing can be said: always refused"),
}
REPLICATES = 2_000


def replicate(world: str, rng: np.random.Generator) -> Iterator[tuple[str, bool | float]]:
    """One made-up pair of lists."""
    persons, first, second, odds, missed = SHAPES[world]
    hidden, of = _drawn((persons, first, second, odds, missed), rng)
    links = Linkage(missed)
    found, free = hidden_at(of, odds_ratio=odds, links=links), hidden_range(of, links=links)
    if world == "barely":
        if of.counts[3] == 0:
            yield "none_refused", isinstance(found, Refusal) and isinstance(free, Refusal)
        return
    yield "answered", isinstance(found, Point) and isinstance(free, HiddenRange)
    if not isinstance(found, Point) or not isinstance(free, HiddenRange):
        return
    yield "covers_sparse" if world == "sparse" else "covers_stated", _holds(found.at, hidden)
    yield "covers_range", free.low <= hidden <= free.high
    if world == "sparse":
        yield "told_few", "few_on_both" in found.seen.warnings
    else:
        yield "bias", found.at.hidden / hidden - 1
    naive = hidden_at(of, odds_ratio=1.0)
    if isinstance(naive, Point):
        yield "naive_covers", _holds(naive.at, hidden)


def _drawn(shape: tuple[int, float, float, float, float], rng: np.random.Generator) -> tuple[int, Lists]:
    """How many are on neither list, and the lists with their links as found."""
    persons, first, second, odds, missed = shape
    a, b, c = 1 - odds, 1 - first - second + odds * (first + second), -odds * first * second
    both = -2 * c / (b + np.sqrt(b * b - 4 * a * c))
    hidden, one, two, true = rng.multinomial(persons, [1 - first - second + both, first - both, second - both, both])
    apart = int(rng.binomial(true, missed))
    counts = np.array([0, one + apart, two + apart, true - apart], dtype=np.int64)
    return int(hidden), Lists(("first", "second"), counts)


def _holds(at: AtOdds, hidden: int) -> bool:
    return at.low <= hidden <= at.high
