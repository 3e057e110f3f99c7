"""Sets of adjusters, and the result of one body under each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from casetrail.compare.adjustment_basis import Basis
from casetrail.figures import Refusal
from casetrail.public.adjusters import ADJUSTERS, ETHNICITY, PRIOR_HARM, permitted
from casetrail.public.demand_side import Reading
from casetrail.stats.adjust import Adjusted, adjusted
from casetrail.stats.count_fit import cases
from casetrail.stats.identify import NotFit

Set = tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class Under:
    """The result under one set of adjusters, or why there is none."""

    readings: Set
    result: Adjusted | None
    why_none: str = ""

    @property
    def with_ethnicity(self) -> bool:
        return any(r.adjuster.role == ETHNICITY for r in self.readings)

    @property
    def label(self) -> str:
        """The set in a few words."""
        return " + ".join(r.adjuster.short for r in self.readings) or "nothing"


def every_set(readings: Sequence[Reading]) -> tuple[Set, ...]:
    """All subsets with at most one measure of each role, smallest first: two of one role would adjust for it twice."""
    roles = dict.fromkeys(r.adjuster.role for r in readings)
    choices = [(None, *(r for r in readings if r.adjuster.role == role)) for role in roles]
    found = [tuple(r for r in chosen if r is not None) for chosen in product(*choices)]
    return tuple(sorted(found, key=len))


def named_sets(sets: Sequence[Sequence[str]], readings: Sequence[Reading]) -> tuple[Set, ...] | Refusal:
    """The sets of a user, each also without ethnicity mix and without prior harm, and the one without any adjuster.

    Raises: InquiryError for what may not be adjusted for; UnknownNameError for a name that is not in the list.
    """
    known = {r.adjuster.id: r for r in readings}
    found: dict[tuple[str, ...], Set] = {(): ()}
    for names in sets:
        wanted = [name if name in known else permitted((name,))[0].id for name in names]
        missing = [name for name in wanted if name not in known]
        if missing:
            what = ADJUSTERS[missing[0]].title
            message = f"No figures of '{what}' are known for this body and period."
            return Refusal("adjuster_not_available", message, ("a table of your own",))
        chosen = tuple(known[name] for name in dict.fromkeys(wanted))
        for left_out in ((), (ETHNICITY,), (PRIOR_HARM,), (ETHNICITY, PRIOR_HARM)):
            part = tuple(r for r in chosen if r.adjuster.role not in left_out)
            found.setdefault(tuple(sorted(r.adjuster.id for r in part)), part)
    return tuple(sorted(found.values(), key=len))


def under(base: Basis, chosen: Set) -> Under:
    """Observed against expected of the body asked about, under one set."""
    panel, codes = base.asked.panel, [base.asked.panel.units[i].code for i in base.rows]
    columns = np.array([[r.values[code] for r in chosen] for code in codes], dtype=np.float64)
    counts = cases(
        panel.numerator[base.rows, base.asked.period],
        panel.denominator[base.rows, base.asked.period],
        columns.reshape(len(codes), len(chosen)),
        family=base.asked.family,
        rounded_to=float(panel.measure.rounded_to),
    )
    try:
        found = adjusted(counts, only=base.at)
    except NotFit as fault:
        return Under(chosen, None, str(fault))
    if not np.isfinite(found.expected[base.at]):
        return Under(chosen, None, "only this body tells what an adjuster does: the others lead to expect nothing")
    return Under(chosen, found)
