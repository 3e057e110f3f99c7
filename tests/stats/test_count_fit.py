"""The plain fit of counts: hand calculations, R's figures, another program's, and nonsense refused."""

from __future__ import annotations

import csv
import json
from math import log, sqrt
from pathlib import Path

import numpy as np
import pytest

from casetrail.stats.count_fit import Cases, cases, fit


def test_two_groups_of_rates_by_hand() -> None:
    """Ten units of 4 in 100 and ten of 9 in 100: slope log(9/4), variance 1/40 + 1/90; expected are the group rates."""
    group = np.repeat([0.0, 1.0], 10)
    found = fit(cases(np.where(group == 1, 9, 4), np.full(20, 100), group))
    assert found.coefficients == pytest.approx([log(0.04), log(9 / 4)], abs=1e-9)
    assert found.covariance[1, 1] == pytest.approx(1 / 40 + 1 / 90, rel=1e-9)
    assert found.expected == pytest.approx(np.where(group == 1, 9.0, 4.0))
    assert found.dispersion == pytest.approx(0.0, abs=1e-12)


def test_two_groups_of_shares_by_hand() -> None:
    """Log odds ratio of 30/100 and 60/100 with Woolf's variance; the dispersion from Pearson's sum by hand."""
    group = np.repeat([0.0, 1.0], 10)
    observed = np.where(group == 1, 6, 3) + np.tile([1, -1], 10)
    found = fit(cases(observed, np.full(20, 10), group, family="binomial"))
    assert found.coefficients[1] == pytest.approx(log(60 / 40) - log(30 / 70), abs=1e-9)
    assert found.covariance[1, 1] == pytest.approx(1 / 30 + 1 / 70 + 1 / 60 + 1 / 40, rel=1e-9)
    pearson = 10 / (10 * 0.3 * 0.7) + 10 / (10 * 0.6 * 0.4)
    assert found.dispersion == pytest.approx(pearson / 18)
    assert found.standard_errors[1] == pytest.approx(sqrt((1 / 30 + 1 / 70 + 1 / 60 + 1 / 40) * pearson / 18))


def medpar(shared: Path) -> tuple[list[dict[str, str]], Cases]:
    with (shared / "compare" / "funnelplotr_medpar" / "medpar.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = ("hmo", "died", "age80", "type2", "type3")
    columns = np.array([[float(row[name]) for name in names] for row in rows])
    return rows, cases([float(row["los"]) for row in rows], np.ones(len(rows)), columns)


@pytest.mark.shared
def test_medpar_as_in_r(shared: Path) -> None:
    """R's glm, `los ~ hmo + died + age80 + factor(type)`: coefficients to ten printed digits, expected to 1e-6."""
    rows, of = medpar(shared)
    folder = shared / "compare" / "funnelplotr_medpar"
    printed = json.loads((folder / "funnelplotr_medpar_reference.json").read_text(encoding="utf-8"))["model"]
    found = fit(of)
    assert found.coefficients == pytest.approx(list(printed["coef"].values()), abs=5e-9)
    by_provider: dict[str, float] = {}
    for row, expected in zip(rows, found.expected, strict=True):
        by_provider[row["provnum"]] = by_provider.get(row["provnum"], 0.0) + float(expected)
    with (folder / "funnelplotr_medpar_CQC_source.csv").open(encoding="utf-8", newline="") as file:
        theirs = {row["group"]: float(row["denominator"]) for row in csv.DictReader(file)}
    assert by_provider == pytest.approx(theirs, abs=1e-6)
    assert len(theirs) == 54


@pytest.mark.shared
def test_medpar_dispersion_and_why_r_prints_another(shared: Path) -> None:
    """R prints 6.240519: when it stops it divides by the weights of its last step but one. Repeated here step by step.

    Divided by the variance at the fitted values themselves it is 6.240501, which is what Pearson's statistic means.
    """
    _, of = medpar(shared)
    x = np.column_stack([np.ones(len(of.observed)), of.columns])
    y, mean = of.observed, of.observed + 0.1
    deviances = [np.inf, 0.0]
    while abs(deviances[-1] - deviances[-2]) / (abs(deviances[-1]) + 0.1) >= 1e-8:
        weight = mean
        working = np.log(mean) + (y - mean) / mean
        mean = np.exp(x @ np.linalg.solve((x * weight[:, None]).T @ x, x.T @ (weight * working)))
        deviances.append(2 * float(np.sum(y * np.log(y / mean) - (y - mean))))
    as_in_r = float(np.sum(weight * ((y - mean) / mean) ** 2)) / (len(y) - 6)
    assert as_in_r == pytest.approx(6.2405192187, abs=5e-10)
    assert fit(of).dispersion == pytest.approx(float(np.sum((y - mean) ** 2 / mean)) / (len(y) - 6), abs=1e-6)
    assert fit(of).dispersion == pytest.approx(6.240519, abs=2e-5)


@pytest.mark.parametrize("share", [False, True])
def test_as_statsmodels(share: bool) -> None:
    sm = pytest.importorskip("statsmodels.api")
    rng = np.random.default_rng(3)
    x, n = rng.standard_normal(60), rng.integers(50, 2_000, 60)
    line = 0.4 * x + 0.3 * rng.standard_normal(60)
    seen = rng.binomial(n, 1 / (1 + np.exp(-line))) if share else rng.poisson(0.3 * n * np.exp(line))
    of = cases(seen, n, x, family="binomial" if share else "poisson")
    design = np.column_stack([np.ones(60), of.columns])
    if share:
        theirs = sm.GLM(np.column_stack([of.observed, of.size - of.observed]), design, family=sm.families.Binomial())
    else:
        theirs = sm.GLM(of.observed, design, family=sm.families.Poisson(), offset=np.log(of.size))
    # Its own scale="X2" leaves out the number of cases for shares; its Pearson statistic does not.
    there = theirs.fit(tol=1e-12)
    dispersion = there.pearson_chi2 / there.df_resid
    here = fit(of)
    assert here.coefficients == pytest.approx(there.params, abs=1e-8)
    assert here.dispersion == pytest.approx(dispersion, rel=1e-8)
    assert here.standard_errors == pytest.approx(there.bse * sqrt(dispersion), rel=1e-6)


@pytest.mark.parametrize(
    ("observed", "size", "columns", "words"),
    [
        ([1, 2], [1], None, "equally long"),
        ([], [], None, "not empty"),
        ([1, 2], [3, 0], None, "size above 0"),
        ([-1, 2], [3, 3], None, "below 0"),
        ([1, 2], [3, 3], [1.0], "one row"),
        ([1, 2], [3, 3], [1.0, float("nan")], "missing"),
    ],
)
def test_nonsense_is_an_error(observed: list[int], size: list[int], columns: list[float] | None, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        cases(observed, size, columns)
