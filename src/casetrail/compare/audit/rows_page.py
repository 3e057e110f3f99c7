"""What became of the rows of a file of ratings or of an indicator."""

from __future__ import annotations

from casetrail.compare.audit.rated import Indicators, Rated
from casetrail.compare.audit.words import NO_WORKER, SECTION
from casetrail.figures import Answer, Cell, Column, Provenance, Table

METHOD = "Every row is used or set aside with a reason; the two add up to the rows of the file."
COLUMNS = (
    Column("what", "Rows"),
    Column("rows", "How many", "persons"),
    Column("places", "Where the first of them stand"),
)


def rows_answer(read: Rated | Indicators, came: Provenance) -> Answer:
    """Rows in = rows used + rows set aside, each reason with its places and without any value.

    `came` is the provenance of the answers that rest on these rows.
    """
    aside = sum(one.rows for one in read.set_aside)
    used = read.rows_in - aside
    rows: list[tuple[Cell, ...]] = [("used", used, "")]
    rows += [(one.why, one.rows, one.places) for one in read.set_aside]
    rows.append(("all rows of the file", read.rows_in, ""))
    rated = isinstance(read, Rated)
    return Answer(
        id="audit.ratings.rows" if rated else "audit.beside.rows",
        section=SECTION,
        title=f"What became of the rows of the {'ratings' if rated else 'indicator'}",
        sentence=f"Of {read.rows_in:,} rows {used:,} were used and {aside:,} set aside.",
        body=Table(COLUMNS, tuple(rows), margins=frozenset({len(rows) - 1})),
        method=METHOD,
        provenance=came,
        caveats=(*(read.notes if isinstance(read, Rated) else ()), NO_WORKER),
    )
