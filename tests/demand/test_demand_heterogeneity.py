"""Families over lists. Witnesses: Rcapture 1.4-4 on the snowshoe hares (reference file), and hand calculations."""

from __future__ import annotations

import csv
import json
import math
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from casetrail.demand.heterogeneity.chao import constrained
from casetrail.demand.heterogeneity.columns import base, etas
from casetrail.demand.heterogeneity.families import Families, families
from casetrail.demand.heterogeneity.fit import Family, log_likelihood, solve
from casetrail.demand.heterogeneity.graph import graph
from casetrail.demand.heterogeneity.varies import Varies, varies
from casetrail.demand.lists import Lists, lists
from casetrail.figures import Refusal


def read(path: Path) -> Lists:
    with path.open(encoding="utf-8") as file:
        head, *rows = list(csv.reader(file))
    return lists(head[:-1], [(tuple(map(int, r[:-1])), int(r[-1])) for r in rows])


def answered(found: Families | Refusal) -> Families:
    assert isinstance(found, Families)
    return found


def family(found: Families, name: str) -> Family:
    here = found.of(name)
    assert isinstance(here, Family)
    return here


def made_up(seed: int, n: int, chances: np.ndarray) -> Lists:
    rng = np.random.default_rng(seed)
    on = rng.random((n, chances.shape[-1])) < chances
    counts = np.bincount(on @ (1 << np.arange(chances.shape[-1])), minlength=1 << chances.shape[-1]).astype(np.int64)
    counts[0] = 0
    return Lists(tuple("abcdef"[: chances.shape[-1]]), counts)


@pytest.mark.shared
def test_all_twelve_families_of_the_hares_are_those_of_rcapture(shared: Path) -> None:
    reference = json.loads((shared / "demand" / "reference" / "rcapture.json").read_text(encoding="utf-8"))
    hares = reference["hare_closedp"]
    found = answered(families(read(shared / "demand" / "snowshoe_hare_6occ.csv"), in_time_order=True))
    assert len(found.each) == len(hares["rows"]) == 12
    for row, (abundance, error, deviance, freedom, aic, bic, _) in zip(hares["rows"], hares["v"], strict=True):
        here = family(found, row.removesuffix(" (LB)"))
        assert here.total == pytest.approx(abundance, abs=1e-6)
        assert (here.deviance, here.aic, here.bic) == pytest.approx((deviance, aic, bic), abs=1e-8)
        assert here.freedom == freedom
        assert here.lower_bound == row.endswith("(LB)")
        if row != "Mbh":
            # R takes the covariance from the step before its last, stopped at a relative change of 1e-8.
            assert here.error == pytest.approx(error, rel=5e-5)


@pytest.mark.shared
def test_the_errors_of_removal_are_those_of_zippin(shared: Path) -> None:
    # Mbh on occasions 2 to 6 is estimation by removal: C. Zippin, Journal of Wildlife Management 22 (1958) 82-90:
    # variance N (N - T) T / (T^2 - N (N - T) (k p)^2 / (1 - p)), T found on k occasions out of N. The reference gives
    # 14.59 for the error of Mbh, which this formula does not.
    of = read(shared / "demand" / "snowshoe_hare_6occ.csv")
    found = answered(families(of, in_time_order=True))
    for name, first in (("Mb", 0), ("Mbh", 1)):
        here = family(found, name)
        u = np.array(graph(of).first[first:], dtype=float)
        k, t = u.size, u.sum()
        n = t + here.hidden
        q = (here.hidden / n) ** (1 / k)
        variance = n * here.hidden * t / (t**2 - n * here.hidden * (k * (1 - q)) ** 2 / q)
        assert here.error == pytest.approx(math.sqrt(variance), rel=1e-4)


@pytest.mark.shared
def test_chao_of_the_hares_by_hand(shared: Path) -> None:
    # With every eta free, f1 = k e^(g + b) and f2 = C(k, 2) e^(g + 2b): hidden = (k - 1) f1^2 / (2 k f2), f1 = 25,
    # f2 = 22, k = 6. One eta is held at 0 in the fit, and does not touch ones and twos here.
    of = read(shared / "demand" / "snowshoe_hare_6occ.csv")
    assert graph(of).on_exactly == (25, 22, 13, 5, 1, 2)
    assert family(answered(families(of)), "Mh Chao").hidden == pytest.approx(5 * 25**2 / (12 * 22))


@pytest.mark.shared
@pytest.mark.parametrize(("name", "mt"), [("hiv_rome_4list", 11124.5784691849), ("new_orleans_5list", 1034.1510652311)])
def test_mt_is_the_model_of_independent_lists(shared: Path, name: str, mt: float) -> None:
    # Rcapture's model [1,2,3,4] of the same lists, and [1,2,3,4,5].
    found = family(answered(families(read(shared / "demand" / f"{name}.csv"))), "Mt")
    assert found.total == pytest.approx(mt, rel=1e-9)


@pytest.mark.shared
@pytest.mark.parametrize("name", ["kosovo_1999_4list", "lesbian_4list"])
def test_real_lists_on_which_the_families_differ(shared: Path, name: str) -> None:
    found = answered(families(read(shared / "demand" / f"{name}.csv")))
    assert {"families_differ", "persons_differ", "below_the_bound"} <= set(found.warnings)
    assert found.spread > 1.5
    assert {f.name for f in found.near} == {"Mth Poisson2", "Mth Darroch", "Mth Gamma3.5"}
    assert isinstance(found.varies, Varies)
    assert found.varies.score_p < 1e-10


def test_two_lists_of_equal_chance_and_a_third_by_hand() -> None:
    # M0 with three lists: p solves n / (1 - (1 - p)^3) = S / (3 p), S the sizes of the lists added up.
    of = lists(("a", "b", "c"), [((1, 0, 0), 40), ((0, 1, 0), 44), ((0, 0, 1), 36), ((1, 1, 0), 12), ((1, 1, 1), 5)])
    n, s = 137, 120 + 24 + 15
    low, high = 1e-6, 1 - 1e-6
    for _ in range(200):
        p = (low + high) / 2
        low, high = (p, high) if n * 3 * p < s * (1 - (1 - p) ** 3) else (low, p)
    assert family(answered(families(of)), "M0").total == pytest.approx(n / (1 - (1 - p) ** 3), rel=1e-8)


def test_the_constrained_fit_is_the_best_of_all_subsets() -> None:
    # Plain twin: every subset of etas fitted; of those without a negative eta the most likely one is the constrained
    # fit, because the log-likelihood is concave.
    for seed in range(6):
        rng = np.random.default_rng(seed)
        own = rng.beta(1.2, 4, (600, 1))
        of = made_up(seed, 600, np.clip(own * np.array([1.0, 0.8, 1.2, 0.7, 1.0]), 0, 1))
        counts = of.counts[1:].astype(float)
        for differ in (True, False):
            lists_, columns = base(5, lists_differ=differ), etas(5)
            best = -math.inf
            for keep in product((False, True), repeat=columns.shape[1]):
                got = solve(np.column_stack((lists_, columns[:, np.array(keep)])), counts)
                if not isinstance(got, str) and (got.beta[lists_.shape[1] :] >= 0).all():
                    best = max(best, log_likelihood(counts, got.mean))
            found = constrained(lists_, 5, counts)
            assert not isinstance(found, str)
            assert log_likelihood(counts, found[0].mean) == pytest.approx(best, abs=1e-7)


def test_equal_persons_warn_of_nothing() -> None:
    found = answered(families(made_up(1, 3000, np.array([0.3, 0.25, 0.2, 0.15]))))
    assert found.warnings == ()
    assert found.near[0].name == "Mt"
    assert family(found, "Mt").low < 3000 < family(found, "Mt").high


def test_two_kinds_of_persons_are_seen_and_chao_is_a_bound() -> None:
    kinds = np.where(np.arange(3000)[:, None] < 900, [[0.5, 0.4, 0.35, 0.3]], [[0.1, 0.08, 0.06, 0.05]])
    found = answered(families(made_up(2, 3000, kinds)))
    assert "persons_differ" in found.warnings
    chao, mt = family(found, "Mth Chao"), family(found, "Mt")
    assert mt.total < chao.total < 3000
    assert isinstance(found.varies, Varies)
    assert found.varies.tau > 0


def test_overlaps_that_are_too_small_are_no_law_of_persons() -> None:
    of = lists(
        ("a", "b", "c"),
        [
            *(((1, 0, 0), 50), ((0, 1, 0), 50), ((0, 0, 1), 50)),
            *(((1, 1, 0), 30), ((1, 0, 1), 30), ((0, 1, 1), 30), ((1, 1, 1), 4)),
        ],
    )
    found = answered(families(of))
    assert family(found, "Mth Darroch").warnings == ("opposite_spread",)
    assert [f.name for f in found.near] == ["Mt"]
    assert isinstance(found.varies, Varies)
    assert not found.varies.seen()


@pytest.mark.parametrize(
    ("of", "code"),
    [
        (lists(("a", "b"), [((1, 0), 5), ((1, 1), 5), ((0, 1), 4)]), "too_few_lists"),
        (lists(("a", "b", "c"), []), "nobody"),
        (lists(("a", "b", "c"), [((1, 1, 0), 5), ((1, 0, 0), 5)]), "empty_list"),
        (lists(("a", "b", "c"), [((1, 0, 0), 5), ((0, 1, 0), 5), ((0, 0, 1), 2)]), "no_overlap"),
        (lists(("a", "b", "c"), [((1, 0, 0), 5), ((1, 1, 0), 5), ((0, 0, 1), 2)]), "disconnected"),
        (lists(("a", "b", "c"), [((1, 1, 1), 5)]), "all_in_one_cell"),
    ],
)
def test_lists_that_say_nothing_are_refused(of: Lists, code: str) -> None:
    found = families(of)
    assert isinstance(found, Refusal)
    assert found.reason == code


def test_a_list_that_holds_everybody_leaves_nobody_hidden_and_no_estimate() -> None:
    of = lists(("a", "b", "c"), [((1, 0, 0), 9), ((1, 1, 0), 9), ((1, 0, 1), 4), ((1, 1, 1), 3)])
    mt = answered(families(of)).of("Mt")
    assert isinstance(mt, Refusal)
    assert mt.reason == "no_mle"
    test = varies(of)
    assert isinstance(test, Refusal)
    assert test.reason == "no_mle"


def test_first_findings_that_do_not_dwindle_have_no_estimate() -> None:
    of = lists(("a", "b", "c"), [((1, 0, 0), 5), ((0, 1, 0), 10), ((0, 0, 1), 40), ((1, 1, 1), 6), ((1, 0, 1), 3)])
    found = answered(families(of, in_time_order=True))
    for name in ("Mb", "Mbh"):
        here = found.of(name)
        assert isinstance(here, Refusal)
        assert here.reason == "no_mle"


def test_without_an_order_there_is_no_mb() -> None:
    with pytest.raises(KeyError):
        answered(families(made_up(1, 500, np.array([0.3, 0.25, 0.2])))).of("Mb")


def test_the_graph_by_hand() -> None:
    of = lists(("a", "b", "c"), [((1, 0, 0), 6), ((0, 1, 0), 5), ((0, 0, 1), 4), ((1, 1, 0), 3), ((1, 1, 1), 2)])
    found = graph(of)
    assert found.on_exactly == (15, 3, 2)
    assert found.first == (11, 5, 4)
    assert found.last == (6, 8, 6)
    assert found.on == (11, 10, 6)
    assert found.log_f == pytest.approx((math.log(5), math.log(1), math.log(2)))
    assert found.bends == pytest.approx((math.log(5) + math.log(2),))
    assert found.bend_errors == pytest.approx((math.sqrt(1 / 15 + 4 / 3 + 1 / 2),))
    assert found.convex is True


def test_nobody_on_three_lists_is_unknown_on_the_graph_and_not_minus_infinity() -> None:
    found = graph(lists(("a", "b", "c"), [((1, 0, 0), 6), ((1, 1, 0), 3)]))
    assert found.log_f[2] is None
    assert found.log_u[1:] == (None, None)
    assert (found.bends, found.convex) == ((None,), None)
