"""Excess mass at a notch: cases moved to one side of a limit leave a hole on the other, and both must balance.

Method: H. J. Kleven and M. Waseem, "Using notches to uncover optimization frictions and structural elasticities",
Quarterly Journal of Economics 128 (2013) 669-723, section IV: where the hole ends is not seen, so the curve is drawn
anew with ever more bins above the limit left out, until the hole is as large as the excess.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from casetrail.stats.bunching import Fit, Floats, Plan, plan


@dataclass(frozen=True, slots=True)
class Notch:
    """`excess` cases up to the limit; `missing` ones above it, as far as the bin at `reach`.

    `balanced` is False when no end was found at which the hole is as large as the excess: then the moved cases came
    from further away than the bins go, or there is no hole at all, and `excess` must not be read as moved cases.
    """

    excess: float
    normalised: float
    missing: float
    reach: float
    balanced: bool
    counterfactual: Floats


def notch(counts: npt.ArrayLike, at: npt.ArrayLike, limit: float, *, fit: Fit | None = None) -> Notch:
    """Find the end of the hole above the limit and the excess up to it; `fit.right` and `fit.integrate` play no part.

    Of two neighbouring ends the first at which the hole is at least as large as the excess is taken. When none is
    found, the end with the smallest difference is given, not balanced. Raises: ValueError as `plan` does.
    """
    c = np.asarray(counts, dtype=np.float64)
    places = np.asarray(at, dtype=np.float64)
    asked = fit or Fit()
    best: Notch | None = None
    for right in range(1, places.size):
        try:
            ready = plan(places, limit, replace(asked, right=right))
        except ValueError:
            if best is None:
                raise
            break
        found = _one(c, ready)
        if found.balanced:
            return found
        if best is None or abs(found.excess - found.missing) < abs(best.excess - best.missing):
            best = found
    if best is None:
        raise ValueError("there is no bin above the limit")
    return best


def _one(c: Floats, ready: Plan) -> Notch:
    curve = ready.draw @ c[ready.kept]
    up_to = ready.window & ~ready.above
    hole = ready.window & ready.above
    excess = float((c - curve)[up_to].sum())
    missing = float((curve - c)[hole].sum())
    return Notch(
        excess=excess,
        normalised=excess / float(curve[up_to].mean()),
        missing=missing,
        reach=float(ready.at[hole][-1]),
        # Equal but for the last digits of the arithmetic is equal.
        balanced=0 < excess <= missing * (1 + 1e-9),
        counterfactual=curve,
    )
