"""`casetrail deadline FILE`: every question on the response to a limit that a file of single cases can answer."""

from __future__ import annotations

from casetrail.compare.deadline.cases import Cases, Rules, limits, timed
from casetrail.compare.deadline.clocks import clock_answer
from casetrail.compare.deadline.hazard_page import hazard_answer
from casetrail.compare.deadline.moved import moved_answers
from casetrail.compare.deadline.record_words import records_provenance
from casetrail.compare.deadline.reopened import reopened_answer
from casetrail.compare.deadline.rereferred import rereferred_answer
from casetrail.compare.deadline.two_sources import two_sources_answer
from casetrail.compare.deadline.words import NO_PERSON, RESPONSE, SECTION
from casetrail.figures import Answer, Cell, Column, Table

ROWS_METHOD = "Every row of the file is used or set aside with a reason; the two add up to the rows of the file."


def durations_answers(cases: Cases, rules: Rules | None = None) -> tuple[Answer, ...]:
    """The answers for each limit that occurs in the cases, and what became of the rows of the file.

    Raises: StatuteError when a day lies in a year whose bank holidays are not known.
    """
    want = rules or Rules()
    found: list[Answer] = []
    for limit in limits(cases):
        of = timed(cases, limit, want)
        found += moved_answers(of, want)
        found += [hazard_answer(of, want), clock_answer(of, want), reopened_answer(of, want)]
        found += [rereferred_answer(of, want), two_sources_answer(of, want)]
    return (*found, rows_answer(cases, want))


def rows_answer(cases: Cases, rules: Rules) -> Answer:
    """Rows in = rows used + rows set aside, each reason with its places and without any value."""
    used = cases.opened.size
    aside = sum(one.rows for one in cases.set_aside)
    rows: list[tuple[Cell, ...]] = [("used", used, "")]
    rows += [(one.why, one.rows, one.places) for one in cases.set_aside]
    rows.append(("all rows of the file", cases.rows_in, ""))
    columns = (
        Column("what", "Rows"),
        Column("rows", "How many", "persons"),
        Column("places", "Where the first of them stand"),
    )
    return Answer(
        id="deadline.records.rows",
        section=SECTION,
        title="What became of the rows of the file",
        sentence=f"Of {cases.rows_in:,} rows {used:,} were used and {aside:,} set aside.",
        body=Table(columns, tuple(rows), margins=frozenset({len(rows) - 1})),
        method=ROWS_METHOD,
        provenance=records_provenance(cases, rules),
        caveats=(RESPONSE, *cases.notes, NO_PERSON),
    )
