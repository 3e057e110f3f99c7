"""The mixture kernels: the plain twin, slopes by differences, every sampler beside draws from the prior, weighted."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta, ks_2samp, kstest, nbinom

from casetrail.kernels.mixture import chain, gibbs, labels, ladder, plain
from casetrail.kernels.mixture.density import heights, slopes, spread
from casetrail.kernels.mixture.shape import At, Prior, room, size, table

Floats = npt.NDArray[np.float64]
PRIOR = Prior(3, 0.5, 0.5, 1.0, 1.0)
# Three columns, 16 rows: few enough for the plain twins, enough for two classes to matter.
COUNTS = [0, 5, 4, 2, 3, 1, 1, 0]
UNTIL = (18, 22, 28, 40)


def at(counts: list[int], prior: Prior = PRIOR) -> At:
    data = table(np.array(counts))
    return data, prior, room(data, prior)


tables = st.lists(st.integers(0, 9), min_size=15, max_size=15).filter(any)
priors = st.tuples(st.integers(2, 5), *(st.sampled_from([0.25, 0.5, 1.0, 2.0]) for _ in range(4)))


@settings(max_examples=40)
@given(tables, priors, st.integers(0, 999), st.sampled_from([0.0, 0.3, 1.0]))
def test_the_plain_twin_and_differences_agree(
    counts: list[int], numbers: tuple[int, float, float, float, float], seed: int, heat: float
) -> None:
    prior = Prior(*numbers)
    where = at([0, *counts], prior)
    x = 1.5 * np.random.default_rng(seed).standard_normal(size(where[0], prior))
    found = spread(x, *where)
    fit, told = heights(where, found)
    assert (fit, told) == pytest.approx(plain.plain_heights(x.tolist(), [0, *counts], prior), rel=1e-9)
    slope = np.empty_like(x)
    slopes(slope, where, found, heat)

    def height(place: Floats) -> float:
        a, b = heights(where, spread(place, *where))
        return float(heat * a + b)

    for i in range(x.size):
        step = np.zeros_like(x)
        step[i] = 1e-5
        apart = (height(x + step) - height(x - step)) / 2e-5
        assert slope[i] == pytest.approx(apart, rel=1e-4, abs=2e-4)


def test_a_table_is_a_tree_of_its_patterns() -> None:
    """Patterns 0b101 and 0b110 of three columns: 0b001 and 0b010 join them to the root."""
    data = table(np.array([7, 0, 0, 0, 0, 4, 9, 0]))
    assert (data.columns, data.n) == (3, 13.0)
    assert data.counts.tolist() == [0, 0, 0, 4, 9]
    assert data.parent.tolist() == [0, 0, 0, 1, 2]
    assert data.column.tolist() == [0, 0, 1, 2, 2]


def test_a_place_that_sees_almost_nobody_keeps_its_digits() -> None:
    """All chances 1e-9: somebody is seen with 3e-9, which one minus the chance of none would give to seven digits."""
    where = at(COUNTS)
    x = np.full(size(where[0], PRIOR), np.log(1e-9))
    seen, _ = spread(x, *where)
    assert seen == pytest.approx(3e-9 - 3e-18, rel=1e-8)


@pytest.fixture(scope="module")
def exact() -> list[float]:
    """P(at most so many rows in all), from 20,000 mixtures of the prior weighted by their likelihood (worth about
    1,000: a standard error of 0.015)."""
    none, fit = plain.from_the_prior(np.random.default_rng(1), COUNTS, PRIOR, 20_000)
    weight = np.exp(np.array(fit) - max(fit))
    weight /= weight.sum()
    assert 1.0 / np.sum(weight**2) > 800
    kept = np.flatnonzero(weight > 1e-8)
    return [sum(weight[i] * plain.at_most(sum(COUNTS), none[i], q) for i in kept) for q in UNTIL]


def test_every_sampler_finds_what_the_prior_weighted_by_likelihood_says(exact: list[float]) -> None:
    rng = np.random.default_rng(3)
    where = at(COUNTS)
    one_by_one = plain.plain_gibbs(rng, COUNTS, PRIOR, 2000)
    swept = np.empty(60_000)
    gibbs.plain_chain(rng, chain.start(rng, where[0], PRIOR), where, swept)
    walk, kept = chain.walk(chain.start(rng, where[0], PRIOR)), np.empty((6000, 3))
    step, _ = chain.run(rng, walk, where, (0.05, True), np.empty((500, 3)))
    _, taken = chain.run(rng, walk, where, (step, False), kept)
    assert 0.6 < taken < 0.95
    rungs, tops = ladder.ladder(rng, where[0], PRIOR, np.linspace(0.0, 1.0, 4)), np.empty((6000, 3))
    ladder.climb(rng, rungs, where, True, np.empty((300, 3)))
    ladder.climb(rng, rungs, where, False, tops)
    assert rungs.trips[0] > 100
    for draws, apart in ((one_by_one, 0.08), (swept, 0.045), (kept[:, 0], 0.05), (tops[:, 0], 0.05)):
        found = [float(np.mean(np.asarray(draws) <= q)) for q in UNTIL]
        assert found == pytest.approx(exact, abs=apart)


def test_exchanges_of_labels_leave_the_prior_as_it_is() -> None:
    rng = np.random.default_rng(4)
    prior = Prior(5, 0.25, 0.25, 1.0, 1.0)
    places = np.empty((2, 4000, size(table(np.array(COUNTS)), prior)))
    done, where = 0, at(COUNTS, prior)
    for i in range(4000):
        for x in places[:, i]:
            ladder.from_prior(rng, x, 3, prior)
        for _ in range(3):
            done += labels.exchange(rng, places[1, i], where)
    assert done > 4000
    for i in (0, 14, 15, 16, 18):
        assert ks_2samp(places[0, :, i], places[1, :, i]).pvalue > 1e-3


def test_draws_from_the_prior_are_what_they_should_be() -> None:
    """-log(1 - V) alpha is exponential; with alpha ~ Gamma(a, b) its law is P(> t) = (b / (b + t))^a."""
    rng = np.random.default_rng(5)
    prior = Prior(2, 0.25, 0.5, 0.5, 2.0)
    x = np.empty((4000, 7))
    for row in x:
        ladder.from_prior(rng, row, 3, prior)
    assert kstest(1 / (1 + np.exp(-x[:, 0])), beta(0.5, 2.0).cdf).pvalue > 1e-3
    survives = (0.5 / (0.5 + np.exp(x[:, 6]))) ** 0.25
    assert kstest(survives, "uniform").pvalue > 1e-3


def test_the_unseen_are_negative_binomial_and_have_no_cap() -> None:
    rng = np.random.default_rng(6)
    drawn = np.array([gibbs.unseen(rng, 5.0, 0.3) for _ in range(4000)])
    for q in (4, 10, 20):
        assert np.mean(drawn <= q) == pytest.approx(nbinom(5, 0.3).cdf(q), abs=0.03)
    assert gibbs.unseen(rng, 10.0, 1e-14) > 1e14


def test_the_same_generator_gives_the_same_chain() -> None:
    def once() -> Floats:
        rng = np.random.default_rng(7)
        where = at(COUNTS)
        kept = np.empty((50, 3))
        chain.run(rng, chain.walk(chain.start(rng, where[0], PRIOR)), where, (0.1, True), kept)
        return kept

    assert np.array_equal(once(), once())
