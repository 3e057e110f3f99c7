"""The verdict where persons differ, where lists depend, and where both do. Truths are those of made-up lists."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from casetrail.demand.answers.given import Given
from casetrail.demand.answers.headline import headline_answer
from casetrail.demand.choosing import Assumption, Kind, Plan, Verdict, judge_with_families
from casetrail.demand.heterogeneity.varies import Varies, varies
from casetrail.demand.lists import Lists
from casetrail.figures import Origin, Range, Refusal, SourceRef

FEW = Plan(replicates=120)
CHANCE = np.array([0.12, 0.14, 0.1, 0.15])


def drawn(persons: int, seed: int, *, easy: float = 1.0, odds: float = 1.0, k: int = 4) -> Lists:
    """Three in ten persons `easy` times as easily found; of two persons alike, b goes with a at these odds."""
    rng = np.random.default_rng(seed)
    p = np.where(rng.random(persons) < 0.3, easy, 1.0)[:, None] * CHANCE[:k]
    on = rng.random((persons, k)) < p
    with_a = np.where(on[:, 0], odds, 1.0) * p[:, 1] / (1 - p[:, 1])
    on[:, 1] = rng.random(persons) < with_a / (1 + with_a)
    counts = np.bincount(on @ (1 << np.arange(k)), minlength=1 << k).astype(np.int64)
    counts[0] = 0
    return Lists(tuple("abcd"[:k]), counts)


def said(table: Lists, assumption: Assumption = Assumption.TWO_WAY) -> Verdict:
    return judge_with_families(table, assumption=assumption, rng=np.random.default_rng(8), plan=FEW)[0]


@pytest.mark.parametrize(("k", "persons", "easy"), [(4, 6000, 4.0), (3, 10_000, 5.0)])
def test_persons_who_differ_leave_no_upper_end(k: int, persons: int, easy: float) -> None:
    found = said(drawn(persons, 2, easy=easy, k=k))
    assert found.kind is Kind.RANGE and found.open_above
    assert {"persons_differ", "catchability_varies"} & {r.code for r in found.why}
    assert found.n < found.low <= persons


def test_two_lists_that_depend_are_no_sign_of_persons_who_differ() -> None:
    """The overlaps are too large together here too, but the one model that is true is by far the better account."""
    found = said(drawn(6000, 3, odds=4.0))
    assert found.kind is Kind.POINT and not found.open_above
    assert found.low <= 6000 <= found.high
    assert {w.code for w in found.warnings} == {"lists_depend"}


def test_persons_who_differ_are_seen_beside_lists_that_depend() -> None:
    found = said(drawn(8000, 4, easy=4.0, odds=4.0))
    assert found.open_above and found.low <= 8000


def test_what_is_open_above_says_at_least() -> None:
    table = drawn(6000, 2, easy=4.0)
    source = SourceRef("made-up lists", "", Origin.MADE_UP)
    of = Given(lists=table, sources=(source,), origin=Origin.MADE_UP, request={}, seed=1)
    answer = headline_answer(of, said(table))
    assert isinstance(answer.body, Range) and answer.body.high is None
    assert answer.sentence.startswith("At least about ")
    assert "cannot be known from these lists" in answer.sentence


def test_the_test_beside_lists_that_depend_has_its_level() -> None:
    """Of 200 tables in which lists a and b depend and persons are alike, about 5 % may be told to differ."""
    depend = 0b0011
    tables = [drawn(4000, seed, odds=4.0) for seed in range(200)]
    plain, beside = [varies(t) for t in tables], [varies(t, depend=[depend]) for t in tables]
    # 99.9 % of a binomial law of 200 with a chance of 0.05 lie below 21.
    assert sum(isinstance(v, Varies) and v.seen() for v in plain) > 2 * 21
    assert sum(isinstance(v, Varies) and v.seen() for v in beside) <= 21
    scores = [v.score_z for v in beside if isinstance(v, Varies)]
    assert len(scores) == 200 and abs(np.mean(scores)) < 0.25 and 0.85 < np.std(scores) < 1.15


def test_where_all_pairs_depend_nothing_is_left_to_test_with() -> None:
    pairs = [0b0011, 0b0101, 0b1001, 0b0110, 0b1010, 0b1100]
    found = varies(drawn(4000, 1), depend=pairs)
    assert isinstance(found, Refusal) and found.reason == "not_identifiable"


@pytest.mark.shared
@pytest.mark.parametrize(
    ("file", "opened"),
    [("uk_2013_5list", False), ("western_us_5list", False), ("kosovo_1999_4list", True), ("lesbian_4list", True)],
)
def test_public_tables(shared: Path, file: str, opened: bool) -> None:
    """Kosovo: laws in which persons differ reach 18,387 where the best model says 14,342 (Rcapture's families)."""
    from casetrail.inquiry.demand_lists import ListsFile, ReadLists, read_lists

    read = read_lists(ListsFile(path=shared / "demand" / f"{file}.csv"))
    assert isinstance(read, ReadLists)
    assert said(read.together).open_above is opened
