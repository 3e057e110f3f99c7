"""All families over the same lists, side by side: how far does the answer hang on how persons may differ?

M0: all lists and persons alike. Mt: lists differ. Mh: persons differ. Mth: both. Mb and Mbh (lists in time order):
being found changes the chance of being found again. The data fit many laws of persons equally well and these give
different numbers hidden (W. A. Link, Biometrics 59 (2003) 1123-1130): hence the range.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from casetrail.demand.heterogeneity.behaviour import behaviour
from casetrail.demand.heterogeneity.chao import constrained
from casetrail.demand.heterogeneity.checks import why_not
from casetrail.demand.heterogeneity.columns import LAWS, base, on
from casetrail.demand.heterogeneity.fit import Family, Floats, Shape, family, solve
from casetrail.demand.heterogeneity.varies import Varies, varies
from casetrail.demand.lists import Lists
from casetrail.demand.refusals import refuse
from casetrail.figures import Refusal

APART, NEAR = 1.5, 2.0


@dataclass(frozen=True, slots=True)
class Families:
    """`each`: every family's answer or refusal. `near`: those in which lists differ (Mt and Mth, bounds and opposite
    spreads left out) whose BIC is within 2 of the best of them, best first. `varies`: the test of persons that differ.

    `spread`: the largest total among `near` over the smallest; where persons are found to differ (`varies` at 5 %), Mt
    is out and every Mth law is in, however well it fits: laws of persons cannot be told apart by their fit.
    `warnings`: `families_differ` (`spread` above 1.5), `persons_differ` (the test), `below_the_bound` (Mt's total is
    below the lower limit of Chao's bound), `law_without_estimate` (persons differ, and one of the laws has none).
    """

    each: tuple[tuple[str, Family | Refusal], ...]
    near: tuple[Family, ...]
    spread: float
    varies: Varies | Refusal
    warnings: tuple[str, ...]

    def of(self, name: str) -> Family | Refusal:
        """The family of this name. Raises: KeyError when there is none."""
        return dict(self.each)[name]


def families(of: Lists, *, in_time_order: bool = False, level: float = 0.95) -> Families | Refusal:
    """Fit them all. `in_time_order`: list 0 came first and so on; only then Mb and Mbh have a meaning.

    Refuses as `why_not` does; single families refuse `no_mle` or `not_identifiable`.
    """
    stands_in_the_way = why_not(of)
    if stands_in_the_way is not None:
        return stands_in_the_way
    counts = of.counts[1:].astype(np.float64)
    each = [_plain(counts, of.k, differ, level) for differ in (False, True)]
    for differ in (False, True):
        each.append(_chao(counts, of.k, differ, level))
        each += [_with_law(counts, of.k, (law, differ), level) for law in LAWS]
    if in_time_order:
        for first_apart in (False, True):
            found = behaviour(counts, of.k, first_apart=first_apart, level=level)
            each.append(_named("Mbh" if first_apart else "Mb", found))
    return _together(tuple(each), varies(of))


def _named(name: str, found: Family | str) -> tuple[str, Family | Refusal]:
    return name, refuse(found, name) if isinstance(found, str) else found


def _plain(counts: Floats, k: int, differ: bool, level: float) -> tuple[str, Family | Refusal]:
    name = "Mt" if differ else "M0"
    solved = solve(base(k, lists_differ=differ), counts)
    if isinstance(solved, str):
        return _named(name, solved)
    return name, family(Shape(name, level), counts, solved, _at_none(solved.beta))


def _chao(counts: Floats, k: int, differ: bool, level: float) -> tuple[str, Family | Refusal]:
    name = f"{'Mth' if differ else 'Mh'} Chao"
    found = constrained(base(k, lists_differ=differ), k, counts)
    if isinstance(found, str):
        return _named(name, found)
    solved, dropped = found
    return name, family(Shape(name, level, True, dropped=dropped), counts, solved, _at_none(solved.beta))


def _with_law(counts: Floats, k: int, what: tuple[str, bool], level: float) -> tuple[str, Family | Refusal]:
    law, differ = what
    name = f"{'Mth' if differ else 'Mh'} {law}"
    solved = solve(np.column_stack((base(k, lists_differ=differ), LAWS[law](on(k).sum(axis=1)))), counts)
    if isinstance(solved, str):
        return _named(name, solved)
    # A gamma law has a column that bends upwards as it falls: its coefficient is of the same sign as the others.
    return name, family(Shape(name, level, spread=float(solved.beta[-1])), counts, solved, _at_none(solved.beta))


def _at_none(beta: Floats) -> tuple[float, Floats]:
    """Those on no list, where every column but the constant is 0."""
    hidden = math.exp(min(float(beta[0]), 500.0))
    slope = np.zeros(beta.size)
    slope[0] = hidden
    return hidden, slope


def _together(each: tuple[tuple[str, Family | Refusal], ...], test: Varies | Refusal) -> Families:
    differ = isinstance(test, Varies) and test.seen()
    laws = [f for name, f in each if name[:3] == "Mth" and isinstance(f, Family) and not f.lower_bound]
    mt = dict(each)["Mt"]
    fit = [f for f in laws if not f.warnings]
    if not differ and isinstance(mt, Family):
        fit.append(mt)
    fit.sort(key=lambda f: f.bic)
    near = tuple(f for f in fit if differ or f.bic <= fit[0].bic + NEAR)
    totals = [f.total for f in near]
    spread = max(totals) / min(totals) if totals else math.nan
    warnings = ["families_differ"] if spread > APART else []
    if differ:
        warnings.append("persons_differ")
        if len(laws) < len(LAWS):
            warnings.append("law_without_estimate")
    bound = dict(each)["Mth Chao"]
    if isinstance(bound, Family) and isinstance(mt, Family) and mt.total < bound.low:
        warnings.append("below_the_bound")
    return Families(each, near, spread, test, tuple(warnings))
