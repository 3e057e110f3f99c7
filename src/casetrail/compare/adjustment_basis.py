"""From which bodies an expectation is learnt, and by which adjusters they are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from casetrail.compare.quality import Fitness, Quality
from casetrail.errors import UnknownNameError
from casetrail.figures import Refusal
from casetrail.public.adjusters import PRIOR_HARM, Adjuster, why_not
from casetrail.public.demand_side import Reading, readings, years_of
from casetrail.public.panel import Panel
from casetrail.stats.count_fit import Family
from casetrail.stats.identify import PER_COEFFICIENT

# Known of fewer, an adjuster would choose who is compared: a convention.
KNOWN_OF = 0.9
# One adjuster and a level: two coefficients.
FEWEST = 2 * PER_COEFFICIENT
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Asked:
    """One figure of one body: row and column of the panel. `quality` is None where nobody asked the gates.

    `sets` are names of adjusters, None for every combination; `own` are readings of the user's own.
    """

    panel: Panel
    unit: int
    period: int
    quality: Quality | None = None
    sets: tuple[tuple[str, ...], ...] | None = None
    own: tuple[Reading, ...] = ()

    @property
    def family(self) -> Family:
        return "binomial" if self.panel.measure.kind == "proportion" else "poisson"

    @property
    def name(self) -> str:
        return self.panel.units[self.unit].name

    @property
    def year(self) -> str:
        return self.panel.periods[self.period]


@dataclass(frozen=True, slots=True)
class Basis:
    """Bodies (rows of the panel) with counts and every reading that is used, and what was left out and why."""

    asked: Asked
    rows: Rows
    readings: tuple[Reading, ...]
    unfit: tuple[str, ...]
    without_figure: tuple[str, ...]
    not_used: tuple[tuple[Adjuster, str], ...]

    @property
    def at(self) -> int:
        """The place of the body asked about among the rows."""
        return int(np.flatnonzero(self.rows == self.asked.unit)[0])


def why_no_counts(asked: Asked) -> Refusal | None:
    """A refusal where the measure or the body has no counts that chance could be told from; else None."""
    panel, at = asked.panel, (asked.unit, asked.period)
    if panel.measure.kind in ("bare", "mean"):
        what = "a value without the counts behind it" if panel.measure.kind == "bare" else "a mean, not a count"
        helps = ("numerator and denominator of each body",)
        return Refusal("bare_value", f"No comparison: the measure is {what}.", helps)
    if asked.quality is not None and asked.quality.fitness(*at) is Fitness.NOT_FIT:
        why = asked.quality.reasons(*at, Fitness.NOT_FIT)[0]
        return Refusal("not_fit", f"Not fit to compare: {why}.", ("a corrected figure from the body itself",))
    x, n = panel.numerator[at], panel.denominator[at]
    own = ("the body's own numerator and denominator",)
    if not (np.isfinite(x) and np.isfinite(n) and n > 0):
        said = panel.measure.no_denominator or "both counts of this body are not published"
        return Refusal("counts_not_published", f"No comparison: {said}.", own)
    if x < 0 or (panel.measure.kind == "proportion" and x > n):
        return Refusal("counts_impossible", "No comparison: the printed counts contradict each other.", own)
    return None


def known_readings(asked: Asked) -> tuple[Reading, ...] | Refusal:
    """What ships for the period, and what the user brings, held to the same rules."""
    try:
        first, last = years_of(asked.year)
    except UnknownNameError:
        # A table of the user's own may have periods that are not years: nothing that ships belongs to them.
        first, last = -1, -1
    mine = []
    for r in asked.own:
        refused = why_not(r.adjuster)
        if refused is None and r.adjuster.role == PRIOR_HARM and first >= 0 and r.year > first:
            refused = "not_prior", f"'{r.adjuster.title}' of {r.year} is not from before {asked.year}."
        if refused is not None:
            return Refusal(refused[0], f"This may not be adjusted for: {refused[1]}", ())
        mine.append(replace(r, apart=max(first - r.year, r.year - last, 0) if first >= 0 else 0))
    return (*readings(asked.year), *mine) if first >= 0 else tuple(mine)


def basis(asked: Asked, known: Sequence[Reading]) -> Basis | Refusal:
    """The bodies to learn from. Those without a figure of an adjuster are left out and named, never filled in."""
    rows, x, n = asked.panel.counts(asked.period)
    rows = rows[(x >= 0) & (x <= n)] if asked.panel.measure.kind == "proportion" else rows[x >= 0]
    rows, unfit = _fit_to_compare(asked, rows)
    codes = [asked.panel.units[i].code for i in rows]
    why = [(r, _why_unused(r, asked, codes)) for r in known]
    used = tuple(r for r, reason in why if not reason)
    told = np.array([all(code in r.values for r in used) for code in codes], dtype=np.bool_)
    if int(told.sum()) < FEWEST:
        message = f"Counts and adjusters are known of {int(told.sum())} bodies; at least {FEWEST} are needed."
        return Refusal("too_few_bodies", message, ("counts or adjusters of more bodies",))
    names = tuple(asked.panel.units[i].name for i in rows[~told])
    return Basis(asked, rows[told], used, unfit, names, tuple((r.adjuster, reason) for r, reason in why if reason))


def _fit_to_compare(asked: Asked, rows: Rows) -> tuple[Rows, tuple[str, ...]]:
    """Rows that may shape an expectation, and the names of those that the gates call unfit."""
    if asked.quality is None:
        return rows, ()
    fit = np.array([asked.quality.fitness(int(i), asked.period) is not Fitness.NOT_FIT for i in rows], dtype=np.bool_)
    return rows[fit], tuple(asked.panel.units[i].name for i in rows[~fit])


def _why_unused(r: Reading, asked: Asked, codes: Sequence[str]) -> str:
    if asked.panel.measure.id in r.adjuster.measures:
        return "it is this very figure"
    if asked.panel.units[asked.unit].code not in r.values:
        return f"not known of {asked.name}"
    known = sum(code in r.values for code in codes)
    return "" if known >= KNOWN_OF * len(codes) else f"known of only {known} of {len(codes)} bodies"
