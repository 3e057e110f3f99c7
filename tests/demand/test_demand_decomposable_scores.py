"""The marginal likelihood: against fractions, against sums over all cells; the grid: against all whole numbers."""

from __future__ import annotations

from fractions import Fraction
from math import comb, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casetrail.demand.decomposable.graphs import decomposable, joined
from casetrail.demand.decomposable.grid import blocks, starts_to
from casetrail.demand.decomposable.plain import one_by_one, plain_graphs, plain_log_weight, plain_posterior
from casetrail.demand.decomposable.posterior import Posterior, on_grid, posterior
from casetrail.demand.decomposable.scores import OnTotal, Prior, log_rising, scores
from casetrail.demand.lists import Lists, lists

THREE = lists(
    ("a", "b", "c"),
    [((1, 0, 0), 9), ((0, 1, 0), 7), ((0, 0, 1), 12), ((1, 1, 0), 5), ((1, 0, 1), 3), ((0, 1, 1), 2), ((1, 1, 1), 2)],
)


def test_the_chance_of_a_table_is_that_of_its_persons_one_after_the_other() -> None:
    """Five persons on two lists or three; fractions throughout on one side, log gammas on the other."""
    persons = [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 0, 0), (1, 1, 1)]
    ways = 5 * 4 * 3  # 5! / (2! 1! 1! 1!)
    table = {p: persons.count(p) for p in persons}
    for edges in plain_graphs(3):
        exact = ways * one_by_one(persons, 3, edges, Fraction(1, 8))
        assert plain_log_weight(table, 3, edges, 1 / 8) == pytest.approx(log(exact), abs=1e-12)


def test_two_persons_by_hand() -> None:
    """No edges, half a person in each of the 8 cells, so 2 in each half of a list: both on no list.

    Each list apart: 2/4 x 3/5 that neither is on it; three lists: (3/10) to the third.
    """
    assert one_by_one([(0, 0, 0)] * 2, 3, frozenset(), Fraction(1, 2)) == Fraction(27, 1000)


@settings(max_examples=40)
@given(
    st.lists(st.integers(0, 6), min_size=7, max_size=7).filter(any),
    st.sampled_from([0.125, 0.5, 1.0]),
    st.booleans(),
    st.booleans(),
)
def test_fast_and_plain_agree_on_three_lists(seen: list[int], cell: float, flat: bool, complete: bool) -> None:
    numbers = [0, 1, 2, 3, 5, 8, 13, 40, 200]
    on_total: OnTotal = "flat" if flat else "reciprocal"
    of = scores(Lists(("a", "b", "c"), np.array([0, *seen])), Prior(on_total, cell, complete))
    by_number, by_graph = on_grid(of, np.array(numbers))
    slow, slow_graphs = plain_posterior([0, *seen], 3, numbers, cell=cell, flat=flat, complete=complete)
    assert by_number == pytest.approx(slow, rel=1e-10)
    # The plain twin has its graphs in another order.
    assert sorted(by_graph) == pytest.approx(sorted(slow_graphs), rel=1e-10)


def test_single_graphs_on_six_lists_agree_with_the_plain_sum() -> None:
    """Differences between 0 and other numbers hidden, for twelve of the 18,154 graphs."""
    rng = np.random.default_rng(8)
    counts = rng.poisson(2.0, 64)
    counts[0] = 0
    of = scores(Lists(tuple("abcdef"), counts.astype(np.int64)), Prior("flat"))
    hidden, every = np.array([0.0, 3.0, 500.0]), decomposable(6)
    seen = {tuple(p >> j & 1 for j in range(6)): int(c) for p, c in enumerate(counts)}
    fast = np.concatenate(list(of.of(hidden)))
    for g in rng.choice(18_153, 12, replace=False).tolist():
        edges = frozenset(joined(6, int(every.edges[g])))
        slow = [plain_log_weight({**seen, (0,) * 6: int(h)}, 6, edges, 1 / 64) for h in hidden]
        assert fast[g] - fast[g, 0] == pytest.approx(np.array(slow) - slow[0], abs=1e-9)


@pytest.mark.parametrize("z", [1.0, 7.5, 31.9, 32.0, 33.0, 1e3, 1e6, 1e12])
def test_log_of_a_rising_product(z: float) -> None:
    """z (z + 1) ... (z + 49), one factor at a time; and backwards by less than 1."""
    said = log_rising(np.array([z]), np.float64(50))
    assert said[0] == pytest.approx(sum(log(z + i) for i in range(50)), rel=1e-14)
    apart = log_rising(np.array([z]), np.float64(0.25)) + log_rising(np.array([z + 0.25]), np.float64(0.75))
    assert apart[0] == pytest.approx(log(z), abs=1e-13)


@pytest.mark.parametrize("n", [1, 5, 12, 13, 40, 1000])
def test_a_block_adds_up_polynomials_exactly(n: int) -> None:
    """Sums of binomial coefficients over 0 to n - 1: C(x, d) adds up to C(n, d + 1), as long as d is below 24."""
    one = blocks(np.array([0, n]))
    assert one.weight.sum() == pytest.approx(n, rel=1e-13)
    for d in range(0, 24, 3):
        falling = np.ones_like(one.at)
        for i in range(d):
            falling *= (one.at - i) / (i + 1)
        scale = comb(n, d + 1) if n > d else 1
        assert (falling * one.weight).sum() / scale == pytest.approx(1.0 if n > d else 0.0, abs=2e-9)


def test_a_block_of_a_billion() -> None:
    """1 / x from a billion to two: the difference of two harmonic numbers, ln 2 - 1 / (4 x 10 to the 9)."""
    start = 10**9
    one = blocks(np.array([start, 2 * start]))
    assert (one.weight / one.at).sum() == pytest.approx(np.log(2) + 0.25 / start, rel=1e-12)


def test_blocks_follow_each_other_and_end_where_they_should() -> None:
    starts = starts_to(0, 12_345, 100)
    assert starts[0] == 0
    assert starts[-1] == 12_346
    assert (np.diff(starts) > 0).all()
    with pytest.raises(ValueError, match="one after the other"):
        blocks(np.array([3, 3]))


def many(seed: int, k: int) -> Lists:
    """Made-up lists of 300 persons, each found with another chance."""
    rng = np.random.default_rng(seed)
    chances = rng.uniform(0.15, 0.6, k)
    found = rng.random((300, k)) < chances
    counts = np.bincount(found @ (1 << np.arange(k)), minlength=1 << k)
    counts[0] = 0
    return Lists(tuple("abcdef"[:k]), counts.astype(np.int64))


@pytest.mark.parametrize(("seed", "k"), [(1, 3), (2, 4), (3, 5)])
def test_the_grown_grid_says_what_all_whole_numbers_say(seed: int, k: int) -> None:
    found = posterior(scores(many(seed, k), Prior()))
    assert isinstance(found, Posterior)
    number, graphs = on_grid(found.scores, np.arange(found.end + 1))
    below = np.cumsum(number)
    assert found.mass.sum() == pytest.approx(1.0, abs=1e-10)
    assert found.graphs == pytest.approx(graphs, abs=1e-10)
    assert found.mean() == pytest.approx((number * np.arange(number.size)).sum(), rel=1e-9)
    for share in (0.025, 0.25, 0.5, 0.9, 0.975):
        assert found.quantile(share) == int(np.searchsorted(below, share))
    for hidden in (0, 3, 60, 111, 500, found.end):
        assert found.at_most(hidden) == pytest.approx(below[hidden], abs=1e-10)
    assert found.at_most(-1) == 0.0


def test_what_lies_beyond_is_never_more_than_is_said() -> None:
    """A heavy tail, cut ever further out: the bound against what a grid to 10 billion has there."""
    few = lists(("a", "b", "c"), [((1, 0, 0), 9), ((0, 1, 0), 5), ((0, 0, 1), 4), ((1, 1, 0), 2), ((0, 1, 1), 1)])
    whole = posterior(scores(few, Prior()))
    assert isinstance(whole, Posterior)
    for end in (336, 2_000, 30_000, 500_000):
        cut = posterior(scores(few, Prior(limit=few.n + end)))
        truly = 1 - whole.at_most(end)
        assert truly <= _bound(few, end) <= 3 * truly
        # Cut at the last of them, twice as far would add less than a millionth.
        assert isinstance(cut, Posterior) is (end == 500_000)
    assert whole.beyond <= 1e-6


def _bound(of: Lists, end: int) -> float:
    from casetrail.demand.decomposable import posterior as inside

    to = scores(of, Prior())
    return float(inside._tails(to, inside._grown(to, 0, end), 1e10 / end).sum())


def test_a_prior_that_adds_nothing_or_ends_too_soon_is_not_taken() -> None:
    for prior in (Prior(cell=0.0), Prior(limit=THREE.n)):
        with pytest.raises(ValueError, match="prior"):
            scores(THREE, prior)
