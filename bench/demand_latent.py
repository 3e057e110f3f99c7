"""Latent classes: effective draws for each second of processor time beside a plain Gibbs sampler, warm-up counted.

`python bench/run.py --only hidden`. The plain Gibbs sampler is `kernels.mixture.gibbs.plain_chain`: the algorithm of
the R package LCMCR, compiled. Ours is what a user gets, a fifth of it warm-up; warm-up is a fiftieth at most of the
plain sampler's long run, so that the ratio is in its favour. Effective draws are of the logarithm of the total,
rank-normalised (bulk). Both must find the same median and limits within 3 % in a long run; the tables are those of the
reference data beside the checkout.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from casetrail.demand.latent.sampling import Drawn, chains, generators
from casetrail.demand.latent.settings import Effort, Prior, nobody_told
from casetrail.demand.latent.tempering import tempered
from casetrail.demand.lists import Lists, lists
from casetrail.kernels.mixture.chain import start
from casetrail.kernels.mixture.gibbs import plain_chain
from casetrail.kernels.mixture.shape import room, table
from casetrail.stats.chains import bulk_ess
from lines import Line

DATA = Path(__file__).parents[2] / "shared" / "data" / "demand"
CHAINS, SEED, APART = 4, 11, 0.03
MICROSECONDS, MINUTES = 25.0, 3.0
# Runs of ours with a user's settings, a fifth of each warm-up.
RUNS = 6
AGAINST = "a plain Gibbs sampler, compiled"


@dataclass(frozen=True)
class Asked:
    """A table, the bar, and steps of each chain: of the plain sampler's warm-up, and of its run."""

    name: str
    file: str
    bar: float
    warm_up: int
    sweeps: int


ASKED = (
    Asked("Kosovo, 4 lists", "kosovo_1999_4list.csv", 5.0, 10_000, 1_000_000),
    Asked("Western, 5 lists", "western_us_5list.csv", 1.0, 10_000, 500_000),
)
UK = "uk_2013_5list.csv"


def read(file: str) -> Lists:
    """Lists from one of the reference tables."""
    with (DATA / file).open(encoding="utf-8", newline="") as stream:
        head, *rows = list(csv.reader(stream))
    return lists(head[:-1], [([int(b) for b in row[:-1]], int(row[-1])) for row in rows])


def plainly(of: Lists, asked: Asked, seed: int) -> tuple[npt.NDArray[np.float64], float, float]:
    """Totals (chains, sweeps) after warm-up, seconds of processor time with warm-up, microseconds a sweep."""
    data, prior = table(of.counts), Prior().numbers()
    out, begun = [], time.process_time()
    for rng in generators(seed, 9, CHAINS):
        kept = np.empty(asked.warm_up + asked.sweeps)
        plain_chain(rng, start(rng, data, prior), (data, prior, room(data, prior)), kept)
        out.append(kept[asked.warm_up :])
    taken = time.process_time() - begun
    return np.array(out), taken, taken / (CHAINS * (asked.warm_up + asked.sweeps)) * 1e6


def ours(of: Lists, effort: Effort, seed: int = SEED) -> tuple[Drawn, float]:
    """Our chains and their seconds of processor time, warm-up counted."""
    begun = time.process_time()
    drawn = chains(of, Prior(), effort, rngs=generators(seed, 0, CHAINS), told=nobody_told)
    return drawn, time.process_time() - begun


def compared(asked: Asked, *, small: bool) -> Iterator[Line]:
    """Seconds for 1,000 effective draws. Raises: SystemExit where the two find different numbers."""
    of = read(asked.file)
    part = Asked(asked.name, asked.file, asked.bar, asked.warm_up, asked.sweeps // (10 if small else 1))
    totals, theirs_s, sweep = plainly(of, part, SEED)
    runs = [ours(of, Effort(), seed) for seed in range(RUNS)]
    worth, ours_s = sum(d.agreement.bulk for d, _ in runs), sum(s for _, s in runs)
    drawn = runs[0][0]
    long = ours(of, Effort(draws=10_000))[0] if not small else drawn
    quantiles = [np.quantile(x, [0.025, 0.5, 0.975]) for x in (long.totals, totals)]
    if not small and np.abs(quantiles[0] / quantiles[1] - 1.0).max() > APART:
        raise SystemExit(f"{asked.name}: {quantiles[0].round()} here, {quantiles[1].round()} from plain Gibbs")
    theirs = bulk_ess(np.log(totals))
    said, plain = (" ".join(f"{q:,.0f}" for q in found) for found in quantiles)
    note = f"{worth / RUNS:,.0f} in one of our runs, {theirs:,.0f} in theirs; limits and median {said}; theirs {plain}"
    work = f"{asked.name}: 1,000 effective draws of the total"
    here, there = 1000.0 * ours_s / worth, 1000.0 * theirs_s / theirs
    yield Line("hidden", work, AGAINST, here, there, "at least", asked.bar, note=note)
    what = f"{asked.name}: a sweep of the plain sampler, microseconds"
    yield Line("hidden", what, "25 microseconds", sweep, MICROSECONDS, bar=1.0, note="not seconds")


def uk() -> Line:
    """UK-5 by ladders alone. Raises: SystemExit where they do not agree."""
    of = read(UK)
    effort = Effort(ladder="always")
    begun = time.process_time()
    drawn = tempered(of, Prior(), effort, rngs=generators(SEED, 1, CHAINS), told=nobody_told)
    taken = time.process_time() - begun
    if not drawn.settled:
        raise SystemExit(f"UK-5: R-hat {drawn.agreement.rhat:.4f}, {drawn.agreement.bulk:.0f} effective draws")
    low, median, high = np.quantile(drawn.totals, [0.025, 0.5, 0.975])
    note = f"R-hat {drawn.agreement.rhat:.4f}; {median:,.0f} ({low:,.0f} to {high:,.0f}); {drawn.trips} places came up"
    return Line(
        "hidden", "UK, 5 lists, by ladders of temperatures", "3 minutes", taken, 60 * MINUTES, bar=1.0, note=note
    )


def lines(*, small: bool = False) -> Iterator[Line]:
    """All lines; a small run looks at a tenth of the plain sampler's sweeps and does not compare numbers."""
    tiny = read("korea_3list.csv")
    ours(tiny, Effort(draws=100, warm_up=100, most_draws=100))
    plainly(tiny, Asked("", "", 1.0, 10, 10), SEED)
    few = Effort(draws=100, most_draws=100, most_climbs=100, rungs=4)
    tempered(tiny, Prior(), few, rngs=generators(SEED, 1, 2), told=nobody_told)
    for asked in ASKED:
        yield from compared(asked, small=small)
    yield uk()
