"""Named waits, dated spans with their own deadline, and who reported something and was never asked."""

from __future__ import annotations

import difflib
import hashlib

from casetrail.figures import Answer, Cell, Column, Refusal, Table
from casetrail.trail.asking import PERSONS, Asking, Written, answer, counted, days, whole

SECTION = "What was waited for"
_NOBODY = -1
_LONGEST = 30


def _word_no(asking: Asking, word: str) -> int:
    """The number of an activity; one that no number names when it was never recorded."""
    return next((number for number, known in asking.trail.words.items() if known == word), _NOBODY)


def wait(asking: Asking, *, start: str, finish: str) -> Answer:
    """From the first asking to the thing asked for; a wait that never ended is counted, never left out.

    Refused when no source records one of the two: a misspelt activity must not pass for a wait.
    """
    parameters: dict[str, object] = {"start": start, "finish": finish}
    name, title = f"wait.{slug(start)}.{slug(finish)}", f"From “{start}” to “{finish}”"
    missing = _unrecorded(asking, start, finish)
    if missing is not None:
        words = Written(name, SECTION, title, "Whether it happened cannot be known.", "None.")
        return answer(asking, words, missing, [], parameters=parameters)
    numbers = {"start_no": _word_no(asking, start), "finish_no": _word_no(asking, finish)}
    result = asking.trail.query("wait_for", **numbers, by=asking.by)
    found = result.rows()
    rows = tuple(
        (
            *asking.scope_cells(r),
            *(whole(r[name]) for name in ("persons", "reached", "not_reached")),
            *(days(r[name]) for name in ("mean_us", "median_us", "least_us", "most_us", "waiting_us")),
        )
        for r in asking.cut(found)
    )
    words = Written(
        name,
        SECTION,
        title,
        _wait_sentence(found),
        "From the first event of the one kind to the next event of the other, on the same trail; calendar days.",
        ("The mean and the median are over waits that ended: waits that never ended would make them longer.",),
    )
    body = Table((*asking.scope_columns(), *_WAIT_COLUMNS), rows)
    return answer(asking, words, body, [result], parameters=parameters)


_WAIT_COLUMNS = (
    PERSONS,
    Column("reached", "Happened", "persons"),
    Column("not_reached", "Never recorded as happened", "persons"),
    Column("mean_days", "Mean days waited", "days", 1),
    Column("median_days", "Median", "days", 1),
    Column("least_days", "Shortest", "days", 1),
    Column("most_days", "Longest", "days", 1),
    Column("waiting_days", "Days waited without end", "days", 1),
)


def _wait_sentence(found: list[dict[str, object]]) -> str:
    total = sum(whole(r["persons"]) for r in found)
    reached = sum(whole(r["reached"]) for r in found)
    unended = days(sum(whole(r["waiting_us"]) for r in found)) or 0
    said = f"In {reached:,} of {counted(total, 'case')} it is recorded as having happened"
    if reached:
        longest = max(days(r["most_us"]) or 0 for r in found)
        said += f"; the longest of these waits was {counted(round(longest), 'day')}"
    if total > reached:
        said += f"; the others waited {unended:,.0f} days in all to the end of their trails"
    return said + "."


def _unrecorded(asking: Asking, *activities: str) -> Refusal | None:
    """A refusal when an activity is in no record and no source says that it would record it."""
    known = set(asking.trail.words.values()) | asking.trail.recordable
    for activity in activities:
        if activity not in known:
            near = difflib.get_close_matches(activity, known, n=3)
            hint = f"perhaps one of these was meant: {', '.join(near)}" if near else "another name of the activity"
            said = f"Nothing here names the activity “{activity}”, so not done cannot be told from not recorded."
            return Refusal(
                "activity_not_recorded", said, (hint, "records_activities in the source that would record it")
            )
    return None


def span(asking: Asking, *, start: str, finish: str, limit: str | None) -> Answer:
    """From one dated fact of a case to another, and how many were inside the limit the case itself carries."""
    parameters: dict[str, object] = {"start": start, "finish": finish, "limit": limit}
    result = asking.trail.query(
        "span", **{**parameters, "limit": limit or ""}, until_us=asking.trail.known_on_us, by=asking.by
    )
    found = result.rows()
    columns = (
        *asking.scope_columns(),
        PERSONS,
        Column("both_known", "Both dates known", "persons"),
        Column("unknown", "Unknown", "persons"),
        Column("mean_days", "Mean days", "days", 2),
        Column("median_days", "Median days", "days", 2),
        Column("met", "Met the limit", "persons"),
        Column("missed", "Missed it", "persons"),
        Column("limit_unknown", "Cannot be known", "persons"),
    )
    rows = tuple(
        (
            *asking.scope_cells(r),
            *(whole(r[name]) for name in ("persons", "both_known", "unknown")),
            days(r["mean_us"]),
            days(r["median_us"]),
            *(_verdict(r, name, limit) for name in ("met", "missed", "limit_unknown")),
        )
        for r in asking.cut(found)
    )
    unknown = sum(whole(r["unknown"]) for r in found)
    total = sum(whole(r["persons"]) for r in found)
    words = Written(
        f"span.{slug(start)}.{slug(finish)}",
        SECTION,
        f"From {start} to {finish}",
        f"For {unknown:,} of {total:,} cases the span cannot be known, because one of the two dates is not recorded.",
        "Dates belong to the whole case. A case without a finish is unknown: not late, and not zero days."
        + (f" The limit is the case's own “{limit}”." if limit else ""),
        asking.cut_note(found),
    )
    return answer(asking, words, Table(columns, rows), [result], parameters=parameters)


def _verdict(row: dict[str, object], name: str, limit: str | None) -> Cell:
    return None if limit is None else whole(row[name] or 0)


def span_days(asking: Asking, *, start: str, finish: str, planned: bool = False) -> Answer:
    """How many whole days lie between two dated facts: one row per number of days.

    `planned`: the finish is a limit set in advance, so it may lie after the day of --known-on.
    """
    until_us = None if planned else asking.trail.known_on_us
    result = asking.trail.query("span_days", start=start, finish=finish, until_us=until_us)
    found = result.rows()
    columns = (Column("whole_days", "Whole days", "count"), PERSONS)
    rows = tuple((whole(r["whole_days"]), whole(r["persons"])) for r in asking.cut(_commonest(found)))
    words = Written(
        f"span_days.{slug(start)}.{slug(finish)}",
        SECTION,
        f"Whole days from {start} to {finish}",
        f"The commonest numbers of whole days between {start} and {finish}, over "
        f"{sum(whole(r['persons']) for r in found):,} cases.",
        "Completed days of 24 hours between the two dates; cases without both are left out here and counted with "
        "the span.",
        asking.cut_note(found),
    )
    return answer(
        asking, words, Table(columns, rows), [result], parameters={"start": start, "finish": finish, "planned": planned}
    )


def _commonest(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    return sorted(rows, key=lambda r: (-whole(r["persons"]), whole(r["whole_days"])))


def asked(asking: Asking, *, role: str, activity: str) -> Answer:
    """People in a role reported something: was that role ever asked? Refused when no source records asking."""
    parameters: dict[str, object] = {"role": role, "activity": activity}
    result = asking.trail.query("asked", role=role, asking_no=_word_no(asking, activity), by=asking.by)
    found = result.rows()
    total = sum(whole(r["persons"]) for r in found)
    never = sum(whole(r["not_asked"]) for r in found)
    recordable = _word_no(asking, activity) != _NOBODY or activity in asking.trail.recordable
    columns = (
        *asking.scope_columns(),
        PERSONS,
        Column("reports", "Reports", "count"),
        Column("asked", "Asked afterwards", "persons"),
        Column("not_asked", "Never asked", "persons"),
    )
    rows = tuple(
        (*asking.scope_cells(r), *(whole(r[name]) for name in ("persons", "reports", "asked", "not_asked")))
        for r in asking.cut(found)
    )
    words = Written(
        f"asked.{slug(role)}",
        SECTION,
        f"The {role} who reported: was anybody sent to ask?",
        f"In {counted(total, 'case')} a {role} reported something; in {never:,} of them no record "
        "shows that "
        f"the {role} was asked afterwards.",
        f"A report is an event with reported_by_role “{role}”; asking is a later event “{activity}” on the same trail.",
    )
    body: Table | Refusal = Table(columns, rows)
    if not recordable:
        body = Refusal(
            "asking_not_recorded",
            f"No source says that it records “{activity}”, so not asked cannot be told from not recorded.",
            (f"a source that lists “{activity}” among the activities it records (records_activities)",),
        )
    return answer(asking, words, body, [result], parameters=parameters)


def slug(text: str) -> str:
    """A short name for ids and files: what is not plain ASCII, or too long, gets a hash of the whole."""
    plain = "".join(c if c.isascii() and c.isalnum() else "-" for c in text.lower()).strip("-")
    if text.isascii() and 0 < len(plain) <= _LONGEST:
        return plain
    mark = hashlib.sha256(text.encode()).hexdigest()[:6]
    return f"{plain[:_LONGEST].strip('-')}-{mark}".strip("-")
