"""Log-linear models on published tables: what other programs and papers found."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from casetrail.demand.loglinear.fits import Status, fit
from casetrail.demand.loglinear.models import hierarchical_models, main_effects, name, named
from casetrail.demand.loglinear.search import Prepared, all_models, best

pytestmark = pytest.mark.shared
Ints = npt.NDArray[np.int64]


def counts_of(shared: Path, file: str) -> Ints:
    with (shared / "demand" / f"{file}.csv").open(encoding="utf-8") as lines:
        header, *rows = list(csv.reader(lines))
    counts = np.zeros(1 << (len(header) - 1), dtype=np.int64)
    for row in rows:
        counts[sum(int(bit) << j for j, bit in enumerate(row[:-1]))] += int(row[-1])
    return counts


def test_all_two_way_models_of_uk_2013(shared: Path) -> None:
    # Rcapture 1.4-4. Its `info` 3 marks two rows with large asymptotic bias; they are fitted like all others.
    counts = counts_of(shared, "uk_2013_5list")
    fits, n = all_models(counts, 5, order=2), int(counts.sum())
    with (shared / "demand/reference/rcapture_uk5_all_1024_two_way_models.csv").open(encoding="utf-8") as lines:
        rows = {row["model"]: row for row in csv.DictReader(lines)}
    ours = {name(model): i for i, model in enumerate(fits.models)}
    assert ours.keys() == rows.keys()
    order = [ours[model] for model in rows]
    for column, found in (("N", n + fits.hidden), ("dev", fits.deviance), ("BIC", fits.bic(n))):
        assert found[order] == pytest.approx([float(row[column]) for row in rows.values()], rel=1e-6)
    chosen = best(fits, n)
    assert name(fits.models[chosen]) == "[12,13,23,25,34]"
    # Silverman, Chan & Vincent (2024), Table 6.
    assert round(n + fits.hidden[chosen]) == 22_991


@pytest.mark.parametrize(
    ("file", "key"),
    [
        ("korea_3list", "Korea_2"),
        ("kosovo_1999_4list", "Kosovo_2"),
        ("kosovo_1999_4list", "Kosovo_3"),
        ("uk_2013_5list", "UK5_2"),
        ("western_us_5list", "Western_2"),
        ("netherlands_5list", "Ned5_2"),
    ],
)
def test_best_by_bic(shared: Path, file: str, key: str) -> None:
    # MultipleSystemsEstimation 1.2.0: estimate, model and BIC, printed to 15 digits.
    known = json.loads((shared / "demand/reference/msepkg_bic.json").read_text(encoding="utf-8"))[key]
    counts, order = counts_of(shared, file), int(key[-1])
    n, k = int(counts.sum()), counts.size.bit_length() - 1
    fits = all_models(counts, k, order=order)
    chosen = best(fits, n)
    assert name(fits.models[chosen]) == known["model"]
    assert n + fits.hidden[chosen] == pytest.approx(float(known["popest"]), rel=1e-9)
    assert fits.bic(n)[chosen] == pytest.approx(float(known["BIC"]), rel=1e-9)
    hidden, index = Prepared(k, order).best_of(counts[None])
    assert (index[0], hidden[0]) == (chosen, pytest.approx(fits.hidden[chosen], rel=1e-9))


@pytest.mark.parametrize(
    ("file", "key"),
    [
        ("hiv_rome_4list", "HIV_MS"),
        ("lesbian_4list", "lesbian_MS"),
        ("uk_2013_5list", "MS_UKdat_5"),
        ("new_orleans_5list", "MS_NewOrl_5"),
        ("western_us_5list", "MS_Western"),
    ],
)
def test_rows_of_rcapture(shared: Path, file: str, key: str) -> None:
    # Abundance, standard error, deviance, df, AIC, BIC, code: printed to ten decimals.
    known = json.loads((shared / "demand/reference/rcapture.json").read_text(encoding="utf-8"))[key]
    counts = counts_of(shared, file)
    n, k = int(counts.sum()), counts.size.bit_length() - 1
    fits = fit(counts, [named(model) for model in known["models"]])
    total, _, deviance, df, aic, bic, _ = np.array(known["v"], dtype=np.float64).T
    assert (fits.status == Status.FINE).all()
    assert n + fits.hidden == pytest.approx(total, rel=1e-6)
    assert fits.deviance == pytest.approx(deviance, rel=1e-6)
    assert (1 << k) - 1 - fits.parameters == pytest.approx(df)
    assert fits.aic() == pytest.approx(aic, rel=1e-6)
    assert fits.bic(n) == pytest.approx(bic, rel=1e-6)


def test_lists_on_their_own(shared: Path) -> None:
    # SparseMSE 2.0.1, main effects only; totals printed to ten decimals.
    known = json.loads((shared / "demand/reference/sparsemse_point.json").read_text(encoding="utf-8"))
    for key, file in (
        ("UKdat", "uk_2013_6list"),
        ("UKdat_5", "uk_2013_5list"),
        ("Ned", "netherlands_6list"),
        ("NewOrl", "new_orleans_8list"),
        ("NewOrl_5", "new_orleans_5list"),
        ("Western", "western_us_5list"),
    ):
        counts = counts_of(shared, file)
        fits = fit(counts, [main_effects(counts.size.bit_length() - 1)])
        assert counts.sum() + fits.hidden[0] == pytest.approx(known[key]["main"][1], rel=1e-6)


def test_new_orleans_by_the_term_of_the_vignette(shared: Path) -> None:
    # Chan, Silverman & Vincent (2021): eight lists, the term DE, 1,184; five lists, none, 1,034.
    eight = counts_of(shared, "new_orleans_8list")
    fits = fit(eight, [named("[45,1,2,3,6,7,8]")])
    assert round(eight.sum() + fits.hidden[0]) == 1_184
    five = counts_of(shared, "new_orleans_5list")
    whole = all_models(five, 5, order=2)
    chosen = best(whole, int(five.sum()))
    assert name(whole.models[chosen]) == "[1,2,3,4,5]"
    assert round(five.sum() + whole.hidden[chosen]) == 1_034


def test_new_orleans_with_one_case_more(shared: Path) -> None:
    # MultipleSystemsEstimation 1.2.0 on its version of 186 cases (Silverman, Chan & Vincent 2024, Table 6: 981). One
    # person more on lists 3 and 4 alone gives its estimate and its BIC to all digits.
    known = json.loads((shared / "demand/reference/msepkg_bic.json").read_text(encoding="utf-8"))["NewOrl5_2"]
    counts = counts_of(shared, "new_orleans_5list")
    counts[0b01100] += 1
    fits = all_models(counts, 5, order=2)
    chosen = best(fits, 186)
    assert name(fits.models[chosen]) == known["model"]
    assert 186 + fits.hidden[chosen] == pytest.approx(float(known["popest"]), rel=1e-9)
    assert fits.bic(186)[chosen] == pytest.approx(float(known["BIC"]), rel=1e-9)


def test_uk_2013_up_to_all_orders(shared: Path) -> None:
    # Silverman, Chan & Vincent (2024), Table 6: 25,311 over all orders, 22,991 over two-way models.
    counts = counts_of(shared, "uk_2013_5list")
    prepared, n = Prepared(5, 4), int(counts.sum())
    hidden, index = prepared.best_of(counts[None])
    assert name(prepared.models[index[0]]) == "[123,25,34]"
    assert round(n + hidden[0]) == 25_311


def test_minus_infinity_is_paid_for(shared: Path) -> None:
    # LA and GP of UK 2013 share nobody. Were their term free, another model would win (12,142 on a prototype).
    counts = counts_of(shared, "uk_2013_5list")
    fits, n = all_models(counts, 5, order=2), int(counts.sum())
    free = fits.bic(n) - np.array([np.log(n) if 0b10001 in model else 0.0 for model in fits.models])
    assert round(n + fits.hidden[int(np.argmin(free))]) == 12_142
    assert int((free < free[best(fits, n)]).sum()) + 1 == 6


def test_six_lists(shared: Path) -> None:
    counts = counts_of(shared, "uk_2013_6list")
    prepared = Prepared(6, 2)
    assert prepared.models == tuple(hierarchical_models(6, 2))
    fits, n = prepared.fit(counts), int(counts.sum())
    assert len(fits.models) == 2**15
    hidden, index = prepared.best_of(counts[None])
    assert (index[0], hidden[0]) == (best(fits, n), pytest.approx(fits.hidden[index[0]], rel=1e-8))
