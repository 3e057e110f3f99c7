"""The response to a deadline: words and figures of published bins, and of single cases made up by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from casetrail.compare.deadline import Cases, Rules, SetAside, authority_answers, durations_answers, national_answers
from casetrail.compare.deadline.cases import timed
from casetrail.errors import UnknownNameError
from casetrail.figures import Answer, Cell, Estimate, Origin, Refusal, SourceRef, Table
from casetrail.publish import publish
from casetrail.statute import Nation, calendar

SOURCE = SourceRef("cases.csv", "0" * 64, Origin.MADE_UP)
WORKING = calendar(Nation.ENGLAND_AND_WALES).working
NOT_A_DAY = np.datetime64("NaT")


def table(answer: Answer) -> list[dict[str, Cell]]:
    assert isinstance(answer.body, Table), answer.body
    names = [column.name for column in answer.body.columns]
    return [dict(zip(names, row, strict=True)) for row in answer.body.rows]


def of(answers: tuple[Answer, ...], end: str) -> Answer:
    return next(answer for answer in answers if answer.id.endswith(end))


@pytest.fixture(scope="module")
def nation() -> tuple[Answer, ...]:
    return national_answers()


def test_england_is_answered_year_by_year(nation: tuple[Answer, ...]) -> None:
    rows = {row["year"]: row for row in table(of(nation, "england.assessments"))}
    assert list(rows) == [str(y) for y in (*range(2014, 2023), 2025)]
    # deadline_bunching_reference.csv: 10.0 % in 2015, 16.5 % in 2022; the README: ratio 3.26 in 2025.
    assert [f"{100 * rows[y]['share_before']:.1f}" for y in ("2015", "2022")] == ["10.0", "16.5"]
    assert f"{rows['2025']['ratio']:.2f}" == "3.26"
    assert rows["2015"]["least"] == 0
    assert 0 < rows["2022"]["least"] < rows["2022"]["largest"] < rows["2022"]["share_before"]
    assert rows["2025"]["narrowest"] < rows["2014"]["narrowest"]


def test_early_work_became_less(nation: tuple[Answer, ...]) -> None:
    """The README: within 10 days 17.8 % (2015) and 11.4 % (2022), median 28 and 32."""
    rows = {row["year"]: row for row in table(of(nation, "assessments.pace"))}
    assert [f"{100 * rows[y]['share_early']:.1f}" for y in ("2015", "2022")] == ["17.8", "11.4"]
    assert [rows[y]["median"] for y in ("2015", "2022")] == [28, 32]


def test_wide_bins_are_refused_with_the_reason(nation: tuple[Answer, ...]) -> None:
    shapes = of(nation, "conferences.shapes")
    assert isinstance(shapes.body, Refusal)
    assert shapes.body.reason == "bins_too_wide"
    rows = table(of(nation, "england.conferences"))
    assert {row["why"] for row in rows} == {"bin too wide"}
    assert all(row["least"] is None for row in rows)
    # The figures themselves stand: 69.7 % on days 11 to 15 in 2022.
    assert f"{100 * rows[-1]['share_before']:.1f}" == "69.7"


def test_the_idea_of_smooth_is_shown_beside_its_alternatives(nation: tuple[Answer, ...]) -> None:
    rows = table(of(nation, "assessments.shapes"))
    assert [row["bump"] for row in rows] == [3, 4, 5, 6, 7, 8]
    least = [row["least"] for row in rows]
    assert least == sorted(least)  # type: ignore[type-var]
    assert [row["said"] for row in rows].count("used above") == 1


def test_an_authority_stands_beside_england() -> None:
    answers = authority_answers("london borough of haringey")
    first = of(answers, "haringey.assessments")
    assert "36.9 % of assessments" in first.sentence
    assert "in England 16.5 % in 2022" in first.sentence
    rows = table(of(answers, "haringey.conferences"))
    assert rows[-1]["why"] == "withheld"
    assert str(rows[-1]["after"]) == "withheld"
    assert rows[-1]["ratio"] is None


def test_small_numbers_are_refused_and_unknown_names_are_errors() -> None:
    answers = authority_answers("Isles of Scilly")
    for answer in answers:
        if not answer.id.endswith(".pace"):
            assert isinstance(answer.body, Refusal), answer.id
            assert answer.body.reason in ("too_few_cases", "counts_withheld")
    with pytest.raises(UnknownNameError):
        authority_answers("Nowhere")


# Single cases ---------------------------------------------------------------------------------------------------------


def cases(opened: list[str], closed: list[str], **more: object) -> Cases:
    """Cases with a limit of 45 days; "" is unknown."""

    def days(texts: list[str]) -> np.ndarray:
        return np.array([text or "NaT" for text in texts], dtype="datetime64[D]")

    kept = {k: days(v) if isinstance(v, list) else v for k, v in more.items()}
    size = len(opened)
    return Cases(
        opened=days(opened),
        closed=days(closed),
        limit=np.full(size, 45),
        source=SOURCE,
        records_end=date(2020, 1, 31),
        rows_in=size,
        **kept,  # type: ignore[arg-type]
    )


def test_working_days_by_hand() -> None:
    """Opened on Monday 1 April 2019, day one is the 2nd; Good Friday, Easter Monday, 6 and 27 May are no working days.

    2 April to 5 June is day 43: 20 in April, 21 in May, 3 in June (to the 5th) less none: 2-30 April has 21 weekdays
    less Good Friday and Easter Monday = 19; May has 23 less two = 21; 3-5 June 3: 43. The limit of 45 ends on Friday
    7 June; Saturday 8 June counts 45 days and is late.
    """
    found = timed(cases(["2019-04-01"] * 4, ["2019-06-05", "2019-06-07", "2019-06-08", ""]), 45, Rules())
    assert list(found.days[:3]) == [43, 45, 46]
    assert list(found.finished) == [True, True, True, False]


def test_stops_of_the_clock_are_taken_out() -> None:
    """Stopped from Friday 3 May to Friday 10 May 2019: 4 working days (Monday the 6th is a bank holiday)."""
    made = cases(
        ["2019-04-01", "2019-04-01"],
        ["2019-06-05", "2019-06-05"],
        stopped=["2019-05-03", ""],
        restarted=["2019-05-10", ""],
    )
    found = timed(made, 45, Rules())
    assert list(found.whole) == [43, 43]
    assert list(found.days) == [39, 43]


def many(rng: np.random.Generator, count: int, share: float) -> tuple[Cases, float]:
    """Cases of one year with a share of the late ones hurried; nothing else in the file."""
    opened = np.busday_offset(
        np.datetime64("2017-04-03") + rng.integers(0, 350, count), 0, roll="forward", busdaycal=WORKING
    )
    days = np.ceil(rng.gamma(2.5, 12.8, count)).astype(np.int64)
    late = (days > 45) & (rng.random(count) < share)
    days[late] = 45 - rng.integers(0, 5, int(late.sum()))
    closed = np.busday_offset(opened, days, busdaycal=WORKING)
    made = cases(["2019-01-01"], ["2019-01-01"])
    return replace(made, opened=opened, closed=closed, limit=np.full(count, 45), rows_in=count), float(late.mean())


@pytest.fixture(scope="module")
def asked() -> tuple[tuple[Answer, ...], Cases, float]:
    rng = np.random.default_rng(21)
    made, truth = many(rng, 5_000, 0.5)
    return durations_answers(made, Rules(draws=200)), made, truth


def test_the_share_moved_is_found_with_its_interval(asked: tuple[tuple[Answer, ...], Cases, float]) -> None:
    answers, _, truth = asked
    body = of(answers, "45.moved").body
    assert isinstance(body, Estimate)
    assert body.low is not None and body.high is not None
    assert body.low < truth < body.high
    assert abs(body.value - truth) < 0.02
    assert body.n == 5_000
    shares = [row["share"] for row in table(of(answers, "45.choices"))]
    assert shares[0] == body.value
    assert len(shares) > 8


def test_the_hazard_falls_at_the_limit(asked: tuple[tuple[Answer, ...], Cases, float]) -> None:
    answer = of(asked[0], "45.hazard")
    assert "slackens" in answer.sentence
    rows = table(answer)
    assert rows[0]["day"] == 36 and rows[-1]["day"] == 55
    assert all(row["low"] <= row["hazard"] <= row["high"] for row in rows)


def test_what_the_file_does_not_have_is_refused_not_guessed(asked: tuple[tuple[Answer, ...], Cases, float]) -> None:
    reasons = {}
    for answer in asked[0]:
        if isinstance(answer.body, Refusal):
            reasons[answer.id.removeprefix("deadline.records.45.")] = answer.body.reason
            assert answer.body.would_help
    assert reasons == {
        "clock": "no_clock_stops",
        "reopened": "no_cancelled_cases",
        "rereferred": "no_rereferrals",
        "two-sources": "one_source",
    }


def test_the_same_seed_gives_the_same_answers(asked: tuple[tuple[Answer, ...], Cases, float]) -> None:
    assert of(durations_answers(asked[1], Rules(draws=200)), "45.moved").body == of(asked[0], "45.moved").body


def test_too_few_cases_are_refused() -> None:
    made, _ = many(np.random.default_rng(22), 200, 0.5)
    body = of(durations_answers(made), "45.moved").body
    assert isinstance(body, Refusal)
    assert body.reason == "too_few_cases"


def test_no_word_of_blame(nation: tuple[Answer, ...], asked: tuple[tuple[Answer, ...], Cases, float]) -> None:
    for answer in (*nation, *asked[0]):
        text = " ".join((answer.title, answer.sentence, answer.method, *answer.caveats)).lower()
        assert "cheat" not in text and "gaming" not in text
        assert "a target that is worked to can still protect children" in text


def test_clock_stops_by_hand() -> None:
    """Three cases of 50 working days stopped for 10 before the end: in time only through the stop. One of 20 days."""
    opened, days = np.datetime64("2018-01-08"), (50, 50, 50, 20)
    closed = [str(np.busday_offset(opened, d, busdaycal=WORKING)) for d in days]
    stop, again = (str(np.busday_offset(opened, d, busdaycal=WORKING)) for d in (38, 48))
    made = cases(["2018-01-08"] * 4, closed, stopped=[stop] * 3 + [""], restarted=[again] * 3 + [""])
    answer = of(durations_answers(made), "45.clock")
    assert "3 of 4 cases" in answer.sentence
    assert "Of 4 cases finished within the limit, 3 were so only" in answer.sentence
    rows = {row["when"]: row for row in table(answer)}
    assert rows["the 5 days before those"]["stops"] == 3
    assert rows["all stops"]["only"] == 3


def test_cancelled_and_opened_again_by_hand() -> None:
    """Two cases cancelled on day 44. One opened again two days later and closed after 20 more; one never."""
    opened = np.datetime64("2018-01-08")
    at = [str(np.busday_offset(opened, d, busdaycal=WORKING)) for d in (0, 44, 46, 66)]
    made = cases(
        [at[0], at[0], at[2]],
        [at[1], at[1], at[3]],
        cancelled=np.array([True, True, False]),
        reopens=np.array([-1, -1, 0]),
    )
    answer = of(durations_answers(made), "45.reopened")
    assert "Of 2 cancelled cases, 1 were opened again" in answer.sentence
    rows = {row["when"]: row for row in table(answer)}
    near = rows["in the last 5 days up to the limit"]
    assert (near["cancelled"], near["again"], near["late"]) == (2, 1, 1)
    # The case that was opened again is one of 20 days, not a late one.
    assert "too few" in answer.sentence


def test_the_donut_by_hand() -> None:
    """40 cases closed on day 44, 20 of them back within 90 days; 40 on day 30, 4 back; 40 on day 55, 4 back.

    With a hole of 2 days the neighbours are days 24 to 38 and 48 to 62. 20/40 - 8/80 = 0.4. A return after 91 days, and
    cases closed less than 90 days before the records end, do not count.
    """
    opened = np.datetime64("2018-01-08")
    closed, back = [], []
    for day, returns in ((44, 20), (30, 4), (55, 4)):
        end = np.busday_offset(opened, day, busdaycal=WORKING)
        closed += [str(end)] * 40
        back += [str(end + 10)] * returns + [str(end + 91)] * (40 - returns)
    late = np.busday_offset(np.datetime64("2019-11-01"), 44, busdaycal=WORKING)
    made = cases(
        ["2018-01-08"] * 120 + ["2019-11-01"] * 5,
        closed + [str(late)] * 5,
        rereferred=back + [str(late + 3)] * 5,
    )
    answer = of(durations_answers(made), "45.rereferred")
    rows = {row["when"]: row for row in table(answer)}
    assert (rows["the last 5 days up to the limit"]["cases"], rows["the last 5 days up to the limit"]["back"]) == (
        40,
        20,
    )
    assert (rows["earlier"]["cases"], rows["later"]["cases"]) == (40, 40)
    assert rows["earlier and later together"]["less"] == pytest.approx(0.4)
    assert rows["earlier and later together"]["low"] > 0.2


def test_two_sources_by_hand() -> None:
    """Ten cases of 48 working days; the second record has 44 for eight of them: p = 2 * 0.5 ** 8 = 0.0078."""
    opened = np.datetime64("2018-01-08")
    end = str(np.busday_offset(opened, 48, busdaycal=WORKING))
    made = cases(["2018-01-08"] * 11, [end] * 11, recorded=np.array([44] * 8 + [48] * 2 + [-1]))
    answer = of(durations_answers(made), "45.two-sources")
    assert "Of 10 finished cases" in answer.sentence
    assert "8 cases are within the limit only in the second record, 0 only by the dates (p = 0.0078" in answer.sentence
    assert [row["cases"] for row in table(answer)] == [0, 8, 0, 2, 10]


def test_rows_add_up() -> None:
    made = replace(
        cases(["2018-01-08"], ["2018-02-08"]), rows_in=3, set_aside=(SetAside("No date.", 2, "line 3, line 4"),)
    )
    rows = table(of(durations_answers(made), "records.rows"))
    assert [row["rows"] for row in rows] == [1, 2, 3]


def test_real_cases_lose_small_counts_at_the_door(
    asked: tuple[tuple[Answer, ...], Cases, float], tmp_path: Path
) -> None:
    real = replace(asked[1], source=replace(SOURCE, origin=Origin.REAL))
    answers = durations_answers(real, Rules(draws=200))
    publish(answers, tmp_path / "pack", title="t", version="1", as_of="2020-01-31")
    text = (tmp_path / "pack" / "csv" / "deadline.records.45.days.csv").read_text(encoding="utf-8-sig")
    assert "withheld" in text
    assert "Internal, not for release" in (tmp_path / "pack" / "index.html").read_text(encoding="utf-8")
