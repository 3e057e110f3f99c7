"""The verdict beside the families in which persons differ: where these say something else, there is no one number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from casetrail.demand.choosing.assumption import Assumption
from casetrail.demand.choosing.bootstrap import Plan
from casetrail.demand.choosing.checks import check
from casetrail.demand.choosing.evidence import Evidence, gather
from casetrail.demand.choosing.verdict import LEVEL, Reason, Verdict, refused, weighed
from casetrail.demand.heterogeneity.families import Families, families
from casetrail.demand.heterogeneity.fit import Family
from casetrail.demand.heterogeneity.varies import Varies, varies
from casetrail.demand.lists import Lists
from casetrail.demand.loglinear.fits import fit
from casetrail.figures import Refusal

# Odds of 150 to 1: "very strong" (R. E. Kass and A. E. Raftery, JASA 90 (1995) 773-795).
BY_FAR = 10.0


def judge_with_families(
    lists: Lists, *, assumption: Assumption, rng: np.random.Generator, plan: Plan | None = None
) -> tuple[Verdict, Families | Refusal]:
    """What three lists or more say, and the families (a refusal where they cannot be fitted).

    Where a test finds that persons differ, the verdict is a range open above: all laws of how they may differ are
    candidates beside the models, since their fit cannot tell them apart, and its lower end is the lowest of all of
    theirs and of Chao's bound. Not so where a few lists that depend two by
    two are by far the better account of the overlaps and leave no trace of persons who differ; a list that depends on
    several others is itself what persons who differ look like.
    Where no test finds it, laws that would fit as well are left to the page: they alone would turn fair lists into
    ranges.
    """
    plan, found = plan or Plan(), families(lists)
    gathered = check(lists, least=3) or gather(lists, assumption=assumption, rng=rng, plan=plan)
    if isinstance(gathered, Refusal):
        return refused(lists, gathered, assumption=assumption, level=plan.level), found
    reasons = tuple(_differ(gathered, found))
    if not reasons:
        return weighed(gathered, level=plan.level), found
    if _dependence_is_enough(lists, gathered, found):
        plain = weighed(gathered, level=plan.level)
        return replace(plain, warnings=tuple(w for w in plain.warnings if w.code != "catchability_varies")), found
    near = () if isinstance(found, Refusal) or "persons_differ" not in found.warnings else found.near
    verdict = weighed(gathered, level=plan.level, families=[(f.name, f.total) for f in near], opened=reasons)
    told = {w.code for w in verdict.warnings}
    warnings = (*verdict.warnings, *(r for r in reasons if r.code not in told))
    return replace(verdict, low=min([verdict.low, *_lowest(found)]), warnings=warnings), found


def _lowest(found: Families | Refusal) -> list[float]:
    """Lower ends of the laws that the verdict leans on, and of the bound that holds however persons differ."""
    if isinstance(found, Refusal):
        return []
    bound = found.of("Mth Chao")
    return [f.low for f in (*found.near, *((bound,) if isinstance(bound, Family) else ()))]


def _differ(gathered: Evidence, found: Families | Refusal) -> Iterator[Reason]:
    tested = gathered.dependence
    if tested is not None and tested.alike(LEVEL):
        yield Reason("catchability_varies", (("p", tested.common_p), ("z", tested.common_z)))
    if not isinstance(found, Refusal) and "persons_differ" in found.warnings and isinstance(found.varies, Varies):
        yield Reason("persons_differ", (("z", found.varies.score_z),))


def _dependence_is_enough(lists: Lists, gathered: Evidence, found: Families | Refusal) -> bool:
    model = gathered.near.models[0].model
    depend = [term for term in model if term.bit_count() > 1]
    laws = [] if isinstance(found, Refusal) else [f.bic for _, f in found.each if isinstance(f, Family) and _law(f)]
    if not depend or not _two_by_two(depend) or not laws:
        return False
    if float(fit(lists.counts, [model]).bic(lists.n)[0]) > min(laws) - BY_FAR:
        return False
    left = varies(lists, depend=depend)
    return isinstance(left, Varies) and not left.seen(LEVEL)


def _two_by_two(depend: Sequence[int]) -> bool:
    return all(term.bit_count() == 2 for term in depend) and sum(depend).bit_count() == 2 * len(depend)


def _law(one: Family) -> bool:
    return one.name.startswith("Mth") and not one.lower_bound
