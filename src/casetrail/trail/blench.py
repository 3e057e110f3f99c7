"""One line per case type a manager would blench at, and whether open cases agree with arrivals and length."""

from __future__ import annotations

import numpy as np

from casetrail.figures import Answer, Body, Column, Refusal, Table
from casetrail.trail.asking import PERSONS, Asking, Written, answer, days, number, share, whole
from casetrail.trail.months import month_name, month_numbers

SECTION = "What a manager would blench at"
_MONTH_DAYS = 365.2425 / 12


def blench(asking: Asking) -> Answer:
    """Touch time against elapsed time, right first time, rework, queue. Refused without touch times."""
    result = asking.trail.query("blench", by=asking.by)
    found = result.rows()
    columns = (
        *asking.scope_columns(),
        Column("case_type", "Case type"),
        PERSONS,
        Column("touch_days", "Days worked on", "days", 2),
        Column("elapsed_days", "Days elapsed", "days", 2),
        Column("touch_part", "Worked ÷ elapsed", "share", 2),
        Column("queue_days", "Days nobody worked on it", "days", 2),
        Column("right_first_time", "Right first time", "share", 1),
        Column("rework", "Events that are rework", "share", 1),
        Column("with_end", "Events with an end time", "share", 1),
    )
    rows = tuple(
        (
            *asking.scope_cells(r),
            asking.trail.word(r["case_type_no"]) or "all",
            whole(r["persons"]),
            days(r["touch_us"]),
            days(r["elapsed_us"]),
            share(r["touch_us"], r["elapsed_us"]),
            (days(r["elapsed_us"]) or 0) - (days(r["touch_us"]) or 0),
            share(r["right_first_time"], r["persons"]),
            share(r["reworked"], r["events"]),
            share(r["events_with_end"], r["events"]),
        )
        for r in asking.cut(found)
    )
    ended = sum(whole(r["events_with_end"]) for r in found)
    body: Body = Table(columns, rows)
    if not ended:
        body = Refusal(
            "no_touch_times",
            "No event has an end time, so time worked on a case cannot be told from time waited.",
            ("a column with the end time of each event, mapped as `end`",),
        )
    touch = sum(whole(r["touch_us"]) for r in found)
    elapsed = sum(whole(r["elapsed_us"]) for r in found)
    words = Written(
        "blench",
        SECTION,
        "Worked on, against elapsed",
        f"Of the time that passed, {share(touch, elapsed) or 0:.2%} is recorded as worked on."
        if ended
        else "Not answerable.",
        "Touch time is the union of recorded [start, end] intervals of a case. Right first time: no activity occurs "
        "twice on the trail. Rework: events of an activity that the same trail had before.",
        ("Events without an end count as no time worked: the true share is at least this.",),
    )
    return answer(asking, words, body, [result])


def little(asking: Asking) -> Answer:
    """Little's law: cases open at the first of each month against arrivals times length."""
    result = asking.trail.query("open_cases")
    last = None if asking.trail.known_on_us is None else int(month_numbers(np.array([asking.trail.known_on_us]))[0])
    found = [r for r in result.rows() if last is None or whole(r["month_no"]) <= last]
    columns = (
        Column("month", "Month"),
        Column("open_cases", "Open on the first", "persons"),
        Column("begun", "Begun in the month", "persons"),
    )
    rows = tuple(
        (month_name(whole(r["month_no"])), whole(r["open_cases"] or 0), whole(r["begun"] or 0))
        for r in asking.cut(found)
    )
    months = len(found)
    begun = sum(whole(r["begun"] or 0) for r in found)
    counted = sum(whole(r["open_cases"] or 0) for r in found) / months if months else None
    length = (days(sum(number(r["begun_total_us"]) or 0 for r in found)) or 0) / begun if begun else None
    expected = None if length is None else begun / (months * _MONTH_DAYS) * length
    said = "Nothing to compare."
    if counted is not None and expected is not None:
        said = (
            f"Counted at the first of each month, {counted:,.1f} cases were open on average; arrivals times mean "
            "length "
            f"would give {expected:,.1f}."
        )
    words = Written(
        "little",
        SECTION,
        "Do open cases agree with arrivals and length?",
        said,
        "Little (1961): mean number open = arrival rate × mean length. A large gap between the two means that "
        "the records "
        "begin or end in the middle of cases, or that cases are held open on paper.",
        asking.cut_note(found),
    )
    return answer(asking, words, Table(columns, rows), [result])
