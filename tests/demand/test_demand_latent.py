"""Latent classes: runs of LCMCR that converged, tables it cut or never settled, refusals, other priors, and effort."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from casetrail.demand.latent.classes import latent_classes
from casetrail.demand.latent.modes import curve, modes
from casetrail.demand.latent.result import Classes
from casetrail.demand.latent.settings import Effort, Prior, Stage
from casetrail.demand.lists import Lists, lists
from casetrail.figures import Refusal

FILES = {
    "UK5": "uk_2013_5list.csv",
    "Ned5": "netherlands_5list.csv",
    "NewOrl5": "new_orleans_5list.csv",
    "Western": "western_us_5list.csv",
    "HIV": "hiv_rome_4list.csv",
    "lesbian": "lesbian_4list.csv",
    "kosovo": "kosovo_1999_4list.csv",
}
ALONE = Effort(others=False)


@lru_cache(maxsize=16)
def of_file(shared: Path, name: str) -> Lists:
    with (shared / "demand" / FILES[name]).open(encoding="utf-8", newline="") as file:
        head, *rows = list(csv.reader(file))
    return lists(head[:-1], [([int(b) for b in row[:-1]], int(row[-1])) for row in rows])


def answered(of: Lists, effort: Effort = ALONE, prior: Prior | None = None, seed: int = 1) -> Classes:
    said = latent_classes(of, seed=seed, effort=effort, prior=prior)
    assert isinstance(said, Classes)
    return said


def small(*counts: int) -> Lists:
    """Three lists; counts of patterns 1 to 7."""
    return Lists(("a", "b", "c"), np.array([0, *counts], dtype=np.int64))


@pytest.mark.shared
@pytest.mark.parametrize(("name", "within"), [("HIV", (0.02, 0.01, 0.025)), ("NewOrl5", (0.03, 0.02, 0.05))])
def test_as_lcmcr_has_it_where_it_converged(shared: Path, name: str, within: tuple[float, float, float]) -> None:
    """LCMCR 0.4.14, four chains: worth 3,751 draws on HIV and 4,758 on New Orleans; Monte-Carlo errors of both."""
    theirs = json.loads((shared / "demand" / "reference" / "dga_lcmcr.json").read_text(encoding="utf-8"))
    said = answered(of_file(shared, name))
    for ours, other, apart in zip(
        (said.said.low, said.said.median, said.said.high), theirs[name]["lcmcr"]["q"], within, strict=True
    ):
        assert ours == pytest.approx(other, rel=apart)
    assert said.agreement.rhat < 1.01 and said.agreement.bulk > 400 < said.agreement.tail
    assert said.sampling.sampler == "chains" and said.sampling.why == "chains_agreed"


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "limits"),
    [
        # bench/demand_latent.py: plain Gibbs, four chains of 1,000,000 and 500,000 sweeps.
        ("kosovo", (9_040, 10_416, 13_830)),
        ("Western", (1_308, 1_838, 2_974)),
    ],
)
def test_long_plain_gibbs_says_the_same(shared: Path, name: str, limits: tuple[float, float, float]) -> None:
    """The long run and what one run of ours is worth leave 1 % on the upper limit (the bench holds long runs of both to
    3 %). LCMCR's upper limits here (15,057 and 2,957) are under-run or capped: no targets."""
    said = answered(of_file(shared, name)).said
    assert (said.low, said.median) == pytest.approx(limits[:2], rel=0.03)
    assert said.high == pytest.approx(limits[2], rel=0.05)


@pytest.mark.shared
def test_uk_settles_where_lcmcr_did_not(shared: Path) -> None:
    """A prototype with ladders had 22,266 (15,751 to 33,764); LCMCR's chains stood at 12,287 and at 22,970."""
    said = answered(of_file(shared, "UK5"))
    assert said.agreement.rhat <= 1.01
    assert (said.said.low, said.said.median) == pytest.approx((15_751, 22_266), rel=0.03)
    assert said.said.high == pytest.approx(33_764, rel=0.09)
    assert said.hidden[1] == said.said.median - 2744
    assert all(m == pytest.approx(22_266, rel=0.04) for m in said.chain_medians)


@pytest.mark.shared
def test_the_netherlands_are_refused(shared: Path) -> None:
    """Modes near 50,000 and 140,000, which plain chains do not leave and a short ladder does not settle."""
    said = latent_classes(
        of_file(shared, "Ned5"), seed=1, effort=Effort(draws=400, warm_up=400, most_draws=800, ladder="never")
    )
    assert isinstance(said, Refusal) and said.reason == "not_converged"
    assert "R-hat" in said.message and "heaps near" in said.message


def test_a_ladder_finds_what_chains_find() -> None:
    """Two ways to the same posterior; medians of about 1,000 effective draws each, so a few per cent apart at most."""
    of = small(60, 40, 12, 30, 9, 7, 6)
    plain = answered(of, replace(ALONE, draws=1000))
    ladder = answered(of, replace(ALONE, draws=1000, rungs=6, ladder="always"))
    assert (ladder.sampling.sampler, ladder.sampling.why, ladder.sampling.rungs) == ("ladder", "asked_for", 6)
    assert ladder.sampling.trips > 50
    assert "ladder_needed" in ladder.warnings and "ladder_needed" not in plain.warnings
    assert ladder.said.median == pytest.approx(plain.said.median, rel=0.05)
    assert ladder.said.high == pytest.approx(plain.said.high, rel=0.15)


def test_a_result_is_whole_and_comes_again_from_its_seed() -> None:
    of = small(60, 40, 12, 30, 9, 7, 6)
    effort = Effort(draws=400, warm_up=300)
    said = answered(of, effort)
    again = answered(of, replace(effort, threads=2))
    assert said.said == again.said and np.array_equal(said.trace, again.trace)
    assert said.said != answered(of, effort, seed=2).said
    assert sum(p for _, p in said.used) == pytest.approx(1.0)
    assert sum(m.probability for m in said.modes) == pytest.approx(1.0)
    area = np.sum(said.curve.density[1:] * np.diff(said.curve.totals))
    assert area == pytest.approx(1.0, abs=0.02)
    assert said.trace.shape[0] == 4 and said.trace.shape[1] <= 500 and said.trace.min() >= of.n
    assert [b.what for b in said.others] == [
        "chances_towards_0_and_1",
        "half_the_classes",
        "more_classes_expected",
    ]
    assert "three_lists" in said.warnings
    wide = answered(of, replace(effort, others=False), Prior(classes=5))
    assert wide.others == () and wide.prior.classes == 5


def test_one_kind_of_person_is_found_again() -> None:
    """Expected counts of 1,000 independent persons, chances 0.4, 0.3, 0.2, 0.3, whole: the total is 1,000 within it."""
    chance = (0.4, 0.3, 0.2, 0.3)
    counts = [
        round(1000 * float(np.prod([p if i >> j & 1 else 1 - p for j, p in enumerate(chance)]))) for i in range(16)
    ]
    of = Lists(("a", "b", "c", "d"), np.array([0, *counts[1:]], dtype=np.int64))
    said = answered(of, replace(ALONE, draws=600, warm_up=400))
    assert said.said.low < 1000 < said.said.high
    assert dict(said.used).get(1, 0.0) > 0.3


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        ((0,) * 7, "nobody"),
        ((3, 4, 1, 0, 0, 0, 0), "empty_list"),
        ((0, 0, 0, 0, 0, 0, 9), "all_in_one_cell"),
        ((5, 5, 0, 5, 0, 0, 0), "no_overlap"),
        ((5, 5, 2, 5, 0, 0, 0), "disconnected"),
    ],
)
def test_what_cannot_be_fitted_is_refused(counts: tuple[int, ...], reason: str) -> None:
    said = latent_classes(small(*counts), seed=1)
    assert isinstance(said, Refusal) and said.reason == reason


def test_mass_that_never_ends_is_refused() -> None:
    """600 persons on one list each, three on two: some ten thousand hidden, or a hundred times that."""
    said = latent_classes(small(200, 200, 1, 200, 1, 1, 0), seed=1, effort=ALONE)
    assert isinstance(said, Refusal) and said.reason == "mass_at_edge"
    assert "60,300" in said.message


def test_small_totals_are_not_a_heap_each() -> None:
    assert len(answered(small(1, 1, 1, 1, 1, 0, 0), replace(ALONE, draws=500)).modes) == 1


def test_too_few_and_too_many_lists() -> None:
    two = latent_classes(Lists(("a", "b"), np.array([0, 3, 4, 2], dtype=np.int64)), seed=1)
    counts = np.zeros(1 << 13, dtype=np.int64)
    counts[1] = 1
    many = latent_classes(Lists(tuple("abcdefghijklm"), counts), seed=1)
    assert isinstance(two, Refusal) and two.reason == "too_few_lists"
    assert isinstance(many, Refusal) and many.reason == "too_many_lists"


def test_progress_is_told_and_only_goes_up() -> None:
    heard: list[tuple[Stage, float]] = []
    effort = Effort(draws=200, warm_up=100, most_draws=200, ladder="never")
    latent_classes(small(60, 40, 12, 30, 9, 7, 6), seed=1, effort=effort, progress=lambda s, d: heard.append((s, d)))
    done = [d for s, d in heard if s == "chains"]
    assert done == sorted(done) and done[0] > 0 and done[-1] == 1.0


def test_modes_of_two_heaps_by_hand() -> None:
    """Three quarters of the draws near 1,000 and a quarter near 5,000, a log-normal 0.1 wide each."""
    rng = np.random.default_rng(3)
    x = np.exp(
        np.concatenate([np.log(1000) + 0.1 * rng.standard_normal(3000), np.log(5000) + 0.1 * rng.standard_normal(1000)])
    )
    found = modes(x, curve(x, 100, 4000.0))
    assert [m.total for m in found] == pytest.approx([1000, 5000], rel=0.06)
    assert [m.probability for m in found] == pytest.approx([0.75, 0.25], abs=0.01)
    one = modes(x[:3000], curve(x[:3000], 100, 3000.0))
    assert len(one) == 1 and one[0].probability == 1.0


@pytest.mark.parametrize(
    "wrong", [{"classes": 1}, {"classes": 51}, {"rate": 0.0}, {"one": -1.0}, {"zero": float("inf")}]
)
def test_priors_that_are_none(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"classes|at least 0"):
        Prior(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [{"chains": 1}, {"draws": 50}, {"rungs": 3}, {"most_draws": 10}, {"threads": 0}])
def test_efforts_that_are_none(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"at least|less than"):
        Effort(**wrong)  # type: ignore[arg-type]
