"""Cases moved to before a limit, from 20,000 durations in days: where some were moved, and where nobody was.

The limit is 45 days, the window its last five. Truth is what was done in the made-up data itself.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from bars import Bar

from casetrail.stats.bunching import Fit, bunching
from casetrail.stats.bunching_bootstrap import case_bootstrap
from casetrail.stats.bunching_days import Days, moved_before

METHOD = "bunching.days"
SAYS = "share of cases moved to before a limit, from durations in days"
CODE = (
    ("casetrail.kernels.day_curve", "fit_curve"),
    ("casetrail.kernels.day_curve", "fit_many"),
    ("casetrail.kernels.day_curve", "_sums"),
    ("casetrail.kernels.day_curve", "_window"),
    ("casetrail.kernels.day_curve", "_moved"),
    *(
        ("casetrail.stats.bunching_days", name)
        for name in ("Days", "moved_before", "_table", "_fits", "_fit", "_terms", "_said", "_draws", "_around")
    ),
)
WORLDS = {
    "smooth": "gamma durations, nobody moved",
    "mode": "nobody moved, and a quarter of cases lie in a smooth bump about the limit (standard deviation 8 days)",
    "heaped": "nobody moved, and a quarter of durations are rounded to multiples of five, the limit among them",
    "weeks": "nobody moved, and two fifths end only at the end of a week of five days",
    "narrow": "nobody moved, and a quarter of cases lie in a bump too narrow to tell from a response (3 days)",
    "moved": "early and late work mixed; three tenths of all cases after the limit moved to before it",
    "near": "gamma durations; six tenths of those due in the first ten days after the limit moved to before it",
}
_INTERVAL = "a bootstrap interval is approximate: the design's bar for such intervals is 90 %"
_BIAS = "the issue's bar: 0.02 of all cases with 20,000 durations"
BARS = {
    "answered": Bar("runs that gave a share", 0.9, 1.0, "the rule for every method: 9 of 10 must answer"),
    "bias": Bar("share found less the share moved", -0.02, 0.02, _BIAS),
    "bias_b": Bar("days' worth of cases, relative to the truth", -0.02, 0.02, "the same bar, relative to the truth"),
    "zero_inside": Bar("intervals that hold zero where nobody was moved", 0.9, 1.0, _INTERVAL),
    "covers": Bar("intervals that hold the share moved", 0.9, 1.0, _INTERVAL),
    "found": Bar(
        "intervals above zero where cases were moved", 0.8, 1.0, "the usual convention for power (Cohen 1988)"
    ),
    "narrow_zero_inside": Bar(
        "intervals that hold zero beside a narrow bump", None, None, "printed: it cannot be told from a response"
    ),
    "naive_zero_inside": Bar(
        "the same for a polynomial of degree 7 of the counts, no factors", None, None, "printed: the naive method"
    ),
}
REPLICATES = 1_000
CASES, LIMIT, WINDOW, DRAWS = 20_000, 45, 5, 200
Ints = npt.NDArray[np.int64]


def replicate(world: str, rng: np.random.Generator) -> Iterator[tuple[str, bool | float]]:
    """20,000 durations, some of them moved; what the method makes of them."""
    natural = _natural(world, rng)
    days, share = _moved(world, natural, rng)
    found = moved_before(days, LIMIT, rng=rng, asked=Days(window=WINDOW, draws=DRAWS))
    yield "answered", found is not None
    if found is None:
        return
    if share == 0.0:
        name = "narrow_zero_inside" if world == "narrow" else "zero_inside"
        yield name, found.low <= 0 <= found.high
        yield "naive_zero_inside", _naive_holds_zero(days, rng)
    else:
        a_day = np.count_nonzero((natural > LIMIT - WINDOW) & (natural <= LIMIT)) / WINDOW
        yield "bias_b", float(found.normalised / (share * CASES / a_day) - 1)
        yield "covers", found.low <= share <= found.high
        yield "found", found.low > 0
    if world != "narrow":
        yield "bias", float(found.share - share)


def _natural(world: str, rng: np.random.Generator) -> Ints:
    """Durations without a limit, in whole days."""
    days = rng.gamma(2.5, 12.8, CASES)
    if world in ("mode", "narrow"):
        bump = np.abs(rng.normal(43, 8 if world == "mode" else 3, CASES))
        days = np.where(rng.random(CASES) < 0.25, bump, days)
    elif world == "heaped":
        days = np.where(rng.random(CASES) < 0.25, np.maximum(5 * np.round(days / 5), 1), days)
    elif world == "weeks":
        days = np.where(rng.random(CASES) < 0.4, 5 * np.ceil(days / 5), days)
    elif world == "moved":
        early = rng.random(CASES) < 0.4
        days = np.where(early, rng.gamma(1.5, 8, CASES), np.abs(rng.normal(42, 15, CASES)))
    return np.ceil(days).astype(np.int64)


def _moved(world: str, natural: Ints, rng: np.random.Generator) -> tuple[Ints, float]:
    """Some of the late ones put into the window, most of them on its last day; and which share of all was."""
    chance, reach = {"moved": (0.3, 10**6), "near": (0.6, 10)}.get(world, (0.0, 0))
    late = (natural > LIMIT) & (natural <= LIMIT + reach) & (rng.random(natural.size) < chance)
    days = natural.copy()
    days[late] = LIMIT - rng.choice(WINDOW, int(late.sum()), p=(0.35, 0.25, 0.18, 0.12, 0.1))
    return days, float(late.mean())


def _naive_holds_zero(days: Ints, rng: np.random.Generator) -> bool:
    at = np.arange(1, 2 * LIMIT + 1)
    counts = np.bincount(days[days <= 2 * LIMIT], minlength=2 * LIMIT + 1)[1:]
    found = bunching(counts, at, LIMIT, fit=Fit(degree=7, left=WINDOW - 1))
    low, high = case_bootstrap(counts, found, rng, draws=DRAWS).excess_interval
    return low <= 0 <= high
