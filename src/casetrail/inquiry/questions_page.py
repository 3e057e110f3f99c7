"""Which of casetrail's eleven questions the records of an inquiry can answer together, and what would help."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from casetrail.figures import Answer, Column, Provenance, Table
from casetrail.inquiry.reading import RecordsRead, SourceRead
from casetrail.trail import joint_origin

QUESTION = "records.questions"


@dataclass(frozen=True, slots=True)
class _Fact:
    """One thing that records may say: the columns of ours that say it, and which extract would."""

    title: str
    columns: frozenset[str]
    would_help: str


@dataclass(frozen=True, slots=True)
class _Question:
    no: int
    asks: str
    verb: str
    needs: tuple[str, ...]
    better: tuple[str, ...]


@cache
def _facts() -> Mapping[str, _Fact]:
    return {
        fact["id"]: _Fact(fact["title"], frozenset(fact.get("columns", ())), fact["help"]) for fact in _text()["fact"]
    }


@cache
def _questions() -> tuple[_Question, ...]:
    return tuple(
        _Question(q["no"], q["asks"], q.get("verb", ""), tuple(q["needs"]), tuple(q["better"]))
        for q in _text()["question"]
    )


@cache
def _text() -> dict[str, Any]:
    return tomllib.loads((resources.files("casetrail.inquiry") / "questions.toml").read_text(encoding="utf-8"))


def questions_answer(records: RecordsRead) -> Answer:
    """One row for each question: answerable, in part, or not; what is missing; which extract would help."""
    held = {name for name, fact in _facts().items() if _held(name, fact, records)}
    rows = tuple(_row(question, held) for question in _questions())
    count = {verdict: sum(row[1] == verdict for row in rows) for verdict in ("yes", "in part", "no")}
    columns = (
        Column("question", "Question"),
        Column("can", "These records can answer"),
        Column("missing", "What no source says"),
        Column("helps", "What would help"),
        Column("verb", "Asked by"),
    )
    return Answer(
        id=QUESTION,
        section="What is in the records",
        title="Which questions these records can answer together",
        sentence=f"Of casetrail's {len(rows)} questions, these records can answer {count['yes']} fully, "
        f"{count['in part']} in part, and {count['no']} not at all.",
        body=Table(columns, rows),
        method="From the columns that any source feeds, from how many agencies the sources are, and from who made "
        "them. In part: there is an answer, and what no source says stays unknown in it. Nothing here says how "
        "good the records are.",
        caveats=("A column that is there may still be blank in many rows: see what was set aside and found.",),
        provenance=Provenance(QUESTION, joint_origin([ref.origin for ref in records.refs]), records.refs),
    )


def _row(question: _Question, held: set[str]) -> tuple[str, str, str, str, str]:
    facts = _facts()
    lacking = [name for name in question.needs if name not in held]
    poorer = [name for name in question.better if name not in held]
    missing = lacking + poorer
    return (
        f"{question.no}. {question.asks}",
        "no" if lacking else "in part" if poorer else "yes",
        "; ".join(facts[name].title for name in missing) or "nothing",
        "; ".join(dict.fromkeys(facts[name].would_help for name in (lacking or poorer))) or "nothing more",
        question.verb or "no verb yet",
    )


def _held(name: str, fact: _Fact, records: RecordsRead) -> bool:
    if name == "agencies":
        return _agencies(records) > 1
    if name == "lists":
        return _agencies(records) > 2
    if name == "outside":
        return any(_from_outside(source) for source in records.sources)
    if name == "lengths":  # what a statutory return ends is a state, such as being missing: no work
        return any("end" in source.mapped for source in records.sources if not source.form)
    if name == "said":
        return all(source.ref.made_by and source.ref.judged_by_it for source in records.sources)
    return bool(fact.columns & records.mapped)


def _agencies(records: RecordsRead) -> int:
    """Different agencies, as far as the inquiry says: a source that does not name its own counts as its own."""
    return len({source.agency.casefold() or f"source {source.ref.name}" for source in records.sources})


def _from_outside(source: SourceRead) -> bool:
    ref = source.ref
    return bool(ref.made_by and ref.judged_by_it and ref.made_by.casefold() != ref.judged_by_it.casefold())
