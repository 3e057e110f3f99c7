"""Where the records come from, whom they flatter or condemn, and how many rows could be used."""

from __future__ import annotations

from casetrail.figures import Answer, Column, Provenance, Table
from casetrail.inquiry.reading import RecordsRead
from casetrail.records.cells import plural
from casetrail.trail import joint_origin

QUESTION = "records.sources"


def sources_answer(records: RecordsRead) -> Answer:
    """One row per source; the sentence says how much of the evidence the judged body made itself."""
    columns = (
        Column("source", "Source"),
        Column("origin", "Origin"),
        Column("made_by", "Made by"),
        Column("judged", "Body it judges"),
        Column("rows_in", "Rows in", "events"),
        Column("rows_good", "Used", "events"),
        Column("rows_quarantined", "Quarantined", "events"),
        Column("rows_mended", "Of the used: mended by hand", "events"),
        Column("note", "Covers, checked by"),
    )
    rows = tuple(
        (
            source.ref.name,
            source.ref.origin.value,
            source.ref.made_by or "not said",
            source.ref.judged_by_it or "not said",
            source.rows_in,
            source.rows_good,
            source.rows_quarantined,
            source.rows_mended,
            source.ref.note.partition("; ")[2],
        )
        for source in records.sources
    )
    good = sum(source.rows_good for source in records.sources)
    own = sum(s.rows_good for s in records.sources if s.ref.judged_by_it and s.ref.judged_by_it == s.ref.made_by)
    unsaid = sum(s.rows_good for s in records.sources if not s.ref.judged_by_it or not s.ref.made_by)
    mended = sum(source.rows_mended for source in records.sources)
    sentence = (
        f"{len(rows):,} sources, {good:,} usable rows. {own / good:.0%} of them were made by the very body that "
        "they judge"
        + (f"; for {unsaid / good:.0%} the inquiry does not say who made them or whom they judge." if unsaid else ".")
        + (f" {plural(mended, 'row')} mended by hand." if mended else "")
    )
    return Answer(
        id=QUESTION,
        section="What is in the records",
        title="Where the records come from, and whom they judge",
        sentence=sentence,
        body=Table(columns, rows),
        method="Rows in = rows used + rows quarantined, checked for each source. Who made a source is as the inquiry "
        "file says. A row mended by hand reads as somebody decided that it should; "
        "the file itself is unchanged.",
        caveats=("A body's own record of its own work is weaker evidence than another's.",),
        provenance=Provenance(QUESTION, joint_origin([ref.origin for ref in records.refs]), records.refs),
    )
