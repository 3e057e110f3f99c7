"""Did several chains of a sampler settle on one distribution, and how many independent draws are they worth?

Source: A. Vehtari, A. Gelman, D. Simpson, B. Carpenter and P.-C. Buerkner, "Rank-normalization, folding, and
localization: an improved R-hat for assessing convergence of MCMC", Bayesian Analysis 16 (2021) 667-718. Each chain is
split in two halves, so that a chain that drifts disagrees with itself. Draws are replaced by normal scores of their
ranks, so that heavy tails do not hide a disagreement. Autocorrelations are summed until pairs of them turn negative
(C. J. Geyer, Statistical Science 7 (1992) 473-483).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log10

import numpy as np
import numpy.typing as npt
from scipy.fft import irfft, next_fast_len, rfft
from scipy.special import ndtri
from scipy.stats import rankdata

Floats = npt.NDArray[np.float64]
# Halves of a chain shorter than this have no autocorrelations worth the name.
FEWEST = 4


@dataclass(frozen=True, slots=True)
class Agreement:
    """How well chains agree on one number.

    `rhat` is the larger of the rank-normalised split R-hat and its folded form (1 when chains agree); `plain_rhat` is
    the split R-hat of the values themselves; `bulk` and `tail` are effective sample sizes, in draws, for the middle
    and for the worse of the 5 % and 95 % quantiles.
    """

    rhat: float
    plain_rhat: float
    bulk: float
    tail: float


def agreement(draws: npt.ArrayLike) -> Agreement:
    """All four figures for `draws`, shape (chains, draws).

    Raises: ValueError for another shape, fewer than eight draws a chain, or values that are not finite.
    """
    x = _checked(draws)
    return Agreement(_ranked_rhat(x), _rhat(_split(x)), _ess(_scores(_split(x))), _tail(x))


def split_rhat(draws: npt.ArrayLike) -> float:
    """Split R-hat of the values themselves. `draws` and errors as for `agreement`; NaN where all values are equal."""
    return _rhat(_split(_checked(draws)))


def rank_rhat(draws: npt.ArrayLike) -> float:
    """The larger of the rank-normalised split R-hat and that of the distances from the median."""
    return _ranked_rhat(_checked(draws))


def bulk_ess(draws: npt.ArrayLike) -> float:
    """Effective number of draws for the middle of the distribution, over all chains."""
    return _ess(_scores(_split(_checked(draws))))


def tail_ess(draws: npt.ArrayLike) -> float:
    """The smaller of the effective numbers of draws for the 5 % and the 95 % quantile, over all chains."""
    return _tail(_checked(draws))


def _checked(draws: npt.ArrayLike) -> Floats:
    x = np.asarray(draws, dtype=np.float64)
    if x.ndim != 2 or x.shape[0] < 1 or x.shape[1] < 2 * FEWEST:
        raise ValueError("draws have the shape (chains, draws), with at least eight draws in a chain")
    if not bool(np.all(np.isfinite(x))):
        raise ValueError("a draw is not finite")
    return x


def _split(x: Floats) -> Floats:
    """Halves as chains of their own; the middle draw of an odd chain belongs to neither."""
    half = x.shape[1] // 2
    return np.concatenate([x[:, :half], x[:, -half:]])


def _scores(x: Floats) -> Floats:
    """Normal scores of the ranks over all chains (G. Blom 1958): ties share the mean of their ranks."""
    ranks = rankdata(x, method="average").reshape(x.shape)
    return np.asarray(ndtri((ranks - 0.375) / (x.size + 0.25)), dtype=np.float64)


def _rhat(x: Floats) -> float:
    length = x.shape[1]
    within = float(x.var(axis=1, ddof=1).mean())
    between = float(x.mean(axis=1).var(ddof=1))
    if within == 0.0:
        return float("nan") if between == 0.0 else float("inf")
    return float(np.sqrt((length - 1) / length + between / within))


def _ranked_rhat(x: Floats) -> float:
    halves = _split(x)
    folded = np.abs(halves - np.median(halves))
    return max(_rhat(_scores(halves)), _rhat(_scores(folded)))


def _tail(x: Floats) -> float:
    below = [(x <= np.quantile(x, q)).astype(np.float64) for q in (0.05, 0.95)]
    return min(_ess(_split(b)) for b in below)


def _autocovariances(x: Floats) -> Floats:
    """Of each chain at each lag, divided by the length (the biased form, which keeps the sums stable)."""
    length = x.shape[1]
    size = next_fast_len(2 * length)
    spectrum = rfft(x - x.mean(axis=1, keepdims=True), n=size, axis=1)
    power = irfft(spectrum.real**2 + spectrum.imag**2, n=size, axis=1)
    return np.asarray(power[:, :length] / length, dtype=np.float64)


def _ess(x: Floats) -> float:
    """Effective sample size of chains (halves already): the number of draws over the summed autocorrelations."""
    chains, length = x.shape
    covariances = _autocovariances(x)
    within = float(covariances[:, 0].mean()) * length / (length - 1)
    if within == 0.0:
        return float("nan")
    total = within * (length - 1) / length
    if chains > 1:
        total += float(x.mean(axis=1).var(ddof=1))
    correlations = 1.0 - (within - covariances.mean(axis=0)) / total
    correlations[0] = 1.0
    time = max(_summed(correlations), 1.0 / log10(chains * length))
    return float(chains * length / time)


def _summed(correlations: Floats) -> float:
    """Geyer's initial monotone sequence: sums of neighbouring pairs while they are positive, never rising again."""
    usable = (correlations.size - 3) // 2 * 2
    pairs = correlations[0:usable:2] + correlations[1 : usable + 1 : 2]
    below = np.flatnonzero(pairs[1:] <= 0.0)
    end = int(below[0]) + 1 if below.size else pairs.size
    kept = np.minimum.accumulate(pairs[:end])
    # One more even term stands in for the half of the pair that was cut off.
    more = correlations[2 * end] if 2 * end < correlations.size else 0.0
    return float(-1.0 + 2.0 * kept.sum() + max(more, 0.0))
