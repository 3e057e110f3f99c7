"""How a figure came about, and whether asking again gives the same figure."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from casetrail.compare import tenure_refusal
from casetrail.errors import InputError, InquiryError, UnknownNameError
from casetrail.figures import Answer
from casetrail.inquiry.beside_truth import QUESTION as TRUTH
from casetrail.inquiry.beside_truth import beside_truth
from casetrail.inquiry.comparing import asked_again
from casetrail.inquiry.coverage_page import QUESTION as COVERAGE
from casetrail.inquiry.coverage_page import coverage_answer
from casetrail.inquiry.following import followed
from casetrail.inquiry.model import Inquiry
from casetrail.inquiry.parse import places
from casetrail.inquiry.questions_page import QUESTION as QUESTIONS
from casetrail.inquiry.questions_page import questions_answer
from casetrail.inquiry.reading import RecordsRead
from casetrail.inquiry.running import trail_answers
from casetrail.inquiry.sources_page import QUESTION as SOURCES
from casetrail.inquiry.sources_page import sources_answer
from casetrail.inquiry.stamping import stamped
from casetrail.publish import envelope, protect
from casetrail.trail import ask_again

_FROM_RECORDS = ("trail.", "records.", "world.", "reconcile.")
_DEMAND = ("demand.", "world.hidden")
_OF_SOURCES: Mapping[str, Callable[[RecordsRead], Answer | None]] = {
    SOURCES: sources_answer,
    COVERAGE: coverage_answer,
    QUESTIONS: questions_answer,
}
# What must be equal when a figure is asked again; the body stands under the name of its kind.
_COMPARED = ("sentence", "kind", "estimate", "range", "refusal", "table")


@dataclass(frozen=True, slots=True)
class Explained:
    """A figure's provenance as the pack keeps it; `same` is None when it was not asked again."""

    id: str
    provenance: Mapping[str, Any]
    relations: tuple[Mapping[str, Any], ...]
    answer: Mapping[str, Any]
    same: bool | None
    why_not: str = ""


def find_pack(start: Path) -> Path:
    """The pack in or below a folder: itself, `pack`, `casetrail-demo/pack`, or one `*-pack`. Raises InputError."""
    candidates = [start, start / "pack", start / "casetrail-demo" / "pack", *sorted(start.glob("*-pack"))]
    found = [folder for folder in candidates if (folder / "provenance.json").is_file()]
    if not found:
        raise InputError(
            "No evidence pack is here.",
            where=str(start),
            todo="Name the folder of a pack with --pack, or make one with `casetrail demo` or `casetrail run`.",
        )
    return found[0]


def inquiry_beside(pack: Path) -> Path | None:
    """The inquiry file that most likely made a pack: beside its folder or one deeper, with it as its `out`."""
    around = pack.resolve().parent
    for file in (*sorted(around.glob("*.toml")), *sorted(around.glob("*/inquiry.toml"))):
        try:
            if places(file)[1].resolve() == pack.resolve():
                return file
        except InquiryError:
            continue
    return None


def explain(figure: str, pack: Path, *, inquiry: Inquiry | None, table: Path | None = None) -> Explained:
    """Look a figure up in a pack and ask the same question again; `table` is the user's own, where it is of one.

    Raises: InputError, UnknownNameError.
    """
    kept = _json(pack / "provenance.json")
    answers = {entry["id"]: entry for entry in _json(pack / "answers.json")["answers"]}
    if figure not in answers:
        raise UnknownNameError(
            "No figure of this pack has that id.",
            where=str(pack),
            todo="Ids stand under each figure of the pack. Here: " + ", ".join(sorted(answers)) + ".",
        )
    came_about = kept["answers"][figure]
    relations = tuple(came_about["relations"])
    question = str(came_about["question"])
    missing = _missing(question, came_about["parameters"], inquiry, table)
    if missing:
        return Explained(figure, came_about, relations, answers[figure], None, f"not asked again: {missing}")
    again = _again(question, dict(came_about["parameters"]), figure, (inquiry, table))
    fresh = envelope("explain", again.origin, [protect(again)])["answers"][0]
    same = all(_equal(fresh.get(key), answers[figure].get(key)) for key in _COMPARED)
    why = "" if same else "the answer differs"
    if same and not _ran_as_told(relations, again):
        same, why = False, "the relations that ran are not those the pack names, or their text was changed"
    return Explained(figure, came_about, relations, answers[figure], same, why)


def _missing(question: str, parameters: Mapping[str, Any], inquiry: Inquiry | None, table: Path | None) -> str:
    """What must be at hand to ask a figure again and is not, as what to do; empty when all is."""
    if question == "audit.beside":
        return "it rests on two files; run `casetrail audit beside` on them"
    if question.startswith(_DEMAND) and inquiry is None and "trail" in parameters["request"]:
        return "name the inquiry file with --inquiry"
    if inquiry is None and (question.startswith(_FROM_RECORDS) or question == "audit.draw"):
        return "name the inquiry file with --inquiry"
    if table is None and "table" in (parameters.get("request") or {}):
        return "name the table with --table"
    if table is None and question in ("deadline.records", "audit.ratings"):
        return (
            "name the file of cases with --table" if question == "deadline.records" else "name the ratings with --table"
        )
    return ""


def _ran_as_told(told: tuple[Mapping[str, Any], ...], again: Answer) -> bool:
    """Whether the pack's relations are those that ran now, and their text has the hash it claims."""
    ran = [(run.name, run.sha256) for run in again.provenance.relations]
    honest = all(hashlib.sha256(str(run["sql"]).encode()).hexdigest() == run["sha256"] for run in told)
    return honest and ran == [(run["name"], run["sha256"]) for run in told]


def _again(
    question: str, parameters: dict[str, Any], figure: str, at_hand: tuple[Inquiry | None, Path | None]
) -> Answer:
    inquiry, table = at_hand
    elsewhere = _elsewhere(question, parameters, figure, at_hand)
    if elsewhere is not None:
        return elsewhere
    if question.startswith("reconcile.") and inquiry is not None:
        from casetrail.inquiry.reconciling import reconciled_again

        found = reconciled_again(inquiry, figure)
        if found is not None:
            return found
    elif question.startswith(_FROM_RECORDS) and inquiry is not None:
        known_on = parameters.get("known_on")
        day = None if known_on is None else date.fromisoformat(known_on)
        with followed(inquiry, known_on=day) as (trail, records):
            again: Answer | None
            if question == TRUTH:
                again = beside_truth(trail_answers(trail, inquiry), inquiry.path.parent / "truth")
            elif question in _OF_SOURCES:
                again = _OF_SOURCES[question](records)
            else:
                again = ask_again(trail, question, parameters)
            if again is not None:
                return stamped([again])[0]
    request = parameters.get("request")
    early = tenure_refusal()
    for answer in stamped([early]) if request is None else asked_again(request, table):
        if answer.id == figure:
            return answer
    raise UnknownNameError("This version of casetrail does not make that figure any more.", where=figure)


def _elsewhere(
    question: str, parameters: dict[str, Any], figure: str, at_hand: tuple[Inquiry | None, Path | None]
) -> Answer | None:
    """The answer of a room that asks its own questions again; None where it is of none of these."""
    inquiry, table = at_hand
    if question.startswith("audit."):
        from casetrail.inquiry.audit_asked_again import audit_again

        files = () if table is None else (table,)
        return audit_again(question, parameters, figure, inquiry=inquiry, files=files)
    if question.startswith("deadline."):
        from casetrail.inquiry.deadlines import deadline_again  # compiles numeric code: only when it is asked

        return deadline_again(question, parameters, figure, file=table, protection=inquiry)
    if question.startswith("glossary."):
        from casetrail.inquiry.glossing import glossary

        request = parameters["request"]
        on = request["on"]
        return glossary(request["term"], None if on is None else date.fromisoformat(on))[0]
    if question.startswith(_DEMAND):
        from casetrail.inquiry.demanding import demand_again  # compiles numeric code: only when it is asked

        return demand_again(parameters["request"], figure, table=table, inquiry=inquiry)
    return None


def _equal(one: Any, other: Any) -> bool:
    """Equal to twelve digits: sums of floating-point numbers depend on how work was split over threads."""
    if isinstance(one, float) and isinstance(other, (int, float)) and not isinstance(other, bool):
        return math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-12)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(_equal(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_equal(one[key], other[key]) for key in one)
    return bool(one == other)


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise InputError("A file of the pack is missing or damaged.", where=str(path)) from None
    if not isinstance(found, dict):
        raise InputError("A file of the pack is damaged.", where=str(path))
    return found
