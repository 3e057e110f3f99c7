"""Shrunken levels: textbook examples, plain sums over a fine grid, and what must always hold."""

from __future__ import annotations

from math import lgamma, log

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from scipy.stats import beta, betabinom, gamma, nbinom, norm

from casetrail.errors import IntegrityError
from casetrail.stats.shrinkage import CHEAP, CountKind, Effort, Levels, shrink_counts, shrink_means
from casetrail.stats.shrinkage_grid import drawn, grid, settled
from casetrail.stats.shrinkage_models import LARGE, Shares, _risen

Floats = npt.NDArray[np.float64]
LONG = Effort(draws=100_000, cells=64)

# Rats with a tumour of rats in 71 groups: R. E. Tarone, Biometrics 38 (1982) 215-220, as in Bayesian Data Analysis,
# 3rd ed., table 5.1.
TUMOURS = [0] * 14 + [1] * 8 + [2] * 9 + [1, 5, 2, 5, 3, 2, 7, 7, 3, 3, 2, 9, 10, 4, 4, 4, 4, 4, 4, 4, 10]
TUMOURS += [4, 4, 4, 5, 11, 12, 5, 5, 6, 5, 6, 6, 6, 6, 16, 15, 15, 9, 4]
RATS = (
    [20] * 7 + [19] * 4 + [18, 18, 17] + [20] * 4 + [19, 19, 18, 18, 25, 24, 23] + [20] * 6 + [10, 49, 19, 46, 27, 17]
)
RATS += [49, 47, 20, 20, 13, 48, 50, 20, 20, 20, 20, 20, 20, 20, 48, 19, 19, 19, 22, 46, 49, 20, 20, 23, 19, 22]
RATS += [20, 20, 20, 52, 46, 47, 24, 14]


def test_rats_as_in_the_textbook() -> None:
    """Bayesian Data Analysis, 3rd ed., 112-113: posterior means 2.4 and 14.3 of alpha and beta.

    Its prior is even in (alpha + beta)^(-1/2), ours in (1 + alpha + beta)^(-1/2), and its grid ends at a sum of e^5:
    draws are weighted by the quotient.
    """
    model = Shares(np.array(TUMOURS, dtype=np.float64), np.array(RATS, dtype=np.float64))
    rng = np.random.default_rng(1)
    u, v = drawn(model.log_density, model.start(), cells=96, draws=200_000, rng=rng)
    total = 1 / v**2 - 1
    weight = ((1 + total) / total) ** 1.5 * (total < np.exp(5.0))
    alpha, rest = expit(u) * total, expit(-u) * total
    assert np.average(alpha, weights=weight) == pytest.approx(2.4, abs=0.05)
    assert np.average(rest, weights=weight) == pytest.approx(14.3, abs=0.2)


def test_eight_schools_as_in_the_textbook() -> None:
    """Bayesian Data Analysis, 3rd ed., table 5.3: quartiles and median from 200 draws, so within about 1.5 points."""
    quartiles = {"A": (7, 10, 16), "B": (3, 8, 12), "C": (2, 7, 11), "D": (4, 8, 11)}
    quartiles |= {"E": (1, 5, 10), "F": (2, 6, 10), "G": (7, 10, 15), "H": (3, 8, 13)}
    effects, errors = [28, 8, -3, 7, -1, 1, 18, 12], [15, 10, 16, 11, 9, 11, 10, 18]
    found = shrink_means(effects, errors, rng=np.random.default_rng(2), effort=LONG)
    assert found is not None
    ours = np.quantile(found.draws, [0.25, 0.5, 0.75], axis=1).T
    assert ours == pytest.approx(np.array(list(quartiles.values())), abs=1.5)


def plain(kind: CountKind | None, x: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Mean of each level, and probability that it lies below the unit's own figure, from sums over a fine grid.

    Kind None takes x as values and n as errors.
    """
    u_axis, v_axis = np.linspace(-6, 6, 241), (np.arange(160) + 0.5) / 160
    if kind is None:
        u_axis, v_axis = np.linspace(-30, 30, 241), (np.arange(160) + 0.5) / 4
    mean = np.zeros_like(x)
    below, mass = np.zeros_like(x), 0.0
    for v in v_axis:
        if kind == "proportion":
            m = expit(u_axis)[:, None]
            a, b = m * (1 / v**2 - 1), (1 - m) * (1 / v**2 - 1)
            log_weight = np.log(m * (1 - m))[:, 0] + betabinom.logpmf(x, n, a, b).sum(axis=1)
            level = beta(a + x, b + n - x)
        elif kind is not None:
            rate = np.exp(u_axis)[:, None] * x.sum() / n.sum()
            a = np.full_like(rate, 1 / v**2 - 1)
            log_weight = nbinom.logpmf(x, a, a / (a + rate * n)).sum(axis=1)
            level = gamma(a + x, scale=1 / (a / rate + n))
        else:
            log_weight = norm.logpdf(x, u_axis[:, None], np.sqrt(n**2 + v**2)).sum(axis=1)
            narrow = 1 / (n**-2 + v**-2)
            level = norm(narrow * (x / n**2 + u_axis[:, None] / v**2), np.sqrt(narrow))
        weight = np.exp(log_weight + 50.0)
        own = x if kind is None else x / n
        mean, below = mean + weight @ level.mean(), below + weight @ level.cdf(own)
        mass += weight.sum()
    return mean / mass, below / mass


@pytest.mark.parametrize(
    ("kind", "x", "n"),
    [
        ("proportion", [3, 9, 0, 12, 5, 7], [4, 20, 3, 15, 20, 9]),
        ("rate", [3, 9, 0, 12, 5, 7], [4, 20, 3, 15, 20, 2]),
        ("ratio", [1, 4, 2, 6, 3], [1.5, 3.5, 2.5, 2.5, 4.0]),
        (None, [4.0, -2.0, 9.0, 1.0, 3.0], [2.0, 3.0, 2.5, 1.0, 4.0]),
    ],
)
def test_plain_sums_agree(kind: CountKind | None, x: list[float], n: list[float]) -> None:
    rng = np.random.default_rng(3)
    found = (
        shrink_means(x, n, rng=rng, effort=LONG) if kind is None else shrink_counts(x, n, kind, rng=rng, effort=LONG)
    )
    assert found is not None
    own = np.array(x) if kind is None else np.array(x) / np.array(n)
    mean, below = plain(kind, np.array(x, dtype=np.float64), np.array(n, dtype=np.float64))
    # Four standard errors of 100,000 draws, and as much again for the two grids.
    assert found.shrunken == pytest.approx(mean, abs=8 * float(found.draws.std()) / 100_000**0.5)
    assert np.mean(found.draws < own[:, None], axis=1) == pytest.approx(below, abs=8 * 0.5 / 100_000**0.5)


counts = st.lists(
    st.integers(1, 3_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=5, max_size=40
)


@settings(max_examples=40)
@given(counts, st.sampled_from(["proportion", "rate"]))
def test_what_must_always_hold(units: list[tuple[int, int]], kind: CountKind) -> None:
    x, n = np.array([a for a, _ in units]), np.array([b for _, b in units])
    if not x.any():
        return
    found = shrink_counts(x, n, kind, rng=np.random.default_rng(4), effort=CHEAP)
    assert found is not None
    assert np.all(np.isfinite(found.draws)) and np.all(found.draws >= 0)
    low, high = found.interval()
    narrow_low, narrow_high = found.interval(0.5)
    assert np.all(low <= narrow_low) and np.all(narrow_low <= narrow_high) and np.all(narrow_high <= high)
    for higher in (True, False):
        # Ties at the ends of the scale can put one more among the worst.
        assert found.in_worst_tenth(higher_is_worse=higher).sum() >= found.tenth - 1e-9
    both = found.worse_than_median(higher_is_worse=True) + found.worse_than_median(higher_is_worse=False)
    assert np.all(both <= 1 + 1e-9)


def test_the_small_are_drawn_in_and_the_large_keep_their_own() -> None:
    rng = np.random.default_rng(5)
    n = np.array([10, 10_000] * 20)
    x = rng.binomial(n, np.clip(rng.normal(0.5, 0.1, 40), 0.1, 0.9))
    x[0], x[1] = 9, 9_000
    found = shrink_counts(x, n, "proportion", rng=rng)
    assert found is not None
    assert 0.5 < found.shrunken[0] < 0.75
    assert found.shrunken[1] == pytest.approx(0.9, abs=0.005)
    assert found.in_worst_tenth(higher_is_worse=True)[1] == 1.0
    assert found.in_worst_tenth(higher_is_worse=False)[1] == 0.0


def test_positions_by_hand() -> None:
    """Three draws of five units; a tenth of five is one unit."""
    levels = Levels(np.array([[1.0, 9, 3], [2, 8, 4], [3, 7, 5], [4, 6, 6], [5, 5, 7]]))
    assert levels.tenth == 1
    assert levels.shrunken == pytest.approx([13 / 3, 14 / 3, 5, 16 / 3, 17 / 3])
    assert levels.in_worst_tenth(higher_is_worse=True) == pytest.approx([1 / 3, 0, 0, 0, 2 / 3])
    assert levels.in_worst_tenth(higher_is_worse=False) == pytest.approx([2 / 3, 0, 0, 0, 1 / 3])
    assert levels.worse_than_median(higher_is_worse=True) == pytest.approx([1 / 3, 1 / 3, 0, 2 / 3, 2 / 3])
    assert levels.worse_than_median(higher_is_worse=False) == pytest.approx([2 / 3, 2 / 3, 0, 1 / 3, 1 / 3])


def test_millions_of_cases_lose_no_digits() -> None:
    """All the same share of ten million: the level of all together, as exactly as 152 of them know it."""
    rng = np.random.default_rng(6)
    n = np.full(152, 10_000_000)
    x = rng.binomial(n, 0.03)
    for kind in ("proportion", "rate"):
        found = shrink_counts(x, n, kind, rng=rng)
        assert found is not None
        assert found.shrunken.mean() == pytest.approx(x.sum() / n.sum(), abs=2e-6)
        low, high = found.interval()
        assert np.all(high - low < 4 * (0.03 / 10_000_000) ** 0.5)


@given(st.floats(1e-3, 1e7), st.lists(st.integers(0, 60), min_size=1, max_size=6))
def test_the_rise_of_log_gamma_is_a_sum_of_logarithms(parameter: float, counts: list[int]) -> None:
    expected = sum(log(parameter + i) for count in counts for i in range(count))
    for near in (parameter, min(parameter, LARGE)):
        found = _risen(np.array([[near]]), np.array(counts, dtype=np.float64))[0, 0]
        expected = sum(log(near + i) for count in counts for i in range(count))
        # Below the bound both log gammas may be as large as 80,000, of which 13 digits are kept.
        assert found == pytest.approx(expected, rel=1e-9, abs=len(counts) * 4e-16 * abs(lgamma(near + 60)) + 1e-9)


def test_the_cheap_one_is_near_the_full_one() -> None:
    rng = np.random.default_rng(7)
    n = rng.integers(30, 2_000, 152)
    x = rng.binomial(n, rng.beta(20, 10, 152))
    full, cheap = (shrink_counts(x, n, "proportion", rng=rng, effort=e) for e in (Effort(), CHEAP))
    assert full is not None and cheap is not None
    width = full.interval()[1] - full.interval()[0]
    # Five standard errors of a quantile at 2.5 % of 500 draws, whose density is a twentieth of that in the middle.
    for ours, theirs in zip(full.interval(), cheap.interval(), strict=True):
        assert np.max(np.abs(ours - theirs) / width) < 0.15
    assert cheap.shrunken == pytest.approx(full.shrunken, abs=0.01)


def test_too_few_units_and_what_is_no_count() -> None:
    rng = np.random.default_rng(8)
    assert shrink_counts([1, 2, 3, 4], [5, 5, 5, 5], "proportion", rng=rng) is None
    assert shrink_means([1.0, 2.0], [1.0, 1.0], rng=rng) is None
    for x, n, kind in (([1, 2], [3], "rate"), ([1] * 5, [0] * 5, "rate"), ([-1] * 5, [2] * 5, "rate")):
        with pytest.raises(ValueError, match="counts"):
            shrink_counts(x, n, kind, rng=rng)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="within"):
        shrink_counts([3] * 5, [2] * 5, "proportion", rng=rng)
    with pytest.raises(ValueError, match="no event"):
        shrink_counts([0] * 5, [2] * 5, "rate", rng=rng)
    with pytest.raises(ValueError, match="standard error"):
        shrink_means([1.0] * 5, [0.0] * 5, rng=rng)


def test_a_density_without_end_is_no_grid() -> None:
    endless = grid((0.0, 1.0), (0.0, 1.0), u_ends=(-np.inf, np.inf), v_most=1.0)
    with pytest.raises(IntegrityError, match="no end"), np.errstate(all="ignore"):
        settled(lambda u, v: np.zeros(np.broadcast_shapes(u.shape, v.shape)), endless)
