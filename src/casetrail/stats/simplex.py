"""Weights of 0 and more that add up to 1 and bring a mix of units closest to another unit.

Source: A. Abadie, A. Diamond and J. Hainmueller, Journal of the American Statistical Association 105 (2010) 493-505,
with outcomes before the event as the only predictors.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import nnls

Floats = npt.NDArray[np.float64]

# So small a penalty decides only between mixes that are equally close: the most even one is taken.
EVEN = 1e-6


def simplex_weights(target: Floats, donors: Floats, *, ridge: float = 0.0) -> Floats:
    """Weights of the donors, in order. `target` (periods,), `donors` (donors, periods).

    Least squares, plus `ridge` (in squared units of the outcome) times the sum of squared weights, which spreads them.
    Raises: ValueError on different periods or no donor.
    """
    if donors.ndim != 2 or donors.shape[1:] != target.shape or donors.shape[0] == 0:
        raise ValueError("donors must be rows of as many periods as the target has")
    gap = donors - target
    scale = float(np.sqrt(np.mean(gap**2))) or 1.0
    spread = np.sqrt(ridge / scale**2 + EVEN * target.size)
    # Weights w = u / sum(u), where u >= 0 brings both the gap to 0 and its own sum to 1: for each direction of u the
    # best length leaves |gap| / (|gap| + 1), which falls with |gap|, so that the direction is that of the best weights.
    rows = np.concatenate([gap.T / scale, spread * np.eye(donors.shape[0]), np.ones((1, donors.shape[0]))])
    wanted = np.zeros(rows.shape[0])
    wanted[-1] = 1.0
    found, _ = nnls(rows, wanted)
    return np.asarray(found / found.sum(), dtype=np.float64)
