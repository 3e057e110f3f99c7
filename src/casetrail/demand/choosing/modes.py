"""Is the bootstrap distribution of an estimate one hill or several? Numbers are judged on the log scale.

Estimates of a total are ratios of counts, so that a hill is about as wide for large as for small totals once logs are
taken; on the plain scale the upper tail would break into bumps. How smooth the curve must be is not guessed: it is the
least smoothing at which the curve has m hills (critical bandwidth), and m is the smallest number for which curves of
made-up samples from that very m-hilled curve need as much smoothing at least once in twenty (B. W. Silverman, Journal
of the Royal Statistical Society B 43 (1981) 97-99). A hill that holds less than a twentieth of all is not counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
GRID = 512
MOST = 6
LEAST_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Mode:
    """One hill: where it is highest, from where to where it reaches, and the share of all estimates in it."""

    at: float
    low: float
    high: float
    share: float


@dataclass(frozen=True, slots=True)
class Modes:
    """The hills, lowest total first; `ps[m - 1]`: how often m hills need as much smoothing; `bandwidth` on logs.

    `x` (totals) and `density` (per unit of log total) draw the curve.
    """

    modes: tuple[Mode, ...]
    ps: tuple[float, ...]
    bandwidth: float
    x: Floats
    density: Floats

    @property
    def ratio(self) -> float:
        """Highest hill's total over the lowest one's; 1 when there is one hill."""
        return self.modes[-1].at / self.modes[0].at


def modes(totals: Floats, rng: np.random.Generator, *, draws: int = 100, level: float = 0.05) -> Modes:
    """Hills of positive numbers without gaps. Raises: ValueError for fewer than 20 of them."""
    if totals.size < 20:
        raise ValueError("too few estimates for the shape of their distribution")
    y = np.log(totals)
    if float(np.ptp(y)) < 1e-9:
        at = float(totals[0])
        return Modes((Mode(at, at, at, 1.0),), (1.0,), 0.0, totals[:1], np.ones(1))
    ps: list[float] = []
    for m in range(1, MOST + 1):
        h = _critical(y[None], m)[0]
        ps.append(float(np.mean(_hill_counts(_smoothed(y, h, rng, draws), np.full(draws, h)) > m)))
        if ps[-1] > level:
            break
    # At the critical bandwidth itself a hill is just about to go: a little more, until no grid shows it any longer.
    grid, curve = _curve(y, h)
    while _tops(curve).size > m:
        h *= 1.02
        grid, curve = _curve(y, h)
    return Modes(_hills(y, grid, curve), tuple(ps), float(h), np.exp(grid), curve)


def _curve(y: Floats, h: float) -> tuple[Floats, Floats]:
    grid = np.linspace(float(y.min()) - 3 * h, float(y.max()) + 3 * h, GRID)
    curve = np.exp(-0.5 * ((grid[:, None] - y) / h) ** 2).sum(axis=1) / (y.size * h * np.sqrt(2 * np.pi))
    return grid, curve


def _tops(curve: Floats) -> npt.NDArray[np.intp]:
    rise = np.diff(curve)
    return np.flatnonzero((rise[:-1] > 0) & (rise[1:] <= 0)) + 1


def _smoothed(y: Floats, h: float, rng: np.random.Generator, draws: int) -> Floats:
    """Samples from the curve smoothed by `h`, shrunk so that they spread as much as `y` does: (draws, size of y)."""
    picked = y[rng.integers(0, y.size, size=(draws, y.size))] + h * rng.normal(size=(draws, y.size))
    return np.asarray(y.mean() + (picked - y.mean()) / np.sqrt(1.0 + h * h / float(y.var())), dtype=np.float64)


def _critical(y: Floats, m: int) -> Floats:
    """For each row the least bandwidth with at most m hills."""
    width = np.ptp(y, axis=1)
    low, high = width / (4 * GRID), width.copy()
    for _ in range(22):
        middle = np.sqrt(low * high)
        fits = _hill_counts(y, middle) <= m
        low, high = np.where(fits, low, middle), np.where(fits, middle, high)
    return np.asarray(high)


def _hill_counts(y: Floats, h: Floats) -> npt.NDArray[np.int64]:
    """Hills of the smoothed curve of each row, on a grid (B. W. Silverman, Applied Statistics 31 (1982) 93-99)."""
    rows = y.shape[0]
    low, high = y.min(axis=1) - 3 * h, y.max(axis=1) + 3 * h
    step = (high - low) / (GRID - 1)
    at = (y - low[:, None]) / step[:, None]
    place = np.clip(at.astype(np.int64), 0, GRID - 2)
    part = at - place
    flat = place + GRID * np.arange(rows)[:, None]
    size = rows * GRID
    binned = np.bincount(flat.ravel(), (1 - part).ravel(), size) + np.bincount(flat.ravel() + 1, part.ravel(), size)
    wave = np.fft.rfft(binned.reshape(rows, GRID), 2 * GRID)
    angle = np.pi * np.arange(wave.shape[1]) / GRID
    curve = np.fft.irfft(wave * np.exp(-0.5 * (angle * (h / step)[:, None]) ** 2), 2 * GRID)[:, :GRID]
    # Waves leave ripples of about 1e-16 of the top where there is nothing.
    rise = np.diff(np.where(curve > 1e-9 * curve.max(axis=1, keepdims=True), curve, 0.0), axis=1)
    ups = (rise[:, :-1] > 0) & (rise[:, 1:] <= 0)
    return np.asarray(ups.sum(axis=1) + (rise[:, -1] > 0))


def _hills(y: Floats, grid: Floats, curve: Floats) -> tuple[Mode, ...]:
    tops = _tops(curve).tolist()
    dips = [a + int(np.argmin(curve[a : b + 1])) for a, b in pairwise(tops)]
    cuts = [grid[0], *grid[dips], grid[-1]]
    found = []
    for top, low, high in zip(tops, cuts, cuts[1:], strict=False):
        inside = y[(y >= low) & (y < high)]
        share = inside.size / y.size
        if share >= LEAST_SHARE:
            ends = np.exp([inside.min(), inside.max()])
            found.append(Mode(float(np.exp(grid[top])), float(ends[0]), float(ends[1]), share))
    return tuple(found)
