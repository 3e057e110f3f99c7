"""Shares of files from a stratified sample without replacement, where every file of the whole is known.

Five strata of 20 to 400 files with different true shares. Samples of 40 to 60 files in all, which is what an audit can
read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from bars import Bar

from casetrail.stats.finite import exact_count
from casetrail.stats.intervals import wilson
from casetrail.stats.sampling import Division, allocate, draw
from casetrail.stats.sampling_shares import design_share

METHOD = "sampling.design_share"
SAYS = "the share of files with an attribute, from a stratified sample with known chances, with its interval"
CODE = (
    ("casetrail.stats.sampling", "allocate"),
    ("casetrail.stats.sampling", "_pull"),
    ("casetrail.stats.sampling", "_rounded"),
    ("casetrail.stats.sampling", "_mended"),
    ("casetrail.stats.sampling", "draw"),
    ("casetrail.stats.sampling", "frame_hash"),
    ("casetrail.stats.sampling", "generator"),
    ("casetrail.stats.sampling_shares", "design_share"),
    ("casetrail.stats.sampling_shares", "_Design"),
    ("casetrail.stats.sampling_shares", "_design"),
    ("casetrail.stats.sampling_shares", "_shift"),
    ("casetrail.stats.sampling_shares", "_interval"),
    ("casetrail.stats.sampling_shares", "_halved"),
    ("casetrail.stats.finite", "drawn_chances"),
    ("casetrail.stats.finite", "exact_count"),
    ("casetrail.stats.finite", "_first"),
    ("casetrail.stats.finite", "_ways"),
)


@dataclass(frozen=True, slots=True)
class Made:
    """Sizes of the strata, their true shares (before chance), how the sample is divided, and how large it is."""

    sizes: tuple[int, ...]
    shares: tuple[float, ...]
    division: Division
    take: int
    part: bool = False


_SIZES = (400, 200, 120, 60, 20)
_MADE = {
    "alike": Made(_SIZES, (0.7,) * 5, "proportional", 50),
    "different": Made(_SIZES, (0.9, 0.8, 0.6, 0.4, 0.3), "proportional", 50),
    "equal": Made(_SIZES, (0.9, 0.8, 0.6, 0.4, 0.3), "equal", 60),
    "fooled": Made(_SIZES, (0.9, 0.7, 0.4, 0.3, 0.2), "equal", 60),
    "rare": Made(_SIZES, (0.03, 0.05, 0.05, 0.1, 0.1), "proportional", 60),
    "part": Made(_SIZES, (0.9, 0.8, 0.6, 0.4, 0.3), "equal", 60, part=True),
    "many-strata": Made(tuple(range(30, 150, 10)), tuple(0.3 + 0.05 * i for i in range(12)), "equal", 48),
    "small-whole": Made((30, 25, 15), (0.8, 0.6, 0.5), "proportional", 40),
    "one-stratum": Made((120,), (0.8,), "proportional", 30),
}
WORLDS = {
    "alike": "all strata have the same share, divided in proportion",
    "different": "shares from 0.3 to 0.9, divided in proportion",
    "equal": "the same shares, as many files from each stratum: small ones weigh little",
    "fooled": "large strata are good and small ones poor, as many files from each: the plain share is fooled",
    "rare": "3 to 10 files in a hundred have it",
    "part": "asked about half of the files of every stratum, such as one team of several",
    "many-strata": "twelve teams of 30 to 140 files, four read from each",
    "small-whole": "more than half of all files are read",
    "one-stratum": "30 of 120 files, one stratum: also the exact interval",
}
BARS = {
    "covers": Bar("intervals that hold the true share", 0.93, 0.975, "a score interval; counts jump, so 2.5 points"),
    "exact_covers": Bar("exact intervals that hold the true number", 0.95, 1.0, "it guarantees at least 95 %"),
    "bias": Bar("estimate less the true share", -0.01, 0.01, "weights by chance make it unbiased"),
    "plain_covers": Bar("Wilson's interval of the plain share", None, None, "printed only: the naive method"),
    "width": Bar("width of the interval", None, None, "printed only"),
    "answered": Bar("runs with an answer", 0.9, 1.0, "the rule for every method"),
}
REPLICATES = 5000


def replicate(world: str, rng: np.random.Generator) -> Iterator[tuple[str, bool | float]]:
    """One made-up whole, and one sample from it."""
    made = _MADE[world]
    sizes = np.array(made.sizes)
    of = np.repeat(np.arange(sizes.size), sizes)
    has = rng.random(of.size) < np.array(made.shares)[of]
    inside = rng.random(of.size) < 0.5 if made.part else np.ones(of.size, dtype=np.bool_)
    taken = allocate(sizes, made.take, division=made.division, least=2)
    names = [f"s{i}" for i in of]
    seen = draw(
        [str(i) for i in range(of.size)],
        names,
        {f"s{i}": int(t) for i, t in enumerate(taken)},
        seed=int(rng.integers(2**31)),
    )
    asked, good = (
        np.bincount(of[seen.chosen], flag[seen.chosen], minlength=sizes.size) for flag in (inside, has & inside)
    )
    yield "answered", bool(asked.sum() > 0)
    true = float(has[inside].mean())
    found = design_share(sizes, taken, good, asked=asked)
    yield "covers", found.low - 1e-9 <= true <= found.high + 1e-9
    yield "bias", found.value - true
    yield "width", found.high - found.low
    low, high = wilson(int(good.sum()), int(asked.sum()))
    yield "plain_covers", low <= true <= high
    if sizes.size == 1:
        least, most = exact_count(int(good.sum()), made.take, int(sizes[0]))
        yield "exact_covers", least <= int(has.sum()) <= most
