"""What did the grade rest on?"""

from __future__ import annotations

from collections import Counter

from casetrail.compare.judges.series import shipped_series
from casetrail.compare.judges.tables import JudgementTable
from casetrail.compare.judges.words import NO_PERSON, SECTION, provenance
from casetrail.figures import Answer, Column, Origin, Provenance, Refusal, Table
from casetrail.public.inspections import Grade

COLUMNS = (
    Column("framework", "Framework"),
    Column("rested_on", "The grade rested on"),
    *(Column(f"grade_{int(g)}", g.words.capitalize(), "count") for g in Grade),
)
METHOD = "Counted from the column rested_on of the user's table, by framework; what is blank is unknown."


def rested_answer(table: JudgementTable | None = None) -> Answer:
    """Counts by what a user's table says a grade rested on; a refusal where nothing says so."""
    title = "What did the grades rest on?"
    if table is None or not any(row.rested_on for row in table.rows):
        series = shipped_series()["overall"]
        came = provenance("rested", series, ()) if table is None else _own(table)
        return Answer(
            id="judges.rested",
            section=SECTION,
            title=title,
            sentence="What the grades rested on is not in the data: whether files, visits, talks, or the very figures "
            "they are compared with here.",
            body=Refusal(
                "basis_not_known",
                "The table of judgements does not say what a grade rested on.",
                (
                    "the inspection reports, read for what each judgement cites",
                    "how many files were read and how they were chosen, for each inspection",
                    "a column rested_on in a table of your own",
                ),
            ),
            method="None: nothing at hand says so.",
            provenance=came,
            caveats=(NO_PERSON,),
        )
    counts = Counter((r.framework, r.rested_on or "unknown", r.grade) for r in table.rows)
    kinds = sorted({key[:2] for key in counts})
    known = sum(bool(r.rested_on) for r in table.rows)
    return Answer(
        id="judges.rested",
        section=SECTION,
        title=title,
        sentence=f"For {known} of {len(table.rows)} grades the table says what they rested on.",
        body=Table(COLUMNS, tuple((*kind, *(counts[*kind, g] for g in Grade)) for kind in kinds)),
        method=METHOD,
        provenance=_own(table),
        caveats=(NO_PERSON,),
    )


def _own(table: JudgementTable) -> Provenance:
    origin = table.source.origin
    return Provenance("compare.judges.rested", Origin(origin), (table.source,))
