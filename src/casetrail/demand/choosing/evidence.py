"""Everything that a page shows beside an estimate from several lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from casetrail.demand.choosing.assumption import Assumption
from casetrail.demand.choosing.bootstrap import Bootstrap, Plan, bootstrap
from casetrail.demand.choosing.choosers import by_bic, fitted
from casetrail.demand.choosing.dependence import Dependence, dependence
from casetrail.demand.choosing.downhill import Downhill, downhill
from casetrail.demand.choosing.hidden_list import HiddenList, hide_each
from casetrail.demand.choosing.modes import Modes, modes
from casetrail.demand.choosing.near import NearBest, near_best
from casetrail.demand.choosing.one_model import refused
from casetrail.demand.choosing.stepwise import Stepwise, stepwise
from casetrail.demand.lists import Lists
from casetrail.demand.loglinear.fits import Status
from casetrail.figures import Refusal

# So many replicates with an estimate are needed before anything is said of the shape of their distribution.
LEAST_FOR_MODES = 100


@dataclass(frozen=True, slots=True)
class Evidence:
    """For `n` persons seen. `near`: models near the best by BIC, best first; `all_models`: whether none was left out.

    `steps`: the forward choice, with the estimate after each term (the trajectory). `down`: the downhill search, None
    where nothing can be searched. `bootstrap`: replicates of the choice by BIC. `modes`: hills of their distribution,
    None for too few replicates. `hidden_lists`: one for each list. `dependence`: None where it cannot be tested.
    """

    n: int
    assumption: Assumption
    near: NearBest
    all_models: bool
    steps: Stepwise | Refusal
    down: Downhill | Refusal | None
    bootstrap: Bootstrap
    modes: Modes | None
    hidden_lists: tuple[HiddenList | Refusal, ...]
    dependence: Dependence | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One defensible estimate: where it comes from, its model or name, all persons and those hidden."""

    source: Literal["near_best", "downhill", "stepwise", "mode", "family"]
    name: str
    total: float
    hidden: float


def gather(lists: Lists, *, assumption: Assumption, rng: np.random.Generator, plan: Plan) -> Evidence | Refusal:
    """Fit, choose, draw, hide and test. `lists` have passed `checks.check` with at least three lists.

    Refuses `no_mle` or `not_identifiable` when no model has an estimate.
    """
    order = assumption.order(lists.k)
    found = fitted(lists.counts, order)
    if isinstance(found, Refusal):
        return found
    fits, complete = found
    near = near_best(fits, lists.n)
    if near is None:
        # The mildest fault of any model: a simpler one than those that are not identifiable may be the way on.
        return refused(Status(int(np.min(fits.status))), f"none of {fits.status.size} models")
    drawn = bootstrap(lists.counts, by_bic(lists.k, order, near.models[0].model), rng, plan=plan)
    return Evidence(
        n=lists.n,
        assumption=assumption,
        near=near,
        all_models=complete,
        steps=stepwise(lists.counts),
        down=downhill(lists.counts, order=order) if order > 1 else None,
        bootstrap=drawn,
        modes=modes(drawn.held, rng) if drawn.held.size >= LEAST_FOR_MODES else None,
        hidden_lists=tuple(hide_each(lists, assumption=assumption, rng=rng)),
        dependence=dependence(lists.counts, rng),
    )
