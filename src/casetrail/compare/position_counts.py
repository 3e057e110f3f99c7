"""Which bodies of one measure and period have a position, and what can be known of it; or why nothing can."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from casetrail.figures import Refusal
from casetrail.public.panel import Floats, Panel, Why
from casetrail.stats.apart import Apart
from casetrail.stats.ordinary import ordinary
from casetrail.stats.ranks import RankSets, marginal_sets, noise, simultaneous_sets
from casetrail.stats.ranks_counts import from_counts
from casetrail.stats.shrinkage import FEWEST, Levels, shrink_counts

Rows = npt.NDArray[np.intp]
DRAWS = 10_000
KINDS = ("proportion", "rate", "ratio", "count")


@dataclass(frozen=True, slots=True)
class Counted:
    """Bodies with counts (`rows`, numerators `x`, denominators `n`), and those that have a value but none that can be
    used (`without`); of these the printed counts of `impossible` contradict each other.

    `two_counts`: a ratio of two counts, both subject to chance; it is taken as a share of their sum.
    """

    panel: Panel
    period: int
    rows: Rows
    x: Floats
    n: Floats
    without: Rows
    impossible: Rows

    @property
    def two_counts(self) -> bool:
        return self.panel.measure.kind == "ratio" and bool(np.all(self.n == np.floor(self.n)))

    @property
    def times(self) -> float:
        """From numerator over denominator to the value shown: a count is shown over the number expected."""
        return float(self.n.sum() / self.x.sum()) if self.panel.measure.kind == "count" else self.panel.measure.per

    @property
    def total(self) -> int:
        """Bodies that have a position."""
        return int(self.rows.size + self.without.size)

    @property
    def tested(self) -> tuple[Literal["proportion", "rate"], Floats, Floats]:
        """Kind, numerators and denominators as chance sees them."""
        if self.two_counts:
            return "proportion", self.x, self.x + self.n
        return "proportion" if self.panel.measure.kind == "proportion" else "rate", self.x, self.n


@dataclass(frozen=True, slots=True)
class Positions:
    """What is known of the level and the position of each body with counts, in the order of `counted.rows`.

    `alone` and `together` hold for the level behind the period's figure, `lasting` (each body alone) where all ordinary
    differences between bodies may be of this period only. `levels` is in the unit of the values shown.
    """

    counted: Counted
    levels: Levels
    alone: RankSets
    together: RankSets
    lasting: RankSets

    def among_all(self, sets: RankSets, at: int) -> Apart:
        """Of one body, among all with a value: one without counts cannot be told apart from any."""
        seen = sets.apart(at)
        return Apart(seen.above, seen.below, seen.alike + int(self.counted.without.size))


def counted(panel: Panel, period: int) -> Counted | Refusal:
    """The bodies that can be placed, or why none can."""
    kind = panel.measure.kind
    if kind not in KINDS:
        why = "a mean needs the spread within each body" if kind == "mean" else "the values are printed without counts"
        return refusal("no_spread_within" if kind == "mean" else "bare_value", panel.measure.no_denominator or why)
    rows, x, n = panel.counts(period)
    bad = x < 0
    if kind == "proportion":
        # Rounding may lift a numerator above its denominator, by no more than the two half steps.
        bad |= x > n + (panel.measure.rounded_to if panel.measure.rounded_to > 1 else 0)
        x = np.minimum(x, n)
    if rows.size - int(bad.sum()) < FEWEST:
        have = f"counts that can be used are there for {rows.size - int(bad.sum())} bodies"
        return refusal("too_few_bodies", f"{have}, and a position needs {FEWEST}")
    valued = np.union1d(np.flatnonzero(np.isfinite(panel.value[:, period])), rows)
    found = Counted(panel, period, rows[~bad], x[~bad], n[~bad], np.setdiff1d(valued, rows[~bad]), rows[bad])
    if not found.x.any() or (kind == "proportion" and bool(np.all(found.x == found.n))):
        return refusal("no_difference", "no case has it in any body, or every case in all of them")
    return found


def why_not_placed(found: Counted, at: int) -> Refusal | None:
    """Why one body has no position, or None where it has one."""
    if at in found.impossible:
        return refusal("counts_impossible", "its printed counts contradict each other")
    if at not in found.rows:
        panel = found.panel
        why = Why(int((panel.why if panel.why_counts is None else panel.why_counts)[at, found.period]))
        said = "its two counts are not both published, or there was no case" if why is Why.PUBLISHED else why.words
        return refusal("counts_not_published", said)
    return None


def refusal(reason: str, why: str) -> Refusal:
    """No position, and what would help."""
    helps = {
        "bare_value": "the numerator and the denominator of each body",
        "no_spread_within": "the standard deviation of the values within each body",
        "too_few_bodies": "the counts of more bodies",
        "no_difference": "a measure on which bodies differ",
        "counts_impossible": "corrected counts from the publisher",
        "counts_not_published": "the body's own numerator and denominator",
    }
    return Refusal(reason=reason, message=f"No position: {why}.", would_help=(helps[reason],))


def placed(found: Counted, rng: np.random.Generator) -> Positions:
    """Levels and sets of all bodies with counts."""
    kind, x, n = found.tested
    levels = shrink_counts(x, n, kind, rng=rng)
    if levels is None:
        raise ValueError(f"fewer than {FEWEST} bodies: ask `counted` first")
    # On the scale of the number expected the size of a rate does not matter.
    sizes = n if kind == "proportion" else n * (x.sum() / n.sum())
    y, s = from_counts(x, sizes, kind, rounded_to=found.panel.measure.rounded_to)
    chance = noise(s, rng=rng, draws=DRAWS)
    alone, together = marginal_sets(y, chance), simultaneous_sets(y, chance)
    between = ordinary(x, sizes, scale="share" if kind == "proportion" else "root ratio")
    tau2 = 0.0 if between is None else between.tau2
    lasting = marginal_sets(y, noise(np.sqrt(s**2 + tau2), rng=rng, draws=DRAWS)) if tau2 > 0 else alone
    draws = levels.draws / (1.0 - levels.draws) if found.two_counts else levels.draws
    return Positions(found, Levels(found.times * draws), alone, together, lasting)
