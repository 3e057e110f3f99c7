"""How a case was passed on: hand-offs, returns, loops, who waited for whom, what was sent and not accepted."""

from __future__ import annotations

from casetrail.figures import Answer, Cell, Column, Table
from casetrail.schema.trails import Level
from casetrail.trail.asking import PERSONS, Asking, Written, answer, counted, days, level_title, whole

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
        f"{counted(totals['hand_offs'], 'hand-off')} in {totals['persons_handed']:,} of "
        f"{counted(totals['persons'], 'case')}; {counted(totals['returns'], 'time')} a case came back to a former "
        "holder, "
        f"{counted(totals['loops'], 'time')} straight back.",
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
        f"Cases went between {counted(len({(r['from_no'], r['to_no']) for r in found}), 'pair')} of bodies.",
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
        f"{counted(sum(whole(r['times']) for r in found), 'time')} the next event came from another {title}; "
        f"{days(sum(whole(r['total_us']) for r in found)) or 0:,.1f} case-days passed in these waits.",
        "From the last event of one body to the first event of another on the same trail. A body that acted and "
        "did not "
        "record it cannot be told from one that waited.",
        asking.cut_note(found),
    )
    return answer(asking, words, Table(columns, rows), [result], parameters={"level": level})


_MEANING = {
    "accepted": "accepted: the addressee acted",
    "superseded": "not accepted: sent elsewhere",
    "open": "not accepted: still waiting",
}
_CANNOT_KNOW = "cannot be known: no records of the addressee"


def sent_on(asking: Asking) -> Answer:
    """What was sent to another body and accepted, superseded, or still waits.

    Whether a body accepted cannot be known when none of its own records are in the log. How long an open
    sending has waited is unknown when trails end at their last event.
    """
    result = asking.trail.query("sent_wait", by=asking.by)
    keepers = asking.trail.query("recording_bodies")
    keeping = {r["body_no"] for r in keepers.rows()}
    found = result.rows()
    runs_on = dict(asking.trail.parameters).get("open_ends") == "as_of"
    rows = tuple((*asking.scope_cells(r), *_sending(asking, r, keeping, runs_on=runs_on)) for r in asking.cut(found))
    times = sum(whole(r["times"]) for r in found)
    taken = sum(whole(r["times"]) for r in found if r["status"] == "accepted")
    dark = sum(whole(r["times"]) for r in found if r["to_no"] not in keeping)
    words = Written(
        "sent_on",
        SECTION,
        "Sent, and accepted or not",
        f"{counted(times, 'time')} a case was sent to another body; {taken:,} of these were accepted"
        + (f", and of {dark:,} it cannot be known: the addressee's own records are not here." if dark else "."),
        "A sending is accepted at the first later event of the addressee; until then the case is in limbo. "
        "A further sending supersedes one that was not accepted.",
        (
            *(
                ()
                if runs_on
                else ("Trails end at their last event here, so how long an open sending has waited is unknown.",)
            ),
            *asking.cut_note(found),
        ),
    )
    return answer(asking, words, Table((*asking.scope_columns(), *_SENT_COLUMNS), rows), [result, keepers])


_SENT_COLUMNS = (
    Column("sender", "Sent by"),
    Column("addressee", "Sent to"),
    Column("status", "What became of it"),
    PERSONS,
    Column("times", "Times", "count"),
    Column("mean_days", "Mean days in limbo", "days", 2),
    Column("median_days", "Median days", "days", 2),
    Column("most_days", "Longest", "days", 2),
)


def _sending(asking: Asking, row: dict[str, object], keeping: set[object], *, runs_on: bool) -> tuple[Cell, ...]:
    lengths = tuple(days(row[name]) for name in ("mean_us", "median_us", "most_us"))
    ended = row["status"] != "open" or runs_on
    return (
        asking.trail.body(row["from_no"]) or "nobody recorded",
        asking.trail.body(row["to_no"]),
        _MEANING[str(row["status"])] if row["to_no"] in keeping else _CANNOT_KNOW,
        whole(row["persons"]),
        whole(row["times"]),
        *(lengths if ended else (None, None, None)),
    )
