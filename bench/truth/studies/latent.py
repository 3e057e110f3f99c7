"""Latent classes: does the truth lie where the posterior says, if its own prior made the world, and what if not?

Worlds drawn from the prior: given how many are seen, the prior on the total leaves the mixture as the prior has it, so
a mixture is drawn, the seen are shared out over patterns by it, and the unseen are negative binomial. The truth must
then lie below each quantile just as often as it says, whatever the data: S. Talts, M. Betancourt, D. Simpson,
A. Vehtari and A. Gelman, "Validating Bayesian inference algorithms with simulation-based calibration" (2018), arXiv
1804.06788. Other worlds are made otherwise: one kind of person, two kinds, a pair of lists that depend, and a kind that
no list finds. Runs are short: two chains of 250 steps of warm-up and 400 draws, doubled up to 3,200 until they agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from bars import Bar
from scipy.optimize import brentq

from casetrail.demand.latent.checks import why_not
from casetrail.demand.latent.classes import latent_classes
from casetrail.demand.latent.result import Classes
from casetrail.demand.latent.settings import Effort, Prior
from casetrail.demand.lists import Lists

METHOD = "latent.classes"
SAYS = "persons in all, from a mixture of at most ten kinds of persons within each of which lists are independent"
_KERNEL, _PLACE = "casetrail.kernels.mixture.", "casetrail.demand.latent."
CODE = tuple(
    (module, name)
    for module, names in {
        _KERNEL + "shape": ("Table", "Prior", "Room", "table", "size", "room"),
        _KERNEL + "density": ("spread", "heights", "slopes", "_fold"),
        _KERNEL + "gibbs": ("unseen", "sweep", "_break", "_share_out", "_binomial"),
        _KERNEL + "hamiltonian": ("Walk", "look", "trajectory"),
        _KERNEL + "labels": ("log_shares", "exchange", "_log_prior", "_breaks", "_log_sum"),
        _KERNEL + "chain": ("walk", "start", "steps_for", "run"),
        _PLACE + "settings": ("Prior", "Effort"),
        _PLACE + "checks": ("why_not", "_no_ties", "_reached"),
        _PLACE + "sampling": ("Drawn", "_Chain", "generators", "chains", "_drawn"),
        _PLACE + "classes": ("latent_classes", "_sampled", "_summary", "_result"),
        "casetrail.stats.chains": ("agreement", "_scores", "_rhat", "_ranked_rhat", "_tail", "_ess", "_summed"),
    }.items()
    for name in names
)


@dataclass(frozen=True, slots=True)
class Made:
    """Persons; each list's chance; share and odds of persons easier to find; odds ratio of the first two lists; share
    of persons whom no list can find."""

    persons: int
    chances: tuple[float, ...]
    easier: tuple[float, float] = (0.0, 1.0)
    odds_ratio: float = 1.0
    never: float = 0.0


_CHANCES = (0.35, 0.3, 0.25, 0.2)
_MADE = {
    "independent": Made(1000, _CHANCES),
    "two-kinds": Made(1500, (0.2, 0.15, 0.2, 0.15), easier=(0.3, 6.0)),
    "pair": Made(1000, _CHANCES, odds_ratio=4.0),
    "never-found": Made(1000, _CHANCES, never=0.3),
}
_SEEN = {"prior-3-few": (3, 60), "prior-4-few": (4, 60), "prior-4-many": (4, 600)}
WORLDS = {
    "prior-3-few": "three lists, 60 persons seen: kinds, chances and persons drawn from the prior itself",
    "prior-4-few": "the same with four lists",
    "prior-4-many": "the same with four lists and 600 persons seen",
    "independent": "1,000 persons, four lists that find 20 to 35 % of them, each independently",
    "two-kinds": "1,500 persons, four lists; for three in ten the odds of being on any list are six times as large: "
    "independence of the lists gives far too few",
    "pair": "1,000 persons, four lists; the odds of being on the second are four times as large for those on the first",
    "never-found": "1,000 persons, of whom three in ten are found by no list whatever: nothing can see them",
}
_EXACT = "exact in a world drawn from the prior; short runs, so three points either way"
BARS = {
    "inside_50": Bar("truths between the 25 % and 75 % quantiles", 0.47, 0.53, _EXACT),
    "inside_90": Bar("truths between the 5 % and 95 % quantiles", 0.87, 0.93, _EXACT),
    "below_middle": Bar("truths below the median", 0.47, 0.53, _EXACT),
    "answered_prior": Bar(
        "data sets of the prior that could be fitted, and were answered",
        0.9,
        1.0,
        "the rule for every method; data sets without an overlap are told apart before",
    ),
    "fit_to_ask": Bar("data sets of the prior on which all lists overlap", None, None, "printed: the rest is refused"),
    "answered": Bar("runs that answered", 0.9, 1.0, "the rule for every method: 9 of 10 must answer"),
    "covers": Bar("intervals of 95 % that hold the truth", 0.9, 1.0, "a world the prior did not make: 90 % at least"),
    "median": Bar("log of the median over the truth", None, None, "printed: how far it is off"),
    "covers_fooled": Bar("intervals that hold the truth though the assumption fails", None, None, "printed"),
    "naive": Bar("log of the estimate under independence over the truth", None, None, "printed: the naive method"),
    "warned": Bar("runs with a warning of any kind", 0.0, 0.1, "where the assumption holds, one in ten may warn"),
    "several_kinds": Bar("probability of more than one kind", None, None, "printed"),
}
REPLICATES = 1000
EFFORT = Effort(chains=2, warm_up=250, draws=400, most_draws=3200, ladder="never", others=False)
FOOLED = {"pair", "never-found"}


def replicate(world: str, rng: np.random.Generator) -> Iterator[tuple[str, bool | float]]:
    """One made-up set of lists."""
    if world in _SEEN:
        yield from _from_prior(*_SEEN[world], rng)
        return
    made = _MADE[world]
    of = _drawn(made, rng)
    said = latent_classes(of, seed=int(rng.integers(1 << 31)), effort=EFFORT)
    yield "naive", float(np.log(_independent(of) / made.persons))
    yield "answered", isinstance(said, Classes)
    if isinstance(said, Classes):
        yield ("covers_fooled" if world in FOOLED else "covers"), said.said.low <= made.persons <= said.said.high
        yield "median", float(np.log(said.said.median / made.persons))
        if world == "independent":
            yield "warned", bool(said.warnings)
        yield "several_kinds", 1.0 - dict(said.used).get(1, 0.0)


def _from_prior(k: int, seen: int, rng: np.random.Generator) -> Iterator[tuple[str, bool | float]]:
    pattern = _mixture(k, rng)
    counts = np.zeros(1 << k, dtype=np.int64)
    counts[1:] = rng.multinomial(seen, pattern[1:] / pattern[1:].sum())
    of = Lists(tuple("abcd"[:k]), counts)
    fit = why_not(of) is None
    yield "fit_to_ask", fit
    if not fit:
        return
    total = seen + float(rng.poisson(rng.gamma(seen) * pattern[0] / pattern[1:].sum()))
    said = latent_classes(of, seed=int(rng.integers(1 << 31)), effort=EFFORT)
    yield "answered_prior", isinstance(said, Classes)
    if isinstance(said, Classes):
        # A truth equal to a draw counts as half below it: whole numbers tie.
        below = float(np.mean(said.trace < total) + rng.random() * np.mean(said.trace == total))
        yield "inside_50", 0.25 < below < 0.75
        yield "inside_90", 0.05 < below < 0.95
        yield "below_middle", below < 0.5


def _mixture(k: int, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Chances of all patterns, shape (2**k,), of a mixture drawn from the prior."""
    prior = Prior()
    alpha = max(rng.gamma(prior.shape) / prior.rate, 1e-300)
    kept = np.exp(-rng.exponential(size=prior.classes - 1) / alpha)
    share = np.append(1.0 - kept, 1.0) * np.cumprod(np.insert(kept, 0, 1.0))
    chance = rng.beta(prior.one, prior.zero, (prior.classes, k))
    on = (np.arange(1 << k)[:, None] >> np.arange(k)) & 1
    each = np.where(on[None, :, :] == 1, chance[:, None, :], 1.0 - chance[:, None, :]).prod(axis=2)
    return np.asarray(share @ each, dtype=np.float64)


def _drawn(made: Made, rng: np.random.Generator) -> Lists:
    odds = np.array(made.chances) / (1 - np.array(made.chances))
    easy = np.where(rng.random(made.persons) < made.easier[0], made.easier[1], 1.0)[:, None]
    easy[rng.random(made.persons) < made.never] = 0.0
    each = odds * easy
    draws = rng.random(each.shape)
    first = draws[:, 0] < each[:, 0] / (1 + each[:, 0])
    each[first, 1] *= made.odds_ratio
    on = draws < each / (1 + each)
    counts = np.bincount(on @ (1 << np.arange(odds.size)), minlength=1 << odds.size).astype(np.int64)
    counts[0] = 0
    return Lists(tuple("abcd"[: odds.size]), counts)


def _independent(of: Lists) -> float:
    """The total at which independent lists leave just as many unseen: 1 - n / N is the product of 1 - n_j / N."""
    on = np.array([of.on(j) for j in range(of.k)], dtype=np.float64)

    def gap(total: float) -> float:
        return float(np.prod(1.0 - on / total) - (1.0 - of.n / total))

    return float(brentq(gap, of.n + 1e-6, 1e6 * of.n))
