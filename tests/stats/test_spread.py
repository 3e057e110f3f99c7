"""Differences between units as a factor and as a variance, beside FunnelPlotR on the medpar admissions.

FunnelPlotR draws the limits of its root method on the root scale and compares the plain ratio with them: as it draws
them, 26 and 17 of 54 providers lie outside; on one scale, 14 and 2.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetrail.stats.intervals import normal_quantile
from casetrail.stats.spread import Extremes, Scale, Spread, spread

SMALL = (100, 150, 180, 80, 120, 225), (108, 112, 165, 95, 100, 220)


@pytest.fixture
def medpar(shared: Path) -> Path:
    return shared / "compare" / "funnelplotr_medpar"


def reference(medpar: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((medpar / "funnelplotr_medpar_reference.json").read_text(encoding="utf-8"))
    return read


def source(medpar: Path, method: str) -> list[dict[str, str]]:
    with (medpar / f"funnelplotr_medpar_{method}_source.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def found(rows: list[dict[str, str]], scale: Scale, extremes: Extremes) -> Spread:
    x, n = ([float(row[name]) for row in rows] for name in ("numerator", "denominator"))
    return spread(x, n, scale=scale, extremes=extremes)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("method", "scale", "extremes"), [("SHMI", "log ratio", "left out"), ("CQC", "root ratio", "winsorised")]
)
def test_phi_and_tau2_of_medpar_to_the_printed_digits(
    medpar: Path, method: str, scale: Scale, extremes: Extremes
) -> None:
    said, rows = reference(medpar)[f"{method}_998"], source(medpar, method)
    ours = found(rows, scale, extremes)
    # Eleven digits are printed.
    assert ours.phi == pytest.approx(said["phi"], rel=1e-10)
    assert ours.tau2 == pytest.approx(said["tau2"], rel=1e-9)
    assert ours.z == pytest.approx([float(row["Uzscore"]) for row in rows], rel=1e-10)
    assert ours.s == pytest.approx([float(row["s"]) for row in rows], rel=1e-10)


@pytest.mark.shared
@pytest.mark.parametrize(("level", "name"), [(0.95, "95"), (0.998, "998")])
def test_outliers_of_medpar(medpar: Path, level: float, name: str) -> None:
    said, q = reference(medpar), normal_quantile(level)
    rows = source(medpar, "SHMI")
    ours = found(rows, "log ratio", "left out")
    assert [row["group"] for row, z in zip(rows, ours.z_added, strict=True) if abs(z) > q] == said[f"SHMI_{name}"][
        "outliers"
    ]
    rows = source(medpar, "CQC")
    ours = found(rows, "root ratio", "winsorised")
    half = q * np.sqrt(ours.s**2 + ours.tau2)
    as_drawn = [row["group"] for row, h in zip(rows, half, strict=True) if abs(float(row["rr"]) - 1.0) > h]
    assert as_drawn == said[f"CQC_{name}"]["outliers"]
    on_one_scale = int(np.sum(np.abs(ours.z_added) > q))
    assert on_one_scale == {"95": 14, "998": 2}[name]


@pytest.mark.shared
def test_shares_of_medpar(medpar: Path) -> None:
    died: Counter[str] = Counter()
    admitted: Counter[str] = Counter()
    with (medpar / "medpar.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            admitted[row["provnum"]] += 1
            died[row["provnum"]] += int(row["died"])
    ours = spread([died[p] for p in admitted], list(admitted.values()))
    assert (round(ours.phi, 6), round(ours.tau2, 9)) == (1.360734, 0.003533335)
    assert not np.any(np.abs(ours.z_added) > normal_quantile(0.998))


@pytest.mark.parametrize(
    ("scale", "extremes", "phi", "tau2"),
    [
        # FunnelPlotR at commit 9020d49, from the notes beside the reference data.
        ("log ratio", "left out", 2.948033, 0.01947753),
        ("root ratio", "winsorised", 2.327178, 0.00343978),
        ("ratio of counts", "winsorised", 0.9204354, None),
    ],
)
def test_small_cases(scale: Scale, extremes: Extremes, phi: float, tau2: float | None) -> None:
    ours = spread(*SMALL, scale=scale, extremes=extremes)
    assert ours.phi == pytest.approx(phi, abs=5e-7)
    if tau2 is not None:
        assert ours.tau2 == pytest.approx(tau2, abs=5e-9)


def plain(x: list[int], n: list[int]) -> tuple[float, float]:
    """phi and tau² of shares, winsorised, in plain steps."""
    from math import asin, sqrt

    target = asin(sqrt(sum(x) / sum(n)))
    z = sorted((asin(sqrt(a / b)) - target) * 2 * sqrt(b) for a, b in zip(x, n, strict=True))

    def quantile(p: float) -> float:
        at = p * (len(z) - 1)
        low = int(at)
        return z[low] + (at - low) * (z[min(low + 1, len(z) - 1)] - z[low])

    least, most = quantile(0.1), quantile(0.9)
    phi = sum(min(max(v, least), most) ** 2 for v in z) / len(z)
    weights = [4.0 * b for b in n]
    room = sum(weights) - sum(w * w for w in weights) / sum(weights)
    return phi, max(0.0, (len(z) * phi - (len(z) - 1)) / room) if room > 0 else 0.0


counts = st.lists(
    st.integers(1, 5_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=2, max_size=40
)


@given(counts)
def test_the_plain_twin_agrees(units: list[tuple[int, int]]) -> None:
    x, n = [a for a, _ in units], [b for _, b in units]
    ours, (phi, tau2) = spread(x, n), plain(x, n)
    assert ours.phi == pytest.approx(phi, rel=1e-9, abs=1e-12)
    assert ours.tau2 == pytest.approx(tau2, rel=1e-6, abs=1e-12)
    assert np.all(np.abs(ours.z_added) <= np.abs(ours.z) + 1e-12)


@pytest.mark.parametrize(
    ("x", "n", "scale"),
    [([], [], "share"), ([1], [1, 2], "share"), ([3], [2], "share"), ([0], [2.0], "log ratio"), ([1], [0], "share")],
)
def test_what_is_no_count_is_refused(x: list[int], n: list[float], scale: Scale) -> None:
    with pytest.raises(ValueError, match=r"equally long|within|event in each"):
        spread(x, n, scale=scale)
