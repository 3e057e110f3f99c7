"""Draws of the coefficients of all strata, over a grid of how far strata spread.

The spreads (one standard deviation for the single lists, one for terms of two lists and more) and how the lists move
together between strata (not at all, or with a correlation of 0.7: some strata are harder to find for all lists) are not
put in as if they were known. Each point on a grid is weighed by Laplace's approximation to the probability of the data
and by the prior: for spreads Student's t with 3 degrees of freedom and scale 1, upper half (A. Gelman, Bayesian
Analysis 1 (2006) 515-534, on such priors), for the two correlations even. Within a point, means and coefficients are
drawn as normal around the mode. Source of the idea: H. Rue, S. Martino and N. Chopin, "Approximate Bayesian inference
for latent Gaussian models", Journal of the Royal Statistical Society B 71 (2009) 319-392.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from casetrail.demand.strata.mode import Data, Mode, mode, start

Floats = npt.NDArray[np.float64]

# Standard deviations of log odds. At the first strata are all but equal; at the last they differ 33-fold either way.
SPREADS = np.array([0.03, 0.15, 0.28, 0.42, 0.6, 0.85, 1.2, 1.75, 2.5, 3.5])
TOGETHER = (0.0, 0.7)
FREEDOM = 3.0
# Ends of the cells of the grid, for spreads that are reported: a grid point stands for its cell.
EDGES = np.concatenate([[0.0], (SPREADS[1:] + SPREADS[:-1]) / 2, [2 * SPREADS[-1] - (SPREADS[-1] + SPREADS[-2]) / 2]])
# Grid points with less than this share of the heaviest one are not drawn from.
NEGLIGIBLE = 1e-4
# Once the log weight is so far below the highest, wider spreads are not looked at.
FAR = 14.0


@dataclass(frozen=True, slots=True)
class Draws:
    """`theta` (draws, strata, q), `means` (draws, groups, q), `spreads` (draws, 3): of lists, of terms (NaN without),
    and the correlation of lists.

    `likeliest` is the mode at the heaviest point of the grid. `at_edge`: share of the mass at the largest spread.
    """

    theta: Floats
    means: Floats
    spreads: Floats
    likeliest: Mode
    at_edge: float


def within_cells(spreads: Floats, rng: np.random.Generator) -> Floats:
    """The same spreads, evenly placed within their cells of the grid."""
    at = np.searchsorted(SPREADS, spreads - 1e-9)
    return np.asarray(rng.uniform(EDGES[at], EDGES[at + 1]), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class _Point:
    spreads: tuple[float, float, float]
    mode: Mode
    weight: float


def draw(data: Data, rng: np.random.Generator, *, draws: int) -> Draws:
    """So many draws. Raises: IntegrityError where the mode does not settle."""
    points = _grid(data)
    top = max(p.weight for p in points)
    mass = np.array([np.exp(p.weight - top) for p in points])
    mass /= mass.sum()
    edge = np.array([SPREADS[-1] in p.spreads[:2] for p in points])
    kept = mass > NEGLIGIBLE * mass.max()
    taken = rng.multinomial(draws, np.where(kept, mass, 0) / mass[kept].sum())
    parts = [(p, *_around(p.mode, data, rng, int(n))) for p, n in zip(points, taken, strict=True) if n]
    return Draws(
        theta=np.concatenate([theta for _, _, theta in parts]),
        means=np.concatenate([means for _, means, _ in parts]),
        spreads=np.concatenate([np.tile(p.spreads, (len(means), 1)) for p, means, _ in parts]),
        likeliest=points[int(mass.argmax())].mode,
        at_edge=float(mass[edge].sum()),
    )


def _grid(data: Data) -> list[_Point]:
    """The mode at points of the grid, each begun from a neighbour, and its log weight.

    A row of the grid, and the grid itself, ends where the weight has fallen far below its highest.
    """
    points: list[_Point] = []
    for together in TOGETHER:
        first, top = start(data), -np.inf
        for by_list in SPREADS:
            row, first = _row(data, (float(by_list), together), first)
            points += row
            best = max(p.weight for p in row)
            top = max(top, best)
            if best < top - FAR:
                break
    return points


def _row(
    data: Data, of: tuple[float, float], begin: tuple[Floats, Floats]
) -> tuple[list[_Point], tuple[Floats, Floats]]:
    """All spreads of terms at one spread and correlation of lists; and where the next row may begin."""
    q, mains = len(data.of.terms), data.of.mains
    by_list, together = of
    row: list[_Point] = []
    for by_term in SPREADS if q > mains else (np.nan,):
        spreads = (by_list, float(by_term), together)
        found = mode(data, covariance(spreads, mains, q), begin)
        begin = (found.means, found.theta)
        weight = found.evidence + _prior(by_list) + (_prior(float(by_term)) if q > mains else 0.0)
        row.append(_Point(spreads, found, weight))
        if weight < max(p.weight for p in row) - FAR:
            break
    return row, (row[0].mode.means, row[0].mode.theta)


def covariance(spreads: tuple[float, float, float], mains: int, q: int) -> Floats:
    """Of the coefficients between strata, shape (q, q): lists with each other, terms each by itself."""
    by_list, by_term, together = spreads
    between = np.diag(np.repeat([by_list**2 * (1 - together), by_term**2], [mains, q - mains]))
    between[:mains, :mains] += by_list**2 * together
    return np.asarray(between, dtype=np.float64)


def _prior(spread: float) -> float:
    """Log of the prior mass of its cell, up to a constant."""
    at = int(np.searchsorted(SPREADS, spread - 1e-9))
    return float(np.log(EDGES[at + 1] - EDGES[at]) - (FREEDOM + 1) / 2 * np.log1p(spread**2 / FREEDOM))


def _around(of: Mode, data: Data, rng: np.random.Generator, n: int) -> tuple[Floats, Floats]:
    """Draws of means and coefficients around one mode: the means first, then each stratum given its own mean."""
    groups, q = of.means.shape
    root = np.linalg.cholesky(np.linalg.inv(of.precision))
    off = np.einsum("gij,ngj->ngi", root, rng.standard_normal((n, groups, q)))
    own = np.einsum("sij,nsj->nsi", np.linalg.cholesky(of.within), rng.standard_normal((n, *of.theta.shape)))
    pulled = np.einsum("sij,nsj->nsi", of.within, (off @ np.linalg.inv(of.between))[:, data.group])
    return of.means + off, of.theta + own + pulled
