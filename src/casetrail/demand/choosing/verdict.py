"""One number, a range, or none: what several lists can be made to say, with every reason as a code and its numbers.

Refusals come first. Then a range instead of a point when defensible estimates differ by more than a factor of 1.5:
supported models near the best (`near`), the choice by BIC and the forward choice (`stepwise`), ends of a search where
models are too many to try them all (`downhill`), hills of the bootstrap distribution (`modes`), families of
heterogeneity that the caller gives; when a hidden list's known size is missed (`hidden_list`); when there is no
interval; or when the data contradict the assumption of independent lists. Where overlaps show that persons differ in
how easily they are found, the range is open above: no data of lists say how many are found least easily (W. A. Link,
Biometrics 59 (2003) 1123-1130). Other warnings do not change the kind. The rules were set so that lists which are
independent are warned of or given a range in at most one case in ten, all rules taken together
(bench/truth/studies/verdict.py measures it).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from casetrail.demand.choosing.assumption import Assumption
from casetrail.demand.choosing.bootstrap import Plan
from casetrail.demand.choosing.checks import check
from casetrail.demand.choosing.downhill import Downhill
from casetrail.demand.choosing.evidence import Candidate, Evidence, gather
from casetrail.demand.choosing.hidden_list import FACTOR, HiddenList
from casetrail.demand.choosing.stepwise import Stepwise
from casetrail.demand.lists import Lists
from casetrail.demand.loglinear.models import Model, name
from casetrail.figures import Refusal

# The one level at which independence is tested.
LEVEL = 0.05


class Kind(StrEnum):
    """What the lists can be made to say."""

    POINT = "point"
    RANGE = "range"
    REFUSAL = "refusal"


@dataclass(frozen=True, slots=True)
class Reason:
    """A code with its numbers, such as (("ratio", 1.9),)."""

    code: str
    numbers: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """`total` is all persons, `hidden` those on no list, by the best model; nan for a refusal.

    POINT: `low` to `high` is the BCa interval of the total. RANGE: from the lowest to the highest candidate or end of
    that interval, and `why` says why there is no point (codes `near_best_differ`, `searches_differ`, `choices_differ`,
    `modes_differ`, `families_differ`, `hidden_list_fails`, `no_interval`, `assumption_contradicted`,
    `catchability_varies`, `persons_differ`). `open_above`: `high` bounds what was estimated, not the truth.
    `warnings`: `lists_depend`, `catchability_varies`, `replicates_failed`, `end_beyond_replicates`, `left_out_failed`,
    `models_not_all_tried`, `not_tested`.
    """

    kind: Kind
    assumption: Assumption
    n: int
    total: float
    hidden: float
    low: float
    high: float
    level: float
    model: Model
    candidates: tuple[Candidate, ...] = ()
    why: tuple[Reason, ...] = ()
    warnings: tuple[Reason, ...] = ()
    refusal: Refusal | None = None
    evidence: Evidence | None = None
    open_above: bool = False


def judge(
    lists: Lists,
    *,
    assumption: Assumption,
    rng: np.random.Generator,
    plan: Plan | None = None,
    families: Sequence[tuple[str, float]] = (),
) -> Verdict:
    """What three lists or more say under an assumption that the caller must choose.

    `families`: names and totals (all persons) of models of heterogeneity that the data support as well; give none that
    they reject. Two lists are refused here: they give a range over an odds ratio (`demand.two_lists`).
    """
    plan = plan or Plan()
    found = check(lists, least=3) or gather(lists, assumption=assumption, rng=rng, plan=plan)
    if isinstance(found, Refusal):
        return refused(lists, found, assumption=assumption, level=plan.level)
    return weighed(found, level=plan.level, families=families)


def refused(lists: Lists, why: Refusal, *, assumption: Assumption, level: float) -> Verdict:
    """The verdict where no estimate can be made."""
    nan = float("nan")
    return Verdict(Kind.REFUSAL, assumption, lists.n, nan, nan, nan, nan, level, (), refusal=why)


def weighed(
    found: Evidence, *, level: float, families: Sequence[tuple[str, float]] = (), opened: Sequence[Reason] = ()
) -> Verdict:
    """The verdict on what was gathered. `opened`: why persons are held to differ, so that no upper end can be known."""
    best, drawn = found.near.models[0], found.bootstrap
    candidates = tuple(_candidates(found, families))
    why = (*_why(found, candidates), *opened)
    ends = [e for e in (drawn.low, drawn.high) if e is not None]
    if why:
        ends += [best.total, *(c.total for c in candidates)]
    return Verdict(
        kind=Kind.RANGE if why else Kind.POINT,
        assumption=found.assumption,
        n=found.n,
        total=best.total,
        hidden=best.hidden,
        low=min(ends),
        high=max(ends),
        level=level,
        model=best.model,
        candidates=candidates,
        why=why,
        warnings=tuple(_warnings(found)),
        evidence=found,
        open_above=bool(opened),
    )


def _candidates(found: Evidence, families: Sequence[tuple[str, float]]) -> Iterator[Candidate]:
    for near in found.near.supported:
        yield Candidate("near_best", name(near.model), near.total, near.hidden)
    if found.assumption is Assumption.INDEPENDENT and found.dependence is not None and not _stands(found):
        yield from _where_it_leads(found)
    elif isinstance(found.steps, Stepwise) and found.assumption is not Assumption.INDEPENDENT:
        yield Candidate("stepwise", name(found.steps.model), found.steps.total, found.steps.hidden)
    if not found.all_models and isinstance(found.down, Downhill):
        for end in found.down.ends:
            yield Candidate("downhill", name(end.model), end.total, end.hidden)
    if found.modes is not None and len(found.modes.modes) > 1:
        for mode in found.modes.modes:
            yield Candidate("mode", f"{mode.share:.2f}", mode.at, mode.at - found.n)
    for label, total in families:
        yield Candidate("family", label, total, total - found.n)


def _stands(found: Evidence) -> bool:
    return found.dependence is None or not found.dependence.seen(LEVEL)


def _where_it_leads(found: Evidence) -> Iterator[Candidate]:
    """Independence was assumed and the data contradict it: what the forward choice makes of them stands beside it."""
    if isinstance(found.steps, Stepwise):
        yield Candidate("stepwise", name(found.steps.model), found.steps.total, found.steps.hidden)


def _why(found: Evidence, candidates: Sequence[Candidate]) -> Iterator[Reason]:
    best = found.near.models[0].total
    rules = {
        "near_best_differ": ("near_best",),
        "searches_differ": ("downhill",),
        "choices_differ": ("stepwise",),
        "modes_differ": ("mode",),
        "families_differ": ("family",),
    }
    for code, sources in rules.items():
        totals = [c.total for c in candidates if c.source in sources]
        # Hills are compared with each other; everything else with the best model as well.
        totals += [best] if totals and code != "modes_differ" else []
        if totals and max(totals) > FACTOR * min(totals):
            yield Reason(code, (("ratio", max(totals) / min(totals)), ("estimates", float(len(totals)))))
    tested = [h for h in found.hidden_lists if isinstance(h, HiddenList)]
    failing = [h for h in tested if h.fails]
    if failing:
        worst = max(h.factor for h in failing)
        counted = (("failing", float(len(failing))), ("tested", float(len(tested))), ("factor", worst))
        yield Reason("hidden_list_fails", counted)
    if found.bootstrap.low is None:
        yield Reason("no_interval", (("share_failed", found.bootstrap.failed / found.bootstrap.totals.size),))
    if found.assumption is Assumption.INDEPENDENT and found.dependence is not None and not _stands(found):
        yield Reason("assumption_contradicted", (("p", found.dependence.p),))


def _warnings(found: Evidence) -> Iterator[Reason]:
    tested = found.dependence
    if tested is None:
        yield Reason("not_tested")
    elif tested.seen(LEVEL):
        farthest = max(tested.pairs, key=lambda p: abs(p.z))
        yield Reason("lists_depend", (("p", tested.p), ("pair", float(farthest.lists)), ("z", farthest.z)))
        if tested.alike(LEVEL):
            yield Reason("catchability_varies", (("p", tested.common_p), ("z", tested.common_z)))
    drawn = found.bootstrap
    if "replicates_failed" in drawn.codes:
        yield Reason("replicates_failed", (("share", drawn.failed / drawn.totals.size),))
    if "end_beyond_replicates" in drawn.codes:
        yield Reason("end_beyond_replicates", (("replicates", float(drawn.held.size)),))
    if drawn.left_out_failed:
        yield Reason("left_out_failed", (("persons", float(drawn.left_out_failed)),))
    if not found.all_models:
        yield Reason("models_not_all_tried", (("tried", float(found.near.tried)),))
