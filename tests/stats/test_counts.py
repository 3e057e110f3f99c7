"""Counts, ratios and standardised rates beside the test tables of PHEindicatormethods 2.1.0 (UKHSA)."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from casetrail.stats.counts import (
    byar,
    count_limits,
    exact_poisson,
    expected_events,
    ratio,
    standardised_rate,
)
from casetrail.stats.intervals import wilson

LEVELS = {"lower95_0cl": (0.95, 0), "upper95_0cl": (0.95, 1), "lower99_8cl": (0.998, 0), "upper99_8cl": (0.998, 1)}
# The tables print fifteen digits and more.
TIGHT = 1e-9


def rows(shared: Path, name: str) -> list[dict[str, str]]:
    with (shared / "compare" / "phe_indicator_methods" / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def number(cell: str) -> float | None:
    return float(cell) if cell not in ("", "NA") else None


@pytest.mark.shared
def test_byar_and_wilson(shared: Path) -> None:
    seen = {"Byars": 0, "Wilson": 0}
    for row in rows(shared, "testdata_b_w.csv"):
        level, x = float(row["confidence"].rstrip("%")) / 100, float(row["x"])
        if not x.is_integer():  # our Wilson interval is of counts
            continue
        low, high = byar(int(x), level) if row["method"] == "Byars" else wilson(int(x), int(row["n"]), level)
        # They print nothing where Byar's formula falls below 0.
        assert low == pytest.approx(number(row["lowercl"]) or 0.0, rel=TIGHT)
        assert high == pytest.approx(float(row["uppercl"]), rel=TIGHT)
        seen[row["method"]] += 1
    assert seen == {"Byars": 7, "Wilson": 4}


@pytest.mark.shared
def test_rates_take_exact_limits_below_ten_events(shared: Path) -> None:
    checked = 0
    for row in rows(shared, "testdata_rate.csv"):
        x, n, times = number(row["Numerator"]), number(row["Denominator"]), number(row["multiplier"])
        if x is None or not n or times is None:
            continue
        for name, (level, side) in LEVELS.items():
            said = number(row[name])
            if said is not None:
                assert times * count_limits(int(x), level)[side] / n == pytest.approx(said, rel=TIGHT, abs=1e-12)
                checked += 1
    assert checked >= 40


@pytest.mark.shared
def test_directly_standardised_rates(shared: Path) -> None:
    by_area: dict[str, list[tuple[float, float]]] = {}
    for row in rows(shared, "testdata_multiarea.csv"):
        if row["area"]:  # one band has no count there: they take it as 0
            by_area.setdefault(row["area"], []).append((number(row["count"]) or 0.0, float(row["pop"])))
    checked = refused = 0
    for row in rows(shared, "testresults_dsr.csv"):
        if row["area"] not in by_area:
            continue
        counts, populations = zip(*by_area[row["area"]], strict=True)
        times = 100_000 if row["statistic"].endswith("100000") else 10_000
        for name, (level, side) in LEVELS.items():
            found, said = standardised_rate(counts, populations, ESP2013, level), number(row[name])
            if found is None:
                assert said is None
                refused += 1
                continue
            assert said is not None
            assert times * (found.low, found.high)[side] == pytest.approx(said, rel=TIGHT)
            assert times * found.value == pytest.approx(float(row["value"]), rel=TIGHT)
            checked += 1
    assert (checked, refused) == (16, 8)


@pytest.mark.shared
def test_indirectly_standardised_ratios(shared: Path) -> None:
    strata: dict[str, list[tuple[float, float, float]]] = {}
    for row in rows(shared, "testdata_multiarea_isr.csv"):
        if row["area"] != "testdata_tiny":  # its blank band has no people; the other areas have the same populations
            strata.setdefault(row["area"], []).append((float(row["pop"]), float(row["refcount"]), float(row["refpop"])))
    checked = 0
    for row in rows(shared, "testresults_isr.csv"):
        if row["area"] not in strata or number(row["observed"]) is None:
            continue
        expected = expected_events(*zip(*strata[row["area"]], strict=True))
        assert expected == pytest.approx(float(row["expected"]), rel=TIGHT)
        for name, (level, side) in LEVELS.items():
            said, times = number(row[name]), float(row["value"]) / (int(row["observed"]) / expected)
            if said is not None:
                found = ratio(int(row["observed"]), expected, level)
                assert times * (found.low, found.high)[side] == pytest.approx(said, rel=TIGHT)
                checked += 1
    assert checked >= 12


# The European standard population of 2013, five-year bands from 0-4 to 90 and over (Eurostat).
ESP2013 = [
    5000,
    5500,
    5500,
    5500,
    6000,
    6000,
    6500,
    7000,
    7000,
    7000,
    7000,
    6500,
    6000,
    5500,
    5000,
    4000,
    2500,
    1500,
    1000,
]


@given(st.integers(0, 10_000))
def test_exact_limits_are_those_at_which_the_tail_is_half_of_what_is_left(count: int) -> None:
    low, high = exact_poisson(count)
    assert stats.poisson.cdf(count, high) == pytest.approx(0.025, rel=1e-6)
    if count:
        assert stats.poisson.sf(count - 1, low) == pytest.approx(0.025, rel=1e-6)
    near = byar(count)
    assert near[1] == pytest.approx(high, rel=0.02)


def test_no_limits_for_less_than_nothing() -> None:
    for of in (byar, exact_poisson):
        with pytest.raises(ValueError, match="0 or more"):
            of(-1)
    with pytest.raises(ValueError, match="above 0"):
        ratio(3, 0.0)
    assert standardised_rate([3, 6], [100, 100], [1, 1]) is None
    with pytest.raises(ValueError, match="equally many"):
        standardised_rate([3], [100, 100], [1, 1])
