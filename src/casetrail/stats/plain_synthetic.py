"""Plain twin of the weights: steps down the slope, each followed by the way back to weights that add up to 1."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def plain_weights(target: Floats, donors: Floats, *, steps: int = 20_000) -> Floats:
    """Weights of the donors, by projected gradient (J. Duchi and others, ICML 2008, for the projection)."""
    weights = np.full(donors.shape[0], 1 / donors.shape[0])
    size = 1 / np.linalg.norm(donors @ donors.T, 2)
    for _ in range(steps):
        slope = donors @ (weights @ donors - target)
        weights = plain_projection(weights - size * slope)
    return weights


def plain_projection(point: Floats) -> Floats:
    """The nearest point whose entries are 0 or more and add up to 1."""
    down = np.sort(point)[::-1]
    over = 0.0
    for k in range(1, down.size + 1):
        candidate = (down[:k].sum() - 1) / k
        if down[k - 1] - candidate > 0:
            over = candidate
    return np.asarray(np.maximum(point - over, 0.0), dtype=np.float64)
