"""Small areas whose own estimates come from any method: each drawn towards what a line through all of them says.

R. E. Fay and R. A. Herriot, "Estimates of income for small places", Journal of the American Statistical Association 74
(1979) 269-277; the variance between areas by restricted maximum likelihood; the mean squared error, with what comes of
not knowing that variance, by N. G. N. Prasad and J. N. K. Rao, Journal of the American Statistical Association 85
(1990) 163-171, and G. S. Datta and P. Lahiri, Statistica Sinica 10 (2000) 613-627, equation for restricted maximum
likelihood: g1 + g2 + 2 g3. Where the variance between areas is estimated as 0, these would be intervals of areas that
are all alike, which nothing shows; so they are formed with no less than the adjusted estimate of H. Li and P. Lahiri,
Journal of Multivariate Analysis 101 (2010) 882-892, which is always above 0. Errors are taken as known: one that was
itself estimated from few persons goes with its estimate, and then `pooling.pooled` on the counts is the method to use.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar

from casetrail.figures import Refusal
from casetrail.stats.intervals import normal_quantile

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SmallAreas:
    """By area, shape (areas,): `values` drawn in, `errors` (root of the mean squared error), ends, and `own_weight`,
    the weight of the area's own estimate against the line. `coefficients` (k,) of the line, `between` the standard
    deviation between areas, `adjusted` the one that intervals were formed with. All on the scale of the estimates."""

    values: Floats
    errors: Floats
    low: Floats
    high: Floats
    own_weight: Floats
    coefficients: Floats
    between: float
    adjusted: float


def small_areas(
    estimates: npt.ArrayLike, errors: npt.ArrayLike, columns: npt.ArrayLike | None = None, *, level: float = 0.95
) -> SmallAreas | Refusal:
    """Own estimates (such as the log of hidden per known) and their standard errors, shape (areas,), drawn in.

    `columns` (areas, k) of the line, such as one per region; without them all have one middle.
    Raises: ValueError on different lengths, values that are not finite, errors not above 0, or columns of lower rank.
    """
    y, d, x = _checked(estimates, errors, columns)
    if y.size < x.shape[1] + 4:
        return Refusal(
            "too_few_strata",
            f"How areas differ cannot be learnt from so few ({y.size}, where {x.shape[1] + 4} are needed).",
            ("areas of a finer kind", "fewer columns of the line"),
        )
    plain, adjusted = _between(y, d, x, adjust=False), _between(y, d, x, adjust=True)
    line, _ = _line(y, d, x, plain)
    weight = plain / (plain + d)
    values = x @ line + weight * (y - x @ line)
    mse = _mean_squared_error(d, x, max(plain, adjusted))
    half = normal_quantile(level) * np.sqrt(mse)
    return SmallAreas(values, np.sqrt(mse), values - half, values + half, weight, line, plain**0.5, adjusted**0.5)


def _checked(
    estimates: npt.ArrayLike, errors: npt.ArrayLike, columns: npt.ArrayLike | None
) -> tuple[Floats, Floats, Floats]:
    """Estimates, their variances, and the columns of the line."""
    y, d = np.asarray(estimates, dtype=np.float64), np.asarray(errors, dtype=np.float64) ** 2
    x = np.ones((y.size, 1)) if columns is None else np.asarray(columns, dtype=np.float64)
    if y.ndim != 1 or d.shape != y.shape or x.ndim != 2 or x.shape[0] != y.size:
        raise ValueError("one estimate, one error and one row of columns for each area")
    if not (np.isfinite(y).all() and np.isfinite(d).all() and (d > 0).all() and np.isfinite(x).all()):
        raise ValueError("estimates, errors and columns must be finite, and errors above 0")
    if np.linalg.matrix_rank(x) < x.shape[1]:
        raise ValueError("a column of the line is a mixture of the others")
    return y, d, x


def _line(y: Floats, d: Floats, x: Floats, between: float) -> tuple[Floats, Floats]:
    """Coefficients by generalised least squares, and their covariance."""
    w = 1 / (between + d)
    inverse = np.asarray(np.linalg.inv(x.T @ (w[:, None] * x)), dtype=np.float64)
    return np.asarray(inverse @ (x.T @ (w * y)), dtype=np.float64), inverse


def _log_restricted(between: float, y: Floats, d: Floats, x: Floats) -> float:
    line, inverse = _line(y, d, x, between)
    v = between + d
    return float(-(np.log(v).sum() - np.linalg.slogdet(inverse)[1] + (((y - x @ line) ** 2) / v).sum()) / 2)


def _between(y: Floats, d: Floats, x: Floats, *, adjust: bool) -> float:
    """Variance between areas, where the restricted likelihood (times the variance itself, if adjusted) is highest."""
    most = float(np.var(y) * 4 + d.max())

    def loss(log_between: float) -> float:
        v = float(np.exp(log_between))
        return -(_log_restricted(v, y, d, x) + (log_between if adjust else 0.0))

    # In the log, from next to nothing: a likelihood that is highest at 0 ends at the lowest place, which counts as 0.
    ends = (np.log(most) - 25.0, np.log(most))
    places = np.linspace(*ends, 101)
    best = places[int(np.argmin([loss(p) for p in places]))]
    step = places[1] - places[0]
    found = minimize_scalar(loss, bounds=(best - step, best + step), method="bounded", options={"xatol": 1e-9})
    v = float(np.exp(found.x))
    return 0.0 if not adjust and _log_restricted(0.0, y, d, x) >= _log_restricted(v, y, d, x) else v


def _mean_squared_error(d: Floats, x: Floats, between: float) -> Floats:
    """g1 + g2 + 2 g3 of each area."""
    v = between + d
    g1 = between * d / v
    at = np.linalg.inv(x.T @ (x / v[:, None]))
    g2 = (d / v) ** 2 * np.einsum("ai,ij,aj->a", x, at, x)
    g3 = d**2 / v**3 * 2 / (1 / v**2).sum()
    return np.asarray(g1 + g2 + 2 * g3, dtype=np.float64)
