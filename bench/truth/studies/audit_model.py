"""The correlation of what indicators and audits see, and each body's discordance, where both are known.

Each of 100 to 150 made-up bodies has a true level on an indicator (log odds, a deviation of 0.5) and in its files (log
odds, a deviation of 0.8); the two correlate as the world says. Files of a body differ; raters slip, and are severe or
lenient for good. A quarter of the files is rated again by somebody else. The worlds are not those of the model: levels
are normal as log odds, while the model takes shares.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import atanh, sqrt

import numpy as np
from bars import Bar
from scipy.special import expit, ndtri

from casetrail.stats.audit_model import Joint, indicator_levels, joint_model
from casetrail.stats.audit_ratings import Floats, Ratings, audit_levels

METHOD = "audit_model.joint"
SAYS = "the correlation of true levels of indicator and audit with its interval, and each body's discordance"
CODE = (
    ("casetrail.stats.audit_ratings", "Ratings"),
    ("casetrail.stats.audit_ratings", "AuditLevels"),
    ("casetrail.stats.audit_ratings", "audit_levels"),
    ("casetrail.stats.audit_ratings", "_sums"),
    ("casetrail.stats.audit_ratings", "_within"),
    ("casetrail.stats.audit_ratings", "_severity"),
    ("casetrail.stats.audit_ratings", "Disagreement"),
    ("casetrail.stats.audit_ratings", "disagreement"),
    ("casetrail.stats.audit_ratings", "_directions"),
    ("casetrail.stats.audit_ratings", "_pairs"),
    ("casetrail.stats.audit_ratings", "_step"),
    ("casetrail.stats.audit_points", "Points"),
    ("casetrail.stats.audit_points", "points"),
    ("casetrail.stats.audit_points", "evenly"),
    ("casetrail.stats.audit_points", "audit_error"),
    ("casetrail.stats.audit_points", "_raters"),
    ("casetrail.stats.audit_points", "_chi_squared"),
    ("casetrail.stats.audit_points", "_below"),
    ("casetrail.stats.audit_points", "likelihood"),
    ("casetrail.stats.audit_points", "joint_likelihood"),
    ("casetrail.stats.audit_gaps", "gaps"),
    ("casetrail.stats.audit_gaps", "_one_by_one"),
    ("casetrail.stats.audit_gaps", "_quantile"),
    ("casetrail.stats.audit_model", "Joint"),
    ("casetrail.stats.audit_model", "indicator_levels"),
    ("casetrail.stats.audit_model", "joint_model"),
    ("casetrail.stats.audit_model", "_best"),
    ("casetrail.stats.audit_model", "_mean_log"),
    ("casetrail.stats.audit_model", "_around"),
    ("casetrail.stats.bounded", "likelihood_set"),
    ("casetrail.stats.bounded", "cuts"),
    ("casetrail.stats.bounded", "_reach"),
    ("casetrail.stats.bounded", "_error"),
    ("casetrail.stats.bounded", "_crossing"),
)


@dataclass(frozen=True, slots=True)
class Made:
    """How a world is made. `correlation` None: drawn anew each time, any value alike."""

    correlation: float | None
    bodies: int = 100
    files: int = 8
    spread: float = 0.8
    middle: float = 0.8
    slip: float = 0.4
    severe: float = 0.4
    central: bool = False


_MADE = {
    "nothing-in-common": Made(0.0),
    "half": Made(0.5),
    "strong": Made(0.9),
    "any": Made(None),
    "few-files": Made(0.5, bodies=150, files=4),
    "few-files-strong": Made(0.9, bodies=150, files=4),
    "unreliable": Made(0.5, slip=1.2, severe=0.8),
    "unreliable-strong": Made(0.9, slip=1.2, severe=0.8),
    "central": Made(0.5, central=True, severe=0.8),
    "most-adequate": Made(0.5, middle=2.0, files=12),
    "audits-alike": Made(0.0, spread=0.0),
}
WORLDS = {
    "nothing-in-common": "true levels do not correlate; 8 files a body, own raters who differ in severity",
    "half": "they correlate at 0.5: the plain correlation is fooled, it reads about half of that",
    "strong": "they correlate at 0.9",
    "any": "the correlation is drawn anew for each data set, all values from -1 to 1 alike",
    "few-files": "correlation 0.5; 150 bodies with 4 files each",
    "few-files-strong": "correlation 0.9; 150 bodies with 4 files each",
    "unreliable": "correlation 0.5; raters slip often and differ widely in severity, each body has its own",
    "unreliable-strong": "correlation 0.9; the same raters",
    "central": "correlation 0.5; ten central raters of widely different severity rate files of all bodies",
    "most-adequate": "correlation 0.5; 12 files each, nearly nine in ten adequate",
    "audits-alike": "the files of all bodies are alike: audits have nothing to say, the right result is a refusal",
}
_TWO_SIDED = (
    "an interval that calls itself 95 % must hold the truth neither less nor more often; 2 points for the model"
)
BARS = {
    "covers": Bar("intervals that hold the true correlation", 0.93, 0.97, _TWO_SIDED),
    "covers_alike": Bar(
        "the same where audits are alike: the interval may be wider, never wrong", 0.95, 1.0, "no truth"
    ),
    "gap_covers": Bar("bodies whose discordance interval holds the truth", 0.93, 0.97, _TWO_SIDED),
    "gap_chance": Bar(
        "probability that the indicator is the better, less how often it was", -0.03, 0.03, "a probability must be one"
    ),
    "claimed": Bar("a correlation claimed where there is none", 0.0, 0.05, "the interval promises at most 5 %"),
    "told": Bar("a correlation told from none, where there is one", None, None, "printed only: no promise"),
    "plain_covers": Bar("plain correlations whose usual interval holds the true one", None, None, "printed: is fooled"),
    "bias": Bar("best fit less the true correlation", None, None, "printed: the promise is that of the interval"),
    "width": Bar("width of the interval", None, None, "printed only"),
    "refused": Bar("refused, since nearly any correlation is possible", None, None, "printed only: no promise"),
    "answered": Bar("runs with an answer that leaves something out", 0.9, 1.0, "the rule for every method"),
}
REPLICATES = 1000


def replicate(world: str, rng: np.random.Generator) -> Iterator[tuple[str, bool | float]]:
    """One made-up audit of all bodies."""
    made = _MADE[world]
    true = float(rng.uniform(-1, 1)) if made.correlation is None else made.correlation
    first, second = _levels(made, true, rng)
    cases = rng.integers(100, 800, size=made.bodies)
    good = rng.binomial(cases, expit(0.8 + 0.5 * first))
    found = joint_model(indicator_levels(good, cases), audit_levels(_rated(made, second, rng)))
    told = found is not None and not found.tells_nothing
    if made.spread == 0.0:
        yield "refused", not told
    elif made.correlation is not None:
        yield "answered", told
    if found is None:
        return
    covers = found.low <= true <= found.high
    yield ("covers_alike" if made.spread == 0.0 else "covers"), covers
    yield "width", found.high - found.low
    if true == 0.0:
        yield "claimed", found.low > 0 or found.high < 0
    elif made.correlation is not None:
        yield "told", found.low > 0
    if made.spread > 0:
        yield "bias", found.value - true
        yield "plain_covers", abs(atanh(found.naive) - atanh(true)) < 1.96 / sqrt(made.bodies - 3)
        yield from _gap(found, made, first, second, who=int(rng.integers(made.bodies)))


def _levels(made: Made, true: float, rng: np.random.Generator) -> tuple[Floats, Floats]:
    first = rng.standard_normal(made.bodies)
    return first, true * first + sqrt(1 - true**2) * rng.standard_normal(made.bodies)


def _rated(made: Made, second: Floats, rng: np.random.Generator) -> Ratings:
    """Every file once, by the body's own rater or one of ten central ones; a quarter again by a central one."""
    unit = np.repeat(np.arange(made.bodies), made.files)
    quality = made.middle + made.spread * second[unit] + rng.logistic(size=unit.size)
    severity = made.severe * rng.standard_normal(made.bodies + 10)
    one = made.bodies + rng.integers(10, size=unit.size) if made.central else unit
    again = np.flatnonzero(rng.random(unit.size) < 0.25)
    other = made.bodies + rng.integers(10, size=again.size)
    other = np.where(other == one[again], made.bodies + (other - made.bodies + 1) % 10, other)
    file, rater = np.concatenate([np.arange(unit.size), again]), np.concatenate([one, other])
    seen = quality[file] - severity[rater] + made.slip * rng.logistic(size=file.size)
    return Ratings(unit[file], file, rater, (seen > 0).astype(np.float64), np.ones(file.size))


@lru_cache(maxsize=8)
def _share(middle: float, spread: float) -> tuple[float, float]:
    """Mean and deviation over all bodies of the share of adequate files."""
    share = expit(middle + spread * ndtri((np.arange(4000) + 0.5) / 4000))
    return float(share.mean()), float(share.std())


def _gap(found: Joint, made: Made, first: Floats, second: Floats, *, who: int) -> Iterator[tuple[str, bool | float]]:
    mean, deviation = _share(made.middle, made.spread)
    true = first[who] - (expit(made.middle + made.spread * second[who]) - mean) / deviation
    yield "gap_covers", bool(found.gaps.low[who] <= true <= found.gaps.high[who])
    yield "gap_chance", float(found.gaps.higher[who] - (true > 0))
