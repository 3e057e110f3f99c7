"""A question on one figure to one body, from its opening to what was measured again. Nothing is ever overwritten.

A question is what its events make of it: each step is an event of its own, added behind the last. A ledger can take
the same events. Answers are words of bodies: no name of a person belongs in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from math import isfinite

from casetrail.errors import InputError, IntegrityError


class Status(StrEnum):
    """How far a question has come."""

    OPEN = "open"
    ANSWERED = "answered"
    CHANGED = "practice changed"
    UNCHANGED = "no change, with a reason"
    REMEASURED = "re-measured"


class Step(StrEnum):
    """What can happen to a question."""

    OPENED = "opened"
    ANSWERED = "answered"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REMEASURED = "remeasured"


# From which state each step may be taken. A figure may be measured again more than once: every later year counts.
FROM: Mapping[Step, tuple[Status | None, ...]] = {
    Step.OPENED: (None,),
    Step.ANSWERED: (Status.OPEN,),
    Step.CHANGED: (Status.ANSWERED,),
    Step.UNCHANGED: (Status.ANSWERED,),
    Step.REMEASURED: (Status.CHANGED, Status.UNCHANGED, Status.REMEASURED),
}


@dataclass(frozen=True, slots=True)
class Remeasured:
    """A later figure on the same matter: its id, and its value as printed."""

    figure: str
    value: float


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it stands. `figure`: the id of the figure it is about; None where a step has not been taken yet.

    `unchanged_because`: the reason given for leaving practice as it is. `steps`: how many events it has.
    """

    id: str
    figure: str
    addressee: str
    text: str
    opened_on: date
    due: date
    status: Status = Status.OPEN
    answer: str | None = None
    answered_on: date | None = None
    practice_changed: str | None = None
    unchanged_because: str | None = None
    re_measured: Remeasured | None = None
    steps: int = 1

    def overdue(self, on: date) -> bool:
        """Whether it is still without an answer after the day on which one was due."""
        return self.status is Status.OPEN and on > self.due


@dataclass(frozen=True, slots=True)
class QuestionEvent:
    """One step of one question. `number` counts the steps of a question from 1, so that a lost line is seen.

    `said`: the answer, the change, or the reason for none. `figure`, `addressee`, `text` and `due` come with opening;
    `figure` and `value` with measuring again.
    """

    question: str
    number: int
    step: Step
    on: date
    said: str | None = None
    figure: str | None = None
    addressee: str | None = None
    text: str | None = None
    due: date | None = None
    value: float | None = None


def opening(question: Question) -> QuestionEvent:
    """The event that opens a question."""
    return QuestionEvent(
        question.id,
        1,
        Step.OPENED,
        question.opened_on,
        figure=question.figure,
        addressee=question.addressee,
        text=question.text,
        due=question.due,
    )


def step(
    question: Question,
    what: Step,
    *,
    on: date,
    said: str | None = None,
    measured: Remeasured | None = None,
) -> QuestionEvent:
    """The next event of a question. Raises: InputError where that step cannot be taken now, or words are missing."""
    if question.status not in FROM[what]:
        able = [s.value for s, states in FROM.items() if question.status in states]
        raise InputError(
            f"The question is {question.status}; the step '{what}' does not follow.",
            where=f"question {question.id}",
            todo=f"What can follow: {', '.join(able)}.",
            code="step_does_not_follow",
        )
    words = (said or "").strip()
    if (measured is None) == (what is Step.REMEASURED) or (what is not Step.REMEASURED and not words):
        raise InputError("A step needs its words, a new measurement its figure.", where=f"question {question.id}")
    if measured is not None and not isfinite(measured.value):
        raise InputError("A measurement needs a number.", where=f"question {question.id}", code="not_a_number")
    if on < question.opened_on:
        raise InputError("A step cannot come before the question was opened.", where=f"question {question.id}")
    return QuestionEvent(
        question.id,
        question.steps + 1,
        what,
        on,
        said=words or None,
        figure=measured.figure if measured else None,
        value=measured.value if measured else None,
    )


def folded(events: Iterable[QuestionEvent]) -> tuple[Question, ...]:
    """Every question as its events leave it, in order of opening.

    Raises: IntegrityError for a step that cannot follow, a number that is missing or comes twice, a part not there.
    """
    found: dict[str, Question] = {}
    for event in events:
        known = found.get(event.question)
        state = None if known is None else known.status
        number = 1 if known is None else known.steps + 1
        if state not in FROM[event.step] or event.number != number:
            raise IntegrityError(
                f"Step {event.number} ('{event.step}') of a question does not follow what stands before it.",
                where=f"question {event.question}",
                todo="A line was lost or changed. Take the file back from a copy: it is not repaired by guessing.",
                code="question_broken",
            )
        found[event.question] = _opened(event) if known is None else _after(known, event)
    return tuple(found.values())


def _opened(event: QuestionEvent) -> Question:
    if event.figure is None or event.addressee is None or event.text is None or event.due is None:
        raise _incomplete(event)
    return Question(event.question, event.figure, event.addressee, event.text, event.on, event.due)


def _after(known: Question, event: QuestionEvent) -> Question:
    fresh = replace(known, steps=known.steps + 1)
    if event.step is Step.REMEASURED:
        if event.figure is None or event.value is None:
            raise _incomplete(event)
        return replace(fresh, status=Status.REMEASURED, re_measured=Remeasured(event.figure, event.value))
    if event.said is None:
        raise _incomplete(event)
    if event.step is Step.ANSWERED:
        return replace(fresh, status=Status.ANSWERED, answer=event.said, answered_on=event.on)
    if event.step is Step.CHANGED:
        return replace(fresh, status=Status.CHANGED, practice_changed=event.said)
    return replace(fresh, status=Status.UNCHANGED, unchanged_because=event.said)


def _incomplete(event: QuestionEvent) -> IntegrityError:
    return IntegrityError("An event of a question lacks a part.", where=f"question {event.question}, {event.step}")
