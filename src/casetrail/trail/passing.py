"""How a case was passed on: hand-offs, returns, loops, who waited for whom, what was sent and not accepted."""

from __future__ import annotations

from casetrail.figures import Answer, Column, Table
from casetrail.schema.trails import Level
from casetrail.trail.asking import PERSONS, Asking, Written, answer, days, level_title, whole

SECTION = "How the case was passed on"


def hand_offs(asking: Asking, level: Level) -> Answer:
    """Hand-offs, returns to a former holder, A-B-A loops, and the days between leaving a holder and coming back."""
    result = asking.trail.query("hand_off", level=level, by=asking.by)
    found = result.rows()
    columns = (
        *asking.scope_columns(),
        PERSONS,
        Column("hand_offs", "Hand-offs", "count"),
        Column("persons_handed", "Cases handed on", "persons"),
        Column("returns", "Returns to a former holder", "count"),
        Column("persons_returned", "Cases with a return", "persons"),
        Column("loops", "A-B-A loops", "count"),
        Column("persons_looped", "Cases with a loop", "persons"),
        Column("most_turns", "Most turns in a case", "count"),
        Column("loop_days", "Days inside loops", "days", 2),
    )
    names = ("persons", "hand_offs", "persons_handed", "returns", "persons_returned", "loops", "persons_looped")
    rows = tuple(
        (
            *asking.scope_cells(r),
            *(whole(r[name]) for name in names),
            whole(r["most_turns"]),
            days(r["loop_us"]),
        )
        for r in asking.cut(found)
    )
    totals = {name: sum(whole(r[name]) for r in found) for name in names}
    words = Written(
        f"hand_offs.{level}",
        SECTION,
        f"Passed on between {'agencies' if level == 'agency' else 'teams'}",
        f"{totals['hand_offs']:,} hand-offs in {totals['persons_handed']:,} of {totals['persons']:,} cases; "
        f"{totals['returns']:,} times a case came back to a former holder, {totals['loops']:,} times straight back.",
        "Consecutive spells of one holder are one turn; a hand-off is a change of turn. Returns are turns less "
        "different "
        "holders. A loop leaves a holder for one other and comes straight back; its days run from leaving to return.",
        asking.cut_note(found),
    )
    return answer(asking, words, Table(columns, rows), [result], parameters={"level": level})


def hand_off_pairs(asking: Asking, level: Level) -> Answer:
    """From whom to whom cases went."""
    result = asking.trail.query("hand_off_pair", level=level, by=asking.by)
    found = result.rows()
    columns = (
        *asking.scope_columns(),
        Column("holder_before", "From"),
        Column("holder_after", "To"),
        PERSONS,
        Column("hand_offs", "Hand-offs", "count"),
        Column("mean_gap_days", "Mean days with nobody between", "days", 3),
        Column("median_gap_days", "Median", "days", 3),
    )
    rows = tuple(
        (
            *asking.scope_cells(r),
            asking.trail.body(r["from_no"]),
            asking.trail.body(r["to_no"]),
            whole(r["persons"]),
            whole(r["hand_offs"]),
            days(r["mean_gap_us"]),
            days(r["median_gap_us"]),
        )
        for r in asking.cut(found)
    )
    words = Written(
        f"hand_off_pairs.{level}",
        SECTION,
        f"From which {level} to which",
        f"Cases went between {len({(r['from_no'], r['to_no']) for r in found}):,} different pairs.",
        "One row per pair of consecutive holders; the gap is the time that nobody held the case between the two.",
        asking.cut_note(found),
    )
    return answer(asking, words, Table(columns, rows), [result], parameters={"level": level})


def waits_between(asking: Asking, level: Level) -> Answer:
    """The wait from the last event of one body to the first event of the next."""
    result = asking.trail.query("wait_between", level=level, by=asking.by)
    found = result.rows()
    columns = (
        *asking.scope_columns(),
        Column("last_at", "Last acted"),
        Column("next_at", "Acted next"),
        PERSONS,
        Column("times", "Times", "count"),
        Column("mean_days", "Mean days", "days", 3),
        Column("median_days", "Median days", "days", 3),
        Column("most_days", "Longest", "days", 2),
        Column("total_days", "Total", "days", 2),
    )
    rows = tuple(
        (
            *asking.scope_cells(r),
            asking.trail.body(r["from_no"]),
            asking.trail.body(r["to_no"]),
            whole(r["persons"]),
            whole(r["times"]),
            *(days(r[name]) for name in ("mean_us", "median_us", "most_us", "total_us")),
        )
        for r in asking.cut(found)
    )
    title = level_title(level).lower()
    words = Written(
        f"waits_between.{level}",
        SECTION,
        f"Who waited for whom, by {title}",
        f"{sum(whole(r['times']) for r in found):,} times the next event came from another {title}; "
        f"{days(sum(whole(r['total_us']) for r in found)) or 0:,.1f} case-days passed in these waits.",
        "From the last event of one body to the first event of another on the same trail. A body that acted and "
        "did not "
        "record it cannot be told from one that waited.",
        asking.cut_note(found),
    )
    return answer(asking, words, Table(columns, rows), [result], parameters={"level": level})


def sent_on(asking: Asking) -> Answer:
    """What was sent to another body and accepted, superseded, or still waits."""
    result = asking.trail.query("sent_wait", by=asking.by)
    found = result.rows()
    columns = (
        *asking.scope_columns(),
        Column("sender", "Sent by"),
        Column("addressee", "Sent to"),
        Column("status", "What became of it"),
        PERSONS,
        Column("times", "Times", "count"),
        Column("mean_days", "Mean days in limbo", "days", 2),
        Column("median_days", "Median days", "days", 2),
        Column("most_days", "Longest", "days", 2),
    )
    meaning = {
        "accepted": "accepted: the addressee acted",
        "superseded": "not accepted: sent elsewhere",
        "open": "not accepted: still waiting",
    }
    rows = tuple(
        (
            *asking.scope_cells(r),
            asking.trail.body(r["from_no"]) or "nobody recorded",
            asking.trail.body(r["to_no"]),
            meaning[str(r["status"])],
            whole(r["persons"]),
            whole(r["times"]),
            *(days(r[name]) for name in ("mean_us", "median_us", "most_us")),
        )
        for r in asking.cut(found)
    )
    times = sum(whole(r["times"]) for r in found)
    taken = sum(whole(r["times"]) for r in found if r["status"] == "accepted")
    words = Written(
        "sent_on",
        SECTION,
        "Sent, and accepted or not",
        f"{times:,} times a case was sent to another body; {taken:,} of these were accepted.",
        "A sending is accepted at the first later event of the addressee; until then the case is in limbo. "
        "A further sending supersedes one that was not accepted.",
        asking.cut_note(found),
    )
    return answer(asking, words, Table(columns, rows), [result])
