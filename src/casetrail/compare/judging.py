"""Can the bodies of one measure and period be judged, and by which law of chance?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from casetrail.compare.judged import Judged, largest_p, under_each_choice
from casetrail.errors import UnknownNameError
from casetrail.figures import Refusal
from casetrail.public.panel import Floats, Panel, Why
from casetrail.stats.chance_laws import Binomial, Law, Normal, Poisson, TwoCounts
from casetrail.stats.funnel_limits import Way

FEWEST = 5
TWO_COUNTS = "two counts"
WAYS: dict[str, Way] = {"auto": "exact", "exact": "exact", "score": "score", "byar": "byar", TWO_COUNTS: "exact"}
Within = npt.ArrayLike | None


def judge(panel: Panel, period: int, *, limits: str = "auto", within: Within = None) -> Judged | Refusal:
    """One measure and period, or why it allows no funnel.

    `limits`: auto or exact, score, byar (rates and ratios); "two counts" takes the denominator of a ratio as a count
    that is subject to chance itself, as auto does for a ratio where every denominator is a whole number; the others
    take it as fixed. `within`: the standard deviation inside each body, for means (one number, or one for each unit).
    Raises: UnknownNameError for other limits; ValueError for a spread not above 0.
    """
    if limits not in WAYS:
        raise UnknownNameError(f"No limits are called '{limits}'.", todo=f"Limits: {', '.join(WAYS)}.")
    if panel.measure.kind == "bare":
        return _refusal("bare_value", panel.measure.no_denominator or "there are no counts behind the values")
    x, n, rows, impossible = _counts(panel, period)
    if rows.size < FEWEST:
        return _too_few(rows.size)
    mean = panel.measure.kind == "mean"
    if mean and within is None:
        return _refusal("no_spread_within", "a mean needs the spread within each body, and the table does not have it")
    target = float(x.sum() / n.sum())
    if not mean and (target <= 0 or (panel.measure.kind == "proportion" and target >= 1)):
        return _refusal("no_difference", "no case has it in any body, or every case in all of them")
    law = _law(panel, limits, (x, n, target), _spread(within, panel, rows) if mean and within is not None else None)
    if law.way == "byar" and not isinstance(law, Poisson):
        return _refusal("no_such_limits", "Byar's limits are of rates and ratios to an expected number")
    lowest, highest = _rounded(law)
    times = 1.0 if mean else 1.0 / target if panel.measure.kind == "count" else panel.measure.per
    p = largest_p(lowest, highest)
    results = under_each_choice(law, lowest, highest, p)
    return Judged(panel, period, rows, law, lowest, highest, times, p, results, impossible)


def why_not(judged: Judged, at: int) -> Refusal | None:
    """Why one body is not among the judged, or None where it is."""
    if at in judged.impossible:
        return _refusal("counts_impossible", "its printed counts contradict each other")
    if at not in judged.rows:
        panel = judged.panel
        why = Why(int((panel.why if panel.why_counts is None else panel.why_counts)[at, judged.period]))
        said = "its two counts are not both published, or there was no case" if why is Why.PUBLISHED else why.words
        return _refusal("counts_not_published", said)
    return None


def _too_few(bodies: int) -> Refusal:
    if not bodies:
        return _refusal("no_counts", "no body has both counts")
    return _refusal("too_few_bodies", f"both counts are there for {bodies}, and a funnel needs {FEWEST} bodies")


def _refusal(reason: str, why: str) -> Refusal:
    helps = {
        "bare_value": "the numerator and the denominator of each body",
        "no_counts": "the numerator and the denominator of each body",
        "too_few_bodies": "the counts of more bodies",
        "no_spread_within": "the standard deviation of the values within each body",
        "no_difference": "a measure on which bodies differ",
        "no_such_limits": "exact or score limits",
        "counts_impossible": "corrected counts from the publisher",
        "counts_not_published": "the body's own numerator and denominator",
    }
    return Refusal(reason=reason, message=f"No comparison: {why}.", would_help=(helps[reason],))


def _counts(panel: Panel, period: int) -> tuple[Floats, Floats, npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Numbers, sizes and rows that can be judged, and rows whose counts cannot be."""
    if panel.measure.kind == "mean":
        value, size = panel.value[:, period], panel.denominator[:, period]
        rows = np.flatnonzero(np.isfinite(value) & np.isfinite(size) & (size > 0))
        return value[rows] * size[rows], size[rows], rows, rows[:0]
    rows, x, n = panel.counts(period)
    bad = x < 0
    if panel.measure.kind == "proportion":
        # Rounding may lift a numerator above its denominator, by no more than the two half steps.
        bad |= x > n + (panel.measure.rounded_to if panel.measure.rounded_to > 1 else 0)
        x = np.minimum(x, n)
    return x[~bad], n[~bad], rows[~bad], rows[bad]


def _law(panel: Panel, limits: str, of: tuple[Floats, Floats, float], within: Floats | None) -> Law:
    x, n, target = of
    way, step = WAYS[limits], max(1, panel.measure.rounded_to)
    if within is not None:
        return Normal(x=x, n=n, target=target, way=way, within=within)
    if panel.measure.kind == "proportion":
        return Binomial(x=x, n=n, target=target, way=way, rounded_to=step)
    whole = bool(np.all(n == np.floor(n)))
    if limits == TWO_COUNTS or (limits == "auto" and panel.measure.kind == "ratio" and whole):
        return TwoCounts(x=x, n=n, target=target, way=way, rounded_to=step)
    return Poisson(x=x, n=n, target=target, way=way, rounded_to=step)


def _rounded(law: Law) -> tuple[Law, Law]:
    """Each body as high, and as low, as the rounding of its counts leaves open."""
    if law.rounded_to == 1:
        return law, law
    half = float(law.rounded_to // 2)
    # An expected number is not a count, and is not rounded like one.
    room = half if bool(np.all(law.n == np.floor(law.n))) else 0.0
    fewer, more = np.maximum(law.n - room, np.minimum(law.n, 1.0)), law.n + room
    high = law.x + half
    if isinstance(law, Binomial):
        high = np.minimum(high, fewer)
    return replace(law, x=high, n=fewer), replace(law, x=np.maximum(law.x - half, 0.0), n=more)


def _spread(within: npt.ArrayLike, panel: Panel, rows: npt.NDArray[np.intp]) -> Floats:
    """One standard deviation for each body judged. Raises: ValueError for another number, or one not above 0."""
    given = np.broadcast_to(np.asarray(within, dtype=np.float64), (len(panel.units),))[rows]
    if bool(np.any(~(given > 0))):
        raise ValueError("the standard deviation within a body is above 0")
    return given
