"""Families of closed-population models where it is known how many there are, and whether persons differ."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from bars import Bar
from scipy.special import expit

from casetrail.demand.heterogeneity.families import Families, families
from casetrail.demand.heterogeneity.fit import Family
from casetrail.demand.heterogeneity.varies import Varies
from casetrail.demand.lists import Lists
from casetrail.figures import Refusal

METHOD = "heterogeneity.families"
SAYS = "families of models for persons who differ in how easily lists find them (M0, Mt, Mh, Mth), and a test"
CODE = (
    *(("casetrail.demand.heterogeneity.columns", name) for name in ("on", "base", "etas")),
    *(
        ("casetrail.demand.heterogeneity.fit", name)
        for name in ("Family", "solve", "_start", "_height", "log_likelihood", "deviance", "family")
    ),
    *(("casetrail.demand.heterogeneity.checks", name) for name in ("why_not", "_ties", "_reached")),
    *(("casetrail.demand.heterogeneity.chao", name) for name in ("constrained", "_within")),
    *(("casetrail.demand.heterogeneity.varies", name) for name in ("Varies", "varies")),
    *(
        ("casetrail.demand.heterogeneity.families", name)
        for name in ("families", "_named", "_plain", "_chao", "_with_law", "_at_none", "_together")
    ),
    *(("casetrail.demand.repeats.covariates", name) for name in ("independent_columns", "runs_off")),
    ("casetrail.demand.repeats.hidden", "log_normal"),
)
WORLDS = {
    "equal": "2,000 persons, five independent lists with chances from 0.10 to 0.30: all assumptions hold",
    "small": "400 persons, four independent lists with chances from 0.10 to 0.25",
    "sparse": "3,000 persons, five independent lists with chances from 0.03 to 0.07",
    "two_kinds": "3,000 persons, three tenths of them found four times as easily as the others by any of five lists",
    "normal": "3,000 persons whose log-odds of being on any of five lists vary by a normal law (deviation 1.2)",
    "attract": "2,000 persons alike, but whoever is on the first of five lists is passed to the second (half of them)",
}
_EXACT = "the interval calls itself 95 %: two-sided"
_BOUND = "a lower bound promises to be at or below the truth in large numbers"
BARS = {
    "answered": Bar("runs in which Mt and the bound answered", 0.9, 1.0, "the rule for every method: 9 of 10"),
    "size": Bar("score tests that find persons who differ where none do", 0.03, 0.07, "the test has a level of 5 %"),
    "size_ratio": Bar("the same by the likelihood ratio", None, None, "printed: where it has an estimate at all"),
    "power": Bar("score tests that find persons who differ", 0.8, 1.0, "the usual convention for power (Cohen 1988)"),
    "warned": Bar("runs with a warning where all persons are alike", 0.0, 0.1, "the design's rule: at most 10 %"),
    "warned_differ": Bar("runs with a warning where persons differ", 0.9, 1.0, "the issue's bar: 90 %"),
    "warned_attract": Bar(
        "runs with a warning where two lists attract",
        None,
        None,
        "printed: log-linear models see two lists alone",
    ),
    "covers_mt": Bar("95 % intervals of Mt that hold the truth where persons are alike", 0.93, 0.97, _EXACT),
    "bias_mt": Bar("total by Mt, relative to the truth where persons are alike", -0.03, 0.03, "3 % of the truth"),
    "bound_holds": Bar("Chao's bound at or below the truth where persons differ", 0.95, 1.0, _BOUND),
    "low_holds": Bar("its lower limit at or below the truth", 0.975, 1.0, "a lower limit of 97.5 % of a lower bound"),
    "range_covers": Bar(
        "ranges over families (lowest limit to highest) that hold the truth where persons differ",
        0.9,
        1.0,
        "families are no probability: the design's bar for what is approximate",
    ),
    "naive_covers": Bar("95 % intervals of Mt that hold the truth where persons differ", None, None, "printed: naive"),
}
REPLICATES = 2_000
FAIR: dict[str, tuple[int, tuple[float, ...]]] = {
    "equal": (2_000, (0.30, 0.20, 0.15, 0.10, 0.10)),
    "small": (400, (0.25, 0.20, 0.15, 0.10)),
    "sparse": (3_000, (0.07, 0.06, 0.05, 0.04, 0.03)),
}
Floats = npt.NDArray[np.float64]


def replicate(world: str, rng: np.random.Generator) -> Iterator[tuple[str, bool | float]]:
    """One made-up set of lists."""
    lists, truth = _made(world, rng)
    found = families(lists)
    mt, bound, test = _parts(found)
    yield "answered", mt is not None and bound is not None
    if isinstance(found, Refusal) or mt is None or bound is None or test is None:
        return
    if world in FAIR:
        yield "size", test.seen()
        if not np.isnan(test.ratio_p):
            yield "size_ratio", test.ratio_p <= 0.05
        yield "warned", bool(found.warnings)
        yield "covers_mt", mt.low <= truth <= mt.high
        yield "bias_mt", mt.total / truth - 1
        yield "low_holds", bound.low <= truth
    elif world == "attract":
        yield "warned_attract", bool(found.warnings)
        yield "naive_covers", mt.low <= truth <= mt.high
    else:
        yield "power", test.seen()
        yield "warned_differ", bool(found.warnings)
        yield "bound_holds", bound.total <= truth
        yield "low_holds", bound.low <= truth
        yield "naive_covers", mt.low <= truth <= mt.high
        if found.near:
            yield "range_covers", min(f.low for f in found.near) <= truth <= max(f.high for f in found.near)


def _parts(found: Families | Refusal) -> tuple[Family | None, Family | None, Varies | None]:
    if isinstance(found, Refusal):
        return None, None, None
    mt, bound, test = found.of("Mt"), found.of("Mth Chao"), found.varies
    return (
        mt if isinstance(mt, Family) else None,
        bound if isinstance(bound, Family) else None,
        test if isinstance(test, Varies) else None,
    )


def _made(world: str, rng: np.random.Generator) -> tuple[Lists, int]:
    if world in FAIR:
        n, chances = FAIR[world]
        return _listed(rng.random((n, len(chances))) < np.array(chances)), n
    if world == "attract":
        on = rng.random((2_000, 5)) < np.array(FAIR["equal"][1])
        on[:, 1] |= on[:, 0] & (rng.random(2_000) < 0.5)
        return _listed(on), 2_000
    if world == "two_kinds":
        easy = rng.random((3_000, 1)) < 0.3
        p = np.where(easy, 4.0, 1.0) * np.array([0.12, 0.10, 0.08, 0.06, 0.05])
    else:
        p = expit(np.array([-1.5, -1.8, -2.0, -2.2, -2.5]) + 1.2 * rng.standard_normal((3_000, 1)))
    return _listed(rng.random((3_000, 5)) < p), 3_000


def _listed(on: npt.NDArray[np.bool_]) -> Lists:
    k = on.shape[1]
    counts = np.bincount(on @ (1 << np.arange(k)), minlength=1 << k).astype(np.int64)
    counts[0] = 0
    return Lists(tuple("abcde"[:k]), counts)
