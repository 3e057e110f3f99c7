"""From single ratings to the audited level of each unit, and how far raters can be trusted.

A rating is the level of its unit, what is particular to the file, how severe the rater is, and chance: variance
components of one-way and crossed designs as in R. L. Brennan, "Generalizability theory" (2001) ch. 3-5. Files rated
twice by different raters show how much raters differ; whether by lasting severity or by chance is told from pairs of
raters who share several files, and stays open where no pair does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

FEWEST_TWICE = 10
SEVERITIES = 32


@dataclass(frozen=True, slots=True)
class Ratings:
    """One entry per rating: numbers of unit, file and rater (each from 0), the score, the file's design weight.

    A file belongs to one unit. A score that is nan is unknown and never counted as low.
    """

    unit: Whole
    file: Whole
    rater: Whole
    score: Floats
    weight: Floats

    def __post_init__(self) -> None:
        columns = (self.unit, self.file, self.rater, self.score, self.weight)
        if any(c.ndim != 1 or c.size != self.unit.size for c in columns):
            raise ValueError("ratings need five equally long columns")
        if bool(np.any(~(self.weight > 0))):
            raise ValueError("each rating needs a weight above 0")

    def known(self) -> Ratings:
        """Those with a score."""
        on = np.isfinite(self.score)
        return Ratings(self.unit[on], self.file[on], self.rater[on], self.score[on], self.weight[on])


@dataclass(frozen=True, slots=True)
class Disagreement:
    """What files rated twice say of the raters.

    `total` is half the mean squared difference of two ratings of one file (nan when no file has two); `files` how many
    files have two. For each trial share of lasting severity in `severity`, `log_likelihood` says how well it fits and
    `quad` over a chi-squared variate with `freedom` degrees is the disagreement that goes with it.
    """

    total: float
    files: int
    severity: Floats
    log_likelihood: Floats
    quad: Floats
    freedom: float


@dataclass(frozen=True, slots=True)
class AuditLevels:
    """Each unit's mean score, and the parts of its error variance.

    The error variance is `own` x (base - noise) + `rated` x noise + `severity` x lasting severity, where `base` is the
    variance of single ratings within a unit (with `freedom` degrees) and the disagreement of raters is noise plus
    lasting severity. `unit` are the numbers of the units with a rated file, `files` how many each has.
    """

    unit: Whole
    level: Floats
    files: Whole
    own: Floats
    rated: Floats
    severity: Floats
    base: float
    freedom: int
    raters: Disagreement


def audit_levels(ratings: Ratings) -> AuditLevels:
    """Unit means from ratings, weighted by file. Raises: ValueError when no rating is known."""
    known = ratings.known()
    if known.unit.size == 0:
        raise ValueError("no rating is known")
    of = np.unique(known.file, return_inverse=True)[1]
    times = np.bincount(of).astype(np.float64)
    first = np.unique(known.file, return_index=True)[1]
    units, unit_of = np.unique(known.unit[first], return_inverse=True)
    if bool(np.any(known.unit != known.unit[first][of])):
        raise ValueError("a file belongs to one unit")
    mean = np.bincount(of, known.score) / times
    share = known.weight[first] / np.bincount(unit_of, known.weight[first])[unit_of]
    raters = disagreement(known)
    base, freedom = _within(mean, times, unit_of, raters)
    return AuditLevels(
        unit=units,
        level=_sums(unit_of, share * mean),
        files=np.bincount(unit_of).astype(np.int64),
        own=_sums(unit_of, share**2),
        rated=_sums(unit_of, share**2 / times),
        severity=_severity(unit_of[of], known.rater, share[of] / times[of]),
        base=base,
        freedom=freedom,
        raters=raters,
    )


def _sums(of: npt.NDArray[np.intp], values: Floats) -> Floats:
    return np.asarray(np.bincount(of, values), dtype=np.float64)


def _within(mean: Floats, times: Floats, unit_of: npt.NDArray[np.intp], raters: Disagreement) -> tuple[float, int]:
    """Variance of single ratings within units, pooled: files' means vary less where they rest on two ratings."""
    count = np.bincount(unit_of)
    centre = np.bincount(unit_of, mean) / count
    freedom = int(np.sum(count - 1))
    if freedom == 0:
        return float("nan"), 0
    found = float(np.sum((mean - centre[unit_of]) ** 2)) / freedom
    noise = 0.0 if np.isnan(raters.total) else raters.total
    return found + noise * (1.0 - float(np.mean(1.0 / times))), freedom


def _severity(unit: npt.NDArray[np.intp], rater: Whole, share: Floats) -> Floats:
    """How much of one rater's severity stays in each unit's mean, less what all units have in common."""
    raters = np.unique(rater, return_inverse=True)[1]
    parts = np.zeros((int(unit.max()) + 1, int(raters.max()) + 1))
    np.add.at(parts, (unit, raters), share)
    own: Floats = np.sum(parts**2, axis=1)
    if own.size == 1:
        return own
    common = (parts @ parts.sum(axis=0) - own) / (own.size - 1)
    return np.asarray(np.maximum(own - common, 0.0), dtype=np.float64)


def disagreement(known: Ratings) -> Disagreement:
    """Differences between raters of one file, split by pair of raters. All scores must be known."""
    one, other = _pairs(known)
    gap = known.score[one] - known.score[other]
    # Evenly spaced in the standard deviation of severity, as the spreads of true levels are: no variance is favoured.
    trial = ((np.arange(SEVERITIES) + 0.5) / SEVERITIES) ** 2
    if gap.size == 0:
        flat = np.zeros(SEVERITIES)
        return Disagreement(float("nan"), 0, trial, flat, flat, 0.0)
    pairs, at = np.unique(np.stack([known.rater[one], known.rater[other]], axis=1), axis=0, return_inverse=True)
    at = at.reshape(-1)
    shared = np.bincount(at).astype(np.float64)
    centre = np.bincount(at, gap) / shared
    inside = float(np.sum((gap - centre[at]) ** 2))
    root, turned = _directions(pairs, shared, centre)
    # In each direction: severity that lasts, times h; chance, times 1 - h.
    mixed = trial[:, None] * root + (1 - trial)[:, None]
    # Where nobody ever disagreed, raters need not be perfect: half a disagreement is added.
    quad = np.sum(turned**2 / mixed, axis=1) + inside / (2 * (1 - trial)) + 0.25 * _step(known.score) ** 2
    bulk = np.sum(np.log(mixed), axis=1) + (gap.size - centre.size) * np.log(1 - trial)
    return Disagreement(
        total=float(np.mean(gap**2)) / 2,
        files=int(np.unique(known.file[one]).size),
        severity=trial,
        log_likelihood=-0.5 * (bulk + gap.size * np.log(quad)),
        quad=quad,
        freedom=float(gap.size),
    )


def _directions(pairs: Whole, shared: Floats, centre: Floats) -> tuple[Floats, Floats]:
    """Directions in which lasting severity and chance part: how much severity there is in each, and the differences.

    Mean differences of pairs that have a rater in common move together; turned into these directions they do not.
    """
    names = np.unique(pairs, return_inverse=True)[1].reshape(pairs.shape)
    sides = np.zeros((pairs.shape[0], int(names.max()) + 1))
    rows = np.arange(pairs.shape[0])
    sides[rows, names[:, 0]], sides[rows, names[:, 1]] = 1.0, -1.0
    scaled = sides * np.sqrt(shared / 2)[:, None]
    root, turn = np.linalg.eigh(scaled @ scaled.T)
    return np.maximum(root, 0.0), np.asarray(turn.T @ (centre * np.sqrt(shared / 2)), dtype=np.float64)


def _pairs(known: Ratings) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Two ratings of each file that has two by different raters; of a file with more, neighbours by number of rater."""
    order = np.lexsort((known.rater, known.file))
    one, other = order[:-1], order[1:]
    same = (known.file[one] == known.file[other]) & (known.rater[one] != known.rater[other])
    return one[same], other[same]


def _step(score: Floats) -> float:
    """The smallest difference between two scores that occur; 1, as between grades, when there is but one."""
    levels = np.unique(score)
    return float(np.min(np.diff(levels))) if levels.size > 1 else 1.0
