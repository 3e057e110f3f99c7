"""Bounds on the share moved to before a limit, from nine published bins alone.

The bins are those of the Department's table of assessments; the limit is 45 days, natural bumps are no narrower than
five days. A least share above zero where nobody was moved is a false alarm.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from bars import Bar

from casetrail.stats.bunching_bins import Bins, Bounds, moved_bounds

METHOD = "bunching.bins"
SAYS = "bounds on the share moved to before a limit, from published bins"
CODE = tuple(
    ("casetrail.stats.bunching_bins", name)
    for name in ("Bins", "moved_bounds", "_limits", "_bumps", "_programme", "_narrowest", "_width")
)
WORLDS = {
    "gamma": "2,000 gamma durations, nobody moved",
    "lognormal": "20,000 lognormal durations, nobody moved",
    "mode": "20,000 durations, a quarter of them in a bump of 6 days about the limit, nobody moved",
    "heaped": "20,000 durations, a quarter rounded to multiples of five, nobody moved",
    "edge": "600,000 durations from bumps of exactly 5 days, rounded to 10: the roughest world that counts as smooth",
    "narrow": "20,000 durations, a quarter of them in a bump of 3 days: narrower than what was called natural",
    "moved": "20,000 durations; four tenths of those after the limit moved to before it",
    "moved-small": "2,000 durations; four tenths of those after the limit moved to before it",
    "near": "20,000 durations; six tenths of those due in the first ten days after the limit moved to before it",
}
_ALARM = "simultaneous limits of the bins promise at most 5 %"
BARS = {
    "answered": Bar("runs that gave bounds", 0.9, 1.0, "the rule for every method: 9 of 10 must answer"),
    "alarm": Bar("smooth worlds in which a response was claimed", 0.0, 0.05, _ALARM),
    "holds": Bar("bounds that hold the true share", 0.95, 1.0, "bounds over a class that holds the truth"),
    "found": Bar("worlds with a response in which it was claimed", None, None, "printed: bounds promise no power"),
    "found_large": Bar("the same with 20,000 durations", 0.8, 1.0, "the usual convention for power (Cohen 1988)"),
    "alarm_narrow": Bar(
        "claims beside a bump narrower than natural", None, None, "printed: what the assumption is there for"
    ),
    "least": Bar("the least share", None, None, "printed"),
    "largest": Bar("the largest share", None, None, "printed"),
}
REPLICATES = 1_000
LIMIT, WINDOW, BUMP = 45, 5, 5.0
FIRST, LAST = (0, 1, 11, 21, 31, 41, 46, 51, 61), (0, 10, 20, 30, 40, 45, 50, 60, None)
EDGES = np.array([0, 1, 11, 21, 31, 41, 46, 51, 61, 10**6])
CASES = {"gamma": 2_000, "moved-small": 2_000, "edge": 600_000}
Ints = npt.NDArray[np.int64]


def replicate(world: str, rng: np.random.Generator) -> Iterator[tuple[str, bool | float]]:
    """Durations put into bins, some of them moved before; what the bounds say."""
    cases = CASES.get(world, 20_000)
    days = _natural(world, cases, rng)
    chance, reach = {"moved": (0.4, 10**6), "moved-small": (0.4, 10**6), "near": (0.6, 10)}.get(world, (0.0, 0))
    late = (days > LIMIT) & (days <= LIMIT + reach) & (rng.random(cases) < chance)
    days[late] = LIMIT - rng.choice(WINDOW, int(late.sum()), p=(0.35, 0.25, 0.18, 0.12, 0.1))
    counts = np.histogram(days, EDGES)[0]
    rounded = 10 if world == "edge" else 1
    table = Bins(FIRST, LAST, tuple(float(c) for c in rounded * np.round(counts / rounded)), rounded_to=rounded)
    found = moved_bounds(table, LIMIT, bump=BUMP)
    yield "answered", isinstance(found, Bounds)
    if not isinstance(found, Bounds):
        return
    claimed, share = found.least > 1e-9, float(late.mean())
    if share == 0.0:
        yield ("alarm_narrow" if world == "narrow" else "alarm"), claimed
    else:
        yield ("found" if cases < 20_000 else "found_large"), claimed
    if world != "narrow":
        yield "holds", found.least - 1e-9 <= share <= found.largest + 1e-9
    yield "least", float(found.least)
    yield "largest", float(found.largest)


def _natural(world: str, cases: int, rng: np.random.Generator) -> Ints:
    """Durations without a limit, in whole days."""
    days = rng.gamma(2.5, 12.8, cases)
    if world == "lognormal":
        days = rng.lognormal(np.log(30), 0.6, cases)
    elif world in ("mode", "narrow"):
        bump = np.abs(rng.normal(43, 6 if world == "mode" else 3, cases))
        days = np.where(rng.random(cases) < 0.25, bump, days)
    elif world == "heaped":
        days = np.where(rng.random(cases) < 0.25, np.maximum(5 * np.round(days / 5), 1), days)
    elif world == "edge":
        days = np.abs(rng.choice((8.0, 22.0, 42.0, 70.0), cases, p=(0.3, 0.25, 0.35, 0.1)) + 5 * rng.normal(size=cases))
    return np.ceil(days).astype(np.int64)
