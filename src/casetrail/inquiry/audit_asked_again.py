"""Figures of an audit asked again: from parameters, from the inquiry, or from the same files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from casetrail.compare.audit import ask_again
from casetrail.errors import InputError, UnknownNameError
from casetrail.figures import Answer, Origin
from casetrail.inquiry.audit_frame import FrameAsked
from casetrail.inquiry.audit_indicator import read_indicator
from casetrail.inquiry.audit_reading import Scale, read_ratings
from casetrail.inquiry.audit_sheets import SheetAsked
from casetrail.inquiry.auditing import DrawAsked, audit_draw, beside_answers, ratings_answers
from casetrail.inquiry.model import Inquiry
from casetrail.inquiry.stamping import stamped


def audit_again(
    question: str,
    parameters: Mapping[str, Any],
    figure: str,
    *,
    inquiry: Inquiry | None = None,
    files: tuple[Path, ...] = (),
) -> Answer:
    """A figure asked again: from its parameters, the inquiry (a draw), or the same file or files (ratings, indicator).

    Raises: UnknownNameError; InputError when a file or the inquiry is needed and not named.
    """
    if question == "audit.draw":
        found = _draw_again(parameters, inquiry)
    elif question in ("audit.ratings", "audit.beside"):
        found = _files_again(question, parameters, figure, files)
    else:
        found = stamped(ask_again(question, parameters))
    for answer in found:
        if answer.id == figure:
            return answer
    raise UnknownNameError("This version of casetrail does not make that figure any more.", where=figure)


def _draw_again(parameters: Mapping[str, Any], inquiry: Inquiry | None) -> tuple[Answer, ...]:
    if inquiry is None:
        raise InputError("The inquiry is needed to draw again.", todo="Name it with --inquiry.", code="no_inquiry")
    frame = FrameAsked(parameters["by"], parameters["periods"], _day(parameters["since"]), _day(parameters["until"]))
    asked = DrawAsked(
        files=int(parameters["files"]),
        frame=frame,
        division=parameters["division"],
        each=bool(parameters["each"]),
        seed=int(parameters["seed"]),
        known_on=_day(parameters["known_on"]),
    )
    return audit_draw(inquiry, asked)


def _files_again(
    question: str, parameters: Mapping[str, Any], figure: str, files: tuple[Path, ...]
) -> tuple[Answer, ...]:
    wanted = 2 if question == "audit.beside" else 1
    if len(files) != wanted:
        raise InputError(f"{wanted} file(s) are needed to ask again.", where=figure, todo="Name them.", code="no_file")
    read = parameters["read"]
    scale = Scale(tuple(read["grades"]), read["adequate"])
    rated = read_ratings(_sheet(files[0], read), scale)
    if question == "audit.ratings":
        return ratings_answers(rated)
    told = parameters["indicator"]
    beside = read_indicator(_sheet(files[1], told), lower_is_better=told["lower_is_better"])
    return beside_answers(rated, beside, level=parameters["level"])


def _sheet(path: Path, read: Mapping[str, Any]) -> SheetAsked:
    return SheetAsked(path=path, origin=Origin(read["origin"]), columns=read["columns"], sheet=read["sheet"])


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
