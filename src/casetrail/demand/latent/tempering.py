"""Ladders of temperatures, for posteriors with modes that plain chains do not leave."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from casetrail.demand.latent.sampling import BLOCK, Drawn, side_by_side
from casetrail.demand.latent.settings import Effort, Prior, Progress
from casetrail.demand.lists import Lists
from casetrail.kernels.mixture import chain as kernel
from casetrail.kernels.mixture import ladder as ladders
from casetrail.kernels.mixture.shape import At, Floats, room, table

# Rounds of tuning, each twice as long as the one before: S. Syed and others (2022) section 5.4.
ROUNDS, FIRST_ROUND = 6, 50
COLDEST = 1e-4


@dataclass(slots=True)
class _Climb:
    rng: np.random.Generator
    rungs: ladders.Ladder
    at: At
    kept: list[Floats] = field(default_factory=list)

    def tune(self, steps: int) -> None:
        ladders.climb(self.rng, self.rungs, self.at, True, np.empty((steps, 3)))
        self.rungs.heat[:] = ladders.spaced(self.rungs)
        self.rungs.trips[0] = 0

    def go(self, steps: int) -> None:
        kept = np.empty((steps, 3))
        ladders.climb(self.rng, self.rungs, self.at, False, kept)
        self.kept.append(kept)


def tempered(of: Lists, prior: Prior, effort: Effort, *, rngs: Iterable[np.random.Generator], told: Progress) -> Drawn:
    """Ladders, one for each generator, climbed on until their tops agree or the most steps allowed are reached."""
    data, numbers = table(of.counts), prior.numbers()
    heat = np.concatenate([[0.0], np.geomspace(COLDEST, 1.0, effort.rungs - 1)])
    running = [
        _Climb(rng, ladders.ladder(rng, data, numbers, heat), (data, numbers, room(data, numbers))) for rng in rngs
    ]
    warm_up = sum(FIRST_ROUND << r for r in range(ROUNDS))
    done, until, all_steps = 0, min(effort.draws, effort.most_climbs), warm_up + effort.most_climbs
    for r in range(ROUNDS):
        side_by_side(partial(_Climb.tune, steps=FIRST_ROUND << r), running, effort.threads)
        told("ladder", ((FIRST_ROUND << (r + 1)) - FIRST_ROUND) / all_steps)
    while True:
        while done < until:
            block = min(BLOCK, until - done)
            side_by_side(partial(_Climb.go, steps=block), running, effort.threads)
            done += block
            told("ladder", (warm_up + done) / all_steps)
        drawn = _drawn(running, warm_up)
        if drawn.settled or done >= effort.most_climbs:
            return drawn
        until = min(2 * done, effort.most_climbs)


def _drawn(running: list[_Climb], warm_up: int) -> Drawn:
    kept = np.array([np.concatenate(c.kept) for c in running])
    refused = [float((c.rungs.refused / np.maximum(c.rungs.tries, 1.0)).mean()) for c in running]
    return Drawn(
        kept[:, :, kernel.TOTAL],
        kept[:, :, kernel.USED],
        kept[:, :, kernel.FIT],
        "ladder",
        warm_up,
        1.0 - float(np.mean(refused)),
        rungs=running[0].rungs.heat.size,
        trips=sum(int(c.rungs.trips[0]) for c in running),
    )
