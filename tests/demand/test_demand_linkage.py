"""Overlaps corrected for errors of linking: by hand, against the plain twin, and with errors made on purpose."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from casetrail.demand.linkage import plain
from casetrail.demand.linkage.correct import correct
from casetrail.demand.linkage.rates import Rates, alike, checked, exactly, stated
from casetrail.demand.linkage.replicates import replicates
from casetrail.demand.linkage.sensitivity import change, middle_pair, sensitivity
from casetrail.demand.linkage.splitting import splitting
from casetrail.demand.linkage.two_lists import from_chance, two_lists
from casetrail.demand.lists import Lists
from casetrail.figures import Refusal

Floats = npt.NDArray[np.float64]


def _lists(*counts: int) -> Lists:
    k = len(counts).bit_length()
    return Lists(tuple("abcdef"[:k]), np.array((0, *counts), dtype=np.int64))


TWO = _lists(60, 40, 90)


def test_two_lists_by_hand() -> None:
    # 90 links, 2 % false: 88.2 true ones, which are 90 % of the true pairs: 98; the lists keep 150 and 130 records.
    by_hand = two_lists(90, 150, 130, missed=0.10, false=0.02)
    assert by_hand.both == pytest.approx(98.0, rel=1e-12)
    assert by_hand.total_before == pytest.approx(150 * 130 / 90)
    assert by_hand.total_after == pytest.approx(150 * 130 / 98)
    found = correct(TWO, alike(2, missed=exactly(0.10), false=exactly(0.02)))
    assert found.counts == pytest.approx([0, 52, 32, 98], abs=1e-9)
    assert (found.joined, found.split) == pytest.approx((1.8, 9.8))
    assert found.warnings == ()


def test_a_chance_of_false_links_per_record_is_the_same_correction() -> None:
    # Ding & Fienberg's way: of 100 true pairs 90 are found, of the 50 others of the first list 4 % are linked: 92.
    false = from_chance(0.04, 92, 150, missed=0.10)
    assert false == pytest.approx(2 / 92)
    assert two_lists(92, 150, 130, missed=0.10, false=false).both == pytest.approx(100)
    with pytest.raises(ValueError, match="no overlap"):
        from_chance(0.7, 92, 150, missed=0.10)


def test_three_lists_with_one_missed_pair_by_hand() -> None:
    # Links between a and b are missed half the time, those with c never: who is on all three hangs together through c.
    table = np.zeros((3, 3))
    table[0, 1] = table[1, 0] = 0.5
    found = splitting(table)
    assert found[0b111, 0b111] == 1
    assert found[[0b01, 0b10, 0b11], 0b11].tolist() == [0.5, 0.5, 0.5]


@given(
    st.integers(2, 4).flatmap(
        lambda k: st.lists(st.floats(0, 0.99), min_size=k * (k - 1) // 2, max_size=k * (k - 1) // 2)
    )
)
def test_splitting_equals_its_plain_twin(shares: list[float]) -> None:
    k = {1: 2, 3: 3, 6: 4}[len(shares)]
    table = np.zeros((k, k))
    for (i, j), share in zip(combinations(range(k), 2), shares, strict=True):
        table[i, j] = table[j, i] = share
    found = splitting(table)
    assert found == pytest.approx(plain.splitting(table), abs=1e-12)
    # Every record is in one part.
    for x in range(1, 1 << k):
        for j in range(k):
            if x >> j & 1:
                assert sum(found[y, x] for y in range(1 << k) if y >> j & 1) == pytest.approx(1)


@given(
    st.lists(st.integers(0, 60), min_size=7, max_size=7).filter(any),
    st.floats(0, 0.5),
    st.floats(0, 0.2),
)
def test_lists_keep_their_length(counts: list[int], missed: float, false: float) -> None:
    lists = _lists(*counts)
    found = correct(lists, alike(3, missed=exactly(missed), false=exactly(false)))
    places = np.arange(8)
    for j in range(3):
        # Where the nearest solution had to be taken, the length is held by weight and not exactly.
        close = 0.02 * lists.n if found.limited else 1e-6
        assert found.counts[(places >> j & 1).astype(bool)].sum() == pytest.approx(lists.on(j), abs=close)
    assert (found.counts >= 0).all()
    assert found.settled


def test_without_errors_nothing_changes() -> None:
    lists = _lists(5, 9, 3, 20, 4, 0, 2)
    found = correct(lists, Rates({}, {}))
    assert found.counts.tolist() == lists.counts.tolist()
    drawn = replicates(lists, Rates({}, {}), np.random.default_rng(1), draws=3, resample=False)
    assert all(drawn.lists(i).counts.tolist() == lists.counts.tolist() for i in range(3))
    assert change(lists, Rates({}, {})).ratio == 1


@given(
    st.integers(3, 4).flatmap(lambda k: st.lists(st.integers(5, 400), min_size=2**k - 1, max_size=2**k - 1)),
    st.floats(0.01, 0.3),
)
def test_expected_counts_of_split_persons_come_back(counts: list[int], missed: float) -> None:
    truth = _lists(*counts)
    table = alike(truth.k, missed=exactly(missed)).shares(truth.k)[0]
    seen = np.rint(splitting(table) @ truth.counts * 1000).astype(np.int64)
    found = correct(Lists(truth.names, seen), alike(truth.k, missed=exactly(missed)))
    assert found.counts / 1000 == pytest.approx(truth.counts, abs=0.1)


def _population(rng: np.random.Generator, persons: int) -> npt.NDArray[np.bool_]:
    return np.asarray(rng.random((persons, 4)) < [0.3, 0.25, 0.2, 0.15])


def test_a_population_split_at_random_comes_back() -> None:
    # 40,000 persons on four independent lists, each pair of records missed with its own chance.
    rng = np.random.default_rng(20261125)
    shares = dict(zip(combinations(range(4), 2), (0.05, 0.1, 0.15, 0.2, 0.25, 0.1), strict=True))
    truth, seen = np.zeros(16, dtype=np.int64), np.zeros(16, dtype=np.int64)
    for row in _population(rng, 40_000):
        lists = [j for j in range(4) if row[j]]
        truth[sum(1 << j for j in lists)] += 1
        links = [pair for pair in combinations(lists, 2) if rng.random() >= shares[pair]]
        for part in plain.parts(lists, links):
            seen[part] += 1
    truth[0] = 0
    names = ("a", "b", "c", "d")
    found = correct(Lists(names, seen), Rates({pair: exactly(share) for pair, share in shares.items()}, {}))
    # Each count is a sum of independent persons: five standard deviations of a Poisson count cover all fifteen.
    assert np.abs(found.counts - truth).max() < 5 * np.sqrt(truth.max())
    assert (np.abs(found.counts - truth)[1:] < 5 * np.sqrt(truth[1:] + 1)).all()
    before, after = (middle_pair(of) for of in (Lists(names, seen), found.rounded()))
    assert not isinstance(before, Refusal)
    assert not isinstance(after, Refusal)
    assert before > 1.08 * 40_000
    assert after == pytest.approx(40_000, rel=0.03)


def test_a_cell_below_nought_is_held_and_said() -> None:
    # Half of all pairs missed, and fewer alone on each list than the split persons would leave behind.
    found = correct(_lists(5, 5, 90), alike(2, missed=exactly(0.5)))
    assert found.limited
    assert "does_not_fit" in found.warnings
    assert found.counts == pytest.approx([0, 0, 0, 95], abs=0.1)


def test_shares_that_contradict_each_other_are_said() -> None:
    # False links between a and b alone, and nobody on a or b without c: any join makes false links with c as well.
    rates = Rates({}, {(0, 1): exactly(0.5)})
    assert "contradictory_shares" in correct(_lists(0, 0, 0, 50, 100, 100, 100), rates).warnings
    assert correct(_lists(100, 100, 100, 50, 100, 100, 100), rates).settled


def test_rates() -> None:
    rate = checked(10, 100)
    assert rate.share == pytest.approx(10.5 / 101)
    assert (rate.low, rate.high) == pytest.approx(tuple(stats.beta.ppf([0.025, 0.975], 10.5, 90.5)))
    same = stated(rate.share, rate.low, rate.high)
    assert (same.a, same.b) == pytest.approx((10.5, 90.5), rel=1e-6)
    drawn = rate.draw(np.random.default_rng(3), 20_000)
    assert drawn.mean() == pytest.approx(10.5 / 101, abs=0.001)
    assert stated(0.1, 0.1, 0.1) == exactly(0.1)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: exactly(1.0),
        lambda: checked(3, 2),
        lambda: checked(0, 0),
        lambda: stated(0.1, 0.2, 0.3),
        lambda: stated(0.5, 0.0, 1.0),
        lambda: correct(TWO, Rates({(0, 1): checked(9, 10)}, {(0, 1): stated(0.99, 0.98, 1.1)})),
    ],
)
def test_impossible_rates(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"share|links|check"):
        wrong()  # type: ignore[operator]


def test_replicates_carry_what_is_not_known_of_the_rate() -> None:
    # 98 at the middle; the spread is that of 90 / (1 - rate), by the same draws of the Beta distribution.
    drawn = replicates(TWO, alike(2, missed=checked(10, 100)), np.random.default_rng(5), draws=4_000, resample=False)
    both = drawn.expected[:, 3]
    expected = 90 / (1 - stats.beta.rvs(10.5, 90.5, size=40_000, random_state=1))
    assert both.std() == pytest.approx(expected.std(), rel=0.05)
    assert both.mean() == pytest.approx(expected.mean(), rel=0.002)
    assert drawn.whole[:, 3].mean() == pytest.approx(both.mean(), abs=0.05)
    anew = replicates(TWO, alike(2, missed=checked(10, 100)), np.random.default_rng(5), draws=2_000)
    # The number linked varies as well, by the binomial sqrt(190 * 9/19 * 10/19) = 6.9, times 1 / 0.9.
    assert anew.expected[:, 3].std() == pytest.approx(np.hypot(expected.std(), 6.88 / 0.896), rel=0.06)


def test_sensitivity_by_hand() -> None:
    rows = sensitivity(TWO)
    assert [row.missed for row in rows] == [0.0, 0.05, 0.10, 0.20]
    assert [row.change.pairs[0].after for row in rows] == pytest.approx([90, 90 / 0.95, 100, 112.5])
    assert rows[0].change.ratio == 1
    # Chapman: 151 * 131 / 101 - 1, to whole persons on both lists.
    assert rows[2].change.total_after == pytest.approx(151 * 131 / 101 - 1)
    assert rows[2].change.n_after == pytest.approx(180)


def test_no_overlap_is_a_refusal() -> None:
    found = change(_lists(5, 7, 0), alike(2, missed=exactly(0.1)))
    assert isinstance(found.total_before, Refusal)
    assert found.ratio is None
