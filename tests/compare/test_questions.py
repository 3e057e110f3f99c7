"""Indicators as questions: which figures ask one, how it is put, and that no step is ever lost or overwritten."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import jsonschema
import pytest

from casetrail.compare import standing
from casetrail.compare.question_file import append, open_questions, question_in, read_events, read_questions
from casetrail.compare.questions import question_id, questions_from
from casetrail.errors import InputError, IntegrityError, OutputError, UnknownNameError
from casetrail.figures import Answer, Cell, Column, Origin, Provenance, Table
from casetrail.publish import schema
from casetrail.schema.question import Question, Remeasured, Status, Step, folded, opening, step
from casetrail.schema.question_lines import from_json, to_json

DAY = date(2026, 11, 25)
NAMES = (
    "indicator",
    "unit",
    "gate",
    "gate_reason",
    "value",
    "england",
    "median",
    "adjusted_verdict",
    "ordinary_verdict",
)


def summary(*rows: tuple[Cell, ...]) -> Answer:
    """A summary with just the columns that a question needs."""
    return Answer(
        "compare.x.2009-10.summary",
        "section",
        "title",
        "sentence",
        Table(tuple(Column(n, n) for n in NAMES), rows),
        "method",
        Provenance("compare.standing", Origin.MADE_UP, (), (("authority", "X"), ("year", "2009-10"))),
    )


def row(
    verdict: str | None, *, gate: str = "fit to compare", title: str = "Initial assessments within 7 working days"
) -> tuple[Cell, ...]:
    return (title, "%", gate, "a reason", 28.8, 67.0, 69.4, verdict, verdict)


def ask(*answers: Answer) -> tuple[Question, ...]:
    return questions_from(answers, addressee="Made-up Council", opened_on=DAY, due=date(2026, 12, 31))


def test_haringey_is_asked_about_the_three_figures_out_of_limits() -> None:
    asked = questions_from(standing("Haringey", "2009-10"), addressee="Haringey", opened_on=DAY)
    assert [q.figure for q in asked] == [
        "compare.haringey.2009-10.initial-assessments-7-days.funnel",
        "compare.haringey.2009-10.initial-assessments-10-days.funnel",
        "compare.haringey.2009-10.core-assessments-35-days.funnel",
    ]
    first = asked[0].text
    assert first.startswith("Why were 28.8 % of initial assessments finished within 7 working days in 2009-10, when")
    assert "69.4 %" in first
    assert "67.0 %" in first
    assert first.endswith("What was done about it, and what was measured afterwards?")
    # The rate of children in need is the first of all, and unfit to compare: it asks nothing.
    assert not any("in-need" in q.figure for q in asked)


def test_an_answer_is_due_after_twenty_working_days() -> None:
    """From Wednesday 25 November 2026: 26 November is day one; 23 December, a Wednesday, is day twenty."""
    (question,) = questions_from([summary(row("below 95 % limits"))], addressee="X", opened_on=DAY)
    assert question.due == date(2026, 12, 23)
    (sooner,) = questions_from([summary(row("below 95 % limits"))], addressee="X", opened_on=DAY, due=1)
    assert sooner.due == date(2026, 11, 26)
    with pytest.raises(ValueError, match="before"):
        questions_from([summary(row("below 95 % limits"))], addressee="X", opened_on=DAY, due=date(2026, 11, 24))


@pytest.mark.parametrize(
    ("verdict", "gate", "opened"),
    [
        ("below 95 % limits", "fit to compare", 1),
        ("above 99.8 % limits", "fit to compare", 1),
        ("below 95 % limits", "fit with caution", 1),
        ("within 95 % limits", "fit to compare", 0),
        (None, "fit to compare", 0),
        ("below 95 % limits", "not fit to compare", 0),
    ],
)
def test_which_figures_ask_a_question(verdict: str | None, gate: str, opened: int) -> None:
    assert len(ask(summary(row(verdict, gate=gate)))) == opened


def test_on_the_good_side_it_asks_what_others_can_learn() -> None:
    (good,), (bad,) = ask(summary(row("above 95 % limits"))), ask(summary(row("below 95 % limits")))
    assert "can others learn from it, and is it recorded rightly?" in good.text
    assert "higher than limits" in good.text
    assert "learn" not in bad.text
    (neither,) = ask(summary(row("above 95 % limits", title="Referrals within 12 months of an earlier one")))
    assert neither.text.startswith("Why did 28.8 % of referrals follow an earlier one within 12 months in 2009-10")
    assert "Is it recorded rightly? What was done" in neither.text


def test_what_weakens_the_sign_is_said_to_the_body() -> None:
    told = list(row("below 95 % limits", gate="fit with caution"))
    told[-1] = "within 95 % limits"
    (question,) = ask(summary(tuple(told)))
    assert "it may be nothing unusual" in question.text
    assert "read with caution: a reason" in question.text


def test_a_figure_of_the_users_own_is_asked_about_by_its_title() -> None:
    (question,) = ask(summary(row("below 95 % limits", title="Calls answered")))
    assert question.figure == "compare.x.2009-10.calls-answered.funnel"
    assert question.text.startswith("Why was the figure 'Calls answered' 28.8 % in 2009-10")


def test_the_id_comes_from_the_figure_alone() -> None:
    (one,), (later,) = ask(summary(row("below 95 % limits"))), ask(summary(row("above 95 % limits")))
    assert one.id == later.id == question_id(one.figure)
    assert len(one.id) == 14


def test_answers_without_the_columns_ask_nothing() -> None:
    other = replace(summary(), body=Table((Column("indicator", "indicator"),), (("x",),)))
    assert ask(other) == ()


def question() -> Question:
    (found,) = ask(summary(row("below 95 % limits")))
    return found


def test_the_whole_way_of_a_question() -> None:
    events = [opening(question())]
    for what, said, status in (
        (Step.ANSWERED, "Two teams had no manager.", Status.ANSWERED),
        (Step.CHANGED, "Referrals are read twice a day.", Status.CHANGED),
    ):
        events.append(step(folded(events)[0], what, on=DAY, said=said))
        assert folded(events)[0].status is status
    for value in (31.0, 64.0):
        again = Remeasured("compare.x.2010-11.initial-assessments-7-days", value)
        events.append(step(folded(events)[0], Step.REMEASURED, on=DAY, measured=again))
    (end,) = folded(events)
    assert end.status is Status.REMEASURED
    assert end.re_measured == Remeasured("compare.x.2010-11.initial-assessments-7-days", 64.0)
    assert (end.answer, end.practice_changed) == ("Two teams had no manager.", "Referrals are read twice a day.")
    assert end.steps == 5


def test_no_change_needs_a_reason() -> None:
    answered = folded([opening(question()), step(question(), Step.ANSWERED, on=DAY, said="It was miscounted.")])[0]
    with pytest.raises(InputError, match="words"):
        step(answered, Step.UNCHANGED, on=DAY, said="  ")
    event = step(answered, Step.UNCHANGED, on=DAY, said="The count was put right.")
    end = folded([opening(question()), step(question(), Step.ANSWERED, on=DAY, said="x"), event])[0]
    assert end.status is Status.UNCHANGED
    assert end.unchanged_because == "The count was put right."


@pytest.mark.parametrize("what", [Step.CHANGED, Step.UNCHANGED, Step.OPENED])
def test_no_step_is_skipped(what: Step) -> None:
    with pytest.raises(InputError) as caught:
        step(question(), what, on=DAY, said="x")
    assert caught.value.code == "step_does_not_follow"
    assert "answered" in caught.value.todo


def test_a_step_needs_its_parts() -> None:
    with pytest.raises(InputError):
        step(question(), Step.REMEASURED, on=DAY, measured=Remeasured("f", 1.0))
    with pytest.raises(InputError, match="before"):
        step(question(), Step.ANSWERED, on=date(2026, 11, 24), said="x")
    changed = replace(question(), status=Status.CHANGED, steps=3)
    with pytest.raises(InputError, match="number"):
        step(changed, Step.REMEASURED, on=DAY, measured=Remeasured("f", float("nan")))
    with pytest.raises(InputError, match="figure"):
        step(changed, Step.REMEASURED, on=DAY, said="better")


def test_overdue_is_only_what_has_no_answer() -> None:
    assert not question().overdue(date(2026, 12, 31))
    assert question().overdue(date(2027, 1, 1))
    assert not replace(question(), status=Status.ANSWERED).overdue(date(2027, 1, 1))


def test_every_line_is_as_the_published_schema_says(tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    open_questions(file, (question(),))
    append(file, [step(question_in(file, "q-"), Step.ANSWERED, on=DAY, said="Ja, größer.")])
    append(file, [step(question_in(file, "q-"), Step.UNCHANGED, on=DAY, said="x")])
    append(file, [step(question_in(file, "q-"), Step.REMEASURED, on=DAY, measured=Remeasured("f", 1.5))])
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert [line["event"] for line in lines] == ["opened", "answered", "unchanged", "remeasured"]
    for line in lines:
        jsonschema.validate(line, schema("question"))
    assert [to_json(e) for e in read_events(file)] == lines
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**lines[0], "event": "answered"}, schema("question"))


def test_opening_twice_opens_once_and_nothing_is_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    assert len(open_questions(file, (question(),)).fresh) == 1
    append(file, [step(question_in(file, "q-"), Step.ANSWERED, on=DAY, said="x")])
    before = file.read_bytes()
    again = open_questions(file, (question(),))
    assert (len(again.fresh), len(again.already)) == (0, 1)
    assert file.read_bytes() == before
    assert read_questions(file)[0].status is Status.ANSWERED


def test_a_line_that_was_lost_is_seen(tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    open_questions(file, (question(),))
    append(file, [step(question_in(file, "q-"), Step.ANSWERED, on=DAY, said="x")])
    append(file, [step(question_in(file, "q-"), Step.CHANGED, on=DAY, said="y")])
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    for kept in ([lines[1], lines[2]], [lines[0], lines[2]], [lines[0], lines[1], lines[1]]):
        file.write_text("".join(kept), encoding="utf-8")
        with pytest.raises(IntegrityError) as caught:
            read_questions(file)
        assert caught.value.code == "question_broken"


def test_a_line_that_was_cut_off_is_seen_and_the_next_step_is_not_joined_to_it(tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    open_questions(file, (question(),))
    file.write_bytes(file.read_bytes() + b'{"schema": "casetra')
    with pytest.raises(IntegrityError) as caught:
        question_in(file, "q-")
    assert caught.value.code == "line_cut_off"
    assert "line 2" in caught.value.where


@pytest.mark.parametrize("line", ["[]", "nonsense", "{}", '{"schema": "casetrail/question-event/2"}', "\ud83d"])
def test_a_line_that_is_no_event_says_where_and_never_what(tmp_path: Path, line: str) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text(line + "\n", encoding="utf-8", errors="replace")
    with pytest.raises(IntegrityError) as caught:
        read_questions(file)
    assert caught.value.code == "not_a_question_event"
    assert "line 1" in caught.value.where
    assert "nonsense" not in str(caught.value)


def test_parts_of_another_kind_are_no_event() -> None:
    good = to_json(opening(question()))
    for wrong in ({"text": 3}, {"on": "yesterday"}, {"number": "x"}, {"event": "forgotten"}, {"due": 5}):
        with pytest.raises(IntegrityError):
            from_json({**good, **wrong}, where="line 1")
    del good["due"]
    with pytest.raises(IntegrityError, match="lacks"):
        folded([from_json(good, where="line 1")])


def test_a_question_is_found_by_the_beginning_of_its_id(tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    other = summary(row("below 95 % limits"), row("below 95 % limits", title="Calls answered"))
    open_questions(file, ask(other))
    first, second = read_questions(file)
    assert question_in(file, first.id[:8]) == first
    assert question_in(file, second.id) == second
    for wanted in ("q-", "q-zzz"):
        with pytest.raises(UnknownNameError) as caught:
            question_in(file, wanted)
        assert caught.value.code == "unknown_question"


def test_without_a_file_or_a_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_questions(tmp_path / "none.jsonl")
    with pytest.raises(OutputError):
        open_questions(tmp_path / "none" / "questions.jsonl", (question(),))
