"""Made-up worlds in which it is known which authority truly differs.

Each authority has a lasting level and, where a world has ordinary differences, a yearly spread around it
(normal on the logit scale, the same standard deviation for everybody). A blameless authority has the
common level. Counts are then binomial. The denominators of the full worlds are the real published ones
of 2009-10 (initial assessments; 150 authorities, since two have theirs withheld); everything else is made up.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import log, sqrt
from typing import Literal

import numpy as np
import numpy.typing as npt

from casetrail.public import shipped_panel

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Sizes = Literal["published", "equal", "small", "tiny", "nine"]


@dataclass(frozen=True, slots=True)
class World:
    """One made-up world. `spread`: between-authority standard deviation on the logit scale.

    `shifted` authorities, drawn anew each time, lie `shift` spreads below the common level: exactly there,
    or with a spread of their own when `scatter`. `tie`: correlation of the spread with log denominator.
    """

    name: str
    says: str
    sizes: Sizes = "published"
    share: float = 0.67
    spread: float = 0.0
    shifted: int = 0
    shift: float = 3.0
    scatter: bool = False
    tie: float = 0.0


@dataclass(frozen=True, slots=True)
class Drawn:
    """One year of a world: counts, and the truth behind them (lasting level and share of this year, as logits)."""

    numerators: Ints
    denominators: Ints
    level: Floats
    year: Floats
    blameless: npt.NDArray[np.bool_]


# 0.4 and 0.7 give a factor phi of about 50 and 145 on the published denominators; the real one is 143.
WORLDS = (
    World("chance", "only chance differs"),
    World("chance-small", "only chance differs; 5 to 40 cases each", "small"),
    World("ordinary-50", "ordinary differences, phi about 50", spread=0.4),
    World("ordinary-145", "ordinary differences as wide as in 2009-10, phi about 145", spread=0.7),
    World("ordinary-equal", "ordinary differences, everybody with 2,000 cases", "equal", spread=0.2, share=0.5),
    World("ordinary-small", "ordinary differences; 5 to 40 cases each", "small", spread=0.7),
    World("outlier", "one authority 3 spreads below the rest", spread=0.7, shifted=1),
    World("outlier-small", "one authority 3 spreads below; 5 to 40 cases each", "small", spread=0.7, shifted=1),
    World("outlier-of-nine", "nine authorities, one of them 3 spreads below", "nine", spread=0.4, shifted=1),
    World("bad-fifth", "a fifth of all 3 spreads below the rest", spread=0.4, shifted=30, scatter=True),
    World("size-tied", "ordinary differences, larger authorities lower", spread=0.7, tie=-0.6),
    World("tiny", "only chance differs; 1 to 10 cases each, most perfect", "tiny", share=0.97),
    World("tiny-ordinary", "ordinary differences; 1 to 10 cases each, most perfect", "tiny", share=0.97, spread=1.0),
)


def world(name: str) -> World:
    """The world of this name. Raises: KeyError."""
    return {w.name: w for w in WORLDS}[name]


def draw(of: World, rng: np.random.Generator) -> Drawn:
    """One year of it."""
    n = _denominators(of.sizes, rng)
    noise = of.spread * _tied(rng.standard_normal(n.size), n, of.tie)
    level = np.full(n.size, log(of.share / (1 - of.share)))
    low = rng.choice(n.size, size=of.shifted, replace=False)
    level[low] -= of.shift * of.spread
    if not of.scatter:
        noise[low] = 0.0
    blameless = np.ones(n.size, dtype=np.bool_)
    blameless[low] = False
    year = level + noise
    return Drawn(rng.binomial(n, 1 / (1 + np.exp(-year))), n, level, year, blameless)


def _tied(noise: Floats, n: Ints, tie: float) -> Floats:
    """The same variance, part of it following the size."""
    if tie == 0:
        return noise
    size = np.log(n)
    standard = (size - size.mean()) / size.std()
    tied: Floats = tie * standard + sqrt(1 - tie**2) * noise
    return tied


def _denominators(sizes: Sizes, rng: np.random.Generator) -> Ints:
    if sizes == "published":
        return _published()
    if sizes == "equal":
        return np.full(150, 2000)
    low, high, units = {"small": (5, 40, 152), "tiny": (1, 10, 152), "nine": (200, 5000, 9)}[sizes]
    return rng.integers(low, high, units, endpoint=True)


@lru_cache(maxsize=1)
def _published() -> Ints:
    panel = shipped_panel("initial-assessments-7-days")
    return panel.counts(panel.period_at("2009-10"))[2].astype(np.int64)
