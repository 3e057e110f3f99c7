"""Do two measures of the same units see the same thing, once the error of each is taken away?

Each unit has a true level on the indicator and a true level in the audit; over units the two are bivariate normal. The
indicator is a share of many cases on the arcsine-root scale, the audit a mean of few ratings, both with known kinds of
error. The correlation of the true levels is what C. Spearman, American Journal of Psychology 15 (1904) 72-101, called
corrected for attenuation; here by a likelihood (both means and both spreads integrated out, flat) in place of a formula
that can leave [-1, 1]. The interval is the set of correlations that the likelihood does not speak against, with the cut
that holds near the ends of the range. Where the audits hardly differ, that set is all of it.

The integration takes the two measures apart first: points from the posterior of each alone (in the spirit of H. Rue,
S. Martino and N. Chopin, JRSS B 71 (2009) 319-392), then weights for what joins them at each trial correlation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from casetrail.stats.audit_gaps import Gaps, gaps
from casetrail.stats.audit_points import Points, points
from casetrail.stats.audit_ratings import FEWEST_TWICE, AuditLevels, Floats
from casetrail.stats.bounded import likelihood_set

FEWEST = 10
POINTS = 128
COARSE, FINE = 25, 41
# Within this many units of log-likelihood below the best lies all of the posterior that can be seen.
DEEP = 12.0
NEAR_ONE = 0.9999
# Of the whole width of 2.
WIDE = 1.5


@dataclass(frozen=True, slots=True)
class Levels:
    """Each unit's level on some scale, and its error variance."""

    level: Floats
    variance: Floats


@dataclass(frozen=True, slots=True)
class Joint:
    """The correlation of true levels: the best fit and its interval; beside it the plain correlation of what is seen.

    `reliability` is the share of the variance of what is seen that is true difference: indicator, audit. `gaps` are the
    units' discordances. `height` is the log-likelihood of each trial correlation in `trial`, 0 at the best.
    """

    value: float
    low: float
    high: float
    level: float
    naive: float
    reliability: tuple[float, float]
    gaps: Gaps
    trial: Floats
    height: Floats

    @property
    def tells_nothing(self) -> bool:
        """The interval leaves room for three quarters of all correlations there are."""
        return self.high - self.low > WIDE


def indicator_levels(numerators: npt.ArrayLike, denominators: npt.ArrayLike, *, noise: float = 0.0) -> Levels:
    """Shares on the arcsine-root scale (F. J. Anscombe, Biometrika 35 (1948) 246-254); `noise` adds to each variance.

    `noise` is the variance from year to year on the same scale. Raises: ValueError unless 0 <= numerator <= denominator
    and denominator > 0.
    """
    x, n = (np.asarray(a, dtype=np.float64) for a in (numerators, denominators))
    if x.ndim != 1 or x.shape != n.shape or bool(np.any(n <= 0) or np.any(x < 0) or np.any(x > n)) or noise < 0:
        raise ValueError("each unit needs 0 <= numerator <= denominator and a denominator above 0")
    return Levels(np.arcsin(np.sqrt((x + 0.375) / (n + 0.75))), 1.0 / (4.0 * n + 2.0) + noise)


def joint_model(indicator: Levels, audit: AuditLevels, *, level: float = 0.95, count: int = POINTS) -> Joint | None:
    """The correlation of the true levels of two measures, entry by entry of the same units.

    None when it cannot be asked: fewer than ten units, fewer than ten files rated twice (so that the error of raters is
    not known), no unit with two files, or no difference at all on one side.
    Raises: ValueError when the two have not the same number of units.
    """
    y, z = indicator.level, audit.level
    if y.shape != z.shape:
        raise ValueError("indicator and audit need the same units")
    if y.size < FEWEST or audit.raters.files < FEWEST_TWICE or not audit.freedom or not np.ptp(y) or not np.ptp(z):
        return None
    at = points(y - y.mean(), indicator.variance, z - z.mean(), audit=audit, count=count)
    coarse = np.sin(np.pi / 2 * np.linspace(-1, 1, COARSE + 2)[1:-1])
    trial = _around(coarse, _mean_log(np.array([at.log_weight(r) for r in coarse])))
    weight = np.array([at.log_weight(r) for r in trial])
    height = _mean_log(weight)
    low, high = likelihood_set(trial, height, (-1.0, 1.0), level=level)
    # Each trial correlation stands for the stretch between its neighbours.
    mass = np.exp(weight - weight.max()) * np.gradient(trial)[:, None]
    return Joint(
        value=min(max(_best(trial, height), low), high),
        low=low,
        high=high,
        level=level,
        naive=float(np.corrcoef(y, z)[0, 1]),
        reliability=_reliability(at, mass.sum(axis=0)),
        gaps=gaps(at, trial, mass, level=level),
        trial=trial,
        height=height - height.max(),
    )


def _best(trial: Floats, height: Floats) -> float:
    """Where the log-likelihood is highest: the top of the parabola through the highest trial and its neighbours."""
    at = int(np.argmax(height))
    if at in (0, trial.size - 1):
        return float(np.sign(trial[at]))
    bend, slope, _ = np.polyfit(trial[at - 1 : at + 2] - trial[at], height[at - 1 : at + 2] - height[at], 2)
    return float(trial[at] - slope / (2 * bend)) if bend < 0 else float(trial[at])


def _mean_log(weight: Floats) -> Floats:
    """Logarithm of the mean over points of exp(weight), for each row."""
    top = weight.max()
    return np.asarray(np.log(np.exp(weight - top).mean(axis=1)) + top, dtype=np.float64)


def _around(coarse: Floats, height: Floats) -> Floats:
    """A finer row of trial correlations over the stretch that has any posterior to speak of."""
    keep = np.flatnonzero(height > height.max() - DEEP)
    ends = np.concatenate([[-NEAR_ONE], coarse, [NEAR_ONE]])
    low, high = ends[keep[0]], ends[keep[-1] + 2]
    return np.asarray(np.sin(np.linspace(np.arcsin(low), np.arcsin(high), FINE)), dtype=np.float64)


def _reliability(at: Points, mass: Floats) -> tuple[float, float]:
    """Posterior mean of the true share of variance, for both measures."""
    share = mass / mass.sum()
    first = at.sd_1[:, None] ** 2 / at.variance_1
    second = at.sd_2[:, None] ** 2 / at.variance_2
    return float(np.sum(share * first.mean(axis=1))), float(np.sum(share * second.mean(axis=1)))
