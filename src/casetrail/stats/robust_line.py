"""A line through counts, and the ordinary differences about it, that a few units far out cannot move.

P. J. Huber, "Robust statistics" (1981) ch. 6 and 7, proposal 2: differences are clipped at 1.5 deviations, and the
variance between units is the one under which they are as wide as clipped standard normal values are. Differences are
taken on the scale of even deviation (`even_scale`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import ndtr

from casetrail.stats.count_fit import Cases, Fit, Floats, moments
from casetrail.stats.even_scale import place, seen
from casetrail.stats.identify import NotFit

CLIP = 1.5
STEPS = 200
CLOSE = 1e-7
ALONE = 1.0 - 1e-6
BLOCK = 256

_INSIDE = float(ndtr(CLIP) - ndtr(-CLIP))
_DENSITY = float(np.exp(-(CLIP**2) / 2) / np.sqrt(2 * np.pi))
_SQUARES = _INSIDE - 2.0 * CLIP * _DENSITY
_FOURTHS = 3.0 * _INSIDE - 2.0 * _DENSITY * (CLIP**3 + 3.0 * CLIP)
# Mean of the squares of standard normal values clipped at CLIP.
WIDTH = _SQUARES + CLIP**2 * (1.0 - _INSIDE)
# How much wider the clipped estimate of a line is than the plain one, where all is normal.
PRICE = WIDTH / _INSIDE**2
# How many plain squares one clipped square is worth in telling a variance, where all is normal.
WORTH = 2.0 * _SQUARES**2 / (_FOURTHS + CLIP**4 * (1.0 - _INSIDE) - WIDTH**2)


def variances(of: Cases, expected: Floats, tau2: float) -> tuple[Floats, Floats]:
    """Variance of the logarithm of a ratio: by chance and ordinary differences, and with rounding as well."""
    information = expected if of.family == "poisson" else expected * (1.0 - expected / of.size)
    even = 1.0 / information + tau2
    return even, even + (of.rounded_to**2 - 1.0) / 12.0 / information**2


def settle(of: Cases, design: Floats, plain: Fit) -> tuple[Floats, float]:
    """Line, on the scale of the design, and tau² of all units together. Raises: NotFit."""
    line, tau2 = _on_design(of, plain), 0.0
    for _ in range(STEPS):
        expected, _ = moments(of, design @ line)
        _, variance = variances(of, expected, tau2)
        inverse = np.linalg.inv((design / variance[:, None]).T @ design)
        leverage = np.einsum("ij,jk,ik->i", design, inverse, design) / variance
        far = standardised(of, expected, tau2)
        move = inverse @ (design.T @ (np.clip(far, -CLIP, CLIP) / np.sqrt(variance)))
        now = spread_beyond(of, expected, np.maximum(1.0 - leverage, 1.0 - ALONE))
        line, changed, tau2 = line + move, abs(now - tau2), now
        if float(np.abs(design @ move).max()) < CLOSE and changed < CLOSE:
            return line, tau2
    raise NotFit("not_converged", "the line and the ordinary differences did not settle")


def without_each(
    of: Cases, design: Floats, line: Floats, *, tau2: float, only: int | None = None
) -> tuple[Floats, Floats]:
    """For each unit the line of all others, shape (units, coefficients), and the variance that line has there (units,).

    Both are nan for a unit that alone tells a coefficient, since the others say nothing of it, and for all but `only`.
    Raises: NotFit.
    """
    expected, _ = moments(of, design @ line)
    _, variance = variances(of, expected, tau2)
    inverse = np.linalg.inv((design / variance[:, None]).T @ design)
    leverage = np.einsum("ij,jk,ik->i", design, inverse, design) / variance
    pull = np.clip(standardised(of, expected, tau2), -CLIP, CLIP) / np.sqrt(variance)
    told = np.flatnonzero((leverage <= ALONE) & ((np.arange(leverage.size) == only) | (only is None)))
    # One step of Newton from the line of all; exact were the line straight and nobody far out.
    start = line - (pull[told] / (1.0 - leverage[told]))[:, None] * (design[told] @ inverse)
    lines, doubt = np.full(design.shape, np.nan), np.full(of.observed.size, np.nan)
    for first in range(0, told.size, BLOCK):
        some = slice(first, first + BLOCK)
        lines[told[some]], doubt[told[some]] = _left_out(of, design, tau2, (told[some], start[some]))
    return lines, doubt


def _left_out(
    of: Cases, design: Floats, tau2: float, some: tuple[npt.NDArray[np.intp], Floats]
) -> tuple[Floats, Floats]:
    """Lines without each of some units, all at once: the units, and the lines to start from."""
    units, lines = some
    wide = design.shape[1]
    pairs = (design[:, :, None] * design[:, None, :]).reshape(-1, wide * wide)
    others = np.ones((units.size, design.shape[0]))
    others[np.arange(units.size), units] = 0.0
    observed = seen(of, tau2)
    for _ in range(STEPS):
        expected, _ = moments(of, lines @ design.T)
        even, variance = variances(of, expected, tau2)
        far = np.clip((observed - place(expected, of, tau2)) * np.sqrt(even / variance), -CLIP, CLIP)
        inverse = np.linalg.inv(((others / variance) @ pairs).reshape(-1, wide, wide))
        move = np.einsum("uab,ub->ua", inverse, (others * far / np.sqrt(variance)) @ design)
        lines = lines + move
        if float(np.abs(move).max()) < CLOSE:
            return lines, PRICE * np.einsum("ua,uab,ub->u", design[units], inverse, design[units])
    raise NotFit("not_converged", "the line of the others did not settle for a unit")


def standardised(of: Cases, expected: Floats, tau2: float) -> Floats:
    """How many deviations each observed count lies from its expectation."""
    even, variance = variances(of, expected, tau2)
    return np.asarray((seen(of, tau2) - place(expected, of, tau2)) * np.sqrt(even / variance))


def spread_beyond(of: Cases, expected: Floats, room: Floats) -> float:
    """tau² under which the clipped differences are as wide as normal ones; 0 where chance alone is wide enough.

    `room` is 1 less the leverage: a unit draws the line towards itself.
    """

    def excess(tau2: float) -> float:
        squares = standardised(of, expected, tau2) ** 2 / room
        return float(np.mean(np.minimum(squares, CLIP**2))) - WIDTH

    if excess(0.0) <= 0:
        return 0.0
    high = 0.01
    while excess(high) > 0:
        high *= 4.0
        if high > 1e6:
            raise NotFit("not_converged", "no variance between units is wide enough")
    return float(brentq(excess, 0.0, high, xtol=1e-10, rtol=1e-8))


def _on_design(of: Cases, plain: Fit) -> Floats:
    """The plain fit, on the scale of the design."""
    middle, width = of.scales
    slopes = plain.coefficients[1:]
    return np.concatenate([[plain.coefficients[0] + float(np.sum(slopes * middle))], slopes * width])
