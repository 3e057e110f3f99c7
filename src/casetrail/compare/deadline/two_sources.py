"""Two records of the same durations: do they agree on what was in time, and do they err in one direction?"""

from __future__ import annotations

import numpy as np

from casetrail.compare.deadline.cases import Rules, Timed
from casetrail.compare.deadline.record_words import Said, record_answer
from casetrail.compare.deadline.words import percent
from casetrail.figures import Answer, Cell, Column, Refusal, Table
from casetrail.stats.limit_shares import Discordance, discordance

METHOD = (
    "Working days between the two dates (stops taken out) against the working days that the second source records, for "
    "finished cases that have both. Cases in time in one and late in the other are compared by the exact test of "
    "McNemar (1947): without a direction, both kinds are equally frequent."
)
NONE = Refusal(
    reason="one_source",
    message="No finished case has a duration from a second source.",
    would_help=("a column with the working days as another system, or the authority's own return, has them",),
)


def two_sources_answer(of: Timed, rules: Rules) -> Answer:
    """A table of agreement, and whether disagreements go one way; a refusal without a second source."""
    title = f"Two records of the same durations, limit of {of.limit} working days"
    recorded = None if of.cases.recorded is None else of.cases.recorded[of.at]
    both = None if recorded is None else of.finished & (recorded >= 0)
    if recorded is None or both is None or not np.any(both):
        refused = Said(what="two-sources", title=title, sentence=NONE.message, method=METHOD, body=NONE)
        return record_answer(of, refused, rules=rules)
    ours, theirs = of.days[both] <= of.limit, recorded[both] <= of.limit
    said = Said(
        what="two-sources",
        title=title,
        sentence=_sentence(
            discordance(int(np.count_nonzero(theirs & ~ours)), int(np.count_nonzero(ours & ~theirs))),
            int(np.count_nonzero(both)),
            equal=float(np.mean(of.days[both] == recorded[both])),
        ),
        method=METHOD,
        body=_table(ours, theirs),
        caveats=(
            "The two sources may count from different days (referral or start of work) or by another rule for work "
            "that comes at a weekend: then they differ without anybody having changed a date.",
        ),
    )
    return record_answer(of, said, rules=rules)


def _sentence(found: Discordance, both: int, *, equal: float) -> str:
    first = (
        f"Of {both:,} finished cases with both records, {percent(equal)} have the same number of working days in both."
    )
    if found.p_value is None or found.first_share is None:
        return f"{first} On what was within the limit they agree in every case."
    direction = (
        f"p = {found.p_value:.2g}: the disagreements go one way"
        if found.p_value < 0.05
        else f"p = {found.p_value:.2f}: no direction is shown"
    )
    return (
        f"{first} {found.only_first:,} cases are within the limit only in the second record, {found.only_second:,} "
        f"only by the dates ({direction})."
    )


def _table(ours: np.ndarray, theirs: np.ndarray) -> Table:
    kinds = (
        ("within the limit in both", ours & theirs),
        ("within it only in the second record", theirs & ~ours),
        ("within it only by the dates", ours & ~theirs),
        ("late in both", ~ours & ~theirs),
    )
    total = ours.size
    counts = [(what, int(np.count_nonzero(there))) for what, there in kinds]
    rows: list[tuple[Cell, ...]] = [(what, count, count / total) for what, count in counts]
    rows.append(("all with both records", total, 1.0))
    columns = (
        Column("kind", "By the two dates, and in the second record"),
        Column("cases", "Cases", "persons"),
        Column("share", "Share", "share", 1),
    )
    return Table(columns, tuple(rows), margins=frozenset({len(rows) - 1}))
