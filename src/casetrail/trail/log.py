"""What is in the log: how much, from when to when, how long cases last, how sure their order is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from casetrail.figures import Answer, Cell, Column, Refusal, Table
from casetrail.trail.asking import PERSONS, Asking, Written, answer, counted, days, number, share, steady, whole

SECTION = "What is in the records"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(us: object) -> str | None:
    """Microseconds as an ISO instant in UTC, or None."""
    return None if us is None else (_EPOCH + timedelta(microseconds=whole(us))).isoformat()


def local_moment(us: object, zone: str) -> str | None:
    """Microseconds as a local ISO time without offset, as a clock on the wall showed it, or None."""
    if us is None:
        return None
    instant = _EPOCH + timedelta(microseconds=whole(us))
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None).isoformat()


def overview(asking: Asking) -> Answer:
    """Persons, events, different activities and bodies, first and last event, total and mean length."""
    result = asking.trail.query("overview")
    row = result.rows()[0]
    persons = whole(row["persons"])
    columns = (
        PERSONS,
        Column("events", "Events", "events"),
        Column("activities", "Activities", "count"),
        Column("states", "States", "count"),
        Column("agencies", "Agencies", "count"),
        Column("teams", "Teams", "count"),
        Column("workers", "Workers", "count"),
        Column("first_event", "First event (UTC)", "date"),
        Column("last_event", "Last event (UTC)", "date"),
        Column("span_days", "First to last", "days", 2),
        Column("total_days", "Case-days", "days", 2),
    )
    first, last = row["first_us"], row["last_us"]
    span = None if first is None else days(whole(last) - whole(first))
    cells: tuple[Cell, ...] = (
        *(whole(row[name]) for name in ("persons", "events", "activities", "states", "agencies", "teams", "workers")),
        moment(first),
        moment(last),
        span,
        days(row["total_us"]),
    )
    words = Written(
        "overview",
        SECTION,
        "What the records hold",
        f"The records hold {counted(whole(row['events']), 'event')} about "
        f"{counted(persons, 'person or case', 'persons or cases')}.",
        "Counted over all rows that were not quarantined.",
        ("A worker is counted and never named or grouped by.",),
    )
    return answer(asking, words, Table(columns, (cells,)), [result])


def per_case(asking: Asking) -> Answer:
    """Events and different activities, agencies, teams, workers per case: mean, sd, least, most."""
    result = asking.trail.query("per_case", by=asking.by)
    columns = (
        *asking.scope_columns(),
        Column("measure", "Per case"),
        PERSONS,
        Column("mean", "Mean", "number", 3),
        Column("sd", "Standard deviation", "number", 3),
        Column("least", "Least", "count"),
        Column("most", "Most", "count"),
    )
    rows = tuple(
        (
            *asking.scope_cells(r),
            str(r["measure"]),
            whole(r["cases"]),
            number(r["mean"]),
            steady(r["sd"]),
            whole(r["least"]),
            whole(r["most"]),
        )
        for r in result.rows()
    )
    words = Written(
        "per_case",
        SECTION,
        "How much happens in one case",
        "How many events a case has, and how many different activities, agencies, teams and workers touch it.",
        "Counted per case; standard deviation with n - 1, as in the statistics of the XES reference library.",
    )
    return answer(asking, words, Table(columns, rows), [result])


def duration(asking: Asking) -> Answer:
    """How long cases last from the first event to the end of the trail."""
    result = asking.trail.query("duration", by=asking.by)
    found = result.rows()
    columns = (
        *asking.scope_columns(),
        PERSONS,
        Column("mean_days", "Mean days", "days", 3),
        Column("median_days", "Median days", "days", 3),
        Column("least_days", "Shortest", "days", 3),
        Column("most_days", "Longest", "days", 3),
        Column("total_days", "Total", "days", 2),
        Column("sd_days", "Standard deviation", "days", 3),
    )
    names = ("mean_us", "median_us", "least_us", "most_us", "total_us")
    rows = tuple(
        (*asking.scope_cells(r), whole(r["persons"]), *(days(r[name]) for name in names), steady(days(r["sd_us"])))
        for r in asking.cut(found)
    )
    words = Written(
        "duration",
        SECTION,
        "How long cases last",
        "From the first event of a case to the end of its trail; a mean far above the median means a few very "
        "long cases.",
        "First event to last event, or to the inquiry's as_of where the inquiry says that open cases run on.",
        asking.cut_note(found),
    )
    return answer(asking, words, Table(columns, rows), [result])


def ties(asking: Asking) -> Answer:
    """How much of the order of events is not given by their times."""
    result = asking.trail.query("tie", by=asking.by)
    found = result.rows()
    columns = (
        *asking.scope_columns(),
        Column("steps", "Events", "events"),
        Column("same_time", "At the same time as the one before", "share", 2),
        Column("tied", "Ordered by file order alone", "share", 2),
        Column("to_the_day", "Known to the day only", "share", 2),
    )
    rows = tuple(
        (
            *asking.scope_cells(r),
            whole(r["steps"]),
            share(r["same_time"], r["steps"]),
            share(r["tied_by_file_order"], r["steps"]),
            share(r["to_the_day"], r["steps"]),
        )
        for r in asking.cut(found)
    )
    tied = sum(whole(r["tied_by_file_order"]) for r in found)
    total = sum(whole(r["steps"]) for r in found)
    words = Written(
        "ties",
        SECTION,
        "How sure the order of events is",
        f"{tied:,} of {total:,} events stand where they stand only because of the order of rows in the files.",
        "Events of one person at one time fall to the declared rank of their activity, then to the order of the files.",
        (
            "Measures of order (loops, variants, what follows what) are as uncertain as this share.",
            *asking.cut_note(found),
        ),
    )
    return answer(asking, words, Table(columns, rows), [result])


def known(asking: Asking) -> Answer:
    """On what "as known on the day" rests: how many events say when they became known. Refused without a day."""
    if asking.trail.known_on_us is None:
        words = Written("known", SECTION, "As known on a day", "No day was asked for.", "None.")
        return answer(asking, words, Refusal("no_day", "The whole record was used.", ("--known-on DATE",)), [])
    result = asking.trail.query("known", known_on_us=asking.trail.known_on_us)
    row = result.rows()[0]
    columns = (
        Column("events", "Events in the records", "events"),
        Column("with_recorded", "Say when they became known", "share", 1),
        Column("left_out", "Left out: not known on the day", "events"),
    )
    cells = (whole(row["events"]), share(row["with_recorded"], row["events"]), whole(row["not_yet_known"] or 0))
    without = whole(row["events"]) - whole(row["with_recorded"])
    words = Written(
        "known",
        SECTION,
        "What was known on that day",
        f"{cells[2]:,} of {cells[0]:,} events were not known on the day and are not used.",
        "An event is known from the day it was recorded; without that, from the day it happened.",
        (
            f"{without:,} events do not say when they became known: they count as known when they happened, which "
            "is too early.",
        )
        if without
        else (),
    )
    return answer(asking, words, Table(columns, (cells,)), [result])
