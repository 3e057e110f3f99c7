"""More difference between units than chance explains, as a factor or as a variance, on a scale of even variance.

Source: D. J. Spiegelhalter and others, "Statistical methods for healthcare regulation: rating, screening and
surveillance", Journal of the Royal Statistical Society A 175 (2012) 1-47: z on a transformed scale, extremes
winsorised or left out, a multiplicative factor phi, and an additive variance tau² between units, by the method of
moments of R. DerSimonian and N. Laird, Controlled Clinical Trials 7 (1986) 177-188.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Scale = Literal["share", "log ratio", "root ratio", "ratio of counts"]
Extremes = Literal["winsorised", "left out", "kept"]


@dataclass(frozen=True, slots=True)
class Spread:
    """Units on a scale of even variance: `y` with standard errors `s`, against `target`.

    `phi` is the factor by which the squared z exceed those of chance, `tau2` the variance between units. Both come from
    the units that are not extreme. A unit's z against chance alone, or against chance and ordinary differences.
    """

    y: Floats
    s: Floats
    target: float
    phi: float
    tau2: float

    @property
    def z(self) -> Floats:
        """Against chance alone."""
        return np.asarray((self.y - self.target) / self.s, dtype=np.float64)

    @property
    def z_multiplied(self) -> Floats:
        """Against chance, made wider by the same factor for all."""
        return np.asarray(self.z / np.sqrt(max(self.phi, 1.0)), dtype=np.float64)

    @property
    def z_added(self) -> Floats:
        """Against chance and a variance between units: the large are not treated as if they had none."""
        return np.asarray((self.y - self.target) / np.sqrt(self.s**2 + self.tau2), dtype=np.float64)


def spread(
    numerators: npt.ArrayLike,
    denominators: npt.ArrayLike,
    *,
    scale: Scale = "share",
    extremes: Extremes = "winsorised",
    share: float = 0.1,
) -> Spread:
    """How far units differ. `denominators` are cases for a share, expected numbers for a ratio.

    `extremes`: the lowest and highest `share` of z are replaced by the quantile there (type 7), left out by rank, or
    kept. Raises: ValueError on different lengths, no unit, or counts that the scale cannot take.
    """
    x, n = (np.asarray(a, dtype=np.float64) for a in (numerators, denominators))
    y, s, target = on_scale(x, n, scale)
    z = (y - target) / s
    if extremes == "winsorised":
        z, used = np.clip(z, *np.quantile(z, [share, 1.0 - share])), np.ones(z.size, dtype=np.bool_)
    elif extremes == "left out":
        used = _middle(z, share)
    else:
        used = np.ones(z.size, dtype=np.bool_)
    phi = float(np.mean(z[used] ** 2))
    return Spread(y, s, target, phi, _between(phi, s[used]))


def on_scale(x: Floats, n: Floats, scale: Scale) -> tuple[Floats, Floats, float]:
    """Units on a scale of even variance, their standard errors by chance, and the level of all together.

    Raises: ValueError on different lengths, no unit, or counts that the scale cannot take.
    """
    if x.ndim != 1 or x.shape != n.shape or x.size == 0 or bool(np.any(n <= 0) or np.any(x < 0)):
        raise ValueError("numerators and denominators must be equally long, not empty, and counts")
    if scale == "share":
        if bool(np.any(x > n)):
            raise ValueError("a share needs numerators within their denominators")
        return np.arcsin(np.sqrt(x / n)), 0.5 / np.sqrt(n), float(np.arcsin(np.sqrt(x.sum() / n.sum())))
    if scale == "root ratio":
        return np.sqrt(x / n), 0.5 / np.sqrt(n), 1.0
    if scale == "log ratio":
        if bool(np.any(x == 0)):
            raise ValueError("a logarithm needs an event in each unit; take the root of the ratio instead")
        return np.log(x / n), 1.0 / np.sqrt(n), 0.0
    s = np.sqrt(x / (x + 0.5) ** 2 + n / (n + 0.5) ** 2)
    return np.log((x + 0.5) / (n + 0.5)), s, float(np.log(x.sum() / n.sum()))


def _middle(z: Floats, share: float) -> npt.NDArray[np.bool_]:
    """All but the lowest and highest share, by rank."""
    cut = int(np.floor(share * z.size))
    rank = np.empty(z.size, dtype=np.int64)
    rank[np.argsort(z, kind="stable")] = np.arange(z.size)
    return (rank >= cut) & (rank < z.size - cut)


def _between(phi: float, s: Floats) -> float:
    """tau²: what phi leaves of chance, over the effective number of weights; never below 0."""
    k, w = s.size, 1.0 / s**2
    room = w.sum() - np.sum(w**2) / w.sum()
    return max(0.0, float((k * phi - (k - 1)) / room)) if room > 0 else 0.0
