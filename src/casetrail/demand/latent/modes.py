"""Where the draws are heaped: a smooth curve through them, its tops, and how much lies under each."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.signal import fftconvolve

from casetrail.kernels.mixture.shape import Floats, Ints

# A heap with less than this is counted to the one beside it; so is one whose saddle is nearly as high as its top.
LEAST, SADDLE = 0.01, 0.9
POINTS = 512
# What the curve is drawn over: all but this share of the draws at the upper end.
BEYOND = 0.001


@dataclass(frozen=True, slots=True)
class Mode:
    """A top of the posterior, in persons in all, and the probability between the lowest places beside it."""

    total: int
    low: int
    high: int
    probability: float


@dataclass(frozen=True, slots=True)
class Curve:
    """The posterior as a line: `density` is the probability of each single number at `totals`, both (points,)."""

    totals: Floats
    density: Floats


def curve(totals: Floats, n: int, worth: float) -> Curve:
    """Kernel density of the logarithm of `totals` (any shape), which are worth so many independent draws.

    The bandwidth is 0.9 min(sd, IQR / 1.349) worth**-0.2 (B. W. Silverman, Density Estimation, 1986, section 3.4.2);
    what would lie below the `n` persons seen is folded back.
    """
    x = np.log(totals.ravel())
    quarter, three = np.quantile(x, [0.25, 0.75])
    scale = min(float(x.std()), float(three - quarter) / 1.349) or float(x.std()) or 1e-3
    # Never narrower than from one whole number to the next: small totals are not a heap each.
    width = max(0.9 * scale * max(worth, 2.0) ** -0.2, 1.0 / float(np.median(totals)))
    low, high = float(np.log(n)), float(np.quantile(x, 1.0 - BEYOND)) + 3.0 * width
    low = max(low, float(x.min()) - 3.0 * width)
    # A fine histogram smoothed by convolution: the same curve, at a cost that does not grow with the draws.
    edges = np.linspace(low, high, POINTS + 1)
    gap = edges[1] - edges[0]
    heaped, _ = np.histogram(x, edges)
    reach = int(np.ceil(4.0 * width / gap))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) * gap / width) ** 2)
    full = fftconvolve(heaped.astype(np.float64), kernel / kernel.sum())
    smooth = np.maximum(full[reach : reach + POINTS], 0.0)
    if low == float(np.log(n)):
        folded = full[:reach][::-1][:POINTS]
        smooth[: folded.size] += folded
    middle = (edges[:-1] + edges[1:]) / 2.0
    density = smooth / (x.size * gap)
    return Curve(np.exp(middle), density / np.exp(middle))


def modes(totals: Floats, along: Curve) -> tuple[Mode, ...]:
    """Tops of the density of the logarithm with a hundredth of the probability or more, from few persons to many."""
    height = along.density * along.totals
    x = totals.ravel()
    tops, cuts = _tops(height)
    while True:
        ends = along.totals[cuts]
        shares = np.diff(np.searchsorted(np.sort(x), ends), prepend=0, append=x.size) / x.size
        weak = _weak(height, (tops, cuts), shares)
        if weak is None:
            break
        lost, cut = weak
        tops, cuts = np.delete(tops, lost), np.delete(cuts, cut)
    bounds = [float(x.min()), *ends.tolist(), float(x.max())]
    return tuple(
        Mode(round(float(along.totals[top])), round(bounds[i]), round(bounds[i + 1]), float(share))
        for i, (top, share) in enumerate(zip(tops, shares, strict=True))
    )


def _tops(height: Floats) -> tuple[Ints, Ints]:
    """Places higher than both neighbours, and the lowest place between each two of them."""
    padded = np.concatenate([[-1.0], height, [-1.0]])
    tops = np.flatnonzero((padded[1:-1] > padded[:-2]) & (padded[1:-1] >= padded[2:]))
    cuts = [a + int(np.argmin(height[a:b])) for a, b in pairwise(tops)]
    return tops, np.array(cuts, dtype=np.int64)


def _weak(height: Floats, of: tuple[Ints, Ints], shares: Floats) -> tuple[int, int] | None:
    """A top that is no heap of its own and the cut that goes with it: the one that stands out least; or None."""
    tops, cuts = of
    if tops.size < 2:
        return None
    saddle = height[cuts]
    beside = np.maximum(np.append(saddle, 0.0), np.insert(saddle, 0, 0.0))
    stands = beside / height[tops]
    weak = np.flatnonzero((stands > SADDLE) | (shares < LEAST))
    if not weak.size:
        return None
    lost = int(weak[np.argmax(stands[weak])])
    left = lost > 0 and (lost == tops.size - 1 or saddle[lost - 1] >= saddle[lost])
    return lost, lost - 1 if left else lost
