"""Repeat counts and estimates from few of them. Witnesses: hand calculations, published figures, another program."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetrail.demand.repeats import few
from casetrail.demand.repeats.counts import Repeats, from_each, repeats, why_not
from casetrail.demand.repeats.every import estimates
from casetrail.demand.repeats.families import geometric, poisson
from casetrail.demand.repeats.hidden import Hidden, log_normal
from casetrail.demand.repeats.verdict import verdict
from casetrail.figures import Refusal

# P. G. M. van der Heijden and others, Statistical Modelling 3 (2003) 305-322: persons without papers, recorded by the
# police of four Dutch cities in 1995.
DUTCH = repeats([(1, 1645), (2, 183), (3, 37), (4, 13), (5, 1), (6, 1)])


def answered(found: Hidden | Refusal) -> Hidden:
    assert isinstance(found, Hidden)
    return found


def test_repeats_count_persons_and_records() -> None:
    assert (DUTCH.n, DUTCH.records, DUTCH.most, DUTCH.repeated) == (1880, 1645 + 366 + 111 + 52 + 5 + 6, 6, 235)
    assert DUTCH.exactly(2) == 183
    assert DUTCH.exactly(9) == 0


@pytest.mark.shared
def test_the_shared_table_is_the_published_one(shared: Path) -> None:
    with (shared / "demand" / "illegal_immigrants_counts.csv").open(encoding="utf-8") as file:
        rows = [(int(r["nbcap"]), int(r["persons"])) for r in csv.DictReader(file)]
    assert repeats(rows).persons.tolist() == DUTCH.persons.tolist()


def test_a_cap_keeps_every_person() -> None:
    capped = DUTCH.capped(3)
    assert capped.times.tolist() == [1, 2, 3]
    assert capped.persons.tolist() == [1645, 183, 37 + 13 + 1 + 1]
    # 1,645 + 183 are 97.2 % of 1,880, with 37 more 99.2 %.
    assert (DUTCH.percentile(0.97), DUTCH.percentile(0.98), DUTCH.percentile(1.0)) == (2, 3, 6)
    with pytest.raises(ValueError, match="cap"):
        DUTCH.capped(0)


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        ([(0, 3)], "less than once"),
        ([(-1, 3)], "less than once"),
        ([(1, -3)], "below 0"),
        ([(1, 2.5)], "whole"),
        ([(1.0, 2)], "whole"),
        ([(True, 2)], "whole"),
        ([(1, 2), (1, 3)], "twice"),
        ([(1, 10**15)], "too large"),
    ],
)
def test_what_is_no_count_is_not_taken(pairs: list[tuple[object, object]], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        repeats(pairs)


def test_arrays_that_do_not_fit_are_not_taken() -> None:
    ones = np.array([1], dtype=np.int64)
    for times, persons, said in (
        (np.array([2, 1]), np.array([1, 1]), "rise"),
        (ones, np.array([-1]), "below"),
        (ones, np.array([1, 2]), "one number"),
        (ones.astype(float), ones, "whole"),
    ):
        with pytest.raises(ValueError, match=said):
            Repeats(times, persons)
    with pytest.raises(ValueError, match="whole"):
        from_each([1.5])
    with pytest.raises(ValueError, match="0 or above"):
        from_each([-1])
    with pytest.raises(ValueError, match="share"):
        DUTCH.percentile(0.0)


def test_persons_never_seen_are_left_out_of_what_was_seen() -> None:
    found = from_each([0, 1, 3, 1, 0])
    assert (found.times.tolist(), found.persons.tolist()) == ([1, 3], [2, 1])


@pytest.mark.parametrize(
    ("pairs", "code"),
    [([], "nobody"), ([(1, 0)], "nobody"), ([(1, 50)], "no_repeats"), ([(1, 50), (2, 5), (4, 4)], "too_few_repeats")],
)
def test_what_cannot_be_said_is_refused(pairs: list[tuple[int, int]], code: str) -> None:
    found = verdict(repeats(pairs))
    assert isinstance(found, Refusal)
    assert found.reason == code


def test_ten_recorded_twice_are_enough() -> None:
    assert why_not(repeats([(1, 50), (2, 6), (4, 4)])) is None


def test_chao_by_hand() -> None:
    found = answered(few.chao(DUTCH))
    f1, f2 = 1645, 183
    assert found.hidden == pytest.approx(f1**2 / (2 * f2))
    r = f1 / f2
    # Chao 1987: f2 (r^2 / 2 + r^3 + r^4 / 4).
    assert found.error == pytest.approx(math.sqrt(f2 * (r**2 / 2 + r**3 + r**4 / 4)))
    assert found.lower_bound
    factor = math.exp(1.959964 * math.sqrt(math.log(1 + (found.error / found.hidden) ** 2)))
    assert (found.low, found.high) == pytest.approx((1880 + found.hidden / factor, 1880 + found.hidden * factor))


def test_chao_corrected_by_hand() -> None:
    found = few.chao_corrected(repeats([(1, 6), (2, 4), (3, 9)]))
    assert found.hidden == pytest.approx(6 * 5 / (2 * 5))
    # f1 (f1 - 1) / (2 (f2 + 1)) + f1 (2 f1 - 1)^2 / (4 (f2 + 1)^2) + f1^2 f2 (f1 - 1)^2 / (4 (f2 + 1)^4)
    assert found.error**2 == pytest.approx(30 / 10 + 6 * 121 / 100 + 36 * 4 * 25 / (4 * 625))


def test_zelterman_is_the_published_one() -> None:
    # The tests of singleRcapture (R, MIT) on the same persons: 9,425; 8,084 to 10,765.
    found = answered(few.zelterman(DUTCH))
    assert found.total == pytest.approx(9425, abs=0.5)
    assert found.symmetric == pytest.approx((8084, 10765), abs=0.5)
    # D. Boehning, Statistical Methodology 5 (2008) 410-423: n G (1 + n G rate^2 (1 / f1 + 1 / f2)).
    rate = 2 * 183 / 1645
    g = math.exp(-rate) / (1 - math.exp(-rate)) ** 2
    assert found.error**2 == pytest.approx(1880 * g * (1 + 1880 * g * rate**2 * (1 / 1645 + 1 / 183)))
    assert not found.lower_bound


def test_turing_by_hand() -> None:
    found = answered(few.turing(DUTCH))
    assert found.total == pytest.approx(1880 / (1 - 1645 / 2185))
    assert found.lower_bound


def test_without_ones_by_hand() -> None:
    # (2 / 9) f2^3 / f3^2, and bias-corrected (2 / 9) f2 (f2 - 1) (f2 - 2) / ((f3 + 1) (f3 + 2)).
    assert answered(few.chao_without_ones(DUTCH)).hidden == pytest.approx(2 / 9 * 183**3 / 37**2)
    corrected = few.chao_without_ones_corrected(DUTCH)
    assert corrected.hidden == pytest.approx(2 / 9 * 183 * 182 * 181 / (38 * 39))
    rate = 3 * 37 / 183
    assert answered(few.zelterman_without_ones(DUTCH)).total == pytest.approx(1880 / (1 - math.exp(-rate)))


def test_any_number_of_ones_leaves_what_ignores_them() -> None:
    more = repeats([(1, 9000), (2, 183), (3, 37), (4, 13), (5, 1), (6, 1)])
    for method in (few.chao_without_ones, few.chao_without_ones_corrected):
        assert answered(method(more)).hidden == answered(method(DUTCH)).hidden
    assert answered(few.chao(more)).hidden > 20 * answered(few.chao(DUTCH)).hidden


def test_the_poisson_law_gives_the_published_figure() -> None:
    # van der Heijden and others 2003, and the tests of singleRcapture: 7,080; 6,363 to 7,797.
    found = poisson(DUTCH)
    assert not isinstance(found, Refusal)
    assert found.hidden.total == pytest.approx(7080, abs=0.5)
    assert found.hidden.symmetric == pytest.approx((6363, 7797), abs=0.5)
    assert found.hidden.lower_bound


def test_the_geometric_law_by_hand() -> None:
    # Cut off at 0 its mean is 1 / (1 - c), so that c = (S - n) / S and the number hidden is n^2 / (S - n).
    found = geometric(DUTCH)
    assert not isinstance(found, Refusal)
    assert found.hidden.hidden == pytest.approx(1880**2 / (2185 - 1880))


def test_nobody_hidden_is_said_and_has_no_upper_limit() -> None:
    none = repeats([(2, 12), (3, 5)])
    for found in (few.chao(none), few.zelterman(none), few.turing(none)):
        here = answered(found)
        assert (here.hidden, here.low, here.warnings) == (0.0, 17.0, ("nobody_hidden",))
        assert math.isnan(here.high)
        assert math.isnan(here.error)


def test_no_twos_or_no_threes_is_refused_one_by_one() -> None:
    found = dict(estimates(repeats([(1, 30), (4, 12)])))
    for name in ("chao", "zelterman", "chao_without_ones", "zelterman_without_ones"):
        said = found[name]
        assert isinstance(said, Refusal)
        assert said.reason == "too_few_repeats"
    # f1 (f1 - 1) / (2 (0 + 1))
    assert answered(found["chao_corrected"]).hidden == 30 * 29 / 2


def test_an_interval_never_goes_below_those_recorded() -> None:
    low, high = log_normal(100, 5, 20, 0.95)
    assert 100 < low < 105 < high


@given(st.lists(st.integers(1, 400), min_size=3, max_size=6), st.integers(2, 9))
def test_ten_times_the_persons_are_ten_times_the_hidden(persons: list[int], times: int) -> None:
    one = repeats(list(enumerate(persons, start=1)))
    many = repeats([(t, p * times) for t, p in enumerate(persons, start=1)])
    # Where less than a number of the machine is hidden, nobody is, and there is no error.
    for method in (few.chao, few.zelterman, few.turing, few.chao_without_ones, few.zelterman_without_ones):
        a, b = answered(method(one)), answered(method(many))
        assert b.hidden == pytest.approx(times * a.hidden)
        assert b.error == pytest.approx(math.sqrt(times) * a.error, nan_ok=True)


@given(st.lists(st.integers(1, 400), min_size=3, max_size=6))
def test_the_slopes_are_those_of_the_estimate(persons: list[int]) -> None:
    # Plain twin of the delta method: persons moved by a little, and the formula asked again.
    of = repeats(list(enumerate(persons, start=1)))
    f = np.array(persons, dtype=float)
    t = np.arange(1, f.size + 1)

    def turing(f: np.ndarray) -> float:
        return float(f.sum() / (f @ t / f[0] - 1))

    def zelterman(f: np.ndarray) -> float:
        return float(f.sum() / np.expm1(2 * f[1] / f[0]))

    for method, plain in ((few.turing, turing), (few.zelterman, zelterman)):
        slope = [(plain(f + h) - plain(f - h)) / 2e-4 for h in 1e-4 * np.eye(f.size)]
        found = answered(method(of))
        assert found.hidden == pytest.approx(plain(f))
        assert found.error**2 == pytest.approx(plain(f) + float(np.square(slope) @ f), rel=1e-4)
