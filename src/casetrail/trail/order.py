"""In what order things happened: what follows what, and how many different orders there are."""

from __future__ import annotations

from casetrail.figures import Answer, Column, Table
from casetrail.trail.asking import PERSONS, Asking, Written, answer, counted, days, share, whole

SECTION = "In what order things happened"


def directly_follows(asking: Asking) -> Answer:
    """Pairs of activities that follow each other: how often, and after how long."""
    result = asking.trail.query("directly_follows", by=asking.by)
    behind = asking.trail.query("directly_follows_persons", by=asking.by)
    key = ("scope_no", "activity_no", "next_activity_no")
    persons = {tuple(r[k] for k in key): whole(r["persons"]) for r in behind.rows()}
    found = result.rows()
    columns = (
        *asking.scope_columns(),
        Column("activity", "Activity"),
        Column("next_activity", "Directly followed by"),
        PERSONS,
        Column("times", "Times", "count"),
        Column("mean_days", "Mean days", "days", 3),
        Column("median_days", "Median days", "days", 3),
    )
    rows = tuple(
        (
            *asking.scope_cells(r),
            asking.trail.word(r["activity_no"]),
            asking.trail.word(r["next_activity_no"]),
            persons[tuple(r[k] for k in key)],
            whole(r["times"]),
            days(r["mean_us"]),
            days(r["median_us"]),
        )
        for r in asking.cut(found)
    )
    words = Written(
        "directly_follows",
        SECTION,
        "What follows what",
        f"{counted(sum(whole(r['times']) for r in found), 'step')} from one event to the next, over "
        f"{counted(len({(r['activity_no'], r['next_activity_no']) for r in found}), 'pair')} of activities.",
        "Directly-follows relation (van der Aalst 2016, section 6.1) with the time between the two events.",
        asking.cut_note(found),
    )
    return answer(asking, words, Table(columns, rows), [result, behind])


def variants(asking: Asking) -> Answer:
    """Different orders of activities, the commonest first."""
    result = asking.trail.query("variant", by=asking.by)
    found = result.rows()
    total = sum(whole(r["persons"]) for r in found)
    columns = (
        *asking.scope_columns(),
        Column("variant", "Variant (hash)"),
        Column("steps", "Events in it", "count"),
        PERSONS,
        Column("part", "Share of cases", "share", 1),
    )
    rows = tuple(
        (
            *asking.scope_cells(r),
            str(r["variant"]),
            whole(r["events"]),
            whole(r["persons"]),
            share(r["persons"], total),
        )
        for r in asking.cut(found)
    )
    kinds = len({r["variant"] for r in found})
    once = sum(1 for r in found if whole(r["persons"]) == 1)
    words = Written(
        "variants",
        SECTION,
        "How many different courses cases take",
        f"{counted(total, 'case')} took {counted(kinds, 'course')}"
        + (f"; {counted(once, 'course')} by one case only." if asking.by == "all" else ", counted over all groups."),
        "A variant is the order of activities of one case; equal orders have equal hashes.",
        ("Where times tie, the number of variants depends on the order of rows in the files.", *asking.cut_note(found)),
    )
    return answer(asking, words, Table(columns, rows), [result])
