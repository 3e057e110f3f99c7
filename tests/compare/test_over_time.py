"""Answers over time: made-up panels with known truth, real ones by hand, and what must never be said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from casetrail.compare.after_money import after_money_answer, money_association_answer
from casetrail.compare.before_after import before_after_answer
from casetrail.compare.cumulative import cumulative_answer
from casetrail.compare.neighbours import neighbours_answer
from casetrail.compare.over_time import over_time_answer, usual_breaks
from casetrail.errors import UnknownNameError
from casetrail.figures import Answer, Cell, Origin, Refusal, SourceRef, Table
from casetrail.public.neighbours import neighbours
from casetrail.public.panel import Floats, Measure, Panel, PanelKind, Unit, Why
from casetrail.public.shipped import shipped_panel
from casetrail.public.spend import spend_panel
from casetrail.publish import publish
from casetrail.stats.intervals import wilson

SOURCE = SourceRef("made-up.csv", "0" * 64, Origin.MADE_UP)
PERIODS = tuple(f"{y}-{(y + 1) % 100:02d}" for y in range(2009, 2025))


def panel(value: Floats, *, kind: PanelKind = "proportion", codes: tuple[str, ...] = (), cases: float = 500.0) -> Panel:
    """A made-up panel of shares in per cent, with counts."""
    n = np.where(np.isfinite(value), cases, np.nan)
    names = codes or tuple(str(900 + i) for i in range(value.shape[0]))
    return Panel(
        measure=Measure("made-up", "Visits in time", kind, "%", per=100.0, topic="procedure"),
        units=tuple(Unit(code, f"Body {code}") for code in names),
        periods=PERIODS[: value.shape[1]],
        numerator=np.round(value / 100 * n),
        denominator=n,
        value=value,
        why=np.where(np.isfinite(value), int(Why.PUBLISHED), int(Why.NOT_AVAILABLE)).astype(np.int8),
        source=SOURCE,
    )


def steps(seed: int = 1, units: int = 45) -> Panel:
    """Body 900 rises by 25 points with the ninth period, nobody else does."""
    rng = np.random.default_rng(seed)
    value = rng.normal(55, 6, size=(units, 1)) + rng.normal(0, 2.5, size=(units, 14))
    value[0] = 55 + rng.normal(0, 2.5, size=14)
    value[0, 8:] += 25
    return panel(value)


def rows(answer: Answer) -> list[dict[str, Cell]]:
    assert isinstance(answer.body, Table)
    names = [c.name for c in answer.body.columns]
    return [dict(zip(names, row, strict=True)) for row in answer.body.rows]


def test_a_step_is_told_with_its_time_and_levels() -> None:
    answer = over_time_answer(steps(), "900")
    assert "The level changed with 2017-18" in answer.sentence
    told = rows(answer)
    assert [r["level"] for r in told[:8]] == [told[0]["level"]] * 8
    assert told[8]["level"] - told[7]["level"] == pytest.approx(25, abs=3)  # type: ignore[operator]
    assert any("run below the mean" in str(r["signals"]) for r in told[:8])
    assert dict(answer.provenance.parameters)["unit"] == "900" and answer.provenance.seed == 0


def test_limits_by_hand() -> None:
    """Ten values; mean 50, distances 1 and 1 by turns: limits 50.5 -+ 2.66."""
    answer = over_time_answer(panel(np.array([[50.0, 51] * 5])), "900")
    first = rows(answer)[0]
    assert (first["centre"], first["low"], first["high"]) == pytest.approx((50.5, 47.84, 53.16))
    assert "No rule signals" in answer.sentence and "no change of level is shown" in answer.sentence


def test_limits_never_leave_what_a_share_can_be() -> None:
    value = np.array([[99.0, 80, 98, 81, 99, 82, 97, 80, 99, 83]])
    told = rows(over_time_answer(panel(value), "900"))
    assert max(float(r["high"]) for r in told) == 100  # type: ignore[arg-type]


def test_unknown_years_stay_unknown() -> None:
    value = np.array([[50.0, 51, np.nan, 50, 51, 50, 51, 50, 51, 50]])
    gap = rows(over_time_answer(panel(value), "900"))[2]
    assert gap["value"] is None and gap["numerator"] is None and gap["moved"] is None
    assert gap["note"] == Why.NOT_AVAILABLE.words and gap["signals"] == ""
    assert rows(over_time_answer(panel(value), "900"))[3]["moved"] is None


def test_a_break_is_marked_and_not_crossed() -> None:
    value = np.concatenate([np.tile([20.0, 21], 4), np.tile([60.0, 61], 4)])[None, :]
    plain = over_time_answer(panel(value), "900")
    assert "The level changed" in plain.sentence
    broken = over_time_answer(panel(value), "900", breaks={"2017-18": "a new definition"})
    assert "The level changed" not in broken.sentence
    assert "A new series begins with 2017-18: a new definition." in broken.caveats
    assert [r["stretch"] for r in rows(broken)] == ["1"] * 8 + ["2"] * 8
    assert dict(broken.provenance.parameters)["breaks"] == (("2017-18", "a new definition"),)
    with pytest.raises(UnknownNameError):
        over_time_answer(panel(value), "900", breaks={"2009-10": "the first"})


def test_too_short_a_series_is_refused() -> None:
    answer = over_time_answer(panel(np.array([[50.0, 51, 50, 51, 50, 51, 50]])), "900")
    assert isinstance(answer.body, Refusal) and answer.body.reason == "too_few_points"
    assert answer.chart is None


def test_haringeys_conferences_by_hand() -> None:
    """From the shipped figures: mean and mean distance of the 13 years added up here."""
    shown = shipped_panel("conferences-15-days")
    values = shown.value[shown.unit_at("309")]
    known = values[np.isfinite(values)]
    step = np.abs(np.diff(known)).mean()
    told = [r for r in rows(over_time_answer(shown, "Haringey")) if r["value"] is not None]
    assert len(told) == known.size == 13
    assert told[0]["low"] == pytest.approx(known.mean() - 2.66 * step)
    assert "below the lower limit" in str(told[1]["signals"])


def test_rates_break_where_the_population_was_rebased() -> None:
    rate = shipped_panel("children-in-need-rate")
    assert set(usual_breaks(rate)) == {"2011-12"}
    assert usual_breaks(shipped_panel("conferences-15-days")) == {}
    answer = over_time_answer(rate, "309", breaks=usual_breaks(rate))
    # Two years before the break are too few for limits: the first place of 2009-11 is no signal of anything.
    assert [r["low"] for r in rows(answer)[:2]] == [None, None]


def test_cumulative_difference_by_hand() -> None:
    """Three bodies of 500: 60 % against 40 and 50 %: 300 observed, 225 expected, 75 more each year."""
    value = np.tile([[60.0], [40.0], [50.0], [45.0], [55.0], [35.0]], (1, 10))
    answer = cumulative_answer(panel(value), "900")
    told = rows(answer)
    assert told[0]["expected"] == pytest.approx(500 * (40 + 50 + 45 + 55 + 35) / 500)
    assert told[9]["cumulative"] == pytest.approx(10 * (300 - 225))
    assert "750.0 more cases" in answer.sentence
    bare = cumulative_answer(panel(value, kind="bare"), "900")
    assert isinstance(bare.body, Refusal) and bare.body.reason == "no_counts"


def test_an_alarm_needs_more_than_ordinary_differences() -> None:
    rng = np.random.default_rng(6)
    value = np.clip(rng.normal(55, 7, size=(60, 14)), 5, 95)
    value[0] = 85 + rng.normal(0, 3, size=14)
    assert "alarms at" in cumulative_answer(panel(value), "900").sentence
    quiet = sum("no lasting difference" in cumulative_answer(panel(value), str(900 + i)).sentence for i in range(1, 41))
    # 5 of 100 would be alarms; of 40 at most 6 are.
    assert quiet >= 34


def test_neighbours_beside_their_body() -> None:
    """Codes of Haringey and its ten neighbours; two of them have no figure, one is not in the table."""
    near = [n.code for n in neighbours("309", "2021")]
    value = np.array([[50.0], [np.nan], [60], [40], [30], [70], [20], [80], [55], [45]])
    answer = neighbours_answer(panel(value, codes=("309", *near[:9])), "309", "2009-10")
    told = rows(answer)
    assert [r["place"] for r in told] == [None, *range(1, 11)]
    assert told[1]["value"] is None and told[10]["note"] == "not a body of this table"
    assert "Of its 8 statistical neighbours with a figure 4 have a higher one, 4 a lower one" in answer.sentence
    assert "their median is 50.0" in answer.sentence
    low, high = wilson(250, 500)
    assert (told[0]["low"], told[0]["high"]) == pytest.approx((100 * low, 100 * high))
    assert any("others may have been nearer" in said for said in answer.caveats)
    assert dict(answer.provenance.parameters)["model"] == "2021"
    later = neighbours_answer(panel(value, codes=("309", *near[:9])), "309", "2009-10", model="2025")
    assert dict(later.provenance.parameters)["model"] == "2025"


def test_neighbours_that_are_not_there_are_refused() -> None:
    nobody = neighbours_answer(panel(np.array([[50.0]])), "900", "2009-10")
    assert isinstance(nobody.body, Refusal) and nobody.body.reason == "no_neighbours"
    unknown = neighbours_answer(panel(np.array([[np.nan]]), codes=("309",)), "309", "2009-10")
    assert isinstance(unknown.body, Refusal) and unknown.body.reason == "no_figure"


def test_a_true_rise_stands_out_against_a_mix() -> None:
    answer = before_after_answer(steps(), "900", "2017-18")
    assert "That is more than differences of this kind among others" in answer.sentence
    told = rows(answer)
    assert [r["side"] for r in told] == ["before"] * 8 + ["since"] * 6
    gaps = [float(r["value"]) - float(r["mix"]) - float(r["gap"]) for r in told]  # type: ignore[arg-type]
    assert gaps == pytest.approx([0] * 14, abs=1e-9)
    mean = np.mean([float(r["gap"]) for r in told[8:]])  # type: ignore[arg-type]
    assert mean == pytest.approx(25, abs=6)
    none = before_after_answer(steps(), "905", "2017-18")
    assert "cannot be told from no difference" in none.sentence


def test_before_and_after_refuses_what_it_cannot_compare() -> None:
    early = before_after_answer(steps(), "900", "2011-12")
    assert isinstance(early.body, Refusal) and early.body.reason == "too_few_periods"
    few = before_after_answer(steps(units=12), "900", "2017-18")
    assert isinstance(few.body, Refusal) and few.body.reason == "too_few_others"
    first = before_after_answer(steps(), "900", "2009-10")
    assert isinstance(first.body, Refusal) and first.body.reason == "no_figure"
    left_out = before_after_answer(steps(units=22), "900", "2017-18", without=("901", "902", "903"))
    assert isinstance(left_out.body, Refusal)


def test_money_beside_timeliness_year_by_year() -> None:
    """Haringey: the spend table has a row for 2013-14 too, unknown, and no change across it."""
    answer = after_money_answer(shipped_panel("conferences-15-days"), "309")
    told = {str(r["period"]): r for r in rows(answer)}
    assert told["2013-14"]["spend"] is None and "no table" in str(told["2013-14"]["note"])
    assert told["2014-15"]["spend_change"] is None
    core = spend_panel("core")
    own = core.value[core.unit_at("309")]
    change = 100 * (own[2] / own[1] - 1)
    assert told["2010-11"]["spend_change"] == pytest.approx(change)
    assert "This is an association, not an effect." in answer.sentence
    assert not any(word in answer.sentence for word in ("caused", "led to", "because", "thanks"))


def test_an_association_that_is_there_is_found_and_one_that_is_not_is_not() -> None:
    """Values made from the real spend: 2 points for each 10 %, and nothing at all."""
    money = spend_panel("core")
    rng = np.random.default_rng(8)
    noise = rng.normal(0, 1.5, size=money.value.shape)
    base = 60 + noise - noise.mean()
    steps_of_ten = np.log(money.value) / np.log(1.1)
    for slope, found in ((2.0, True), (0.0, False)):
        value = base + slope * steps_of_ten
        made = Panel(
            measure=Measure("made-up", "Visits in time", "bare", "%"),
            units=money.units,
            periods=money.periods,
            numerator=np.full_like(value, np.nan),
            denominator=np.full_like(value, np.nan),
            value=value,
            why=np.where(np.isfinite(value), 0, int(Why.ABSENT)).astype(np.int8),
            source=SOURCE,
        )
        told = rows(money_association_answer(made))
        assert len(told) == 4
        assert (float(told[0]["low"]) > 0) is found  # type: ignore[arg-type]
        assert told[0]["slope"] == pytest.approx(slope, abs=0.5)


def test_no_spend_no_answer() -> None:
    answer = after_money_answer(steps(), "900")
    assert isinstance(answer.body, Refusal) and answer.body.reason == "no_spend"


def test_the_same_question_gives_the_same_figures() -> None:
    for _ in range(2):
        first, second = (over_time_answer(steps(), "900", seed=4) for _ in range(2))
        assert first == second
    one, two = (after_money_answer(shipped_panel("conferences-15-days"), "309", seed=2) for _ in range(2))
    assert one == two


def test_every_answer_can_be_published(tmp_path: Path) -> None:
    """Charts drawn, tables written, ids unique: the pack takes them as they are."""
    shown = shipped_panel("conferences-15-days")
    answers = [
        over_time_answer(shown, "309"),
        cumulative_answer(shown, "309"),
        neighbours_answer(shown, "309", "2009-10"),
        before_after_answer(shown, "309", "2015-16"),
        after_money_answer(shown, "309"),
        money_association_answer(shown),
    ]
    assert len({a.id for a in answers}) == len(answers) and max(len(a.id) for a in answers) <= 100
    assert [a.provenance.question.removeprefix("compare.") for a in answers] == [
        "over_time",
        "cumulative",
        "neighbours",
        "before_after",
        "after_money",
        "money_association",
    ]
    publish(answers, tmp_path / "pack", title="Over time", version="0", as_of="2025-03-31")
    page = (tmp_path / "pack" / "index.html").read_text(encoding="utf-8")
    assert page.count("<svg") >= 4
