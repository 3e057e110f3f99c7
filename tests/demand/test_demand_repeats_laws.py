"""Laws of repeat counts, extra ones, caps and warnings. Witnesses: plain searches over the same likelihood; theory."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import nbinom
from scipy.stats import poisson as poisson_law

from casetrail.demand.repeats.counts import Repeats, from_each, repeats
from casetrail.demand.repeats.families import Fitted
from casetrail.demand.repeats.gamma import gamma, without_end
from casetrail.demand.repeats.hidden import Hidden
from casetrail.demand.repeats.one_inflation import OneInflation, one_inflation
from casetrail.demand.repeats.verdict import Said, verdict
from casetrail.figures import Refusal

DUTCH = repeats([(1, 1645), (2, 183), (3, 37), (4, 13), (5, 1), (6, 1)])
SPREAD = repeats([(1, 520), (2, 240), (3, 120), (4, 70), (5, 30), (6, 16), (8, 5), (11, 1)])


def fit(found: Fitted | Refusal) -> Fitted:
    assert isinstance(found, Fitted)
    return found


def said(found: Said | Refusal) -> Said:
    assert isinstance(found, Said)
    return found


def inflated(found: OneInflation | Refusal) -> OneInflation:
    assert isinstance(found, OneInflation)
    return found


def test_the_gamma_law_is_the_top_of_its_likelihood() -> None:
    found = fit(gamma(SPREAD))
    of = dict(found.parameters)

    def minus(at: np.ndarray) -> float:
        shape, mean = np.exp(at)
        p = shape / (shape + mean)
        each = nbinom.logpmf(SPREAD.times, shape, p) - math.log1p(-(p**shape))
        return -float(SPREAD.persons @ each)

    plain = minimize(minus, np.zeros(2), method="Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-10})
    assert found.log_likelihood == pytest.approx(-plain.fun, abs=1e-7)
    assert np.log([of["shape"], of["mean"]]) == pytest.approx(plain.x, abs=1e-4)
    never = (of["shape"] / (of["shape"] + of["mean"])) ** of["shape"]
    assert found.hidden.total == pytest.approx(SPREAD.n / (1 - never))


def test_the_error_of_the_gamma_law_is_that_of_repeated_draws() -> None:
    rng = np.random.default_rng(5)
    found = [fit(gamma(from_each(rng.poisson(rng.gamma(2.0, 0.7, 3000))))) for _ in range(120)]
    totals = np.array([f.hidden.total for f in found])
    # The standard deviation of 120 draws has a relative error of 6.5 %; 3 of these.
    assert np.median([f.hidden.error for f in found]) == pytest.approx(totals.std(), rel=0.2)
    assert totals.mean() == pytest.approx(3000, abs=3 * totals.std() / math.sqrt(120))


def test_a_likelihood_that_rises_without_end_is_no_estimate() -> None:
    # Logarithmic counts: the law to which the gamma law runs, with infinitely many hidden.
    log_series = repeats([(1, 7200), (2, 1800), (3, 600), (4, 225), (5, 90), (6, 38), (7, 16)])
    found = gamma(DUTCH)
    assert isinstance(found, Refusal)
    assert found.reason == "no_mle"
    # The mean is -q / ((1 - q) log(1 - q)) and log P(x) = x log q - log x - log(-log(1 - q)).
    mean = log_series.records / log_series.n
    low, high = 1e-6, 1 - 1e-6
    for _ in range(100):
        q = (low + high) / 2
        low, high = (q, high) if -q / ((1 - q) * math.log1p(-q)) < mean else (low, q)
    times = log_series.times
    each = times * math.log(q) - np.log(times) - math.log(-math.log1p(-q))
    assert without_end(log_series) == pytest.approx(float(log_series.persons @ each), abs=0.05)


def test_counts_no_more_spread_than_poisson_have_equal_rates() -> None:
    few_spread = repeats([(1, 300), (2, 300), (3, 60)])
    found = fit(gamma(few_spread))
    assert dict(found.parameters)["shape"] == math.inf
    assert "equal_rates" in found.hidden.warnings


@pytest.mark.parametrize("law", ["poisson", "geometric"])
def test_extra_ones_are_the_top_of_their_likelihood(law: str) -> None:
    found = inflated(one_inflation(DUTCH, law))  # type: ignore[arg-type]

    def minus(at: np.ndarray) -> float:
        extra = 1 / (1 + math.exp(-at[0]))
        if law == "poisson":
            rate = math.exp(at[1])
            chance = poisson_law.pmf(DUTCH.times, rate) / -math.expm1(-rate)
        else:
            go_on = 1 / (1 + math.exp(-at[1]))
            chance = (1 - go_on) * go_on ** (DUTCH.times - 1)
        chance = (1 - extra) * chance + extra * (DUTCH.times == 1)
        return -float(DUTCH.persons @ np.log(chance))

    plain = minimize(minus, np.zeros(2), method="Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-11})
    assert found.kept_away.log_likelihood == pytest.approx(-plain.fun, abs=1e-6)
    assert math.log(found.extra / (1 - found.extra)) == pytest.approx(plain.x[0], abs=1e-4)
    assert found.ratio == pytest.approx(2 * (-plain.fun - found.without.log_likelihood), abs=1e-5)
    assert found.p < 1e-4


def test_two_readings_of_extra_ones_by_hand() -> None:
    # Geometric, counts of 2 and more: mean m, chance to go on c = (m - 2) / (m - 1).
    found = inflated(one_inflation(DUTCH, "geometric"))
    m = (2185 - 1645) / 235
    c = (m - 2) / (m - 1)
    assert found.kept_away.hidden.hidden == pytest.approx(1880 * (1 - c) / c)
    assert found.besides.hidden.hidden == pytest.approx(235 * (1 - c) / c**2)
    # The share of extra ones makes the expected number of ones the observed one.
    assert found.extra + (1 - found.extra) * (1 - c) == pytest.approx(1645 / 1880)


def test_no_extra_ones_no_gain() -> None:
    rng = np.random.default_rng(3)
    counts = from_each(rng.poisson(1.0, 500))
    fewer = Repeats(counts.times, np.where(counts.times == 1, counts.persons // 2, counts.persons))
    found = inflated(one_inflation(fewer, "poisson"))
    assert (found.extra, found.ratio, found.p) == (0.0, 0.0, 1.0)
    assert found.kept_away.hidden.total == found.without.hidden.total


def test_nothing_above_two_leaves_no_law_once_ones_are_aside() -> None:
    found = one_inflation(repeats([(1, 30), (2, 20)]), "poisson")
    assert isinstance(found, Refusal)
    assert found.reason == "too_few_repeats"


def test_the_dutch_counts_warn_of_extra_ones_or_of_no_limit_at_all() -> None:
    found = said(verdict(DUTCH))
    assert {"one_inflation", "families_differ", "runs_off"} <= set(found.warnings)
    assert found.safe_bound.total < found.bound.total
    assert found.rates_vary_p is None


def test_caps_side_by_side() -> None:
    found = said(verdict(DUTCH)).caps
    assert [(r.name, r.cap, r.above) for r in found.rows] == [
        ("five", 5, 1),
        ("percentile_98", 3, 15),
        ("uncapped", None, 0),
    ]
    five, percentile, none = (dict(r.found) for r in found.rows)
    # Ones and twos are what they were; the mean is not: by hand with 1,645, 183 and 52 in the place of 37, 13, 1, 1.
    for a, b in ((five["chao"], none["chao"]), (percentile["zelterman"], none["zelterman"])):
        assert isinstance(a, Hidden)
        assert isinstance(b, Hidden)
        assert a.total == b.total
    capped = percentile["geometric"]
    assert isinstance(capped, Hidden)
    assert capped.hidden == pytest.approx(1880**2 / (1645 + 2 * 183 + 3 * 52 - 1880))


def test_a_few_recorded_very_often_make_it_depend_on_the_cap() -> None:
    found = said(
        verdict(repeats([(1, 600), (2, 60), (3, 8), *((t, 1) for t in (84, 88, 90, 93, 96, 101, 187, 196, 205, 214))]))
    )
    assert "depends_on_cap" in found.warnings
    assert "turing" in found.caps.depends
    assert "chao" not in found.caps.depends


def test_a_cap_at_the_percentile_leaves_twos() -> None:
    found = said(verdict(repeats([(1, 2000), (2, 12)])))
    assert found.caps.rows[1].cap == 2


def test_rates_that_vary_are_seen_and_chao_is_a_bound() -> None:
    rng = np.random.default_rng(11)
    found = said(verdict(from_each(rng.poisson(rng.gamma(1.0, 0.9, 4000)))))
    assert "rates_vary" in found.warnings
    assert found.rates_vary_p is not None
    assert found.rates_vary_p < 1e-6
    assert found.bound.total < 4000


def test_persons_recorded_a_thousand_times_each_break_nothing() -> None:
    found = said(verdict(repeats([(t, 1) for t in range(900, 1100, 10)])))
    for name in ("poisson", "gamma", "poisson_kept_away"):
        here = dict(found.found)[name]
        assert isinstance(here, Hidden)
        assert here.hidden < 1e-6


def test_equal_rates_warn_of_nothing() -> None:
    found = said(verdict(repeats([(1, 3679), (2, 1839), (3, 613), (4, 153), (5, 31), (6, 5), (7, 1)])))
    # 10,000 times the Poisson chances for a rate of 1, rounded: nothing is out of order, and 3,679 are hidden.
    assert found.warnings == ()
    for name in ("chao", "chao_corrected", "turing", "zelterman", "poisson", "chao_without_ones"):
        here = dict(found.found)[name]
        assert isinstance(here, Hidden)
        assert here.hidden == pytest.approx(3679, rel=0.01)
