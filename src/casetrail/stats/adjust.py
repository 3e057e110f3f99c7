"""Observed over expected, where the expectation of a unit is learnt from all others and ordinary differences count.

Indirect standardisation by regression (`count_fit`), with three sources of doubt in the limits: chance, ordinary
differences between units that no column explains (a variance tau², as N. E. Breslow, "Extra-Poisson variation in
log-linear models", Applied Statistics 33 (1984) 38-44, and D. A. Williams, "Extra-binomial variation in logistic linear
models", Applied Statistics 31 (1982) 144-148, method III), and the expectation itself. The unit that is judged has no
part in its own expectation (R. D. Cook and S. Weisberg, "Residuals and influence in regression" (1982) 18-22).

The line and tau² are Huber's, clipped at 1.5 deviations on the scale of even deviation (`even_scale`), so that a few
units far out move neither (P. J. Huber, "Robust statistics" (1981) ch. 6 and 7, proposal 2).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri, stdtr, stdtrit

from casetrail.stats.count_fit import Cases, Fit, Floats, fit, moments
from casetrail.stats.even_scale import back, nudged, place, seen
from casetrail.stats.robust_line import WORTH, settle, variances, without_each


@dataclass(frozen=True, slots=True)
class Adjusted:
    """One entry per unit; nan where a unit is the only one to tell a coefficient, so that others say nothing of it.

    `expected` are the counts that all others lead to expect of this unit; `fit` is the plain fit of all together, with
    the unit in it. `chance` and `doubt` are the variances that chance (with rounding) and the expectation give the
    logarithm of the ratio (of the odds ratio for shares), `tau2` that of ordinary differences.
    """

    of: Cases
    fit: Fit
    expected: Floats
    chance: Floats
    doubt: Floats
    tau2: float

    @property
    def z(self) -> Floats:
        """Against chance, ordinary differences and doubt, as a standard normal value would be as far out."""
        t = (seen(self.of, self.tau2) - place(self.expected, self.of, self.tau2)) / self._reach(
            self.expected, self.tau2
        )
        tail = np.maximum(stdtr(self._freedom, -np.abs(t)), 1e-300)
        return np.asarray(-np.sign(t) * ndtri(tail), dtype=np.float64)

    @property
    def ratio(self) -> Floats:
        """Observed over expected; for shares the ratio of the odds, infinite where every case was counted."""
        return self._ratio(self.of.observed)

    def limits(self, level: float = 0.95, *, ordinary: bool = True) -> tuple[Floats, Floats]:
        """Limits of the ratio; they hold 1 just where z is within its own. Without `ordinary`: chance and doubt only.

        Raises: ValueError when the level is not strictly between 0 and 1.
        """
        if not 0 < level < 1:
            raise ValueError("the level must lie strictly between 0 and 1")
        tau2 = self.tau2 if ordinary else 0.0
        quantile = float(stdtrit(self._freedom, 0.5 + level / 2) if ordinary else ndtri(0.5 + level / 2))
        # Against 1 the deviation is that of the expected count; of the ratio as it is, that of the observed one.
        at = self.expected if ordinary else nudged(self.of)
        middle, half = seen(self.of, tau2), quantile * self._reach(at, tau2)
        return self._ratio(back(middle - half, self.of, tau2)), self._ratio(back(middle + half, self.of, tau2))

    @property
    def _freedom(self) -> float:
        # tau² is itself an estimate: a unit left out of it has a t distribution, with fewer degrees for the clipping.
        return WORTH * (int(self.of.observed.size) - int(self.of.columns.shape[1]) - 2)

    def _reach(self, at: Floats, tau2: float) -> Floats:
        """One deviation on the even scale at some counts: more than 1 by rounding and the doubt of the expectation."""
        even, whole = variances(self.of, at, tau2)
        return np.asarray(np.sqrt((whole + self.doubt) / even), dtype=np.float64)

    def _ratio(self, counts: Floats) -> Floats:
        if self.of.family == "poisson":
            return np.asarray(counts / self.expected, dtype=np.float64)
        with np.errstate(divide="ignore"):
            odds = counts / (self.of.size - counts)
        return np.asarray(odds * (self.of.size - self.expected) / self.expected, dtype=np.float64)


def adjusted(of: Cases, only: int | None = None) -> Adjusted:
    """Every unit against what all others lead to expect of it; with `only`, just the unit at that index (others nan).

    Raises: NotFit when the columns cannot be fitted, or nothing settles.
    """
    plain = fit(of)
    design = of.design
    line, tau2 = settle(of, design, plain)
    lines, doubt = without_each(of, design, line, tau2=tau2, only=only)
    expected, _ = moments(of, np.einsum("ij,ij->i", design, lines))
    chance = variances(of, expected, tau2)[1] - tau2
    return Adjusted(of, plain, expected, chance, doubt, tau2)
