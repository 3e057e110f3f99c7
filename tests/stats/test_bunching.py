"""Excess at a limit: the digits of the published package, plain twins, worlds whose truth is known."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from casetrail.kernels.day_curve import OUTSIDE, THINNED, WINDOW, fit_curve, fit_many
from casetrail.stats.bunching import Fit, binned, bunching, elasticity, plan
from casetrail.stats.bunching_bootstrap import all_at_once, case_bootstrap, residual_bootstrap
from casetrail.stats.bunching_days import Curve, Days, moved_before
from casetrail.stats.bunching_notch import notch
from casetrail.stats.plain_bunching import plain_bunching, plain_deviance, plain_draws

LIMIT = 10_000.0


@pytest.fixture
def kink(shared: Path) -> tuple[np.ndarray, np.ndarray]:
    """Places and counts of the made-up data of R's package bunching 0.8.6."""
    with gzip.open(shared / "compare" / "bunching" / "bunching_data.csv.gz", "rt", encoding="utf-8") as file:
        values = [row["kink_vector"] for row in csv.DictReader(file)]
    return binned([float(v) for v in values if v != "NA"], LIMIT, width=50, left=19, right=19)


@pytest.mark.shared
def test_bins_are_those_of_the_package(kink: tuple[np.ndarray, np.ndarray], shared: Path) -> None:
    with (shared / "compare" / "bunching" / "bunching_kink_counts.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(kink[0]) == [float(row["bin"]) for row in rows]
    assert list(kink[1]) == [float(row["freq"]) for row in rows]
    # The printed counterfactual belongs to the fourth degree.
    found = bunching(kink[1], kink[0], LIMIT, fit=Fit(degree=4, until=1.0))
    assert list(found.counterfactual) == pytest.approx([float(row["cf"]) for row in rows], abs=1e-9)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("fit", "excess", "normalised"),
    [
        (Fit(degree=9, until=1.0), "630.2872", "1.828441"),
        (Fit(degree=9, integrate=False), "649.979", "1.999806"),
        (Fit(degree=4, until=1.0), "629.5111", "1.822088"),
        (Fit(degree=5, until=1.0), "629.5111", "1.822088"),
    ],
)
def test_kink_figures_to_the_printed_digit(
    kink: tuple[np.ndarray, np.ndarray], fit: Fit, excess: str, normalised: str
) -> None:
    """The package stops its iteration once the excess changes by less than one case: `until=1.0`."""
    found = bunching(kink[1], kink[0], LIMIT, fit=fit)
    assert f"{found.excess:.{len(excess.split('.')[1])}f}" == excess
    assert f"{found.normalised:.6f}" == normalised


@pytest.mark.shared
def test_elasticities_to_the_printed_digit(kink: tuple[np.ndarray, np.ndarray]) -> None:
    for fit, printed in ((Fit(until=1.0), "0.04571103"), (Fit(integrate=False), "0.04999516")):
        found = bunching(kink[1], kink[0], LIMIT, fit=fit)
        assert f"{elasticity(found.normalised, width=50, limit=LIMIT, before=0.0, after=0.2):.8f}" == printed


def test_elasticity_by_hand() -> None:
    """b 2, width 50, limit 10,000, rates 0 and 0.2: (2 * 50 / 10,000) / (0.2 / 1) = 0.05."""
    assert elasticity(2.0, width=50, limit=10_000, before=0.0, after=0.2) == pytest.approx(0.05)
    with pytest.raises(ValueError, match="rates"):
        elasticity(2.0, width=50, limit=10_000, before=0.2, after=0.2)


tables = st.lists(st.integers(20, 500), min_size=21, max_size=21)


@settings(max_examples=40)
@given(tables, st.integers(1, 5))
def test_the_exact_solution_is_where_the_plain_iteration_ends(counts: list[int], degree: int) -> None:
    at = list(range(-10, 11))
    found = bunching(counts, at, 0, fit=Fit(degree=degree))
    excess, normalised = plain_bunching([float(c) for c in counts], [float(z) for z in at], 0.0, degree=degree)
    assert found.excess == pytest.approx(excess, abs=1e-6)
    assert found.normalised == pytest.approx(normalised, abs=1e-6)


def test_the_raised_curve_holds_the_same_number_of_cases() -> None:
    """With the constraint, counts and counterfactual have one sum, up to the residuals of the fit: here there are none.

    A line of 100 in each of 21 bins; 12 of each of the 10 bins above the limit moved to it: 120 in all.
    """
    counts = np.full(21, 100.0)
    counts[11:] -= 12
    counts[10] += 120
    found = bunching(counts, np.arange(21) - 10, 0, fit=Fit(degree=1))
    assert found.excess == pytest.approx(120)
    assert found.normalised == pytest.approx(1.2)
    assert found.counterfactual.sum() == pytest.approx(counts.sum())
    without = bunching(counts, np.arange(21) - 10, 0, fit=Fit(degree=1, integrate=False))
    assert without.excess > 120


def test_round_numbers_are_no_response() -> None:
    """Every multiple of 5 has 30 more, the limit (45) too: without the dummies that looks like an excess of 30."""
    at = np.arange(5, 86)
    counts = 100.0 + 30 * (at % 5 == 0)
    told = bunching(counts, at, 45, fit=Fit(degree=3, round_to=(5,)))
    assert told.excess == pytest.approx(0, abs=1e-9)
    assert bunching(counts, at, 45, fit=Fit(degree=3)).excess > 20


def test_what_cannot_be_drawn_is_refused() -> None:
    at = np.arange(10, 21)
    for fit, why in (
        (Fit(degree=12), "too few bins"),
        (Fit(degree=1, round_to=(15.0,)), "too few bins"),
    ):
        with pytest.raises(ValueError, match=why):
            plan(at, 15, fit)
    with pytest.raises(ValueError, match="one of the bins"):
        plan(at, 15.5, Fit(degree=1))
    with pytest.raises(ValueError, match="equally spaced"):
        plan([1, 2, 4], 2, Fit(degree=0))
    with pytest.raises(ValueError, match="0 or more"):
        bunching([-1.0] * 11, at, 15, fit=Fit(degree=1))


def test_all_draws_at_once_are_one_after_another() -> None:
    rng = np.random.default_rng(3)
    at = np.arange(-15, 16)
    counts = rng.poisson(200 - 2 * at + 300 * (at == 0)).astype(float)
    found = bunching(counts, at, 0, fit=Fit(degree=3))
    drawn = rng.multinomial(int(counts.sum()), counts / counts.sum(), size=20).astype(float)
    one_by_one = plain_draws(drawn, [float(z) for z in at], 0.0, degree=3)
    assert list(all_at_once(drawn, found.plan)[0]) == pytest.approx(list(one_by_one), abs=1e-5)


def test_bootstraps_are_centred_and_as_wide_as_chance() -> None:
    """Poisson counts of about 400 in 41 bins and an excess of 600: its standard error is near the root of the count."""
    rng = np.random.default_rng(4)
    at = np.arange(-20, 21)
    counts = rng.poisson(400 + 600 * (at == 0)).astype(float)
    found = bunching(counts, at, 0, fit=Fit(degree=2))
    for spread in (case_bootstrap(counts, found, rng), residual_bootstrap(counts, found, rng)):
        low, high = spread.excess_interval
        assert low < found.excess < high
        assert np.mean(spread.excess) == pytest.approx(found.excess, abs=5)
        assert low < 600 < high
    cases = case_bootstrap(counts, found, rng).standard_errors[0]
    residuals = residual_bootstrap(counts, found, rng).standard_errors[0]
    assert 25 < cases < 45
    # Residuals speak of the fit alone: of one count of 400, not of the thousand in the window.
    assert 12 < residuals < 35


def test_a_notch_balances_what_moved_with_the_hole() -> None:
    """80 of each of the 6 bins above the limit moved to it, from a slope: excess and hole are 480."""
    at = np.arange(-30, 31)
    counts = 500.0 - 2 * at
    counts[31:37] -= 80
    counts[30] += 480
    found = notch(counts, at, 0, fit=Fit(degree=1))
    assert found.balanced
    assert found.reach == 6
    assert found.excess == pytest.approx(480, abs=1e-6)
    assert found.missing == pytest.approx(480, abs=1e-6)
    nothing = notch(500.0 - 2 * at + 480 * (at == 0), at, 0, fit=Fit(degree=1))
    assert not nothing.balanced


def day_table(seed: int) -> tuple[tuple[np.ndarray, np.ndarray], np.ndarray]:
    rng = np.random.default_rng(seed)
    days = np.arange(1, 41)
    terms = np.ascontiguousarray(np.polynomial.chebyshev.chebvander((days - 20.5) / 19.5, 3))
    role = np.where(days > 20, THINNED, np.where(days > 16, WINDOW, OUTSIDE)).astype(np.int8)
    counts = np.append(rng.poisson(60 * np.exp(-((days - 15) ** 2) / 300)), 25).astype(float)
    return (terms, role), counts


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_fitted_day_curve_is_the_best_of_its_plain_twin(seed: int) -> None:
    design, counts = day_table(seed)
    start = np.array([3.5, 0.0, 0.0, 0.0, 0.0])
    effects, deviance, _, moved = fit_curve(design, counts, start)

    def plain(of: np.ndarray) -> float:
        return plain_deviance(design[0].tolist(), design[1].tolist(), counts.tolist(), effects=of.tolist())[0]

    assert deviance == pytest.approx(plain(effects), rel=1e-9)
    assert moved == pytest.approx(
        plain_deviance(design[0].tolist(), design[1].tolist(), counts.tolist(), effects=effects.tolist())[1]
    )
    best = minimize(plain, effects, method="Nelder-Mead", options={"maxiter": 400})
    assert best.fun > deviance - 1e-6


def test_many_tables_are_one_after_another() -> None:
    design, counts = day_table(5)
    start = np.array([3.5, 0.0, 0.0, 0.0, 0.0])
    rng = np.random.default_rng(6)
    tables = rng.poisson(counts, size=(5, counts.size)).astype(float)
    moved, _ = fit_many(design, tables, start)
    assert list(moved) == pytest.approx([fit_curve(design, table, start)[3] for table in tables])


def smooth_days(
    rng: np.random.Generator, cases: int, share: float, reach: int | None = None
) -> tuple[np.ndarray, float]:
    """Gamma durations of about 32 days, a share of those beyond day 45 (or of the first after it) hurried to 41-45."""
    days = np.ceil(rng.gamma(2.5, 32 / 2.5, cases)).astype(np.int64)
    late = (days > 45) & (rng.random(cases) < share)
    if reach is not None:
        late &= days <= 45 + reach
    days[late] = 45 - rng.choice(5, int(late.sum()), p=(0.35, 0.25, 0.18, 0.12, 0.10))
    return days, float(late.mean())


@pytest.mark.parametrize("reach", [None, 10])
def test_twenty_thousand_durations_give_the_share_moved(reach: int | None) -> None:
    rng = np.random.default_rng(11)
    days, truth = smooth_days(rng, 20_000, 0.5, reach)
    found = moved_before(days, 45, rng=rng, asked=Days(draws=200))
    assert found is not None
    assert abs(found.share - truth) < 0.01
    assert found.low < truth < found.high
    assert found.curve.reach == reach
    natural = found.natural[(found.days > 40) & (found.days <= 45)]
    assert found.normalised == pytest.approx(found.share * 20_000 / natural.mean(), rel=1e-9)


def test_where_nobody_moved_zero_is_within_the_interval() -> None:
    rng = np.random.default_rng(12)
    days, _ = smooth_days(rng, 20_000, 0.0)
    found = moved_before(days, 45, rng=rng, asked=Days(draws=200))
    assert found is not None
    assert found.low < 0 < found.high
    assert found.high - found.low < 0.02


def test_heaps_on_round_days_are_not_taken_for_a_response() -> None:
    """A quarter of durations is rounded to multiples of five; the limit is one of them."""
    rng = np.random.default_rng(13)
    days, _ = smooth_days(rng, 20_000, 0.0)
    heaped = np.where(rng.random(days.size) < 0.25, np.maximum(5 * np.round(days / 5), 1), days).astype(np.int64)
    told = moved_before(heaped, 45, rng=rng, asked=Days(window=1, draws=200))
    blind = moved_before(heaped, 45, rng=rng, asked=Days(window=1, draws=200, multiples=()))
    assert told is not None and blind is not None
    assert told.low < 0 < told.high
    assert abs(told.share) < 0.004
    # Without the factors the heap is read as moved cases; the misfit gives it away and widens the interval.
    assert blind.share > 0.008
    assert blind.misfit > 2 * told.misfit


def test_too_little_is_refused_and_nonsense_is_an_error() -> None:
    rng = np.random.default_rng(14)
    assert moved_before(np.arange(200), 45, rng=rng) is None
    assert moved_before(np.full(5_000, 40), 45, rng=rng) is None
    with pytest.raises(ValueError, match="twice the window"):
        moved_before([1, 2, 3], 9, rng=rng)
    for wrong in ([-1, 3], [1.5, 2.0]):
        with pytest.raises(ValueError, match="whole days"):
            moved_before(np.array(wrong), 45, rng=rng)


def test_a_curve_that_is_named_is_the_one_that_is_fitted() -> None:
    rng = np.random.default_rng(15)
    days, _ = smooth_days(rng, 5_000, 0.3)
    curve = Curve("days", 5, 20)
    found = moved_before(days, 45, rng=rng, asked=Days(curve=curve, draws=0))
    assert found is not None
    assert found.curve == curve
    assert np.isnan(found.low)
