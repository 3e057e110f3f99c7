"""Answers on audits: what they say, what they refuse, and what they never show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scipy.special import expit

from casetrail.compare.audit import (
    Aside,
    Frame,
    Indicators,
    Rated,
    agreement_answer,
    ask_again,
    draw_answers,
    joint_answers,
    lqas_answer,
    rows_answer,
    shares_answer,
    thirty_files_answer,
    two_teams_answer,
    unseen_answer,
)
from casetrail.compare.audit.words import of_ratings
from casetrail.figures import Answer, Cell, Estimate, Origin, Refusal, SourceRef, Table
from casetrail.publish import protect
from casetrail.publish.drawing import draw as drawn_chart
from casetrail.publish.protect import may_leave
from casetrail.stats.audit_model import indicator_levels
from casetrail.stats.audit_ratings import Ratings
from casetrail.stats.two_shares import fisher, nearest, told_apart

SOURCE = SourceRef("ratings.csv", "0" * 64, Origin.MADE_UP)


def rows(answer: Answer) -> list[dict[str, Cell]]:
    assert isinstance(answer.body, Table)
    return [dict(zip((c.name for c in answer.body.columns), row, strict=True)) for row in answer.body.rows]


def rated(
    grades: tuple[str, ...] = ("inadequate", "adequate"),
    *,
    units: int = 40,
    files: int = 12,
    twice: float = 0.3,
    seed: int = 1,
    correlation: float = 0.8,
    spread: float = 0.9,
) -> tuple[Rated, Indicators]:
    """Made-up ratings and an indicator of the same units."""
    rng = np.random.default_rng(seed)
    first = rng.standard_normal(units)
    second = correlation * first + np.sqrt(1 - correlation**2) * rng.standard_normal(units)
    unit = np.repeat(np.arange(units), files)
    quality = 0.4 + spread * second[unit] + rng.logistic(size=unit.size)
    again = np.flatnonzero(rng.random(unit.size) < twice)
    file = np.concatenate([np.arange(unit.size), again])
    rater = np.concatenate([np.zeros(unit.size, dtype=int), np.ones(again.size, dtype=int)])
    seen = quality[file] + 0.3 * rng.logistic(size=file.size)
    score = np.clip(np.floor(seen + len(grades) / 2), 0, len(grades) - 1) if len(grades) > 2 else seen > 0
    names = tuple(f"Team {i:02d}" for i in range(units))
    ratings = Ratings(unit[file], file, rater, np.asarray(score, dtype=float), np.ones(file.size))
    cases = rng.integers(200, 900, size=units).astype(float)
    good = rng.binomial(cases.astype(int), expit(0.8 + 0.5 * first)).astype(float)
    levels = indicator_levels(good, cases)
    adequate = 1 if len(grades) == 2 else None
    return (
        Rated(ratings, names, grades, adequate, SOURCE, rows_in=file.size),
        Indicators(names, good / cases, levels.level, levels.variance, None, 1, False, SOURCE, rows_in=units),
    )


def fields(spec: object) -> Iterator[str]:
    """Every field that a chart draws."""
    if isinstance(spec, Mapping):
        if isinstance(spec.get("field"), str):
            yield spec["field"]
        for part in spec.values():
            yield from fields(part)
    elif isinstance(spec, list):
        for part in spec:
            yield from fields(part)


def test_thirty_files_say_what_the_exact_limits_say() -> None:
    found = thirty_files_answer()
    assert "up to 9.5 %" in found.sentence and "11.6 % two-sided" in found.sentence
    first = rows(found)[0]
    # 1 - 0.025^(1/30) and 1 - 0.05^(1/30), Clopper and Pearson worked by hand.
    assert first["high"] == pytest.approx(100 * (1 - 0.025 ** (1 / 30)), abs=1e-9)
    assert first["at_most"] == pytest.approx(100 * (1 - 0.05 ** (1 / 30)), abs=1e-9)
    # If 12 of 120 have it, 30 drawn hold none with chance 0.0260, above 0.025; if 13 have it, with 0.0188.
    counted = rows(thirty_files_answer(30, 120))[0]
    assert counted["high"] == pytest.approx(10.0)
    assert counted["at_most"] == pytest.approx(7.5)


def test_a_rare_fault_hides_as_often_as_it_must() -> None:
    found = {row["fault"]: row["unseen"] for row in rows(unseen_answer())}
    assert found[5.0] == pytest.approx(100 * 0.95**30, abs=1e-9)
    # 6 of 120 have it: (114 choose 30) / (120 choose 30) is the product of (90 - i) / (120 - i), i from 0 to 5.
    by_hand = 100 * np.prod([(90 - i) / (120 - i) for i in range(6)])
    counted = {row["fault"]: row["unseen"] for row in rows(unseen_answer(30, 120))}
    assert counted[5.0] == pytest.approx(by_hand, abs=1e-6)


def test_two_teams_differ_visibly_only_when_they_differ_a_lot() -> None:
    # The lady tasting tea (Fisher 1935): 4 of 4 against 0 of 4 has 2/70, 3 against 1 has 34/70.
    told = fisher(4)
    assert told[4, 0] and told[0, 4] and not told[3, 1]
    large = fisher(30)
    other = nearest(large, 0.9)
    assert other is not None
    assert told_apart(large, 0.9, other) >= 0.8 > told_apart(large, 0.9, other + 0.002)
    assert told_apart(large, 0.8, 0.8) <= 0.05
    found = rows(two_teams_answer())
    assert [row["one"] for row in found] == pytest.approx([95, 90, 80, 70, 60, 50])
    assert all(isinstance(row["gap"], float) and 25 < row["gap"] < 40 for row in found)
    assert nearest(fisher(3), 0.9) is None


@pytest.mark.parametrize("ask", [thirty_files_answer, unseen_answer, two_teams_answer])
def test_more_files_than_the_team_has_is_refused(ask: object) -> None:
    found = ask(30, 20)  # type: ignore[operator]
    assert isinstance(found.body, Refusal)
    assert found.body.reason == "team_smaller_than_sample"


def test_a_rule_for_a_manager() -> None:
    found = lqas_answer(0.8, 0.5)
    assert "Draw 19 files at random; the team passes with 13 adequate or more" in found.sentence
    curve = [float(str(row["passes"])) for row in rows(found)]
    assert all(a <= b for a, b in pairwise(curve))
    at = {round(float(str(row["share"]))): row["passes"] for row in rows(found)}
    assert at[80] == pytest.approx(100 * (1 - 0.0676), abs=0.005)
    assert "Draw 18 files of 40" in lqas_answer(0.9, 0.7, team=40).sentence


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"good": 0.9, "poor": 0.7, "size": 10}, "too_few_files"),
        ({"good": 0.9, "poor": 0.7, "team": 12, "size": 20}, "team_smaller_than_sample"),
        ({"good": 0.9, "poor": 0.88, "team": 5}, "too_many_files"),
        ({"good": 0.9, "poor": 0.899}, "too_many_files"),
    ],
)
def test_no_rule_where_none_can_do_it(asked: dict[str, float], reason: str) -> None:
    found = lqas_answer(**asked)  # type: ignore[arg-type]
    if asked.get("team") == 5:
        # Five files: 0.9 of them is five, 0.88 is four; all five are read and nothing goes wrong.
        assert "All files have to be read" in found.sentence
        return
    assert isinstance(found.body, Refusal)
    assert found.body.reason == reason


def test_what_needs_no_record_is_asked_again_from_its_parameters_alone() -> None:
    asked = (thirty_files_answer(30, 120), unseen_answer(12), two_teams_answer(30, 120), lqas_answer(0.9, 0.7, team=60))
    for answer in asked:
        again = ask_again(answer.provenance.question, dict(answer.provenance.parameters))
        assert answer in again
    assert ask_again("audit.ratings", {}) == ()


def test_agreement_of_two_raters_shows_every_measure_and_no_rater() -> None:
    found = agreement_answer(rated(("1", "2", "3", "4"))[0])
    said = [row["what"] for row in rows(found)]
    assert said[:2] == ["same grade", "Gwet's AC1"]
    for wanted in ("Cohen's kappa", "Cohen's kappa, quadratic weights", "Gwet's AC2, linear weights", "ICC(2,1)"):
        assert wanted in said
    for row in rows(found):
        assert float(str(row["low"])) <= float(str(row["value"])) <= float(str(row["high"]))
    assert isinstance(found.body, Table)
    assert {c.name for c in found.body.columns} == {"what", "value", "low", "high", "files"}


def test_kappa_is_not_given_where_more_than_two_raters_share_files() -> None:
    whole = rated()[0]
    one = whole.ratings
    many = replace(whole, ratings=Ratings(one.unit, one.file, one.rater + 2 * (one.file % 5), one.score, one.weight))
    said = [str(row["what"]) for row in rows(agreement_answer(many))]
    assert not any("kappa" in what for what in said)
    assert "Krippendorff's alpha" in said


def test_without_double_ratings_agreement_is_refused() -> None:
    found = agreement_answer(rated(twice=0.0)[0])
    assert isinstance(found.body, Refusal)
    assert found.body.reason == "no_double_rating"


def test_shares_by_hand_and_only_where_adequate_is_said() -> None:
    ratings = Ratings(
        unit=np.array([1, 1, 1, 0]),
        file=np.array([0, 0, 1, 2]),
        rater=np.array([0, 1, 0, 0]),
        score=np.array([1.0, 0.0, 1.0, 0.0]),
        weight=np.array([3.0, 3.0, 1.0, 1.0]),
    )
    of = Rated(ratings, ("North", "East"), ("no", "yes"), 1, SOURCE, rows_in=4)
    found = rows(shares_answer(of))
    # East: one file rated 1 and 0 weighs 3, one rated 1 weighs 1: (3 x 0.5 + 1) / 4. Names in order.
    assert [row["unit"] for row in found] == ["East", "North"]
    assert found[0]["share"] == pytest.approx(62.5)
    assert found[0]["files"] == 2
    assert isinstance(shares_answer(replace(of, adequate=None)).body, Refusal)


def test_the_indicator_beside_the_audits() -> None:
    of, beside = rated(units=80, files=15)
    correlation, units = joint_answers(of, beside)
    assert isinstance(correlation.body, Estimate)
    low, high = correlation.body.low, correlation.body.high
    assert low is not None and high is not None and 0 < low <= 0.8 <= high <= 1
    assert correlation.body.unit == "correlation"
    assert "sees, at least in part" in correlation.sentence
    found = rows(units)
    assert [row["unit"] for row in found] == sorted(str(row["unit"]) for row in found)
    assert {row["says"] for row in found} <= {"not told apart", "indicator looks better", "audits look better"}
    turned = joint_answers(of, replace(beside, lower_is_better=True))[0]
    assert isinstance(turned.body, Estimate)
    assert turned.body.value == pytest.approx(-correlation.body.value, abs=1e-6)
    # Units are found by name, whatever their order and capitals.
    mixed = np.random.default_rng(0).permutation(80)
    moved = replace(
        beside,
        units=tuple(beside.units[i].upper() for i in mixed),
        share=beside.share[mixed],
        level=beside.level[mixed],
        variance=beside.variance[mixed],
    )
    again = joint_answers(of, moved)[0]
    assert isinstance(again.body, Estimate)
    assert again.body.value == pytest.approx(correlation.body.value, abs=1e-9)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"twice": 0.0}, "rater_error_unknown"),
        ({"units": 8}, "too_few_units"),
        ({"units": 20, "files": 4, "twice": 0.6, "spread": 0.0, "seed": 3}, "audit_tells_nothing"),
    ],
)
def test_the_joint_model_refuses_where_it_cannot_say(change: dict[str, float], reason: str) -> None:
    for answer in joint_answers(*rated(**change)):  # type: ignore[arg-type]
        assert isinstance(answer.body, Refusal)
        assert answer.body.reason == reason
        assert answer.body.would_help


def test_units_without_a_partner_are_counted_never_taken_for_zero() -> None:
    of, beside = rated(units=30)
    some = replace(beside, units=("Elsewhere", *beside.units[1:]))
    correlation, units = joint_answers(of, some)
    assert any("1 units of the indicator without an audited file, 1 audited" in c for c in correlation.caveats)
    assert "Team 00" not in [row["unit"] for row in rows(units)]


FRAME = Frame(
    keys=tuple(f"P{i:03d}" for i in range(100)),
    bodies=tuple("north" if i % 4 else "south" for i in range(100)),
    periods=("",) * 100,
    sources=(SOURCE,),
    origin=Origin.REAL,
)


def test_a_draw_says_every_chance_and_its_worklist_stays_in_the_house() -> None:
    strata, work = draw_answers(FRAME, 20, seed=5)
    # 75 of north and 25 of south: 15 and 5 of 20, one in five each.
    assert [(r["body"], r["size"], r["drawn"], r["probability"]) for r in rows(strata)] == [
        ("north", 75, 15, 0.2),
        ("south", 25, 5, 0.2),
    ]
    files = rows(work)
    assert len(files) == 20
    assert [row["file"] for row in files] == sorted(str(row["file"]) for row in files)
    assert all(row["weight"] == pytest.approx(5.0) and row["grade"] is None for row in files)
    assert work.person_level and not may_leave(work)
    again = draw_answers(FRAME, 20, seed=5)
    assert again == (strata, work)
    assert draw_answers(FRAME, 20, seed=6)[1].body != work.body
    each = rows(draw_answers(FRAME, 30, seed=5, each=True)[0])
    assert [row["drawn"] for row in each] == [30, 25]


def test_strata_of_periods_and_bodies_with_any_name() -> None:
    periods = tuple("2023" if i % 2 else "2024" for i in range(100))
    odd = replace(FRAME, bodies=tuple('a · "b", c' if i % 4 else "south" for i in range(100)), periods=periods)
    strata, work = draw_answers(odd, 20, seed=5)
    # 25 of the south all have an even number, so one period; of the others 50 are odd and 25 even.
    assert [(r["body"], r["period"], r["size"]) for r in rows(strata)] == [
        ('a · "b", c', "2023", 50),
        ('a · "b", c', "2024", 25),
        ("south", "2024", 25),
    ]
    assert {row["period"] for row in rows(work)} == {"2023", "2024"}


def test_a_draw_is_refused_where_it_cannot_be_made() -> None:
    (found,) = draw_answers(FRAME, 1, seed=1)
    assert isinstance(found.body, Refusal) and found.body.reason == "too_few_files"
    (found,) = draw_answers(Frame((), (), (), (SOURCE,), Origin.REAL), 10, seed=1)
    assert isinstance(found.body, Refusal) and found.body.reason == "no_rows"


def everything() -> list[Answer]:
    of, beside = rated(units=60, files=12)
    aside = (Aside("The grade is none of the grades of the scale.", 1, "line 9"),)
    of = replace(of, set_aside=aside, rows_in=of.rows_in + 1)
    return [
        thirty_files_answer(),
        unseen_answer(),
        two_teams_answer(),
        lqas_answer(0.9, 0.7),
        agreement_answer(of),
        shares_answer(of),
        *joint_answers(of, beside),
        rows_answer(of, of_ratings(of)),
        draw_answers(FRAME, 20, seed=1)[0],
    ]


def test_charts_draw_columns_of_their_own_table() -> None:
    charts = [a for a in everything() if a.chart is not None]
    assert len(charts) == 4
    for answer in charts:
        assert answer.chart is not None and isinstance(answer.body, Table)
        assert set(fields(answer.chart.spec)) <= {c.name for c in answer.body.columns}
        assert answer.chart.alt
        assert drawn_chart(answer, "x") is not None


def test_ids_differ_and_every_answer_says_where_it_comes_from() -> None:
    found = everything()
    assert len({a.id for a in found}) == len(found)
    for answer in found:
        assert answer.id.startswith("audit.")
        assert answer.provenance.sources
        assert answer.caveats
        assert answer.method


def test_rows_add_up_and_small_counts_of_real_files_do_not_leave() -> None:
    of, _ = rated(files=4)
    real = replace(of, source=replace(SOURCE, origin=Origin.REAL))
    shown = protect(shares_answer(real))
    assert isinstance(shown.body, Table)
    assert shown.body.suppressed == len(shown.body.rows) * 4
    said = rows(everything()[8])
    assert sum(int(str(row["rows"])) for row in said[:-1]) == said[-1]["rows"]
