"""What the records of an inquiry can and cannot answer: from the forms of its returns, and from what is mapped."""

from __future__ import annotations

from casetrail.figures import Answer, Column, Provenance, Table
from casetrail.inquiry.reading import RecordsRead, SourceRead
from casetrail.trail import joint_origin

QUESTION = "records.coverage"

# What an extract with a mapping of its own can answer, by the column of ours that says it.
_BY_COLUMN = {
    "role": "who held the case, from when to when",
    "recorded": "what became known when, so that the trail can be seen as it was known on a day",
    "reported_by_role": "in which role somebody told",
    "team": "which team it was",
    "worker": "how many workers took part",
    "incident": "which records are about one incident",
    "severity": "how bad it was, on that agency's own scale",
    "told_by": "whether somebody saw, heard or was told",
    "end": "how long an event took",
    "passed_to": "where a case was sent on",
    "closing_code": "how a case was closed",
}


def coverage_answer(records: RecordsRead) -> Answer | None:
    """One row for each thing that a source can or cannot say; None where no source is a statutory return."""
    if not any(source.form for source in records.sources):
        return None
    columns = (Column("source", "Source"), Column("form", "Form"), Column("can", "Can say"), Column("what", "What"))
    rows = tuple(row for source in records.sources for row in _rows(source))
    forms = ", ".join(dict.fromkeys(source.form for source in records.sources if source.form))
    cannot = sum(len(source.cannot) for source in records.sources)
    return Answer(
        id=QUESTION,
        section="What is in the records",
        title="What these records can and cannot answer",
        sentence=f"The returns read here ({forms}) leave {cannot} things unsaid that a trail would need. What no "
        "source says is unknown, and never counted as not done.",
        body=Table(columns, rows),
        method="What a return can and cannot say is part of the description of its form; of other extracts it follows "
        "from the columns that are mapped.",
        caveats=("A return that has room for a fact may still leave it blank: see what was set aside and found.",),
        provenance=Provenance(QUESTION, joint_origin([ref.origin for ref in records.refs]), records.refs),
    )


def _rows(source: SourceRead) -> list[tuple[str, str, str, str]]:
    name, form = source.ref.name, source.form or "own mapping"
    if source.form:
        return [
            *((name, form, "yes", line) for line in source.carries),
            *((name, form, "no", line) for line in source.cannot),
        ]
    return [(name, form, "yes" if ours in source.mapped else "no", said) for ours, said in _BY_COLUMN.items()]
