"""Are the risks of a decision rule what it promises? Teams of known quality are judged by drawing real files."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, floor

import numpy as np
from bars import Bar

from casetrail.stats.lqas import Rule, smallest

METHOD = "lqas.smallest"
SAYS = "the fewest files that tell a good team from a poor one, with both risks kept"
CODE = (
    ("casetrail.stats.lqas", "Rule"),
    ("casetrail.stats.lqas", "smallest"),
    ("casetrail.stats.lqas", "thresholds"),
    ("casetrail.stats.lqas", "_risks"),
    ("casetrail.stats.finite", "drawn_chances"),
    ("casetrail.stats.finite", "_ways"),
)
# Shares that count as good and as poor, limits of the two risks, files in the team (None: very many).
_MADE: dict[str, tuple[float, float, tuple[float, float], int | None]] = {
    "80-50": (0.8, 0.5, (0.1, 0.1), None),
    "90-70": (0.9, 0.7, (0.1, 0.1), None),
    "90-70-team-of-60": (0.9, 0.7, (0.1, 0.1), 60),
    "95-80-strict": (0.95, 0.8, (0.05, 0.1), 200),
}
WORLDS = {
    "80-50": "80 % is good and 50 % poor, teams so large that it does not matter",
    "90-70": "90 % is good and 70 % poor",
    "90-70-team-of-60": "the same in teams of 60 files",
    "95-80-strict": "95 % is good and 80 % poor, teams of 200 files, one good team in twenty may fail",
}
BARS = {
    "good_fails": Bar("teams just good enough that do not pass", 0.0, 0.1, "alpha is at most 10 %"),
    "poor_passes": Bar("teams just poor that pass", 0.0, 0.1, "beta is at most 10 %"),
    "good_fails_strict": Bar("the same where alpha is to be 5 %", 0.0, 0.05, "alpha is at most 5 %"),
    "alpha_told": Bar("good teams that fail, less the risk that is told", -0.01, 0.01, "the risks told are exact"),
    "beta_told": Bar("poor teams that pass, less the risk that is told", -0.01, 0.01, "the risks told are exact"),
    "answered": Bar("runs with a rule", 0.9, 1.0, "the rule for every method"),
}
REPLICATES = 20_000


def replicate(world: str, rng: np.random.Generator) -> Iterator[tuple[str, bool | float]]:
    """One good and one poor team, each judged once."""
    good, poor, limits, population = _MADE[world]
    found = smallest(good, poor, limits=limits, population=population)
    yield "answered", found is not None
    if found is None:
        return
    fails = _adequate(found, good, rng, upper=True) < found.least
    passes = _adequate(found, poor, rng, upper=False) >= found.least
    yield ("good_fails_strict" if limits[0] < 0.1 else "good_fails"), fails
    yield "poor_passes", passes
    yield "alpha_told", float(fails) - found.alpha
    yield "beta_told", float(passes) - found.beta


def _adequate(found: Rule, share: float, rng: np.random.Generator, *, upper: bool) -> int:
    """Adequate files among those drawn from a team that is just good enough, or just poor."""
    if found.population is None:
        return int(rng.binomial(found.size, share))
    whole = share * found.population
    having = ceil(whole - 1e-9) if upper else floor(whole + 1e-9)
    files = np.arange(found.population) < having
    return int(rng.permutation(files)[: found.size].sum())
