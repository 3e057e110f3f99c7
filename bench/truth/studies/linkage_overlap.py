"""Overlaps corrected for errors of linking, where it is known who is who."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from bars import Bar

from casetrail.demand.linkage.correct import correct
from casetrail.demand.linkage.rates import Rate, Rates, alike, checked, exactly
from casetrail.demand.linkage.replicates import replicates
from casetrail.demand.lists import Lists

METHOD = "linkage.overlap"
SAYS = "overlaps of three lists corrected for missed and false links; two-list estimate (Chapman) on the first two"
CODE = (
    *(("casetrail.demand.linkage.correct", n) for n in ("Corrected", "correct", "at_shares", "_nearest", "_Unjoined")),
    *(("casetrail.demand.linkage.correct", n) for n in ("_unjoined", "_disjoint", "_makes", "_on")),
    *(("casetrail.demand.linkage.splitting", n) for n in ("splitting", "_together", "_apart")),
    *(("casetrail.demand.linkage.rates", n) for n in ("Rate", "Rates", "alike", "checked", "exactly")),
    *(("casetrail.demand.linkage.replicates", n) for n in ("Replicates", "replicates")),
)
_THREE = "2,000 persons, three independent lists with 30, 25 and 20 % of them"
WORLDS = {
    "perfect": f"{_THREE}; all links right, and none said to be wrong",
    "missed": f"{_THREE}; 10 % of the true pairs not linked, known from a check of 300 pairs",
    "false": f"{_THREE}; 2 % of the links false, known from a check of 300 links",
    "both": f"{_THREE}; 10 % missed and 2 % false, each known from a check of 300",
    "wrong_rates": f"{_THREE}; 10 % missed and 2 % false, stated as half of that: the correction is fooled",
}
_FIFTIETH = "2 % of the truth, for bias"
BARS = {
    "overlap_bias": Bar("corrected overlap less the true one, relative", -0.02, 0.02, _FIFTIETH),
    "total_bias": Bar("all persons after correction, less the truth, relative", -0.02, 0.02, _FIFTIETH),
    "untouched": Bar("counts after correction are those before", 0.999, 1.0, "no errors stated: nothing to correct"),
    "covers": Bar(
        "95 % interval (percentiles of 200 replicates) holds the truth",
        0.92,
        0.98,
        "approximate: percentile bootstrap of a ratio, so a little off nominal is allowed",
    ),
    "naive_bias": Bar("all persons without correction, less the truth, relative", None, None, "printed: the naive way"),
    "naive_covers": Bar("95 % interval without correction holds the truth", None, None, "printed: the naive way"),
    "wrong_bias": Bar("all persons at rates wrong by half, less the truth", None, None, "printed: no method can know"),
    "wrong_covers": Bar("95 % interval at rates wrong by half", None, None, "printed: the same"),
    "answered": Bar("data sets with an estimate", 0.9, 1.0, "the rule for every method"),
}
REPLICATES = 1000
PERSONS, ON, CHECK, DRAWS = 2_000, (0.30, 0.25, 0.20), 300, 200
MISSED, FALSE = 0.10, 0.02
PAIRS = ((0, 1), (0, 2), (1, 2))
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def replicate(world: str, rng: np.random.Generator) -> Iterator[tuple[str, bool | float]]:
    """One made-up population, its lists as linked, and the correction."""
    truth = (rng.random((PERSONS, 3)) < ON) @ np.array([1, 2, 4])
    missed = 0.0 if world in ("perfect", "false") else MISSED
    false = 0.0 if world in ("perfect", "missed") else FALSE
    parts = _joined(_split(truth, missed, rng), false, rng)
    lists = Lists(("a", "b", "c"), np.bincount(parts, minlength=8).astype(np.int64))
    rates = _rates(world, missed, false, rng)
    both = float(np.sum(truth & 3 == 3))
    found = correct(lists, rates)
    before, after = (_chapman(counts.astype(np.float64)) for counts in (lists.counts, found.counts))
    yield "answered", bool(np.isfinite(after))
    yield "naive_bias", before / PERSONS - 1
    if world == "perfect":
        yield "untouched", bool((found.counts == lists.counts).all())
    drawn = replicates(lists, rates, rng, draws=DRAWS)
    low, high = np.percentile([_chapman(counts) for counts in drawn.expected], [2.5, 97.5])
    name = "wrong_" if world == "wrong_rates" else ""
    yield f"{name}covers", bool(low <= PERSONS <= high)
    plain = replicates(lists, Rates({}, {}), rng, draws=DRAWS)
    low, high = np.percentile([_chapman(counts) for counts in plain.expected], [2.5, 97.5])
    yield "naive_covers", bool(low <= PERSONS <= high)
    if world == "wrong_rates":
        yield "wrong_bias", after / PERSONS - 1
        return
    yield "overlap_bias", float(found.counts[3] + found.counts[7]) / both - 1
    yield "total_bias", after / PERSONS - 1


def _rates(world: str, missed: float, false: float, rng: np.random.Generator) -> Rates:
    if world == "perfect":
        return Rates({}, {})
    if world == "wrong_rates":
        return alike(3, missed=exactly(missed / 2), false=exactly(false / 2))
    return Rates({p: _check(missed, rng) for p in PAIRS}, {p: _check(false, rng) for p in PAIRS})


def _check(share: float, rng: np.random.Generator) -> Rate:
    """What a check of so many links says; where there are no such errors, that is known without one."""
    return checked(int(rng.binomial(CHECK, share)), CHECK) if share else exactly(0.0)


def _chapman(counts: Floats) -> float:
    first, second, both = (counts[[p for p in range(8) if p & m == m]].sum() for m in (1, 2, 3))
    return float((first + 1) * (second + 1) / (both + 1) - 1)


def _split(truth: Ints, missed: float, rng: np.random.Generator) -> Ints:
    """Records of a person hang together by links found, each missed with the same chance."""
    truth = truth[truth > 0]
    links = rng.random((truth.size, 3)) >= missed
    parts: list[int] = []
    for x, found in zip(truth.tolist(), links.tolist(), strict=True):
        parts += _parts(x, [p for p, link in zip(PAIRS, found, strict=True) if link])
    return np.array(parts, dtype=np.int64)


def _parts(x: int, links: list[tuple[int, int]]) -> list[int]:
    of = {j: 1 << j for j in range(3) if x >> j & 1}
    for _ in range(2):
        for i, j in links:
            if i in of and j in of:
                of[i] = of[j] = of[i] | of[j]
    return sorted(set(of.values()))


def _joined(parts: Ints, false: float, rng: np.random.Generator) -> Ints:
    """Join parts of different persons at random, a part at most once, until the share of each pair is false."""
    held = parts.tolist()
    joined: set[int] = set()
    for i, j in PAIRS if false else ():
        links = int(np.sum((parts >> i & 1) & (parts >> j & 1)))
        for _ in range(int(rng.poisson(links * false / (1 - false)))):
            a, b = _two(held, joined, (i, j), rng)
            held[a] |= held[b]
            held[b] = 0
            joined |= {a, b}
    return np.array([part for part in held if part], dtype=np.int64)


def _two(held: list[int], joined: set[int], pair: tuple[int, int], rng: np.random.Generator) -> tuple[int, int]:
    """Two parts that share no list, one with each list of the pair, none of them joined before."""
    while True:
        a, b = rng.integers(0, len(held), 2).tolist()
        free = a != b and a not in joined and b not in joined
        if free and held[a] >> pair[0] & 1 and held[b] >> pair[1] & 1 and not held[a] & held[b]:
            return a, b
