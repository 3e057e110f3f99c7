"""Strata: published tables, hand calculations, and what must always hold."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from casetrail.demand.lists import Lists, lists
from casetrail.demand.strata.alone import Alone, alone
from casetrail.demand.strata.bound import Bounded, Total, bounded
from casetrail.demand.strata.design import Assumed, Strata, design, strata
from casetrail.demand.strata.members import Member, RefusedMember
from casetrail.demand.strata.pooling import Pooled, pooled
from casetrail.demand.strata.side_by_side import Stratified, stratified
from casetrail.figures import Refusal

NONE = Assumed(odds_ratio=1.0)


def two(both: int, first: int, second: int) -> Lists:
    return lists(("a", "b"), [((1, 1), both), ((1, 0), first), ((0, 1), second)])


def read(path: Path, keys: tuple[str, ...], names: tuple[str, ...]) -> Strata:
    rows: dict[str, list[tuple[tuple[int, ...], int]]] = {}
    for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
        label = " ".join(row[key] for key in keys)
        rows.setdefault(label, []).append((tuple(int(row[name]) for name in names), int(row["count"])))
    return strata({label: lists(names, patterns) for label, patterns in rows.items()})


def drug_users(shared: Path) -> Strata:
    name = "scotland_pwid_2006_4list_by_region_sex_age.csv"
    return read(shared / "demand" / name, ("Region", "Gender", "Age"), ("S1", "S2", "S3", "S4"))


def of_pooled(found: Stratified) -> Pooled:
    assert isinstance(found.pooled, Pooled)
    return found.pooled


def test_one_stratum_of_two_lists_by_hand() -> None:
    """Lincoln and Petersen: 90 x 60 / 20 = 270, times the odds ratio. Variance of the log, four cells: 1/90 + 1/60 +
    1/20 + 1/270 = 0.081481 (Y. M. M. Bishop and others, Discrete Multivariate Analysis, 1975, section 6.2)."""
    found = alone(two(20, 90, 60), design(2, NONE))
    assert isinstance(found, Alone)
    assert found.hidden == pytest.approx(270)
    assert found.log_error**2 == pytest.approx(1 / 90 + 1 / 60 + 1 / 20 + 1 / 270)
    tripled = alone(two(20, 90, 60), design(2, Assumed(odds_ratio=3.0)))
    assert isinstance(tripled, Alone) and tripled.hidden == pytest.approx(810)


def test_three_lists_with_two_terms_by_hand() -> None:
    """With the terms 12 and 13 lists 2 and 3 are independent among those who are not on 1: n010 x n001 / n011."""
    of = lists(("a", "b", "c"), [((0, 1, 0), 40), ((0, 0, 1), 30), ((0, 1, 1), 12), ((1, 0, 0), 50), ((1, 1, 0), 9)])
    counts = of.counts.copy()
    counts[0b101], counts[0b111] = 7, 4
    found = alone(Lists(of.names, counts), design(3, Assumed(terms=(0b011, 0b101))))
    assert isinstance(found, Alone)
    assert found.hidden == pytest.approx(40 * 30 / 12)


def test_a_pair_that_shares_nobody_leaves_with_its_term() -> None:
    """The term 12 runs to minus infinity with its two empty patterns; five patterns and four parameters are left."""
    of = lists(("a", "b", "c"), [((0, 1, 0), 40), ((0, 0, 1), 30), ((0, 1, 1), 12), ((1, 0, 0), 50), ((1, 0, 1), 15)])
    found = alone(of, design(3, Assumed(terms=(0b011,))))
    assert isinstance(found, Alone)
    # Lists 1 and 2 as one list of their own: 90 on it alone, 27 on it and the third; 30 on the third alone.
    assert found.hidden == pytest.approx(90 * 30 / 27, rel=1e-6)


@pytest.mark.shared
def test_artificial_lists_that_have_no_estimate(shared: Path) -> None:
    """Chan, Silverman and Vincent 2021, table 3: AB, AC, BC is not identifiable; AB, or AB and AC, has no maximum;
    AC and BC is fine."""
    of = read(shared / "demand" / "artificial_3list.csv", (), ("A", "B", "C")).one(0)
    codes = {}
    for terms in ((3,), (3, 5), (5, 6), (3, 5, 6)):
        found = alone(of, design(3, Assumed(terms=terms)))
        codes[terms] = found.reason if isinstance(found, Refusal) else "fine"
    assert codes == {(3,): "no_mle", (3, 5): "no_mle", (5, 6): "fine", (3, 5, 6): "not_identifiable"}


@pytest.mark.shared
def test_spina_bifida_of_which_a_fifth_is_hidden(shared: Path) -> None:
    """E. B. Hook, S. G. Albright and P. K. Cross, American Journal of Epidemiology 112 (1980) 750-758: the three
    sources hold "about 80 %" of cases, with the negative dependence of death certificates and rehabilitation files;
    that of birth and death certificates, positive, makes it somewhat less. By this table alone: 86 and 83 %."""
    names = ("S1", "S2", "S3")
    of = read(shared / "demand" / "spina_bifida_3list_by_ethnicity.csv", ("eth",), names)
    less, more = (stratified(of, Assumed(terms=t), seed=1) for t in ((0b110,), (0b011, 0b110)))
    shares = [p.known / (p.known + p.hidden.middle) for p in (of_pooled(less), of_pooled(more))]
    assert shares[1] < shares[0]
    assert shares == pytest.approx([0.80, 0.80], abs=0.07)
    other = of_pooled(more).members[of.labels.index("other")]
    # Two persons, and a list without any: no estimate of its own, and none that is not wholly borrowed.
    assert isinstance(other, RefusedMember) and other.refusal.reason == "all_borrowed"
    assert more.summed is not None and more.summed.missing == ("other",)
    assert set(of_pooled(more).warnings) == {"borrowed", "few_strata"}


@pytest.mark.shared
def test_people_who_inject_drugs_in_scotland(shared: Path) -> None:
    """R. King and others, Addiction Research and Theory 21 (2013) 235-246: 31,700 (24,900 to 38,700) from four sources
    averaged over models; 25,000 (20,700 to 35,000) without the diagnoses. Theirs have priors and many models, ours one
    each, so that intervals are asked to hold their points and theirs to hold ours."""
    of = drug_users(shared)
    assert [of.together.on(j) for j in range(4)] == [901, 953, 3504, 827]
    four = of_pooled(stratified(of, Assumed(terms=(0b0101, 0b0110, 0b1010)), seed=1))
    low, middle, high = (four.known + h for h in (four.hidden.low, four.hidden.middle, four.hidden.high))
    assert 24_900 < middle < 38_700 and low < 31_700 < high
    assert all(isinstance(m, Member) for m in four.members)
    three = strata({label: of.one(i).of_only([0, 1, 2]) for i, label in enumerate(of.labels)})
    fewer = of_pooled(stratified(three, Assumed(terms=(0b101,)), seed=1))
    low, middle, high = (fewer.known + h for h in (fewer.hidden.low, fewer.hidden.middle, fewer.hidden.high))
    assert 20_700 < middle < 35_000 and low < 25_000 < high


@pytest.mark.shared
def test_a_count_that_is_only_an_upper_bound(shared: Path) -> None:
    """The diagnoses of those on no other list are too many; without them the model expects fewer than were counted."""
    found = bounded(drug_users(shared), Assumed(terms=(0b0101,)), pattern=0b1000, seed=1)
    assert isinstance(found, Bounded)
    assert found.count == 122 + 135 + 48 + 38 + 134 + 104 + 78 + 25
    assert isinstance(found.as_given, Total) and isinstance(found.at_zero, Total) and isinstance(found.unused, Total)
    assert found.at_zero.total < found.unused.total < found.as_given.total
    assert found.at_zero.belong == 0 < found.unused.belong < found.as_given.belong == found.count
    assert (found.low, found.high) == (found.at_zero.low, found.as_given.high)


def test_a_bound_with_too_few_strata_takes_all_as_one() -> None:
    """As the test of two terms above, the pattern 100 not used: 1 is still found by its overlaps."""
    rng = np.random.default_rng(5)
    share = [0.3, 0.3, 0.4]
    on = rng.random((4_000, 3)) < share
    counts = np.bincount(on @ [1, 2, 4], minlength=8).astype(np.int64)
    hidden, counts[0] = int(counts[0]), 0
    of = strata({"all": Lists(("a", "b", "c"), counts)})
    found = bounded(of, Assumed(), pattern=0b001, seed=1)
    assert isinstance(found, Bounded) and isinstance(found.unused, Total)
    assert found.unused.low < counts.sum() + hidden < found.unused.high
    assert found.unused.belong <= counts[0b001]
    with pytest.raises(ValueError, match="one of the lists'"):
        bounded(of, Assumed(), pattern=8, seed=1)


def test_equal_strata_are_pooled_to_one_ratio() -> None:
    """Twelve times the same counts: each stratum has the hidden number of all as one, and a narrower interval."""
    of = strata({f"s{i}": two(20, 90, 60) for i in range(12)})
    found = stratified(of, NONE, seed=2)
    drawn, own = of_pooled(found), found.each[0]
    assert isinstance(own, Alone) and isinstance(found.together, Alone)
    assert drawn.hidden.middle == pytest.approx(12 * 270, rel=0.03)
    assert found.together.hidden == pytest.approx(12 * 270)
    for member in drawn.members:
        assert isinstance(member, Member) and member.warnings == ()
        assert member.hidden == pytest.approx(270, rel=0.06)
        assert member.high / member.low < own.high / own.low
    assert drawn.by_list.low < 0.1


def test_strata_without_overlap_are_borrowed_or_refused() -> None:
    ordinary = {f"s{i}": two(20 + i, 90, 60) for i in range(8)}
    found = stratified(
        strata(ordinary | {"small": two(0, 12, 8), "tiny": two(0, 1, 1), "none": two(0, 0, 0)}), NONE, seed=3
    )
    drawn = of_pooled(found)
    small, tiny, none = drawn.members[-3:]
    assert isinstance(small, Member) and "borrowed" in small.warnings
    assert isinstance(tiny, RefusedMember) and tiny.refusal.reason == "all_borrowed"
    assert isinstance(none, RefusedMember) and none.refusal.reason == "nobody" and none.own_share is None
    assert drawn.unmet == ("none",)
    assert {"borrowed", "empty_strata"} <= set(drawn.warnings)
    assert 0 < drawn.refused_part < 0.05
    assert found.summed is not None and found.summed.missing == ("small", "tiny", "none")
    assert "sum_of_part" in found.warnings


def test_a_stratum_unlike_the_others_is_told() -> None:
    """Of about 170 in each, 20 to 27 are on both; of one 90 are."""
    of = strata({f"s{i}": two(20 + i, 90, 60) for i in range(8)} | {"odd": two(90, 50, 30)})
    odd = of_pooled(stratified(of, NONE, seed=4)).members[-1]
    assert isinstance(odd, Member) and "unlike_others" in odd.warnings


def test_ignoring_strata_is_told() -> None:
    """Two kinds: lists find 60 % of 500 persons each, and 10 % of 5,000."""
    kinds = {f"easy{i}": two(180, 120, 120) for i in range(4)} | {f"hard{i}": two(50, 450, 450) for i in range(4)}
    found = stratified(strata(kinds), NONE, seed=5)
    # Hidden by hand: 120 x 120 / 180 = 80 of each easy stratum, 450 x 450 / 50 = 4,050 of each hard one.
    assert isinstance(found.together, Alone) and found.together.hidden == pytest.approx(4 * 570 * 570 / 230)
    assert found.summed is not None and found.summed.hidden == pytest.approx(4 * (80 + 4_050))
    assert "totals_differ" in found.warnings


def test_groups_have_middles_of_their_own() -> None:
    """Drawn to the middle of its region, a small area of hard cases is not drawn to the easy ones."""
    easy, hard = {f"e{i}": two(60, 40, 40) for i in range(6)}, {f"h{i}": two(5, 50, 50) for i in range(6)}
    of = strata(easy | hard | {"small": two(0, 14, 14)})
    model, regions = design(2, NONE), ["e"] * 6 + ["h"] * 7
    apart, joint = (pooled(of, model, seed=6, groups=groups) for groups in (regions, None))
    assert isinstance(apart, Pooled) and isinstance(joint, Pooled)
    assert apart.by_list.middle < joint.by_list.middle
    of_region, of_all = apart.members[-1], joint.members[-1]
    assert isinstance(of_region, Member) and isinstance(of_all, Member)
    assert of_region.hidden > of_all.hidden
    with pytest.raises(ValueError, match="one group for each"):
        pooled(of, model, seed=6, groups=["e"])


def test_the_same_seed_gives_the_same_figures_and_another_nearly() -> None:
    of, model = strata({f"s{i}": two(20 + 3 * i, 90, 60) for i in range(6)}), design(2, NONE)
    one, again, other = (pooled(of, model, seed=seed) for seed in (1, 1, 2))
    assert isinstance(one, Pooled) and isinstance(again, Pooled) and isinstance(other, Pooled)
    assert np.array_equal(one.draws, again.draws) and one.members == again.members
    assert other.hidden.middle == pytest.approx(one.hidden.middle, rel=0.02)


def test_refusals_and_arguments() -> None:
    few = pooled(strata({"s": two(20, 90, 60), "t": two(20, 90, 60)}), design(2, NONE), seed=1)
    assert isinstance(few, Refusal) and few.reason == "too_few_strata"
    apart = pooled(strata({f"s{i}": two(0, 9, 6) for i in range(5)}), design(2, NONE), seed=1)
    assert isinstance(apart, Refusal) and apart.reason == "no_overlap"
    with pytest.raises(ValueError, match="no stratum"):
        strata({})
    with pytest.raises(ValueError, match="same lists"):
        strata({"s": two(1, 1, 1), "t": lists(("b", "a"), [((1, 1), 1)])})


@pytest.mark.parametrize(
    ("k", "assumed", "words"),
    [
        (1, Assumed(), "one list alone"),
        (2, Assumed(), "stated odds ratio"),
        (2, Assumed(odds_ratio=0.0), "above 0"),
        (3, Assumed(odds_ratio=1.0), "stated odds ratio"),
        (3, Assumed(terms=(3, 3)), "named twice"),
        (3, Assumed(terms=(8,)), "is not one"),
        (4, Assumed(terms=(7,)), "needs all terms"),
        (3, Assumed(terms=(3, 5, 6, 7)), "nothing is left"),
    ],
)
def test_models_that_are_none(k: int, assumed: Assumed, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        design(k, assumed)
