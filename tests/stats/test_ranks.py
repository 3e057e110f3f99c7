"""Rank sets: csranks on PISA 2018, the plain twin, units that are told apart or tied, and counts on an even scale."""

from __future__ import annotations

import csv
import json
from math import asin, sqrt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, poisson

from casetrail.stats.plain_ranks import plain_sets
from casetrail.stats.ranks import RankSets, best, marginal_sets, noise, positions, simultaneous_sets, worst
from casetrail.stats.ranks_counts import CountKind, from_counts

# Three critical values lie within 0.01 of a difference: so many draws have a Monte-Carlo error of 0.004.
DRAWS = 200_000


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.shared
def test_pisa_2018_as_csranks_has_it(shared: Path) -> None:
    """csranks 1.2.3 with 20,000 draws; its bounds and ours are Monte-Carlo: within one position."""
    folder = shared / "compare" / "csranks_pisa"
    said = {row["jurisdiction"]: row for row in rows(folder / "csranks_pisa2018_math_reference.csv")}
    scores = rows(folder / "pisa2018.csv")
    names = [row["jurisdiction"] for row in scores]
    y, s = ([float(row[column]) for row in scores] for column in ("math_score", "math_se"))
    of = noise(s, rng=np.random.default_rng(101), draws=DRAWS)
    found = {
        "marg95": marginal_sets(y, of),
        "sim95": simultaneous_sets(y, of),
        "sim75": simultaneous_sets(y, of, level=0.75),
        "sim95_singlestep": simultaneous_sets(y, of, steps="single"),
    }
    assert list(positions(y)) == [int(said[name]["rank"]) for name in names]
    same = 0
    for label, sets in found.items():
        for name, first, last in zip(names, sets.first, sets.last, strict=True):
            theirs = (int(said[name][f"{label}_L"]), int(said[name][f"{label}_U"]))
            assert (first, last) == pytest.approx(theirs, abs=1), (label, name)
            same += (first, last) == theirs
    assert same >= 4 * 38 - 4
    uk = names.index("United Kingdom")
    assert positions(y)[uk] == 13
    # 8 in the reference, 7 in the text of the package's vignette: a difference of 2.942 errors against 2.94.
    assert found["marg95"].first[uk] in (7, 8)
    assert found["marg95"].last[uk] == 23
    assert (found["sim95"].first[uk], found["sim95"].last[uk]) == (6, 24)
    reference = json.loads((folder / "csranks_pisa2018_reference.json").read_text(encoding="utf-8"))
    in_best = [name for name, may in zip(names, best(found["sim95"], 5), strict=True) if may]
    assert sorted(in_best) == reference["top5_95"]
    assert len(in_best) == 12


values = st.lists(st.tuples(st.integers(-40, 40), st.integers(1, 9)), min_size=2, max_size=5)


@settings(max_examples=40)
@given(values, st.integers(0, 1000), st.sampled_from([0.5, 0.8, 0.95]), st.booleans())
def test_the_plain_twin_agrees(units: list[tuple[int, int]], seed: int, level: float, down: bool) -> None:
    y, s = [a / 3 for a, _ in units], [b / 2 for _, b in units]
    of = noise(s, rng=np.random.default_rng(seed), draws=39)
    draws = of.x.T.tolist()
    steps = "down" if down else "single"
    sets = simultaneous_sets(y, of, level=level, steps=steps)
    plain = plain_sets(y, s, draws, about=None, level=level, down=down)
    assert (list(sets.above), list(sets.below)) == plain
    sets = marginal_sets(y, of, level=level, steps=steps)
    for j in range(len(y)):
        above, below = plain_sets(y, s, draws, about=j, level=level, down=down)
        assert (sets.above[j], sets.below[j]) == (above[j], below[j])


@given(values, st.integers(0, 1000))
def test_what_must_always_hold(units: list[tuple[int, int]], seed: int) -> None:
    y, s = [float(a) for a, _ in units], [float(b) for _, b in units]
    of = noise(s, rng=np.random.default_rng(seed), draws=99)
    alone, together, single = (
        marginal_sets(y, of),
        simultaneous_sets(y, of),
        simultaneous_sets(y, of, steps="single"),
    )
    here = positions(y)
    for narrow, wide in ((alone, together), (together, single)):
        assert np.all(narrow.first >= wide.first) and np.all(narrow.last <= wide.last)
    assert np.all(alone.first <= here) and np.all(here <= alone.last)
    mirrored = simultaneous_sets([-v for v in y], of)
    # Seen from the other end, above is below; the errors keep their draws, so only two-sided sums agree exactly.
    assert mirrored.above.sum() == mirrored.below.sum()
    apart = alone.apart(0)
    assert apart.above + apart.below + apart.alike == len(y) - 1
    assert apart.positions == (alone.first[0], alone.last[0])


def test_far_apart_and_tied_by_hand() -> None:
    """Three units 100 errors apart have one position each; four tied ones any of four."""
    of = noise([1.0, 1.0, 1.0], rng=np.random.default_rng(1))
    for sets in (marginal_sets([0.0, 200.0, 100.0], of), simultaneous_sets([0.0, 200.0, 100.0], of)):
        assert list(sets.first) == list(sets.last) == [3, 1, 2]
        assert list(best(sets, 1)) == [False, True, False]
        assert list(worst(sets, 1)) == [True, False, False]
    tied = simultaneous_sets([5.0] * 4, noise([1.0] * 4, rng=np.random.default_rng(1)))
    assert list(tied.first) == [1] * 4 and list(tied.last) == [4] * 4
    assert list(positions([5.0, 7.0, 5.0, 7.0, 1.0])) == [3, 1, 3, 1, 5]


def test_two_units_are_the_two_sided_normal_test() -> None:
    """Of two units the largest difference is |z|: told apart from 1.96 on, in a Monte-Carlo error of 0.01."""
    of = noise([3.0, 4.0], rng=np.random.default_rng(2), draws=DRAWS)
    for z, told in ((1.94, 0), (1.98, 1)):
        assert marginal_sets([0.0, 5 * z], of).above[0] == told


def test_a_covariance_is_used() -> None:
    """Errors shared by all units cancel in every difference."""
    s = np.array([1.0, 2.0, 0.5])
    shared_too = np.diag(s**2) + 100.0
    y = [0.0, 9.0, 4.0]
    for find in (marginal_sets, simultaneous_sets):
        alone = find(y, noise(s, rng=np.random.default_rng(3), draws=40_000))
        with_shared = find(y, noise(shared_too, rng=np.random.default_rng(4), draws=40_000))
        assert list(alone.first) == list(with_shared.first)
        assert list(alone.last) == list(with_shared.last)
    assert alone.first[1] == alone.last[1] == 1


@pytest.mark.parametrize(
    "errors", [[1.0], [1.0, 0.0], [1.0, np.nan], [[1.0, 2.0]], [[1.0, 2.0], [2.0, 1.0]], [[1.0, 1.0], [1.0, 1.0]]]
)
def test_errors_that_are_none_are_refused(errors: list[float]) -> None:
    with pytest.raises(ValueError, match=r"errors|covariance|difference"):
        noise(errors, rng=np.random.default_rng(0), draws=9)


def test_levels_and_estimates_that_cannot_be_used_are_refused() -> None:
    of = noise([1.0, 1.0], rng=np.random.default_rng(0), draws=18)
    with pytest.raises(ValueError, match="draws"):
        marginal_sets([0.0, 1.0], of)
    with pytest.raises(ValueError, match="level"):
        simultaneous_sets([0.0, 1.0], of, level=0.3)
    with pytest.raises(ValueError, match="finite estimate"):
        marginal_sets([0.0, 1.0, 2.0], of, level=0.5)


def test_counts_on_their_scale_by_hand() -> None:
    """asin(sqrt((1 + 0.375) / (4 + 0.75))) and sqrt((7 + 0.375) / 50)."""
    y, s = from_counts([1], [4], "proportion")
    assert (y[0], s[0]) == pytest.approx((asin(sqrt(1.375 / 4.75)), sqrt((1 + 0.5 / 3 + 0.5 / 5) / 18)))
    y, s = from_counts([7], [50], "rate")
    assert (y[0], s[0]) == pytest.approx((sqrt(7.375 / 50), sqrt((1 + 0.5 / 9) / 200)))
    _, wider = from_counts([7], [50], "rate", rounded_to=5)
    width = sqrt(9.875 / 50) - sqrt(4.875 / 50)
    assert wider[0] ** 2 == pytest.approx(s[0] ** 2 + width**2 / 12)
    assert np.all(np.isfinite(from_counts([0, 3], [3, 3], "proportion", rounded_to=10)[1]))


@pytest.mark.parametrize(("kind", "size", "level"), [("proportion", 10, 0.5), ("proportion", 40, 0.8), ("rate", 10, 1)])
def test_errors_are_as_wide_as_exact_probabilities_say(kind: CountKind, size: int, level: float) -> None:
    """Against the whole binomial or Poisson distribution: never narrower, and less than a seventh wider."""
    x = np.arange(size + 1 if kind == "proportion" else 60)
    p = binom.pmf(x, size, level) if kind == "proportion" else poisson.pmf(x, size * level)
    y, s = from_counts(x, np.full(x.size, size), kind)
    true = sqrt(np.sum(p * y**2) - np.sum(p * y) ** 2)
    assert true <= sqrt(np.sum(p * s**2)) < true * 8 / 7


@pytest.mark.parametrize(
    ("x", "n", "kind"),
    [([], [], "rate"), ([1], [0], "rate"), ([-1], [3], "rate"), ([1, 2], [3], "rate"), ([4], [3], "proportion")],
)
def test_what_is_no_count_is_refused(x: list[int], n: list[int], kind: CountKind) -> None:
    with pytest.raises(ValueError, match=r"counts|within"):
        from_counts(x, n, kind)


def test_sets_are_plain_values() -> None:
    sets = RankSets(np.array([0, 1]), np.array([1, 0]), 0.95)
    assert list(sets.first) == [1, 2]
    assert list(sets.last) == [1, 2]
