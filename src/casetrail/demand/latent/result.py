"""What the latent class model hands out: persons in all, how the chains did, the modes, and other priors beside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from casetrail.demand.latent.modes import Curve, Mode
from casetrail.demand.latent.settings import Prior
from casetrail.figures import Refusal
from casetrail.kernels.mixture.shape import Floats
from casetrail.stats.chains import Agreement

Warned = Literal[
    "several_modes",
    "prior_matters",
    "other_prior_not_settled",
    "long_tail",
    "three_lists",
    "all_classes_used",
    "ladder_needed",
    "fit_not_settled",
]
Other = Literal["chances_towards_0_and_1", "half_the_classes", "more_classes_expected"]
Why = Literal["chains_agreed", "chains_disagreed", "asked_for"]


@dataclass(frozen=True, slots=True)
class Summary:
    """Persons in all: quantiles at 2.5, 50 and 97.5 %, the mean, and the probability of more than a hundred times
    those seen (`beyond`)."""

    low: int
    median: int
    high: int
    mean: float
    beyond: float


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the draws came about. `sampler`: plain chains or ladders of temperatures, and `why`; `chains`, `warm_up`
    and `draws` steps of each; `rungs` and `trips` of ladders; `taken`: share of trajectories (of exchanges, for
    ladders) that were accepted."""

    sampler: Literal["chains", "ladder"]
    why: Why
    chains: int
    warm_up: int
    draws: int
    taken: float
    rungs: int
    trips: int


@dataclass(frozen=True, slots=True)
class Beside:
    """The same lists under another prior, from a shorter run; `said` is a refusal where that run did not settle."""

    what: Other
    prior: Prior
    said: Summary | Refusal


@dataclass(frozen=True, slots=True)
class Classes:
    """What the model says. Numbers are of persons in all, those on the lists (`n`) included.

    `chain_medians`: the median of each chain; `agreement` of the chains on the log of the total, `fit_agreement` on
    the log likelihood; `used`: how many classes had somebody on a list, and the probability; `curve`: the posterior as
    a line; `trace`: totals along each chain, thinned, (chains, at most 500); `others`: other priors, empty where not
    asked for.
    """

    n: int
    k: int
    prior: Prior
    seed: int
    said: Summary
    chain_medians: tuple[int, ...]
    agreement: Agreement
    fit_agreement: Agreement
    used: tuple[tuple[int, float], ...]
    modes: tuple[Mode, ...]
    curve: Curve
    trace: Floats
    sampling: Sampling
    others: tuple[Beside, ...]
    warnings: tuple[Warned, ...]

    @property
    def hidden(self) -> tuple[int, int, int]:
        """Persons on no list: 2.5, 50 and 97.5 %."""
        return self.said.low - self.n, self.said.median - self.n, self.said.high - self.n
