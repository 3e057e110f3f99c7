"""Run the shipped functions on the years of a world and count where they were right.

Of each year one authority is asked, drawn at random, so that replicates are independent and the Wilson
interval of a score is an honest one. The functions scored are those that ship, not copies of them.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr
from worlds import Drawn, World, draw

from casetrail.stats.apart import Apart, apart, holm
from casetrail.stats.funnel import Floats, Funnel, funnel
from casetrail.stats.intervals import normal_quantile
from casetrail.stats.ordinary import for_few, ordinary

Q95, Q998 = normal_quantile(0.95), normal_quantile(0.998)
Compare = Callable[[npt.ArrayLike, npt.ArrayLike], Funnel]
# Method, score, was it so.
Hit = tuple[str, str, bool]


@dataclass(frozen=True, slots=True)
class Tally:
    """Hits and trials by method and score; the median phi and the mean share that cannot be told apart."""

    counts: dict[str, dict[str, tuple[int, int]]]
    phi: float
    alike: float


def tally(of: World, replicates: int, *, seed: int = 0, compare: Compare = funnel) -> Tally:
    """Score on so many years. The seed of a world comes from its name: worlds do not share draws."""
    rng = np.random.default_rng([seed, int.from_bytes(hashlib.sha256(of.name.encode()).digest()[:8], "big")])
    hits: Counter[tuple[str, str]] = Counter()
    trials: Counter[tuple[str, str]] = Counter()
    phis, alike = [], []
    for _ in range(replicates):
        year = draw(of, rng)
        found = compare(year.numerators, year.denominators)
        asked = int(rng.integers(year.numerators.size))
        seen = apart(year.numerators, year.denominators, asked, of=found)
        phis.append(found.phi)
        alike.append(seen.alike / (year.numerators.size - 1))
        lines = (*limits_hits(year, found, rng), *apart_hits(year, found, asked, seen), *outlier_hits(year, found))
        for method, score, so in lines:
            trials[method, score] += 1
            hits[method, score] += so
    counts: dict[str, dict[str, tuple[int, int]]] = {}
    for method, score in trials:
        counts.setdefault(method, {})[score] = (hits[method, score], trials[method, score])
    return Tally(counts, float(np.median(phis)), float(np.mean(alike)))


def limits_hits(year: Drawn, found: Funnel, rng: np.random.Generator) -> Iterator[Hit]:
    """Is a blameless one outside the limits, and is a true outlier below them?"""
    who = _one(np.flatnonzero(year.blameless), rng)
    bad = -1 if year.blameless.all() else _one(np.flatnonzero(~year.blameless), rng)
    groups = dict(_by_size(year, rng))
    yield "funnel.plain", "flagged_95", bool(abs(found.z[who]) > Q95)
    yield "funnel.plain", "flagged_998", bool(abs(found.z[who]) > Q998)
    allowing = ordinary(*for_few(year.numerators, year.denominators))
    by_method = {"funnel.adjusted": found.z_adjusted, "ordinary.limits": None if allowing is None else allowing.z}
    yield "funnel.adjusted", "answered", 0 < found.pooled < 1
    yield "ordinary.limits", "answered", allowing is not None
    for method, z in by_method.items():
        if z is None:
            continue
        yield method, "flagged_95", bool(abs(z[who]) > Q95)
        yield method, "flagged_998", bool(abs(z[who]) > Q998)
        for score, one in groups.items():
            yield method, score, bool(abs(z[one]) > Q95)
        if bad >= 0:
            yield method, "found_95", bool(z[bad] < -Q95)
            yield method, "found_998", bool(z[bad] < -Q998)


def _by_size(year: Drawn, rng: np.random.Generator) -> Iterator[tuple[str, int]]:
    """A blameless one of the smallest tenth, and one of the largest."""
    by_size = np.argsort(year.denominators, kind="stable")
    tenth = year.denominators.size // 10
    if tenth and year.denominators.min() < year.denominators.max():
        for score, group in (("flagged_95_smallest", by_size[:tenth]), ("flagged_95_largest", by_size[-tenth:])):
            able = group[year.blameless[group]]
            if able.size:
                yield score, _one(able, rng)


def apart_hits(year: Drawn, found: Funnel, asked: int, seen: Apart) -> Iterator[Hit]:
    """Is any claim about the asked one wrong, and does the set hold every position that ties leave open?"""
    claims = told(year, found, asked)
    if (int(np.sum(claims > 0)), int(np.sum(claims < 0))) != (seen.above, seen.below):
        raise ValueError("the claims looked at are not those that the shipped function counts")
    first, last = seen.positions
    for ending, truth in (("", year.level), ("_year", year.year)):
        gap = np.sign(truth - truth[asked])
        above, below = int(np.sum(gap > 0)), int(np.sum(gap < 0))
        yield "apart.positions", f"told_wrong{ending}", bool(np.any((claims != 0) & (claims != gap)))
        yield "apart.positions", f"covers{ending}", first <= above + 1 and last >= truth.size - below


def outlier_hits(year: Drawn, found: Funnel) -> Iterator[Hit]:
    """Is a true outlier, itself asked, surely below at least half of the others?"""
    bad = np.flatnonzero(~year.blameless)
    if bad.size:
        # Outliers are drawn at random, so the first of them is one at random.
        seen = apart(year.numerators, year.denominators, int(bad[0]), of=found)
        yield "apart.positions", "told_found", seen.above >= (year.numerators.size - 1) / 2


def told(year: Drawn, found: Funnel, asked: int) -> Floats:
    """Which others are said to lie above (1) or below (-1) the asked one; `apart` itself only counts them."""
    n = year.denominators
    share = year.numerators / n
    spread = found.inflation * np.sqrt(found.pooled * (1 - found.pooled))
    claims = np.zeros(n.size)
    if spread == 0:
        return claims
    others = np.arange(n.size) != asked
    z = (share[others] - share[asked]) / (spread * np.sqrt(1 / n[others] + 1 / n[asked]))
    claims[others] = np.where(holm(2 * ndtr(-np.abs(z)), 0.05), np.sign(z), 0.0)
    return claims


def _one(among: npt.NDArray[np.intp], rng: np.random.Generator) -> int:
    return int(among[rng.integers(among.size)])
