"""Do persons differ in how easily they are found, beyond what the lists explain? A test of Mth against Mt.

Persons who differ make overlaps of all lists too large, all together. The column i^2 / 2 of the number of lists i
(Darroch's) is the direction in which any small difference of persons moves the counts. The test is one-sided: overlaps
that are too small are no sign of persons who differ. It cannot tell persons who differ from lists that all attract the
same persons for another reason. It looks at all overlaps together, and can miss two lists alone that attract each
other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from casetrail.demand.heterogeneity.columns import LAWS, base, on
from casetrail.demand.heterogeneity.fit import log_likelihood, solve
from casetrail.demand.lists import Lists
from casetrail.demand.refusals import refuse
from casetrail.figures import Refusal

# A column that the others nearly make up: so small a share of its spread is left.
FLAT = 1e-9


@dataclass(frozen=True, slots=True)
class Varies:
    """`score_z`, `score_p`: Rao's score test, one-sided. `ratio_z`, `ratio_p`: signed root of the likelihood ratio.

    `tau`: the variance of persons (on the log-odds scale, among those on no list) that fits best; negative where
    overlaps are too small; nan, with the ratio, where the larger model has no estimate.
    """

    score_z: float
    score_p: float
    ratio_z: float
    ratio_p: float
    tau: float

    def seen(self, level: float = 0.05) -> bool:
        """Whether the score test finds that persons differ."""
        return self.score_p <= level


def varies(of: Lists, *, depend: Sequence[int] = ()) -> Varies | Refusal:
    """Test Mth (Darroch) against Mt, or against Mt in which some sets of lists (bitmasks, `depend`) depend.

    Refuses `too_few_lists` below 3; `no_mle` where the smaller model itself has no estimate; `not_identifiable` where
    it leaves nothing to test with, since the sets that depend take up all that persons who differ would show.
    """
    if of.k < 3:
        return refuse("too_few_lists", f"{of.k} where 3 are needed")
    counts, places = of.counts[1:].astype(np.float64), np.arange(1, of.counts.size)
    pairs = [((places & term) == term).astype(np.float64) for term in depend]
    lists = np.column_stack((base(of.k, lists_differ=True), *pairs))
    column = LAWS["Darroch"](on(of.k).sum(axis=1))
    null = solve(lists, counts)
    if isinstance(null, str):
        return refuse(null, "Mt and the lists that depend" if pairs else "Mt")
    cross = (lists.T * null.mean) @ column
    variance = float(null.mean @ column**2 - cross @ null.covariance @ cross)
    if variance <= FLAT * float(null.mean @ column**2):
        return refuse("not_identifiable", "persons who differ and lists that depend would look the same")
    score = float(column @ (counts - null.mean)) / math.sqrt(variance)
    larger = solve(np.column_stack((lists, column)), counts)
    if isinstance(larger, str):
        return Varies(score, float(norm.sf(score)), math.nan, math.nan, math.nan)
    gain = 2 * (log_likelihood(counts, larger.mean) - log_likelihood(counts, null.mean))
    tau = float(larger.beta[-1])
    root = math.copysign(math.sqrt(max(gain, 0.0)), tau)
    return Varies(score, float(norm.sf(score)), root, float(norm.sf(root)), tau)
