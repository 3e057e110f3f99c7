"""Could persons recorded twice and more have come about by chance at all, each person at a rate of their own?

Whatever the rates, counts are then a mixture of Poisson laws. The mixture nearest to the counts is sought over a fine
grid of rates (N. Laird, JASA 73 (1978) 805-811; a step that never lowers the likelihood), and the distance left is held
against that of counts redrawn from it. Persons recorded once are left out, so that extra ones are no ground. Records
keyed twice, counts that stop at a number, and records that come in bundles are.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln
from scipy.stats import chi2

from casetrail.demand.repeats.counts import Repeats

Floats = npt.NDArray[np.float64]
RATES, MOST_FAR, STEPS, DRAWS = 45, 100, 400, 199
# Redrawing is needed only where the distance is not plainly small.
PLAIN = 0.2
# Tables of counts further out than this are not needed for a rate below this.
SMALL, FAR = 8.0, 60
LEAST = 1e-300


def by_chance(of: Repeats, rng: np.random.Generator) -> float | None:
    """p that a mixture of Poisson laws gives counts as far from the nearest of them; None for fewer than three cells.

    p is at least 1 / 200. Persons recorded once are not looked at.
    """
    held = (of.times > 1) & (of.persons > 0)
    times, persons = of.times[held].astype(np.float64), of.persons[held].astype(np.float64)
    cells = of.most - 1
    if times.size == 0 or cells < 3:
        return None
    rates = _grid(times)
    distance, weights = _nearest(times, persons[None], rates)
    if float(chi2.sf(distance[0], min(cells, 3 * times.size) - 1)) > PLAIN:
        return 1.0
    drawn = _drawn(rates, weights[0], int(persons.sum()), rng)
    values = np.unique(np.concatenate([np.concatenate(drawn), times]))
    tables = np.stack([np.bincount(np.searchsorted(values, d), minlength=values.size) for d in drawn]).astype(float)
    theirs, _ = _nearest(values, tables, rates)
    return float((1 + np.count_nonzero(theirs >= distance[0])) / (1 + DRAWS))


def _grid(times: Floats) -> Floats:
    """Fine where laws differ; further out every number of times that was met, thinned where there are very many."""
    far = times[times > 1.2 * SMALL]
    far = far[np.unique(np.linspace(0, far.size - 1, min(far.size, MOST_FAR)).astype(int))] if far.size else far
    return np.concatenate((np.geomspace(0.02, 1.2 * SMALL, RATES), far))


def _chances(times: Floats, rates: Floats) -> Floats:
    """Chance of each number of times, given twice or more, at each rate: shape (times, rates)."""
    log = times[:, None] * np.log(rates) - rates - gammaln(times + 1)[:, None]
    return np.asarray(np.exp(log - np.log(-np.expm1(-rates) - rates * np.exp(-rates))))


def _nearest(times: Floats, tables: Floats, rates: Floats) -> tuple[Floats, Floats]:
    """Distance (deviance) of each table (r, times) from its nearest mixture, and the weights (r, rates)."""
    chances = _chances(times, rates)
    shares = tables / tables.sum(axis=1, keepdims=True)
    weights = np.full((len(tables), rates.size), 1 / rates.size)
    for _ in range(STEPS):
        fitted = np.maximum(weights @ chances.T, LEAST)
        weights *= (shares / fitted) @ chances
        weights /= weights.sum(axis=1, keepdims=True)
    fitted = np.maximum(weights @ chances.T, LEAST)
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.where(tables > 0, tables * np.log(shares / fitted), 0.0)
    return 2 * parts.sum(axis=1), weights


def _drawn(rates: Floats, weights: Floats, persons: int, rng: np.random.Generator) -> list[Floats]:
    """Tables of so many persons from a mixture, as numbers of times."""
    far = np.arange(2.0, FAR)
    small = rates < SMALL
    law = _chances(far, rates[small]) @ weights[small]
    share = float(weights[small].sum())
    out = []
    for _ in range(DRAWS):
        few = int(rng.binomial(persons, min(share, 1.0)))
        low = rng.choice(far, size=few, p=law / law.sum()) if few else np.empty(0)
        out.append(np.concatenate([low, _often(rates[~small], weights[~small], persons - few, rng)]))
    return out


def _often(rates: Floats, weights: Floats, persons: int, rng: np.random.Generator) -> Floats:
    if not persons or not weights.sum():
        return np.empty(0)
    # At such rates hardly anybody is recorded fewer than two times.
    chosen = rng.choice(rates, size=persons, p=weights / weights.sum())
    return np.maximum(rng.poisson(chosen), 2).astype(np.float64)
