"""Grades beside figures: what is said, what is refused, and what never leaves."""

from __future__ import annotations

import re
from datetime import date, timedelta
from math import nan
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from casetrail.compare.judges import (
    Held,
    Judgement,
    JudgementTable,
    TenureTable,
    inspection_answers,
    national_answer,
    read_judgements,
    read_tenures,
    rested_answer,
    reversal_answer,
    tenure_answer,
)
from casetrail.compare.judges.series import are_years, events_in, shipped_series
from casetrail.compare.judges.tenure import held_by_year
from casetrail.errors import InputError, ProtectionError, UnknownNameError
from casetrail.figures import Answer, Origin, Refusal, SourceRef, Table
from casetrail.public.inspections import Grade
from casetrail.public.panel import Measure, Panel, Unit, Why
from casetrail.public.shipped import shipped_panel
from casetrail.publish import envelope, schema

SOURCE = SourceRef("made-up.csv", "0" * 64, Origin.MADE_UP)
PERIODS = tuple(f"{y}-{(y + 1) % 100:02d}" for y in range(2009, 2023))


def panel_of(values: np.ndarray, periods: tuple[str, ...] = PERIODS) -> Panel:
    """A made-up proportion of so many bodies, each out of 1,000."""
    units = tuple(Unit(f"B{i}", f"Body {i}") for i in range(len(values)))
    known = np.isfinite(values)
    why = np.where(known, int(Why.PUBLISHED), int(Why.ABSENT)).astype(np.int8)
    counts = np.where(known, 1_000.0, nan)
    measure = Measure("in-time", "Made-up work in time", "proportion", "%", 100.0)
    return Panel(measure, units, periods, np.round(values * 10), counts, values, why, SOURCE)


def made_up(seed: int, follows: float) -> tuple[Panel, JudgementTable]:
    """60 bodies judged once or twice under one framework, by a level that the figure shows, or does not."""
    rng = np.random.default_rng(seed)
    level = rng.standard_normal(60)
    values = np.clip(60 + 8 * level[:, None] + 4 * rng.standard_normal((60, len(PERIODS))), 5, 95)
    score = follows * level + np.sqrt(1 - follows**2) * rng.standard_normal(60)
    grades = 1 + np.searchsorted([-1.0, -0.3, 0.8], score)
    rows = [
        Judgement(f"B{i}", date(2014, 6, 1) + timedelta(days=int(rng.integers(1_800))), Grade(int(g)), "Made-up")
        for i, g in enumerate(grades)
    ]
    return panel_of(values), JudgementTable(tuple(rows), date(2022, 3, 31), SOURCE)


def by_id(answers: tuple[Answer, ...], ending: str) -> Answer:
    return next(a for a in answers if a.id.endswith(ending))


def cells(answer: Answer, name: str) -> tuple[object, ...]:
    assert isinstance(answer.body, Table)
    return answer.body.column(name)


@pytest.fixture(scope="module")
def shipped() -> tuple[Answer, ...]:
    return inspection_answers(("re-referrals-12-months", "plan-reviews-in-time"), seed=1, permutations=199)


def test_the_shipped_judgements_beside_the_shipped_figures(shipped: tuple[Answer, ...]) -> None:
    assert [a.id for a in shipped] == [
        "judges.ilacs.overall.summary",
        "judges.ilacs.grades",
        "judges.ilacs.re-referrals-12-months.years",
        "judges.ilacs.re-referrals-12-months.after",
        "judges.ilacs.plan-reviews-in-time.years",
        "judges.ilacs.plan-reviews-in-time.after",
        "judges.ilacs.parts",
        "judges.national.re-referrals",
        "judges.rested",
        "judges.reversal",
    ]
    jsonschema.validate(envelope("compare", Origin.PUBLIC_AGGREGATE, shipped), schema())


def test_medians_by_grade_are_those_of_the_panel(shipped: tuple[Answer, ...]) -> None:
    """Year before the inspection, judged good: the median taken by hand from the panel and the table."""
    panel, series = shipped_panel("re-referrals-12-months"), shipped_series()["overall"]
    events = events_in(panel, series)
    values = [panel.value[u, t - 1] for u, t, g in zip(events.unit, events.period, events.grade, strict=True) if g == 1]
    answer = by_id(shipped, "re-referrals-12-months.years")
    row = cells(answer, "years_after").index(-1)
    assert cells(answer, "median_1")[row] == pytest.approx(float(np.nanmedian(values)))


def test_the_years_say_how_little_goes_together(shipped: tuple[Answer, ...]) -> None:
    said = by_id(shipped, "re-referrals-12-months.years").sentence
    assert re.search(r"the better graded had the higher figure in 3\d of 100 pairs", said)
    summary = shipped[0].sentence
    assert "Of 2 published figures" in summary
    assert "of 100 pairs of bodies in the order of their grades" in summary


def test_where_the_years_do_not_reach_it_says_so(shipped: tuple[Answer, ...]) -> None:
    """Reviews in time end in 2021-22, before the first inspection in the table."""
    answer = by_id(shipped, "plan-reviews-in-time.years")
    after = [
        row
        for k, row in zip(cells(answer, "years_after"), answer.body.rows, strict=True)
        if k >= 0  # type: ignore[union-attr, operator]
    ]
    assert all(row[-1] for row in after)
    refused = by_id(shipped, "plan-reviews-in-time.after").body
    assert isinstance(refused, Refusal)
    assert refused.reason == "too_few_inspections"


def test_parts_stand_apart_and_are_never_added(shipped: tuple[Answer, ...]) -> None:
    answer = by_id(shipped, ".parts")
    assert len(set(cells(answer, "judgement"))) == 4
    assert not any("overall" in str(c) for c in cells(answer, "judgement"))
    assert isinstance(answer.body, Table)
    assert len(answer.body.rows) == 8
    assert not answer.body.margins


def test_what_the_shipped_table_cannot_say_is_refused(shipped: tuple[Answer, ...]) -> None:
    rested, turned = by_id(shipped, "judges.rested").body, by_id(shipped, "judges.reversal").body
    assert isinstance(rested, Refusal)
    assert isinstance(turned, Refusal)
    assert (rested.reason, turned.reason) == ("basis_not_known", "no_successive_judgements")
    assert rested.would_help
    assert any("all judgements" in h for h in turned.would_help)
    grades = by_id(shipped, ".grades")
    assert any("only the latest" in c for c in grades.caveats)
    assert sum(int(c) for name in ("grade_1", "grade_2", "grade_3", "grade_4") for c in [cells(grades, name)[0]]) == 149  # type: ignore[call-overload]


def test_figures_that_the_gates_call_unfit_play_no_part() -> None:
    """Haringey's children in need of 2009-10 are unfit: no window, no median holds them."""
    from casetrail.compare.collection import shipped_collection
    from casetrail.compare.judges.series import fit_figures

    quality = shipped_collection().qualities["children-in-need-rate"]
    panel = quality.panel
    u, t = panel.unit_at("309"), panel.period_at("2009-10")
    assert np.isfinite(panel.value[u, t])
    assert np.isnan(fit_figures(quality, len(panel.periods))[u, t])


def test_a_users_judgements_that_follow_the_figure_are_seen() -> None:
    panel, table = made_up(1, 0.9)
    answers = inspection_answers(panels=(panel,), judgements=table, seed=2, permutations=199)
    assert [a.id for a in answers][:2] == ["judges.made-up.overall.summary", "judges.made-up.grades"]
    years = by_id(answers, ".years")
    assert not any("does not have" in c for c in years.caveats)
    tau = cells(years, "tau")[cells(years, "years_after").index(-1)]
    assert isinstance(tau, float)
    assert tau > 0.3
    assert "more than dealing the grades anew explains (p 0.005)" in years.sentence
    assert all(a.origin is Origin.MADE_UP for a in answers)


def test_a_grade_that_has_nothing_to_do_with_the_figure_is_said_to_be_so() -> None:
    panel, table = made_up(7, 0.0)
    years = by_id(inspection_answers(panels=(panel,), judgements=table, seed=2, permutations=199), ".years")
    assert "in no year did the figure go with the grade" in years.sentence


def test_the_same_seed_gives_the_same_answers() -> None:
    panel, table = made_up(3, 0.5)
    once = inspection_answers(panels=(panel,), judgements=table, seed=5, permutations=99)
    assert once == inspection_answers(panels=(panel,), judgements=table, seed=5, permutations=99)
    asked = dict(by_id(once, ".years").provenance.parameters)
    assert asked == {
        "measures": "in-time",
        "framework": "Made-up",
        "judgement": "overall",
        "figures": 1,
        "permutations": 99,
    }


def test_frameworks_are_never_mixed() -> None:
    panel, table = made_up(3, 0.5)
    rows = tuple(
        Judgement(r.unit, r.day, r.grade, "Old" if i % 2 else "New", r.judgement) for i, r in enumerate(table.rows)
    )
    mixed = JudgementTable(rows, table.known_to, SOURCE)
    answers = inspection_answers(panels=(panel,), judgements=mixed, seed=5, permutations=9)
    bodies = {a.id: cells(a, "bodies") for a in answers if a.id.endswith(".years") and isinstance(a.body, Table)}
    assert set(bodies) == {"judges.new.in-time.years", "judges.old.in-time.years"}
    assert all(max(found) <= 30 for found in bodies.values())  # type: ignore[type-var, operator]


def test_other_periods_than_years_are_refused() -> None:
    panel, table = made_up(3, 0.5)
    months = Panel(
        panel.measure,
        panel.units,
        tuple(f"m{i}" for i in range(len(PERIODS))),
        panel.numerator,
        panel.denominator,
        panel.value,
        panel.why,
        SOURCE,
    )
    assert not are_years(months)
    first = inspection_answers(panels=(months,), judgements=table)[0]
    assert isinstance(first.body, Refusal)
    assert first.body.reason == "periods_not_years"
    with pytest.raises(UnknownNameError, match="measure"):
        inspection_answers(("no-such-measure",))


def test_the_national_series_is_shown_as_printed_and_added_to_nothing() -> None:
    answer = national_answer()
    assert isinstance(answer.body, Table)
    assert answer.body.rows[0][:2] == ("inadequate", 19.5)
    assert "19.9 % (inadequate)" in answer.sentence or "20.0 % (inadequate)" in answer.sentence
    assert "rose by 3.1 percentage points" in answer.sentence
    assert any("added to nothing" in c for c in answer.caveats)


def successive() -> JudgementTable:
    """20 bodies judged inadequate on 1 June 2015; of these 12 found better a year later, 8 not looked at again."""
    rows = []
    for i in range(20):
        rows.append(Judgement(f"B{i}", date(2015, 6, 1), Grade.INADEQUATE, "Made-up", rested_on="files"))
        if i < 12:
            rows.append(Judgement(f"B{i}", date(2016, 6, 1), Grade.REQUIRES_IMPROVEMENT, "Made-up"))
    return JudgementTable(tuple(rows), date(2020, 6, 1), SOURCE)


def test_time_to_reversal_by_hand() -> None:
    """After 366 days 12 of 20 grades had been reversed: 40 % stand from then on; none in the first year."""
    answer = reversal_answer(successive(), seed=1)
    assert isinstance(answer.body, Table)
    rows = [dict(zip([c.name for c in answer.body.columns], row, strict=True)) for row in answer.body.rows]
    better = [r for r in rows if r["turn"] == "inadequate until better"]
    assert [r["years"] for r in better] == [1, 2, 3, 4, 5]
    assert [r["stands"] for r in better] == pytest.approx([1.0, 0.4, 0.4, 0.4, 0.4])
    # All ends lie between the two looks, 366 days apart; the eight that were never looked at again say nothing.
    assert (better[0]["lasts_least"], better[0]["lasts_most"]) == pytest.approx((0.0, 1.0))
    assert (better[1]["lasts_least"], better[1]["lasts_most"]) == pytest.approx((0.0, 0.0))
    # Wilson for none of the twelve that were looked at: 3.8415 / (12 + 3.8415) = 0.2425.
    assert better[1]["lasts_high"] == pytest.approx(0.2425, abs=1e-4)
    assert "12 of 20 bodies reversed" in answer.sentence
    assert answer.caveats


def test_few_bodies_are_refused() -> None:
    table = successive()
    few = JudgementTable(tuple(r for r in table.rows if int(r.unit[1:]) < 9), table.known_to, SOURCE)
    refused = reversal_answer(few).body
    assert isinstance(refused, Refusal)


def test_what_a_grade_rested_on_where_a_table_says_so() -> None:
    answer = rested_answer(successive())
    assert answer.sentence == "For 20 of 32 grades the table says what they rested on."
    assert cells(answer, "rested_on") == ("files", "unknown")
    assert cells(answer, "grade_1") == (20, 0)


def tenures(seed: int) -> tuple[TenureTable, list[list[str]]]:
    rng = np.random.default_rng(seed)
    rows, held = [], []
    for i in range(40):
        start, codes, n = 2009, [], 0
        while start < 2023:
            years = int(rng.integers(1, 7))
            n += 1
            ended = None if start + years >= 2023 else date(start + years, 3, 31)
            rows.append(Held(f"B{i}", f"D{100 * i + n}", date(start, 4, 1), ended))
            codes += [f"D{100 * i + n}"] * years
            start += years
        held.append(codes[: len(PERIODS)])
    return TenureTable(tuple(rows), SOURCE), held


def test_a_year_belongs_to_who_held_most_of_it_by_hand() -> None:
    panel = panel_of(np.full((1, 3), 50.0), ("2009-10", "2010-11", "2011-12"))
    rows = (
        Held("B0", "D1", date(2009, 4, 1), date(2010, 9, 1)),  # 154 days of 2010-11
        Held("B0", "D2", date(2010, 9, 2), date(2011, 7, 1)),  # 211 days of it, 92 of 2011-12
        Held("Body 0", "D3", date(2011, 12, 1), None),  # 122 days of 2011-12: less than half
    )
    found = held_by_year(panel, rows)[0]
    assert found[0] >= 0
    assert found[1] >= 0
    assert found[0] != found[1]
    assert found[2] == -1


def test_an_effect_of_the_post_is_found_and_no_tenure_leaves() -> None:
    table, held = tenures(1)
    rng = np.random.default_rng(2)
    effect = {code: rng.standard_normal() for codes in held for code in codes}
    values = 50 + 4 * np.array([[effect[c] for c in codes] for codes in held]) + 3 * rng.standard_normal((40, 14))
    answer = tenure_answer(panel_of(values), table, seed=3, permutations=499)
    assert isinstance(answer.body, Table)
    share = answer.body.rows[0][1]
    assert isinstance(share, float)
    assert 0.3 < share < 0.8
    assert "(p 0.002)" in answer.sentence
    text = repr(answer)
    assert not re.search(r"\bD\d{1,4}\b", text)
    assert not re.search(r"\bB\d{1,2}\b|Body \d", text)
    assert any("a post held by one person is a person" in c for c in answer.caveats)
    assert answer == tenure_answer(panel_of(values), table, seed=3, permutations=499)


def test_what_is_of_other_bodies_is_counted_and_left_out() -> None:
    panel, table = made_up(1, 0.5)
    stray = Judgement("Elsewhere", date(2015, 6, 1), Grade.GOOD, "Made-up")
    more = JudgementTable((*table.rows, stray), table.known_to, SOURCE)
    years = by_id(inspection_answers(panels=(panel,), judgements=more, permutations=9), ".years")
    assert any(c.startswith("1 grades are of bodies") for c in years.caveats)
    posts, _ = tenures(1)
    strays = TenureTable((*posts.rows, Held("Elsewhere", "D9", date(2010, 4, 1), None)), SOURCE)
    answer = tenure_answer(panel_of(np.random.default_rng(1).uniform(20, 80, (40, 14))), strays, permutations=99)
    assert any(c.startswith("1 tenures are of bodies") for c in answer.caveats)


def test_few_bodies_or_other_periods_have_no_share() -> None:
    table, _ = tenures(1)
    few = tenure_answer(panel_of(np.full((5, 14), 50.0) + np.arange(14.0)), table).body
    assert isinstance(few, Refusal)
    assert few.reason == "too_few_tenures"
    other = tenure_answer(panel_of(np.full((5, 2), 50.0), ("a", "b")), table).body
    assert isinstance(other, Refusal)
    assert other.reason == "periods_not_years"


def write(folder: Path, text: str) -> Path:
    file = folder / "table.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_table_of_judgements_is_read(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        "Authority,Date,Grade,Framework,Judgement,Rested_on\n"
        "309,2009-12-01,inadequate,Safeguarding,overall,files\n309,2011-01-20,RI,Safeguarding,,\n",
    )
    table = read_judgements(file, known_to=date(2012, 3, 31))
    assert table.rows == (
        Judgement("309", date(2009, 12, 1), Grade.INADEQUATE, "Safeguarding", "overall", "files"),
        Judgement("309", date(2011, 1, 20), Grade.REQUIRES_IMPROVEMENT, "Safeguarding"),
    )
    assert table.frameworks == ("Safeguarding",)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("309,2009-12-01,good,", "no_framework"),
        ("309,01/12/2009,good,X", "not_a_day"),
        ("309,2019-12-01,good,X", "InputError"),
        (",2009-12-01,good,X", "InputError"),
        ("309,2009-12-01,good,X\n309,2009-12-01,inadequate,X", "said_twice"),
    ],
)
def test_a_row_that_cannot_be_read_says_where_and_never_what(tmp_path: Path, row: str, code: str) -> None:
    file = write(tmp_path, f"authority,date,grade,framework\n{row}\n")
    with pytest.raises(InputError) as caught:
        read_judgements(file, known_to=date(2012, 3, 31))
    assert caught.value.code == code
    assert f"line {1 + len(row.splitlines())}" in caught.value.where
    assert "01/12/2009" not in str(caught.value)


def test_a_column_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="framework"):
        read_judgements(write(tmp_path, "authority,date,grade\n309,2009-12-01,good\n"), known_to=date(2012, 3, 31))
    file = write(tmp_path, "authority,date,grade,framework\n309,2009-12-01,satisfactory,X\n")
    with pytest.raises(UnknownNameError) as caught:
        read_judgements(file, known_to=date(2012, 3, 31))
    assert caught.value.code == "unknown_grade"
    assert "satisfactory" not in str(caught.value)


def test_tenures_are_read_by_code(tmp_path: Path) -> None:
    file = write(tmp_path, "authority,tenure,from,to\n309,D1,2005-04-01,2008-12-08\n309,2,2008-12-09,\n")
    assert read_tenures(file).rows == (
        Held("309", "D1", date(2005, 4, 1), date(2008, 12, 8)),
        Held("309", "2", date(2008, 12, 9), None),
    )
    assert read_tenures(file).source.origin is Origin.REAL


@pytest.mark.parametrize("name", ["Ann Example", "Example", "A. Example", "Example 2", "", "AE"])
def test_a_name_is_turned_away_and_not_repeated(tmp_path: Path, name: str) -> None:
    file = write(tmp_path, f"authority,tenure,from,to\n309,{name},2005-04-01,\n")
    with pytest.raises(ProtectionError) as caught:
        read_tenures(file)
    assert caught.value.code == "names_not_taken"
    assert not name or name not in str(caught.value)
