"""Is a stratum unlike the others, so that what they teach does not hold for it?

A stratum drawn from the others' distribution gets counts as large as its own; how often would as many, or as few, of
its persons be on two lists or more? Mixed predictive checks: E. C. Marshall and D. J. Spiegelhalter, "Identifying
outliers in Bayesian hierarchical models: a simulation-based approach", Bayesian Analysis 2 (2007) 409-444. The stratum
most out of line is then checked against a fit without it, since it widens the distribution that it is held against.
It sees only differences that show in the overlap.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from casetrail.demand.strata.likelihood import log_rates
from casetrail.demand.strata.mode import Data
from casetrail.demand.strata.spread import Draws, draw

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
FEWEST = 4
AGAIN = 0.2
DRAWS = 2_000


def surprises(data: Data, found: Draws, rng: np.random.Generator) -> Floats:
    """Two-sided probability for each stratum, shape (strata,); 1 where there are too few others to say."""
    strata = data.counts.shape[0]
    if strata < FEWEST:
        return np.ones(strata)
    each = np.arange(strata)
    said = _doubled(data, found, each, rng)
    worst = int(said.argmin())
    others = each != worst
    if said[worst] < AGAIN and (data.group[others] == data.group[worst]).any():
        rest = Data(data.of, data.counts[others], data.group[others], data.groups)
        said[worst] = _doubled(data, draw(rest, rng, draws=DRAWS), np.array([worst]), rng)[0]
    return said


def _doubled(data: Data, found: Draws, which: Ints, rng: np.random.Generator) -> Floats:
    """Twice the smaller tail, half of the ties counted, for some of the strata."""
    draws, _, q = found.means.shape
    mains = data.of.mains
    by_list, by_term, together = (part[:, None, None] for part in found.spreads.T)
    off = rng.standard_normal((draws, which.size, q))
    shared = rng.standard_normal((draws, which.size, 1))
    off[..., :mains] = by_list * (np.sqrt(together) * shared + np.sqrt(1 - together) * off[..., :mains])
    if q > mains:
        off[..., mains:] *= by_term
    theta = found.means[:, data.group[which]] + off
    rates = log_rates(data.of, theta)
    weights = np.exp(rates - rates.max(axis=-1, keepdims=True))
    twice = np.array([int(c).bit_count() > 1 for c in data.of.cells])
    share = np.minimum(weights[..., twice].sum(axis=-1) / weights.sum(axis=-1), 1.0)
    own = data.counts[which]
    drawn = rng.binomial(own.sum(axis=1).astype(np.int64), share)
    seen = own[:, twice].sum(axis=1)
    below = (drawn < seen).mean(axis=0) + (drawn == seen).mean(axis=0) / 2
    # One draw more on each side, so that none is called impossible for want of draws.
    return np.asarray(np.minimum(1.0, 2 * np.minimum(below, 1 - below) + 1 / draws), dtype=np.float64)
