"""Which calls were logged as if each were the first: the k-th event of a kind for the same person."""

from __future__ import annotations

from casetrail.figures import Answer, Column, Refusal, Table
from casetrail.schema.events import MICROSECONDS_PER_DAY
from casetrail.trail.asking import PERSONS, Asking, Written, answer, whole

SECTION = "Repeats and what was made of them"


def repeats(asking: Asking, *, window_days: int, activities: tuple[str, ...] = ()) -> Answer:
    """Per activity and k, events that were the k-th inside the window: linked to an earlier one or not.

    `activities` narrows it; empty means all. Refused when no source of the inquiry has an incident column: then
    three records of one incident would count as three.
    """
    if "incident" not in asking.trail.mapped:
        return _refused(asking)
    result = asking.trail.query("repeat", window_us=window_days * MICROSECONDS_PER_DAY, by=asking.by)
    named = [(r, asking.trail.word(r["activity_no"])) for r in result.rows()]
    found = [(r, word) for r, word in named if not activities or word in activities]
    columns = (
        *asking.scope_columns(),
        Column("activity", "Event"),
        Column("kth", "Which one in the window", "count"),
        PERSONS,
        Column("times", "Times", "count"),
        Column("linked", "Linked to an earlier one", "count"),
        Column("as_new", "Logged as if the first", "count"),
    )
    # An activity that nobody has twice says nothing about repeats.
    twice = {(r["scope_no"], word) for r, word in found if whole(r["kth"]) > 1}
    repeated = [r for r, word in found if (r["scope_no"], word) in twice]
    rows = tuple(
        (
            *asking.scope_cells(r),
            asking.trail.word(r["activity_no"]),
            whole(r["kth"]),
            whole(r["persons"]),
            whole(r["times"]),
            whole(r["linked"]),
            whole(r["times"]) - whole(r["linked"]),
        )
        for r in asking.cut(repeated)
    )
    again = sum(whole(r["times"]) for r, _ in found if whole(r["kth"]) > 1)
    as_new = sum(whole(r["times"]) - whole(r["linked"]) for r, _ in found if whole(r["kth"]) > 1)
    words = Written(
        "repeats",
        SECTION,
        "Repeats, and whether anyone saw that they were",
        f"{again:,} events were at least the second of their kind for the same person within {window_days:,} "
        f"days; {as_new:,} of these were logged as if they were the first.",
        "Linked means that the event carries the incident or episode of an earlier event of the same person.",
        asking.cut_note(repeated),
    )
    parameters: dict[str, object] = {"window_days": window_days, "activities": list(activities)}
    return answer(asking, words, Table(columns, rows), [result], parameters=parameters)


def _refused(asking: Asking) -> Answer:
    words = Written(
        "repeats", SECTION, "Repeats, and whether anyone saw that they were", "Not answerable here.", "None."
    )
    body = Refusal(
        "incident_not_mapped",
        "No source says which records are about one incident: a call, the crime and the notice of one matter would "
        "count as three.",
        ("a column `incident` in at least one source, with the number that its records of one incident share",),
    )
    return answer(asking, words, body, [])
