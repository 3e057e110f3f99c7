"""Checks, hidden lists, hills, tests of independence and the verdict. Witnesses stand with each test."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2, norm

from casetrail.demand.choosing import Assumption, Kind, Plan, Verdict, always_said, check, judge
from casetrail.demand.choosing.dependence import dependence, independent
from casetrail.demand.choosing.evidence import Evidence
from casetrail.demand.choosing.hidden_list import HiddenList, hide_each, without
from casetrail.demand.choosing.modes import _hill_counts, modes
from casetrail.demand.choosing.plain import hills, pair_scores
from casetrail.demand.choosing.plain import independent as plain_independent
from casetrail.demand.choosing.stepwise import Stepwise
from casetrail.demand.lists import Lists, lists
from casetrail.figures import Refusal

FEW = Plan(replicates=120)


def read(shared: Path, file: str) -> Lists:
    """A table of the reference data."""
    with (shared / "demand" / f"{file}.csv").open(encoding="utf-8", newline="") as f:
        rows = list(csv.reader(f))
    return lists(rows[0][:-1], [(tuple(map(int, r[:-1])), int(r[-1])) for r in rows[1:] if int(r[-1])])


def made_up(chance: list[float], persons: int, seed: int, easy: float = 1.0) -> Lists:
    """Lists that find persons independently; three in ten are `easy` times as easily found."""
    rng = np.random.default_rng(seed)
    times = np.where(rng.random(persons) < 0.3, easy, 1.0)[:, None]
    on = rng.random((persons, len(chance))) < times * np.array(chance)
    counts = np.bincount(on @ (1 << np.arange(len(chance))), minlength=1 << len(chance)).astype(np.int64)
    counts[0] = 0
    return Lists(tuple("abcdefgh"[: len(chance)]), counts)


def asked(table: Lists, assumption: Assumption = Assumption.TWO_WAY) -> Verdict:
    return judge(table, assumption=assumption, rng=np.random.default_rng(8), plan=FEW)


@pytest.mark.parametrize(
    ("patterns", "reason"),
    [
        ([], "nobody"),
        ([((1, 0, 0), 4), ((1, 1, 0), 2)], "empty_list"),
        ([((1, 1, 1), 4)], "all_in_one_cell"),
        ([((1, 0, 0), 4), ((0, 1, 0), 2), ((0, 0, 1), 2)], "no_overlap"),
        ([((1, 1, 0), 4), ((0, 1, 0), 2), ((0, 0, 1), 2)], "disconnected"),
    ],
)
def test_lists_that_can_say_nothing_are_refused_first(patterns: list[tuple[tuple[int, ...], int]], reason: str) -> None:
    found = asked(lists(("a", "b", "c"), patterns))
    assert found.kind is Kind.REFUSAL
    assert found.refusal is not None and found.refusal.reason == reason
    assert np.isnan(found.total)


def test_too_few_and_too_many_lists() -> None:
    one = lists(("a",), [((1,), 3)])
    assert (fault := check(one)) is not None and fault.reason == "too_few_lists"
    two = lists(("a", "b"), [((1, 0), 3), ((1, 1), 3), ((0, 1), 3)])
    assert check(two) is None
    assert (refusal := asked(two).refusal) is not None and refusal.reason == "too_few_lists"
    many = Lists(tuple(f"l{j}" for j in range(13)), np.zeros(1 << 13, dtype=np.int64))
    assert (fault := check(many)) is not None and fault.reason == "too_many_lists"


@pytest.mark.shared
def test_the_uk_is_several_numbers_and_not_one(shared: Path) -> None:
    """22,991; 12,262; 25,978; 11,313: the issue, from Silverman, Chan and Vincent (2024) and SparseMSE."""
    found = asked(read(shared, "uk_2013_5list"))
    assert found.kind is Kind.RANGE
    shown = {round(c.total) for c in found.candidates}
    assert {22_991, 12_262, 25_978, 11_313} <= shown
    assert found.low < 10_700 and found.high > 25_978
    assert {"near_best_differ", "choices_differ"} <= {r.code for r in found.why}
    assert {"lists_depend"} <= {w.code for w in found.warnings}
    assert found.evidence is not None and isinstance(found.evidence.steps, Stepwise)
    assert [round(s.total) for s in found.evidence.steps.steps][-2:] == [12_262, 11_313]


@pytest.mark.shared
def test_the_netherlands_are_never_a_point(shared: Path) -> None:
    table = read(shared, "netherlands_5list")
    for assumption in (Assumption.INDEPENDENT, Assumption.TWO_WAY):
        found = asked(table, assumption)
        assert found.kind is Kind.RANGE
        # 121,522 by the stepwise choice (SparseMSE), 48,013 by BIC (MultipleSystemsEstimation).
        assert found.low < 52_900 and found.high > 121_000


@pytest.mark.shared
@pytest.mark.parametrize(
    ("file", "assumption", "want"),
    [
        ("western_us_5list", Assumption.TWO_WAY, (2483, Kind.POINT)),
        ("korea_3list", Assumption.TWO_WAY, (157, Kind.RANGE)),
        ("kosovo_1999_4list", Assumption.TWO_WAY, (14_342, Kind.RANGE)),
        ("kosovo_1999_4list", Assumption.NO_HIGHEST, (10_357, Kind.RANGE)),
    ],
)
def test_published_best_models_and_what_they_bear(
    shared: Path, file: str, assumption: Assumption, want: tuple[int, Kind]
) -> None:
    """Best BIC as in MultipleSystemsEstimation 1.2.0 (reference/msepkg_bic.json)."""
    found = asked(read(shared, file), assumption)
    assert (round(found.total), found.kind) == want
    assert found.hidden == pytest.approx(found.total - found.n)


@pytest.mark.shared
def test_the_counter_example_without_a_tie_to_the_third_list_is_refused(shared: Path) -> None:
    found = asked(read(shared, "artificial_3list"))
    assert found.refusal is not None and found.refusal.reason == "disconnected"


def test_independent_lists_give_one_number_near_the_truth() -> None:
    found = asked(made_up([0.2, 0.25, 0.15, 0.3], 3000, 1))
    assert found.kind is Kind.POINT
    assert found.low <= 3000 <= found.high
    assert not [w for w in found.warnings if w.code in ("lists_depend", "catchability_varies")]


def test_persons_who_differ_are_warned_of() -> None:
    found = asked(made_up([0.12, 0.14, 0.1, 0.15], 4000, 2, easy=4.0))
    assert {"lists_depend", "catchability_varies"} <= {w.code for w in found.warnings}
    # The naive estimate is too low: those who are hard to find are missed.
    assert found.total < 4000


def test_assuming_independence_against_the_data_gives_a_range() -> None:
    table = made_up([0.12, 0.14, 0.1, 0.15], 4000, 2, easy=4.0)
    found = asked(table, Assumption.INDEPENDENT)
    assert found.kind is Kind.RANGE
    assert "assumption_contradicted" in {r.code for r in found.why}


def test_families_that_disagree_make_a_range() -> None:
    table = made_up([0.2, 0.25, 0.15, 0.3], 3000, 1)
    rng = np.random.default_rng(8)
    found = judge(
        table, assumption=Assumption.TWO_WAY, rng=rng, plan=FEW, families=(("gamma", 5200.0), ("two classes", 3100.0))
    )
    assert found.kind is Kind.RANGE
    assert [r.code for r in found.why] == ["families_differ"]
    assert found.high == 5200.0


@pytest.mark.shared
def test_ends_of_a_search_that_disagree_make_a_range(shared: Path) -> None:
    """Six lists of any order are too many models to try: one search ends at 43,585, the other at 143,603."""
    found = asked(read(shared, "netherlands_6list"), Assumption.NO_HIGHEST)
    assert found.kind is Kind.RANGE
    assert "searches_differ" in {r.code for r in found.why}
    assert "models_not_all_tried" in {w.code for w in found.warnings}
    assert {round(c.total) for c in found.candidates if c.source == "downhill"} == {43_585, 143_603}


def test_a_hidden_list_with_few_persons_on_another_is_not_judged() -> None:
    patterns = [((1, 1, 0), 6), ((1, 0, 1), 5), ((1, 1, 1), 4), ((1, 0, 0), 90), ((0, 1, 0), 90), ((0, 0, 1), 70)]
    table = lists(("a", "b", "c"), [*patterns, ((0, 1, 1), 35)])
    first = next(iter(hide_each(table, assumption=Assumption.INDEPENDENT, rng=np.random.default_rng(9))))
    assert isinstance(first, Refusal) and first.reason == "too_few_repeats"


def test_the_same_seed_gives_the_same_verdict() -> None:
    table = made_up([0.2, 0.25, 0.15], 2000, 3)
    first, second = asked(table), asked(table)
    assert (first.low, first.high, first.why) == (second.low, second.high, second.why)


def test_every_answer_has_its_sentences() -> None:
    for assumption in Assumption:
        said = always_said(assumption)
        assert said[0] == assumption.sentence and len(set(said)) == len(said)
        assert any("at least one of these lists" in s for s in said)
        assert {"Whitehead", "Binette", "Aleshin-Guendel"} <= {s.split()[0].rstrip(",") for s in said}
    assert [a.order(4) for a in Assumption] == [1, 2, 3]
    assert Assumption.TWO_WAY.order(2) == 1


def test_hiding_a_list_leaves_the_others_among_its_persons() -> None:
    """Patterns counted by hand: on b with a 3, with c 2, with both 1, alone 7."""
    patterns = [((1, 1, 0), 3), ((0, 1, 1), 2), ((1, 1, 1), 1), ((0, 1, 0), 7), ((1, 0, 0), 9)]
    found = without(lists(("a", "b", "c"), patterns), 1)
    assert found.names == ("a", "c")
    assert found.counts.tolist() == [0, 3, 2, 1]


def test_a_hidden_list_of_two_others_has_the_estimate_of_petersen() -> None:
    """Among persons on a: 30 with b, 20 with c, 10 with both: 30 * 20 / 10 = 60 on neither; 62 are known."""
    patterns = [((1, 1, 0), 30), ((1, 0, 1), 20), ((1, 1, 1), 10), ((1, 0, 0), 62), ((0, 1, 0), 90), ((0, 0, 1), 70)]
    table = lists(("a", "b", "c"), [*patterns, ((0, 1, 1), 35)])
    rng = np.random.default_rng(9)
    first = next(iter(hide_each(table, assumption=Assumption.INDEPENDENT, rng=rng)))
    assert isinstance(first, HiddenList)
    assert (first.size, first.known, first.used) == (122, 62, 2)
    assert first.estimate == pytest.approx(60.0)
    assert first.low < 62 < first.high and not first.fails
    assert first.factor == pytest.approx(122 / 120)


def test_a_hidden_list_that_is_far_out_fails() -> None:
    """The same with 900 on a alone where 60 are expected."""
    patterns = [((1, 1, 0), 30), ((1, 0, 1), 20), ((1, 1, 1), 10), ((1, 0, 0), 900), ((0, 1, 0), 90), ((0, 0, 1), 70)]
    table = lists(("a", "b", "c"), [*patterns, ((0, 1, 1), 35)])
    first = next(iter(hide_each(table, assumption=Assumption.INDEPENDENT, rng=np.random.default_rng(9))))
    assert isinstance(first, HiddenList) and first.fails


def test_three_lists_cannot_be_hidden_where_pairs_may_depend() -> None:
    table = made_up([0.2, 0.25, 0.15], 2000, 3)
    found = list(hide_each(table, assumption=Assumption.TWO_WAY, rng=np.random.default_rng(1)))
    assert all(isinstance(f, Refusal) and f.reason == "too_few_lists" for f in found)


@settings(max_examples=30)
@given(st.integers(0, 2**31 - 1), st.integers(3, 4))
def test_scores_of_pairs_are_those_of_the_plain_twin(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    counts = rng.integers(1, 60, 1 << k)
    counts[0] = 0
    found = dependence(counts, rng, draws=20)
    total, _ = independent(counts[None].astype(np.float64), k)
    assert total[0] == pytest.approx(plain_independent(counts), rel=1e-9)
    alone, together, common = pair_scores(counts)
    assert found is not None
    assert [p.z for p in found.pairs] == pytest.approx(alone, rel=1e-6, abs=1e-6)
    assert found.any_p == pytest.approx(float(chi2.sf(together, k * (k - 1) // 2)), rel=1e-5, abs=1e-12)
    assert found.common_p == pytest.approx(float(norm.sf(common)), rel=1e-5, abs=1e-12)


def test_independent_lists_are_rejected_about_as_often_as_the_level_says() -> None:
    """200 tables at 5 %: 99.9 % of the time between 2 and 21 of them (binomial)."""
    rejected = 0
    for seed in range(200):
        found = dependence(made_up([0.15, 0.2, 0.25], 1500, 1000 + seed).counts, np.random.default_rng(seed), draws=99)
        assert found is not None
        rejected += found.seen()
    assert 2 <= rejected <= 21


def test_no_test_without_overlap() -> None:
    table = lists(("a", "b", "c"), [((1, 0, 0), 5), ((0, 1, 0), 4), ((0, 0, 1), 3)])
    assert dependence(table.counts, np.random.default_rng(1)) is None


@settings(max_examples=25)
@given(st.integers(0, 2**31 - 1), st.floats(0.03, 1.0))
def test_hills_are_those_of_the_plain_twin(seed: int, h: float) -> None:
    rng = np.random.default_rng(seed)
    y = np.concatenate([rng.normal(0, 0.2, 40), rng.normal(rng.uniform(0, 4), 0.3, 40)])
    fast = int(_hill_counts(y[None], np.array([h]))[0])
    # A normal curve loses hills and gains none as h grows (Silverman 1981); several may go within three per cent of h.
    assert hills(y, h * 1.03) <= fast <= hills(y, h * 0.97)


def test_several_hills_that_go_at_nearly_one_width_are_counted_in_between() -> None:
    """Once found by chance: 15 hills at 0.97 and 1.00 times the width, 13 at 1.03 times."""
    rng = np.random.default_rng(63626)
    y = np.concatenate([rng.normal(0, 0.2, 40), rng.normal(rng.uniform(0, 4), 0.3, 40)])
    assert [hills(y, 0.03 * f) for f in (0.97, 1.0, 1.03)] == [15, 15, 13]
    assert 13 <= int(_hill_counts(y[None], np.array([0.03]))[0]) <= 15


def test_two_hills_and_one() -> None:
    """Quantiles of normal laws, so that no bump is due to chance."""
    rng = np.random.default_rng(12)

    def bell(centre: float, size: int) -> np.ndarray:
        return np.asarray(norm.ppf((np.arange(size) + 0.5) / size) * 0.1 + centre)

    one = modes(np.exp(bell(9, 400)), rng)
    assert len(one.modes) == 1 and one.ratio == 1.0
    two = modes(np.exp(np.concatenate([bell(9, 250), bell(9.8, 150)])), rng)
    assert [m.share for m in two.modes] == pytest.approx([250 / 400, 150 / 400], abs=0.01)
    assert two.ratio == pytest.approx(np.exp(0.8), rel=0.02)
    assert two.ps[0] <= 0.05 < two.ps[-1]
    assert float(np.sum(two.density) * np.log(two.x[1] / two.x[0])) == pytest.approx(1.0, abs=0.01)


def test_replicates_that_are_all_alike_are_one_hill_and_few_are_none() -> None:
    rng = np.random.default_rng(1)
    assert len(modes(np.full(50, 7.0), rng).modes) == 1
    with pytest.raises(ValueError, match="too few"):
        modes(np.arange(1.0, 10.0), rng)


@pytest.mark.shared
def test_the_reference_replicates_of_the_netherlands_have_two_hills(shared: Path) -> None:
    """The issue: modes near 50,000 and beyond 100,000."""
    held = json.loads((shared / "demand/reference/sparsemse_boot_Ned_5.json").read_text(encoding="utf-8"))["bootreps"]
    found = modes(np.array(held), np.random.default_rng(1))
    assert len(found.modes) == 2
    assert found.modes[0].at < 55_000 and found.modes[1].at > 100_000


def test_the_evidence_carries_what_a_page_shows() -> None:
    found = asked(made_up([0.2, 0.25, 0.15, 0.3], 3000, 1)).evidence
    assert isinstance(found, Evidence)
    assert found.all_models and found.near.tried == 64
    assert isinstance(found.steps, Stepwise) and found.steps.steps[0].pair == 0
    assert found.bootstrap.totals.size == FEW.replicates
    assert len(found.hidden_lists) == 4
    assert found.dependence is not None and len(found.dependence.pairs) == 6
    assert found.modes is not None and found.down is not None
