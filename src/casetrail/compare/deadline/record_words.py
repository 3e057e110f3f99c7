"""What answers from single cases share: their id, their provenance, and what stands beside each."""

from __future__ import annotations

from dataclasses import dataclass

from casetrail.compare.deadline.cases import Cases, Rules, Timed
from casetrail.compare.deadline.words import NO_PERSON, NOT_PROOF, RECORDS, RESPONSE, SECTION
from casetrail.figures import Answer, Body, Chart, Provenance

OPEN_CASES = (
    "Cases still open when the records end are not among the finished ones. Records of one year's openings, looked at "
    "late enough for nearly all to be closed, are the best to ask."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one answer says."""

    what: str
    title: str
    sentence: str
    method: str
    body: Body
    chart: Chart | None = None
    caveats: tuple[str, ...] = ()


def record_answer(of: Timed, said: Said, *, rules: Rules) -> Answer:
    """One answer on the cases of one limit; its id is such as `deadline.records.45.moved`."""
    return Answer(
        id=f"deadline.records.{of.limit}.{said.what}",
        section=SECTION,
        title=said.title,
        sentence=said.sentence,
        body=said.body,
        method=said.method,
        provenance=_provenance(of, rules),
        chart=said.chart,
        caveats=(RESPONSE, NOT_PROOF, *said.caveats, NO_PERSON),
    )


def _provenance(of: Timed, rules: Rules) -> Provenance:
    return records_provenance(of.cases, rules, ("limit", of.limit))


def records_provenance(cases: Cases, rules: Rules, *more: tuple[str, object]) -> Provenance:
    """The file by hash, how it was read, and the rules: what is needed to ask again."""
    asked: tuple[tuple[str, object], ...] = (
        *more,
        ("records_end", cases.records_end.isoformat()),
        ("rules", rules.said),
        ("read", dict(cases.read)),
    )
    return Provenance(
        question=RECORDS, origin=cases.source.origin, sources=(cases.source,), parameters=asked, seed=rules.seed
    )
