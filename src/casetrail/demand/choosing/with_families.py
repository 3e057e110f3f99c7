"""The verdict beside the families in which persons differ: where these say something else, there is no one number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from casetrail.demand.choosing.assumption import Assumption
from casetrail.demand.choosing.bootstrap import Plan
from casetrail.demand.choosing.verdict import Kind, Reason, Verdict, judge
from casetrail.demand.heterogeneity.families import Families, families
from casetrail.demand.lists import Lists
from casetrail.figures import Refusal


def judge_with_families(
    lists: Lists, *, assumption: Assumption, rng: np.random.Generator, plan: Plan | None = None
) -> tuple[Verdict, Families | Refusal]:
    """What three lists or more say, and the families (a refusal where they cannot be fitted).

    Where the test finds that persons differ, all laws of how they may differ are candidates beside the models, since
    their fit cannot tell them apart, and the warning `persons_differ`, with its z, is added; the verdict is then a
    range open above. Where it does not find it, laws that would fit as well are left to the page: they alone would turn
    fair lists into ranges.
    """
    found = families(lists)
    differ = not isinstance(found, Refusal) and "persons_differ" in found.warnings
    beside = [(f.name, f.total) for f in found.near] if differ and not isinstance(found, Refusal) else []
    verdict = judge(lists, assumption=assumption, rng=rng, plan=plan, families=beside)
    if verdict.kind is Kind.REFUSAL or not differ or isinstance(found, Refusal):
        return verdict, found
    z = () if isinstance(found.varies, Refusal) else (("z", found.varies.score_z),)
    reason = Reason("persons_differ", z)
    return _opened(replace(verdict, warnings=(*verdict.warnings, reason)), reason, beside), found


def _opened(verdict: Verdict, reason: Reason, beside: Sequence[tuple[str, float]]) -> Verdict:
    """The same, open above; where it was a point, the ends now hold all that was estimated."""
    totals = [verdict.low, verdict.high, *(total for _, total in beside)]
    return replace(
        verdict,
        kind=Kind.RANGE,
        low=min(totals),
        high=max(totals),
        why=(*verdict.why, reason),
        open_above=True,
    )
