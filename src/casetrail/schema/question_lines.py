"""Events of questions as lines of JSON: `publish/schemas/question.json` describes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from casetrail.errors import IntegrityError
from casetrail.schema.question import QuestionEvent, Step

SCHEMA = "casetrail/question-event/1"


def to_json(event: QuestionEvent) -> dict[str, Any]:
    """An event as one object of JSON; what it does not have is left out."""
    parts = {
        "said": event.said,
        "figure": event.figure,
        "addressee": event.addressee,
        "text": event.text,
        "due": event.due.isoformat() if event.due else None,
        "value": event.value,
    }
    return {
        "schema": SCHEMA,
        "question": event.question,
        "number": event.number,
        "event": event.step.value,
        "on": event.on.isoformat(),
        **{name: value for name, value in parts.items() if value is not None},
    }


def from_json(read: Mapping[str, Any], *, where: str) -> QuestionEvent:
    """An event from one object of JSON. Raises: IntegrityError for another schema, or a part that is not what it is."""
    try:
        if read["schema"] != SCHEMA:
            raise ValueError("another schema")
        texts = {name: read.get(name) for name in ("said", "figure", "addressee", "text")}
        if not all(text is None or isinstance(text, str) for text in (*texts.values(), read["question"])):
            raise TypeError("a text that is none")
        value = read.get("value")
        return QuestionEvent(
            question=read["question"],
            number=int(read["number"]),
            step=Step(read["event"]),
            on=date.fromisoformat(read["on"]),
            due=date.fromisoformat(read["due"]) if read.get("due") is not None else None,
            value=None if value is None else float(value),
            **texts,
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise IntegrityError(
            "A line is not an event of a question.",
            where=where,
            todo=f"Each line is one object of the schema {SCHEMA}; see casetrail/publish/schemas/question.json.",
            code="not_a_question_event",
        ) from None
