"""Indicators as questions: each figure out of limits asks the body something, and the answer is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from casetrail.compare.question_words import question_text
from casetrail.compare.words import slug
from casetrail.figures import Answer, Cell, Table
from casetrail.public.shipped import shipped_measures
from casetrail.schema.question import Question
from casetrail.statute import Convention, Nation, due_date

WORKING_DAYS = 20
NEEDED = ("indicator", "unit", "value", "median", "adjusted_verdict")
OUTSIDE = ("above", "below")
UNFIT = "not fit"


def questions_from(
    answers: Sequence[Answer], *, addressee: str, opened_on: date, due: date | int = WORKING_DAYS
) -> tuple[Question, ...]:
    """One question for each figure of a summary that lies outside the adjusted limits, on either side.

    None for a figure that is unfit to compare or cannot be tested. `addressee` is the body asked. `due`: a day, or so
    many working days in England after the day of opening. The same figure gives the same question whenever asked.
    Raises: ValueError for a day before the opening; StatuteError for working days beyond the calendar.
    """
    by = _due(opened_on, due)
    return tuple(
        Question(
            id=question_id(figure),
            figure=figure,
            addressee=addressee,
            text=question_text(row, period),
            opened_on=opened_on,
            due=by,
        )
        for figure, period, row in _outside(answers)
    )


def question_id(figure: str) -> str:
    """The id of the question on a figure, from the id of the figure alone."""
    return f"q-{hashlib.sha256(figure.encode('utf-8')).hexdigest()[:12]}"


def _due(opened_on: date, due: date | int) -> date:
    if isinstance(due, int):
        return due_date(opened_on, due, nation=Nation.ENGLAND_AND_WALES, convention=Convention.DAY_AFTER_RECEIPT)
    if due < opened_on:
        raise ValueError("an answer cannot be due before the question is opened")
    return due


def _outside(answers: Sequence[Answer]) -> Iterator[tuple[str, str, Mapping[str, Cell]]]:
    """Figure, period and row of each figure out of limits, of every answer with the columns of a summary."""
    for answer in answers:
        body = answer.body
        if not isinstance(body, Table):
            continue
        names = [c.name for c in body.columns]
        if any(name not in names for name in NEEDED):
            continue
        period = str(dict(answer.provenance.parameters).get("year", ""))
        for cells in body.rows:
            row = dict(zip(names, cells, strict=True))
            fit = not str(row.get("gate") or "").startswith(UNFIT)
            if fit and str(row["adjusted_verdict"] or "").startswith(OUTSIDE):
                yield f"{answer.id.removesuffix('.summary')}.{_measure(str(row['indicator']))}.funnel", period, row


def _measure(title: str) -> str:
    """The measure as it stands in the id of a figure."""
    return next((m.id for m in shipped_measures() if m.title == title), slug(title))
