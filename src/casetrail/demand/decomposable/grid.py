"""Sums over very many whole numbers from a few places: blocks that grow, each with a rule exact for polynomials.

A block of whole numbers is summed with the Gauss rule of that block itself (nodes between the numbers, weights that
add up to how many there are), which is exact for polynomials of a degree up to 2 x 12 - 1. Recurrence of the discrete
Chebyshev polynomials: W. Gautschi, Orthogonal Polynomials: Computation and Approximation, 2004, section 1.5.1; nodes
and weights as eigenvalues: G. H. Golub and J. H. Welsch, Mathematics of Computation 23 (1969) 221-230.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# Places in a block, and its width in standard deviations of the sharpest peak that can be there. Such a peak is then
# summed to about 1e-11 of itself.
PLACES = 12
DEVIATIONS = 4.0


@dataclass(frozen=True, slots=True)
class Blocks:
    """Whole numbers from `starts[0]` to `starts[-1] - 1`, in blocks; the i-th begins at `starts[i]`.

    `at`, shape (blocks, 12), places that rise; `weight`, how many numbers each stands for. A block of 12 numbers or
    fewer has the numbers themselves; places that are left over have the weight 0.
    """

    starts: Ints
    at: Floats
    weight: Floats


def blocks(starts: Ints) -> Blocks:
    """The rule of each block. Raises: ValueError unless `starts` rise."""
    sizes = np.diff(starts)
    if sizes.size == 0 or bool((sizes < 1).any()):
        raise ValueError("blocks begin one after the other")
    at, weight = _rules(sizes)
    return Blocks(starts, at + starts[:-1, None], weight)


def _rules(sizes: Ints) -> tuple[Floats, Floats]:
    """Places from 0 on and weights, for blocks of these sizes."""
    n = sizes.astype(np.float64)[:, None]
    place = np.arange(PLACES, dtype=np.float64)
    at = np.minimum(place, n - 1)
    weight = np.where(place < n, 1.0, 0.0)
    large = sizes > PLACES
    if large.any():
        j, count = place[1:], n[large]
        # In parts of the block's size, so that it works alike for 13 numbers and for 10 billion.
        beside = np.sqrt(j**2 * (1 - (j / count) ** 2) / (4 * (4 * j**2 - 1)))
        matrix = np.zeros((count.shape[0], PLACES, PLACES))
        index = np.arange(PLACES - 1)
        matrix[:, index, index + 1] = matrix[:, index + 1, index] = beside
        values, vectors = np.linalg.eigh(matrix)
        at[large] = (count - 1) / 2 + count * values
        weight[large] = count * vectors[:, 0, :] ** 2
    return at, weight


def starts_to(first: int, last: int, n: int) -> Ints:
    """Where blocks begin so that they cover the hidden numbers from `first` to `last`, where `n` persons are seen.

    No graph has a peak at `hidden` narrower than the root of hidden (n + hidden) / n: the second derivative of its log
    probability is that of N! / hidden! at most, since each clique takes away from it.
    """
    starts = [first]
    while starts[-1] <= last:
        at = starts[-1]
        wide = min(DEVIATIONS * float(np.sqrt(at * (n + at) / n)), at / 2)
        starts.append(min(at + max(PLACES, int(wide)), last + 1))
    return np.asarray(starts, dtype=np.int64)
