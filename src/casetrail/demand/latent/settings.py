"""What is assumed before the data are seen, and how much work is allowed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from typing import Literal

from casetrail.kernels.mixture.shape import Prior as Numbers

# Below it, chances pile up at 0 and 1 so closely that no number tells them from there.
LEAST = 0.05
Stage = Literal["chains", "ladder", "other_priors"]
# Told the stage and which part, 0 to 1, of the work it may take at most is done.
Progress = Callable[[Stage, float], None]


@dataclass(frozen=True, slots=True)
class Prior:
    """At most `classes` kinds of persons, their shares by breaking a stick with concentration ~ Gamma(shape, rate);
    chance of each list in each class ~ Beta(one, zero); the total has a prior proportional to its inverse.

    The defaults are those of the R package LCMCR 0.4.14. Raises: ValueError for fewer than two classes or more than 50,
    or a parameter that is not finite or below 0.05.
    """

    classes: int = 10
    shape: float = 0.25
    rate: float = 0.25
    one: float = 1.0
    zero: float = 1.0

    def __post_init__(self) -> None:
        if not 2 <= self.classes <= 50:
            raise ValueError("between 2 and 50 classes")
        if not all(isfinite(v) and v >= LEAST for v in (self.shape, self.rate, self.one, self.zero)):
            raise ValueError(f"the parameters of a prior are finite, and at least {LEAST}")

    def numbers(self) -> Numbers:
        """As the compiled functions take it."""
        return Numbers(self.classes, float(self.shape), float(self.rate), float(self.one), float(self.zero))


@dataclass(frozen=True, slots=True)
class Effort:
    """How much work, in steps of each chain.

    `warm_up` steps find the step size and are not used; then `draws` steps, doubled until the chains agree or
    `most_draws` are reached. If they do not, ladders of `rungs` temperatures take over (`ladder`: "never" and "always"
    change that) with `most_climbs` steps at most. `threads`: chains run side by side; the numbers do not depend on it.
    Raises: ValueError for fewer than two chains or 100 draws, or fewer than four rungs.
    """

    chains: int = 4
    warm_up: int = 500
    draws: int = 2000
    most_draws: int = 16_000
    ladder: Literal["when_needed", "never", "always"] = "when_needed"
    rungs: int = 24
    most_climbs: int = 8_000
    others: bool = True
    threads: int = 1

    def __post_init__(self) -> None:
        if self.chains < 2 or self.draws < 100 or self.warm_up < 100 or self.rungs < 4 or self.threads < 1:
            raise ValueError("at least two chains, 100 steps of warm-up, 100 draws, four rungs and one thread")
        if self.most_draws < self.draws or self.most_climbs < 100:
            raise ValueError("the most that is allowed is less than what is begun with")


def nobody_told(_stage: Stage, _done: float) -> None:
    """Progress that is told to nobody."""
