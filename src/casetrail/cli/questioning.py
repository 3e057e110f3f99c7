"""The verb question: what became of the questions that figures opened. Steps are added to the file, none replaced."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casetrail.cli.making import today
from casetrail.cli.options import Json, day

if TYPE_CHECKING:
    from collections.abc import Callable

    from casetrail.schema.question import Question, QuestionEvent

app = typer.Typer(
    name="question",
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Questions that figures out of limits opened: the answer, what changed, what was measured again.\n\n"
    "Open them with [bold]casetrail compare --authority Haringey --year 2009-10 --questions questions.jsonl[/]. "
    "Write of bodies and of work; leave out the name of any person.",
)

File = Annotated[Path, typer.Argument(help="The file of questions (.jsonl).", show_default=False)]
Id = Annotated[str, typer.Argument(help="Id of the question, or its beginning.", show_default=False)]
On = Annotated[
    date | None,
    typer.Option(
        "--on", help="The day of the step; today unless said.", parser=day, metavar="DATE", show_default=False
    ),
]


@app.command()
def answer(
    file: File,
    id: Id,  # noqa: A002  the name that a user reads in the help
    text: Annotated[str, typer.Option("--text", help="What the body answers.", show_default=False)],
    on: On = None,
) -> None:
    """Record the answer of the body that was asked.

    Example: [bold]casetrail question answer questions.jsonl q-44d7 --text "Two teams had no manager."[/]
    """
    from casetrail.schema.question import Step, step

    _take(file, id, lambda q: step(q, Step.ANSWERED, on=on or today(), said=text))


@app.command()
def changed(
    file: File,
    id: Id,  # noqa: A002
    what: Annotated[str, typer.Option("--what", help="What is now done otherwise.", show_default=False)],
    on: On = None,
) -> None:
    """Record what practice was changed.

    Example: [bold]casetrail question changed questions.jsonl q-44d7 --what "Referrals are read twice a day."[/]
    """
    from casetrail.schema.question import Step, step

    _take(file, id, lambda q: step(q, Step.CHANGED, on=on or today(), said=what))


@app.command()
def unchanged(
    file: File,
    id: Id,  # noqa: A002
    because: Annotated[str, typer.Option("--because", help="Why practice stays as it is.", show_default=False)],
    on: On = None,
) -> None:
    """Record that nothing was changed, and why.

    Example: [bold]casetrail question unchanged questions.jsonl q-44d7 --because "The figure was recorded wrongly."[/]
    """
    from casetrail.schema.question import Step, step

    _take(file, id, lambda q: step(q, Step.UNCHANGED, on=on or today(), said=because))


@app.command()
def remeasured(
    file: File,
    id: Id,  # noqa: A002
    figure: Annotated[str, typer.Option("--figure", help="Id of the later figure.", show_default=False)],
    value: Annotated[float, typer.Option("--value", help="Its value, as printed.", show_default=False)],
    on: On = None,
) -> None:
    """Record the later figure on the same matter; each later year may be added.

    Example: [bold]casetrail question remeasured questions.jsonl q-44d7
    --figure compare.haringey.2010-11.initial-assessments-7-days --value 31.0[/]
    """
    from casetrail.schema.question import Remeasured, Step, step

    _take(file, id, lambda q: step(q, Step.REMEASURED, on=on or today(), measured=Remeasured(figure, value)))


@app.command("list")
def list_(
    file: File,
    json: Json = False,
    on: On = None,
) -> None:
    """All questions of a file, how far each has come, and which are overdue.

    Example: [bold]casetrail question list questions.jsonl[/]
    """
    from casetrail.cli.saying import out, print_json
    from casetrail.compare.question_file import read_questions

    held = read_questions(file)
    day_of = on or today()
    if json:
        print_json({"schema": "casetrail/question/1", "questions": [_as_json(q, day_of) for q in held]})
        return
    for question in held:
        _say(question, day_of)
    late = sum(q.overdue(day_of) for q in held)
    out().print(f"{len(held)} questions, {late} of them overdue.")


def _take(file: Path, wanted: str, make: Callable[[Question], QuestionEvent]) -> None:
    """One step of one question, added to the file; then the question as it stands."""
    from casetrail.compare.question_file import append, question_in

    append(file, [make(question_in(file, wanted))])
    _say(question_in(file, wanted), today())


def _say(question: Question, on: date) -> None:
    from rich.markup import escape

    from casetrail.cli.saying import out

    console = out()
    due = f"due {question.due.isoformat()}{', overdue' if question.overdue(on) else ''}"
    console.print(f"\n[bold]{question.id}[/]  {question.status.value}  [dim]{due}  to {escape(question.addressee)}[/]")
    parts = (
        ("", question.text),
        ("answer: ", question.answer),
        ("practice changed: ", question.practice_changed),
        ("no change, because: ", question.unchanged_because),
    )
    for name, said in parts:
        if said is not None:
            console.print(f"  {name}{escape(said)}", soft_wrap=True)
    if question.re_measured is not None:
        again = question.re_measured
        console.print(f"  re-measured: {again.value:g} ({escape(again.figure)})", soft_wrap=True)


def _as_json(question: Question, on: date) -> dict[str, object]:
    again = question.re_measured
    return {
        "id": question.id,
        "figure": question.figure,
        "addressee": question.addressee,
        "text": question.text,
        "opened_on": question.opened_on.isoformat(),
        "due": question.due.isoformat(),
        "status": question.status.value,
        "overdue": question.overdue(on),
        "answer": question.answer,
        "answered_on": question.answered_on.isoformat() if question.answered_on else None,
        "practice_changed": question.practice_changed,
        "unchanged_because": question.unchanged_because,
        "re_measured": {"figure": again.figure, "value": again.value} if again else None,
    }
