"""How the share of open cases that is finished on a day changes at a limit: the days after against the days before.

Truth is the ratio of hazards that the durations were made with. A fifth of cases is still open when the records end.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from bars import Bar

from casetrail.stats.hazard_at_limit import hazard, jump

METHOD = "hazard.jump"
SAYS = "ratio of the daily hazard after a limit to that before it, with open cases"
CODE = tuple(
    ("casetrail.stats.hazard_at_limit", name) for name in ("Hazard", "hazard", "jump", "compared", "_variance")
)
WORLDS = {
    "level": "hazard of 4 % on every day, 1,500 cases",
    "slackens": "hazard of 8 % on the last five days up to the limit, 4 % on all others",
    "small": "the same with 800 cases",
    "few": "the same with 300 cases: too few in most runs",
    "open": "hazard of 4 %, and half of the cases still open when the records end, at days spread evenly: a count of "
    "finished cases by day falls at the limit although nothing changes there",
}
_NEAR = "95 % intervals, normal on the logarithmic scale: near enough with these numbers to be within 2 points"
BARS = {
    "answered": Bar("runs that gave a ratio", 0.9, 1.0, "the rule for every method: 9 of 10 must answer"),
    "covers": Bar("intervals that hold the true ratio", 0.93, 0.97, _NEAR),
    "refused_or_holds": Bar("too few cases: refused, or the interval holds the truth", 0.93, 1.0, _NEAR),
    "bias_log": Bar("logarithm of the ratio less that of the truth", -0.05, 0.05, "0.05: a twentieth of the ratio"),
    "naive_covers": Bar(
        "the same for the ratio of counts, which forgets who is still open", None, None, "printed: the naive method"
    ),
}
REPLICATES = 2_000
LIMIT, WIDTH, LAST = 45, 5, 70


def replicate(world: str, rng: np.random.Generator) -> Iterator[tuple[str, bool | float]]:
    """Cases with a known hazard, some still open."""
    cases = {"small": 800, "few": 300}.get(world, 1_500)
    chance = np.full(LAST + 1, 0.04)
    if world in ("slackens", "small", "few"):
        chance[LIMIT - WIDTH + 1 : LIMIT + 1] = 0.08
    chance[LAST] = 1.0
    ends = np.array([np.argmax(rng.random(LAST + 1) < chance) for _ in range(cases)])
    open_at = np.where(rng.random(cases) < (0.5 if world == "open" else 0.2), rng.integers(0, LAST, cases), LAST)
    found = jump(hazard(np.minimum(ends, open_at), ends <= open_at, last=LAST), LIMIT, width=WIDTH)
    truth = 0.5 if world in ("slackens", "small", "few") else 1.0
    if world == "few":
        yield "refused_or_holds", found is None or found.low <= truth <= found.high
        return
    yield "answered", found is not None
    if found is None:
        return
    yield "covers", found.low <= truth <= found.high
    yield "bias_log", float(np.log(found.ratio / truth))
    counts = found.after_finished / found.before_finished
    half = 1.96 * np.sqrt(1 / found.after_finished + 1 / found.before_finished)
    yield "naive_covers", bool(abs(np.log(counts / truth)) <= half)
