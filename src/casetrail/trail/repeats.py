"""Which calls were logged as if each were the first: the k-th event of a kind for the same person."""

from __future__ import annotations

from casetrail.figures import Answer, Cell, Column, Table
from casetrail.schema.events import MICROSECONDS_PER_DAY
from casetrail.trail.asking import PERSONS, Asking, Written, answer, whole

SECTION = "Repeats and what was made of them"


def repeats(asking: Asking, *, window_days: int, activities: tuple[str, ...] = ()) -> Answer:
    """Per activity and k, events that were the k-th inside the window: linked to an earlier one or not.

    `activities` narrows it; empty means all. Linking is unknown, not absent, when no source of the
    inquiry has an incident or episode column.
    """
    result = asking.trail.query("repeat", window_us=window_days * MICROSECONDS_PER_DAY, by=asking.by)
    named = [(r, asking.trail.word(r["activity_no"])) for r in result.rows()]
    found = [(r, word) for r, word in named if not activities or word in activities]
    known = bool(asking.trail.mapped & {"incident", "episode"})
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
            *_links(r, known),
        )
        for r in asking.cut(repeated)
    )
    again = sum(whole(r["times"]) for r, _ in found if whole(r["kth"]) > 1)
    as_new = sum(whole(r["times"]) - whole(r["linked"]) for r, _ in found if whole(r["kth"]) > 1)
    said = f"; {as_new:,} of these were logged as if they were the first." if known else "."
    words = Written(
        "repeats",
        SECTION,
        "Repeats, and whether anyone saw that they were",
        f"{again:,} events were at least the second of their kind for the same person within {window_days:,} "
        f"days{said}",
        "Linked means that the event carries the incident or episode of an earlier event of the same person.",
        (
            *(
                ()
                if known
                else ("Whether repeats were linked cannot be known: no source has an incident or episode column.",)
            ),
            *asking.cut_note(repeated),
        ),
    )
    parameters: dict[str, object] = {"window_days": window_days, "activities": list(activities)}
    return answer(asking, words, Table(columns, rows), [result], parameters=parameters)


def _links(row: dict[str, object], known: bool) -> tuple[Cell, Cell]:
    if not known:
        return None, None
    return whole(row["linked"]), whole(row["times"]) - whole(row["linked"])
