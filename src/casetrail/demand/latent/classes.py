"""How many in all, if persons are of several kinds and lists are independent of each other within each kind?

Source: D. Manrique-Vallier, "Bayesian population size estimation using Dirichlet process mixtures", Biometrics 72
(2016) 1246-1254. The kinds, their shares and how often each list sees each kind are unknown; how many kinds there are
need not be said. What identifies the number is that within a kind the lists are independent, and that no kind is hidden
from all lists at once: of such persons the data say nothing, and the prior alone holds them small in number. The R
package LCMCR (0.4.14) turns down draws with more than 20 unseen persons for each one seen; nothing is turned down here.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from casetrail.demand.latent.checks import FEWEST, why_not
from casetrail.demand.latent.modes import Mode, curve, modes
from casetrail.demand.latent.result import Beside, Classes, Other, Sampling, Summary, Warned, Why
from casetrail.demand.latent.sampling import MOST_RHAT, Drawn, chains, generators
from casetrail.demand.latent.settings import Effort, Prior, Progress, nobody_told
from casetrail.demand.latent.tempering import tempered
from casetrail.demand.lists import Lists
from casetrail.demand.refusals import refuse
from casetrail.figures import Refusal
from casetrail.kernels.mixture.shape import Floats
from casetrail.stats.chains import agreement

# Somebody seen for a hundred or more unseen: where that has more than this probability, the data do not bound the
# number, and where the upper limit lies depends on the prior.
FAR, MOST_FAR = 100, 0.005
# So far LCMCR looks.
LCMCR_LOOKS, LONG = 21, 0.005
# From here on two figures are too far apart to be one; a mode counts from this probability.
APART, HEAP = 1.5, 0.1
TRACE = 500
# A run for comparison alone may be rougher.
ROUGH_RHAT, ROUGH_ESS = 1.05, 100.0


def latent_classes(
    of: Lists, *, seed: int, prior: Prior | None = None, effort: Effort | None = None, progress: Progress = nobody_told
) -> Classes | Refusal:
    """Posterior of persons in all on 3 to 12 lists.

    Refused: nobody, too_few_lists, too_many_lists, empty_list, all_in_one_cell, no_overlap, disconnected;
    `not_converged` where chains, and then ladders, do not agree within the effort allowed (R-hat above 1.01, or fewer
    than 400 effective draws); `mass_at_edge` where more than a hundred times those seen has more than 0.5 %
    probability. Raises: ValueError for settings that are none (`Prior`, `Effort`).
    """
    held, work = prior or Prior(), effort or Effort()
    refused = why_not(of)
    if refused is not None:
        return refused
    drawn, why = _sampled(of, held, work, seed=seed, told=progress)
    if not drawn.settled:
        return refuse("not_converged", _apart(drawn, of.n))
    said = _summary(drawn.totals, of.n)
    if said.beyond > MOST_FAR:
        return refuse("mass_at_edge", f"{said.beyond:.1%} beyond {FAR * of.n:,}, a hundred times the persons seen")
    others = _others(of, held, work, seed=seed, told=progress) if work.others else ()
    return _result(of, held, (seed, drawn, why), (said, others))


def _sampled(of: Lists, prior: Prior, effort: Effort, *, seed: int, told: Progress) -> tuple[Drawn, Why]:
    if effort.ladder != "always":
        drawn = chains(of, prior, effort, rngs=generators(seed, 0, effort.chains), told=told)
        if drawn.settled or effort.ladder == "never":
            return drawn, "chains_agreed"
    why: Why = "asked_for" if effort.ladder == "always" else "chains_disagreed"
    return tempered(of, prior, effort, rngs=generators(seed, 1, effort.chains), told=told), why


def _apart(drawn: Drawn, n: int) -> str:
    """How far from agreement, for a reader who would go on: the chains' medians, and where the draws are heaped."""
    medians = ", ".join(f"{int(m):,}" for m in np.median(drawn.totals, axis=1))
    a, steps = drawn.agreement, drawn.totals.shape[1]
    heaps = ", ".join(f"{m.total:,}" for m in modes(drawn.totals, curve(drawn.totals, n, a.bulk)))
    return (
        f"R-hat {a.rhat:.3f}, effective draws {min(a.bulk, a.tail):.0f} after {steps:,} steps; medians of the chains "
        f"{medians}; heaps near {heaps}"
    )


def _summary(totals: Floats, n: int) -> Summary:
    low, median, high = np.quantile(totals, [0.025, 0.5, 0.975])
    beyond = float(np.mean(totals > FAR * n))
    return Summary(round(float(low)), round(float(median)), round(float(high)), float(totals.mean()), beyond)


def _other_priors(prior: Prior) -> tuple[tuple[Other, Prior], ...]:
    """Other priors to set beside the one asked for; none that is the same."""
    changed: tuple[tuple[Other, Prior], ...] = (
        ("chances_towards_0_and_1", replace(prior, one=0.5, zero=0.5)),
        ("half_the_classes", replace(prior, classes=max(2, prior.classes // 2))),
        ("more_classes_expected", replace(prior, shape=1.0, rate=1.0)),
    )
    return tuple((what, other) for what, other in changed if other != prior)


def _others(of: Lists, prior: Prior, effort: Effort, *, seed: int, told: Progress) -> tuple[Beside, ...]:
    short = replace(effort, warm_up=max(100, effort.warm_up // 2), most_draws=min(2 * effort.draws, effort.most_draws))
    out: list[Beside] = []
    changed = _other_priors(prior)
    for i, (what, other) in enumerate(changed):
        drawn = chains(of, other, short, rngs=generators(seed, 2 + i, effort.chains), told=nobody_told)
        told("other_priors", (i + 1) / len(changed))
        a = drawn.agreement
        said: Summary | Refusal = _summary(drawn.totals, of.n)
        if a.rhat > ROUGH_RHAT or min(a.bulk, a.tail) < ROUGH_ESS:
            said = refuse("not_converged", _apart(drawn, of.n))
        elif isinstance(said, Summary) and said.beyond > MOST_FAR:
            said = refuse("mass_at_edge", f"{said.beyond:.1%} beyond {FAR * of.n:,}")
        out.append(Beside(what, other, said))
    return tuple(out)


def _result(of: Lists, prior: Prior, run: tuple[int, Drawn, Why], said: tuple[Summary, tuple[Beside, ...]]) -> Classes:
    seed, drawn, why = run
    along = curve(drawn.totals, of.n, drawn.agreement.bulk)
    heaps = modes(drawn.totals, along)
    classes, times = np.unique(drawn.used.astype(np.int64), return_counts=True)
    thin = -(-drawn.totals.shape[1] // TRACE)
    return Classes(
        n=of.n,
        k=of.k,
        prior=prior,
        seed=seed,
        said=said[0],
        chain_medians=tuple(round(float(m)) for m in np.median(drawn.totals, axis=1)),
        agreement=drawn.agreement,
        fit_agreement=agreement(drawn.fit),
        used=tuple((int(c), float(t) / drawn.used.size) for c, t in zip(classes, times, strict=True)),
        modes=heaps,
        curve=along,
        trace=np.ascontiguousarray(drawn.totals[:, ::thin]),
        sampling=_sampling(drawn, why),
        others=said[1],
        warnings=_warnings(drawn, said, heaps, (of, prior)),
    )


def _sampling(drawn: Drawn, why: Why) -> Sampling:
    return Sampling(
        sampler=drawn.sampler,
        why=why,
        chains=int(drawn.totals.shape[0]),
        warm_up=drawn.warm_up,
        draws=int(drawn.totals.shape[1]),
        taken=drawn.taken,
        rungs=drawn.rungs,
        trips=drawn.trips,
    )


def _warnings(
    drawn: Drawn, said: tuple[Summary, tuple[Beside, ...]], heaps: tuple[Mode, ...], known: tuple[Lists, Prior]
) -> tuple[Warned, ...]:
    of, prior = known
    tall = [m.total for m in heaps if m.probability >= HEAP]
    medians = [said[0].median, *(b.said.median for b in said[1] if isinstance(b.said, Summary))]
    told: list[tuple[Warned, bool]] = [
        ("several_modes", max(tall) > APART * min(tall)),
        ("prior_matters", max(medians) > APART * min(medians)),
        ("other_prior_not_settled", any(isinstance(b.said, Refusal) for b in said[1])),
        ("long_tail", bool(np.mean(drawn.totals > LCMCR_LOOKS * of.n) > LONG)),
        # Two classes have as many parameters there as the table has cells: no fit can speak against them.
        ("three_lists", of.k == FEWEST),
        ("all_classes_used", bool(np.mean(drawn.used >= prior.classes) > 0.05)),
        ("ladder_needed", drawn.sampler == "ladder"),
        ("fit_not_settled", agreement(drawn.fit).rhat > 1.0 + 5.0 * (MOST_RHAT - 1.0)),
    ]
    return tuple(code for code, holds in told if holds)
