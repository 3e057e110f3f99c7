"""Do the intervals of agreement hold the agreement of all files? Two raters, of whom it is known how they grade.

Grades: a file is adequate or not, and each rater sees that rightly with a known chance. Scores: a file's level plus,
for each rating, an error (and a severity of each rater where the coefficient has one), all normal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from bars import Bar

from casetrail.stats.agreement import gwet, kappa, percent
from casetrail.stats.icc import icc

METHOD = "agreement.intervals"
SAYS = "agreement of two raters: percent, Cohen's kappa, Gwet's AC1, intraclass correlations, with their intervals"
CODE = (
    ("casetrail.stats.agreement", "agreement_weights"),
    ("casetrail.stats.agreement", "kappa"),
    ("casetrail.stats.agreement", "percent"),
    ("casetrail.stats.agreement", "gwet"),
    ("casetrail.stats.agreement", "_each"),
    ("casetrail.stats.agreement", "_all_agree"),
    ("casetrail.stats.agreement", "_by_t"),
    ("casetrail.stats.intervals", "wilson"),
    ("casetrail.stats.icc", "icc"),
    ("casetrail.stats.icc", "_squares"),
    ("casetrail.stats.icc", "_by_f"),
    ("casetrail.stats.icc", "_two"),
)


@dataclass(frozen=True, slots=True)
class Made:
    """Share of adequate files, chance that a rater sees it rightly, files rated twice."""

    share: float
    right: float
    files: int


_MADE = {
    "even": Made(0.5, 0.9, 100),
    "most-adequate": Made(0.95, 0.95, 100),
    "few": Made(0.7, 0.9, 30),
    "chance": Made(0.5, 0.5, 100),
}
WORLDS = {
    "even": "half of the files are adequate, raters are right nine times of ten; 100 files rated twice",
    "most-adequate": "19 files of 20 are adequate: kappa is fooled by that, AC1 is not",
    "few": "30 files rated twice",
    "chance": "raters toss a coin: no agreement beyond chance",
}
BARS = {
    "kappa_covers": Bar("kappa's interval holds the kappa of all files", None, None, "printed: large samples only"),
    "ac1_covers": Bar("AC1's interval holds the AC1 of all files", 0.92, 0.98, "a t interval of means; counts jump"),
    "percent_covers": Bar("the interval of percent agreement holds it", None, None, "printed: Wilson's, counts jump"),
    "icc1_covers": Bar("ICC(1,1)'s interval holds the true one", 0.93, 0.97, "exact where scores are normal"),
    "icc3_covers": Bar("ICC(3,1)'s interval holds the true one", 0.93, 0.97, "exact where scores are normal"),
    "icc2_covers": Bar("ICC(2,1)'s interval holds the true one", None, None, "printed: Satterthwaite, two raters"),
    "claimed": Bar("agreement claimed by kappa where there is none", 0.0, 0.05, "5 % two-sided promise at most that"),
    "answered": Bar("runs with a kappa", 0.9, 1.0, "the rule for every method"),
}
REPLICATES = 5000


def replicate(world: str, rng: np.random.Generator) -> Iterator[tuple[str, bool | float]]:
    """One made-up audit rated twice throughout."""
    made = _MADE[world]
    good = rng.random(made.files) < made.share
    one, other = (np.where(rng.random(made.files) < made.right, good, ~good).astype(int) for _ in range(2))
    table = np.zeros((2, 2))
    np.add.at(table, (one, other), 1)
    counts = np.stack([(one == 0).astype(int) + (other == 0), one + other], axis=1)
    wrong = 1 - made.right
    both = made.share * made.right**2 + (1 - made.share) * wrong**2
    neither = made.share * wrong**2 + (1 - made.share) * made.right**2
    usual = made.share * made.right + (1 - made.share) * wrong
    seen, by_kappa, by_gwet = both + neither, usual**2 + (1 - usual) ** 2, 2 * usual * (1 - usual)
    found = {
        "kappa_covers": (kappa(table), (seen - by_kappa) / (1 - by_kappa)),
        "ac1_covers": (gwet(counts), (seen - by_gwet) / (1 - by_gwet)),
        "percent_covers": (percent(counts), seen),
    }
    yield "answered", found["kappa_covers"][0] is not None
    for score, (one_of, true) in found.items():
        if one_of is not None and one_of.low is not None and one_of.high is not None:
            yield score, bool(one_of.low <= true <= one_of.high)
            if score == "kappa_covers" and world == "chance":
                yield "claimed", one_of.low > 0
    yield from _scores(made.files, rng)


def _scores(files: int, rng: np.random.Generator) -> Iterator[tuple[str, bool | float]]:
    """Normal scores: file variance 1, error 0.5, and severity 0.2 where raters are a sample of many."""
    level = rng.standard_normal((files, 1))
    plain = level + np.sqrt(0.5) * rng.standard_normal((files, 2))
    severe = plain + np.sqrt(0.2) * rng.standard_normal((1, 2))
    first, second = icc(plain), icc(severe)
    if first is not None and second is not None:
        yield "icc1_covers", first.one.low <= 1 / 1.5 <= first.one.high
        yield "icc3_covers", second.three.low <= 1 / 1.5 <= second.three.high
        yield "icc2_covers", second.two.low <= 1 / 1.7 <= second.two.high
