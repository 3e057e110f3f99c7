"""Several chains, run until they agree or until no more work is allowed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Literal, TypeVar

import numpy as np

from casetrail.demand.latent.settings import Effort, Prior, Progress
from casetrail.demand.lists import Lists
from casetrail.kernels.mixture import chain as kernel
from casetrail.kernels.mixture.hamiltonian import Walk
from casetrail.kernels.mixture.shape import At, Floats, room, table
from casetrail.stats.chains import Agreement, agreement

# A. Vehtari and others, Bayesian Analysis 16 (2021) 667-718, sections 3 and 4.
MOST_RHAT, LEAST_ESS = 1.01, 400.0
# Chains this far apart do not come together by running longer: they stand in modes of their own.
APART = 1.1
# Compiled steps cannot be interrupted; between blocks of so many they can.
BLOCK = 500
FIRST_STEP = 0.1
_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Drawn:
    """What chains left: `totals` (persons in all), `used` (classes with somebody on a list) and `fit` (log
    likelihood), each of the shape (chains, draws); `warm_up` steps before them in each chain; the share of
    trajectories `taken`, or for ladders of exchanges; for ladders their `rungs` and how many places travelled from the
    prior all the way up (`trips`)."""

    totals: Floats
    used: Floats
    fit: Floats
    sampler: Literal["chains", "ladder"]
    warm_up: int
    taken: float
    rungs: int = 1
    trips: int = 0
    agreement: Agreement = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "agreement", agreement(np.log(self.totals)))

    @property
    def settled(self) -> bool:
        """Whether the chains agree, and are worth enough draws. NaN, where all draws are equal, is agreement too."""
        a = self.agreement
        return not (a.rhat > MOST_RHAT or a.bulk < LEAST_ESS or a.tail < LEAST_ESS)

    @property
    def apart(self) -> bool:
        """Whether the chains stand in places of their own."""
        return self.agreement.rhat > APART


@dataclass(slots=True)
class _Chain:
    rng: np.random.Generator
    walk: Walk
    at: At
    step: float = FIRST_STEP
    kept: list[Floats] = field(default_factory=list)
    taken: list[float] = field(default_factory=list)

    def go(self, steps: int, *, adapting: bool) -> None:
        kept = np.empty((steps, 3))
        self.step, taken = kernel.run(self.rng, self.walk, self.at, (self.step, adapting), kept)
        if not adapting:
            self.kept.append(kept)
            self.taken.append(taken)


def generators(seed: int, what: int, count: int) -> list[np.random.Generator]:
    """One generator for each chain; `what` keeps stages of the same seed apart."""
    return [np.random.default_rng([seed, what, c]) for c in range(count)]


def side_by_side(work: Callable[[_Item], None], items: Sequence[_Item], threads: int) -> None:
    """`work` on each item, on so many threads."""
    if threads == 1:
        for item in items:
            work(item)
        return
    with ThreadPoolExecutor(min(threads, len(items))) as pool:
        list(pool.map(work, items))


def chains(of: Lists, prior: Prior, effort: Effort, *, rngs: Iterable[np.random.Generator], told: Progress) -> Drawn:
    """Chains, run on until they agree, stand apart after twice the first draws, or reach the most that is allowed."""
    data, numbers = table(of.counts), prior.numbers()
    running = [
        _Chain(rng, kernel.walk(kernel.start(rng, data, numbers)), (data, numbers, room(data, numbers))) for rng in rngs
    ]
    side_by_side(partial(_Chain.go, steps=effort.warm_up, adapting=True), running, effort.threads)
    all_steps, done, until = effort.warm_up + effort.most_draws, 0, effort.draws
    while True:
        while done < until:
            block = min(BLOCK, until - done)
            side_by_side(partial(_Chain.go, steps=block, adapting=False), running, effort.threads)
            done += block
            told("chains", (effort.warm_up + done) / all_steps)
        drawn = _drawn(running, effort.warm_up)
        if drawn.settled or done >= effort.most_draws or (drawn.apart and done >= 2 * effort.draws):
            return drawn
        until = min(2 * done, effort.most_draws)


def _drawn(running: list[_Chain], warm_up: int) -> Drawn:
    kept = np.array([np.concatenate(c.kept) for c in running])
    return Drawn(
        kept[:, :, kernel.TOTAL],
        kept[:, :, kernel.USED],
        kept[:, :, kernel.FIT],
        "chains",
        warm_up,
        float(np.mean([c.taken for c in running])),
    )
