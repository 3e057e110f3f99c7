"""Funnel limits beside the test tables of PHEindicatormethods 2.1.0 (UKHSA), and beside hand calculations.

Its proportions have score limits (normal, with the pooled share's own variance). Its rates and ratios have exact
Poisson limits at every count, found by halving v = mean / (1 + count + mean) until a step is below 1e-7: they differ
from the exact limit by up to that step. `halved` does the same and meets every printed digit but those of one cell;
ours are the exact ones.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetrail.stats.counts import byar, exact_poisson
from casetrail.stats.discrete_tails import Floats, poisson_tails
from casetrail.stats.funnel_limits import (
    Band,
    Way,
    count_ratio_limits,
    denominators_behind,
    event_counts,
    expected_at_limits,
    mean_limits,
    proportion_counts,
    proportion_limits,
    rate_limits,
    ratio_limits,
)
from casetrail.stats.intervals import normal_quantile, wilson

NAMES = {"2s": 0.95, "3s": 0.998}
# The last step of their halving.
STEP = 2.0**-24


def rows(shared: Path, name: str) -> list[dict[str, str]]:
    with (shared / "compare" / "phe_indicator_methods" / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def halved(count: int, tail: float, *, high: bool) -> float:
    """The expected number at which so few (or so many) have this chance, to the precision of the reference."""
    v = step = 0.5
    while step > 1e-7:
        step /= 2
        at_most, at_least = poisson_tails(count, (1 + count) * v / (1 - v))
        # A larger expected number makes few less likely and many more.
        rise = at_most > tail if high else at_least < tail
        v += step if rise else -step
    return (1 + count) * v / (1 - v)


def on_their_scale(count: float, mean: float) -> float:
    return mean / (1 + count + mean)


@pytest.mark.shared
def test_proportions_to_the_printed_digit(shared: Path) -> None:
    """Six decimals of a per cent, around the pooled share of the areas."""
    with (shared / "compare" / "phe_indicator_methods" / "testdata_funnel_prop_inputs.csv").open(
        encoding="utf-8-sig", newline=""
    ) as file:
        areas = list(csv.reader(file))[1:]
    pooled = sum(float(r[-3]) for r in areas) / sum(float(r[-2]) for r in areas)
    for row in rows(shared, "testdata_funnel_prop_outputs.csv"):
        assert 100 * pooled == pytest.approx(float(row["Baseline"]), abs=5e-7)
        compare_proportion(row, pooled, tolerance=5.1e-7)


@pytest.mark.shared
def test_proportions_on_another_axis(shared: Path) -> None:
    """Eight decimals, and the baseline has no more: half a digit of each."""
    for row in rows(shared, "testdata_funnel_prop_outputs_with_axis_variation.csv"):
        compare_proportion(row, float(row["Baseline"]) / 100, tolerance=1.05e-8)


def compare_proportion(row: dict[str, str], pooled: float, *, tolerance: float) -> None:
    for name, level in (("2s0025", 0.95), ("3s0001", 0.998)):
        ours = proportion_limits(pooled, [float(row["Population"])], level=level, way="score")
        assert 100 * ours.low[0] == pytest.approx(float(row[f"Lower{name}limit"]), abs=tolerance)
        assert 100 * ours.high[0] == pytest.approx(float(row[f"Upper{name}limit"]), abs=tolerance)


@pytest.mark.shared
@pytest.mark.parametrize("table", ["", "_2", "_3"])
def test_rates(shared: Path, table: str) -> None:
    """Three years of data, per 100,000. Their digits by their halving; ours within its last step."""
    seen = 0
    for row in rows(shared, f"testdata_funnel_rate_outputs{table}.csv"):
        count, baseline = int(row["Events"]), float(row["baseline"]) / 100_000
        for name, level in NAMES.items():
            ours = expected_at_limits(count, level=level)
            for side, exact in (("lower", float(ours.high)), ("upper", float(ours.low))):
                theirs = halved(count, (1 - level) / 2, high=side == "lower")
                # Nine or ten digits are printed.
                people, rate = (float(row[f"{side}_{name}_{what}"]) for what in ("population_1_year", "limit"))
                assert theirs / baseline / 3 == pytest.approx(people, rel=2e-9, abs=5e-10)
                assert 100_000 * baseline * count / theirs == pytest.approx(rate, rel=2e-9)
                assert on_their_scale(count, exact) == pytest.approx(on_their_scale(count, theirs), abs=STEP)
                # Read as a funnel: at that many people the limit is that rate.
                band = rate_limits(baseline, [exact / baseline], level=level)
                edge = band.low[0] if side == "lower" else band.high[0]
                assert edge * exact / baseline == pytest.approx(count, abs=1e-6)
                seen += 1
    assert seen == 400


@pytest.mark.shared
def test_ratios(shared: Path) -> None:
    """Expected numbers at the limits, the ratio less one, and the ratio per hundred."""
    differing = []
    for row in rows(shared, "testdata_funnel_ratio_outputs.csv"):
        count = int(row["Observed_events"])
        for name, level in NAMES.items():
            ours = expected_at_limits(count, level=level)
            for side, exact in (("lower", float(ours.high)), ("upper", float(ours.low))):
                theirs, said = halved(count, (1 - level) / 2, high=side == "lower"), f"{side}_{name}"
                assert on_their_scale(count, exact) == pytest.approx(on_their_scale(count, theirs), abs=STEP)
                if theirs != pytest.approx(float(row[f"{said}_exp_events"]), rel=1e-9, abs=5.1e-10):
                    differing.append((count, said))
                    continue
                assert count / theirs - 1 == pytest.approx(float(row[f"{said}_count"]), abs=5.1e-10, rel=1e-9)
                assert 100 * count / theirs == pytest.approx(float(row[f"{said}_isr"]), rel=2e-9)
    # Stated difference, one cell of 400: their last step went up where it had to go down. They print 274.8700809, where
    # 328 events or more have a chance of more than 0.001; the limit is 274.8700139 (tail 0.001 to ten digits).
    assert differing == [(328, "upper_3s")]
    exact = float(expected_at_limits(328, level=0.998).low)
    assert exact == pytest.approx(274.8700139, abs=5e-8)
    assert poisson_tails(328, exact)[1] == pytest.approx(0.001, rel=1e-10)
    assert poisson_tails(328, 274.8700809)[1] > 0.0010000005


def words(x: Floats, band95: Band, band998: Band) -> list[str]:
    low = np.where(x < band998.low, "Low (0.001)", np.where(x < band95.low, "Low (0.025)", "Not significant"))
    return list(np.where(x > band998.high, "High (0.001)", np.where(x > band95.high, "High (0.025)", low)))


def labels(x: Floats, expected: Floats) -> list[str]:
    return words(x, *(event_counts(expected, level=level) for level in NAMES.values()))


@pytest.mark.shared
def test_significance_of_ratios(shared: Path) -> None:
    read = rows(shared, "testdata_funnel_ratio_inputs.csv")
    x, expected = (np.array([float(row[name]) for row in read]) for name in ("obs", "expected"))
    assert labels(x, expected) == [row["significance"] for row in read]
    inside = {level: ratio_limits(expected, level=level) for level in NAMES.values()}
    assert words(x / expected, *inside.values()) == [row["significance"] for row in read]
    assert len(read) == 300


@pytest.mark.shared
def test_significance_of_rates(shared: Path) -> None:
    """Crude rates and standardised ones, the last area with no event counted in or left out.

    Stated difference: with that area left out they still call its 0 events "Not significant", where about 2,000 were to
    be expected; it was not looked at. A standardised rate of fewer than ten events is not to be had.
    """
    read = rows(shared, "testdata_funnel_rate_dsr_inputs.csv")
    x, people = (np.array([float(row[name]) for row in read]) for name in ("count", "pop"))
    rate = np.array([float(row["rate_dsr"]) if row["rate_dsr"] != "NA" else np.nan for row in read])
    behind, some = denominators_behind(x, rate / 100_000), x > 0
    assert list(np.isnan(behind)) == list(~some)
    crude = {"with": x.sum() / people.sum(), "without": x[some].sum() / people[some].sum()}
    for what, target in crude.items():
        for unit in ("100000", "100"):
            said = [row[f"crude_per_{unit}_{what}_0"] for row in read]
            ours = labels(x, target * people)
            assert ours[:-1] == said[:-1]
            assert (ours[-1], said[-1]) == ("Low (0.001)", {"with": ours[-1], "without": "Not significant"}[what])
    standardised = labels(x[some], x.sum() / behind[some].sum() * behind[some])
    for unit in ("100000", "100"):
        for what, last in (("with", "Not applicable for events less than 10 for dsrs"), ("without", "Not significant")):
            assert [row[f"dsr_per_{unit}_{what}_0"] for row in read] == [*standardised, last]


@pytest.mark.shared
def test_denominators_behind_rates(shared: Path) -> None:
    """Events over rate, over the years. One area has no rate in two columns; in the third it has its own population."""
    read = rows(shared, "testdata_funnel_rate_input_funnels.csv")
    events, rate = (np.array([float(row[name]) for row in read]) for name in ("ev", "rate"))
    behind = denominators_behind(events, rate / 100_000)
    differing = []
    for name, years in (("", 3), ("_crude", 3), ("_crude_with_denom", 5)):
        for i, row in enumerate(read):
            said = row[f"denominator_derived{name}"]
            if said == "NA" or behind[i] / years != pytest.approx(float(said), rel=1e-9):
                differing.append((i, name, said))
    assert differing == [(22, "", "NA"), (22, "_crude_with_denom", "1376.6")]
    assert float(read[22]["pop"]) / 5 == pytest.approx(1376.6)
    # The first table of limits stands on these: all events over all that was behind them.
    baseline = float(rows(shared, "testdata_funnel_rate_outputs.csv")[0]["baseline"])
    assert 100_000 * events.sum() / behind.sum() == pytest.approx(baseline, rel=1e-9)


@pytest.mark.shared
def test_wilson_of_the_proportions(shared: Path) -> None:
    checked = 0
    for row in rows(shared, "testdata_prop.csv"):
        if row["value"] in ("", "NA"):
            continue
        x, n, times = int(row["Numerator"]), int(row["Denominator"]), float(row["multiplier"])
        for level, name in ((0.95, "95_0"), (0.998, "99_8")):
            low, high = wilson(x, n, level)
            # Fifteen digits and more are printed.
            assert times * low == pytest.approx(float(row[f"lower{name}cl"]), rel=1e-12)
            assert times * high == pytest.approx(float(row[f"upper{name}cl"]), rel=1e-12)
            checked += 1
    assert checked == 32


@given(st.integers(1, 3_000), st.floats(0.01, 0.99), st.sampled_from([0.95, 0.998]))
def test_score_limits_are_where_wilson_touches_the_target(n: int, target: float, level: float) -> None:
    band = proportion_counts(target, [n], level=level, way="score")
    for x in {int(np.ceil(band.low[0])), int(np.floor(band.high[0]))}:
        low, high = wilson(x, n, level)
        assert low - 1e-9 <= target <= high + 1e-9
    for x in {int(np.ceil(band.low[0])) - 1, int(np.floor(band.high[0])) + 1}:
        if 0 <= x <= n:
            low, high = wilson(x, n, level)
            assert not low < target < high


@given(st.integers(0, 20_000), st.sampled_from([0.8, 0.95, 0.998]))
def test_read_across_the_funnel_has_the_limits_of_the_count(count: int, level: float) -> None:
    # Exact and Byar's as in `counts`, one at a time; score from the same equation as Wilson's.
    for way, plain in (("exact", exact_poisson), ("byar", byar)):
        ours = expected_at_limits(count, level=level, way=way)
        assert (float(ours.low), float(ours.high)) == pytest.approx(plain(count, level), rel=1e-12)
    score = expected_at_limits(count, level=level, way="score")
    q = normal_quantile(level)
    for mean in (float(score.low), float(score.high)):
        assert (count - mean) ** 2 == pytest.approx(q * q * mean, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("way", ["exact", "byar", "score"])
@given(mean=st.floats(1e-3, 1e6), level=st.sampled_from([0.8, 0.95, 0.998]))
def test_a_count_on_a_limit_has_the_expected_number_on_its_own(way: Way, mean: float, level: float) -> None:
    band = event_counts([mean], level=level, way=way)
    assert float(expected_at_limits(band.high, level=level, way=way).low[0]) == pytest.approx(mean, rel=1e-6)
    if band.low[0] > 0:
        assert float(expected_at_limits(band.low, level=level, way=way).high[0]) == pytest.approx(mean, rel=1e-6)


def test_means_and_ratios_of_counts_by_hand() -> None:
    band = mean_limits(10.0, [4, 100], within=2.0, level=0.95)
    assert list(band.low) == pytest.approx([10 - 1.959964, 10 - 0.3919928], abs=1e-6)
    assert list(band.high) == pytest.approx([10 + 1.959964, 10 + 0.3919928], abs=1e-6)
    # Ten in all, as many of one as of the other: 1 to 9 is outside (2 * 11 of 1,024), 2 to 8 inside (2 * 56).
    ratio = count_ratio_limits(1.0, [10], level=0.95)
    assert 1 / 9 < ratio.low[0] < 2 / 8
    assert 8 / 2 < ratio.high[0] < 9 / 1
    # Of two in all nothing is outside, and there may be none of the second.
    few = count_ratio_limits(1.0, [2], level=0.95)
    assert (few.low[0], few.high[0]) == (0.0, np.inf)
    # Score limits of the share in both: (0.5 ± 1.959964 * 0.05) among 100.
    score = count_ratio_limits(1.0, [100], level=0.95, way="score")
    assert (score.low[0], score.high[0]) == pytest.approx((0.4020018 / 0.5979982, 0.5979982 / 0.4020018), abs=1e-6)


def test_limits_narrow_with_size_and_widen_with_level() -> None:
    n = np.array([5.0, 50.0, 500.0, 5_000.0])
    for way in ("exact", "score"):
        inner, outer = (proportion_limits(0.3, n, level=level, way=way) for level in (0.95, 0.998))
        assert np.all(np.diff(inner.low) > 0) and np.all(np.diff(inner.high) < 0)
        assert np.all(outer.low <= inner.low) and np.all(inner.high <= outer.high)


@pytest.mark.parametrize(
    "bad",
    [
        lambda: proportion_limits(1.2, [5], level=0.95),
        lambda: proportion_limits(0.2, [0], level=0.95),
        lambda: proportion_limits(0.2, [5], level=0.95, way="byar"),
        lambda: event_counts([0.0], level=0.95),
        lambda: event_counts([5.0], level=1 - 1e-9, way="byar"),
        lambda: count_ratio_limits(0.0, [5], level=0.95),
        lambda: mean_limits(1.0, [5], within=0.0, level=0.95),
        lambda: expected_at_limits(-1, level=0.95),
        lambda: rate_limits(0.1, [5], level=95.0),
    ],
)
def test_what_has_no_limits_is_refused(bad: object) -> None:
    assert callable(bad)
    with pytest.raises(ValueError, match=r"proportion|above 0|not for levels|0 or more|level"):
        bad()
