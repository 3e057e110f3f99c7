"""The same units under each choice of allowing for more difference than chance explains.

Eight choices: none; one factor for all (extremes winsorised, left out, or kept); one variance between units (the same
three); and a variance that a few cannot move. How many lie outside depends on the choice, often by a factor of two:
D. J. Spiegelhalter, Statistics in Medicine 24 (2005) 1185-1202, and Quality and Safety in Health Care 14 (2005)
347-351. Scales and estimates: `spread`, `ordinary`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from casetrail.stats.ordinary import ADDED, for_few, ordinary
from casetrail.stats.spread import Extremes, Floats, Scale, on_scale, spread

Adjustment = Literal["none", "multiplied", "added", "ordinary"]
EXTREMES: tuple[Extremes, ...] = ("winsorised", "left out", "kept")


@dataclass(frozen=True, slots=True)
class Choice:
    """Limits around `level` on a scale of even variance, from the variance of chance times `factor`, plus `tau2`.

    `added`: what is added to numerator and denominator before they are put on the scale (`ordinary.for_few`).
    """

    adjustment: Adjustment
    extremes: Extremes | None
    level: float
    factor: float
    tau2: float
    added: tuple[float, float] = (0.0, 0.0)

    def deviation(self, s: Floats) -> Floats:
        """Standard deviations that chance, with standard errors `s`, and this choice allow."""
        return np.asarray(np.sqrt(self.factor * s**2 + self.tau2))

    def z(self, y: Floats, s: Floats) -> Floats:
        """Units with values `y` and standard errors `s` by chance, against this choice."""
        return np.asarray((y - self.level) / self.deviation(s))


@dataclass(frozen=True, slots=True)
class Result:
    """All units under one choice: two-sided p, and on which side each lies (-1, 0, 1)."""

    choice: Choice
    p: Floats
    sign: Floats

    def side(self, level: float) -> npt.NDArray[np.int8]:
        """-1 below the limits at this level, 1 above them, 0 within."""
        return np.asarray(np.where(self.p < 1 - level, self.sign, 0), dtype=np.int8)

    def outside(self, level: float) -> tuple[int, int]:
        """How many lie below, and how many above."""
        side = self.side(level)
        return int(np.sum(side < 0)), int(np.sum(side > 0))


def side_by_side(
    numerators: npt.ArrayLike, denominators: npt.ArrayLike, *, scale: Scale = "share", plain_p: Floats | None = None
) -> tuple[Result, ...]:
    """Every choice, on the same counts. `denominators` are cases for a share, expected numbers for a ratio.

    `plain_p`: exact two-sided p for the choice of no adjustment; without it that is as normal as the others.
    Fewer than five units have no last choice. Raises: ValueError for counts that the scale cannot take.
    """
    found = spread(numerators, denominators, scale=scale, extremes="kept")
    made = choices(numerators, denominators, scale=scale)
    results = [result(one, one.z(found.y, found.s)) for one in made]
    if made[-1].added != (0.0, 0.0):
        few = on_scale(*for_few(numerators, denominators, scale=scale), scale)
        results[-1] = result(made[-1], made[-1].z(*few[:2]))
    if plain_p is not None:
        results[0] = Result(made[0], plain_p, results[0].sign)
    return tuple(results)


def choices(
    numerators: npt.ArrayLike, denominators: npt.ArrayLike, *, scale: Scale = "share", counted: bool = True
) -> tuple[Choice, ...]:
    """What each choice makes of the units; the last, `ordinary`, is missing for fewer than five of them.

    `counted`: the numerators are counts, of which there may be few.
    Raises: ValueError for counts that the scale cannot take.
    """
    spreads = {kept: spread(numerators, denominators, scale=scale, extremes=kept) for kept in EXTREMES}
    target = spreads["kept"].target
    made = [Choice("none", None, target, 1.0, 0.0)]
    made += [Choice("multiplied", kept, target, max(1.0, of.phi), 0.0) for kept, of in spreads.items()]
    made += [Choice("added", kept, target, 1.0, of.tau2) for kept, of in spreads.items()]
    added = ADDED.get(scale, (0.0, 0.0)) if counted else (0.0, 0.0)
    few = for_few(numerators, denominators, scale=scale) if counted else (numerators, denominators)
    last = ordinary(*few, scale=scale)
    if last is not None:
        made.append(Choice("ordinary", None, last.level, 1.0, last.tau2, added))
    return tuple(made)


def choices_of_means(values: npt.ArrayLike, errors: npt.ArrayLike, target: float) -> tuple[Choice, ...]:
    """The same for means with standard errors `errors` by chance, on their own scale.

    Factors do not depend on the scale and variances only by its square: the means are moved to where roots of ratios
    lie, judged there, and moved back. Raises: ValueError for no unit, different lengths, or an error not above 0.
    """
    y, s = (np.asarray(a, dtype=np.float64) for a in (values, errors))
    if y.ndim != 1 or y.shape != s.shape or y.size == 0 or bool(np.any(~(s > 0))):
        raise ValueError("means and their standard errors must be equally long, not empty, and the errors above 0")
    far = float(np.max(np.abs(y - target)))
    unit = 2.0 * far if far > 0 else 1.0
    sizes = 0.25 * (unit / s) ** 2
    made = choices(sizes * (1.0 + (y - target) / unit) ** 2, sizes, scale="root ratio", counted=False)
    return tuple(replace(one, level=target + unit * (one.level - 1.0), tau2=unit * unit * one.tau2) for one in made)


def result(choice: Choice, z: Floats, p: Floats | None = None) -> Result:
    """Units with these z under a choice; p is that of a normal z unless given."""
    return Result(choice, np.asarray(2.0 * ndtr(-np.abs(z))) if p is None else p, np.sign(z))
