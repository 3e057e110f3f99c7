"""The gates on the published figures: who is stopped, who passes, and can each reason be read?"""

from __future__ import annotations

import numpy as np
import pytest

from casetrail.compare.collection import shipped_collection
from casetrail.compare.quality import Fitness, assess, assess_all, gated_answer, gates_answer
from casetrail.figures import Origin, SourceRef, Table
from casetrail.public.panel import Measure, Panel, Unit, Why

QUALITIES = shipped_collection().qualities
NEED = "children-in-need-rate"
SOURCE = SourceRef("made-up", "0" * 64, Origin.MADE_UP)
TIMELINESS = (
    "initial-assessments-7-days",
    "initial-assessments-10-days",
    "core-assessments-35-days",
    "conferences-15-days",
    "plan-reviews-in-time",
)


def panel(x: np.ndarray, n: np.ndarray, kind: str = "proportion", **more: object) -> Panel:
    per = 100.0 if kind == "proportion" else 10_000.0
    units = tuple(Unit(str(i), f"Body {i}") for i in range(x.shape[0]))
    periods = tuple(f"{2010 + j}-{11 + j}" for j in range(x.shape[1]))
    value = per * x / n
    why = np.where(np.isfinite(value), 0, int(Why.WITHHELD)).astype(np.int8)
    parts: dict[str, object] = {"numerator": x, "denominator": n, "value": value, "why": why} | more
    return Panel(Measure("m", "Measure", kind, "%", per), units, periods, source=SOURCE, **parts)  # type: ignore[arg-type]


@pytest.mark.parametrize("year", ["2009-10", "2010-11"])
def test_haringeys_children_in_need_are_stopped_and_its_timeliness_passes(year: str) -> None:
    need = QUALITIES[NEED].panel
    i, j = need.unit_at("309"), need.period_at(year)
    assert QUALITIES[NEED].fitness(i, j) is Fitness.NOT_FIT
    assert "stock-flow" in QUALITIES[NEED].gates(i, j)
    assert QUALITIES[NEED].seen_in_data[i, j]
    for name in TIMELINESS:
        assert QUALITIES[name].fitness(i, j) is not Fitness.NOT_FIT
        assert not QUALITIES[name].seen_in_data[i, j], "the Department's own mark is all that is against it"


def test_the_table_of_one_year_alone_is_enough_for_haringey() -> None:
    from dataclasses import replace

    cut = []
    for name in (NEED, "children-in-need-started", "children-in-need-ended"):
        p = QUALITIES[name].panel
        parts = {
            k: getattr(p, k)[:, :1] for k in ("numerator", "denominator", "value", "why", "confidence", "why_counts")
        }
        cut.append(replace(p, periods=p.periods[:1], whole=None, **parts))
    alone = assess_all(cut)[NEED]
    assert alone.fitness(alone.panel.unit_at("309"), 0) is Fitness.NOT_FIT


def test_every_gated_figure_has_a_reason_that_can_be_read() -> None:
    answer = gated_answer(QUALITIES)
    assert isinstance(answer.body, Table)
    assert len(answer.body.rows) > 500
    for row in answer.body.rows:
        reason = str(row[6])
        assert len(reason) > 20 and "nan" not in reason and "inf" not in reason
        assert row[5] in ("fit with caution", "not fit to compare")
    haringey = [r for r in answer.body.rows if r[0] == "Haringey" and r[1] == "Children in need at 31 March"]
    assert {"2009-10", "2010-11"} <= {str(r[2]) for r in haringey}


def test_not_many_are_stopped() -> None:
    # On the real figures of 16 years: each of the data's own signs is rare.
    figures = sum(int(np.isfinite(q.panel.value).sum()) for q in QUALITIES.values())
    stopped = sum(int((q.levels == Fitness.NOT_FIT).sum()) for q in QUALITIES.values())
    assert stopped / figures < 0.01


def test_the_populations_of_2011_were_based_anew() -> None:
    need = QUALITIES[NEED]
    i, j = need.panel.unit_at("309"), need.panel.period_at("2011-12")
    # README: 49,104 in mid-2010, 57,600 in mid-2011.
    assert any("49,104 to 57,600" in r for r in need.reasons(i, j))


def test_a_first_year_of_a_new_body_is_said() -> None:
    need = QUALITIES[NEED]
    i, j = need.panel.unit_at("839"), need.panel.period_at("2019-20")
    assert any("in place of Bournemouth, Poole and Dorset" in r for r in need.reasons(i, j))


def test_the_page_of_one_authority_counts_what_its_table_says() -> None:
    answer = gates_answer(QUALITIES, QUALITIES[NEED].panel.unit_at("309"), "2009-10")
    assert isinstance(answer.body, Table)
    verdicts = answer.body.column("verdict")
    assert f"{verdicts.count('fit to compare')} without a sign" in answer.sentence
    assert f"{verdicts.count('not fit to compare')} not fit to compare" in answer.sentence


def test_more_than_all_and_contradicting_digits_are_not_fit() -> None:
    x, n = np.full((12, 1), 40.0), np.full((12, 1), 100.0)
    x[0] = 140.0
    value = 100 * x / n
    value[1] = 55.0
    value[2] = 40.5
    found = assess(panel(x, n, value=value))
    assert found.fitness(0, 0) is Fitness.NOT_FIT and "140 of 100 is more than all" in found.reasons(0, 0)
    assert found.fitness(1, 0) is Fitness.NOT_FIT and "55.0 is printed" in found.reasons(1, 0)[0]
    assert found.fitness(2, 0) is Fitness.CAUTION
    assert found.fitness(3, 0) is Fitness.FIT


def test_withheld_is_not_judged_and_few_cases_are_said() -> None:
    x, n = np.full((12, 1), 3.0), np.full((12, 1), 7.0)
    x[0] = np.nan
    found = assess(panel(x, n))
    assert found.fitness(0, 0) is Fitness.FIT and not np.isfinite(found.panel.value[0, 0])
    assert found.reasons(1, 0) == ("it rests on no more than 7 cases",)


def test_heaped_digits_are_told_of_the_body_that_has_them() -> None:
    rng = np.random.default_rng(1)
    n = rng.integers(200, 4_000, (30, 12)).astype(float)
    x = np.floor(n * 0.6)
    n[4], x[4] = 5 * np.round(n[4] / 5), 5 * np.round(x[4] / 5)
    found = assess_all([panel(x, n)])["m"]
    assert "digits" in found.gates(4, 0)
    assert not any("digits" in found.gates(i, 0) for i in range(30) if i != 4)


def test_half_a_table_is_said() -> None:
    x, n = np.full((20, 2), 40.0), np.full((20, 2), 100.0)
    x[:15, 1] = np.nan
    found = assess(panel(x, n))
    assert any("only 25% of" in r for r in found.reasons(18, 1))


def need(name: str, started: str, ended: str) -> tuple[np.ndarray, np.ndarray]:
    """Not-fit verdicts of a shipped stock, and where endings did not fall while starts rose."""
    stock, begun, closed = (QUALITIES[n] for n in (name, started, ended))
    with np.errstate(invalid="ignore"):
        rush = np.zeros(stock.levels.shape, dtype=np.bool_)
        x, y = begun.panel.numerator, closed.panel.numerator
        rush[:, 1:] = (x[:, 1:] > 1.15 * x[:, :-1]) & (y[:, 1:] >= y[:, :-1])
    return next(s.levels for s in stock.signs if s.gate == "stock-flow"), rush


@pytest.mark.parametrize(
    "flows",
    [
        (NEED, "children-in-need-started", "children-in-need-ended"),
        ("plans-rate", "plans-started", "plans-ended"),
    ],
)
def test_a_rush_of_new_cases_or_ordinary_pace_is_no_sign_of_work_left_open(flows: tuple[str, str, str]) -> None:
    # Sandwell 2017-18: plans started 626 to 1,020, ended 560 to 608: a rush, not closed work held as open.
    levels, rush = need(*flows)
    assert not (levels[rush] > 0).any()
    closed = QUALITIES[flows[2]].panel.numerator
    years = QUALITIES[flows[0]].panel.numerator / np.where(closed > 0, closed, np.nan)
    known = np.isfinite(years).any(axis=0)
    middle = np.nanmedian(years[:, known], axis=0)
    seen = (years[:, known] / middle)[levels[:, known] > 0]
    assert seen.size > 10 and seen.min() > 1.5


def test_no_other_body_is_set_beside_a_figure_that_is_not_fit() -> None:
    from casetrail.inquiry.comparing import Compared, compare_shipped

    for answer in compare_shipped(Compared("Camden", "2009-10", NEED)):
        if isinstance(answer.body, Table) and answer.body.columns[0].name in ("unit", "body", "authority"):
            rows = {str(r[0]): r for r in answer.body.rows}
            if "Haringey" in rows:
                named = dict(zip((c.name for c in answer.body.columns), rows["Haringey"], strict=True))
                assert named["value"] is None and "not fit to compare" in str(
                    named.get("note", "not fit to compare")
                ), answer.id


def test_of_no_case_there_is_no_share_and_no_place() -> None:
    from casetrail.compare.measure import places

    conferences = next(
        p for p in places(shipped_collection(), "201", "2009-10") if p.measure.id == "conferences-15-days"
    )
    # City of London held no conference; the Department prints 0 % of 0.
    assert conferences.counts == (0.0, 0.0)
    assert conferences.value is None and conferences.rank is None and conferences.test is None
