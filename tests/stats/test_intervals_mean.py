"""Intervals of a mean beside the test tables of PHEindicatormethods 2.1.0 (UKHSA)."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from casetrail.stats.intervals_mean import mean_from, mean_interval


@pytest.mark.shared
def test_means_to_the_printed_digits(shared: Path) -> None:
    """Fifteen digits and more are printed."""
    folder = shared / "compare" / "phe_indicator_methods"
    by_area: dict[str, list[float]] = {"No grouping": []}
    with (folder / "testdata_mean.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            for area in (row["area"], "No grouping"):
                by_area.setdefault(area, []).append(float(row["values"]))
    with (folder / "testdata_mean_results.csv").open(encoding="utf-8-sig", newline="") as file:
        results = list(csv.DictReader(file))
    assert len(results) == 3
    for row in results:
        for level, name in ((0.95, "95_0"), (0.998, "99_8")):
            found = mean_interval(by_area[row["area"]], level)
            assert found.n == int(row["value_count"])
            assert (found.value, found.deviation) == pytest.approx(
                (float(row["value"]), float(row["stdev"])), rel=1e-13
            )
            said = float(row[f"lower{name}cl"]), float(row[f"upper{name}cl"])
            assert (found.low, found.high) == pytest.approx(said, rel=1e-12)


def test_by_hand() -> None:
    # Student 1908 in today's tables: t of three degrees of freedom is 3.182446 at 97.5 %.
    found = mean_interval([1.0, 2.0, 3.0, 4.0])
    assert found.deviation == pytest.approx((5 / 3) ** 0.5)
    assert found.high - found.value == pytest.approx(3.182446 * (5 / 3) ** 0.5 / 2, abs=1e-6)
    known = mean_from(10.0, 2.0, 4, known=True)
    assert (known.low, known.high) == pytest.approx((8.040036, 11.959964), abs=1e-6)
    assert mean_from(10.0, 2.0, 1, known=True).high == pytest.approx(13.919928, abs=1e-6)


def test_where_there_is_no_interval() -> None:
    for values in ([], [1.0], [1.0, float("nan")], [[1.0, 2.0]]):
        with pytest.raises(ValueError, match="two values"):
            mean_interval(values)
    with pytest.raises(ValueError, match="two values"):
        mean_from(1.0, 1.0, 1)
    with pytest.raises(ValueError, match="standard deviation"):
        mean_from(1.0, -1.0, 3)
