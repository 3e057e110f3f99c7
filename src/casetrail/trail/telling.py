"""Who spoke: in which kind of role somebody told, and how referrals, cases and periods of care ended."""

from __future__ import annotations

from casetrail.figures import Answer, Column, Table
from casetrail.records.codes import closing_kinds, speaker_kinds
from casetrail.trail.asking import PERSONS, Asking, Written, answer, counted, whole

SECTION = "Who spoke, and what was made of it"
_OWN_WORDS = "in words of its own"


def told(asking: Asking) -> Answer:
    """Reports by the kind of role, lay or professional, and how many of them were turned away."""
    result = asking.trail.query("told", by=asking.by)
    found = result.rows()
    kinds = speaker_kinds()
    columns = (
        *asking.scope_columns(),
        Column("kind", "Who told"),
        Column("speaks", "Speaks as"),
        PERSONS,
        Column("reports", "Reports", "count"),
        Column("turned_away", "Turned away", "count"),
        Column("went_on", "Ended otherwise", "count"),
        Column("not_recorded", "No ending recorded", "count"),
    )
    rows = tuple(
        (
            *asking.scope_cells(r),
            _OWN_WORDS if r["kind"] is None else kinds[str(r["kind"])][0],
            "not known" if r["speaks"] is None else str(r["speaks"]),
            *(whole(r[name]) for name in ("persons", "reports", "turned_away", "went_on", "not_recorded")),
        )
        for r in asking.cut(found)
    )
    words = Written(
        "told",
        SECTION,
        "Who told, and what was made of it",
        _told_sentence(found),
        "A report is an event that says in which role somebody told. What came of it is the first ending that the "
        "agency wrote on that trail, with the report or after it and before the next report to it. Turned away: no "
        "further action, advice alone, or nobody found. Roles of all formats are put together by one table.",
        (
            "A role is never a person. Who is anonymous may be lay or not.",
            "Without a recorded ending a report is neither turned away nor taken up: work may go on.",
            *asking.cut_note(found),
        ),
    )
    return answer(asking, words, Table(columns, rows), [result])


def _told_sentence(found: list[dict[str, object]]) -> str:
    said = {
        speaks: [sum(whole(r[name]) for r in found if r["speaks"] == speaks) for name in ("turned_away", "reports")]
        for speaks in ("lay", "professional")
    }
    lay, others = said["lay"], said["professional"]
    unknown = sum(whole(r["not_recorded"]) for r in found)
    total = sum(whole(r["reports"]) for r in found)
    return (
        f"Private persons told {counted(lay[1], 'time')}, and {lay[0]:,} of these reports were turned away; "
        f"professionals told {counted(others[1], 'time')}, and {others[0]:,} were. Of {counted(total, 'report')}, "
        f"{unknown:,} have no recorded ending."
    )


def endings(asking: Asking) -> Answer:
    """How referrals, cases and periods of care ended, by the kind of closing code."""
    result = asking.trail.query("closing_kind", by=asking.by)
    found = result.rows()
    kinds = closing_kinds()
    columns = (
        *asking.scope_columns(),
        Column("kind", "How it ended"),
        PERSONS,
        Column("times", "Times", "count"),
    )
    rows = tuple(
        (
            *asking.scope_cells(r),
            _OWN_WORDS if r["kind"] is None else kinds[str(r["kind"])][0],
            whole(r["persons"]),
            whole(r["times"]),
        )
        for r in asking.cut(found)
    )
    away = sum(whole(r["times"]) for r in found if r["kind"] is not None and kinds[str(r["kind"])][1])
    total = sum(whole(r["times"]) for r in found)
    words = Written(
        "endings",
        SECTION,
        "How it ended",
        f"Of {counted(total, 'ending')} in the records, {away:,} turned somebody away: no further action, advice "
        "alone, or nobody found.",
        "An ending is an event with a closing code, or with an outcome that is one. Codes of all formats are put "
        "together by one table; a code that it does not know is counted as in words of its own.",
        asking.cut_note(found),
    )
    return answer(asking, words, Table(columns, rows), [result])
