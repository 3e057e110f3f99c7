"""How far a simulated mean lies from a known one, in standard errors that allow for what is alike in neighbours.

Batch means (L. Schruben and others; see B. Schmeiser, "Batch size effects in the analysis of simulation output",
Operations Research 30 (1982) 556-568, who finds 10 to 30 batches in a run enough): the first twentieth of a run is
dropped as warm-up, the rest is cut into 20 batches with equally many customers in order of arrival, the batches of all
runs are put together. If batch means that follow each other in a run still resemble each other, the standard error
grows by the root of 1 + 2 r, r their correlation. The quotient has Student's distribution; what is reported is the
normal quantile of the same probability, so that 3 means the same for few batches and for many.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt
from scipy.special import log_ndtr, ndtri_exp
from scipy.stats import t as student

Floats = npt.NDArray[np.float64]
WARM_UP = 0.05
BATCHES = 20


@dataclass(frozen=True, slots=True)
class Distance:
    """A simulated mean beside the known one; `alike` is the correlation of neighbouring batches."""

    found: float
    expected: float
    error: float
    alike: float
    z: float


def batch_means(when: npt.NDArray[np.int64], values: Floats, until: int) -> Floats:
    """Means of the batches of one run; customers after `until` are left out."""
    kept = (when >= until * WARM_UP) & (when <= until)
    inside = values[kept][np.argsort(when[kept], kind="stable")]
    size = len(inside) // BATCHES
    return inside[: size * BATCHES].reshape(BATCHES, size).mean(axis=1)


def distance(runs: Sequence[Floats], expected: float) -> Distance:
    """The mean of all batches of all runs against what is expected."""
    means = np.array(runs)
    count = means.size
    found = float(means.mean())
    gaps = means - found
    spread = float((gaps**2).sum() / (count - 1))
    alike = float((gaps[:, 1:] * gaps[:, :-1]).sum() / (gaps**2).sum()) if spread > 0 else 0.0
    error = sqrt(spread * (1 + 2 * max(0.0, alike)) / count)
    quotient = (found - expected) / error if error > 0 else 0.0
    return Distance(found, expected, error, alike, as_normal(quotient, count - 1))


def as_normal(quotient: float, degrees: int) -> float:
    """The normal quantile that is as improbable as a quotient of Student's distribution."""
    tail = float(student.logsf(abs(quotient), degrees))
    return float(np.sign(quotient)) * -float(ndtri_exp(tail))


def expected_beyond(cells: int, limit: float = 3.0) -> float:
    """How many of so many cells lie beyond a limit, on either side, by chance."""
    return cells * 2 * float(np.exp(log_ndtr(-limit)))


def chance_of_largest(cells: int, largest: float) -> float:
    """How often the largest |z| of so many independent cells is at least this large by chance (Sidak 1967)."""
    return -float(np.expm1(cells * np.log1p(-2 * np.exp(log_ndtr(-largest)))))
