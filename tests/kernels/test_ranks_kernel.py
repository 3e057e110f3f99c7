"""The largest noise among open claims, against the same in NumPy, claim for claim."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetrail.kernels.ranks import BLOCK, largest_by_unit, largest_of_all

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def made(seed: int, n: int, draws: int) -> tuple[Floats, Floats, Flags, Flags]:
    """Noise, weights that are the same both ways, and claims of which about a third are closed."""
    rng = np.random.default_rng(seed)
    weight = rng.uniform(0.5, 2.0, (n, n))
    apart = ~np.eye(n, dtype=np.bool_)
    above, below = (apart & (rng.random((n, n)) < 0.7) for _ in range(2))
    return rng.standard_normal((n, draws)), (weight + weight.T) / 2, above, below


def expected(x: Floats, weight: Floats, above: Flags, below: Flags) -> Floats:
    out = np.zeros_like(x)
    for j in range(len(x)):
        for k in range(len(x)):
            gap = (x[k] - x[j]) * weight[j, k]
            if above[j, k]:
                out[j] = np.maximum(out[j], gap)
            if below[j, k]:
                out[j] = np.maximum(out[j], -gap)
    return out


@given(st.integers(0, 2**32), st.integers(2, 6), st.sampled_from([1, 3, BLOCK, BLOCK + 1]))
def test_by_unit_and_of_all(seed: int, n: int, draws: int) -> None:
    x, weight, above, below = made(seed, n, draws)
    by_unit = expected(x, weight, above, below)
    asked = np.arange(n) % 2 == seed % 2
    assert largest_by_unit(x, weight, (above, below), np.ones(n, dtype=np.bool_)) == pytest.approx(by_unit)
    found = largest_by_unit(x, weight, (above, below), asked)
    assert found[asked] == pytest.approx(by_unit[asked])
    assert not found[~asked].any()
    of_all = expected(x, weight, above, np.zeros_like(below)).max(axis=0)
    assert largest_of_all(x, weight, above) == pytest.approx(of_all)


def test_no_open_claim_has_no_noise() -> None:
    x, weight, above, _ = made(1, 3, 7)
    assert not largest_of_all(x, weight, np.zeros_like(above)).any()
