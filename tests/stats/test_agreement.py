"""Agreement of raters, to the digits of papers and of other programs.

Programs run on the same tables: irrCAC 0.4.4, krippendorff 0.9.0, statsmodels 0.15.0 and pingouin 0.6.1 (Python), six
digits each unless fewer are stated.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetrail.stats.agreement import Agreement, cross_table, gwet, kappa, percent, rating_counts
from casetrail.stats.agreement_alpha import alpha
from casetrail.stats.icc import icc
from casetrail.stats.intervals import normal_quantile, wilson

NAN = float("nan")
# Krippendorff (2011): four observers, twelve units, ratings missing. Columns: observers.
FOUR = np.array(
    [
        [1, 1, NAN, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4],
        [4, 4, 4, 4], [1, 1, 2, 1], [2, 2, 2, 2], [NAN, 5, 5, 5], [NAN, NAN, 1, 1], [NAN, 3, NAN, NAN],
    ]
)  # fmt: skip
COUNTS = rating_counts(np.repeat(np.arange(12), 4), FOUR.reshape(-1) - 1, 5)
# Fleiss, "Statistical methods for rates and proportions" (2nd ed. 1981) ch. 13: 100 diagnoses, kappa 0.68.
DIAGNOSES = [[75, 1, 4], [5, 4, 1], [0, 0, 10]]
# Three abstractors' grades as shipped with irrCAC (R), kappa 0.7964094, standard error 0.05891072.
ABSTRACTORS = [[13, 0, 0], [0, 20, 7], [0, 4, 56]]
# Shrout and Fleiss (1979) table 2: six targets, four judges.
JUDGES = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]


def error(found: Agreement | None) -> float:
    assert found is not None and found.low is not None
    return (found.value - found.low) / normal_quantile(0.95)


def value(found: Agreement | None) -> float:
    assert found is not None
    return found.value


def test_kappa_of_the_textbook() -> None:
    # By hand: seen 0.89, by chance 0.80 x 0.80 + 0.10 x 0.05 + 0.10 x 0.15 = 0.66; (0.89 - 0.66) / 0.34.
    assert value(kappa(DIAGNOSES)) == pytest.approx(0.23 / 0.34, abs=1e-12)
    assert error(kappa(DIAGNOSES)) == pytest.approx(0.087703, abs=5e-7)


@pytest.mark.parametrize(
    ("weights", "one", "error_of_one", "other"),
    [
        ("same", 0.676471, 0.087703, 0.796409),
        ("linear", 0.722222, 0.084301, 0.842902),
        ("quadratic", 0.755319, 0.086707, 0.892157),
    ],
)
def test_weighted_kappa_and_its_error_as_statsmodels_and_irrcac(
    weights: str, one: float, error_of_one: float, other: float
) -> None:
    found = kappa(DIAGNOSES, weights)  # type: ignore[arg-type]
    assert value(found) == pytest.approx(one, abs=5e-7)
    assert error(found) == pytest.approx(error_of_one, abs=5e-7)
    assert value(kappa(ABSTRACTORS, weights)) == pytest.approx(other, abs=5e-7)  # type: ignore[arg-type]


def test_kappa_and_its_error_as_printed_by_irrcac_in_r() -> None:
    assert value(kappa(ABSTRACTORS)) == pytest.approx(0.7964094, abs=5e-8)
    assert error(kappa(ABSTRACTORS)) == pytest.approx(0.05891072, abs=5e-9)


def test_the_paradox_of_prevalence() -> None:
    """118 of 125 files get the same grade from both and yet kappa is below 0; AC1 is not taken in (Gwet 2002)."""
    table = [[118, 5], [2, 0]]
    # By hand: seen 0.944; by chance (123 x 120 + 2 x 5) / 125² = 0.94528.
    assert value(kappa(table)) == pytest.approx((0.944 - 0.94528) / (1 - 0.94528), abs=1e-12)
    assert round(value(kappa(table)), 4) == -0.0234
    counts = [[2, 0]] * 118 + [[1, 1]] * 7
    # By hand: usual share (123 + 120) / 250 = 0.972, chance 2 x 0.972 x 0.028 = 0.054432.
    assert value(gwet(counts)) == pytest.approx((0.944 - 0.054432) / (1 - 0.054432), abs=1e-12)
    same = percent(counts)
    assert same is not None
    assert same.value == pytest.approx(0.944)
    assert (same.low, same.high) == wilson(118, 125)


@pytest.mark.parametrize(
    ("weights", "wanted", "low"),
    [("same", 0.775444, 0.460813), ("linear", 0.858739, 0.6005), ("quadratic", 0.914001, 0.685181)],
)
def test_gwet_of_several_raters_with_missing_ratings_as_irrcac(weights: str, wanted: float, low: float) -> None:
    found = gwet(COUNTS, weights)  # type: ignore[arg-type]
    assert found is not None and found.low is not None
    assert found.value == pytest.approx(wanted, abs=5e-7)
    assert found.low == pytest.approx(low, abs=5e-7)
    assert (found.high, found.files, found.dropped) == (1.0, 11, 1)
    assert value(percent(COUNTS)) == pytest.approx(0.818182, abs=5e-7)


@pytest.mark.parametrize(("metric", "wanted"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_alpha_of_krippendorff_s_own_example(metric: str, wanted: float) -> None:
    found = alpha(COUNTS, metric)  # type: ignore[arg-type]
    assert value(found) == pytest.approx(wanted, abs=5e-4)
    assert found is not None and found.low is not None and found.low < found.value <= 1


def test_icc_of_shrout_and_fleiss() -> None:
    found = icc(JUDGES)
    assert found is not None
    assert [round(x.value, 2) for x in (found.one, found.two, found.three)] == [0.17, 0.29, 0.71]
    # Limits as pingouin prints them.
    assert [round(x.low, 2) for x in (found.one, found.two, found.three)] == [-0.13, 0.02, 0.34]
    assert [round(x.high, 2) for x in (found.one, found.two, found.three)] == [0.72, 0.76, 0.95]


def test_unknown_ratings_are_dropped_and_counted_never_taken_for_the_lowest() -> None:
    table, dropped = cross_table([0, 1, NAN, 1], [0, 1, 1, NAN], 2)
    assert table.tolist() == [[1, 0], [0, 1]]
    assert dropped == 2
    found = icc([*JUDGES, [NAN, 1, 1, 1]])
    whole = icc(JUDGES)
    assert found is not None and whole is not None
    assert (found.dropped, found.files, found.two) == (1, 6, whole.two)
    assert rating_counts([1, 1, 2], [0, NAN, 1], 2).tolist() == [[1, 0], [0, 1]]


def test_that_no_file_was_disagreed_on_is_not_certainty() -> None:
    """12 of 12 agree: Wilson's lower limit is 12 / (12 + 1.96²) = 0.757; half of it is chance in a table of 6 and 6."""
    low = 12 / (12 + normal_quantile(0.95) ** 2)
    for found in (kappa([[6, 0], [0, 6]]), gwet([[2, 0]] * 6 + [[0, 2]] * 6)):
        assert found is not None
        assert (found.value, found.high) == (1, 1)
        assert found.low == pytest.approx((low - 0.5) / 0.5, abs=1e-9)
    same = alpha([[2, 0]] * 6 + [[0, 2]] * 6, "nominal")
    assert same is not None and same.low is None


def test_what_cannot_be_said_is_not_said() -> None:
    assert kappa([[0, 0], [0, 0]]) is None
    assert kappa([[30, 0], [0, 0]]) is None
    assert gwet([[1, 0], [0, 1]]) is None
    assert alpha([[2, 0], [2, 0]]) is None
    assert icc([[1, 1], [1, 1]]) is None
    with pytest.raises(ValueError, match="scale"):
        cross_table([0, 3], [0, 1], 2)


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=3, max_size=40))
def test_coefficients_stay_in_their_range_and_do_not_care_which_rater_comes_first(pairs: list[tuple[int, int]]) -> None:
    one, other = (np.array(side, dtype=float) for side in zip(*pairs, strict=True))
    table, _ = cross_table(one, other, 3)
    for weights in ("same", "linear", "quadratic"):
        found, turned = kappa(table, weights), kappa(table.T, weights)  # type: ignore[arg-type]
        assert (found is None) == (turned is None)
        if found is not None and turned is not None and found.low is not None and found.high is not None:
            assert found.value == pytest.approx(turned.value, abs=1e-9)
            assert -1 <= found.low <= found.value + 1e-9 and found.value - 1e-9 <= found.high <= 1
    file = np.repeat(np.arange(one.size), 2)
    seen = gwet(rating_counts(file, np.stack([one, other], axis=1).reshape(-1), 3))
    assert seen is not None and seen.value <= 1 + 1e-12
