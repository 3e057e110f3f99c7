"""Do the lists look as if persons came on to them independently, all with the same chances?

Under independence the number of persons solves one equation (J. N. Darroch, Biometrika 45 (1958) 343-359). Two score
tests (C. R. Rao, 1948) ask how far the overlaps of all pairs of lists are from what it expects: in any direction at all
(one degree of freedom for each pair), and all in one direction (one degree of freedom: persons who differ in how easily
they are found make all overlaps too large; J. N. Darroch and others, JASA 88 (1993) 1137-1148). The smaller of the two
p-values is then judged against tables drawn from the independent model itself, so that its level also holds when
overlaps are small and no large-sample law does. The test sees overlaps of pairs: a dependence that leaves all of them
as they were, and one of all lists at once, it cannot see.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np
import numpy.typing as npt
from scipy.stats import chi2, norm

from casetrail.demand.lists import Counts

Floats = npt.NDArray[np.float64]
DRAWS = 499
# Lists that depend show in one overlap, and clearly; persons who differ show a little in all. The p-value of the second
# is divided by this before the smaller is taken, so that three quarters of the level go where it is harder to see.
LEAN = 3.0


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair of lists (bitmask), persons on both, how many independence expects, and their distance in errors."""

    lists: int
    shared: int
    expected: float
    z: float


@dataclass(frozen=True, slots=True)
class Dependence:
    """`p`: how often independent lists look at least as odd as these; the share of `draws` made-up tables.

    `any_p` and `common_p` are the large-sample p-values of the two tests, `common_z` is positive when overlaps are too
    large all together. `total` is the estimate under independence.
    """

    p: float
    any_p: float
    common_p: float
    common_z: float
    total: float
    pairs: tuple[Pair, ...]
    draws: int

    def seen(self, level: float = 0.05) -> bool:
        """Whether independence is rejected."""
        return self.p <= level

    def alike(self, level: float = 0.05) -> bool:
        """Whether, that given, overlaps are too large all together: the mark of persons who differ in chances."""
        return self.seen(level) and self.common_p <= level / 2


def dependence(counts: Counts, rng: np.random.Generator, *, draws: int = DRAWS) -> Dependence | None:
    """Test independence. None when there is no independent fit: nobody on two lists, or everybody on all of them.

    `counts`: (2**k,) with k >= 3; with two lists there is nothing left over to test with.
    """
    k = counts.size.bit_length() - 1
    held = counts[None].astype(np.float64)
    total, chances = independent(held, k)
    if not np.isfinite(total[0]) or k < 3:
        return None
    z, any_p, common = _scores(held, total, chances)
    law = _cells(total, chances)[0, 1:]
    drawn = np.zeros((draws, counts.size))
    drawn[:, 1:] = rng.multinomial(int(counts.sum()), law / law.sum(), size=draws)
    their_total, their_chances = independent(drawn, k)
    fine = np.isfinite(their_total)
    _, their_any, their_common = _scores(drawn[fine], their_total[fine], their_chances[fine])
    as_odd = _oddness(their_any, their_common) <= _oddness(any_p, common) * (1 + 1e-9)
    return Dependence(
        p=(1 + int(np.count_nonzero(as_odd))) / (1 + int(np.count_nonzero(fine))),
        any_p=float(any_p[0]),
        common_p=float(norm.sf(common[0])),
        common_z=float(common[0]),
        total=float(total[0]),
        pairs=_pairs(counts, total[0] * chances[0], float(total[0]), z[0]),
        draws=int(np.count_nonzero(fine)),
    )


def _oddness(any_p: Floats, common: Floats) -> Floats:
    return np.asarray(np.minimum(any_p, norm.sf(common) / LEAN), dtype=np.float64)


def _pairs(counts: Counts, sizes: Floats, total: float, z: Floats) -> tuple[Pair, ...]:
    places = np.arange(counts.size)
    out = []
    for (i, j), far in zip(combinations(range(sizes.size), 2), z, strict=True):
        both = 1 << i | 1 << j
        shared = int(counts[(places & both) == both].sum())
        out.append(Pair(both, shared, float(sizes[i] * sizes[j] / total), float(far)))
    return tuple(out)


def independent(tables: Floats, k: int) -> tuple[Floats, Floats]:
    """Persons in all (r,) and the chance of being on each list (r, k) under independence; nan without a solution."""
    seen = tables[:, 1:].sum(axis=1)
    on = ((np.arange(1 << k)[:, None] >> np.arange(k)) & 1).astype(np.float64)
    sizes = tables @ on
    can = (sizes.sum(axis=1) > seen) & (sizes.max(axis=1) < seen) & (sizes.min(axis=1) > 0)
    # Of the logarithm of those hidden, by halving: the equation has one root above the persons seen.
    left, right = np.full(seen.size, -20.0), np.log(np.maximum(seen, 1.0)) + 25.0
    with np.errstate(divide="ignore", invalid="ignore"):
        for _ in range(80):
            middle = (left + right) / 2
            hidden = np.exp(middle)
            total = seen + hidden
            # Two ways to write one number: each is exact where the other loses its digits.
            missed = np.where(hidden < seen, middle - np.log(total), np.log1p(-seen / total))
            over = np.log1p(-sizes / total[:, None]).sum(axis=1) > missed
            left, right = np.where(over, middle, left), np.where(over, right, middle)
        total = np.where(can, seen + np.exp((left + right) / 2), np.nan)
        return total, sizes / total[:, None]


def _cells(total: Floats, chances: Floats) -> Floats:
    """Expected persons in every cell, the hidden one too: (r, 2**k)."""
    out = total[:, None]
    for j in range(chances.shape[1]):
        p = chances[:, j : j + 1]
        out = np.concatenate((out * (1 - p), out * p), axis=1)
    return out


@lru_cache(maxsize=16)
def _columns(k: int) -> tuple[Floats, Floats]:
    """Columns of the independent model and of the pairs, over the cells that are seen."""
    places = np.arange(1, 1 << k)
    on = ((places[:, None] >> np.arange(k)) & 1).astype(np.float64)
    both = np.stack([on[:, i] * on[:, j] for i, j in combinations(range(k), 2)], axis=1)
    return np.concatenate((np.ones((places.size, 1)), on), axis=1), both


def _scores(tables: Floats, total: Floats, chances: Floats) -> tuple[Floats, Floats, Floats]:
    """Standardised score of each pair (r, pairs), p-value of all of them (r,), standardised score of their sum (r,)."""
    x, z = _columns(chances.shape[1])
    mean = _cells(total, chances)[:, 1:]
    score = (tables[:, 1:] - mean) @ z
    xx = np.einsum("rc,ca,cb->rab", mean, x, x, optimize=True)
    xz = np.einsum("rc,ca,cb->rab", mean, x, z, optimize=True)
    zz = np.einsum("rc,ca,cb->rab", mean, z, z, optimize=True)
    spread = zz - np.swapaxes(xz, 1, 2) @ np.linalg.solve(xx, xz)
    inverse = np.linalg.pinv(spread, rcond=1e-10, hermitian=True)
    square = np.einsum("ra,rab,rb->r", score, inverse, score, optimize=True)
    # The columns of the pairs lose no degree of freedom to those of the lists when there are three lists or more.
    freedom = min(z.shape[1], z.shape[0] - x.shape[1])
    with np.errstate(divide="ignore", invalid="ignore"):
        alone = score / np.sqrt(np.einsum("raa->ra", spread))
        common = score.sum(axis=1) / np.sqrt(spread.sum(axis=(1, 2)))
    return alone, np.asarray(chi2.sf(square, freedom)), np.nan_to_num(common)
