"""Where the coefficients of all strata, and the means they scatter around, are most likely, for given spreads.

Stratum s has coefficients theta_s, normal around the mean of its group with a covariance that is given; the means have
flat priors. Newton steps on all of them together: the strata touch each other only through the means, so
that each step solves small systems, one per stratum and one per group. The height of the mode and the curvature there
give Laplace's approximation to the probability of the data given the spreads: L. Tierney and J. B. Kadane, Journal of
the American Statistical Association 81 (1986) 82-86. Sums are formed so that they stay exact as spreads go to 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from casetrail.demand.strata.design import Design
from casetrail.demand.strata.likelihood import bent, height
from casetrail.errors import IntegrityError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
STEPS = 100
CLOSE = 1e-7
SMALLEST = 1e-5


@dataclass(frozen=True, slots=True)
class Data:
    """Counts (strata, c) of a design, and the group of each stratum: 0 to `groups` - 1."""

    of: Design
    counts: Floats
    group: Ints
    groups: int


@dataclass(frozen=True, slots=True)
class Mode:
    """`means` (groups, q), `theta` (strata, q), `between` (q, q) the given covariance between strata.

    `within` (strata, q, q): covariance of theta given the means. `precision` (groups, q, q): of the means, theta
    integrated out. `curve` (strata, q, q): information of each stratum's own counts. `evidence`: log probability of
    the data given the spreads, up to a constant that does not depend on them.
    """

    means: Floats
    theta: Floats
    between: Floats
    within: Floats
    precision: Floats
    curve: Floats
    evidence: float


def start(data: Data) -> tuple[Floats, Floats]:
    """All coefficients 0."""
    q = len(data.of.terms)
    return np.zeros((data.groups, q)), np.zeros((data.counts.shape[0], q))


def mode(data: Data, between: Floats, begin: tuple[Floats, Floats]) -> Mode:
    """The mode from `begin` (means, theta) on; `between` must be positive definite.

    Raises: IntegrityError when Newton's steps do not settle.
    """
    means, theta = begin
    tight = np.asarray(np.linalg.inv(between), dtype=np.float64)
    at = _height(data, tight, means, theta)
    for _ in range(STEPS):
        by_means, by_theta = _step(data, tight, means, theta)
        length = 1.0
        while True:
            tried = means + length * by_means, theta + length * by_theta
            reached = _height(data, tight, *tried)
            if reached >= at - CLOSE or length < SMALLEST:
                break
            length /= 2
        (means, theta), gain, at = tried, reached - at, reached
        if abs(gain) < CLOSE:
            return _described(data, between, means, theta)
    raise IntegrityError("The coefficients of the strata did not settle.")


def _height(data: Data, tight: Floats, means: Floats, theta: Floats) -> float:
    off = theta - means[data.group]
    return height(data.of, data.counts, theta) - float((off @ tight * off).sum()) / 2


def _by_group(data: Data, values: Floats) -> Floats:
    """Sums of rows by group."""
    out = np.zeros((data.groups, *values.shape[1:]))
    np.add.at(out, data.group, values)
    return out


def _step(data: Data, tight: Floats, means: Floats, theta: Floats) -> tuple[Floats, Floats]:
    here = bent(data.of, data.counts, theta)
    off = theta - means[data.group]
    within = np.linalg.inv(here.curve + tight)
    shrunk = here.curve @ within
    # Information on the means: that of the counts less what theta takes up, never as the difference of two large ones.
    inform = here.curve - shrunk @ here.curve
    pull = np.einsum("sij,sj->si", inform, off) + here.slope - np.einsum("sij,sj->si", shrunk, here.slope)
    by_means = np.linalg.solve(_by_group(data, inform), _by_group(data, pull)[..., None])[..., 0]
    by_theta = np.einsum("sij,sj->si", within, here.slope + (by_means[data.group] - off) @ tight)
    return np.asarray(by_means, dtype=np.float64), np.asarray(by_theta, dtype=np.float64)


def _described(data: Data, between: Floats, means: Floats, theta: Floats) -> Mode:
    here = bent(data.of, data.counts, theta)
    tight = np.asarray(np.linalg.inv(between), dtype=np.float64)
    within = np.asarray(np.linalg.inv(here.curve + tight), dtype=np.float64)
    precision = _by_group(data, here.curve - here.curve @ within @ here.curve)
    flat = np.linalg.slogdet(np.eye(between.shape[0]) + between @ here.curve)[1].sum()
    evidence = _height(data, tight, means, theta) - (flat + np.linalg.slogdet(precision)[1].sum()) / 2
    return Mode(means, theta, between, within, precision, here.curve, float(evidence))
