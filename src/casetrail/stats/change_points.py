"""Did the level of a short series change, when, and how surely is the time known?

1. No change or some? The stretch that stands out most is set against the same series in random order (or counts drawn
   anew with the same total): exact when points are independent. A. B. Olshen, E. S. Venkatraman, R. Lucito and M.
   Wigler, Biostatistics 5 (2004) 557-572 (stretches); J. Bai and P. Perron, Econometrica 66 (1998) 47-78 (one further
   change after another).
2. Where? The best cuts of that number, exactly (`segments.best_cuts`).
3. How surely? All points at which a change is not refuted, each tested given the change is there: K. J. Worsley,
   Biometrika 73 (1986) 91-104, by permutation on both sides of it.

Everything rests on independent points. Where neighbouring years are alike, a series wanders without any change: the
test is made again against a series that wanders as this one does (`p_linked`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import chi2

from casetrail.figures import Refusal
from casetrail.stats.change_tests import Draws, linked_p, neighbours_alike, not_refuted, stands_out
from casetrail.stats.segments import Family, Series, best_cuts

FEWEST = 8
MOST_POINTS = 400
LEAST = 2
LEVEL = 0.05
UNEVEN = 0.05


@dataclass(frozen=True, slots=True)
class Change:
    """A change of level. `at`: index of the first point of the new level; `first`, `last`: where it may be instead.

    `before`, `after`: the two levels. `p_value`: of the test that there is one more change than without this one.
    """

    at: int
    first: int
    last: int
    before: float
    after: float
    p_value: float


@dataclass(frozen=True, slots=True)
class ChangePoints:
    """Changes in time order, none when there is no ground for one.

    `p_value`: of no change at all, if points are independent. `p_linked`: the same if neighbours are alike as they are
    here (values only). `alike`: correlation of neighbours around their common level. `penalised`: the number of changes
    by a penalised likelihood instead of by tests (Y.-C. Yao, Statistics & Probability Letters 6 (1988) 181-189).
    """

    changes: tuple[Change, ...]
    levels: tuple[float, ...]
    points: int
    p_value: float
    p_linked: float | None
    alike: float
    penalised: int
    level: float

    @property
    def firm(self) -> bool | None:
        """Whether the finding of some change also holds where neighbours are alike; None where there is none to hold.

        For counts there is no such test, and independence is taken on trust.
        """
        if not self.changes:
            return None
        return self.p_linked is None or self.p_linked <= self.level


def change_points(
    values: npt.ArrayLike,
    denominators: npt.ArrayLike | None = None,
    *,
    rng: np.random.Generator,
    family: Family = "normal",
    draws: int = 999,
) -> ChangePoints | Refusal:
    """Changes of level in a series in time order; nan is an unknown point and is passed over.

    `family`: values (no denominators), Poisson counts with exposures, binomial counts out of cases. Refuses below eight
    or above 400 known points, a series in which nothing varies, and counts that vary more within a level than chance
    makes them. Raises: ValueError on counts that are none, or denominators that are missing or not wanted.
    """
    series, known = _series(values, denominators, family)
    refused = _cannot(series)
    if refused is not None:
        return refused
    how = Draws(rng, draws, LEVEL, LEAST)
    options = best_cuts(series, series.size // (2 * LEAST), LEAST)
    cuts, tests = _admitted(series, options, how)
    if family != "normal" and _uneven(series, cuts):
        return Refusal(
            "more_than_chance",
            "Within each level the counts vary more than chance makes them: tests of chance see changes anywhere.",
            ("take the shares or rates as values (family normal)",),
        )
    return ChangePoints(
        changes=_changes(series, cuts, known, (tests, how)),
        levels=tuple(float(v) for v in series.levels(cuts)),
        points=series.size,
        p_value=tests[0],
        p_linked=linked_p(series, how) if family == "normal" else None,
        alike=neighbours_alike(series),
        penalised=_penalised(series, options),
        level=LEVEL,
    )


def _cannot(series: Series) -> Refusal | None:
    if series.size < FEWEST or series.size > MOST_POINTS:
        return Refusal(
            "too_few_points" if series.size < FEWEST else "too_many_points",
            f"{series.size} known points: from {FEWEST} to {MOST_POINTS} can be searched for changes of level.",
            ("a longer series under one definition",) if series.size < FEWEST else ("the same by month or year",),
        )
    if bool(np.all(series.x * series.n[0] == series.x[0] * series.n)):
        return Refusal("nothing_varies", "Every point has the same level, so there is nothing to test.")
    return None


def _series(values: npt.ArrayLike, denominators: npt.ArrayLike | None, family: Family) -> tuple[Series, Sequence[int]]:
    x = np.asarray(values, dtype=np.float64)
    if (denominators is None) != (family == "normal"):
        raise ValueError("counts need denominators, values have none")
    n = np.ones(x.size) if denominators is None else np.asarray(denominators, dtype=np.float64)
    if x.ndim != 1 or n.shape != x.shape:
        raise ValueError("values and denominators must be equally long")
    at = np.flatnonzero(np.isfinite(x) & np.isfinite(n))
    x, n = x[at], n[at]
    if family != "normal" and bool(np.any(x < 0) or np.any(x != np.round(x)) or np.any(n <= 0)):
        raise ValueError("counts are whole and 0 or more, with denominators above 0")
    if family == "binomial" and bool(np.any(x > n) or np.any(n != np.round(n))):
        raise ValueError("a share needs whole counts within their denominators")
    return Series(x, n, family), [int(i) for i in at]


def _admitted(
    series: Series, options: tuple[tuple[tuple[int, ...], float], ...], how: Draws
) -> tuple[tuple[int, ...], list[float]]:
    """Cuts as long as one more is called for; the p of each test, the last of which is the one that was not passed."""
    cuts: tuple[int, ...] = ()
    tests: list[float] = []
    while True:
        p_value, lasting = stands_out(series, cuts, how)
        tests.append(p_value)
        more = len(cuts) + (1 if lasting else 2)
        if p_value > how.level or more >= len(options):
            return cuts, tests
        cuts = options[more][0]


def _changes(
    series: Series, cuts: tuple[int, ...], known: Sequence[int], by: tuple[list[float], Draws]
) -> tuple[Change, ...]:
    tests, how = by
    levels = series.levels(cuts)
    edges = (0, *cuts, series.size)
    admitted = max((p for p in tests if p <= how.level), default=1.0)
    found: list[Change] = []
    for i, cut in enumerate(cuts):
        first, last = not_refuted(series, (edges[i], cut, edges[i + 2]), how)
        before, after = float(levels[i]), float(levels[i + 1])
        found.append(Change(known[cut], known[first], known[last], before, after, admitted))
    return tuple(found)


def _uneven(series: Series, cuts: tuple[int, ...]) -> bool:
    """Whether counts within levels vary more than chance makes them, or need a cut at every fourth point."""
    starts = np.array([0, *cuts, series.size])
    level = np.repeat(series.levels(cuts), np.diff(starts))
    chance = series.n * level * ((1 - level) if series.family == "binomial" else 1.0)
    told = chance > 0
    square = float(np.sum((series.x - series.n * level)[told] ** 2 / chance[told]))
    free = series.size - len(cuts) - 1
    return len(cuts) > series.size // 4 or bool(chi2.sf(square, max(free, 1)) < UNEVEN)


def _penalised(series: Series, options: tuple[tuple[tuple[int, ...], float], ...]) -> int:
    """The number of cuts with the lowest deviance plus 2 log n for each."""
    gains = np.array([gain for _, gain in options])
    each = 2 * np.log(series.size) * np.arange(gains.size)
    if series.family != "normal":
        return int(np.argmin(each - gains))
    # A fit without any residue would have an endless likelihood: as many cuts as half the points are not looked at.
    left = np.maximum(np.sum((series.x - series.x.mean()) ** 2) - gains, 1e-12 * np.sum(series.x**2) + 1e-300)
    return int(np.argmin(series.size * np.log(left) + each))
